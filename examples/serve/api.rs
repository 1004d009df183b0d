//! The API that is tried: an inner service that knows nothing of CORS, and the layer around it.

use axum::extract::{OriginalUri, Path};
use axum::http::header::{COOKIE, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::map_response;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use serde_json::{Value, json};
use tower_cors::observe::to_tracing;
use tower_cors::{CorsLayer, PolicySource};

/// The API behind the layer. The layer is outermost, so it sees preflights before any route does.
pub(crate) fn api(policy: impl PolicySource) -> Router {
    inner().layer(CorsLayer::new(policy))
}

/// The same. What the layer decides is logged.
pub(crate) fn logged_api(policy: impl PolicySource) -> Router {
    inner().layer(CorsLayer::new(policy).observe(to_tracing()))
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
        .route("/cookies", any(cookies))
        .route("/cookies/set", any(set_cookies))
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

/// Says which of the cookies of [`set_cookies`] came along.
async fn cookies(headers: HeaderMap) -> Json<Value> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split("; "));
    let names = pairs.filter_map(|pair| Some(pair.split_once('=')?.0));
    let mut ours: Vec<&str> = names.filter(|name| name.starts_with("site-")).collect();
    ours.sort_unstable();
    Json(json!({ "cookies": ours }))
}

/// Sets a cookie of each kind of `SameSite`, for ten minutes.
async fn set_cookies() -> impl IntoResponse {
    let set = |cookie| (SET_COOKIE, format!("{cookie}; Path=/cookies; Max-Age=600"));
    let cookies = [
        "site-strict=1; SameSite=Strict",
        "site-lax=1; SameSite=Lax",
        "site-default=1",
        "site-none=1; SameSite=None; Secure",
    ];
    (AppendHeaders(cookies.map(set)), StatusCode::NO_CONTENT)
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
