//! Every message of `FetchError`, word for word.
#![allow(clippy::too_many_lines, reason = "tables are long")]

use tower_cors::browser::{Browser, Fetch, FetchError, Mode};

use crate::browser::{API, APP, SHARE, fetch, server};

#[track_caller]
fn check(rows: &[(String, &str)]) {
    let failures: Vec<_> = rows
        .iter()
        .filter(|(message, expected)| message != expected)
        .map(|(message, expected)| format!("expected {expected}\n     got {message}"))
        .collect();
    assert!(failures.is_empty(), "{} rows:\n{}", failures.len(), failures.join("\n"));
}

/// What script gets as a `TypeError`: nothing is sent.
#[tokio::test]
async fn fetch_errors() {
    let long = "https://u:p@api.example/";
    let many = |count| {
        let names = (0..count).map(|number| format!("x-{number}"));
        names.fold(Fetch::get(API), |fetch, name| fetch.header(name, "1"))
    };
    let rows = vec![
        (APP, many(1001), "1001 request headers are more than a server takes; set at most 1000"),
        (APP, many(40_000), "40000 request headers are more than a server takes; set at most 1000"),
        (
            APP,
            Fetch::get("https://a b/"),
            "URL \"https://a b/\" cannot be fetched (invalid international domain name); write one such as \"https://api.example/items\"",
        ),
        (
            "null",
            Fetch::get("/a"),
            "URL \"/a\" cannot be fetched (relative URL without a base); write one such as \"https://api.example/items\"",
        ),
        (
            "",
            Fetch::get(API),
            "page \"\" is no URL (relative URL without a base); write an origin such as \"https://app.example\", or \"null\"",
        ),
        (
            "app.example",
            Fetch::get(API),
            "page \"app.example\" is no URL (relative URL without a base); write an origin such as \"https://app.example\", or \"null\"",
        ),
        (
            "localhost:3000",
            Fetch::get(API),
            "page \"localhost:3000\" is no URL (empty host); write an origin such as \"https://app.example\", or \"null\"",
        ),
        (
            "app.example:8080",
            Fetch::get(API),
            "page \"app.example:8080\" is no URL (empty host); write an origin such as \"https://app.example\", or \"null\"",
        ),
        (
            "mailto:a@app.example",
            Fetch::get(API),
            "page \"mailto:a@app.example\" is no URL (empty host); write an origin such as \"https://app.example\", or \"null\"",
        ),
        (
            "app:///index.html",
            Fetch::get(API),
            "page \"app:///index.html\" is no URL (empty host); write an origin such as \"https://app.example\", or \"null\"",
        ),
        (
            APP,
            Fetch::get(long),
            "URL \"https://u:p@api.example/\" has a user name or password; leave them out, and call `credentials` or set `authorization`",
        ),
        (
            APP,
            Fetch::get("https://:p@api.example/"),
            "URL \"https://:p@api.example/\" has a user name or password; leave them out, and call `credentials` or set `authorization`",
        ),
        (APP, Fetch::new("a b", API), "method \"a b\" is no token; write letters, such as \"PUT\""),
        (APP, Fetch::new("", API), "method \"\" is no token; write letters, such as \"PUT\""),
        (
            APP,
            Fetch::new("connect", API),
            "method \"connect\" is forbidden by the Fetch Standard; no page can send it",
        ),
        (
            APP,
            Fetch::new("TRACE", API),
            "method \"TRACE\" is forbidden by the Fetch Standard; no page can send it",
        ),
        (
            APP,
            Fetch::new("Track", "/a"),
            "method \"Track\" is forbidden by the Fetch Standard; no page can send it",
        ),
        (
            APP,
            Fetch::put(API).mode(Mode::NoCors),
            "method \"PUT\" needs the mode `cors`; under `no-cors` write \"GET\", \"HEAD\" or \"POST\"",
        ),
        (
            APP,
            Fetch::get(API).header("x a", "1"),
            "request-header name \"x a\" is no token; write one such as \"x-request-id\"",
        ),
        (
            APP,
            Fetch::get(API).header("", "1"),
            "request-header name \"\" is no token; write one such as \"x-request-id\"",
        ),
        (
            APP,
            Fetch::get(API).header("x-a", "a\nb"),
            "value \"a\\nb\" of the request header \"x-a\" has a character that no field value can have; leave it out",
        ),
        (
            APP,
            Fetch::get(API).header("x-a", "\u{20ac}"),
            "value \"€\" of the request header \"x-a\" has a character that no field value can have; leave it out",
        ),
        (
            APP,
            Fetch::get(API).header("cookie", "\u{1}"),
            "value \"\\u{1}\" of the request header \"cookie\" has a character that no field value can have; leave it out",
        ),
        (
            APP,
            Fetch::get(API).body("a"),
            "a GET request cannot have a body; leave it out, or write \"POST\"",
        ),
        (
            APP,
            Fetch::new("head", API).body(""),
            "a HEAD request cannot have a body; leave it out, or write \"POST\"",
        ),
    ];
    let mut messages = Vec::new();
    for (page, request, expected) in rows {
        let message = fetch(&[], page, request)
            .await
            .map_or_else(|error| error.to_string(), |seen| format!("{seen:?}"));
        messages.push((message, expected));
    }
    let mut browser = Browser::new(server(&[("*", 200, SHARE)])).cookie("api.example", "a=1");
    let error = browser.fetch_from(APP, Fetch::get(API)).await.unwrap_err();
    messages.push((error.to_string(), "cookie \"a=1\" cannot be set by \"api.example\"; write one such as \"session=1; SameSite=None; Secure\" for \"https://api.example\""));
    check(&messages);
    let of_url = fetch(&[], APP, Fetch::get("https://a b/")).await.unwrap_err();
    assert!(
        matches!(&of_url, FetchError::Url { cause, .. } if format!("{cause:?}") == "invalid international domain name")
    );
    assert!(fetch(&[("*", 200, SHARE)], APP, many(1000)).await.is_ok());
    assert!(
        matches!(&error, FetchError::Cookie { origin, value, .. } if origin == "api.example" && value == "a=1")
    );
}

/// These have no host, and are pages all the same; the last one has a host.
#[tokio::test]
async fn pages_without_host() {
    for (page, origin) in [
        ("null", "null"),
        ("about:blank", "null"),
        ("data:text/html,a", "null"),
        ("blob:null/a", "null"),
        ("blob:https://app.example/a", APP),
        ("file:///a", "null"),
        ("app://localhost:3000/a", "app://localhost:3000"),
    ] {
        let seen = fetch(&[("*", 200, SHARE)], page, Fetch::get(API)).await.unwrap();
        assert_eq!(seen.sent()[0].header("origin"), Some(origin), "{page}");
    }
}
