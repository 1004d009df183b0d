//! Policies that are found asynchronously, as in a database of tenants.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{HOST, ORIGIN};
use http::{HeaderName, Request, Response};
use tower_service::Service;

use super::PolicySource;
use super::sealed::Find;
use crate::enforce::sealed::Refuse;
use crate::layer::service::Cors;
use crate::policy::Policy;
use crate::policy::vary::VaryOn;
use crate::request::{RequestHead, RequestKind};

/// Finds the policy for a request by an asynchronous function, as in a database of tenants.
///
/// The function is given the head of the request, as a request without a body, and returns a policy;
/// or `None` if there is none. Of the header fields it sees `Origin`, `Host`, and those that
/// [`vary_on`](Self::vary_on) names, which join every `Vary`; so no cache mistakes one tenant's
/// response for another's. It is asked for requests with an `Origin` only.
///
/// An error is given to the second function, to be reported, and then there is no policy: a preflight
/// is denied, and the response to any other request is not decorated, and has no CORS headers of the
/// inner service either. With [`CorsLayer::enforce`](crate::CorsLayer::enforce) it is refused.
///
/// The crate has no timer, so a limit to the time is the function's own to set; so is a cache. While it
/// runs, the inner service stays reserved for the request, with its permit if it has a limit; not for
/// a preflight, which never reaches it.
///
/// A preflight has none of the header fields that a page sets, so these cannot choose its policy. What
/// a gateway sets can, and the host, the path and the query.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Arc;
///
/// use http::header::ToStrError;
/// use http::{HeaderName, Request};
/// use tower_cors::{CorsLayer, Policy, Resolver};
///
/// let policy = Policy::builder().allow_origins(["https://shop.example"]).build()?;
/// let tenants = Arc::new(HashMap::from([("shop".to_owned(), policy)]));
/// let find = move |head: Request<()>| {
///     let tenants = Arc::clone(&tenants);
///     async move {
///         let Some(tenant) = head.headers().get("x-tenant") else { return Ok(None) };
///         Ok(tenants.get(tenant.to_str()?).cloned())
///     }
/// };
/// let resolver = Resolver::new(find, |error: ToStrError| eprintln!("no policy: {error}"))
///     .vary_on([HeaderName::from_static("x-tenant")]);
/// let layer = CorsLayer::with_resolver(resolver);
/// # Ok::<(), tower_cors::PolicyErrors>(())
/// ```
pub struct Resolver<F, G> {
    functions: Arc<Functions<F, G>>,
    vary_on: Arc<VaryOn>,
}

struct Functions<F, G> {
    resolve: F,
    report: G,
}

impl<F, G> Resolver<F, G> {
    /// A resolver of a function from request head to policy, and of one that reports its errors.
    #[must_use]
    pub fn new<T, X>(resolve: F, report: G) -> Self
    where
        F: Fn(Request<()>) -> T + Send + Sync + 'static,
        T: Future<Output = Result<Option<Policy>, X>> + Send + 'static,
        G: Fn(X) + Send + Sync + 'static,
    {
        let functions = Arc::new(Functions { resolve, report });
        Self { functions, vary_on: Arc::default() }
    }

    /// Names header fields that the function reads. Others are not in the head that it is given.
    #[must_use]
    pub fn vary_on(self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        let names = self.vary_on.names().iter().cloned().chain(names);
        Self { vary_on: Arc::new(VaryOn::new(names)), ..self }
    }

    /// What the function is given of a request.
    fn visible(&self, head: RequestHead<'_>) -> Request<()> {
        let mut visible = Request::new(());
        *visible.method_mut() = head.method().clone();
        *visible.uri_mut() = head.uri().clone();
        // `Host` is in the key of a cache, and `Origin` in every `Vary` of a dynamic policy.
        let named = self.vary_on.names().iter().filter(|name| ![HOST, ORIGIN].contains(name));
        for name in [&HOST, &ORIGIN].into_iter().chain(named) {
            for value in head.headers().get_all(name) {
                visible.headers_mut().append(name, value.clone());
            }
        }
        visible
    }
}

impl<S, F, G, T, X, E, B, R> Service<Request<B>> for Cors<S, Resolver<F, G>, E>
where
    S: Service<Request<B>, Response = Response<R>, Future: Send> + Clone + Send + 'static,
    F: Fn(Request<()>) -> T + Send + Sync + 'static,
    T: Future<Output = Result<Option<Policy>, X>> + Send + 'static,
    G: Fn(X) + Send + Sync + 'static,
    E: Refuse<R, Refused: Send> + Send + 'static,
    B: Send + 'static,
    R: Default + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResolverFuture<R, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let unready = self.inner.clone();
        let mut ready = mem::replace(&mut self.inner, unready);
        let (resolver, enforcement) = (self.policy.clone(), self.enforcement.clone());
        let settings = self.settings;

        let head = RequestHead::from(&request);
        let kind = head.classify();
        if kind == RequestKind::Preflight && !settings.pass_on_preflights {
            // It never reaches the inner service, so it need not reserve it for as long as it takes
            // to find a policy.
            ready = self.inner.clone();
        }
        // Without an `Origin` there is nothing to decide, and a foreign host is refused anyway.
        let asks = kind != RequestKind::Plain && enforcement.examine(head).is_ok();
        let resolving = asks.then(|| (resolver.functions.resolve)(resolver.visible(head)));
        ResolverFuture(Box::pin(async move {
            let policy = match resolving {
                None => None,
                Some(resolving) => match resolving.await {
                    Ok(policy) => policy,
                    Err(error) => {
                        (resolver.functions.report)(error);
                        None
                    }
                },
            };
            let mut cors = Cors::new(ready, Resolved(policy), enforcement, settings);
            let mut response = cors.call(request).await?;
            resolver.vary_on.write_to(response.headers_mut());
            Ok(response)
        }))
    }
}

/// What a resolver found.
#[derive(Clone, Debug)]
struct Resolved(Option<Policy>);

impl PolicySource for Resolved {}

impl Find for Resolved {
    const DYNAMIC: bool = true;

    fn with_policy<T>(
        &self,
        _head: RequestHead<'_>,
        decide: impl FnOnce(Option<&Policy>) -> T,
    ) -> T {
        decide(self.0.as_ref())
    }
}

/// The future of the response of [`Cors`] with a [`Resolver`].
#[must_use = "futures do nothing unless they are polled"]
pub struct ResolverFuture<R, X>(Pin<Box<dyn Future<Output = Result<Response<R>, X>> + Send>>);

impl<R, X> Future for ResolverFuture<R, X> {
    type Output = Result<Response<R>, X>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<R, X> fmt::Debug for ResolverFuture<R, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResolverFuture").finish_non_exhaustive()
    }
}

impl<F, G> Clone for Resolver<F, G> {
    fn clone(&self) -> Self {
        let Self { functions, vary_on } = self;
        Self { functions: Arc::clone(functions), vary_on: Arc::clone(vary_on) }
    }
}

impl<F, G> fmt::Debug for Resolver<F, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").field("vary_on", &self.vary_on.names()).finish_non_exhaustive()
    }
}
