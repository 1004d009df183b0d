//! Redirects: each hop is a request of its own, and what a hop to another origin costs.
//! Fetch: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>
#![allow(clippy::too_many_lines, reason = "tables are long")]

use tower_cors::browser::{Credentials, Fetch, Mode};

use crate::browser::{API, APP, Answer, Row, SHARE, check};

/// A server that redirects as listed, and shares everything with everybody who asks.
macro_rules! server {
    ($($route:literal => $status:literal $location:literal),* $(,)?) => {{
        const ANSWERS: &[Answer] = &[
            $(($route, $status, &[
                ("location", $location),
                ("access-control-allow-origin", "{origin}"),
                ("access-control-allow-credentials", "true"),
            ]),)*
            ("*", 200, SHARE),
        ];
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

const POST: &str = "POST https://app.example/a; content-language: en; content-type: text/plain; origin: https://app.example; x-a: 1";
const TO_API: &str = "GET https://api.example/; origin: https://app.example";

#[test]
fn the_origin_becomes_null_after_a_hop_between_others() {
    check(vec![
        row(
            "within the page's origin",
            Fetch::get("/a"),
            server!("GET app.example/a" => 302 "/b"),
            "200 basic access-control-allow-credentials",
            &["GET https://app.example/a", "GET https://app.example/b"],
        ),
        row(
            "from the page's origin to another",
            Fetch::get("/a"),
            server!("GET app.example/a" => 302 "https://api.example/"),
            "200 cors",
            &["GET https://app.example/a", TO_API],
        ),
        row(
            "within another origin",
            Fetch::get(API),
            server!("GET api.example/" => 301 "b"),
            "200 cors",
            &[TO_API, "GET https://api.example/b; origin: https://app.example"],
        ),
        row(
            "from another origin to a third",
            Fetch::get(API),
            server!("GET api.example/" => 302 "https://b.example/"),
            "200 cors",
            &[TO_API, "GET https://b.example/; origin: null"],
        ),
        row(
            "from another origin back to the page's",
            Fetch::get(API),
            server!("GET api.example/" => 302 "https://app.example/a"),
            "200 cors",
            &[TO_API, "GET https://app.example/a; origin: null"],
        ),
        row(
            "null stays null",
            Fetch::get(API),
            server!("GET api.example/" => 302 "https://b.example/", "GET b.example/" => 302 "https://api.example/c"),
            "200 cors",
            &[
                TO_API,
                "GET https://b.example/; origin: null",
                "GET https://api.example/c; origin: null",
            ],
        ),
        row(
            "once null, it stays null beyond a hop from the page's origin",
            Fetch::get("/a"),
            server!(
                "GET app.example/a" => 302 "https://api.example/",
                "GET api.example/" => 302 "https://app.example/b",
                "GET app.example/b" => 302 "https://api.example/c",
            ),
            "200 cors",
            &[
                "GET https://app.example/a",
                TO_API,
                "GET https://app.example/b; origin: null",
                "GET https://api.example/c; origin: null",
            ],
        ),
        row(
            "a path, relative to the URL that redirects",
            Fetch::get("https://api.example/#f"),
            server!("GET api.example/" => 302 "../b?c"),
            "200 cors",
            &[
                "GET https://api.example/; origin: https://app.example",
                "GET https://api.example/b?c; origin: https://app.example",
            ],
        ),
    ]);
}

#[test]
fn each_hop_is_checked() {
    check(vec![
        row(
            "a redirect that is not shared",
            Fetch::get(API),
            &[("GET api.example/", 302, &[("location", "/b")]), ("*", 200, SHARE)],
            "the response from \"https://api.example/\" has no access-control-allow-origin; expected \"https://app.example\"",
            &[TO_API],
        ),
        row(
            "a third origin that shares with the page, and not with null",
            Fetch::get(API),
            &[
                (
                    "GET api.example/",
                    302,
                    &[("location", "https://b.example/"), ("access-control-allow-origin", "*")],
                ),
                ("*", 200, &[("access-control-allow-origin", "https://app.example")]),
            ],
            "access-control-allow-origin \"https://app.example\" of the response from \"https://b.example/\" (after a redirect from \"https://api.example/\") is not the request's origin; expected \"null\"",
            &[TO_API, "GET https://b.example/; origin: null"],
        ),
        row(
            "each hop has a preflight",
            Fetch::put(API),
            server!("PUT api.example/" => 307 "https://b.example/"),
            "200 cors",
            &[
                "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                "PUT https://api.example/; origin: https://app.example",
                "OPTIONS https://b.example/; access-control-request-method: PUT; origin: null",
                "PUT https://b.example/; origin: null",
            ],
        ),
        row(
            "a preflight on a later hop may fail",
            Fetch::put(API),
            &[
                (
                    "PUT",
                    307,
                    &[("location", "https://b.example/"), ("access-control-allow-origin", "*")],
                ),
                ("OPTIONS b.example/", 404, SHARE),
                ("OPTIONS", 200, SHARE),
            ],
            "status 404 of the preflight's response from \"https://b.example/\" (after a redirect from \"https://api.example/\") is no success; expected 200 to 299",
            &[
                "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                "PUT https://api.example/; origin: https://app.example",
                "OPTIONS https://b.example/; access-control-request-method: PUT; origin: null",
            ],
        ),
        row(
            "a hop away from the page's origin needs a preflight",
            Fetch::put("/a"),
            server!("PUT app.example/a" => 307 "https://api.example/"),
            "200 cors",
            &[
                "PUT https://app.example/a; origin: https://app.example",
                "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example",
                "PUT https://api.example/; origin: https://app.example",
            ],
        ),
        row(
            "same-origin mode does not leave the origin",
            Fetch::get("/a").mode(Mode::SameOrigin),
            server!("GET" => 302 "https://api.example/"),
            "URL \"https://api.example/\" (after a redirect from \"https://app.example/a\") is not of the page's origin, and the mode is `same-origin`; expected \"https://app.example\"",
            &["GET https://app.example/a"],
        ),
        row(
            "no-cors follows, and shows nothing",
            Fetch::get(API).mode(Mode::NoCors),
            server!("GET api.example/" => 302 "https://app.example/"),
            "0 opaque",
            &["GET https://api.example/", "GET https://app.example/"],
        ),
    ]);
}

#[test]
fn authorization_and_bodies() {
    let authorized = || Fetch::get("/a").header("authorization", "b");
    let post = || {
        Fetch::post("/a")
            .header("content-type", "text/plain")
            .header("content-language", "en")
            .header("x-a", "1")
            .body("b")
    };
    let as_get: &[&str] = &[POST, "GET https://app.example/b; x-a: 1"];
    let as_post: &[&str] = &[
        POST,
        "POST https://app.example/b; content-language: en; content-type: text/plain; origin: https://app.example; x-a: 1",
    ];
    let basic = "200 basic access-control-allow-credentials access-control-allow-origin";
    let basic_get = "200 basic access-control-allow-credentials";
    check(vec![
        row(
            "authorization stays within the origin",
            authorized(),
            server!("GET app.example/a" => 302 "/b"),
            basic_get,
            &[
                "GET https://app.example/a; authorization: b",
                "GET https://app.example/b; authorization: b",
            ],
        ),
        row(
            "authorization does not go to another",
            authorized(),
            server!("GET app.example/a" => 302 "https://api.example/"),
            "200 cors",
            &["GET https://app.example/a; authorization: b", TO_API],
        ),
        row("301 makes GET of POST", post(), server!("POST" => 301 "/b"), basic_get, as_get),
        row("302 makes GET of POST", post(), server!("POST" => 302 "/b"), basic_get, as_get),
        row("303 makes GET of POST", post(), server!("POST" => 303 "/b"), basic_get, as_get),
        row("307 keeps POST", post(), server!("POST app.example/a" => 307 "/b"), basic, as_post),
        row("308 keeps POST", post(), server!("POST app.example/a" => 308 "/b"), basic, as_post),
        row(
            "301 keeps PUT",
            Fetch::put("/a"),
            server!("PUT app.example/a" => 301 "/b"),
            basic,
            &[
                "PUT https://app.example/a; origin: https://app.example",
                "PUT https://app.example/b; origin: https://app.example",
            ],
        ),
        row(
            "303 makes GET of PUT",
            Fetch::put("/a"),
            server!("PUT" => 303 "/b"),
            basic_get,
            &[
                "PUT https://app.example/a; origin: https://app.example",
                "GET https://app.example/b",
            ],
        ),
        row(
            "303 keeps HEAD",
            Fetch::new("HEAD", "/a"),
            server!("HEAD app.example/a" => 303 "/b"),
            basic_get,
            &["HEAD https://app.example/a", "HEAD https://app.example/b"],
        ),
        row(
            "credentials are asked of each hop",
            Fetch::get(API).credentials(Credentials::Include),
            &[(
                "GET api.example/",
                302,
                &[("location", "/b"), ("access-control-allow-origin", "{origin}")],
            )],
            "the response from \"https://api.example/\" has no access-control-allow-credentials, and the request is made with credentials; expected \"true\"",
            &[TO_API],
        ),
    ]);
}

#[test]
fn where_a_redirect_cannot_lead() {
    const LOOP: &[Answer] =
        &[("*", 302, &[("location", "/"), ("access-control-allow-origin", "*")])];
    check(vec![
        row(
            "a status without location is a response",
            Fetch::get(API),
            &[("*", 302, SHARE)],
            "302 cors",
            &[TO_API],
        ),
        row(
            "another status with location is a response",
            Fetch::get(API),
            server!("GET" => 201 "/b"),
            "201 cors",
            &[TO_API],
        ),
        row(
            "a status that is no redirect",
            Fetch::get(API),
            server!("GET" => 300 "/b"),
            "300 cors",
            &[TO_API],
        ),
        row(
            "no URL",
            Fetch::get(API),
            server!("GET" => 302 "https://a b/"),
            "location \"https://a b/\" of the response from \"https://api.example/\" is no URL; expected one",
            &[TO_API],
        ),
        row(
            "two URLs",
            Fetch::get(API),
            &[(
                "*",
                302,
                &[("location", "/a"), ("location", "/b"), ("access-control-allow-origin", "*")],
            )],
            "location \"/a, /b\" of the response from \"https://api.example/\" is no URL; expected one",
            &[TO_API],
        ),
        row(
            "a scheme that is not HTTP's",
            Fetch::get(API),
            server!("GET" => 302 "data:,a"),
            "URL \"data:,a\" (after a redirect from \"https://api.example/\") has a scheme that this model of a browser does not support; expected \"https\" or \"http\"",
            &[TO_API],
        ),
        row(
            "user name and password",
            Fetch::get("/a"),
            server!("GET" => 302 "https://u:p@api.example/"),
            "location \"https://u:p@api.example/\" of the response from \"https://app.example/a\" has a user name or password; expected none",
            &["GET https://app.example/a"],
        ),
        row(
            "a user name, back at the page's origin",
            Fetch::get(API),
            server!("GET" => 302 "https://u@app.example/"),
            "location \"https://u@app.example/\" of the response from \"https://api.example/\" has a user name or password; expected none",
            &[TO_API],
        ),
        row(
            "the 21st redirect",
            Fetch::get(API),
            LOOP,
            "location \"https://api.example/\" of the response from \"https://api.example/\" (after a redirect from \"https://api.example/\") follows on 20 redirects; expected a response",
            &[TO_API; 21],
        ),
    ]);
}
