//! The layer, and its settings.

mod conclude;
mod future;
mod resolve;
mod service;
mod watch;

use std::sync::Arc;

use http::StatusCode;
use tower_layer::Layer;

pub use self::future::ResponseFuture;
pub use self::resolve::ResolverFuture;
pub use self::service::Cors;
use self::watch::Watch;
use crate::builder::error::{PolicyError, PolicyErrors};
use crate::enforce::{Enforced, Enforcement};
use crate::observe::Observation;
use crate::policy::Policy;
use crate::request::RequestHead;
#[cfg(feature = "review")]
use crate::review::Explanation;
#[cfg(feature = "reload")]
use crate::select::Reload;
#[cfg(feature = "routes")]
use crate::select::Routes;
use crate::select::sealed::Seal;
use crate::select::{Enforceable, PolicySource, Resolver};

/// Applies a policy to a service: answers preflights, and decorates the responses to all other
/// requests.
///
/// In axum put it on the router, after all routes: [`Router::layer`]. `MethodRouter::layer` covers only the methods
/// that stand before it. With `MethodRouter::route_layer` axum answers the `OPTIONS` of a preflight with 405 before the
/// layer runs. The guide has more on
/// [placement](https://docs.rs/tower-cors/latest/tower_cors/guide/placement/), for merged and nested routers too.
///
/// ```
/// use axum::{Router, routing::get};
/// use tower_cors::{CorsLayer, Policy};
///
/// let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
/// let app: Router = Router::new()
///     .route("/", get(|| async { "hello" }))
///     .layer(CorsLayer::new(policy));
/// # Ok::<(), tower_cors::PolicyErrors>(())
/// ```
///
/// The type of the service, if it has to be written: `Cors<S>` for an inner service `S` and a
/// [`Policy`]; `Cors<S, P>` in general.
///
/// # What it needs of the inner service
///
/// - The service is `Clone`. A request that is answered here never reaches it, so its readiness, such as a
///   permit of a concurrency limit, is given back: a clone takes its place. If yours is not `Clone`, put
///   [`Buffer`] around it.
/// - The body of its responses is `Default`, since the body of an answer is empty. If yours is not, turn it
///   into one that is: `axum::body::Body`, or `http_body_util::combinators::BoxBody`.
///
/// Services of axum, tonic and hyper-util are both already.
///
/// ```
/// use axum::body::Body;
/// use http::{Request, Response};
/// use tower::buffer::BufferLayer;
/// use tower::util::BoxService;
/// use tower::{ServiceBuilder, service_fn};
/// use tower_cors::CorsLayer;
///
/// # #[derive(Debug)]
/// struct NoDefault(String);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let inner = service_fn(|_: Request<Body>| async {
///     Ok::<_, std::io::Error>(Response::new(NoDefault("hello".to_owned())))
/// });
/// let not_clone = BoxService::new(inner);
/// let service = ServiceBuilder::new()
///     .layer(CorsLayer::permissive())
///     .map_response(|response: Response<NoDefault>| response.map(|NoDefault(text)| Body::from(text)))
///     .layer(BufferLayer::new(64))
///     .service(not_clone);
/// # use tower::ServiceExt;
/// # let response = service.oneshot(Request::new(Body::empty())).await?;
/// # assert_eq!(response.headers()["access-control-allow-origin"], "*");
/// # Ok(())
/// # }
/// ```
///
/// [`Buffer`]: https://docs.rs/tower/latest/tower/buffer/index.html
/// [`Router::layer`]: https://docs.rs/axum/latest/axum/struct.Router.html#method.layer
#[derive(Clone, Debug)]
#[must_use]
pub struct CorsLayer<P = Policy> {
    policy: P,
    enforcement: Option<Enforced>,
    /// One pointer, since most layers have none.
    watch: Option<Arc<Watch>>,
    settings: Settings,
}

/// What can be set on a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) preflight_status: StatusCode,
    pub(crate) pass_on_preflights: bool,
    pub(crate) keep_inner_headers: bool,
    pub(crate) hide_denials: bool,
}

impl Settings {
    pub(crate) const DEFAULT: Self = Self {
        preflight_status: StatusCode::NO_CONTENT,
        pass_on_preflights: false,
        keep_inner_headers: false,
        hide_denials: false,
    };

    /// A status with which browsers take a preflight for successful.
    pub(crate) fn success(status: StatusCode) -> Result<StatusCode, PolicyErrors> {
        if status.is_success() {
            Ok(status)
        } else {
            let error = PolicyError::PreflightStatus { value: status };
            Err(PolicyErrors::one("preflight_status", error))
        }
    }
}

impl<P: PolicySource> CorsLayer<P> {
    /// A layer that applies the policy.
    pub fn new(policy: P) -> Self {
        Self { policy, enforcement: None, watch: None, settings: Settings::DEFAULT }
    }
}

