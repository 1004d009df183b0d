//! Plain and simple requests: the inner service runs, and its response is decorated.
//! <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use super::{check, row};
use crate::oracle::{CLOSED, Config};

const ANY: Config<'static> = Config { origins: &["*"], ..CLOSED };
const ONE: Config<'static> = Config { origins: &["https://a.example"], ..CLOSED };
const SEVERAL: Config<'static> = Config {
    origins: &["https://a.example", "https://b.example:8443", "https://*.p.example"],
    ..CLOSED
};

/// The answer to `OPTIONS` that is no preflight: whether it is one depends on these fields.
fn options(answer: &str) -> String {
    let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    format!("{}; {vary}", answer.trim_end_matches("; vary: Origin"))
}

#[test]
fn a_policy_open_to_any_origin_answers_the_same_to_all() {
    let exposing = Config { exposed: &["x-a", "x-b"], ..ANY };
    let all = Config { exposed: &["*"], ..ANY };
    let with_null = Config { null: true, ..ANY };
    let with_another = Config { origins: &["https://a.example", "*"], ..CLOSED };
    let open = "ran 200; allow-origin: *";
    check(&[
        row("any: a plain request", ANY, "GET", open),
        row("any: a simple request", ANY, "GET; origin: https://a.example", open),
        row("any: an opaque origin is not named", ANY, "GET; origin: null", open),
        row("any: a malformed origin", ANY, "POST; origin: https://a.example/", open),
        row("any: an empty origin", ANY, "GET; origin:", open),
        row("any: two origins", ANY, "GET; origin: https://a.example; origin: b", open),
        row("any: an origin that is not UTF-8", ANY, "GET; origin: \\xff", open),
        row("any: a plain OPTIONS", ANY, "OPTIONS", options(open)),
        row("any: an OPTIONS with only an origin", ANY, "OPTIONS; origin: null", options(open)),
        row(
            "any: an OPTIONS with only a requested method",
            ANY,
            "OPTIONS; request-method: PUT",
            options(open),
        ),
        row("any: an origin besides changes nothing", with_another, "GET; origin: null", open),
        row("any: null besides changes nothing", with_null, "GET; origin: null", open),
        row(
            "any: a plain request, exposing",
            exposing,
            "GET",
            "ran 200; allow-origin: *; expose-headers: x-a,x-b",
        ),
        row(
            "any: a simple request, exposing",
            exposing,
            "GET; origin: null",
            "ran 200; allow-origin: *; expose-headers: x-a,x-b",
        ),
        row(
            "any: exposing all is literal",
            all,
            "GET; origin: null",
            "ran 200; allow-origin: *; expose-headers: *",
        ),
    ]);
}

#[test]
fn a_policy_of_one_origin_answers_the_same_to_all() {
    let full = Config {
        credentials: true,
        exposed: &["x-a"],
        max_age: Some(9),
        methods: &["PUT"],
        headers: &["x-b"],
        ..ONE
    };
    let twice = Config { origins: &["https://a.example", "https://a.example"], ..CLOSED };
    let open = "ran 200; allow-origin: https://a.example";
    let denied = "ran 200 OriginNotAllowed; allow-origin: https://a.example";
    let opened =
        "ran 200; allow-origin: https://a.example; allow-credentials: true; expose-headers: x-a";
    check(&[
        row("one: a plain request", ONE, "GET", open),
        row("one: a simple request", ONE, "GET; origin: https://a.example", open),
        row("one: another origin sees the one", ONE, "GET; origin: https://b.example", denied),
        row("one: an opaque origin sees the one", ONE, "GET; origin: null", denied),
        row("one: an empty origin sees the one", ONE, "GET; origin:", denied),
        row(
            "one: two origins see the one",
            ONE,
            "GET; origin: https://a.example; origin: https://a.example",
            "ran 200 OriginRepeated; allow-origin: https://a.example",
        ),
        row("one: a plain OPTIONS", ONE, "OPTIONS", options(open)),
        row(
            "one: an OPTIONS with only an origin",
            ONE,
            "OPTIONS; origin: https://a.example",
            options(open),
        ),
        row(
            "one: an OPTIONS with only a requested method",
            ONE,
            "OPTIONS; request-method: PUT",
            options(open),
        ),
        row("one: the same origin twice is one", twice, "GET", open),
        row("one: a plain request, with credentials", full, "GET", opened),
        row(
            "one: a simple request, with credentials",
            full,
            "DELETE; origin: https://a.example",
            opened,
        ),
        row(
            "one: another origin, with credentials",
            full,
            "GET; origin: https://b.example",
            opened.replace("200", "200 OriginNotAllowed"),
        ),
    ]);
}

