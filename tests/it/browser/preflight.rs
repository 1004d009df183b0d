//! The CORS-preflight fetch, and what a server must answer.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
#![allow(clippy::too_many_lines, reason = "tables are long")]

use tower_cors::browser::{Credentials, Fetch};

use crate::browser::{API, APP, Answer, Row, SHARE, check};

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

fn with_credentials(fetch: Fetch) -> Fetch {
    fetch.credentials(Credentials::Include)
}

const PREFLIGHT_PUT: &str =
    "OPTIONS https://api.example/; access-control-request-method: PUT; origin: https://app.example";
const PUT: &[&str] = &[PREFLIGHT_PUT, "PUT https://api.example/; origin: https://app.example"];
const ONLY_PREFLIGHT_PUT: &[&str] = &[PREFLIGHT_PUT];

/// <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
#[test]
fn preflight_status_and_check() {
    check(vec![
        row(
            "any success will do",
            Fetch::put(API),
            &[("OPTIONS", 299, SHARE), ("*", 200, SHARE)],
            "200 cors",
            PUT,
        ),
        row(
            "an error will not",
            Fetch::put(API),
            &[("OPTIONS", 401, SHARE), ("*", 200, SHARE)],
            "status 401 of the preflight's response from \"https://api.example/\" is no success; expected 200 to 299",
            ONLY_PREFLIGHT_PUT,
        ),
        row(
            "a redirect is not followed",
            Fetch::put(API),
            &[("OPTIONS", 307, &[("access-control-allow-origin", "*"), ("location", "/b")])],
            "status 307 of the preflight's response from \"https://api.example/\" is no success; expected 200 to 299",
            ONLY_PREFLIGHT_PUT,
        ),
        row(
            "a misdirected preflight is sent once more",
            Fetch::put(API),
            &[("OPTIONS", 421, SHARE)],
            "status 421 of the preflight's response from \"https://api.example/\" is no success; expected 200 to 299",
            &[PREFLIGHT_PUT, PREFLIGHT_PUT],
        ),
        row(
            "the preflight is checked first",
            Fetch::put(API),
            &[("OPTIONS", 405, &[]), ("*", 200, SHARE)],
            "the preflight's response from \"https://api.example/\" has no access-control-allow-origin; expected \"https://app.example\"",
            ONLY_PREFLIGHT_PUT,
        ),
        row(
            "the response is checked as well",
            Fetch::put(API),
            &[("OPTIONS", 200, SHARE), ("*", 200, &[])],
            "the response from \"https://api.example/\" has no access-control-allow-origin; expected \"https://app.example\"",
            PUT,
        ),
        row(
            "a preflight for a request with credentials must allow them",
            with_credentials(Fetch::put(API)),
            &[(
                "OPTIONS",
                200,
                &[
                    ("access-control-allow-origin", "{origin}"),
                    ("access-control-allow-methods", "PUT"),
                ],
            )],
            "the preflight's response from \"https://api.example/\" has no access-control-allow-credentials, and the request is made with credentials; expected \"true\"",
            ONLY_PREFLIGHT_PUT,
        ),
    ]);
}

macro_rules! preflight {
    ($($name:literal: $value:literal),*) => {
        &[
            ("OPTIONS", 200, &[("access-control-allow-origin", "{origin}"), ("access-control-allow-credentials", "true"), $(($name, $value)),*]),
            ("*", 200, SHARE),
        ]
    };
}

/// <https://fetch.spec.whatwg.org/#http-access-control-allow-methods>
#[test]
fn preflight_methods() {
    let refused = |value: &str| {
        format!("access-control-allow-methods {value:?} of the preflight's response from \"https://api.example/\" does not allow the method PUT; expected \"PUT\"").leak() as &str
    };
    check(vec![
        row(
            "a method is listed",
            Fetch::put(API),
            preflight!("access-control-allow-methods": ",, DELETE ,PUT,"),
            "200 cors",
            PUT,
        ),
        row(
            "a second line counts",
            Fetch::put(API),
            preflight!("access-control-allow-methods": "GET", "access-control-allow-methods": "PUT"),
            "200 cors",
            PUT,
        ),
        row(
            "methods are case-sensitive",
            Fetch::put(API),
            preflight!("access-control-allow-methods": "put"),
            refused("put"),
            ONLY_PREFLIGHT_PUT,
        ),
        row(
            "a missing list allows only what is safelisted",
            Fetch::put(API),
            preflight!(),
            "the preflight's response from \"https://api.example/\" has no access-control-allow-methods to allow the method PUT; expected \"PUT\"",
            ONLY_PREFLIGHT_PUT,
        ),
        row(
            "the wildcard allows all",
            Fetch::put(API),
            preflight!("access-control-allow-methods": "*"),
            "200 cors",
            PUT,
        ),
        row(
            "the wildcard allows nothing with credentials",
            with_credentials(Fetch::put(API)),
            preflight!("access-control-allow-methods": "*"),
            "access-control-allow-methods \"*\" of the preflight's response from \"https://api.example/\", in which \"*\" is no wildcard for requests with credentials, does not allow the method PUT; expected \"PUT\"",
            ONLY_PREFLIGHT_PUT,
        ),
        row(
            "a name beside the wildcard does",
            with_credentials(Fetch::put(API)),
            preflight!("access-control-allow-methods": "*, PUT"),
            "200 cors",
            PUT,
        ),
        row(
            "one bad element spoils the list",
            Fetch::put(API),
            preflight!("access-control-allow-methods": "PUT, a b"),
            "access-control-allow-methods \"PUT, a b\" of the preflight's response from \"https://api.example/\" is no list of tokens; expected tokens separated by commas",
            ONLY_PREFLIGHT_PUT,
        ),
        row(
            "one bad element spoils the other line",
            Fetch::put(API),
            preflight!("access-control-allow-methods": "PUT", "access-control-allow-methods": "\"GET\""),
            "access-control-allow-methods \"PUT, \\\"GET\\\"\" of the preflight's response from \"https://api.example/\" is no list of tokens; expected tokens separated by commas",
            ONLY_PREFLIGHT_PUT,
        ),
        row(
            "a bad list of headers spoils what needs none",
            Fetch::put(API),
            preflight!("access-control-allow-methods": "PUT", "access-control-allow-headers": "a b"),
            "access-control-allow-headers \"a b\" of the preflight's response from \"https://api.example/\" is no list of tokens; expected tokens separated by commas",
            ONLY_PREFLIGHT_PUT,
        ),
    ]);
}

