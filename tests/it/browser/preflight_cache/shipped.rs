//! The CORS-preflight caches of shipped browsers, where they are not the standard's.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-cache>

use tower_cors::browser::{Fetch, UserAgent};

use super::{PUT_600, head, put, with_credentials, x};
use crate::browser::{
    API, APP, Answer, Scenario,
    Step::{Fetch as Run, Wait},
    check_scenarios as check,
};

#[test]
fn which_bad_max_ages_the_shipped_browsers_do_not_keep() {
    macro_rules! max_age {
        ($($value:literal),*) => {
            preflight!("access-control-allow-methods": "PUT", $("access-control-max-age": $value),*)
        };
    }
    // Whether it is kept, for 5 s, by Chromium and by Firefox. The standard keeps all.
    let rows: [(&str, &'static [Answer], bool, bool); 9] = [
        ("none", preflight!("access-control-allow-methods": "PUT"), true, true),
        ("empty", max_age!(""), true, true),
        ("negative", max_age!("-1"), false, false),
        ("a negative word", max_age!("-a"), true, false),
        ("a minus", max_age!("-"), true, false),
        ("a word", max_age!("abc"), true, false),
        ("a fraction", max_age!("600.5"), true, false),
        ("two lines", max_age!("600", "600"), true, false),
        ("two in a line", max_age!("600, 600"), true, false),
    ];
    for (name, answers, chromium, firefox) in rows {
        let scenario = |is_kept: bool| {
            let again = if is_kept { "PUT" } else { "OPTIONS PUT" };
            Scenario {
                name,
                answers,
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(APP, put(), again),
                    Wait(5),
                    Run(APP, put(), "OPTIONS PUT"),
                ],
            }
        };
        check(UserAgent::Standard, vec![scenario(true)]);
        check(UserAgent::WebKit, vec![scenario(true)]);
        check(UserAgent::Chromium, vec![scenario(chromium)]);
        check(UserAgent::Firefox, vec![scenario(firefox)]);
    }
}

#[test]
fn chromium_keeps_nothing_for_opaque_origins() {
    check(
        UserAgent::Chromium,
        vec![
            Scenario {
                name: "a page without origin",
                answers: PUT_600,
                steps: vec![Run("null", put(), "OPTIONS PUT"), Run("null", put(), "OPTIONS PUT")],
            },
            Scenario {
                name: "any other page",
                answers: PUT_600,
                steps: vec![Run(APP, put(), "OPTIONS PUT"), Run(APP, put(), "PUT")],
            },
        ],
    );
    let again = || Scenario {
        name: "a page without origin",
        answers: PUT_600,
        steps: vec![Run("null", put(), "OPTIONS PUT"), Run("null", put(), "PUT")],
    };
    check(UserAgent::Firefox, vec![again()]);
    check(UserAgent::WebKit, vec![again()]);
}

#[test]
fn firefox_keeps_only_what_is_named() {
    check(
        UserAgent::Firefox,
        vec![
            Scenario {
                name: "the wildcard is no method",
                answers: preflight!("access-control-allow-methods": "*"),
                steps: vec![Run(APP, put(), "OPTIONS PUT"), Run(APP, put(), "OPTIONS PUT")],
            },
            Scenario {
                name: "a method beside the wildcard",
                answers: preflight!("access-control-allow-methods": "*, PUT"),
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(APP, put(), "PUT"),
                    Run(APP, Fetch::delete(API), "OPTIONS DELETE"),
                ],
            },
            Scenario {
                name: "the wildcard is no name",
                answers: preflight!("access-control-allow-headers": "*"),
                steps: vec![
                    Run(APP, x(&["x-a"]), "OPTIONS GET"),
                    Run(APP, x(&["x-a"]), "OPTIONS GET"),
                ],
            },
            Scenario {
                name: "a name beside the wildcard",
                answers: preflight!("access-control-allow-headers": "*, X-A"),
                steps: vec![
                    Run(APP, x(&["x-a"]), "OPTIONS GET"),
                    Run(APP, x(&["x-a"]), "GET"),
                    Run(APP, x(&["x-b"]), "OPTIONS GET"),
                ],
            },
            Scenario {
                name: "HEAD needs an entry, GET and POST do not",
                answers: preflight!("access-control-allow-headers": "x-a"),
                steps: vec![
                    Run(APP, head(), "OPTIONS HEAD"),
                    Run(APP, head(), "OPTIONS HEAD"),
                    Run(APP, x(&["x-a"]), "GET"),
                    Run(APP, Fetch::post(API).header("x-a", "1"), "POST"),
                ],
            },
            Scenario {
                name: "HEAD may have one",
                answers: preflight!("access-control-allow-headers": "x-a", "access-control-allow-methods": "HEAD"),
                steps: vec![Run(APP, head(), "OPTIONS HEAD"), Run(APP, head(), "HEAD")],
            },
        ],
    );
}

#[test]
fn chromium_and_webkit_keep_authorization_under_the_wildcard() {
    for user_agent in [UserAgent::Chromium, UserAgent::WebKit] {
        check(
            user_agent,
            vec![
                Scenario {
                    name: "without credentials",
                    answers: preflight!("access-control-allow-headers": "*"),
                    steps: vec![
                        Run(APP, x(&["authorization"]), "OPTIONS GET"),
                        Run(APP, x(&["authorization", "x-a"]), "GET"),
                    ],
                },
                Scenario {
                    name: "with credentials",
                    answers: preflight!("access-control-allow-headers": "*"),
                    steps: vec![Run(APP, with_credentials(x(&["authorization"])), "OPTIONS")],
                },
            ],
        );
    }
}
