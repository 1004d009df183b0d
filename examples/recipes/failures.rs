//! Pages can read failures, too: errors, panics, time-outs, missing credentials and 404 carry CORS
//! headers, because the layer is outside of whatever answers by itself.
//!
//! Without them a browser hides the status and the body from the page, which is told "CORS error"
//! instead of what is wrong. And preflights, which carry no credentials, pass ahead of
//! authentication.
//!
//! ```sh
//! cargo run --example failures
//! curl -i http://127.0.0.1:3000/panics -H 'Origin: https://app.example.com' -H 'Authorization: it'
//! curl -i http://127.0.0.1:3000/hangs -H 'Origin: https://app.example.com' -H 'Authorization: it'
//! curl -i http://127.0.0.1:3000/ -H 'Origin: https://app.example.com' # 401, with CORS headers
//! curl -i http://127.0.0.1:3000/ -X OPTIONS -H 'Origin: https://app.example.com' \
//!     -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: authorization'
//! ```

use std::error::Error;
use std::future;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::StatusCode;
use http::header::AUTHORIZATION;
use tower_cors::{CorsLayer, Policy, PolicyErrors};
use tower_cors_recipes::listen;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = listen().await?;
    axum::serve(listener, app(Duration::from_secs(2))?).await?;
    Ok(())
}

/// The application, whose handlers get so much time.
///
/// # Errors
///
/// Every error in the policy.
pub(crate) fn app(limit: Duration) -> Result<Router, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com", "https://*.app.example.com"])
        .allow_methods(["PUT"])
        .allow_headers(["authorization"])
        .build()?;
    Ok(routes()
        // Of several layers the last one is the outermost. So a request meets them from here upward:
        .layer(middleware::from_fn(authenticate))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, limit))
        .layer(CatchPanicLayer::new())
        .layer(CorsLayer::new(policy)))
}

/// Handlers that fail, each in a way of its own.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/", get(|| async { "hello\n" }))
        .route("/fails", any(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
        .route("/hangs", any(future::pending::<()>))
        .route("/panics", any(panics))
}

#[expect(clippy::panic, reason = "it shows what becomes of one")]
async fn panics() {
    panic!("a handler panics");
}

/// Stands for authentication: whoever says nothing is refused.
pub(crate) async fn authenticate(request: Request, next: Next) -> Response {
    if request.headers().contains_key(AUTHORIZATION) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}