/// <https://fetch.spec.whatwg.org/#http-access-control-allow-headers>
#[test]
fn preflight_headers() {
    const ASK_X_A: &str = "OPTIONS https://api.example/; access-control-request-headers: x-a; access-control-request-method: GET; origin: https://app.example";
    const ASK_AUTHORIZATION: &str = "OPTIONS https://api.example/; access-control-request-headers: authorization; access-control-request-method: GET; origin: https://app.example";
    let x_a = || Fetch::get(API).header("X-A", "1");
    let authorization = || Fetch::get(API).header("authorization", "b");
    let allowed: &[&str] =
        &[ASK_X_A, "GET https://api.example/; origin: https://app.example; x-a: 1"];
    let authorized: &[&str] = &[
        ASK_AUTHORIZATION,
        "GET https://api.example/; authorization: b; origin: https://app.example",
    ];
    check(vec![
        row(
            "a name is listed, in any case",
            x_a(),
            preflight!("access-control-allow-headers": "x-b,X-a"),
            "200 cors",
            allowed,
        ),
        row(
            "a method that is asked for with a header need not be listed",
            x_a(),
            preflight!("access-control-allow-headers": "x-a", "access-control-allow-methods": "PUT"),
            "200 cors",
            allowed,
        ),
        row(
            "another name is not enough",
            x_a(),
            preflight!("access-control-allow-headers": "x-b"),
            "access-control-allow-headers \"x-b\" of the preflight's response from \"https://api.example/\" does not allow the request header x-a; expected \"x-a\"",
            &[ASK_X_A],
        ),
        row(
            "no list allows nothing",
            x_a(),
            preflight!(),
            "the preflight's response from \"https://api.example/\" has no access-control-allow-headers to allow the request header x-a; expected \"x-a\"",
            &[ASK_X_A],
        ),
        row(
            "the wildcard allows names",
            x_a(),
            preflight!("access-control-allow-headers": "*"),
            "200 cors",
            allowed,
        ),
        row(
            "the wildcard allows no name with credentials",
            with_credentials(x_a()),
            preflight!("access-control-allow-headers": "*"),
            "access-control-allow-headers \"*\" of the preflight's response from \"https://api.example/\", in which \"*\" is no wildcard for requests with credentials, does not allow the request header x-a; expected \"x-a\"",
            &[ASK_X_A],
        ),
        row(
            "the wildcard does not stand for authorization",
            authorization(),
            preflight!("access-control-allow-headers": "*"),
            "access-control-allow-headers \"*\" of the preflight's response from \"https://api.example/\", in which \"*\" does not stand for authorization, does not allow the request header authorization; expected \"authorization\"",
            &[ASK_AUTHORIZATION],
        ),
        row(
            "authorization beside the wildcard is named",
            authorization(),
            preflight!("access-control-allow-headers": "*, Authorization"),
            "200 cors",
            authorized,
        ),
        row(
            "names are asked for sorted, lower-case, once",
            Fetch::get(API)
                .header("X-B", "1")
                .header("authorization", "b")
                .header("x-b", "2")
                .header("X-A", "3")
                .header("accept", "a/b"),
            SHARED,
            "200 cors",
            &[
                "OPTIONS https://api.example/; access-control-request-headers: authorization,x-a,x-b; access-control-request-method: GET; origin: https://app.example",
                "GET https://api.example/; authorization: b; origin: https://app.example; x-a: 3; x-b: 1; x-b: 2",
            ],
        ),
    ]);
}
