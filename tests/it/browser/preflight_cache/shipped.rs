//! The CORS-preflight caches of shipped browsers, where they are not the standard's.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-cache>

use tower_cors::browser::{Fetch, Redirect, UserAgent};

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
    let rows: [(&str, &'static [Answer], bool, bool); 10] = [
        ("none", preflight!("access-control-allow-methods": "PUT"), true, true),
        ("empty", max_age!(""), true, true),
        ("negative", max_age!("-1"), false, false),
        ("a negative word", max_age!("-a"), true, false),
        ("a plus", max_age!("+0"), false, false),
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
        check(UserAgent::WebKit, vec![scenario(chromium)]);
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
fn webkit_keeps_authorization_under_the_wildcard_and_chromium_asks_again() {
    for (user_agent, again) in [(UserAgent::Chromium, "OPTIONS GET"), (UserAgent::WebKit, "GET")] {
        check(
            user_agent,
            vec![
                Scenario {
                    name: "without credentials",
                    answers: preflight!("access-control-allow-headers": "*"),
                    steps: vec![
                        Run(APP, x(&["authorization"]), "OPTIONS GET"),
                        Run(APP, x(&["authorization", "x-a"]), again),
                        Run(APP, x(&["x-a"]), "GET"),
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

/// Whatever the method, and with leave for credentials.
pub(super) const REFLECTS: &[Answer] = &[(
    "*",
    200,
    &[
        ("access-control-allow-origin", "{origin}"),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "{method}"),
        ("access-control-allow-headers", "{headers}"),
        ("access-control-max-age", "60"),
    ],
)];

#[test]
fn what_is_kept_of_several_answers() {
    for (user_agent, again) in [
        (UserAgent::Standard, "PUT"),
        (UserAgent::Firefox, "PUT"),
        (UserAgent::Chromium, "OPTIONS PUT"),
        (UserAgent::WebKit, "OPTIONS PUT"),
    ] {
        check(
            user_agent,
            vec![Scenario {
                name: "an answer to another method",
                answers: REFLECTS,
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(APP, Fetch::delete(API), "OPTIONS DELETE"),
                    Run(APP, put(), again),
                ],
            }],
        );
    }
}

#[test]
fn firefox_keeps_requests_with_credentials_apart() {
    for (user_agent, again) in [(UserAgent::Standard, "PUT"), (UserAgent::Firefox, "OPTIONS PUT")] {
        check(
            user_agent,
            vec![Scenario {
                name: "with credentials, then without",
                answers: REFLECTS,
                steps: vec![
                    Run(APP, with_credentials(put()), "OPTIONS PUT"),
                    Run(APP, put(), again),
                    Run(APP, with_credentials(put()), "PUT"),
                ],
            }],
        );
    }
}

#[test]
fn a_conditional_request_is_asked_for_again_by_chromium_and_firefox() {
    let get = || x(&["if-none-match"]);
    for (user_agent, again) in [
        (UserAgent::Standard, "GET"),
        (UserAgent::WebKit, "GET"),
        (UserAgent::Chromium, "OPTIONS GET"),
        (UserAgent::Firefox, "OPTIONS GET"),
    ] {
        let steps = vec![Run(APP, get(), "OPTIONS GET"), Run(APP, get(), again)];
        check(user_agent, vec![Scenario { name: "a condition", answers: REFLECTS, steps }]);
    }
}

#[test]
fn firefox_forgets_what_it_kept_when_any_check_fails() {
    const NO_CREDENTIALS: &[Answer] = &[(
        "*",
        200,
        &[
            ("access-control-allow-origin", "{origin}"),
            ("access-control-allow-methods", "{method}"),
            ("access-control-max-age", "60"),
        ],
    )];
    for (user_agent, again) in [
        (UserAgent::Standard, "PUT"),
        (UserAgent::Chromium, "PUT"),
        (UserAgent::WebKit, "PUT"),
        (UserAgent::Firefox, "OPTIONS PUT"),
    ] {
        check(
            user_agent,
            vec![Scenario {
                name: "a GET that no preflight is for",
                answers: NO_CREDENTIALS,
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT"),
                    Run(APP, with_credentials(Fetch::get(API)), "GET"),
                    Run(APP, put(), again),
                ],
            }],
        );
    }
}

#[test]
fn what_is_kept_outlives_a_redirect_that_is_not_followed() {
    const REDIRECTS: &[Answer] =
        &[("GET", 302, &[("location", "/b"), ("access-control-allow-origin", "*")]), REFLECTS[0]];
    for user_agent in UserAgent::ALL {
        let steps = vec![
            Run(APP, put(), "OPTIONS PUT"),
            Run(APP, Fetch::get(API).redirect(Redirect::Error), "GET"),
            Run(APP, put(), "PUT"),
        ];
        check(user_agent, vec![Scenario { name: "a redirect mode", answers: REDIRECTS, steps }]);
    }
}

/// A method that is allowed again: by an entry, or by an answer that takes the place of all before.
#[test]
fn the_standard_alone_counts_from_the_first_answer() {
    let get_put = |name| put().header(name, "1");
    for user_agent in UserAgent::ALL {
        let again = if user_agent == UserAgent::Standard { "OPTIONS PUT" } else { "PUT" };
        let steps = vec![
            Run(APP, get_put("x-a"), "OPTIONS PUT"),
            Wait(30),
            Run(APP, get_put("x-b"), "OPTIONS PUT"),
            Wait(40),
            Run(APP, put(), again),
        ];
        check(user_agent, vec![Scenario { name: "after 70 s", answers: REFLECTS, steps }]);
    }
}

#[test]
fn chromium_keeps_a_wildcard_from_a_request_with_credentials_as_a_name() {
    const NAMED: &[Answer] = preflight!("access-control-allow-methods": "PUT, *");
    for (user_agent, again) in [
        (UserAgent::Standard, "DELETE"),
        (UserAgent::WebKit, "DELETE"),
        (UserAgent::Chromium, "OPTIONS DELETE"),
    ] {
        let delete = || Fetch::delete(API);
        let with =
            vec![Run(APP, with_credentials(put()), "OPTIONS PUT"), Run(APP, delete(), again)];
        let without = vec![Run(APP, put(), "OPTIONS PUT"), Run(APP, delete(), "DELETE")];
        check(
            user_agent,
            vec![
                Scenario { name: "with", answers: NAMED, steps: with },
                Scenario { name: "without", answers: NAMED, steps: without },
            ],
        );
    }
}

#[test]
fn max_ages_that_chromium_and_webkit_read_otherwise() {
    const PLUS: &[Answer] =
        preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "+60");
    const HUGE: &[Answer] = preflight!("access-control-allow-methods": "PUT", "access-control-max-age": "99999999999999999999");
    for (user_agent, plus, huge) in [
        (UserAgent::Standard, "OPTIONS PUT", "PUT"),
        (UserAgent::Chromium, "PUT", "OPTIONS PUT"),
        (UserAgent::WebKit, "PUT", "OPTIONS PUT"),
    ] {
        let scenario = |name, answers, again| Scenario {
            name,
            answers,
            steps: vec![Run(APP, put(), "OPTIONS PUT"), Wait(5), Run(APP, put(), again)],
        };
        check(user_agent, vec![scenario("a plus", PLUS, plus), scenario("too large", HUGE, huge)]);
    }
}
