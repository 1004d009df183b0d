//! The HTTP cache: what it keeps, for how long, and for whom.
//! HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111>
#![allow(clippy::too_many_lines, reason = "tables are long")]

use std::{
    convert::Infallible,
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::Response;
use http_body_util::Full;
use tower::service_fn;
use tower_cors::browser::{Browser, Fetch, UserAgent};

use crate::browser::{
    API, APP, OTHER, Req, Res, SHARE, Scenario,
    Step::{Fetch as Run, Wait},
    check_scenarios as check,
};

const LONG_AGO: &str = "Sun, 06 Nov 1994 08:49:00 GMT";
/// A hundred seconds after [`LONG_AGO`].
const LATER: &str = "Sun, 06 Nov 1994 08:50:40 GMT";

macro_rules! cached {
    ($($name:literal: $value:expr),*) => {
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
            again("max-age", cached!("cache-control": "public, MAX-AGE=60"), ""),
            again("no-store", cached!("cache-control": "max-age=60, no-store"), "GET"),
            again("no-cache", cached!("cache-control": "max-age=60, no-cache"), "GET"),
            again(
                "too old to begin with",
                cached!("cache-control": "max-age=60", "age": "60"),
                "GET",
            ),
            again("a bad max-age", cached!("cache-control": "max-age=a"), "GET"),
            again("Vary: *", cached!("cache-control": "max-age=60", "vary": "*"), "GET"),
            again(
                "a directive within quotes is none",
                cached!("cache-control": "a=\"max-age=60,max-age=60\""),
                "GET",
            ),
            again("a future Expires", cached!("expires": "Fri, 31 Dec 9999 23:59:59 GMT"), ""),
            again("a past Expires", cached!("expires": LONG_AGO), "GET"),
            again("Expires: 0", cached!("expires": "0"), "GET"),
            again(
                "two Expires",
                cached!("expires": LATER, "expires": LATER, "date": LONG_AGO),
                "GET",
            ),
            again("modified long ago", cached!("last-modified": LONG_AGO), ""),
            again("modified just now", cached!("last-modified": LATER, "date": LATER), "GET"),
            again(
                "modified in the future",
                cached!("last-modified": LATER, "date": LONG_AGO),
                "GET",
            ),
            again("modified at a bad date", cached!("last-modified": "then"), "GET"),
            again(
                "modified long ago, and expired",
                cached!("last-modified": LONG_AGO, "expires": "0"),
                "GET",
            ),
            again(
                "modified long ago, and no-cache",
                cached!("last-modified": LONG_AGO, "cache-control": "no-cache"),
                "GET",
            ),
            again(
                "modified long ago, and the status is no ground to guess",
                &[("*", 500, &[("last-modified", LONG_AGO)])],
                "GET",
            ),
            again(
                "max-age counts before Expires",
                cached!("cache-control": "max-age=0", "expires": LATER, "date": LONG_AGO),
                "GET",
            ),
            Scenario {
                name: "until Expires, from Date on",
                answers: cached!("expires": LATER, "date": LONG_AGO),
                steps: vec![
                    Run(APP, get(), "GET"),
                    Wait(99),
                    Run(APP, get(), ""),
                    Wait(1),
                    Run(APP, get(), "GET"),
                ],
            },
            Scenario {
                name: "for a tenth of the time since it was modified",
                answers: cached!("last-modified": LONG_AGO, "date": LATER),
                steps: vec![
                    Run(APP, get(), "GET"),
                    Wait(9),
                    Run(APP, get(), ""),
                    Wait(1),
                    Run(APP, get(), "GET"),
                ],
            },
            Scenario {
                name: "for a tenth of a year, without Date",
                answers: cached!("last-modified": LATER),
                steps: vec![
                    Run(APP, get(), "GET"),
                    Wait(3_153_599),
                    Run(APP, get(), ""),
                    Wait(1),
                    Run(APP, get(), "GET"),
                ],
            },
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
                    &[("cache-control", "max-age=60"), ("access-control-allow-origin", "*")],
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
                name: "an unsafe method that is redirected clears it",
                answers: &[
                    (
                        "POST api.example/",
                        303,
                        &[("location", "/a"), ("access-control-allow-origin", "*")],
                    ),
                    (
                        "*",
                        200,
                        &[("cache-control", "max-age=60"), ("access-control-allow-origin", "*")],
                    ),
                ],
                steps: vec![
                    Run(APP, get(), "GET"),
                    Run(APP, Fetch::post(API), "POST GET"),
                    Run(APP, get(), "GET"),
                ],
            },
            Scenario {
                name: "an unsafe method that fails does not",
                answers: &[("POST", 404, &[]), ("*", 200, &[("cache-control", "max-age=60")])],
                steps: vec![
                    Run(APP, get(), "GET"),
                    Run(APP, Fetch::post(API), "POST"),
                    Run(APP, get(), ""),
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

#[test]
fn a_condition_of_script_passes_the_cache_by() {
    let conditions =
        ["if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"];
    let scenarios = conditions.map(|name| Scenario {
        name,
        answers: &[
            ("OPTIONS", 200, SHARE),
            ("*", 200, &[("cache-control", "max-age=60"), ("access-control-allow-origin", "*")]),
        ],
        steps: vec![
            Run(APP, Fetch::get(API), "GET"),
            Run(APP, Fetch::get(API).header(name, "a"), "OPTIONS GET"),
            Run(APP, Fetch::get(API).header(name, "a"), "GET"),
            Run(APP, Fetch::get(API), ""),
        ],
    });
    check(UserAgent::Standard, scenarios.into());
}

/// The server is asked behind script's back. <https://fetch.spec.whatwg.org/#concept-stale-while-revalidate-response>
#[tokio::test]
async fn script_sees_the_stale_response_and_then_the_new_one() {
    for (cache_control, expected) in [
        ("max-age=60", ["1", "2", "2"]),
        ("max-age=60, stale-while-revalidate=9", ["1", "2", "2"]),
        ("max-age=60, stale-while-revalidate=10", ["1", "1", "2"]),
        ("max-age=60, stale-while-revalidate=a", ["1", "2", "2"]),
        ("max-age=60, stale-while-revalidate=10, must-revalidate", ["1", "2", "2"]),
        ("max-age=60, stale-while-revalidate=10, no-cache", ["1", "2", "3"]),
    ] {
        let count = Arc::new(AtomicUsize::new(0));
        let mut browser = Browser::new(service_fn(move |_: Req| {
            let number = count.fetch_add(1, Ordering::Relaxed) + 1;
            let response = Response::builder()
                .header("cache-control", cache_control)
                .header("etag", "\"a\"")
                .body(Full::from(number.to_string()));
            ready(Ok::<Res, Infallible>(response.unwrap()))
        }));
        let mut bodies = Vec::new();
        for seconds in [69, 0, 0] {
            let seen = browser.fetch_from(APP, Fetch::get("/")).await.unwrap();
            let body = seen.response().unwrap().body().unwrap().to_vec();
            bodies.push(String::from_utf8(body).unwrap());
            if bodies.len() == 2 {
                let condition = seen.sent()[0].header("if-none-match");
                assert_eq!(condition, Some("\"a\""), "{cache_control}");
            }
            browser.advance(Duration::from_secs(seconds));
        }
        assert_eq!(bodies, expected, "{cache_control}");
    }
}
