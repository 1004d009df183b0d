//! The layer, and its settings.

mod future;
mod resolve;
mod service;

use std::fmt;

use http::StatusCode;
use tower_layer::Layer;

pub use self::future::ResponseFuture;
pub use self::resolve::ResolverFuture;
pub use self::service::Cors;
use crate::builder::error::{PolicyError, PolicyErrors};
use crate::enforce::{Enforced, Enforcement};
use crate::policy::Policy;
use crate::select::sealed::Seal;
use crate::select::{PolicySource, Resolver};

/// Applies a policy to a service: answers preflights, and decorates the responses to all other
/// requests.
///
/// In axum it belongs on the whole router, behind all routes: [`Router::layer`]. No preflight
/// reaches a `MethodRouter::route_layer`, since its method, `OPTIONS`, is none of the router's.
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
/// [`Router::layer`]: https://docs.rs/axum/latest/axum/struct.Router.html#method.layer
#[derive(Clone)]
#[must_use]
pub struct CorsLayer<P = Policy> {
    policy: P,
    /// Whether the policy denies nobody, for sources of policies of all kinds.
    admits_everybody: fn(&P) -> bool,
    enforcement: Option<Enforced>,
    settings: Settings,
}

/// What can be set on a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) preflight_status: StatusCode,
    pub(crate) pass_on_preflights: bool,
    pub(crate) keep_inner_headers: bool,
}

impl Settings {
    pub(crate) const DEFAULT: Self = Self {
        preflight_status: StatusCode::NO_CONTENT,
        pass_on_preflights: false,
        keep_inner_headers: false,
    };

    /// A status with which browsers take a preflight for successful.
    pub(crate) fn success(status: StatusCode) -> Result<StatusCode, PolicyError> {
        if status.is_success() {
            Ok(status)
        } else {
            Err(PolicyError::PreflightStatus { value: status })
        }
    }
}

impl<P: PolicySource> CorsLayer<P> {
    /// A layer that applies the policy.
    pub fn new(policy: P) -> Self {
        let admits_everybody = |policy: &P| policy.admits_everybody(Seal);
        Self { policy, admits_everybody, enforcement: None, settings: Settings::DEFAULT }
    }
}

impl CorsLayer<Resolver> {
    /// A layer that applies the policy that a resolver finds.
    pub fn with_resolver(resolver: Resolver) -> Self {
        // Which policies it will find is not known.
        let admits_everybody = |_: &Resolver| false;
        Self { policy: resolver, admits_everybody, enforcement: None, settings: Settings::DEFAULT }
    }
}

impl<P> CorsLayer<P> {
    /// Refuses cross-origin requests that the policy denies, ahead of the inner service.
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
        let admits_everybody = (self.admits_everybody)(&self.policy);
        Ok(Self { enforcement: Some(enforcement.compile(admits_everybody)?), ..self })
    }

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
    /// # Ok::<(), tower_cors::PolicyError>(())
    /// ```
    pub fn preflight_status(mut self, status: StatusCode) -> Result<Self, PolicyError> {
        self.settings.preflight_status = Settings::success(status)?;
        Ok(self)
    }

    /// Passes allowed preflights on to the inner service, for services that answer `OPTIONS`
    /// themselves. Denied ones never reach it.
    ///
    /// The response is the inner service's, with the CORS headers of the policy in place of its
    /// own. If its status is not 200 to 299, with which browsers refuse a preflight, the answer has
    /// the layer's status and no body.
    pub fn pass_on_preflights(mut self, pass_on: bool) -> Self {
        self.settings.pass_on_preflights = pass_on;
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

impl<S, P: Clone> Layer<S> for CorsLayer<P> {
    type Service = Cors<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        let Self { policy, enforcement, settings, .. } = self.clone();
        Cors { inner, policy, enforcement, settings }
    }
}

impl<P: fmt::Debug> fmt::Debug for CorsLayer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorsLayer")
            .field("policy", &self.policy)
            .field("enforcement", &self.enforcement)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
