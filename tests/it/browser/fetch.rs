//! A page's `fetch`: methods, modes, origins, credentials.
//! Fetch: <https://fetch.spec.whatwg.org/#fetching>
#![allow(clippy::too_many_lines, reason = "tables are long")]

use tower_cors::browser::{Browser, Credentials, Fetch, Mode};

use crate::browser::{API, APP, Answer, Row, SHARE, check, line, server};

const STAR: &[(&str, &str)] = &[("access-control-allow-origin", "*")];
const SHARED: &[Answer] = &[("*", 200, SHARE)];

fn row(
    name: &'static str,
    fetch: Fetch,
    answers: &'static [Answer],
    sees: &'static str,
    sent: &'static [&'static str],
) -> Row {
    Row { name, page: APP, fetch, answers, sees, sent }
}

const GET: &[&str] = &["GET https://api.example/; origin: https://app.example"];
const PREFLIGHT_PUT: &str =
    "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example";
const PUT: &[&str] = &[PREFLIGHT_PUT, "PUT https://api.example/; origin: https://app.example"];
/// <https://fetch.spec.whatwg.org/#concept-method-normalize>
#[test]
fn methods() {
    check(vec![
        row("get is GET, and simple", Fetch::new("get", API), SHARED, "200 cors", GET),
        row("put is PUT, and asked for", Fetch::new("put", API), SHARED, "200 cors", PUT),
        row(
            "post is POST, and simple",
            Fetch::new("Post", API),
            SHARED,
            "200 cors",
            &["POST https://api.example/; origin: https://app.example"],
        ),
        row(
            "patch stays as it is, and is asked for",
            Fetch::new("patch", API),
            SHARED,
            "200 cors",
            &[
                "OPTIONS https://api.example/; access-control-request-method: patch; origin: https://app.example",
                "patch https://api.example/; origin: https://app.example",
            ],
        ),
        row(
            "OPTIONS is asked for by OPTIONS",
            Fetch::new("options", API),
            SHARED,
            "200 cors",
            &[
                "OPTIONS https://api.example/; access-control-request-method: OPTIONS; origin: https://app.example",
                "OPTIONS https://api.example/; origin: https://app.example",
            ],
        ),
        row(
            "a response to HEAD has no body",
            Fetch::new("head", API),
            SHARED,
            "200 cors",
            &["HEAD https://api.example/; origin: https://app.example"],
        ),
    ]);
}

/// <https://fetch.spec.whatwg.org/#concept-request-mode>
#[test]
fn modes() {
    let no_cors = |fetch: Fetch| fetch.mode(Mode::NoCors);
    check(vec![
        row(
            "cors needs leave",
            Fetch::get(API),
            &[("*", 200, &[])],
            "the response from \"https://api.example/\" has no access-control-allow-origin; expected \"https://app.example\"",
            GET,
        ),
        row(
            "no-cors needs none, and shows nothing",
            no_cors(Fetch::get(API)),
            &[("*", 200, &[("x-a", "1")])],
            "0 opaque",
            &["GET https://api.example/"],
        ),
        row(
            "no-cors POST sends its origin, and only simple headers",
            no_cors(Fetch::post(API))
                .header("x-a", "1")
                .header("content-type", "text/plain")
                .header("range", "bytes=0-"),
            &[("*", 200, &[])],
            "0 opaque",
            &["POST https://api.example/; content-type: text/plain; origin: https://app.example"],
        ),
        row(
            "no-cors POST from https to http keeps its origin to itself",
            no_cors(Fetch::post("http://api.example/")),
            &[("*", 200, &[])],
            "0 opaque",
            &["POST http://api.example/; origin: null"],
        ),
        row(
            "no-cors within the origin shows all",
            no_cors(Fetch::get("/a")),
            &[("*", 200, &[("x-a", "1")])],
            "200 basic x-a",
            &["GET https://app.example/a"],
        ),
        row(
            "same-origin stays within the origin",
            Fetch::get(API).mode(Mode::SameOrigin),
            SHARED,
            "URL \"https://api.example/\" is not of the page's origin, and the mode is `same-origin`; expected \"https://app.example\"",
            &[],
        ),
        row(
            "same-origin reaches the origin",
            Fetch::get("/a").mode(Mode::SameOrigin),
            &[("*", 200, &[])],
            "200 basic",
            &["GET https://app.example/a"],
        ),
        row(
            "another scheme is a network error",
            Fetch::get("ftp://api.example/"),
            SHARED,
            "URL \"ftp://api.example/\" has a scheme that this model of a browser does not support; expected \"https\" or \"http\"",
            &[],
        ),
    ]);
}

