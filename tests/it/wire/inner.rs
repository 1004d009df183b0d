//! The inner service's own CORS headers, and preflights that are passed on to it.
//! <https://fetch.spec.whatwg.org/#http-responses>

use super::{Row, check, row_over};
use crate::oracle::{CLOSED, Config};

const ANY: Config<'static> = Config { origins: &["*"], ..CLOSED };
const ONE: Config<'static> = Config { origins: &["https://a.example"], ..CLOSED };
const TWO: Config<'static> =
    Config { origins: &["https://a.example", "https://b.example"], exposed: &["x-a"], ..CLOSED };

/// All six, and what is none of them.
const SIX: &str = "200; allow-origin: https://evil.example; allow-origin: *; \
     allow-credentials: true; allow-methods: PUT; allow-headers: x-z; expose-headers: x-z; \
     max-age: 5; x-inner: 1";
/// Those that mean nothing without an origin.
const STRAY: &str = "200; allow-credentials: true; expose-headers: x-z; max-age: 5; x-inner: 1";

const A: &str = "GET; origin: https://a.example";
const EVIL: &str = "GET; origin: https://evil.example";

#[test]
fn the_inner_cors_headers_are_replaced() {
    let any = "ran 200; allow-origin: *; x-inner: 1";
    let one = "ran 200; allow-origin: https://a.example; x-inner: 1";
    let two =
        "ran 200; allow-origin: https://a.example; expose-headers: x-a; x-inner: 1; vary: Origin";
    let denied = "ran 200 OriginNotAllowed; x-inner: 1; vary: Origin";
    let error = SIX.replace("200", "500");
    check(&[
        row_over("any: a plain request", ANY, "GET", SIX, any),
        row_over("any: a simple request", ANY, EVIL, SIX, any),
        row_over("one: a plain request", ONE, "GET", SIX, one),
        row_over("one: another origin", ONE, EVIL, SIX, one.replace("200", "200 OriginNotAllowed")),
        row_over("two: a plain request", TWO, "GET", SIX, "ran 200; x-inner: 1; vary: Origin"),
        row_over("two: an allowed request", TWO, A, SIX, two),
        row_over("two: a denied request", TWO, EVIL, SIX, denied),
        row_over("two: stray ones, denied", TWO, EVIL, STRAY, denied),
        row_over("two: an error", TWO, A, error, two.replace("200", "500")),
        row_over(
            "two: an OPTIONS that is no preflight",
            TWO,
            A.replace("GET", "OPTIONS"),
            SIX,
            format!("{two}, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ),
        row_over(
            "two: names that only look alike",
            TWO,
            "GET",
            "200; access-control-allow-private-network: true",
            "ran 200; allow-private-network: true; vary: Origin",
        ),
    ]);
}

#[test]
fn the_inner_cors_headers_can_be_kept() {
    let keep = |config| Config { keep: true, ..config };
    let kept = SIX.replace("200; ", "; ");
    let ran = |denial: &str, vary: &str| format!("ran 200{denial}{kept}{vary}");
    let two =
        "ran 200; allow-origin: https://a.example; expose-headers: x-a; x-inner: 1; vary: Origin";
    let only = "200; allow-origin: https://c.example; vary: ORIGIN";
    let empty = "200; allow-origin:; max-age: 5";
    check(&[
        row_over("keep, any: a plain request", keep(ANY), "GET", SIX, ran("", "")),
        row_over("keep, one: a simple request", keep(ONE), A, SIX, ran("", "")),
        row_over("keep, two: a plain request", keep(TWO), "GET", SIX, ran("", "; vary: Origin")),
        row_over("keep, two: an allowed request", keep(TWO), A, SIX, ran("", "; vary: Origin")),
        row_over(
            "keep, two: a denied request",
            keep(TWO),
            EVIL,
            SIX,
            ran(" OriginNotAllowed", "; vary: Origin"),
        ),
        row_over(
            "keep, two: Vary stands there",
            keep(TWO),
            A,
            only,
            "ran 200; allow-origin: https://c.example; vary: ORIGIN",
        ),
        row_over(
            "keep, two: an empty origin is one",
            keep(TWO),
            A,
            empty,
            "ran 200; allow-origin: ; max-age: 5; vary: Origin",
        ),
        row_over(
            "keep, any: stray ones go",
            keep(ANY),
            "GET",
            STRAY,
            "ran 200; allow-origin: *; x-inner: 1",
        ),
        row_over("keep, two: stray ones go, allowed", keep(TWO), A, STRAY, two),
        row_over(
            "keep, two: stray ones go, denied",
            keep(TWO),
            EVIL,
            STRAY,
            "ran 200 OriginNotAllowed; x-inner: 1; vary: Origin",
        ),
        row_over(
            "keep, two: stray ones go, plain",
            keep(TWO),
            "GET",
            STRAY,
            "ran 200; x-inner: 1; vary: Origin",
        ),
        row_over("keep, two: none", keep(TWO), A, "200; x-inner: 1", two),
    ]);
}

/// A preflight by a layer that passes them on.
fn pass(
    name: &'static str,
    config: Config<'static>,
    lines: &str,
    inner: &str,
    answer: &str,
) -> Row {
    let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    let config = Config { pass_on: true, methods: &["PUT"], headers: &["x-b"], ..config };
    row_over(name, config, format!("OPTIONS; {lines}"), inner, format!("{answer}; {vary}"))
}

#[test]
fn allowed_preflights_can_be_passed_on() {
    let put = "origin: https://a.example; request-method: PUT; request-headers: x-b";
    let ours = "allow-origin: https://a.example; allow-methods: PUT; allow-headers: x-b";
    let keep = Config { keep: true, ..TWO };
    let with = Config { credentials: true, max_age: Some(9), preflight_status: 299, ..TWO };
    let overruled = |status: u16| format!("overruled {status}; {ours}");
    let more = "allow-origin: https://a.example; allow-credentials: true; allow-methods: PUT; \
         allow-headers: x-b; max-age: 9";
    check(&[
        pass("pass on: 200", TWO, put, "200; x-inner: 1", &format!("ran 200; {ours}; x-inner: 1")),
        pass("pass on: 299", ONE, put, "299", &format!("ran 299; {ours}")),
        pass(
            "pass on: 204 is the inner service's, not ours",
            with,
            put,
            "204",
            &format!("ran 204; {more}"),
        ),
        pass(
            "pass on: the headers are ours",
            TWO,
            put,
            SIX,
            &format!("ran 200; {ours}; x-inner: 1"),
        ),
        pass(
            "pass on: kept headers are ours too",
            keep,
            put,
            SIX,
            &format!("ran 200; {ours}; x-inner: 1"),
        ),
        pass("pass on: 199 is ours", TWO, put, "199", &overruled(204)),
        pass("pass on: 300 is ours", TWO, put, "300", &overruled(204)),
        pass("pass on: 404 is ours", ONE, put, "404", &overruled(204)),
        pass(
            "pass on: 405 is ours, the headers too",
            keep,
            put,
            &SIX.replace("200", "405").replace("; x-inner: 1", ""),
            &overruled(204),
        ),
        pass(
            "pass on: 500 is ours, as configured",
            with,
            put,
            "500",
            &format!("overruled 299; {more}"),
        ),
        pass(
            "pass on: no word of a body that is not there",
            TWO,
            put,
            "404; content-length: 4",
            &overruled(204),
        ),
    ]);
}

#[test]
fn denied_preflights_are_never_passed_on() {
    let a = "origin: https://a.example";
    check(&[
        pass(
            "denied: the origin",
            TWO,
            "origin: null; request-method: PUT",
            SIX,
            "answered 403 OriginNotAllowed",
        ),
        pass(
            "denied: the one origin",
            ONE,
            "origin: null; request-method: PUT",
            SIX,
            "answered 403 OriginNotAllowed",
        ),
        pass(
            "denied: the method",
            TWO,
            &format!("{a}; request-method: X"),
            SIX,
            "answered 204 MethodNotAllowed; allow-origin: https://a.example; allow-methods: GET",
        ),
        pass(
            "denied: a name",
            ANY,
            &format!("{a}; request-method: PUT; request-headers: x"),
            SIX,
            "answered 204 HeaderNotAllowed; allow-origin: *; allow-methods: PUT",
        ),
        pass(
            "denied: kept headers are not",
            Config { keep: true, ..TWO },
            "origin: null; request-method: PUT",
            SIX,
            "answered 403 OriginNotAllowed",
        ),
    ]);
}
