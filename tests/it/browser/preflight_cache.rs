//! The CORS-preflight cache: its key, its clock, its limits.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-cache>
#![allow(clippy::too_many_lines, reason = "tables are long")]

use tower_cors::browser::{Credentials, Fetch, UserAgent};

use crate::browser::{
    API, APP, Answer, OTHER, Scenario,
    Step::{Fetch as Run, Wait},
    check_scenarios as check,
};

macro_rules! preflight {
    ($($name:literal: $value:literal),*) => {
        &[
            ("OPTIONS", 204, &[("access-control-allow-origin", "{origin}"), ("access-control-allow-credentials", "true"), $(($name, $value)),*]),
            ("*", 200, crate::browser::SHARE),
        ]
    };
}

mod redirected;
mod shipped;

fn put() -> Fetch {
    Fetch::put(API)
}

fn x(names: &[&'static str]) -> Fetch {
    names.iter().fold(Fetch::get(API), |fetch, name| fetch.header(name, "1"))
}

fn head() -> Fetch {
    Fetch::new("HEAD", API).header("x-a", "1")
}

fn with_credentials(fetch: Fetch) -> Fetch {
    fetch.credentials(Credentials::Include)
}

const LONG: &[Answer] =
    preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "604800");
const PUT_600: &[Answer] =
    preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "600");

#[test]
fn what_a_preflight_is_kept_for() {
    check(
        UserAgent::Standard,
        vec![
            Scenario {
                name: "the same again",
                answers: PUT_600,
                steps: vec![Run(APP, put(), "OPTIONS PUT"), Run(APP, put(), "PUT")],
            },
            Scenario {
                name: "another method",
                answers: PUT_600,
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(APP, Fetch::delete(API), "OPTIONS"),
                ],
            },
            Scenario {
                name: "another page",
                answers: PUT_600,
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(OTHER, put(), "OPTIONS PUT"),
                    Run(APP, put(), "PUT"),
                ],
            },
            Scenario {
                name: "another URL",
                answers: PUT_600,
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(APP, Fetch::put("https://api.example/?a"), "OPTIONS PUT"),
                    Run(APP, Fetch::put("https://api.example/a"), "OPTIONS PUT"),
                ],
            },
            Scenario {
                name: "another fragment, also of a redirect that inherits it",
                answers: &[
                    (
                        "PUT api.example/",
                        307,
                        &[("location", "/b"), ("access-control-allow-origin", "*")],
                    ),
                    ("*", 200, crate::browser::SHARE),
                ],
                steps: vec![
                    Run(APP, Fetch::put("https://api.example/#f"), "OPTIONS PUT OPTIONS PUT"),
                    Run(APP, Fetch::put("https://api.example/b#f"), "PUT"),
                    Run(APP, Fetch::put("https://api.example/b"), "OPTIONS PUT"),
                ],
            },
            Scenario {
                name: "all listed methods, not only the one asked for",
                answers: preflight!("access-control-allow-methods": "PUT, DELETE"),
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(APP, Fetch::delete(API), "DELETE"),
                    Run(APP, Fetch::new("delete", API), "DELETE"),
                ],
            },
            Scenario {
                name: "the wildcard keeps any method",
                answers: preflight!("access-control-allow-methods": "*"),
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(APP, Fetch::new("CHICKEN", API), "CHICKEN"),
                ],
            },
            Scenario {
                name: "all listed names, in any case",
                answers: preflight!("access-control-allow-headers": "X-A, x-b"),
                steps: vec![
                    Run(APP, x(&["x-a"]), "OPTIONS GET"),
                    Run(APP, x(&["x-b", "X-A"]), "GET"),
                    Run(APP, x(&["x-a", "x-c"]), "OPTIONS"),
                ],
            },
            Scenario {
                name: "the wildcard keeps any name but authorization",
                answers: preflight!("access-control-allow-headers": "*"),
                steps: vec![
                    Run(APP, x(&["x-a"]), "OPTIONS GET"),
                    Run(APP, x(&["x-c"]), "GET"),
                    Run(APP, x(&["authorization"]), "OPTIONS"),
                ],
            },
            Scenario {
                name: "authorization beside the wildcard",
                answers: preflight!("access-control-allow-headers": "*, Authorization"),
                steps: vec![
                    Run(APP, x(&["x-a"]), "OPTIONS GET"),
                    Run(APP, x(&["authorization"]), "GET"),
                    Run(APP, x(&["x-c"]), "GET"),
                ],
            },
            Scenario {
                name: "an opaque origin's",
                answers: PUT_600,
                steps: vec![Run("null", put(), "OPTIONS PUT"), Run("null", put(), "PUT")],
            },
            Scenario {
                name: "HEAD needs no entry",
                answers: preflight!("access-control-allow-headers": "x-a"),
                steps: vec![
                    Run(APP, head(), "OPTIONS HEAD"),
                    Run(APP, head(), "HEAD"),
                    Run(APP, x(&["x-a"]), "GET"),
                ],
            },
            Scenario {
                name: "method and names are kept apart",
                answers: preflight!("access-control-allow-methods": "PUT", "access-control-allow-headers": "x-a"),
                steps: vec![
                    Run(APP, x(&["x-a"]), "OPTIONS GET"),
                    Run(APP, put(), "PUT"),
                    Run(APP, put().header("x-a", "1"), "PUT"),
                ],
            },
            Scenario {
                name: "a simple request asks nothing",
                answers: PUT_600,
                steps: vec![Run(APP, Fetch::get(API), "GET"), Run(APP, put(), "OPTIONS PUT")],
            },
        ],
    );
}