/// <https://fetch.spec.whatwg.org/#append-a-request-origin-header>
#[test]
fn same_origin_requests() {
    check(vec![
        row(
            "GET has no origin",
            Fetch::get("/a"),
            SHARED,
            "200 basic access-control-allow-credentials",
            &["GET https://app.example/a"],
        ),
        row(
            "HEAD has no origin",
            Fetch::new("HEAD", "/a"),
            &[("*", 200, &[])],
            "200 basic",
            &["HEAD https://app.example/a"],
        ),
        row(
            "POST has its origin",
            Fetch::post("/a"),
            &[("*", 200, &[])],
            "200 basic",
            &["POST https://app.example/a; origin: https://app.example"],
        ),
        row(
            "PUT with any header needs no preflight",
            Fetch::put("/a").header("x-a", "1"),
            &[("*", 200, &[])],
            "200 basic",
            &["PUT https://app.example/a; origin: https://app.example; x-a: 1"],
        ),
        row(
            "the default port is no other origin",
            Fetch::get("https://app.example:443/a"),
            &[("*", 200, &[])],
            "200 basic",
            &["GET https://app.example/a"],
        ),
        row(
            "another port is another origin",
            Fetch::get("https://app.example:444/a"),
            SHARED,
            "200 cors",
            &["GET https://app.example:444/a; origin: https://app.example"],
        ),
        row(
            "another scheme is another origin",
            Fetch::get("http://app.example/a"),
            SHARED,
            "200 cors",
            &["GET http://app.example/a; origin: https://app.example"],
        ),
        row(
            "script never sees set-cookie",
            Fetch::get("/a"),
            &[("*", 200, &[("set-cookie", "a=1"), ("set-cookie2", "b"), ("x-a", "1")])],
            "200 basic x-a",
            &["GET https://app.example/a"],
        ),
    ]);
}

/// <https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque>
#[test]
fn origins() {
    let from = |page, name, sees, sent| Row {
        name,
        page,
        fetch: Fetch::get(API),
        answers: SHARED,
        sees,
        sent,
    };
    check(vec![
        from(
            "null",
            "an opaque origin is null",
            "200 cors",
            &["GET https://api.example/; origin: null"],
        ),
        from(
            "file:///index.html",
            "a file has an opaque origin",
            "200 cors",
            &["GET https://api.example/; origin: null"],
        ),
        from(
            "file://host/index.html",
            "a file on another host has an opaque origin",
            "200 cors",
            &["GET https://api.example/; origin: null"],
        ),
        from(
            "data:text/html,a",
            "a data: URL has an opaque origin",
            "200 cors",
            &["GET https://api.example/; origin: null"],
        ),
        from("https://app.example/a/b?c#d", "a page's URL gives its origin", "200 cors", GET),
        from("HTTPS://App.Example:443", "an origin is serialized", "200 cors", GET),
        from(
            "http://app.example:8080",
            "a port is kept",
            "200 cors",
            &["GET https://api.example/; origin: http://app.example:8080"],
        ),
        from(
            "http://[::1]",
            "an address is kept",
            "200 cors",
            &["GET https://api.example/; origin: http://[::1]"],
        ),
        from(
            "https://bücher.example",
            "a name is written in ASCII",
            "200 cors",
            &["GET https://api.example/; origin: https://xn--bcher-kva.example"],
        ),
        from(
            "capacitor://localhost",
            "an application in a web view has its name",
            "200 cors",
            &["GET https://api.example/; origin: capacitor://localhost"],
        ),
        from(
            "chrome-extension://abcdef/page.html",
            "an extension has its name",
            "200 cors",
            &["GET https://api.example/; origin: chrome-extension://abcdef"],
        ),
        from(
            "https://api.example",
            "the API's own page is of its origin",
            "200 basic access-control-allow-credentials",
            &["GET https://api.example/"],
        ),
        Row {
            name: "null is not admitted by an origin's name",
            page: "null",
            fetch: Fetch::get(API),
            answers: &[("*", 200, &[("access-control-allow-origin", "https://app.example")])],
            sees: "access-control-allow-origin \"https://app.example\" of the response from \"https://api.example/\" is not the request's origin; expected \"null\"",
            sent: &["GET https://api.example/; origin: null"],
        },
        Row {
            name: "null is admitted by the wildcard",
            page: "null",
            fetch: Fetch::get(API),
            answers: &[("*", 200, STAR)],
            sees: "200 cors",
            sent: &["GET https://api.example/; origin: null"],
        },
    ]);
}

/// <https://fetch.spec.whatwg.org/#concept-request-credentials-mode>
#[tokio::test]
async fn cookies_go_along_as_the_credentials_mode_says() {
    for (credentials, own, foreign) in [
        (Credentials::Omit, "", ""),
        (Credentials::SameOrigin, "; cookie: a=1; b=2", ""),
        (Credentials::Include, "; cookie: a=1; b=2", "; cookie: session=1"),
    ] {
        let mut browser = Browser::new(server(SHARED))
            .cookie(APP, "a=1")
            .cookie(APP, "b=2")
            .cookie("https://api.example", "session=1; SameSite=None; Secure")
            .cookie("https://api.example", "lax=1");
        let seen = browser.fetch_from(APP, Fetch::get("/").credentials(credentials)).await.unwrap();
        assert_eq!(
            line(seen.sent()[0]),
            format!("GET https://app.example/{own}"),
            "{credentials:?}"
        );
        let seen = browser.fetch_from(APP, Fetch::put(API).credentials(credentials)).await.unwrap();
        assert_eq!(line(seen.sent()[0]), PREFLIGHT_PUT, "a preflight has no cookies");
        assert_eq!(
            line(seen.sent()[1]),
            format!("PUT https://api.example/{foreign}; origin: https://app.example"),
            "{credentials:?}"
        );
    }
}
