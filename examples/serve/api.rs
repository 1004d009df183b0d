//! The API: an inner service that knows nothing of CORS, and the layer around it.

use axum::extract::{OriginalUri, Path};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header::VARY};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use serde_json::{Value, json};
use tower_cors::observe::to_tracing;
use tower_cors::{CorsLayer, Routes};

/// The API behind the layer. The layer is outermost, so it sees preflights before any route does. What it decides is
/// logged.
pub(crate) fn api(routes: Routes) -> Router {
    inner().layer(CorsLayer::new(routes).observe(to_tracing()))
}

/// The inner service. Every route takes any method, `OPTIONS` too: what is no preflight gets here.
pub(crate) fn inner() -> Router {
    Router::new()
        .route("/echo", any(echo))
        .route("/echo/", any(echo))
        .route("/echo/{*rest}", any(echo))
        .route("/status/{code}", any(status))
        .route("/vary/{value}", any(vary))
        .route("/inner-cors", any(inner_cors))
        .fallback(not_found)
        .layer(map_response(sign))
}

async fn echo(method: Method, OriginalUri(uri): OriginalUri) -> Json<Value> {
    Json(json!({ "method": method.as_str(), "path": uri.path() }))
}

async fn status(Path(code): Path<String>) -> Response {
    match code.parse::<StatusCode>() {
        Ok(status) if !status.is_informational() => status.into_response(),
        _ => bad_request(&format!("no status \"{code}\"; write a number from 200 to 999")),
    }
}

async fn vary(Path(value): Path<String>) -> Response {
    match HeaderValue::try_from(&value) {
        Ok(names) => ([(VARY, names)], Json(json!({ "vary": value }))).into_response(),
        Err(_) => bad_request("a header value has no control characters; write header names"),
    }
}

/// CORS headers of its own, such as a proxied backend may send: six that contradict the policy.
async fn inner_cors() -> impl IntoResponse {
    let headers = [
        ("access-control-allow-origin", "https://other.example"),
        ("access-control-allow-credentials", "false"),
        ("access-control-allow-methods", "PATCH"),
        ("access-control-allow-headers", "x-other"),
        ("access-control-expose-headers", "x-inner"),
        ("access-control-max-age", "1"),
    ];
    (headers, Json(json!({ "allows": "https://other.example" })))
}

async fn not_found(OriginalUri(uri): OriginalUri) -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "error": format!("no route {}", uri.path()) })))
        .into_response()
}

fn bad_request(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

/// Marks what the inner service answered: an answer without these headers is the layer's.
async fn sign(mut response: Response) -> Response {
    for (name, value) in [("x-request-id", "1"), ("x-inner", "reached")] {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        response.headers_mut().insert(name, value);
    }
    response
}
