//! Every message of `Blocked`, word for word, and the response that it names.
#![allow(clippy::too_many_lines, reason = "tables are long")]

use tower_cors::browser::{AnswerKind, Blocked, Browser, Credentials, Fetch, Mode, Redirect};

use crate::browser::{API, APP, Answer, OTHER, Req, Res, server};

/// A fetch by a page at [`APP`], what the server answers, and what is said of it.
type Row = (Fetch, &'static [Answer], &'static str);

const ANY: (&str, &str) = ("access-control-allow-origin", "*");
const APP_ONLY: (&str, &str) = ("access-control-allow-origin", APP);

async fn blocked(fetch: Fetch, answers: &'static [Answer]) -> Blocked {
    let seen = Browser::new(server(answers)).fetch_from(APP, fetch).await.unwrap();
    seen.blocked().cloned().unwrap_or_else(|| panic!("{seen:?}"))
}

async fn check(rows: Vec<Row>) {
    let mut failures = Vec::new();
    for (fetch, answers, expected) in rows {
        let message = blocked(fetch, answers).await.to_string();
        if message != expected {
            failures.push(format!("expected {expected}\n     got {message}"));
        }
    }
    assert!(failures.is_empty(), "{} rows:\n{}", failures.len(), failures.join("\n"));
}

fn include(fetch: Fetch) -> Fetch {
    fetch.credentials(Credentials::Include)
}

#[tokio::test]
async fn of_the_response() {
    check(vec![
        (
            Fetch::get(API),
            &[("*", 200, &[])],
            "the response from \"https://api.example/\" has no access-control-allow-origin; expected \"https://app.example\"",
        ),
        (
            Fetch::get("https://api.example/a?b#c"),
            &[("*", 200, &[("access-control-allow-origin", OTHER)])],
            "access-control-allow-origin \"https://other.example\" of the response from \"https://api.example/a?b\" is not the request's origin; expected \"https://app.example\"",
        ),
        (
            include(Fetch::get(API)),
            &[("*", 200, &[ANY])],
            "access-control-allow-origin \"*\" of the response from \"https://api.example/\" excludes requests with credentials; expected \"https://app.example\"",
        ),
        (
            include(Fetch::get(API)),
            &[("*", 200, &[APP_ONLY, ("access-control-allow-credentials", "TRUE")])],
            "access-control-allow-credentials \"TRUE\" of the response from \"https://api.example/\" is not \"true\"; expected \"true\"",
        ),
        (
            include(Fetch::get(API)),
            &[("*", 200, &[APP_ONLY])],
            "the response from \"https://api.example/\" has no access-control-allow-credentials, and the request is made with credentials; expected \"true\"",
        ),
        (
            Fetch::get(API),
            &[("*", 407, &[])],
            "status 407 of the response from \"https://api.example/\" asks a proxy's user for a password; expected any other",
        ),
    ])
    .await;
}

#[tokio::test]
async fn of_the_preflight() {
    macro_rules! answers {
        ($($name:literal: $value:literal),*) => {
            &[("*", 200, &[
                APP_ONLY,
                ("access-control-allow-credentials", "true"),
                $(($name, $value)),*
            ])]
        };
    }
    let put = || Fetch::put(API);
    let authorized = || Fetch::get(API).header("authorization", "Basic YTpi");
    check(vec![
        (
            put(),
            &[("*", 200, &[])],
            "the preflight's response from \"https://api.example/\" has no access-control-allow-origin; expected \"https://app.example\"",
        ),
        (
            put(),
            &[("*", 401, &[ANY])],
            "status 401 of the preflight's response from \"https://api.example/\" is no success; expected 200 to 299",
        ),
        (
            put(),
            answers!("access-control-allow-methods": "GET PUT"),
            "access-control-allow-methods \"GET PUT\" of the preflight's response from \"https://api.example/\" is no list of tokens; expected tokens separated by commas",
        ),
        (
            put(),
            answers!(),
            "the preflight's response from \"https://api.example/\" has no access-control-allow-methods to allow the method PUT; expected \"PUT\"",
        ),
        (
            include(put()),
            answers!("access-control-allow-methods": "GET"),
            "access-control-allow-methods \"GET\" of the preflight's response from \"https://api.example/\" does not allow the method PUT; expected \"PUT\"",
        ),
        (
            include(put()),
            answers!("access-control-allow-methods": "GET, *"),
            "access-control-allow-methods \"GET, *\" of the preflight's response from \"https://api.example/\", in which \"*\" is no wildcard for requests with credentials, does not allow the method PUT; expected \"PUT\"",
        ),
        (
            authorized(),
            answers!("access-control-allow-headers": "*"),
            "access-control-allow-headers \"*\" of the preflight's response from \"https://api.example/\", in which \"*\" does not stand for authorization, does not allow the request header authorization; expected \"authorization\"",
        ),
        (
            authorized(),
            answers!(),
            "the preflight's response from \"https://api.example/\" has no access-control-allow-headers to allow the request header authorization; expected \"authorization\"",
        ),
    ])
    .await;
}

