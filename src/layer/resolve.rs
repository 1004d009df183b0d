//! The service of a layer with a [`Resolver`].

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::CorsLayer;
use super::service::Cors;
use crate::enforce::Standing;
use crate::request::{RequestHead, RequestKind};
use crate::select::{Resolved, Resolver};

impl<S, B, R> Service<Request<B>> for Cors<S, Resolver>
where
    S: Service<Request<B>, Response = Response<R>, Future: Send> + Clone + Send + 'static,
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
        let CorsLayer { policy: resolver, enforcement, watch, settings } =
            CorsLayer::clone(&self.layer);

        let head = RequestHead::from(&request);
        let kind = head.classify();
        if kind == RequestKind::Preflight && !settings.pass_on_preflights {
            // It never reaches the inner service, so it need not reserve it for as long as it takes
            // to find a policy.
            ready = self.inner.clone();
        }
        // Without an `Origin` there is nothing to decide, unless a page may have kept it to itself.
        let asks = match enforcement.as_ref().map(|it| it.examine(head).standing) {
            Some(Standing::Refused(_)) => false,
            Some(Standing::Judged) => true,
            Some(Standing::Passes) | None => kind != RequestKind::Plain,
        };
        let resolving = asks.then(|| resolver.resolve(head));
        ResolverFuture(Box::pin(async move {
            let policy = match resolving {
                Some(resolving) => resolving.await,
                None => None,
            };
            let layer = CorsLayer { policy: Resolved(policy), enforcement, watch, settings };
            let mut cors = Cors { inner: ready, layer: Arc::new(layer) };
            let responding = cors.call(request);
            let (is_answer, varies_on) = (responding.is_answer(), resolver.varies_on());
            let mut response = responding.await?;
            if is_answer {
                varies_on.join(response.headers_mut());
            } else {
                varies_on.write_to(response.headers_mut());
            }
            Ok(response)
        }))
    }
}

/// The future of the response of [`Cors`] with a [`Resolver`].
#[must_use = "futures do nothing unless they are polled"]
pub struct ResolverFuture<R, E>(Pin<Box<dyn Future<Output = Result<Response<R>, E>> + Send>>);

impl<R, E> Future for ResolverFuture<R, E> {
    type Output = Result<Response<R>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<R, E> fmt::Debug for ResolverFuture<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResolverFuture").finish_non_exhaustive()
    }
}
