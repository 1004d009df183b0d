//! A service that enforcement protects.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use http::{Request, Response};
use tower::{Layer, Service};

/// Sends a request through a layer, over a service that has CORS headers of its own: the response,
/// and whether the service ran.
pub(crate) fn send<L, S>(layer: &L, request: Request<String>) -> (Response<String>, bool)
where
    L: Layer<Inner, Service = S>,
    S: Service<Request<String>, Response = Response<String>, Error = Infallible>,
{
    let inner = Inner::default();
    let mut service = layer.layer(inner.clone());
    let response = service.call(request).now_or_never().unwrap().unwrap();
    (response, inner.ran.load(Ordering::Relaxed) > 0)
}

#[derive(Clone, Default)]
pub(crate) struct Inner {
    ran: Arc<AtomicUsize>,
}

impl Service<Request<String>> for Inner {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<String>) -> Self::Future {
        self.ran.fetch_add(1, Ordering::Relaxed);
        let response =
            Response::builder().header("access-control-allow-origin", "https://inner.example");
        std::future::ready(Ok(response.body("inner".to_owned()).unwrap()))
    }
}
