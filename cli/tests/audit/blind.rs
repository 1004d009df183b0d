//! Servers whose answers show nothing of what they do: that is told, and is no success.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::response::IntoResponse;
use http::StatusCode;
use serde_json::Value;
use tower_cors::{CorsLayer, Policy};

use super::audit;
use crate::program::Files;
use crate::server::Server;

/// A server that answers all requests alike.
fn server(status: StatusCode, field: Option<(&'static str, &'static str)>) -> Server {
    Server::new(Router::new().fallback(async move || match field {
        Some(field) => (status, [field]).into_response(),
        None => status.into_response(),
    }))
}

/// The status of the answers, a field of theirs, and how what is said begins and ends.
type Row = (u16, Option<(&'static str, &'static str)>, &'static str, &'static str);

const CREDENTIALS: &str =
    "give credentials by `-H 'authorization: …'` or `-H 'cookie: …'`, or a URL that needs none";
const URL: &str = "give a URL that the server answers to GET with a success";
const FAILS: &str = "ask again when the server does not fail, or give another URL";
const LOGIN: &str = "if it leads to a login, give credentials by `-H 'cookie: …'` or `-H 'authorization: …'`; else give \
                     the URL that it leads to";

const ROWS: &[Row] = &[
    (401, Some(("www-authenticate", "Bearer")), "401 Unauthorized", CREDENTIALS),
    (403, None, "403 Forbidden", CREDENTIALS),
    (404, None, "404 Not Found", URL),
    (405, None, "405 Method Not Allowed", URL),
    (302, Some(("location", "/login")), "302 Found to \"/login\"", LOGIN),
    (
        308,
        Some(("location", "https://other.example/")),
        "308 Permanent Redirect to \"https://other.example/\"",
        LOGIN,
    ),
    (500, None, "500 Internal Server Error", FAILS),
    (503, None, "503 Service Unavailable", FAILS),
];

#[test]
fn what_shows_nothing_is_no_success() {
    for (status, field, shown, advice) in ROWS {
        let server = server(StatusCode::from_u16(*status).unwrap(), *field);
        let url = server.url("/");
        let arguments = ["audit", &url, "--from", "https://app.example"];
        let ran = Files::new(&[]).run(&arguments);
        let expected = format!(
            "error: the audit saw nothing: no answer succeeded, and none has a CORS header; all were {shown}; {advice}\n"
        );
        assert!(ran.notes.ends_with(&expected), "{}", ran.notes);
        assert_eq!((ran.status, &*ran.text), (2, ""), "{shown}");
        let ran = Files::new(&[]).run(&[&arguments[..], &["--format", "json"]].concat());
        let report: Value = serde_json::from_str(&ran.text).unwrap();
        assert!(expected.contains(report["unseen"].as_str().unwrap()), "{report:#}");
        assert_eq!(ran.status, 2);
    }
}

#[test]
fn what_helps_is_tried() {
    let app = Router::new().fallback(async |request: axum::extract::Request| {
        let has_token = request.headers().get("authorization").is_some_and(|it| it == "Bearer x");
        if has_token { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
    });
    let server = Server::new(app);
    let arguments = ["--from", "https://app.example", "-H", "authorization: Bearer x"];
    let (findings, _, report) = audit(&server.url("/"), &arguments);
    assert!(findings.is_empty() && report["unseen"].is_null(), "{report:#}");
}

/// Behind the layer of this crate, authentication may refuse what it likes: the layer is seen.
#[test]
fn a_layer_outside_of_authentication_is_seen() {
    let policy = Policy::builder().allow_origins(["https://app.example"]).build().unwrap();
    let app = Router::new().fallback(async || StatusCode::UNAUTHORIZED);
    let server = Server::new(app.layer(CorsLayer::new(policy)));
    let (findings, _, report) = audit(&server.url("/"), &["--from", "https://app.example"]);
    assert!(findings.is_empty() && report["unseen"].is_null(), "{report:#}");
}

/// What is found is told nevertheless: here that anybody may read what the answers to preflights say.
#[test]
fn what_is_found_of_preflights_is_told_beside_it() {
    let app = Router::new().fallback(async |request: axum::extract::Request| {
        let origin = request.headers().get("origin").cloned();
        match origin.filter(|_| request.method() == http::Method::OPTIONS) {
            Some(origin) => {
                (StatusCode::OK, [("access-control-allow-origin", origin)]).into_response()
            }
            None => StatusCode::UNAUTHORIZED.into_response(),
        }
    });
    let server = Server::new(app);
    let (findings, _, report) = audit(&server.url("/"), &["--from", "https://app.example"]);
    assert!(findings.contains(&"any-origin".to_owned()), "{report:#}");
    assert!(report["unseen"].as_str().unwrap().contains("401 Unauthorized"), "{report:#}");
}

#[test]
fn a_limit_of_the_rate_ends_the_audit() {
    let limited = |from: usize| {
        let count = AtomicUsize::new(0);
        let count = std::sync::Arc::new(count);
        Server::new(Router::new().fallback(async move || {
            if count.fetch_add(1, Ordering::SeqCst) + 1 < from {
                return StatusCode::OK.into_response();
            }
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "30")]).into_response()
        }))
    };
    for from in [1, 4] {
        let server = limited(from);
        let url = server.url("/");
        let ran = Files::new(&[]).run(&["audit", &url, "--from", "https://app.example"]);
        let number = from - 1;
        assert_eq!(
            (ran.status, ran.notes),
            (
                2,
                format!(
                    "error: GET {url}?tower-cors-audit={number}: 429 Too Many Requests (retry-after: 30): the server \
                     limits the rate; ask later, or have it make an exception for this client\n"
                )
            )
        );
    }
}
