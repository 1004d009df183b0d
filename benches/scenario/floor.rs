//! The least that a layer for listed origins can do: it looks `Origin` up, compares it with each, and
//! appends two fields. It knows no preflight, sees no second `Origin`, and leaves whatever CORS fields
//! and `Vary` the response has, so it is no layer to use. It shows how much of a cost is anybody's.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue, ORIGIN, VARY};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::Origins;

#[derive(Clone)]
pub(crate) struct Floor(Arc<[HeaderValue]>);

impl Floor {
    pub(crate) fn new(origins: Origins) -> Self {
        Self(origins.texts().iter().map(|text| HeaderValue::try_from(text).unwrap()).collect())
    }
}

impl<S> Layer<S> for Floor {
    type Service = FloorService<S>;

    fn layer(&self, inner: S) -> FloorService<S> {
        FloorService { inner, floor: self.clone() }
    }
}

#[derive(Clone)]
pub(crate) struct FloorService<S> {
    inner: S,
    floor: Floor,
}

impl<S, B, R> Service<Request<B>> for FloorService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = FloorFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let origin = request.headers().get(ORIGIN);
        let listed = origin.filter(|origin| self.floor.0.iter().any(|listed| listed == *origin));
        let allow_origin = listed.cloned();
        FloorFuture { inner: self.inner.call(request), allow_origin }
    }
}

pin_project! {
    pub(crate) struct FloorFuture<F> {
        #[pin]
        inner: F,
        allow_origin: Option<HeaderValue>,
    }
}

impl<F, R, E> Future for FloorFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut polled = this.inner.poll(context);
        if let Poll::Ready(Ok(response)) = &mut polled {
            let headers = response.headers_mut();
            headers.append(VARY, HeaderValue::from_static("origin"));
            if let Some(origin) = this.allow_origin.take() {
                headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            }
        }
        polled
    }
}
