//! What each console says of a fetch that is blocked, word for word. `tests/browsers` holds the sentences to those of
//! the real browsers.
#![allow(clippy::too_many_lines, reason = "tables are long")]

use std::{convert::Infallible, future::ready};

use tower::service_fn;
use tower_cors::browser::{Browser, Credentials, Fetch, Mode, Redirect, UserAgent};

use crate::browser::{API, APP, Answer, OTHER, Req, Res, server};

const STAR: (&str, &str) = ("access-control-allow-origin", "*");
const FOR_APP: (&str, &str) = ("access-control-allow-origin", APP);
const TRUE: (&str, &str) = ("access-control-allow-credentials", "true");

const CHECK: &str =
    "network error in the CORS check, https://fetch.spec.whatwg.org/#concept-cors-check";
const PREFLIGHT: &str = "network error in the CORS-preflight fetch, https://fetch.spec.whatwg.org/#cors-preflight-fetch-0";
const REDIRECT: &str = "network error in the HTTP-redirect fetch, https://fetch.spec.whatwg.org/#concept-http-redirect-fetch";
const HTTP: &str =
    "network error in the HTTP fetch, https://fetch.spec.whatwg.org/#concept-http-fetch";
const MAIN: &str =
    "network error in the main fetch, https://fetch.spec.whatwg.org/#concept-main-fetch";
const SCHEME: &str =
    "network error in the scheme fetch, https://fetch.spec.whatwg.org/#concept-scheme-fetch";
const NETWORK: &str = "network error in the HTTP-network-or-cache fetch, https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch";

macro_rules! chromium {
    ($reason:literal) => {
        chromium!("'https://api.example/'", $reason)
    };
    ($url:literal, $reason:literal) => {
        concat!(
            "Access to fetch at ",
            $url,
            " from origin 'https://app.example' has been blocked by CORS policy: ",
            $reason
        )
    };
}

macro_rules! firefox {
    ($rest:literal) => {
        concat!(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ",
            $rest
        )
    };
}

/// A fetch of [`APP`], what the server answers, and the sentences: the standard's, then those of Chromium, Firefox and
/// `WebKit`, of which an empty one is the standard's.
type Row = (Fetch, &'static [Answer], [&'static str; 4]);