#[tokio::test]
async fn of_modes_and_urls() {
    check(vec![
        (
            Fetch::get(API).mode(Mode::SameOrigin),
            &[],
            "URL \"https://api.example/\" is not of the page's origin, and the mode is `same-origin`; expected \"https://app.example\"",
        ),
        (
            Fetch::get("/a").mode(Mode::SameOrigin),
            &[("*", 302, &[("location", API)])],
            "URL \"https://api.example/\" (after a redirect from \"https://app.example/a\") is not of the page's origin, and the mode is `same-origin`; expected \"https://app.example\"",
        ),
        (
            Fetch::get("data:,a"),
            &[],
            "URL \"data:,a\" has a scheme that this model of a browser does not support; expected \"https\" or \"http\"",
        ),
        (
            Fetch::get("/a"),
            &[("*", 302, &[("location", "data:,a")])],
            "URL \"data:,a\" (after a redirect from \"https://app.example/a\") has a scheme that this model of a browser does not support; expected \"https\" or \"http\"",
        ),
        (
            Fetch::get(API).mode(Mode::NoCors).redirect(Redirect::Error),
            &[],
            "URL \"https://api.example/\" is not of the page's origin, and the mode is `no-cors`; expected the redirect mode `follow`",
        ),
        (
            Fetch::get(format!("https://api.example/{}", "a".repeat(70_000))),
            &[],
            "URL of 70020 bytes is too long for an HTTP request; expected fewer than 65535",
        ),
    ])
    .await;
}

#[tokio::test]
async fn of_redirects() {
    check(vec![
        (
            Fetch::get(API),
            &[("*", 302, &[ANY, ("location", "https://a b")])],
            "location \"https://a b\" of the response from \"https://api.example/\" is no URL; expected one",
        ),
        (
            Fetch::get("/a"),
            &[("*", 302, &[("location", "https://u@b.example/")])],
            "location \"https://u@b.example/\" of the response from \"https://app.example/a\" has a user name or password; expected none",
        ),
        (
            Fetch::get("/a"),
            &[("*", 302, &[("location", "/b")])],
            "location \"https://app.example/b\" of the response from \"https://app.example/b\" (after a redirect from \"https://app.example/b\") follows on 20 redirects; expected a response",
        ),
        (
            Fetch::get("/a").redirect(Redirect::Error),
            &[("*", 302, &[("location", "/b")])],
            "status 302 of the response from \"https://app.example/a\" is a redirect, and the redirect mode is `error`; expected another status",
        ),
        (
            Fetch::put(API),
            &[
                ("PUT api.example/", 307, &[ANY, ("location", "https://b.example/")]),
                ("OPTIONS api.example/", 200, &[ANY, ("access-control-allow-methods", "*")]),
                ("*", 200, &[]),
            ],
            "the preflight's response from \"https://b.example/\" (after a redirect from \"https://api.example/\") has no access-control-allow-origin; expected \"null\"",
        ),
    ])
    .await;
}

/// A session that has expired: the API is well configured, and it is the identity provider that does not
/// share its response. Somebody who reads the message sees whose response it is.
#[tokio::test]
async fn the_identity_provider_is_named() {
    const EXPIRED: &[Answer] = &[
        (
            "GET api.example/items",
            302,
            &[
                ("location", "https://login.example/authorize?client=a"),
                APP_ONLY,
                ("access-control-allow-credentials", "true"),
            ],
        ),
        ("GET login.example/authorize?client=a", 200, &[]),
    ];
    let blocked = blocked(include(Fetch::get("https://api.example/items")), EXPIRED).await;
    assert_eq!(
        blocked.to_string(),
        "the response from \"https://login.example/authorize?client=a\" (after a redirect from \"https://api.example/items\") \
         has no access-control-allow-origin; expected \"null\"",
    );
    let answer = blocked.answer().unwrap();
    assert_eq!(answer.kind(), AnswerKind::Response);
    assert_eq!(answer.url(), "https://login.example/authorize?client=a");
    assert_eq!(answer.redirected_from(), Some("https://api.example/items"));
}

#[tokio::test]
async fn of_the_http_cache() {
    const FOR_ONE: &[Answer] = &[(
        "*",
        200,
        &[("cache-control", "max-age=60"), ("access-control-allow-origin", "{origin}")],
    )];
    let mut browser = Browser::new(server(FOR_ONE));
    let mut messages = Vec::new();
    for (page, fetch) in [
        ("https://api.example", Fetch::get(API)),
        (OTHER, Fetch::get(API)),
        (OTHER, Fetch::get("https://api.example/b")),
        (APP, Fetch::get("https://api.example/b")),
    ] {
        let seen = browser.fetch_from(page, fetch).await.unwrap();
        messages.push(seen.blocked().map(ToString::to_string).unwrap_or_default());
    }
    let expected = [
        "",
        "the response from \"https://api.example/\" in the HTTP cache was made for a request without origin, and its access-control-allow-origin (none) is not for \"https://other.example\"; expected \"vary: origin\" in it",
        "",
        "the response from \"https://api.example/b\" in the HTTP cache was made for \"https://other.example\", and its access-control-allow-origin (\"https://other.example\") is not for \"https://app.example\"; expected \"vary: origin\" in it",
    ];
    assert_eq!(messages, expected);
}

#[tokio::test]
async fn a_service_that_fails() {
    let fails = tower::service_fn(|_: Req| async { Err::<Res, _>("nothing") });
    let seen = Browser::new(fails).fetch_from(APP, Fetch::get(API)).await.unwrap();
    let blocked = seen.blocked().unwrap();
    assert_eq!(
        blocked.to_string(),
        "the service returned an error for \"https://api.example/\" (nothing); expected a response"
    );
    assert!(blocked.answer().is_none());
}