#[test]
fn other_policies_answer_by_origin() {
    let plain = "ran 200; vary: Origin";
    let denied = "ran 200 OriginNotAllowed; vary: Origin";
    let a = "ran 200; allow-origin: https://a.example; vary: Origin";
    check(&[
        row("several: a plain request", SEVERAL, "GET", plain),
        row("several: a simple request", SEVERAL, "GET; origin: https://a.example", a),
        row(
            "several: a port",
            SEVERAL,
            "GET; origin: https://b.example:8443",
            "ran 200; allow-origin: https://b.example:8443; vary: Origin",
        ),
        row(
            "several: a name under a pattern",
            SEVERAL,
            "PUT; origin: https://x.y.p.example",
            "ran 200; allow-origin: https://x.y.p.example; vary: Origin",
        ),
        row("several: the pattern's own name", SEVERAL, "GET; origin: https://p.example", denied),
        row("several: another origin", SEVERAL, "GET; origin: https://c.example", denied),
        row("several: another scheme", SEVERAL, "GET; origin: http://a.example", denied),
        row("several: another case", SEVERAL, "GET; origin: https://A.example", denied),
        row("several: an opaque origin", SEVERAL, "GET; origin: null", denied),
        row("several: a trailing slash", SEVERAL, "GET; origin: https://a.example/", denied),
        row("several: a default port", SEVERAL, "GET; origin: https://a.example:443", denied),
        row("several: white space before", SEVERAL, "GET; origin:  https://a.example", denied),
        row("several: an empty origin", SEVERAL, "GET; origin:", denied),
        row(
            "several: an origin that is not UTF-8",
            SEVERAL,
            "GET; origin: https://a.example\\xff",
            denied,
        ),
        row(
            "several: a list in one line",
            SEVERAL,
            "GET; origin: https://a.example, https://b.example:8443",
            denied,
        ),
        row(
            "several: two origins",
            SEVERAL,
            "GET; origin: https://a.example; origin: https://a.example",
            "ran 200 OriginRepeated; vary: Origin",
        ),
        row(
            "several: two opaque origins",
            SEVERAL,
            "GET; origin: null; origin: null",
            "ran 200 OriginRepeated; vary: Origin",
        ),
        row("several: a plain OPTIONS", SEVERAL, "OPTIONS", options(plain)),
        row(
            "several: an OPTIONS with only an origin",
            SEVERAL,
            "OPTIONS; origin: https://a.example",
            options(a),
        ),
        row(
            "several: an OPTIONS with only another origin",
            SEVERAL,
            "OPTIONS; origin: https://c.example",
            options(denied),
        ),
        row(
            "several: an OPTIONS with only a requested method",
            SEVERAL,
            "OPTIONS; request-method: PUT",
            options(plain),
        ),
        row(
            "several: a requested method beside another method",
            SEVERAL,
            "GET; origin: https://a.example; request-method: X",
            a,
        ),
        row(
            "several: options in lower case is no preflight",
            SEVERAL,
            "options; origin: https://a.example; request-method: PUT",
            a,
        ),
        row(
            "several: a method that no preflight would allow",
            SEVERAL,
            "PATCH; origin: https://a.example",
            a,
        ),
    ]);
}

#[test]
fn what_else_a_policy_shares_comes_only_with_its_origin() {
    let full = Config {
        credentials: true,
        exposed: &["x-a", "X-B", "x-A"],
        max_age: Some(9),
        methods: &["PUT"],
        headers: &["x-b"],
        ..SEVERAL
    };
    let pattern = Config { origins: &["https://*.p.example"], ..full };
    let ports = Config { origins: &["http://localhost:*"], ..full };
    let custom = Config { origins: &["capacitor://localhost", "chrome-extension://aBc~"], ..full };
    let shared = "; allow-credentials: true; expose-headers: x-a,x-b; vary: Origin";
    let denied = "ran 200 OriginNotAllowed; vary: Origin";
    let admits = |origin: &str| format!("ran 200; allow-origin: {origin}{shared}");
    check(&[
        row("full: a plain request", full, "GET", "ran 200; vary: Origin"),
        row(
            "full: a simple request",
            full,
            "GET; origin: https://a.example",
            admits("https://a.example"),
        ),
        row("full: another origin", full, "GET; origin: https://c.example", denied),
        row("pattern: one is not static", pattern, "GET", "ran 200; vary: Origin"),
        row(
            "pattern: a name under it",
            pattern,
            "GET; origin: https://x.p.example",
            admits("https://x.p.example"),
        ),
        row("pattern: an empty label", pattern, "GET; origin: https://.p.example", denied),
        row(
            "ports: the default one",
            ports,
            "GET; origin: http://localhost",
            admits("http://localhost"),
        ),
        row("ports: the default one, written", ports, "GET; origin: http://localhost:80", denied),
        row(
            "ports: the greatest",
            ports,
            "GET; origin: http://localhost:65535",
            admits("http://localhost:65535"),
        ),
        row("ports: one too great", ports, "GET; origin: http://localhost:65536", denied),
        row(
            "custom: as written",
            custom,
            "GET; origin: chrome-extension://aBc~",
            admits("chrome-extension://aBc~"),
        ),
        row("custom: in another case", custom, "GET; origin: chrome-extension://abc~", denied),
    ]);
}

#[test]
fn opaque_origins_are_admitted_by_name_only() {
    let null = Config { null: true, ..SEVERAL };
    let one_and_null = Config { null: true, exposed: &["x-a"], ..ONE };
    check(&[
        row(
            "null: an opaque origin",
            null,
            "GET; origin: null",
            "ran 200; allow-origin: null; vary: Origin",
        ),
        row(
            "null: in another case",
            null,
            "GET; origin: NULL",
            "ran 200 OriginNotAllowed; vary: Origin",
        ),
        row(
            "null: a listed origin",
            null,
            "GET; origin: https://a.example",
            "ran 200; allow-origin: https://a.example; vary: Origin",
        ),
        row(
            "null: two of them",
            null,
            "GET; origin: null; origin: null",
            "ran 200 OriginRepeated; vary: Origin",
        ),
        row(
            "null: beside one origin, a plain request",
            one_and_null,
            "GET",
            "ran 200; vary: Origin",
        ),
        row(
            "null: beside one origin, that one",
            one_and_null,
            "GET; origin: https://a.example",
            "ran 200; allow-origin: https://a.example; expose-headers: x-a; vary: Origin",
        ),
        row(
            "null: beside one origin, itself",
            one_and_null,
            "GET; origin: null",
            "ran 200; allow-origin: null; expose-headers: x-a; vary: Origin",
        ),
    ]);
}
