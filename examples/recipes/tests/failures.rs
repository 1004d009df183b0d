//! Whatever fails, the page can read that it did; and in the wrong order it cannot.

use std::time::Duration;

use axum::middleware;
use http::StatusCode;
use tower_cors::{CorsLayer, Policy};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::{listen, preflight, reader, request, send};

#[path = "../failures.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod example;

const APP: &str = "https://app.example.com";

/// What fails, and with which status.
const FAILURES: [(&str, &str, StatusCode); 5] = [
    ("an error", "/fails", StatusCode::INTERNAL_SERVER_ERROR),
    ("a panic", "/panics", StatusCode::INTERNAL_SERVER_ERROR),
    ("a time-out", "/hangs", StatusCode::GATEWAY_TIMEOUT),
    ("no such path", "/nowhere", StatusCode::NOT_FOUND),
    ("no such method", "/", StatusCode::METHOD_NOT_ALLOWED),
];

#[tokio::test(start_paused = true)]
async fn every_failure_can_be_read() {
    let app = example::app(Duration::from_secs(2)).unwrap();
    for (name, path, status) in FAILURES {
        let request = request("PUT", path, APP, &[("authorization", "it")]);
        let response = send(&app, request).await;
        assert_eq!(response.status(), status, "{name}");
        assert_eq!(reader(&response).as_deref(), Some(APP), "{name}");
    }
    let anonymous = send(&app, request("GET", "/", APP, &[])).await;
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(reader(&anonymous).as_deref(), Some(APP));
}

#[tokio::test]
async fn preflights_pass_ahead_of_authentication() {
    let app = example::app(Duration::from_secs(2)).unwrap();
    for path in ["/", "/fails", "/hangs", "/panics", "/nowhere"] {
        let response = send(&app, preflight(path, APP, "PUT", "authorization")).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{path}");
    }
    let denied = send(&app, preflight("/", "https://evil.example", "PUT", "")).await;
    assert_eq!(denied.status(), StatusCode::FORBIDDEN);
}

/// The same layers, with this one innermost: what the outer ones answer, no page can read.
#[tokio::test(start_paused = true)]
async fn in_the_wrong_order_pages_are_told_nothing() {
    let policy = Policy::builder().allow_origins([APP, "https://b.example"]).build().unwrap();
    let app = example::routes()
        .layer(CorsLayer::new(policy))
        .layer(middleware::from_fn(example::authenticate))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(2)))
        .layer(CatchPanicLayer::new());
    for path in ["/panics", "/hangs"] {
        let response = send(&app, request("GET", path, APP, &[("authorization", "it")])).await;
        assert_eq!(reader(&response), None, "{path}");
    }
    let asked = send(&app, preflight("/", APP, "GET", "")).await;
    assert_eq!(asked.status(), StatusCode::UNAUTHORIZED);
}

/// hyper would close the connection at a panic that nobody catches.
#[tokio::test]
async fn a_panic_is_answered_over_a_socket() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let (listener, address) = listen().await;
    let app = example::app(Duration::from_secs(2)).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let text = "GET /panics HTTP/1.1\r\nHost: it\r\nConnection: close\r\nAuthorization: it\r\n\
                Origin: https://app.example.com\r\n\r\n";
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(
        answer.contains("access-control-allow-origin: https://app.example.com\r\n"),
        "{answer}"
    );
}
