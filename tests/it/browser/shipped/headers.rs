//! What the shipped browsers make of headers.
#![allow(clippy::too_many_lines, reason = "tables are long")]

use tower_cors::browser::{Browser, Credentials, Fetch, UserAgent};

use super::{ORIGIN, SHARED, check};
use crate::browser::{API, APP, Answer, server};
use UserAgent::{Chromium, Firefox, Standard, WebKit};

#[test]
fn headers_of_requests() {
    let get = || Fetch::get(API);
    check(vec![
        (
            "Chromium drops a script's user-agent",
            get().header("user-agent", "a"),
            &[SHARED],
            &[
                (
                    &[Chromium],
                    &["200 cors", "GET https://api.example/; origin: https://app.example"],
                ),
                (
                    &[Standard, Firefox, WebKit],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-headers: user-agent; access-control-request-method: GET; origin: https://app.example",
                        "GET https://api.example/; origin: https://app.example; user-agent: a",
                    ],
                ),
            ],
        ),
        (
            "Firefox asks for bytes beyond ASCII",
            get().header("content-type", "text/plain;charset=\u{e9}"),
            &[SHARED],
            &[
                (
                    &[Firefox],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-headers: content-type; access-control-request-method: GET; origin: https://app.example",
                        "GET https://api.example/; content-type: text/plain;charset=\u{fffd}; origin: https://app.example",
                    ],
                ),
                (
                    &[Standard, Chromium, WebKit],
                    &[
                        "200 cors",
                        "GET https://api.example/; content-type: text/plain;charset=\u{fffd}; origin: https://app.example",
                    ],
                ),
            ],
        ),
        (
            "of two types Firefox sends the last",
            Fetch::get("/a").header("content-type", "a/b").header("content-type", "c/d"),
            &[("*", 200, &[])],
            &[
                (&[Firefox], &["200 basic", "GET https://app.example/a; content-type: c/d"]),
                (
                    &[Standard, Chromium, WebKit],
                    &[
                        "200 basic",
                        "GET https://app.example/a; content-type: a/b; content-type: c/d",
                    ],
                ),
            ],
        ),
        (
            "but the first with a body, until a redirect",
            Fetch::post("/a").header("content-type", "a/b").header("content-type", "c/d").body("e"),
            &[("POST app.example/a", 307, &[("location", "/b")]), ("*", 200, &[])],
            &[(
                &[Firefox],
                &[
                    "200 basic",
                    "POST https://app.example/a; content-type: a/b; origin: https://app.example",
                    "POST https://app.example/b; content-type: c/d; origin: https://app.example",
                ],
            )],
        ),
        (
            "of the lines of a field Firefox sends those behind an empty one",
            [
                ("x-a", "1"),
                ("x-a", ""),
                ("x-a", "2"),
                ("x-b", "1"),
                ("x-b", "2"),
                ("x-c", "1"),
                ("x-c", ""),
            ]
            .iter()
            .fold(Fetch::get("/a"), |fetch, (name, value)| fetch.header(*name, *value)),
            &[("*", 200, &[])],
            &[
                (
                    &[Firefox],
                    &["200 basic", "GET https://app.example/a; x-a: 2; x-b: 1; x-b: 2; x-c: "],
                ),
                (
                    &[Standard, Chromium, WebKit],
                    &[
                        "200 basic",
                        "GET https://app.example/a; x-a: ; x-a: 1; x-a: 2; x-b: 1; x-b: 2; x-c: ; x-c: 1",
                    ],
                ),
            ],
        ),
        (
            "Firefox asks for a type with a comma",
            get().header("content-type", "text/plain;a=,"),
            &[SHARED],
            &[(
                &[Firefox],
                &[
                    "200 cors",
                    "OPTIONS https://api.example/; access-control-request-headers: content-type; access-control-request-method: GET; origin: https://app.example",
                    "GET https://api.example/; content-type: text/plain;a=,; origin: https://app.example",
                ],
            )],
        ),
        (
            "parts are asked for without compression",
            get().header("range", "bytes=0-9"),
            &[SHARED],
            &[(
                &[Standard, Chromium, Firefox, WebKit],
                &[
                    "200 cors",
                    "GET https://api.example/; accept-encoding: identity; origin: https://app.example; range: bytes=0-9",
                ],
            )],
        ),
        (
            "a condition passes caches",
            Fetch::get("/a").header("if-none-match", "a"),
            &[SHARED],
            &[
                (
                    &[Standard, Firefox, WebKit],
                    &[
                        "200 basic access-control-allow-credentials",
                        "GET https://app.example/a; cache-control: no-cache; if-none-match: a; pragma: no-cache",
                    ],
                ),
                (
                    &[Chromium],
                    &[
                        "200 basic access-control-allow-credentials",
                        "GET https://app.example/a; cache-control: max-age=0; if-none-match: a",
                    ],
                ),
            ],
        ),
        (
            "and script's own fields stay",
            Fetch::get("/a")
                .header("if-range", "a")
                .header("cache-control", "b")
                .header("pragma", "c"),
            &[SHARED],
            &[(
                &[Standard, Chromium, Firefox, WebKit],
                &[
                    "200 basic access-control-allow-credentials",
                    "GET https://app.example/a; cache-control: b; if-range: a; pragma: c",
                ],
            )],
        ),
        (
            "and so does a preflight before it, in Chromium and in Firefox",
            get().header("if-match", "a"),
            &[SHARED],
            &[
                (
                    &[Standard, WebKit],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-headers: if-match; access-control-request-method: GET; origin: https://app.example",
                        "GET https://api.example/; cache-control: no-cache; if-match: a; origin: https://app.example; pragma: no-cache",
                    ],
                ),
                (
                    &[Firefox],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-headers: if-match; access-control-request-method: GET; cache-control: no-cache; origin: https://app.example; pragma: no-cache",
                        "GET https://api.example/; cache-control: no-cache; if-match: a; origin: https://app.example; pragma: no-cache",
                    ],
                ),
            ],
        ),
    ]);
}

