//! The service behind a proxy, and the way to it.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::{HeaderValue, Method, Response};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::{UnixListener, UnixStream};
use tower_cors::browser;

/// Answers by the last segment of the path: `own` with CORS headers for everybody, `missing` with 404, `failing` with 500,
/// `kept` for caches.
pub(super) fn service() -> Router {
    Router::new().fallback(|request: Request| async move { answer(&request) })
}

fn answer(request: &Request) -> Response<Body> {
    let name = request.uri().path().rsplit('/').next().unwrap_or_default();
    let status = match name {
        "missing" => 404,
        "failing" => 500,
        _ => 200,
    };
    let mut response = Response::builder()
        .status(status)
        .header("etag", "1")
        .header("x-e", "e")
        .header("x-f", "f")
        .header("cache-control", if name == "kept" { "max-age=600" } else { "no-store" })
        .body(Body::from("text"))
        .unwrap();
    if name != "own" {
        return response;
    }
    let headers = response.headers_mut();
    let asked = |name: &str| request.headers().get(name).cloned();
    let any = || HeaderValue::from_static("*");
    headers.insert("access-control-allow-origin", asked("origin").unwrap_or_else(any));
    headers.insert("access-control-allow-credentials", HeaderValue::from_static("true"));
    headers.insert("access-control-expose-headers", HeaderValue::from_static("x-e, x-f, etag"));
    if request.method() == Method::OPTIONS {
        let method = asked("access-control-request-method").unwrap_or_else(any);
        headers.insert("access-control-allow-methods", method);
        let names = asked("access-control-request-headers").unwrap_or_else(any);
        headers.insert("access-control-allow-headers", names);
    }
    response
}

/// Serves on a socket in a directory, for as long as the runtime runs.
pub(super) fn listen(directory: &Path) -> PathBuf {
    let socket = directory.join("backend");
    let listener = UnixListener::bind(&socket).unwrap();
    tokio::spawn(async move { axum::serve(listener, service()).await });
    socket
}

/// Hands a request to who listens on a socket.
pub(super) async fn hand_on(
    socket: &Path,
    request: http::Request<browser::Body>,
) -> Result<Response<Incoming>, Infallible> {
    let stream = UnixStream::connect(socket).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    Ok(sender.send_request(request).await.unwrap())
}
