//! Every message of `FetchError` and `Blocked`, word for word.
#![allow(clippy::too_many_lines, reason = "tables are long")]

use http::{Method, StatusCode, header};
use tower_cors::browser::{Answer, Blocked, Browser, Fetch, FetchError, Mode};

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
    messages.push((error.to_string(), "cookie \"a=1\" cannot be sent to \"api.example\"; write one such as \"session=1\" for \"https://api.example\""));
    check(&messages);
    assert_eq!(error, FetchError::Cookie { origin: "api.example".into(), value: "a=1".into() });
}

#[test]
fn reasons() {
    let origin = || "https://app.example".to_owned();
    let url = || "https://b.example/".to_owned();
    let list = |value: Option<&str>, credentials| Blocked::Header {
        name: header::AUTHORIZATION,
        value: value.map(str::to_owned),
        credentials,
    };
    let method = |value: Option<&str>, credentials| Blocked::Method {
        method: Method::PUT,
        value: value.map(str::to_owned),
        credentials,
    };
    let row = |blocked: Blocked, expected| (blocked.to_string(), expected);
    check(&[
        row(
            Blocked::AllowOriginMissing { answer: Answer::Preflight, expected: origin() },
            "the preflight's response has no access-control-allow-origin; expected \"https://app.example\"",
        ),
        row(
            Blocked::AllowOriginMissing { answer: Answer::Response, expected: origin() },
            "the response has no access-control-allow-origin; expected \"https://app.example\"",
        ),
        row(
            Blocked::AllowOriginMissing { answer: Answer::Cached, expected: origin() },
            "the response in the HTTP cache has no access-control-allow-origin; expected \"https://app.example\"",
        ),
        row(
            Blocked::AllowOriginMismatch {
                answer: Answer::Response,
                value: "https://b.example".into(),
                expected: origin(),
            },
            "access-control-allow-origin \"https://b.example\" of the response is not the request's origin; expected \"https://app.example\"",
        ),
        row(
            Blocked::AllowOriginWildcard { answer: Answer::Response, expected: origin() },
            "access-control-allow-origin \"*\" of the response excludes requests with credentials; expected \"https://app.example\"",
        ),
        row(
            Blocked::AllowCredentials { answer: Answer::Preflight, value: None },
            "the preflight's response has no access-control-allow-credentials, and the request is made with credentials; expected \"true\"",
        ),
        row(
            Blocked::AllowCredentials { answer: Answer::Response, value: Some("TRUE".into()) },
            "access-control-allow-credentials \"TRUE\" of the response is not \"true\"; expected \"true\"",
        ),
        row(
            Blocked::VaryMissing { made_for: Some(url()), value: Some(url()), expected: origin() },
            "the response in the HTTP cache was made for \"https://b.example/\", and its access-control-allow-origin (\"https://b.example/\") is not for \"https://app.example\"; expected \"vary: origin\" in it",
        ),
        row(
            Blocked::VaryMissing { made_for: None, value: None, expected: origin() },
            "the response in the HTTP cache was made for a request without origin, and its access-control-allow-origin (none) is not for \"https://app.example\"; expected \"vary: origin\" in it",
        ),
        row(
            Blocked::PreflightStatus { status: StatusCode::UNAUTHORIZED },
            "status 401 of the preflight's response is no success; expected 200 to 299",
        ),
        row(
            Blocked::MalformedList {
                field: header::ACCESS_CONTROL_ALLOW_METHODS,
                value: "GET PUT".into(),
            },
            "access-control-allow-methods \"GET PUT\" of the preflight's response is no list of tokens; expected tokens separated by commas",
        ),
        row(
            method(None, false),
            "the preflight's response has no access-control-allow-methods to allow the method PUT; expected \"PUT\"",
        ),
        row(
            method(Some("GET"), true),
            "access-control-allow-methods \"GET\" of the preflight's response does not allow the method PUT; expected \"PUT\"",
        ),
        row(
            method(Some("GET, *"), true),
            "access-control-allow-methods \"GET, *\" of the preflight's response, in which \"*\" is no wildcard for requests with credentials, does not allow the method PUT; expected \"PUT\"",
        ),
        row(
            list(Some("*"), false),
            "access-control-allow-headers \"*\" of the preflight's response, in which \"*\" does not stand for authorization, does not allow the request header authorization; expected \"authorization\"",
        ),
        row(
            list(None, false),
            "the preflight's response has no access-control-allow-headers to allow the request header authorization; expected \"authorization\"",
        ),
        row(
            Blocked::NotSameOrigin { origin: origin(), url: url() },
            "URL \"https://b.example/\" is not of the page's origin, and the mode is `same-origin`; expected \"https://app.example\"",
        ),
        row(
            Blocked::Scheme { url: "data:,a".into() },
            "URL \"data:,a\" cannot be fetched across origins; expected the scheme \"https\" or \"http\"",
        ),
        row(
            Blocked::RedirectLocation { value: "https://a b".into() },
            "location \"https://a b\" of the redirect is no URL; expected one",
        ),
        row(
            Blocked::RedirectCredentials { url: "https://u@b.example/".into() },
            "location \"https://u@b.example/\" of the redirect has a user name or password; expected none",
        ),
        row(
            Blocked::TooManyRedirects { url: url() },
            "redirect to \"https://b.example/\" follows on 20 others; expected a response",
        ),
        row(
            Blocked::UrlTooLong { length: 70_000 },
            "URL of 70000 bytes is too long for an HTTP request; expected fewer than 65535",
        ),
        row(
            Blocked::ProxyAuthentication,
            "status 407 of the response asks a proxy's user for a password; expected any other",
        ),
        row(Blocked::ServiceFailed, "the service returned an error; expected a response"),
        row(Blocked::BodyFailed, "the body of the response ended in an error; expected all of it"),
    ]);
}