#[test]
fn credentials_are_part_of_the_key() {
    check(
        UserAgent::Standard,
        vec![
            Scenario {
                name: "asked without, used with",
                answers: PUT_600,
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(APP, with_credentials(put()), "OPTIONS PUT"),
                ],
            },
            Scenario {
                name: "asked with, used without",
                answers: PUT_600,
                steps: vec![
                    Run(APP, with_credentials(put()), "OPTIONS PUT"),
                    Run(APP, put(), "PUT"),
                    Run(APP, with_credentials(put()), "PUT"),
                ],
            },
            Scenario {
                name: "the other two modes are one",
                answers: PUT_600,
                steps: vec![
                    Run(APP, put().credentials(Credentials::Omit), "OPTIONS PUT"),
                    Run(APP, put(), "PUT"),
                ],
            },
        ],
    );
}

#[test]
fn how_long_a_preflight_is_kept() {
    let lasts = |name, answers, seconds: u64| Scenario {
        name,
        answers,
        steps: vec![
            Run(APP, put(), "OPTIONS PUT"),
            Wait(seconds - 1),
            Run(APP, put(), "PUT"),
            Wait(1),
            Run(APP, put(), "OPTIONS PUT"),
        ],
    };
    check(
        UserAgent::Standard,
        vec![
            lasts("as long as the server says", PUT_600, 600),
            lasts("5 s if it does not", preflight!("access-control-allow-methods": "PUT"), 5),
            lasts(
                "5 s if it says it badly",
                preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "10s"),
                5,
            ),
            lasts(
                "5 s if it is negative",
                preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "-1"),
                5,
            ),
            lasts(
                "5 s if it is fractional",
                preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "60.5"),
                5,
            ),
            lasts(
                "5 s if it is empty",
                preflight!("access-control-allow-methods": "PUT", "access-control-max-age": ""),
                5,
            ),
            lasts(
                "5 s if it says it twice",
                preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "60", "access-control-max-age": "60"),
                5,
            ),
            lasts(
                "a week",
                preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "604800"),
                604_800,
            ),
            lasts(
                "more than a number holds",
                preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "99999999999999999999"),
                u64::MAX,
            ),
            Scenario {
                name: "not at all",
                answers: preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "0"),
                steps: vec![Run(APP, put(), "OPTIONS PUT"), Run(APP, put(), "OPTIONS PUT")],
            },
        ],
    );
    check(
        UserAgent::Chromium,
        vec![lasts("2 h in Chromium", LONG, 7_200), lasts("less in Chromium", PUT_600, 600)],
    );
    check(
        UserAgent::Firefox,
        vec![lasts("24 h in Firefox", LONG, 86_400), lasts("less in Firefox", PUT_600, 600)],
    );
    check(UserAgent::WebKit, vec![lasts("10 min in WebKit", LONG, 600)]);
}

#[test]
fn a_new_max_age_counts_from_the_first_answer() {
    // A header may be named `600`: asked for alone, it makes a max-age; with another, a bad one.
    check(
        UserAgent::Standard,
        vec![
            Scenario {
                name: "asked again after 3 s, it is gone after 5 s",
                answers: preflight!("access-control-allow-headers": "{headers}", "access-control-max-age": "5"),
                steps: vec![
                    Run(APP, x(&["x-a"]), "OPTIONS GET"),
                    Wait(3),
                    Run(APP, x(&["x-a", "x-b"]), "OPTIONS GET"),
                    Wait(2),
                    Run(APP, x(&["x-b"]), "GET"),
                    Run(APP, x(&["x-a"]), "OPTIONS GET"),
                ],
            },
            Scenario {
                name: "600 s become 5 s",
                answers: preflight!("access-control-allow-headers": "{headers}", "access-control-max-age": "{headers}"),
                steps: vec![
                    Run(APP, x(&["600"]), "OPTIONS GET"),
                    Wait(3),
                    Run(APP, x(&["600", "x-a"]), "OPTIONS GET"),
                    Wait(2),
                    Run(APP, x(&["x-a"]), "GET"),
                    Run(APP, x(&["600"]), "OPTIONS GET"),
                ],
            },
        ],
    );
}

#[test]
fn a_failure_clears_what_is_kept_for_its_url() {
    const FAILS: &[Answer] = &[
        (
            "OPTIONS",
            204,
            &[
                ("access-control-allow-origin", "{origin}"),
                ("access-control-allow-methods", "PUT, DELETE"),
                ("access-control-max-age", "600"),
            ],
        ),
        ("DELETE api.example/", 200, &[]),
        ("*", 200, crate::browser::SHARE),
    ];
    let elsewhere = || Fetch::put("https://api.example/a");
    check(
        UserAgent::Standard,
        vec![Scenario {
            name: "a response that is not shared",
            answers: FAILS,
            steps: vec![
                Run(APP, put(), "OPTIONS PUT"),
                Run(APP, elsewhere(), "OPTIONS PUT"),
                Run(OTHER, put(), "OPTIONS PUT"),
                Run(APP, Fetch::delete(API), "DELETE"),
                Run(APP, elsewhere(), "PUT"),
                Run(OTHER, put(), "PUT"),
                Run(APP, put(), "OPTIONS PUT"),
            ],
        }],
    );
}
