//! How a missing `Vary: Origin` shows, and what revalidation changes.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use std::{convert::Infallible, future::ready, time::Duration};

use http::Response;
use http_body_util::Full;
use tower::{Service, service_fn};
use tower_cors::browser::{Answer as In, Blocked, Browser, Fetch, Mode, Visible};

use crate::browser::{API, APP, Answer, OTHER, Req, Res, outcome, server};

/// Two pages of different origins fetch one URL that a server shares with the origin that asks.
async fn second_page_sees(answers: &'static [Answer]) -> Result<u16, Blocked> {
    let mut browser = Browser::new(server(answers));
    assert!(browser.fetch_from(APP, Fetch::get(API)).await.unwrap().is_readable());
    let seen = browser.fetch_from(OTHER, Fetch::get(API)).await.unwrap();
    seen.response().map(Visible::status)
}

#[tokio::test]
async fn a_missing_vary_shows_as_the_failure_that_it_is() {
    const VARIES: &[Answer] = &[(
        "*",
        200,
        &[
            ("access-control-allow-origin", "{origin}"),
            ("cache-control", "max-age=60"),
            ("vary", "Accept, origin"),
        ],
    )];
    const MISSING: &[Answer] = &[(
        "*",
        200,
        &[
            ("access-control-allow-origin", "{origin}"),
            ("cache-control", "max-age=60"),
            ("vary", "Accept"),
        ],
    )];
    assert_eq!(second_page_sees(VARIES).await, Ok(200));
    let blocked = second_page_sees(MISSING).await.unwrap_err();
    assert_eq!(
        blocked,
        Blocked::VaryMissing {
            made_for: Some(APP.into()),
            value: Some(APP.into()),
            expected: OTHER.into()
        }
    );
}

#[tokio::test]
async fn a_response_to_a_request_without_origin_is_kept_from_one_with() {
    const LACKS: &[Answer] = &[(
        "*",
        200,
        &[("access-control-allow-origin", "{origin}"), ("cache-control", "max-age=60")],
    )];
    let mut browser = Browser::new(server(LACKS));
    let image = browser.fetch_from(APP, Fetch::get(API).mode(Mode::NoCors)).await.unwrap();
    assert_eq!(outcome(&image), "0 opaque");
    let seen = browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
    assert_eq!(seen.sent().len(), 0);
    assert_eq!(
        seen.blocked(),
        Some(&Blocked::VaryMissing { made_for: None, value: None, expected: APP.into() })
    );
}

#[tokio::test]
async fn a_kept_response_that_was_never_shared_is_no_matter_of_vary() {
    const NEVER: &[Answer] = &[("*", 200, &[("cache-control", "max-age=60"), ("vary", "origin")])];
    let mut browser = Browser::new(server(NEVER));
    for answer in [In::Response, In::Cached] {
        let seen = browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
        assert_eq!(
            seen.blocked(),
            Some(&Blocked::AllowOriginMissing { answer, expected: APP.into() })
        );
    }
}

/// A server that answers with what a function makes of the request; 304 has no body, others have `ok`.
fn answering(
    answer: impl Fn(&Req) -> (u16, Vec<(&'static str, String)>) + Clone + Send,
) -> impl Service<Req, Response = Res, Error = Infallible> {
    service_fn(move |request: Req| {
        let (status, headers) = answer(&request);
        let response = Response::builder().status(status);
        let response =
            headers.iter().fold(response, |response, (name, value)| response.header(*name, value));
        let body = if status == 304 { "" } else { "ok" };
        ready(Ok(response.body(Full::from(body)).unwrap()))
    })
}

fn text(request: &Req, name: &str) -> String {
    request.headers().get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_304_brings_the_headers_of_a_kept_response_up_to_date() {
    let shares = |request: &Req| {
        let status = if text(request, "if-none-match") == "\"a\"" { 304 } else { 200 };
        let length = if status == 304 { "0" } else { "2" };
        let origin = text(request, "origin");
        let headers = [
            ("etag", "\"a\""),
            ("content-length", length),
            ("access-control-allow-origin", &origin),
        ];
        (status, headers.map(|(name, value)| (name, value.to_owned())).to_vec())
    };
    let mut browser = Browser::new(answering(shares));
    browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
    let seen = browser.fetch_from(OTHER, Fetch::get(API)).await.unwrap();
    let visible = seen.response().unwrap();
    assert_eq!(
        (visible.status(), &**visible.body(), visible.header("content-length")),
        (200, &b"ok"[..], Some("2"))
    );
    assert_eq!(seen.sent()[0].header("if-none-match"), Some("\"a\""));

    let forgets = move |request: &Req| {
        let (status, mut headers) = shares(request);
        headers.retain(|(name, _)| status == 200 || *name != "access-control-allow-origin");
        (status, headers)
    };
    let mut browser = Browser::new(answering(forgets));
    browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
    let seen = browser.fetch_from(OTHER, Fetch::get(API)).await.unwrap();
    assert!(matches!(seen.blocked(), Some(Blocked::VaryMissing { .. })), "{seen:?}");
}

#[tokio::test]
async fn a_304_makes_a_kept_response_fresh_again() {
    let mut browser = Browser::new(answering(|request| {
        let status = if text(request, "if-modified-since") == "then" { 304 } else { 200 };
        (
            status,
            vec![("last-modified", "then".to_owned()), ("cache-control", "max-age=60".to_owned())],
        )
    }));
    let mut sent = Vec::new();
    for _ in 0..5 {
        sent.push(browser.fetch_from(APP, Fetch::get("/")).await.unwrap().sent().len());
        browser.advance(Duration::from_secs(40));
    }
    assert_eq!(sent, [1, 0, 1, 0, 1]);
}

#[tokio::test]
async fn a_new_response_replaces_the_one_that_it_would_have_been() {
    // In German it is the same for all languages. Once stale it must not turn up; fresh, it is the newest.
    let mut browser = Browser::new(answering(|request| {
        let language = text(request, "accept-language");
        let vary = if language == "de" { "origin" } else { "accept-language" };
        let age = if language == "de" { "max-age=10" } else { "max-age=60" };
        (
            200,
            vec![
                ("vary", vary.to_owned()),
                ("cache-control", age.to_owned()),
                ("x-language", language),
            ],
        )
    }));
    let get = |language: &str| Fetch::get("/").header("accept-language", language);
    let mut seen_languages = Vec::new();
    for (language, seconds) in [("de", 10), ("en", 0), ("fr", 0), ("en", 0), ("de", 0), ("en", 0)] {
        let seen = browser.fetch_from(APP, get(language)).await.unwrap();
        seen_languages.push((
            seen.response().unwrap().header("x-language").unwrap().to_owned(),
            seen.sent().len(),
        ));
        browser.advance(Duration::from_secs(seconds));
    }
    let expected = [("de", 1), ("en", 1), ("fr", 1), ("en", 0), ("de", 1), ("de", 0)]
        .map(|(language, sent)| (language.to_owned(), sent));
    assert_eq!(seen_languages, expected);
}
