//! The recipes do what they say, and listen where they are told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use http::header::{HeaderMap, HeaderName};
use http::{Method, Request, Response};
use tokio::net::TcpListener;
use tower::ServiceExt;

mod failures;
mod grpc_web;
mod listen;
mod observability;
mod reload;
mod reverse_proxy;
mod routers;
mod tenants;

/// A request of a page: a method, a path, an origin, and other fields.
fn request(method: &str, path: &str, origin: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("origin", origin);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// What a browser asks ahead of a request with that method.
fn preflight(path: &str, origin: &str, method: &str, names: &str) -> Request<Body> {
    let mut fields = vec![("access-control-request-method", method)];
    if !names.is_empty() {
        fields.push(("access-control-request-headers", names));
    }
    request(Method::OPTIONS.as_str(), path, origin, &fields)
}

async fn send(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().oneshot(request).await.unwrap()
}

/// The values of all lines of a field.
fn lines(headers: &HeaderMap, name: &'static str) -> Vec<String> {
    let values = headers.get_all(HeaderName::from_static(name)).iter();
    values.map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// Who may read the response.
fn reader(response: &Response<Body>) -> Option<String> {
    let origins = lines(response.headers(), "access-control-allow-origin");
    assert!(origins.len() < 2, "{origins:?}");
    origins.into_iter().next()
}

/// A port of this machine.
async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}