impl CorsLayer {
    /// A layer for [`Policy::permissive`]: any origin, any method, any header, without credentials.
    pub fn permissive() -> Self {
        Self::new(Policy::permissive())
    }
}

impl CorsLayer<Resolver> {
    /// A layer that applies the policy that a resolver finds.
    pub fn with_resolver(resolver: Resolver) -> Self {
        Self { policy: resolver, enforcement: None, watch: None, settings: Settings::DEFAULT }
    }
}

impl<P: Enforceable> CorsLayer<P> {
    /// Refuses cross-origin requests that the policy denies, ahead of the inner service.
    ///
    /// It returns a `Result`: write `?` behind the call.
    ///
    /// # Errors
    ///
    /// Every own origin, host and path of the [`Enforcement`] that is not as requests name them, or that
    /// stands for strangers; an empty list of hosts. And a policy that is open to any origin, since it
    /// denies nobody: [`Policy::permissive`], and each one with `*` for its origins that is not limited by
    /// [`only_methods`](crate::PolicyBuilder::only_methods), unless a rule before it allows credentials.
    /// `Routes` may have such policies, beside others or beside routes that have none. What a
    /// predicate says is not known, and not judged.
    ///
    /// A `Reload` handle is judged by what it holds now, and a resolver not at all. If a policy that is open
    /// to any origin is swapped in or found later, only requests with cookies are refused, and those for
    /// foreign hosts.
    pub fn enforce(self, enforcement: Enforcement) -> Result<Self, PolicyErrors> {
        let admits_everybody = self.policy.admits_everybody(Seal);
        Ok(Self { enforcement: Some(enforcement.compile(admits_everybody)?), ..self })
    }
}

impl<P> CorsLayer<P> {
    /// Answers successful preflights with another status than 204: some old proxies and browsers
    /// take no other than 200.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#ok-status>
    ///
    /// # Errors
    ///
    /// [`PolicyError::PreflightStatus`] for any status but 200 to 299, which browsers refuse.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_cors::{CorsLayer, Policy};
    ///
    /// let layer = CorsLayer::new(Policy::permissive()).preflight_status(StatusCode::OK)?;
    /// assert!(layer.preflight_status(StatusCode::FOUND).is_err());
    /// # Ok::<(), tower_cors::PolicyErrors>(())
    /// ```
    pub fn preflight_status(mut self, status: StatusCode) -> Result<Self, PolicyErrors> {
        self.settings.preflight_status = Settings::success(status)?;
        Ok(self)
    }

    /// Passes allowed preflights on to the inner service, for services that answer `OPTIONS`
    /// themselves. Denied ones never reach it.
    ///
    /// The response is the inner service's, with the CORS headers of the policy in place of its
    /// own. Browsers accept only a status of 200 to 299. For any other status of the inner service the answer
    /// has the layer's status and no body.
    pub fn pass_on_preflights(mut self, pass_on: bool) -> Self {
        self.settings.pass_on_preflights = pass_on;
        self
    }

    /// Answers every denied preflight alike: 403, without a CORS header.
    ///
    /// Without this call a page at an allowed origin is told which step failed: the answer allows what was asked for
    /// but what is denied, so that its browser's console names the method, or the header. The browser never sends the
    /// request, and origins that are not allowed are told nothing in any case.
    ///
    /// ```
    /// use http::{Request, StatusCode};
    /// use tower::{Layer, ServiceExt, service_fn};
    /// use tower_cors::{CorsLayer, Policy};
    /// # use std::convert::Infallible;
    /// # use http::Response;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example"])
    ///     .allow_headers(["content-type"])
    ///     .build()?;
    /// let preflight = Request::options("/")
    ///     .header("origin", "https://app.example")
    ///     .header("access-control-request-method", "POST")
    ///     .header("access-control-request-headers", "content-type,traceparent")
    ///     .body(())?;
    /// # let inner = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(())));
    ///
    /// // The browser names `traceparent`.
    /// let layer = CorsLayer::new(policy);
    /// let told = layer.layer(inner).oneshot(preflight.clone()).await?;
    /// assert_eq!(told.headers()["access-control-allow-headers"], "content-type");
    ///
    /// // The browser says that no origin is allowed.
    /// let hidden = layer.hide_denials(true).layer(inner).oneshot(preflight).await?;
    /// assert_eq!(hidden.status(), StatusCode::FORBIDDEN);
    /// assert!(!hidden.headers().contains_key("access-control-allow-origin"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn hide_denials(mut self, hide: bool) -> Self {
        self.settings.hide_denials = hide;
        self
    }

    /// Keeps the CORS headers of responses of the inner service that have an
    /// `Access-Control-Allow-Origin`, and adds none to them but `Vary`.
    ///
    /// Where there is no policy for the request, none are kept. Otherwise, and on all other responses,
    /// the headers of the policy stand in place of those of the inner service. Answers to preflights
    /// are the policy's in any case.
    pub fn keep_inner_headers(mut self, keep: bool) -> Self {
        self.settings.keep_inner_headers = keep;
        self
    }
}

