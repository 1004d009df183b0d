//! What the shipped browsers keep of preflights that follow on redirects.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-cache>

use tower_cors::browser::{Browser, Fetch, UserAgent};

use super::{put, shipped::REFLECTS};
use crate::browser::{
    APP, Answer, Scenario,
    Step::{Fetch as Run, Wait},
    check_scenarios as check, server,
};

/// To another origin, so that the request has none.
const TO_OTHER: &[Answer] = &[
    (
        "PUT api.example/",
        307,
        &[("location", "https://b.example/"), ("access-control-allow-origin", "*")],
    ),
    REFLECTS[0],
];

#[test]
fn chromium_keeps_nothing_for_origins_that_redirects_made_null() {
    for (user_agent, again) in
        [(UserAgent::Standard, "PUT PUT"), (UserAgent::Chromium, "PUT OPTIONS PUT")]
    {
        let steps = vec![Run(APP, put(), "OPTIONS PUT OPTIONS PUT"), Run(APP, put(), again)];
        check(user_agent, vec![Scenario { name: "a redirect", answers: TO_OTHER, steps }]);
    }
}

/// Not even as long as the fetch takes: here it comes by two URLs until it has been redirected too often.
#[tokio::test]
async fn nor_within_a_fetch() {
    const CIRCLE: &[Answer] = &[
        TO_OTHER[0],
        (
            "PUT b.example/",
            307,
            &[("location", "https://c.example/"), ("access-control-allow-origin", "*")],
        ),
        (
            "PUT c.example/",
            307,
            &[("location", "https://b.example/"), ("access-control-allow-origin", "*")],
        ),
        REFLECTS[0],
    ];
    for (user_agent, expected) in [(UserAgent::Standard, 3), (UserAgent::Chromium, 21)] {
        let mut browser = Browser::new(server(CIRCLE)).user_agent(user_agent);
        let seen = browser.fetch_from(APP, put()).await.unwrap();
        let preflights = seen.sent().iter().filter(|sent| sent.is_preflight()).count();
        assert_eq!((seen.sent().len() - preflights, preflights), (21, expected), "{user_agent}");
    }
}

#[test]
fn firefox_keeps_by_the_origin_of_the_page() {
    for user_agent in UserAgent::ALL {
        let again = if user_agent == UserAgent::Firefox { "PUT" } else { "OPTIONS PUT" };
        let steps = vec![
            Run(APP, put(), "OPTIONS PUT OPTIONS PUT"),
            Run(APP, Fetch::put("https://b.example/"), again),
        ];
        check(user_agent, vec![Scenario { name: "without redirect", answers: TO_OTHER, steps }]);
    }
}

/// The GET is asked for since it follows on a PUT, and nothing needs to be kept for it but that there was an answer.
#[test]
fn firefox_asks_after_a_redirect_until_something_was_kept_for_the_url() {
    macro_rules! redirects {
        ($max_age:literal) => {
            &[
                (
                    "PUT api.example/",
                    303,
                    &[("location", "/b"), ("access-control-allow-origin", "{origin}")],
                ),
                (
                    "*",
                    200,
                    &[
                        ("access-control-allow-origin", "{origin}"),
                        ("access-control-allow-methods", "PUT"),
                        ("access-control-max-age", $max_age),
                    ],
                ),
            ]
        };
    }
    check(
        UserAgent::Firefox,
        vec![
            Scenario {
                name: "for a minute, and for ever",
                answers: redirects!("60"),
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT OPTIONS GET"),
                    Run(APP, put(), "PUT GET"),
                    Wait(60),
                    Run(APP, put(), "OPTIONS PUT GET"),
                ],
            },
            Scenario {
                name: "not at all",
                answers: redirects!("0"),
                steps: vec![
                    Run(APP, put(), "OPTIONS PUT OPTIONS GET"),
                    Run(APP, put(), "OPTIONS PUT OPTIONS GET"),
                ],
            },
        ],
    );
}
