//! The page on the second origin, and what it should find.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{Value, json};
use tower_cors::Routes;

use super::api::inner;
use super::cases::{CASES, Case};
use super::expect::{Expectation, expect};

/// The page for an API at `api` with policies by path, as they are in `document`.
pub(crate) fn page(api: String, routes: Routes, document: String) -> Router {
    Router::new()
        .route("/", get(async || Html(include_str!("page.html"))))
        .route("/page.css", get(async || file("text/css", include_str!("page.css"))))
        .route("/page.js", get(async || file("text/javascript", include_str!("page.js"))))
        .route("/cases.json", get(cases))
        .with_state(Arc::new(Page { api, routes, document }))
        .merge(inner())
}

struct Page {
    api: String,
    routes: Routes,
    document: String,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    case: &'static Case,
    expected: Expectation,
}

/// All cases, with what a page at the address that was asked should see.
async fn cases(
    State(page): State<Arc<Page>>,
    headers: HeaderMap,
) -> Result<Json<Value>, (StatusCode, String)> {
    let origin = own_origin(&headers)
        .ok_or_else(|| (StatusCode::BAD_REQUEST, "the request names no host".to_owned()))?;
    let mut rows = Vec::new();
    for case in CASES {
        let expected = expect(case, &page.routes, &origin)
            .await
            .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        rows.push(Row { case, expected });
    }
    Ok(Json(json!({ "api": page.api, "policy": page.document, "cases": rows })))
}

/// The origin of a page whose script asks for this, which is same-origin: its `Host` says it.
fn own_origin(headers: &HeaderMap) -> Option<HeaderValue> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    HeaderValue::try_from(format!("http://{host}")).ok()
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, format!("{kind}; charset=utf-8"))], text)
}
