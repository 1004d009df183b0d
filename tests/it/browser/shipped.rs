//! Where the shipped browsers do otherwise than the standard: a row of each, as the standard and as them. The real
//! ones are held to the same by random answers (`tests/browsers/answers`).
#![allow(clippy::too_many_lines, reason = "tables are long")]

mod headers;

use tower_cors::browser::{Browser, Fetch, Mode, Redirect, UserAgent};

use crate::browser::{API, APP, Answer, line, outcome, server};
use UserAgent::{Chromium, Firefox, Standard, WebKit};

const ORIGIN: (&str, &str) = ("access-control-allow-origin", "{origin}");
const TRUE: (&str, &str) = ("access-control-allow-credentials", "true");
const METHOD: (&str, &str) = ("access-control-allow-methods", "{method}");
const NAMES: (&str, &str) = ("access-control-allow-headers", "{headers}");
const SHARED: Answer = ("*", 200, &[ORIGIN, TRUE, METHOD, NAMES]);

/// What is seen and sent, one below the other, by the user agents that do so.
type Row = (
    &'static str,
    Fetch,
    &'static [Answer],
    &'static [(&'static [UserAgent], &'static [&'static str])],
);

#[track_caller]
fn check(rows: Vec<Row>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut failures = Vec::new();
    for (name, fetch, answers, expected) in rows {
        for (user_agents, expected) in expected {
            for user_agent in *user_agents {
                let mut browser = Browser::new(server(answers)).user_agent(*user_agent);
                let seen = runtime.block_on(browser.fetch_from(APP, fetch.clone())).unwrap();
                let end =
                    if seen.blocked().is_some() { "blocked".to_owned() } else { outcome(&seen) };
                let lines: Vec<_> =
                    [end].into_iter().chain(seen.sent().into_iter().map(line)).collect();
                if lines != *expected {
                    failures.push(format!(
                        "{name}, {user_agent:?}:\n  expected {expected:?}\n       got {lines:?}"
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} rows:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn preflights_and_redirects() {
    check(vec![
        (
            "after a preflight Firefox asks each URL, even for a GET",
            Fetch::put(API),
            &[("PUT api.example/", 303, &[("location", "/b"), ORIGIN]), SHARED],
            &[
                (
                    &[Standard, Chromium, WebKit],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://api.example/; origin: https://app.example",
                        "GET https://api.example/b; origin: https://app.example",
                    ],
                ),
                (
                    &[Firefox],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://api.example/; origin: https://app.example",
                        "OPTIONS https://api.example/b; access-control-request-method: GET; origin: https://app.example",
                        "GET https://api.example/b; origin: https://app.example",
                    ],
                ),
            ],
        ),
        (
            "and of another origin",
            Fetch::put(API),
            &[("PUT api.example/", 303, &[("location", "https://b.example/"), ORIGIN]), SHARED],
            &[(
                &[Standard, Chromium, WebKit],
                &[
                    "200 cors",
                    "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                    "PUT https://api.example/; origin: https://app.example",
                    "GET https://b.example/; origin: null",
                ],
            )],
        ),
        (
            "Firefox takes any leave of the page's own origin",
            Fetch::put(API),
            &[
                ("PUT api.example/", 307, &[("location", "https://app.example/a"), ORIGIN]),
                ("OPTIONS app.example/a", 200, &[METHOD]),
                SHARED,
            ],
            &[
                (
                    &[Standard, Chromium, WebKit],
                    &[
                        "blocked",
                        "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://api.example/; origin: https://app.example",
                        "OPTIONS https://app.example/a; access-control-request-method: PUT; origin: null",
                    ],
                ),
                (
                    &[Firefox],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://api.example/; origin: https://app.example",
                        "OPTIONS https://app.example/a; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://app.example/a; origin: null",
                    ],
                ),
            ],
        ),
        (
            "Firefox asks in the page's name, so that the PUT arrives",
            Fetch::put(API),
            &[
                ("PUT api.example/", 307, &[("location", "https://b.example/"), ORIGIN]),
                ("OPTIONS b.example/", 200, &[("access-control-allow-origin", APP), METHOD]),
                SHARED,
            ],
            &[
                (
                    &[Standard, Chromium, WebKit],
                    &[
                        "blocked",
                        "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://api.example/; origin: https://app.example",
                        "OPTIONS https://b.example/; access-control-request-method: PUT; origin: null",
                    ],
                ),
                (
                    &[Firefox],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://api.example/; origin: https://app.example",
                        "OPTIONS https://b.example/; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://b.example/; origin: null",
                    ],
                ),
            ],
        ),
        (
            "Firefox's redirect drops the headers of a body from one request",
            Fetch::put("/a").header("content-language", "de"),
            &[
                ("PUT app.example/a", 303, &[("location", "/b")]),
                ("GET app.example/b", 302, &[("location", "/c")]),
                ("*", 200, &[]),
            ],
            &[
                (
                    &[Standard, Chromium, WebKit],
                    &[
                        "200 basic",
                        "PUT https://app.example/a; content-language: de; origin: https://app.example",
                        "GET https://app.example/b",
                        "GET https://app.example/c",
                    ],
                ),
                (
                    &[Firefox],
                    &[
                        "200 basic",
                        "PUT https://app.example/a; content-language: de; origin: https://app.example",
                        "GET https://app.example/b",
                        "GET https://app.example/c; content-language: de",
                    ],
                ),
            ],
        ),
        (
            "after a second redirect Firefox asks for the headers of a body that the first one dropped",
            Fetch::put(API).header("content-type", "application/json"),
            &[
                ("PUT api.example/", 303, &[("location", "/b"), ORIGIN]),
                ("GET api.example/b", 303, &[("location", "/c"), ORIGIN]),
                SHARED,
            ],
            &[
                (
                    &[Standard, Chromium, WebKit],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-headers: content-type; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://api.example/; content-type: application/json; origin: https://app.example",
                        "GET https://api.example/b; origin: https://app.example",
                        "GET https://api.example/c; origin: https://app.example",
                    ],
                ),
                (
                    &[Firefox],
                    &[
                        "200 cors",
                        "OPTIONS https://api.example/; access-control-request-headers: content-type; access-control-request-method: PUT; origin: https://app.example",
                        "PUT https://api.example/; content-type: application/json; origin: https://app.example",
                        "OPTIONS https://api.example/b; access-control-request-method: GET; origin: https://app.example",
                        "GET https://api.example/b; origin: https://app.example",
                        "OPTIONS https://api.example/c; access-control-request-headers: content-type; access-control-request-method: GET; origin: https://app.example",
                        "GET https://api.example/c; origin: https://app.example",
                    ],
                ),
            ],
        ),
        (
            "client hints do not leave the page's origin by a redirect of Chromium",
            Fetch::get("/a").header("device-memory", "8"),
            &[
                ("GET app.example/a", 302, &[("location", "/b")]),
                ("GET app.example/b", 302, &[("location", API)]),
                SHARED,
            ],
            &[
                (
                    &[Chromium],
                    &[
                        "200 cors",
                        "GET https://app.example/a; device-memory: 8",
                        "GET https://app.example/b; device-memory: 8",
                        "GET https://api.example/; origin: https://app.example",
                    ],
                ),
                (
                    &[Standard, Firefox, WebKit],
                    &[
                        "200 cors",
                        "GET https://app.example/a; device-memory: 8",
                        "GET https://app.example/b; device-memory: 8",
                        "OPTIONS https://api.example/; access-control-request-headers: device-memory; access-control-request-method: GET; origin: https://app.example",
                        "GET https://api.example/; device-memory: 8; origin: https://app.example",
                    ],
                ),
            ],
        ),
        (
            "Chromium follows no redirect to a URL with a password",
            Fetch::get(API).mode(Mode::NoCors),
            &[("GET api.example/", 302, &[("location", "https://u:p@b.example/")]), SHARED],
            &[
                (&[Chromium], &["blocked", "GET https://api.example/"]),
                (
                    &[Standard, Firefox, WebKit],
                    &["0 opaque", "GET https://api.example/", "GET https://u:p@b.example/"],
                ),
            ],
        ),
        (
            "Chromium makes the origin of no-cors null at once",
            Fetch::post("/a").mode(Mode::NoCors),
            &[("POST app.example/a", 307, &[("location", API)]), ("*", 200, &[])],
            &[
                (
                    &[Chromium],
                    &[
                        "0 opaque",
                        "POST https://app.example/a; origin: https://app.example",
                        "POST https://api.example/; origin: null",
                    ],
                ),
                (
                    &[Standard, Firefox, WebKit],
                    &[
                        "0 opaque",
                        "POST https://app.example/a; origin: https://app.example",
                        "POST https://api.example/; origin: https://app.example",
                    ],
                ),
            ],
        ),
        (
            "the same location twice",
            Fetch::get("/a"),
            &[
                ("GET app.example/a", 302, &[("location", "/b"), ("location", "/b")]),
                ("*", 200, &[]),
            ],
            &[
                (&[Standard, WebKit], &["blocked", "GET https://app.example/a"]),
                (
                    &[Chromium, Firefox],
                    &["200 basic", "GET https://app.example/a", "GET https://app.example/b"],
                ),
            ],
        ),
        (
            "two locations, and no redirect",
            Fetch::get("/a"),
            &[("*", 200, &[("location", "/b"), ("location", "/c")])],
            &[
                (&[Standard, WebKit], &["200 basic location", "GET https://app.example/a"]),
                (&[Chromium, Firefox], &["blocked", "GET https://app.example/a"]),
            ],
        ),
        (
            "no location, and redirects are errors",
            Fetch::get("/a").redirect(Redirect::Error),
            &[("*", 302, &[])],
            &[
                (&[Standard, Firefox, WebKit], &["blocked", "GET https://app.example/a"]),
                (&[Chromium], &["302 basic", "GET https://app.example/a"]),
            ],
        ),
    ]);
}
