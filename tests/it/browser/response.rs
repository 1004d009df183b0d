//! The CORS check, and what a shared response lets script see.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-check>
#![allow(clippy::too_many_lines, reason = "tables are long")]

use std::{convert::Infallible, future::ready};

use http::HeaderValue;
use http_body_util::Full;
use tower::service_fn;
use tower_cors::browser::{Browser, Credentials, Fetch};

use crate::browser::{API, APP, Answer, Req, Res, Row, check, fetch};

const STAR: &[(&str, &str)] = &[("access-control-allow-origin", "*")];
fn row(
    name: &'static str,
    fetch: Fetch,
    answers: &'static [Answer],
    sees: &'static str,
    sent: &'static [&'static str],
) -> Row {
    Row { name, page: APP, fetch, answers, sees, sent }
}

fn with_credentials(fetch: Fetch) -> Fetch {
    fetch.credentials(Credentials::Include)
}

const GET: &[&str] = &["GET https://api.example/; origin: https://app.example"];
/// <https://fetch.spec.whatwg.org/#concept-cors-check>
#[test]
fn cors_check() {
    const MISMATCH: &str = "is not the request's origin; expected \"https://app.example\"";
    let mismatch = |name, value: &'static str, answers| {
        let sees = format!(
            "access-control-allow-origin {value:?} of the response from \"{API}\" {MISMATCH}"
        );
        row(name, Fetch::get(API), answers, sees.leak(), GET)
    };
    check(vec![
        row("the wildcard admits", Fetch::get(API), &[("*", 200, STAR)], "200 cors", GET),
        row(
            "white space around the value is none of it",
            Fetch::get(API),
            &[("*", 200, &[("access-control-allow-origin", " \t*\t ")])],
            "200 cors",
            GET,
        ),
        row(
            "an error's response is shared as well",
            Fetch::get(API),
            &[("*", 500, STAR)],
            "500 cors",
            GET,
        ),
        row(
            "nobody is there to log in at a proxy",
            Fetch::get(API),
            &[("*", 407, STAR)],
            "status 407 of the response from \"https://api.example/\" asks a proxy's user for a password; expected any other",
            GET,
        ),
        row(
            "nobody is prompted for a password either",
            Fetch::get(API),
            &[("*", 401, STAR)],
            "401 cors",
            GET,
        ),
        row(
            "the wildcard does not admit credentials",
            with_credentials(Fetch::get(API)),
            &[(
                "*",
                200,
                &[
                    ("access-control-allow-origin", "*"),
                    ("access-control-allow-credentials", "true"),
                ],
            )],
            "access-control-allow-origin \"*\" of the response from \"https://api.example/\" excludes requests with credentials; expected \"https://app.example\"",
            GET,
        ),
        row(
            "credentials need leave of their own",
            with_credentials(Fetch::get(API)),
            &[("*", 200, &[("access-control-allow-origin", "{origin}")])],
            "the response from \"https://api.example/\" has no access-control-allow-credentials, and the request is made with credentials; expected \"true\"",
            GET,
        ),
        row(
            "that leave is true and not True",
            with_credentials(Fetch::get(API)),
            &[(
                "*",
                200,
                &[
                    ("access-control-allow-origin", "{origin}"),
                    ("access-control-allow-credentials", "True"),
                ],
            )],
            "access-control-allow-credentials \"True\" of the response from \"https://api.example/\" is not \"true\"; expected \"true\"",
            GET,
        ),
        mismatch(
            "a slash is too much",
            "https://app.example/",
            &[("*", 200, &[("access-control-allow-origin", "{origin}/")])],
        ),
        mismatch(
            "a list is no origin",
            "https://app.example, https://b.example",
            &[("*", 200, &[("access-control-allow-origin", "{origin}, https://b.example")])],
        ),
        mismatch(
            "two lines are a list",
            "*, https://app.example",
            &[(
                "*",
                200,
                &[
                    ("access-control-allow-origin", "*"),
                    ("access-control-allow-origin", "{origin}"),
                ],
            )],
        ),
        mismatch(
            "an origin is compared byte for byte",
            "https://App.example",
            &[("*", 200, &[("access-control-allow-origin", "https://App.example")])],
        ),
        mismatch(
            "an empty value is a value",
            "",
            &[("*", 200, &[("access-control-allow-origin", "")])],
        ),
    ]);
}