const EMPTY: &[Answer] = &[(
    "*",
    200,
    &[("access-control-allow-origin", "{origin}"), ("access-control-allow-origin", "")],
)];

#[test]
fn headers_of_responses() {
    let credentialed = || Fetch::get(API).credentials(Credentials::Include);
    let sent = "GET https://api.example/; origin: https://app.example";
    let both = |name, first, second| -> &'static [Answer] {
        let lines: &'static [(&str, &str)] = Vec::leak(vec![(name, first), (name, second), ORIGIN]);
        Vec::leak(vec![("*", 200, lines)])
    };
    let blocked: &'static [&'static str] = Vec::leak(vec!["blocked", sent]);
    let cors: &'static [&'static str] = Vec::leak(vec!["200 cors", sent]);
    let exposed: &'static [&'static str] =
        Vec::leak(vec!["200 cors access-control-allow-origin access-control-expose-headers", sent]);
    let others: &'static [UserAgent] = &[Standard, Chromium, WebKit];
    let expect =
        |of_firefox, of_others| -> &'static [(&'static [UserAgent], &'static [&'static str])] {
            Vec::leak(vec![(&[Firefox] as &[_], of_firefox), (others, of_others)])
        };
    check(vec![
        (
            "Firefox passes over an empty second origin",
            Fetch::get(API),
            EMPTY,
            expect(cors, blocked),
        ),
        (
            "Firefox passes over an empty line of credentials",
            credentialed(),
            both("access-control-allow-credentials", "true", ""),
            expect(cors, blocked),
        ),
        (
            "Firefox exposes all by a wildcard before a malformed name",
            Fetch::get(API),
            both("access-control-expose-headers", "*", "a b"),
            expect(exposed, cors),
        ),
        (
            "and nothing by one behind it",
            Fetch::get(API),
            both("access-control-expose-headers", "a b", "*"),
            expect(cors, cors),
        ),
    ]);
}

/// Its HTTP cache reads the field, where it has a part.
#[tokio::test]
async fn chromium_writes_a_range_anew() {
    let range = |method: &str, range: &str| Fetch::new(method, "/a").header("range", range);
    for (fetch, sent, of_chromium) in [
        (range("GET", "bytes=00-01"), "bytes=00-01", "bytes=0-1"),
        (range("GET", "bytes=01-1"), "bytes=01-1", "bytes=1-1"),
        (range("GET", "bytes=01-"), "bytes=01-", "bytes=1-"),
        (range("GET", "bytes=02-1"), "bytes=02-1", "bytes=02-1"),
        (range("GET", "items=00-01"), "items=00-01", "items=00-01"),
        (range("HEAD", "bytes=00-01"), "bytes=00-01", "bytes=00-01"),
        (range("GET", "bytes=00-01").header("if-range", "a"), "bytes=00-01", "bytes=00-01"),
        (range("GET", "bytes=00-01").header("range", "bytes=2-"), "bytes=00-01", "bytes=00-01"),
    ] {
        for user_agent in UserAgent::ALL {
            let expected = if user_agent == Chromium { of_chromium } else { sent };
            let mut browser = Browser::new(server(&[("*", 200, &[])])).user_agent(user_agent);
            let seen = browser.fetch_from(APP, fetch.clone()).await.unwrap();
            assert_eq!(seen.sent()[0].header("range"), Some(expected), "{user_agent}, {seen}");
        }
    }
}

#[tokio::test]
async fn firefox_joins_types_without_a_space() {
    const TWICE: &[Answer] = &[(
        "*",
        200,
        &[("content-type", "a/b"), ("content-type", "c/d"), ("x-a", "1"), ("x-a", "2")],
    )];
    for user_agent in UserAgent::ALL {
        let mut browser = Browser::new(server(TWICE)).user_agent(user_agent);
        let seen = browser.fetch_from(APP, Fetch::get("/a")).await.unwrap();
        let visible = seen.response().unwrap();
        let types = if user_agent == Firefox { "a/b,c/d" } else { "a/b, c/d" };
        assert_eq!(visible.header("content-type"), Some(types), "{user_agent}");
        assert_eq!(visible.header("x-a"), Some("1, 2"), "{user_agent}");
    }
}
