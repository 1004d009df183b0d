//! The HTTP cache, and how a missing `Vary: Origin` shows.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>
#![allow(clippy::too_many_lines, reason = "tables are long")]

use tower_cors::browser::{Answer as In, Blocked, Browser, Fetch, Mode, UserAgent, Visible};

use crate::browser::{
    API, APP, Answer, OTHER, Req, Res, Scenario,
    Step::{Fetch as Run, Wait},
    check_scenarios as check, outcome, server,
};

macro_rules! cached {
    ($($name:literal: $value:literal),*) => {
        &[("*", 200, &[$(($name, $value)),*])]
    };
}

#[test]
fn responses_to_get_are_kept() {
    let get = || Fetch::get(API);
    let again = |name, answers, second| Scenario {
        name,
        answers,
        steps: vec![Run(APP, get(), "GET"), Run(APP, get(), second)],
    };
    check(
        UserAgent::Standard,
        vec![
            again("nothing said", cached!(), "GET"),
            again(
                "max-age",
                cached!("cache-control": "public, MAX-AGE=60"),
                "",
            ),
            again(
                "no-store",
                cached!("cache-control": "max-age=60, no-store"),
                "GET",
            ),
            again(
                "no-cache",
                cached!("cache-control": "max-age=60, no-cache"),
                "GET",
            ),
            again(
                "too old to begin with",
                cached!("cache-control": "max-age=60", "age": "60"),
                "GET",
            ),
            again(
                "a bad max-age",
                cached!("cache-control": "max-age=a"),
                "GET",
            ),
            again(
                "Vary: *",
                cached!("cache-control": "max-age=60", "vary": "*"),
                "GET",
            ),
            again(
                "a directive within quotes is none",
                cached!("cache-control": "a=\"max-age=60,max-age=60\""),
                "GET",
            ),
            Scenario {
                name: "until it is stale",
                answers: cached!("cache-control": "max-age=60"),
                steps: vec![
                    Run(APP, get(), "GET"),
                    Wait(59),
                    Run(APP, get(), ""),
                    Wait(1),
                    Run(APP, get(), "GET"),
                ],
            },
            Scenario {
                name: "a fragment makes no difference, a query does",
                answers: cached!("cache-control": "max-age=60"),
                steps: vec![
                    Run(APP, get(), "GET"),
                    Run(APP, Fetch::get("https://api.example/#a"), ""),
                    Run(APP, Fetch::get("https://api.example/?a"), "GET"),
                ],
            },
            Scenario {
                name: "other methods pass it by",
                answers: &[(
                    "*",
                    200,
                    &[
                        ("cache-control", "max-age=60"),
                        ("access-control-allow-origin", "*"),
                    ],
                )],
                steps: vec![
                    Run(APP, Fetch::post(API), "POST"),
                    Run(APP, get(), "GET"),
                    Run(APP, Fetch::new("HEAD", API), "HEAD"),
                    Run(APP, get(), ""),
                ],
            },
            Scenario {
                name: "an unsafe method that succeeds clears it",
                answers: cached!("cache-control": "max-age=60"),
                steps: vec![
                    Run(APP, get(), "GET"),
                    Run(APP, Fetch::post("https://api.example/a"), "POST"),
                    Run(APP, get(), ""),
                    Run(APP, Fetch::post(API), "POST"),
                    Run(APP, get(), "GET"),
                ],
            },
            Scenario {
                name: "ranges and conditions pass it by",
                answers: &[(
                    "*",
                    200,
                    &[
                        ("cache-control", "max-age=60"),
                        ("access-control-allow-origin", "*"),
                        ("access-control-allow-headers", "*"),
                    ],
                )],
                steps: vec![
                    Run(APP, get(), "GET"),
                    Run(APP, get().header("range", "bytes=0-"), "GET"),
                    Run(APP, get().header("if-none-match", "a"), "OPTIONS GET"),
                    Run(APP, get(), ""),
                ],
            },
            Scenario {
                name: "Vary keeps languages apart",
                answers: cached!("cache-control": "max-age=60", "vary": "Origin, Accept-Language"),
                steps: vec![
                    Run(APP, get().header("accept-language", "de"), "GET"),
                    Run(APP, get().header("accept-language", "en"), "GET"),
                    Run(APP, get(), "GET"),
                    Run(APP, get().header("accept-language", "de"), ""),
                    Run(APP, get().header("accept-language", "en"), ""),
                    Run(APP, get(), ""),
                    Run(OTHER, get(), "GET"),
                ],
            },
        ],
    );
}

