//! Redirects that are not to be followed.
//! Fetch: <https://fetch.spec.whatwg.org/#concept-request-redirect-mode>
#![allow(clippy::too_many_lines, reason = "tables are long")]

use tower_cors::browser::{Fetch, Mode, Redirect};

use crate::browser::{API, APP, Answer, Row, check};

/// A server that redirects, and shares everything with everybody.
macro_rules! server {
    ($route:literal => $status:literal $location:literal) => {{
        const ANSWERS: &[Answer] =
            &[($route, $status, &[("location", $location), ("access-control-allow-origin", "*")])];
        ANSWERS
    }};
}

fn row(
    name: &'static str,
    fetch: Fetch,
    answers: &'static [Answer],
    sees: &'static str,
    sent: &'static [&'static str],
) -> Row {
    Row { name, page: APP, fetch, answers, sees, sent }
}

const TO_API: &str = "GET https://api.example/; origin: https://app.example";

#[test]
fn redirects_that_are_not_to_be_followed() {
    const ANY: (&str, &str) = ("access-control-allow-origin", "*");
    let manual = |url: &str| Fetch::get(url).redirect(Redirect::Manual);
    let error = |url: &str| Fetch::get(url).redirect(Redirect::Error);
    let get: &[&str] = &["GET https://app.example/a"];
    check(vec![
        row(
            "manual: script sees that there is one",
            manual("/a"),
            server!("*" => 302 "/b"),
            "0 opaqueredirect",
            get,
        ),
        row(
            "manual: from another origin",
            manual(API),
            server!("*" => 308 "/b"),
            "0 opaqueredirect",
            &[TO_API],
        ),
        row(
            "manual: from another origin that does not share it",
            manual(API),
            &[("*", 302, &[("location", "/b")])],
            "the response from \"https://api.example/\" has no access-control-allow-origin; expected \"https://app.example\"",
            &[TO_API],
        ),
        row(
            "manual: to no URL",
            manual("/a"),
            server!("*" => 302 "https://a b/"),
            "0 opaqueredirect",
            get,
        ),
        row("manual: without location", manual("/a"), &[("*", 302, &[])], "0 opaqueredirect", get),
        row("manual: no redirect", manual(API), &[("*", 300, &[ANY])], "300 cors", &[TO_API]),
        row(
            "error: a redirect",
            error("/a"),
            server!("*" => 307 "/b"),
            "status 307 of the response from \"https://app.example/a\" is a redirect, and the redirect mode is `error`; expected another status",
            get,
        ),
        row(
            "error: without location",
            error("/a"),
            &[("*", 302, &[])],
            "status 302 of the response from \"https://app.example/a\" is a redirect, and the redirect mode is `error`; expected another status",
            get,
        ),
        row("error: no redirect", error(API), &[("*", 201, &[ANY])], "201 cors", &[TO_API]),
        row(
            "no-cors to another origin is for `follow` alone",
            manual(API).mode(Mode::NoCors),
            &[],
            "URL \"https://api.example/\" is not of the page's origin, and the mode is `no-cors`; expected the redirect mode `follow`",
            &[],
        ),
        row(
            "no-cors within the page's origin may be for others",
            manual("/a").mode(Mode::NoCors),
            server!("*" => 302 "/b"),
            "0 opaqueredirect",
            get,
        ),
    ]);
}
