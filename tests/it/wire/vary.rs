//! `Vary` is merged: what stands there stays as it is, and what is missing is one line more.
//! <https://www.rfc-editor.org/rfc/rfc9110#name-vary>

use super::{Row, check, row_over};
use crate::oracle::{CLOSED, Config};

const ONE: Config<'static> = Config { origins: &["https://a.example"], ..CLOSED };
const TWO: Config<'static> =
    Config { origins: &["https://a.example", "https://b.example"], ..CLOSED };

/// A plain request: the lines of the inner service, and those of the answer.
fn merges(name: &'static str, inner: &str, vary: &str) -> Row {
    row_over(name, TWO, "GET", format!("200; {inner}"), format!("ran 200; {vary}"))
}

/// A preflight that is passed on.
fn passes(name: &'static str, inner: &str, vary: &str) -> Row {
    let config = Config { pass_on: true, ..TWO };
    let request = "OPTIONS; origin: https://a.example; request-method: GET";
    let answer = format!("ran 200; allow-origin: https://a.example; {vary}");
    row_over(name, config, request, format!("200; {inner}"), answer)
}

#[test]
fn the_lines_of_the_inner_service_stay() {
    check(&[
        merges("a name", "vary: accept", "vary: accept; vary: Origin"),
        merges(
            "two lines",
            "vary: accept; vary: Cookie",
            "vary: accept; vary: Cookie; vary: Origin",
        ),
        merges("Origin", "vary: Origin", "vary: Origin"),
        merges("origin in lower case", "vary: origin", "vary: origin"),
        merges("ORIGIN in upper case", "vary: ORIGIN", "vary: ORIGIN"),
        merges("Origin twice", "vary: Origin; vary: origin", "vary: Origin; vary: origin"),
        merges("Origin in a list", "vary: accept,origin ,cookie", "vary: accept,origin ,cookie"),
        merges(
            "Origin in the second line",
            "vary: accept; vary: a, origin",
            "vary: accept; vary: a, origin",
        ),
        merges("a star", "vary: *", "vary: *"),
        merges("a star in a list", "vary: accept, *", "vary: accept, *"),
        merges("a star in the second line", "vary: accept; vary: *", "vary: accept; vary: *"),
        merges("a name that ends in Origin", "vary: x-origin", "vary: x-origin; vary: Origin"),
        merges("a name that begins with Origin", "vary: origin-x", "vary: origin-x; vary: Origin"),
        merges("two words", "vary: origin x", "vary: origin x; vary: Origin"),
        merges("a quoted name", "vary: \"origin\"", "vary: \"origin\"; vary: Origin"),
        merges("a star within a name", "vary: *x", "vary: *x; vary: Origin"),
        merges(
            "odd white space",
            "vary:  \\x09accept ,,origin\\x09",
            "vary:  \\x09accept ,,origin\\x09",
        ),
        merges("a blank line", "vary:", "vary: ; vary: Origin"),
        merges("bytes that are not ASCII", "vary: \\xff", "vary: \\xff; vary: Origin"),
        merges(
            "bytes that are not ASCII, beside Origin",
            "vary: \\xff, origin",
            "vary: \\xff, origin",
        ),
    ]);
}

#[test]
fn the_vary_of_a_request_counts_for_nothing() {
    let answer = "ran 200; allow-origin: https://a.example; vary: Origin";
    let request = "GET; origin: https://a.example; vary: origin, x-evil";
    check(&[row_over("a request with Vary", TWO, request, "200", answer)]);
}

#[test]
fn a_static_policy_leaves_vary_alone() {
    let answer = "ran 200; allow-origin: https://a.example";
    check(&[
        row_over("none", ONE, "GET", "200", answer),
        row_over("a name", ONE, "GET", "200; vary: accept", format!("{answer}; vary: accept")),
        row_over("Origin", ONE, "GET", "200; vary: Origin", format!("{answer}; vary: Origin")),
    ]);
}

#[test]
fn a_preflight_merges_three_names_in_order() {
    let all = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    let whole = "vary: access-control-request-headers,ORIGIN,access-control-request-method";
    check(&[
        passes("preflight: a name", "vary: accept", &format!("vary: accept; {all}")),
        passes("preflight: a star", "vary: *", "vary: *"),
        passes("preflight: all three", whole, whole),
        passes(
            "preflight: Origin",
            "vary: origin",
            "vary: origin; vary: Access-Control-Request-Method, Access-Control-Request-Headers",
        ),
        passes(
            "preflight: the method",
            "vary: access-control-request-method",
            "vary: access-control-request-method; vary: Origin, Access-Control-Request-Headers",
        ),
        passes(
            "preflight: the names",
            "vary: access-control-request-headers",
            "vary: access-control-request-headers; vary: Origin, Access-Control-Request-Method",
        ),
        passes(
            "preflight: two, in two lines",
            "vary: origin; vary: a,access-control-request-headers",
            "vary: origin; vary: a,access-control-request-headers; vary: Access-Control-Request-Method",
        ),
    ]);
}
