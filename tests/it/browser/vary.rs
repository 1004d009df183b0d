//! How a missing `Vary: Origin` shows, and what revalidation changes.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use std::{
    convert::Infallible,
    future::ready,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use http::Response;
use http_body_util::Full;
use tower::{Service, service_fn};
use tower_cors::browser::{AnswerKind, Blocked, Browser, Credentials, Fetch, Mode, Visible};

use crate::browser::{API, APP, Answer, OTHER, Req, Res, outcome, server};

/// What is said of a kept response that was made for another origin, or for none.
fn vary(made_for: Option<&str>, value: Option<&str>, expected: &str) -> String {
    let made_for =
        made_for.map_or("a request without origin".to_owned(), |origin| format!("{origin:?}"));
    let value = value.map_or("none".to_owned(), |origin| format!("{origin:?}"));
    format!(
        "the response from \"https://api.example/\" in the HTTP cache was made for {made_for}, and its access-control-allow-origin ({value}) \
         is not for {expected:?}; expected \"vary: origin\" in it"
    )
}

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
    assert_eq!(blocked.to_string(), vary(Some(APP), Some(APP), OTHER));
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
    assert_eq!(outcome(&seen), vary(None, None, APP));
}

#[tokio::test]
async fn a_kept_response_that_was_never_shared_is_no_matter_of_vary() {
    const NEVER: &[Answer] = &[("*", 200, &[("cache-control", "max-age=60"), ("vary", "origin")])];
    let mut browser = Browser::new(server(NEVER));
    for kind in [AnswerKind::Response, AnswerKind::Cached] {
        let seen = browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
        let blocked = seen.blocked().unwrap();
        assert!(matches!(blocked, Blocked::AllowOriginMissing { .. }), "{blocked}");
        assert_eq!(blocked.answer().unwrap().kind(), kind);
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
        (visible.status(), visible.body().unwrap(), visible.header("content-length")),
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

const FRESH: (&str, &str) = ("cache-control", "max-age=60");
const STAR: (&str, &str) = ("access-control-allow-origin", "*");
const FOR_APP: (&str, &str) = ("access-control-allow-origin", APP);
const REFLECTED: (&str, &str) = ("access-control-allow-origin", "{origin}");
const ALLOWED: (&str, &str) = ("access-control-allow-credentials", "true");

#[tokio::test]
async fn only_what_a_new_response_would_mend_is_for_want_of_vary() {
    const LACKS_CREDENTIALS: &[Answer] = &[("*", 200, &[FRESH, FOR_APP])];
    const STATIC: &[Answer] = &[("*", 200, &[FRESH, FOR_APP, ALLOWED])];
    const STATIC_OTHER: &[Answer] = &[("*", 200, &[FRESH, ("access-control-allow-origin", OTHER)])];
    const ANY: &[Answer] = &[("*", 200, &[FRESH, STAR, ALLOWED])];
    const NONE: &[Answer] = &[("*", 200, &[FRESH])];
    const REFLECTS: &[Answer] = &[("*", 200, &[FRESH, REFLECTED, ALLOWED])];

    let get = || Fetch::get(API);
    let credentialed = || get().credentials(Credentials::Include);
    let image = || get().mode(Mode::NoCors);
    let cached = "the response from \"https://api.example/\" in the HTTP cache";
    let mismatch = |value: &str, expected: &str| {
        format!(
            "access-control-allow-origin {value:?} of {cached} is not the request's origin; expected {expected:?}"
        )
    };
    let missing = || format!("{cached} has no access-control-allow-origin; expected {APP:?}");
    let no_credentials = format!(
        "{cached} has no access-control-allow-credentials, and the request is made with credentials; expected \"true\""
    );
    let wildcard = format!(
        "access-control-allow-origin \"*\" of {cached} excludes requests with credentials; expected {APP:?}"
    );
    let rows = [
        (
            "one origin, then another",
            STATIC,
            (APP, get()),
            (OTHER, get()),
            Some(mismatch(APP, OTHER)),
        ),
        ("another, then the one", STATIC, (OTHER, get()), (APP, get()), None),
        ("another always", STATIC_OTHER, (OTHER, get()), (APP, get()), Some(mismatch(OTHER, APP))),
        (
            "an image, then another",
            STATIC_OTHER,
            (APP, image()),
            (APP, get()),
            Some(mismatch(OTHER, APP)),
        ),
        (
            "one origin, no leave for credentials",
            LACKS_CREDENTIALS,
            (OTHER, get()),
            (APP, credentialed()),
            Some(no_credentials),
        ),
        (
            "the wildcard, with credentials",
            ANY,
            (OTHER, get()),
            (APP, credentialed()),
            Some(wildcard),
        ),
        ("no CORS headers", NONE, (OTHER, get()), (APP, get()), Some(missing())),
        ("no CORS headers after an image", NONE, (APP, image()), (APP, get()), Some(missing())),
        (
            "reflected",
            REFLECTS,
            (OTHER, get()),
            (APP, get()),
            Some(vary(Some(OTHER), Some(OTHER), APP)),
        ),
        (
            "reflected, with credentials",
            REFLECTS,
            (OTHER, get()),
            (APP, credentialed()),
            Some(vary(Some(OTHER), Some(OTHER), APP)),
        ),
        (
            "reflected after an image",
            REFLECTS,
            (APP, image()),
            (APP, get()),
            Some(vary(None, None, APP)),
        ),
    ];
    let mut failures = Vec::new();
    for (name, answers, first, (page, second), expected) in rows {
        let mut browser = Browser::new(server(answers));
        browser.fetch_from(first.0, first.1).await.unwrap();
        let seen = browser.fetch_from(page, second).await.unwrap();
        if (seen.blocked().map(ToString::to_string), seen.sent().len()) != (expected.clone(), 0) {
            failures.push(format!("{name}: expected {expected:?}, got {seen:?}"));
        }
    }
    assert!(failures.is_empty(), "{} rows:\n{}", failures.len(), failures.join("\n"));
}

/// The server is asked once more only about a kept response that was made for another, and does not say that it varies.
#[tokio::test]
async fn no_other_reason_makes_the_browser_ask() {
    let asked_for = |second: &'static str, headers: &'static [(&'static str, &'static str)]| async move {
        let asked = AtomicUsize::new(0);
        let mut browser = Browser::new(answering(|request| {
            asked.fetch_add(1, Ordering::Relaxed);
            let is_known = !text(request, "if-none-match").is_empty();
            let vary = is_known.then_some(("vary", "origin"));
            let lines = headers.iter().copied().chain(vary);
            (
                if is_known { 304 } else { 200 },
                lines.map(|(name, value)| (name, value.to_owned())).collect(),
            )
        }));
        for page in [OTHER, second] {
            let seen = browser.fetch_from(page, Fetch::get(API)).await.unwrap();
            assert!(matches!(seen.blocked(), Some(Blocked::AllowOriginMissing { .. })), "{seen}");
        }
        asked.load(Ordering::Relaxed)
    };
    assert_eq!(asked_for(OTHER, &[("cache-control", "no-store")]).await, 2, "never kept");
    assert_eq!(asked_for(OTHER, &[FRESH]).await, 1, "made for the same");
    assert_eq!(asked_for(APP, &[FRESH]).await, 2, "made for another");
    assert_eq!(asked_for(APP, &[("etag", "\"a\"")]).await, 2, "said to vary by a 304");
}

#[tokio::test]
async fn a_missing_vary_shows_without_max_age() {
    const LAST_MODIFIED: &[Answer] =
        &[("*", 200, &[REFLECTED, ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT")])];
    const EXPIRES: &[Answer] =
        &[("*", 200, &[REFLECTED, ("expires", "Fri, 31 Dec 9999 23:59:59 GMT")])];
    for answers in [LAST_MODIFIED, EXPIRES] {
        let blocked = second_page_sees(answers).await.unwrap_err();
        assert!(matches!(blocked, Blocked::VaryMissing { .. }), "{blocked}");
    }
}