fn check(rows: Vec<Row>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut failures = Vec::new();
    for (fetch, answers, sentences) in rows {
        for (user_agent, sentence) in UserAgent::ALL.into_iter().zip(sentences) {
            let expected = if sentence.is_empty() { sentences[0] } else { sentence };
            let mut browser = Browser::new(server(answers)).user_agent(user_agent);
            let seen = runtime.block_on(browser.fetch_from(APP, fetch.clone())).unwrap();
            if seen.console() != Some(expected) {
                failures.push(format!(
                    "{user_agent}: expected {expected}\n     got {:?} of {:?}",
                    seen.console(),
                    seen.blocked()
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{} sentences:\n{}", failures.len(), failures.join("\n"));
}

fn include(fetch: Fetch) -> Fetch {
    fetch.credentials(Credentials::Include)
}

#[test]
fn of_the_cors_check() {
    let get = || Fetch::get(API);
    check(vec![
        (
            get(),
            &[("*", 404, &[])],
            [
                CHECK,
                chromium!(
                    "No 'Access-Control-Allow-Origin' header is present on the requested resource."
                ),
                firefox!(
                    "https://api.example/. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404."
                ),
                "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 404",
            ],
        ),
        (
            get(),
            &[("*", 200, &[FOR_APP, FOR_APP])],
            [
                CHECK,
                chromium!(
                    "The 'Access-Control-Allow-Origin' header contains multiple values 'https://app.example, https://app.example', but only one is allowed. Have the server send the header with a valid value."
                ),
                firefox!(
                    "https://api.example/. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://app.example, https://app.example’)."
                ),
                "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200",
            ],
        ),
        (
            get(),
            &[("*", 200, &[("access-control-allow-origin", "app.example")])],
            [
                CHECK,
                chromium!(
                    "The 'Access-Control-Allow-Origin' header contains the invalid value 'app.example'. Have the server send the header with a valid value."
                ),
                firefox!(
                    "https://api.example/. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘app.example’)."
                ),
                "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200",
            ],
        ),
        (
            get(),
            &[("*", 200, &[("access-control-allow-origin", OTHER)])],
            [
                CHECK,
                chromium!(
                    "The 'Access-Control-Allow-Origin' header has a value 'https://other.example' that is not equal to the supplied origin. Have the server send the header with a valid value."
                ),
                firefox!(
                    "https://api.example/. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://other.example’)."
                ),
                "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200",
            ],
        ),
        (
            get(),
            &[("*", 200, &[("access-control-allow-origin", "null")])],
            [
                CHECK,
                chromium!(
                    "The 'Access-Control-Allow-Origin' header has a value 'null' that is not equal to the supplied origin. Have the server send the header with a valid value."
                ),
                firefox!(
                    "https://api.example/. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘null’)."
                ),
                "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200",
            ],
        ),
        (
            include(get()),
            &[("*", 200, &[STAR])],
            [
                CHECK,
                chromium!(
                    "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."
                ),
                firefox!(
                    "‘https://api.example/’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."
                ),
                "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
            ],
        ),
        (
            include(get()),
            &[("*", 200, &[FOR_APP, ("access-control-allow-credentials", "TRUE")])],
            [
                CHECK,
                chromium!(
                    "The value of the 'Access-Control-Allow-Credentials' header in the response is 'TRUE' which must be 'true' when the request's credentials mode is 'include'."
                ),
                firefox!(
                    "https://api.example/. (Reason: expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’)."
                ),
                "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".",
            ],
        ),
        (
            Fetch::get("/a#b"),
            &[("GET app.example/a", 302, &[("location", API)]), ("*", 200, &[])],
            [
                CHECK,
                chromium!(
                    "'https://api.example/' (redirected from 'https://app.example/a')",
                    "No 'Access-Control-Allow-Origin' header is present on the requested resource."
                ),
                firefox!(
                    "https://api.example/. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200."
                ),
                "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200",
            ],
        ),
    ]);
}

#[test]
fn of_the_preflight() {
    check(vec![
        (
            Fetch::put(API),
            &[("*", 204, &[])],
            [
                CHECK,
                chromium!(
                    "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource."
                ),
                firefox!(
                    "https://api.example/. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 204."
                ),
                "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 204",
            ],
        ),
        (
            Fetch::put(API),
            &[("*", 403, &[FOR_APP])],
            [
                PREFLIGHT,
                chromium!(
                    "Response to preflight request doesn't pass access control check: It does not have HTTP ok status."
                ),
                firefox!(
                    "https://api.example/. (Reason: CORS preflight response did not succeed). Status code: 403."
                ),
                "Preflight response is not successful. Status code: 403",
            ],
        ),
        (
            Fetch::put(API),
            &[("*", 204, &[FOR_APP])],
            [
                PREFLIGHT,
                chromium!(
                    "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."
                ),
                firefox!(
                    "https://api.example/. (Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’)."
                ),
                "Method PUT is not allowed by Access-Control-Allow-Methods.",
            ],
        ),
        (
            Fetch::get(API).header("x-trace", "1"),
            &[("*", 204, &[FOR_APP])],
            [
                PREFLIGHT,
                chromium!(
                    "Request header field x-trace is not allowed by Access-Control-Allow-Headers in preflight response."
                ),
                firefox!(
                    "https://api.example/. (Reason: header ‘x-trace’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response)."
                ),
                "Request header field x-trace is not allowed by Access-Control-Allow-Headers.",
            ],
        ),
        (
            Fetch::put(API),
            &[("*", 204, &[FOR_APP, ("access-control-allow-headers", "a b")])],
            [
                PREFLIGHT,
                chromium!(
                    "Cannot parse Access-Control-Allow-Headers response header field in preflight response."
                ),
                firefox!(
                    "https://api.example/. (Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’)."
                ),
                "",
            ],
        ),
        (
            Fetch::put(API),
            &[("*", 204, &[FOR_APP, ("access-control-allow-methods", "PUT, , a b,")])],
            [
                PREFLIGHT,
                chromium!(
                    "Cannot parse Access-Control-Allow-Methods response header field in preflight response."
                ),
                firefox!(
                    "https://api.example/. (Reason: invalid token ‘a b’ in CORS header ‘Access-Control-Allow-Methods’)."
                ),
                "",
            ],
        ),
    ]);
}

/// To Chromium a user name or a password in a redirect is a matter of CORS if the page, the URL, or a redirect before
/// makes it one.
#[test]
fn of_redirects() {
    const CREDENTIALS: &str = "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.";
    let to = |route, location| -> &'static [Answer] {
        let lines = Vec::leak(vec![("location", location), FOR_APP, TRUE]);
        Vec::leak(vec![(route, 302, &*lines)])
    };
    let foreign = format!("{}{CREDENTIALS}", chromium!(""));
    let foreign: &str = foreign.leak();
    let own: &str = format!("{}{CREDENTIALS}", chromium!("'https://app.example/a'", "")).leak();
    check(vec![
        (Fetch::get(API), to("*", "https://u:p@app.example/"), [REDIRECT, foreign, "", ""]),
        (Fetch::get("/a"), to("*", "https://u:p@api.example/"), [REDIRECT, own, "", ""]),
        (
            Fetch::get("/a").redirect(Redirect::Error),
            to("*", "https://u:p@api.example/"),
            [HTTP, own, "", ""],
        ),
        (Fetch::get(API).redirect(Redirect::Error), to("*", "/b"), [HTTP, "", "", ""]),
        (Fetch::get(API), to("*", "https://a b/"), [REDIRECT, "", "", ""]),
        (Fetch::get(API), to("*", "/"), [REDIRECT, "", "", ""]),
        (
            Fetch::get(API),
            to("*", "data:,a"),
            [SCHEME, "", firefox!("data:,a. (Reason: CORS request not http)."), ""],
        ),
        (Fetch::get("data:,a"), &[], [SCHEME, "", "", ""]),
        (Fetch::get(API).mode(Mode::SameOrigin), &[], [MAIN, "", "", ""]),
        (Fetch::get(API).mode(Mode::NoCors).redirect(Redirect::Manual), &[], [MAIN, "", "", ""]),
        (Fetch::get(API), &[("*", 407, &[FOR_APP])], [NETWORK, "", "", ""]),
    ]);
    // Only Chromium refuses these.
    for (fetch, url) in [
        (Fetch::get("/a"), "https://u:p@app.example/"),
        (Fetch::get(API).mode(Mode::NoCors), "https://u:p@b.example/"),
    ] {
        let mut browser = Browser::new(server(to("*", url))).user_agent(UserAgent::Chromium);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let seen = runtime.block_on(browser.fetch_from(APP, fetch)).unwrap();
        assert_eq!(seen.console(), Some(REDIRECT), "{seen}");
    }
}

#[tokio::test]
async fn of_a_server_that_does_not_answer() {
    for user_agent in UserAgent::ALL {
        let service = service_fn(|_: Req| ready(Err::<Res, _>("no route")));
        let seen = Browser::new(service).user_agent(user_agent);
        let seen = { seen }.fetch_from(APP, Fetch::get(API)).await.unwrap();
        let expected = match user_agent {
            UserAgent::Firefox => firefox!(
                "https://api.example/. (Reason: CORS request did not succeed). Status code: (null)."
            ),
            _ => NETWORK,
        };
        assert_eq!(seen.console(), Some(expected), "{user_agent}");
    }
}

#[tokio::test]
async fn of_nothing_that_is_not_blocked() {
    let service = service_fn(|_: Req| ready(Ok::<_, Infallible>(Res::default())));
    let seen = Browser::new(service).fetch_from(APP, Fetch::get("/")).await.unwrap();
    assert_eq!(seen.console(), None);
}