/// Two pages of different origins fetch one URL that a server shares with the origin that asks.
async fn second_page_sees(answers: &'static [Answer]) -> Result<u16, Blocked> {
    let mut browser = Browser::new(server(answers));
    assert!(
        browser
            .fetch_from(APP, Fetch::get(API))
            .await
            .unwrap()
            .is_readable()
    );
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
        &[
            ("access-control-allow-origin", "{origin}"),
            ("cache-control", "max-age=60"),
        ],
    )];
    let mut browser = Browser::new(server(LACKS));
    let image = browser
        .fetch_from(APP, Fetch::get(API).mode(Mode::NoCors))
        .await
        .unwrap();
    assert_eq!(outcome(&image), "0 opaque");
    let seen = browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
    assert_eq!(seen.sent().len(), 0);
    assert_eq!(
        seen.blocked(),
        Some(&Blocked::VaryMissing {
            made_for: None,
            value: None,
            expected: APP.into()
        })
    );
}

#[tokio::test]
async fn a_kept_response_that_was_never_shared_is_no_matter_of_vary() {
    const NEVER: &[Answer] = &[(
        "*",
        200,
        &[("cache-control", "max-age=60"), ("vary", "origin")],
    )];
    let mut browser = Browser::new(server(NEVER));
    for answer in [In::Response, In::Cached] {
        let seen = browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
        assert_eq!(
            seen.blocked(),
            Some(&Blocked::AllowOriginMissing {
                answer,
                expected: APP.into()
            })
        );
    }
}

#[tokio::test]
async fn a_304_brings_the_headers_of_a_kept_response_up_to_date() {
    use http_body_util::Full;
    let service = |shares_on_304: bool| {
        tower::service_fn(move |request: Req| async move {
            let is_revalidation = request
                .headers()
                .get("if-none-match")
                .is_some_and(|etag| etag == "\"a\"");
            let mut response = Res::new(Full::from(if is_revalidation { "" } else { "ok" }));
            response
                .headers_mut()
                .insert("etag", "\"a\"".parse().unwrap());
            response
                .headers_mut()
                .insert("content-length", "2".parse().unwrap());
            if is_revalidation {
                *response.status_mut() = http::StatusCode::NOT_MODIFIED;
                response
                    .headers_mut()
                    .insert("content-length", "0".parse().unwrap());
            }
            if !is_revalidation || shares_on_304 {
                response.headers_mut().insert(
                    "access-control-allow-origin",
                    request.headers()["origin"].clone(),
                );
            }
            Ok::<_, std::convert::Infallible>(response)
        })
    };
    let mut browser = Browser::new(service(true));
    browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
    let seen = browser.fetch_from(OTHER, Fetch::get(API)).await.unwrap();
    let visible = seen.response().unwrap();
    assert_eq!(
        (
            visible.status(),
            &**visible.body(),
            visible.header("content-length")
        ),
        (200, &b"ok"[..], Some("2"))
    );
    assert_eq!(seen.sent()[0].header("if-none-match"), Some("\"a\""));

    let mut browser = Browser::new(service(false));
    browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
    let seen = browser.fetch_from(OTHER, Fetch::get(API)).await.unwrap();
    assert!(
        matches!(seen.blocked(), Some(Blocked::VaryMissing { .. })),
        "{seen:?}"
    );
}
