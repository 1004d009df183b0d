//! The server of the page: the page itself, what it asks, and who may ask.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::{Next, from_fn_with_state, map_response, map_response_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower::ServiceExt;
use tower_cors::{CorsLayer, Denial, Enforcement, Policy, PolicyErrors};

use super::api::inner;
use super::record::{is_try, keep};
use super::workbench::{Workbench, endpoints};

/// The page. It is for this machine alone: by its hosts, against DNS rebinding, and by its origins.
///
/// # Errors
///
/// If an origin of the workbench is none.
pub(crate) fn page(workbench: Workbench) -> Result<Router, PolicyErrors> {
    let own = Enforcement::unsafe_requests()
        .own_origins(workbench.pages.clone())
        .hosts(workbench.pages.iter().map(|origin| host(origin).to_owned()).collect::<Vec<_>>());
    // To others nothing is allowed. What they may not do is refused, and not only hidden.
    let only_own = CorsLayer::new(Policy::nobody()).enforce(own)?;
    let workbench = Arc::new(workbench);
    // What is tried at this server has no layer, and there is nothing to protect.
    let tried = inner().layer(from_fn_with_state(workbench.record.clone(), keep));
    Ok(assets(&workbench)
        .merge(endpoints(Arc::clone(&workbench)))
        .layer(only_own)
        .layer(map_response_with_state(workbench, tell_refusal))
        .layer(from_fn_with_state(tried, set_apart)))
}

/// A try asks the inner service, whatever its path. A link may have anything tried: it must not reach the workbench.
async fn set_apart(State(tried): State<Router>, request: Request, next: Next) -> Response {
    if is_try(request.uri()) {
        tried.oneshot(request).await.into_response()
    } else {
        next.run(request).await
    }
}

/// The host and the port of an origin.
pub(crate) fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

/// Tells whoever is refused why, and where the page is.
async fn tell_refusal(State(workbench): State<Arc<Workbench>>, response: Response) -> Response {
    let Some(denial) = response.extensions().get::<Denial>() else {
        return response;
    };
    let page = workbench.pages.first().map(String::as_str).unwrap_or_default();
    let said = format!("{denial}: this page is for this machine alone; open {page}\n");
    (response.status(), response.headers().clone(), said).into_response()
}

/// A file, its type, and its text.
const FILES: [(&str, &str, &str); 16] = [
    ("/base.css", "text/css", include_str!("page/base.css")),
    ("/head.css", "text/css", include_str!("page/head.css")),
    ("/cases.css", "text/css", include_str!("page/cases.css")),
    ("/tried.css", "text/css", include_str!("page/tried.css")),
    ("/policy.css", "text/css", include_str!("page/policy.css")),
    ("/main.js", "text/javascript", include_str!("page/main.js")),
    ("/dom.js", "text/javascript", include_str!("page/dom.js")),
    ("/server.js", "text/javascript", include_str!("page/server.js")),
    ("/senders.js", "text/javascript", include_str!("page/senders.js")),
    ("/places.js", "text/javascript", include_str!("page/places.js")),
    ("/attempt.js", "text/javascript", include_str!("page/attempt.js")),
    ("/tried.js", "text/javascript", include_str!("page/tried.js")),
    ("/cases.js", "text/javascript", include_str!("page/cases.js")),
    ("/own.js", "text/javascript", include_str!("page/own.js")),
    ("/policy.js", "text/javascript", include_str!("page/policy.js")),
    ("/frame.js", "text/javascript", include_str!("page/frame.js")),
];

/// What the page is made of.
fn assets(workbench: &Workbench) -> Router {
    let (pages, apis) = (workbench.pages.join(" "), workbench.apis.join(" "));
    let page = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
         frame-src {pages}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    // By name: in a sandboxed frame 'self' would be nobody.
    let frame = format!(
        "default-src 'none'; script-src {pages}; connect-src {pages} {apis}; base-uri 'none'; \
         form-action 'none'; frame-ancestors {pages}"
    );
    let html = |text: &'static str, policy: String| {
        get(async move || ([(CONTENT_SECURITY_POLICY, policy)], file("text/html", text)))
    };
    let with_pages = Router::new()
        .route("/", html(include_str!("page/index.html"), page))
        .route("/frame", html(include_str!("page/frame.html"), frame));
    FILES
        .iter()
        .fold(with_pages, |router, (path, kind, text)| {
            router.route(path, get(async || file(kind, text)))
        })
        .layer(map_response(async |mut response: Response| {
            let headers = response.headers_mut();
            headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
            response
        }))
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, format!("{kind}; charset=utf-8"))], text)
}
