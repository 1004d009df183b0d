//! The URL that is fetched is whole, and of http or https.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use serde_json::json;

use crate::program::Files;
use crate::server::Server;

const WRONG: &[(&str, &str)] = &[
    ("api.example/star", "has no scheme; write \"https://api.example/star\""),
    ("//api.example/star", "has no scheme; write \"https://api.example/star\""),
    ("localhost:8080/star", "has no scheme; write \"https://localhost:8080/star\""),
    ("/star", "has no scheme and no host; write one such as \"https://api.example/items\""),
    ("http:/api.example", "has no slashes behind its scheme; write \"http://api.example\""),
    ("ftp://api.example/star", "has the scheme ftp; write one of https or http"),
    ("wss://api.example/star", "has the scheme wss; write one of https or http"),
    ("data:text/plain,star", "has the scheme data; write one of https or http"),
];

/// The browser would take it for a path of the page's own server.
#[test]
fn a_url_that_nobody_can_be_asked_for_is_told_before_anything_is_sent() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let page = Server::new(Router::new().fallback(async move || {
        count.fetch_add(1, Ordering::Relaxed);
    }));
    let from = page.url("");
    let files = Files::new(&[("cors.json", r#"{"allow_origins": ["https://app.example"]}"#)]);
    for (url, wrong) in WRONG {
        let said = format!("error: URL \"{url}\" {wrong}\n");
        files.run(&["probe", url, "--from", &from]).is(2, "", &said);
        files.run(&["audit", url, "--from", &from]).is(2, "", &said);
        let request = json!({ "method": "GET", "url": url, "headers": [] });
        let har = json!({ "log": { "entries": [{ "request": request }] } }).to_string();
        let pasted = ["--har", "--entry", "1", "--from", &from];
        files.run_with(&[&["probe"], &pasted[..]].concat(), &har).is(2, "", &said);
        files.run_with(&[&["explain", "cors.json"], &pasted[..]].concat(), &har).is(2, "", &said);
    }
    for url in ["ftp://api.example/star", "wss://api.example/star"] {
        let ran = files.run_with(&["probe", "--curl", "--from", &from], &format!("curl '{url}'"));
        assert_eq!((ran.status, &*ran.text), (2, ""));
        assert!(ran.notes.starts_with(&format!("error: URL \"{url}\" has the scheme ")), "{ran:?}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}
