//! Servers that drop the connection: what was found until then is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;

use super::audit;
use crate::program::Files;
use crate::server::Server;

/// A server that allows any origin if it is open, and drops the connection where it does not answer: by the number of the
/// request, counted from 1, and its fields.
fn server(is_open: bool, answers: fn(usize, &HeaderMap) -> bool) -> Server {
    Server::run(move |listener| async move {
        let count = Arc::new(AtomicUsize::new(0));
        while let Ok((stream, _)) = listener.accept().await {
            let count = count.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let is_answered = answers(number, request.headers());
                let origin = request.headers().get("origin").filter(|_| is_open).cloned();
                async move {
                    let mut response = Response::new(String::new());
                    response.headers_mut().insert("vary", "origin".parse().unwrap());
                    if let Some(origin) = origin {
                        response.headers_mut().insert("access-control-allow-origin", origin);
                    }
                    if is_answered { Ok(response) } else { Err("dropped") }
                }
            });
            let builder = auto::Builder::new(TokioExecutor::new());
            drop(builder.serve_connection(TokioIo::new(stream), service).await);
        }
    })
}

#[test]
fn what_was_found_until_then_is_told() {
    let server = server(true, |number, _| number < 5);
    let url = server.url("/");
    let arguments = ["audit", &url, "--from", "https://app.example"];
    let ran = Files::new(&[]).run(&arguments);
    assert_eq!(ran.status, 1, "{}{}", ran.text, ran.notes);
    assert!(ran.text.contains("[any-origin]"), "{}", ran.text);
    assert!(ran.notes.contains("stopped at request 5: GET "), "{}", ran.notes);
}

#[test]
fn programs_are_told_where_it_stopped() {
    let server = server(true, |number, _| number < 5);
    let (found, _, report) = audit(&server.url("/"), &["--from", "https://app.example"]);
    assert!(found.contains(&"any-origin".to_owned()), "{report:#}");
    let stopped = report["stopped"].as_str().unwrap();
    assert!(stopped.starts_with("stopped at request 5: GET "), "{stopped}");
}

#[test]
fn where_nothing_was_found_the_audit_has_failed() {
    let server = server(false, |number, _| number < 5);
    let url = server.url("/");
    let ran = Files::new(&[]).run(&["audit", &url, "--from", "https://app.example"]);
    assert_eq!((ran.status, &*ran.text), (2, ""));
    assert!(ran.notes.starts_with(&format!("error: GET {url}?")), "{}", ran.notes);
}

#[test]
fn a_connection_that_is_dropped_at_a_malformed_origin_is_a_finding() {
    let is_origin = |_, fields: &HeaderMap| {
        fields.get("origin").is_none_or(|origin| origin.as_bytes() != b"http://[")
    };
    let server = server(false, is_origin);
    let (found, _, report) = audit(&server.url("/"), &["--from", "https://app.example"]);
    assert!(found.contains(&"malformed-origin-fails".to_owned()), "{report:#}");
    assert!(report["stopped"].is_null(), "{report:#}");
    let shown = &report["findings"].as_array().unwrap();
    let failing = shown.iter().find(|it| it["id"] == "malformed-origin-fails").unwrap();
    let answered = failing["shown"][0]["answered"][0].as_str().unwrap();
    assert!(answered.starts_with("nothing: "), "{answered}");
}
