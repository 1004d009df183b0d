//! The request-header names that a preflight asks for: a bounded list of tokens.
//! <https://fetch.spec.whatwg.org/#http-access-control-request-headers>,
//! <https://www.rfc-editor.org/rfc/rfc9110#name-lists-rule-abnf-extension>

use super::{Row, check, row};
use crate::oracle::{CLOSED, Config};

const NAMED: Config<'static> = Config {
    origins: &["https://a.example"],
    headers: &["content-type", "X-Upper", "x-amz-*"],
    ..CLOSED
};
const ANY: Config<'static> = Config { headers: &["*"], ..NAMED };

const VARY: &str = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// A preflight that asks for names, in one or more lines.
fn asks(lines: &[impl AsRef<str>]) -> String {
    let origin = "OPTIONS; origin: https://a.example; request-method: GET".to_owned();
    lines.iter().fold(origin, |head, line| format!("{head}; request-headers: {}", line.as_ref()))
}

fn allows(
    name: &'static str,
    config: Config<'static>,
    lines: &[impl AsRef<str>],
    answer: &str,
) -> Row {
    let answer = if answer.is_empty() { String::new() } else { format!("; {answer}") };
    let answer = format!("answered 204; allow-origin: https://a.example{answer}; {VARY}");
    row(name, config, asks(lines), answer)
}

/// All is allowed, and said in the same lines.
fn echoes(name: &'static str, config: Config<'static>, lines: &[impl AsRef<str>]) -> Row {
    let echo: Vec<_> =
        lines.iter().map(|line| format!("allow-headers: {}", line.as_ref())).collect();
    allows(name, config, lines, &echo.join("; "))
}

/// A name is denied, and the browser is told of those that are allowed, which are all in one line.
fn tells(
    name: &'static str,
    config: Config<'static>,
    lines: &[impl AsRef<str>],
    allowed: &str,
) -> Row {
    let credentials = if config.credentials { "; allow-credentials: true" } else { "" };
    let names =
        if allowed.is_empty() { String::new() } else { format!("; allow-headers: {allowed}") };
    let said = format!("allow-origin: https://a.example{credentials}{names}");
    row(name, config, asks(lines), format!("answered 204 HeaderNotAllowed; {said}; {VARY}"))
}

/// The list is no list of names, so nobody is told anything.
fn denies(name: &'static str, config: Config<'static>, lines: &[impl AsRef<str>]) -> Row {
    row(name, config, asks(lines), format!("answered 403 HeaderNotAllowed; {VARY}"))
}

fn too_long(name: &'static str, config: Config<'static>, lines: &[impl AsRef<str>]) -> Row {
    row(name, config, asks(lines), format!("answered 403 HeaderListTooLong; {VARY}"))
}

#[test]
fn names_are_allowed_in_any_case_and_echoed_as_written() {
    let none: [&str; 0] = [];
    let closed = Config { headers: &[], ..NAMED };
    check(&[
        allows("no field asks for nothing", NAMED, &none, ""),
        allows("a blank field asks for nothing", NAMED, &[""], ""),
        allows("white space asks for nothing", NAMED, &[" \\x09 "], ""),
        allows("empty elements ask for nothing", NAMED, &[",,", " ,"], ""),
        allows("a blank field asks a closed policy for nothing", closed, &[""], ""),
        echoes("a name", NAMED, &["content-type"]),
        echoes("a name in another case", NAMED, &["Content-TYPE"]),
        echoes("a name that was configured in upper case", NAMED, &["x-upper"]),
        echoes("several, not sorted", NAMED, &["x-upper,content-type"]),
        echoes("a name repeated", NAMED, &["x-upper,x-upper,X-UPPER"]),
        echoes("white space around names", NAMED, &["\\x09x-upper , \\x09content-type\\x09"]),
        echoes("white space around a line", NAMED, &[" x-upper "]),
        echoes("empty elements between names", NAMED, &[",x-upper,, ,content-type,"]),
        echoes("several lines", NAMED, &["x-upper", "content-type"]),
        echoes("several lines of several names", NAMED, &["x-upper, x-amz-a", "content-type"]),
        tells("another name", NAMED, &["x-b"], ""),
        tells(
            "another name among those allowed",
            NAMED,
            &["content-type,x-b,x-upper"],
            "content-type,x-upper",
        ),
        tells("another name in the last line", NAMED, &["content-type", "x-b"], "content-type"),
        tells("a safelisted name is not allowed by itself", NAMED, &["accept"], ""),
        tells("a name, asked of a closed policy", closed, &["x-b"], ""),
    ]);
}

#[test]
fn a_name_is_a_token() {
    check(&[
        denies("a space within a name", ANY, &["x a"]),
        denies("a colon", ANY, &["x:a"]),
        denies("a quoted string", ANY, &["\"x\""]),
        denies("a byte that is not ASCII", ANY, &["x-\\xff"]),
        denies("a letter that is not ASCII", ANY, &["x-\\xc3\\xa9"]),
        denies("a no-break space is no white space", NAMED, &["content-type\\xa0"]),
        denies("malformed after what is allowed", ANY, &["x-a,x b"]),
        denies("malformed in the last line", ANY, &["x-a", "x/b"]),
        allows("every character of a token", ANY, &["!#$%&'*+-.^_`|~09azAZ"], "allow-headers: *"),
    ]);
}

