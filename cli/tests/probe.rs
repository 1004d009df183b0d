//! `probe` runs a page's fetch against live servers, whatever their CORS is.

mod live;
mod pasted;
mod secure;
mod urls;
mod who;

use axum::Router;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use axum::routing::{get, put};
use tower_cors::{CorsLayer, Policy};

use crate::server::Server;

const POLICY: &str = "\
allow_origins = ['https://app.example', 'https://b.example']
allow_credentials = true
allow_methods = ['PUT']
allow_headers = ['content-type']
expose_headers = ['x-request-id']
max_age = 600
";

/// A server that has this crate's layer.
fn own() -> Server {
    let app = Router::new()
        .route("/items", get(|| async { "items" }).put(|| async { "saved" }))
        .layer(CorsLayer::new(Policy::from_toml(POLICY).unwrap()));
    Server::new(app)
}

/// A server that has the layer of another crate, with the same policy.
fn other() -> Server {
    let layer = tower_http::cors::CorsLayer::new()
        .allow_origin(["https://app.example", "https://b.example"].map(|it| it.parse().unwrap()))
        .allow_credentials(true)
        .allow_methods([http::Method::PUT])
        .allow_headers([http::header::CONTENT_TYPE])
        .expose_headers([http::HeaderName::from_static("x-request-id")])
        .max_age(std::time::Duration::from_secs(600));
    Server::new(
        Router::new()
            .route("/items", put(|| async { "saved" }).get(|| async { "items" }))
            .layer(layer),
    )
}

/// A server whose headers are written by hand: to a preflight, and to all else.
fn by_hand(preflight: &'static [(&str, &str)], other: &'static [(&str, &str)]) -> Server {
    Server::new(Router::new().fallback(move |request: Request| async move {
        let is_preflight = request.headers().contains_key("access-control-request-method");
        let mut response = Response::new(String::new());
        for (name, value) in if is_preflight { preflight } else { other } {
            if *name == "status" {
                *response.status_mut() = StatusCode::from_bytes(value.as_bytes()).unwrap();
            } else {
                let name: http::HeaderName = name.parse().unwrap();
                response.headers_mut().append(name, value.parse().unwrap());
            }
        }
        response
    }))
}