impl<P> CorsLayer<P> {
    /// Tells an observer of each request with an `Origin`, and of each that is refused, before it is answered,
    /// refused or passed to the inner service.
    ///
    /// Called more than once, it adds observers, which are called in their order. They are called by the thread
    /// that calls the service, so they must not block; and a panic of one goes through the service.
    /// [`observe`](crate::observe) tells more, and has observers for logs and metrics.
    pub fn observe(mut self, observer: impl Fn(&Observation<'_>) + Send + Sync + 'static) -> Self {
        Arc::make_mut(self.watch.get_or_insert_default()).observe(observer);
        self
    }

    /// Asks another policy about each request, too, and tells the observers where it decides differently. It
    /// changes no answer: so a stricter policy is tried on real requests before it is put in force.
    ///
    /// The candidate is a policy, `Routes`, a `Reload` handle, or a whole layer of one of these: with
    /// [`enforce`](Self::enforce), to see what would be refused. It cannot be a resolver, which takes its time. Observers and a candidate of that layer are not
    /// asked. A second candidate takes the place of the first.
    ///
    /// [They differ](crate::observe#report-only) where that matters to a page. The candidate is not asked if there
    /// is no observer. A panic of its predicate goes through the service, as one of the policy's does.
    ///
    /// ```
    /// use tower_cors::{CorsLayer, Enforcement, Policy};
    ///
    /// let policy = Policy::permissive();
    /// let stricter = Policy::builder().allow_origins(["https://app.example"]).build()?;
    /// let candidate = CorsLayer::new(stricter).enforce(Enforcement::unsafe_requests())?;
    /// let layer = CorsLayer::new(policy).report_only(candidate).observe(|observation| {
    ///     if let Some(candidate) = observation.candidate() {
    ///         eprintln!("{}, and not {}", candidate.outcome(), observation.outcome());
    ///     }
    /// });
    /// # Ok::<(), tower_cors::PolicyErrors>(())
    /// ```
    pub fn report_only<Q: PolicySource>(mut self, candidate: impl Into<CorsLayer<Q>>) -> Self {
        Arc::make_mut(self.watch.get_or_insert_default()).report_only(candidate.into());
        self
    }
}

impl<P: PolicySource> CorsLayer<P> {
    /// Explains what the layer does with a request, as [`Policy::explain`] does; and by which step of
    /// [`Enforcement`], if it enforces.
    ///
    /// ```
    /// use tower_cors::review::{EnforcementStep, Next};
    /// use tower_cors::{CorsLayer, Enforcement, Policy};
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
    /// let layer = CorsLayer::new(policy).enforce(Enforcement::unsafe_requests())?;
    /// let form = http::Request::post("/items").header("origin", "https://evil.example").body(())?;
    /// let explanation = layer.explain(&form);
    /// assert_eq!(explanation.enforcement(), Some(EnforcementStep::Policy));
    /// assert_eq!(explanation.next(), Next::Refused);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "review")]
    #[must_use]
    pub fn explain<'a>(&self, head: impl Into<RequestHead<'a>>) -> Explanation {
        self.explain_head(head.into(), None)
    }
}

impl<S, P: Clone> Layer<S> for CorsLayer<P> {
    type Service = Cors<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        Cors { inner, layer: Arc::new(self.clone()) }
    }
}

impl<P: PolicySource> From<P> for CorsLayer<P> {
    fn from(policy: P) -> Self {
        Self::new(policy)
    }
}

/// A policy by itself is a layer without settings, so `.layer(policy)` is
/// `.layer(CorsLayer::new(policy))`.
impl<S> Layer<S> for Policy {
    type Service = Cors<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CorsLayer::new(self.clone()).layer(inner)
    }
}

/// So is a resolver.
impl<S> Layer<S> for Resolver {
    type Service = Cors<S, Self>;

    fn layer(&self, inner: S) -> Self::Service {
        CorsLayer::with_resolver(self.clone()).layer(inner)
    }
}

/// So is a handle on what is reloaded.
#[cfg(feature = "reload")]
impl<S, P: PolicySource> Layer<S> for Reload<P> {
    type Service = Cors<S, Self>;

    fn layer(&self, inner: S) -> Self::Service {
        CorsLayer::new(self.clone()).layer(inner)
    }
}

/// So is a table of routes.
#[cfg(feature = "routes")]
impl<S> Layer<S> for Routes {
    type Service = Cors<S, Self>;

    fn layer(&self, inner: S) -> Self::Service {
        CorsLayer::new(self.clone()).layer(inner)
    }
}