#[test]
fn a_prefix_covers_what_begins_with_it() {
    let a = Config { headers: &["a*"], ..NAMED };
    let upper = Config { headers: &["X-AMZ-*"], ..NAMED };
    let whole = Config { headers: &["authorization*"], ..NAMED };
    let nested = Config { headers: &["x-*", "x-a-*", "x-a"], ..NAMED };
    let with_named = Config { headers: &["a*", "Authorization"], ..NAMED };
    let with_credentials = Config { credentials: true, ..a };
    check(&[
        echoes("prefix: a name", NAMED, &["x-amz-date"]),
        echoes("prefix: a name in another case", NAMED, &["X-Amz-Date"]),
        echoes("prefix: configured in upper case", upper, &["x-amz-date"]),
        echoes("prefix: no more than itself", NAMED, &["x-amz-"]),
        echoes("prefix: a star is a letter like others", NAMED, &["x-amz-*"]),
        tells("prefix: a star is no name", NAMED, &["*"], ""),
        echoes("prefix: beside a name", NAMED, &["x-amz-date,content-type"]),
        echoes("prefix: one within another", nested, &["x-a,x-a-b,x-b"]),
        tells("prefix: less than itself", NAMED, &["x-amz"], ""),
        tells("prefix: not at the beginning", NAMED, &["a-x-amz-date"], ""),
        echoes("prefix: a letter", a, &["accept,age"]),
        tells("prefix: a letter does not cover authorization", a, &["authorization"], ""),
        tells("prefix: nor in another case", a, &["AUTHORIZATION"], ""),
        tells("prefix: nor does the whole name", whole, &["authorization"], ""),
        echoes("prefix: the whole name covers others", whole, &["authorization-x"]),
        echoes("prefix: authorization is named beside it", with_named, &["authorization,accept"]),
        tells("prefix: a letter outside of it", a, &["x"], ""),
        tells("prefix: with credentials neither", with_credentials, &["authorization"], ""),
    ]);
}

#[test]
fn any_header_is_literal_and_never_covers_authorization() {
    let named = Config { headers: &["*", "Authorization"], ..NAMED };
    let another = Config { headers: &["x-a", "*"], ..NAMED };
    let prefix = Config { headers: &["*", "a*"], ..NAMED };
    let (star, both) = ("allow-headers: *", "allow-headers: *,authorization");
    check(&[
        allows("any header: a name", ANY, &["x-b"], star),
        allows("any header: several lines", ANY, &["x-b", "x-c"], star),
        tells("any header: a star", ANY, &["*"], ""),
        tells(
            "any header, with credentials: a star",
            Config { credentials: true, ..ANY },
            &["*"],
            "",
        ),
        tells("any header and authorization: a star", named, &["*"], ""),
        allows("any header: nothing asked", ANY, &[""], ""),
        tells("any header: authorization", ANY, &["authorization"], ""),
        tells("any header: authorization in another case", ANY, &["x-b, AuthorIzation"], "x-b"),
        tells("any header and a prefix: authorization", prefix, &["authorization"], ""),
        tells("any header and another: authorization", another, &["authorization"], ""),
        allows("any header and another: a third", another, &["x-b"], star),
        allows("any header and authorization: a name", named, &["x-b"], both),
        allows("any header and authorization: authorization", named, &["authorization"], both),
        allows("any header and authorization: both", named, &["x-b", "AUTHORIZATION"], both),
        allows("any header and authorization: nothing asked", named, &[" "], ""),
    ]);
}

#[test]
fn the_list_is_bounded() {
    let name_of = |length: usize| vec!["x".repeat(length)];
    let halves = |second: usize| vec!["x".repeat(2_048), "y".repeat(second)];
    let commas = |count: usize| vec![format!("{}x-b", ",".repeat(count))];
    let spaces = |count: usize| vec![format!("x-b{}", " ".repeat(count - 3))];
    let blank_and = |count: usize| [vec![""; count], vec!["x-b"]].concat();
    let star = "allow-headers: *";
    check(&[
        allows("16 lines", ANY, &["x-b"; 16], star),
        too_long("17 lines", ANY, &["x-b"; 17]),
        too_long("17 blank lines", ANY, &[""; 17]),
        allows("16 blank lines", ANY, &[""; 16], ""),
        allows("15 blank lines and a name", ANY, &blank_and(15), star),
        too_long("16 blank lines and a name", ANY, &blank_and(16)),
        allows("4,096 bytes", ANY, &name_of(4_096), star),
        too_long("4,097 bytes", ANY, &name_of(4_097)),
        allows("4,096 bytes in two lines", ANY, &halves(2_048), star),
        too_long("4,097 bytes in two lines", ANY, &halves(2_049)),
        allows("4,096 bytes, white space counted", ANY, &spaces(4_096), star),
        too_long("4,097 bytes, white space counted", ANY, &spaces(4_097)),
        allows("16 empty elements", ANY, &commas(16), star),
        too_long("17 empty elements", ANY, &commas(17)),
        allows("16 empty elements of white space", ANY, &[", \\x09".repeat(15)], ""),
        too_long("17 empty elements of white space", ANY, &[", \\x09".repeat(16)]),
        allows("16 empty elements in two lines", ANY, &[",,,,,,,", ",,,,,,,"], ""),
        too_long("17 empty elements in two lines", ANY, &[",,,,,,,,", ",,,,,,,"]),
        allows("empty elements that end lines", ANY, &["x-b,", "x-c,,"], star),
        too_long("lines are counted before a name is read", NAMED, &["x-b"; 17]),
        too_long("bytes are counted before a name is read", NAMED, &name_of(4_097)),
    ]);
}