/// <https://fetch.spec.whatwg.org/#concept-filtered-response-cors>
#[test]
fn response_filtering() {
    macro_rules! response {
        ($($exposed:literal),*) => {
            &[("*", 200, &[
                ("access-control-allow-origin", "{origin}"), ("access-control-allow-credentials", "true"),
                ("cache-control", "a"), ("content-language", "a"), ("content-length", "2"), ("content-type", "a/b"), ("expires", "a"),
                ("last-modified", "a"), ("pragma", "a"), ("date", "a"), ("set-cookie", "a=1"), ("set-cookie2", "a"), ("x-a", "1"), ("x-b", "2"), ("*", "3"),
                $(("access-control-expose-headers", $exposed)),*
            ])]
        };
    }
    check(vec![
        row(
            "seven names are safelisted",
            Fetch::get(API),
            response!(),
            "200 cors cache-control content-language content-length content-type expires last-modified pragma",
            GET,
        ),
        row(
            "an exposed name is seen",
            Fetch::get(API),
            response!("X-A, x-c"),
            "200 cors cache-control content-language content-length content-type expires last-modified pragma x-a",
            GET,
        ),
        row(
            "a second line exposes",
            Fetch::get(API),
            response!("x-a", "x-b"),
            "200 cors cache-control content-language content-length content-type expires last-modified pragma x-a x-b",
            GET,
        ),
        row(
            "one bad element exposes nothing",
            Fetch::get(API),
            response!("x-a", "x b"),
            "200 cors cache-control content-language content-length content-type expires last-modified pragma",
            GET,
        ),
        row(
            "the wildcard exposes all but set-cookie",
            Fetch::get(API),
            response!("*"),
            "200 cors * access-control-allow-credentials access-control-allow-origin access-control-expose-headers cache-control \
             content-language content-length content-type date expires last-modified pragma x-a x-b",
            GET,
        ),
        row(
            "with credentials the wildcard exposes the header *",
            with_credentials(Fetch::get(API)),
            response!("*"),
            "200 cors * cache-control content-language content-length content-type expires last-modified pragma",
            GET,
        ),
        row(
            "set-cookie cannot be exposed",
            Fetch::get(API),
            response!("set-cookie, set-cookie2, x-b"),
            "200 cors cache-control content-language content-length content-type expires last-modified pragma x-b",
            GET,
        ),
    ]);
}

#[tokio::test]
async fn script_sees_several_lines_as_one() {
    const LINES: &[Answer] =
        &[("*", 200, &[("x-a", "1"), ("x-b", "a"), ("x-a", " 2, 3\t"), ("x-a", "")])];
    let seen = fetch(LINES, APP, Fetch::get("/")).await.unwrap();
    let visible = seen.response().unwrap();
    assert_eq!(visible.header("X-A"), Some("1, 2, 3, "));
    assert_eq!(visible.headers().len(), 2);
    assert_eq!(visible.header("x-c"), None);
}

#[tokio::test]
async fn script_sees_a_byte_as_a_character() {
    let service = service_fn(|_: Req| {
        let value = HeaderValue::from_bytes("Zürich".as_bytes()).unwrap();
        let mut response = Res::new(Full::default());
        response.headers_mut().insert("x-a", value);
        ready(Ok::<_, Infallible>(response))
    });
    let seen = Browser::new(service).fetch_from(APP, Fetch::get("/")).await.unwrap();
    assert_eq!(seen.response().unwrap().header("x-a"), Some("Z\u{c3}\u{bc}rich"));
}
