//! Preflights: answered by the layer, allowed or denied, and the inner service never runs.
//! <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use super::{Row, check, row};
use crate::oracle::{CLOSED, Config};

const ANY: Config<'static> =
    Config { origins: &["*"], methods: &["PUT"], headers: &["x-a"], ..CLOSED };
const ONE: Config<'static> = Config { origins: &["https://a.example"], ..ANY };
const SEVERAL: Config<'static> =
    Config { origins: &["https://a.example", "https://*.p.example"], ..ANY };

fn vary(answer: &str) -> String {
    format!("{answer}; vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
}

/// A preflight from `https://a.example`, and the answer but `Vary`.
fn from_a(name: &'static str, config: Config<'static>, lines: &str, answer: &str) -> Row {
    row(name, config, format!("OPTIONS; origin: https://a.example; {lines}"), vary(answer))
}

/// Any preflight, and the answer but `Vary`.
fn preflight(name: &'static str, config: Config<'static>, lines: &str, answer: &str) -> Row {
    row(name, config, format!("OPTIONS; {lines}"), vary(answer))
}

#[test]
fn the_origin_comes_first() {
    let put = "request-method: PUT";
    let denied = "answered 403 OriginNotAllowed";
    let repeated = "answered 403 OriginRepeated";
    let star = "answered 204; allow-origin: *; allow-methods: PUT";
    let a = "answered 204; allow-origin: https://a.example; allow-methods: PUT";
    let null = Config { null: true, ..SEVERAL };
    let with = |origin: &str| format!("{origin}; {put}");
    let two = with("origin: https://a.example; origin: https://a.example");
    check(&[
        preflight("any: an origin", ANY, &with("origin: https://b.example"), star),
        preflight("any: an opaque origin", ANY, &with("origin: null"), star),
        preflight("any: an empty origin", ANY, &with("origin:"), star),
        preflight("any: two origins", ANY, &two, star),
        preflight("one: that one", ONE, &with("origin: https://a.example"), a),
        preflight(
            "one: another is not shown the one",
            ONE,
            &with("origin: https://b.example"),
            denied,
        ),
        preflight("one: an opaque origin", ONE, &with("origin: null"), denied),
        preflight("one: an empty origin", ONE, &with("origin:"), denied),
        preflight("one: two origins", ONE, &two, repeated),
        preflight("several: one of them", SEVERAL, &with("origin: https://a.example"), a),
        preflight(
            "several: a name under a pattern",
            SEVERAL,
            &with("origin: https://x.p.example"),
            &a.replace("a.example", "x.p.example"),
        ),
        preflight("several: another", SEVERAL, &with("origin: https://c.example"), denied),
        preflight("several: an opaque origin", SEVERAL, &with("origin: null"), denied),
        preflight("several: an empty origin", SEVERAL, &with("origin:"), denied),
        preflight("several: two origins", SEVERAL, &two, repeated),
        preflight(
            "null: an opaque origin",
            null,
            &with("origin: null"),
            &a.replace("https://a.example", "null"),
        ),
    ]);
}

#[test]
fn the_method_is_allowed_as_written() {
    let allowed = "answered 204; allow-origin: https://a.example";
    let put = "answered 204; allow-origin: https://a.example; allow-methods: PUT";
    let denied = "answered 403 MethodNotAllowed";
    let told = "answered 204 MethodNotAllowed; allow-origin: https://a.example; allow-methods: GET";
    let none = Config { methods: &[], ..ONE };
    let own = Config { methods: &["PUT", "CHICKEN", "OPTIONS", "mKcOl"], ..ONE };
    check(&[
        from_a("GET needs no permission", none, "request-method: GET", allowed),
        from_a("HEAD needs no permission", none, "request-method: HEAD", allowed),
        from_a("POST needs no permission", none, "request-method: POST", allowed),
        from_a("get is not GET", none, "request-method: get", told),
        from_a("PUT needs permission", none, "request-method: PUT", told),
        from_a("only the method that is asked for is named", own, "request-method: PUT", put),
        from_a("a safelisted one is not named", own, "request-method: GET", allowed),
        from_a("put is not PUT", own, "request-method: put", told),
        from_a(
            "a method of one's own",
            own,
            "request-method: CHICKEN",
            &put.replace("PUT", "CHICKEN"),
        ),
        from_a("a method of one's own in another case", own, "request-method: chicken", told),
        from_a(
            "a method of mixed case",
            own,
            "request-method: mKcOl",
            &put.replace("PUT", "mKcOl"),
        ),
        from_a(
            "OPTIONS is one of those that need permission",
            own,
            "request-method: OPTIONS",
            &put.replace("PUT", "OPTIONS"),
        ),
        from_a("an empty method", own, "request-method:", denied),
        from_a("a list of methods", own, "request-method: PUT, CHICKEN", denied),
        from_a("white space before a method", own, "request-method:  PUT", denied),
        from_a("a method that is not ASCII", own, "request-method: PUT\\xff", denied),
        from_a(
            "a method twice",
            own,
            "request-method: PUT; request-method: PUT",
            "answered 403 MethodRepeated",
        ),
        from_a(
            "a safelisted method twice",
            own,
            "request-method: GET; request-method: GET",
            "answered 403 MethodRepeated",
        ),
    ]);
}

#[test]
fn any_method_is_any_but_the_forbidden() {
    let any = Config { methods: &["*"], ..ONE };
    let star = "answered 204; allow-origin: https://a.example; allow-methods: *";
    let mut rows = vec![
        from_a("any method: PUT", any, "request-method: PUT", star),
        from_a("any method: patch", any, "request-method: patch", star),
        from_a("any method: a star", any, "request-method: *", star),
        from_a(
            "any method: a safelisted one",
            any,
            "request-method: GET",
            "answered 204; allow-origin: https://a.example",
        ),
        from_a(
            "any method, and a named one",
            Config { methods: &["PUT", "*"], ..ONE },
            "request-method: DELETE",
            star,
        ),
        from_a("any method: none", any, "request-method:", "answered 403 MethodNotAllowed"),
        from_a("any method: no token", any, "request-method: P/T", "answered 403 MethodNotAllowed"),
        from_a(
            "any method: two",
            any,
            "request-method: PUT; request-method: PUT",
            "answered 403 MethodRepeated",
        ),
    ];
    for method in ["CONNECT", "TRACE", "TRACK", "connect", "Trace", "tRACK", "trace", "track"] {
        for config in [any, Config { credentials: true, ..any }, ONE] {
            let name =
                format!("forbidden: {method} of {:?}, {}", config.methods, config.credentials);
            let lines = format!("request-method: {method}");
            rows.push(from_a(name.leak(), config, &lines, "answered 403 MethodNotAllowed"));
        }
    }
    check(&rows);
}

#[test]
fn a_method_may_be_long() {
    let long: &'static str = "X".repeat(65).leak();
    let any = Config { methods: &["*"], ..ONE };
    let named = Config { methods: vec![long].leak(), ..ONE };
    let allowed = |method: &str| {
        format!("answered 204; allow-origin: https://a.example; allow-methods: {method}")
    };
    let asks = format!("request-method: {long}");
    check(&[
        from_a("any method: one of 64 octets", any, &asks[..asks.len() - 1], &allowed("*")),
        from_a("any method: one of 65 octets", any, &asks, &allowed("*")),
        from_a("a method of 65 octets that is named", named, &asks, &allowed(long)),
    ]);
}

#[test]
fn credentials_turn_the_wildcards_into_echoes() {
    let with = Config { credentials: true, methods: &["*"], headers: &["*"], ..ONE };
    let named = Config { headers: &["*", "authorization"], ..with };
    let several = Config { origins: SEVERAL.origins, max_age: Some(600), ..with };
    let allowed = "answered 204; allow-origin: https://a.example; allow-credentials: true";
    let echo = |lines: &str| format!("{allowed}; {lines}");
    check(&[
        from_a("credentials: a safelisted method", with, "request-method: POST", allowed),
        from_a(
            "credentials: any method",
            with,
            "request-method: PATCH",
            &echo("allow-methods: PATCH"),
        ),
        from_a(
            "credentials: a method in lower case",
            with,
            "request-method: patch",
            &echo("allow-methods: patch"),
        ),
        from_a(
            "credentials: any header",
            with,
            "request-method: GET; request-headers: x-b,X-C",
            &echo("allow-headers: x-b,X-C"),
        ),
        from_a(
            "credentials: any header but authorization",
            with,
            "request-method: GET; request-headers: authorization",
            &allowed.replace("204", "204 HeaderNotAllowed"),
        ),
        from_a(
            "credentials: any header and authorization",
            named,
            "request-method: GET; request-headers: authorization,x-b",
            &echo("allow-headers: authorization,x-b"),
        ),
        from_a(
            "credentials: a dynamic policy",
            several,
            "request-method: PUT; request-headers: x-a",
            &echo("allow-methods: PUT; allow-headers: x-a; max-age: 600"),
        ),
    ]);
}

#[test]
fn what_is_configured_is_said_once() {
    let full = Config { max_age: Some(86_400), exposed: &["x-e"], ..ONE };
    let zero = Config { max_age: Some(0), ..ONE };
    let ok = Config { preflight_status: 200, ..full };
    let last = Config { preflight_status: 299, ..full };
    let allowed = |status: u16, age: u32| {
        format!(
            "answered {status}; allow-origin: https://a.example; allow-methods: PUT; max-age: {age}"
        )
    };
    check(&[
        from_a("a preflight exposes nothing", full, "request-method: PUT", &allowed(204, 86_400)),
        from_a("no age", zero, "request-method: PUT", &allowed(204, 0)),
        from_a("another status", ok, "request-method: PUT", &allowed(200, 86_400)),
        from_a("the last of the statuses", last, "request-method: PUT", &allowed(299, 86_400)),
        from_a(
            "a denied preflight has the status, and no age",
            ok,
            "request-method: X",
            "answered 200 MethodNotAllowed; allow-origin: https://a.example; allow-methods: GET",
        ),
    ]);
}

#[test]
fn the_first_that_fails_is_the_reason() {
    let long = ",".repeat(17);
    let bad = format!("request-headers: {long}");
    let a = "origin: https://a.example";
    check(&[
        preflight(
            "origin before method and names",
            ONE,
            &format!("origin: null; request-method: X; {bad}"),
            "answered 403 OriginNotAllowed",
        ),
        preflight(
            "two origins before two methods",
            ONE,
            &format!("{a}; {a}; request-method: PUT; request-method: PUT"),
            "answered 403 OriginRepeated",
        ),
        preflight(
            "method before names",
            ONE,
            &format!("{a}; request-method: X; {bad}"),
            "answered 204 MethodNotAllowed; allow-origin: https://a.example; allow-methods: GET",
        ),
        preflight(
            "two methods before names",
            ONE,
            &format!("{a}; request-method: PUT; request-method: PUT; {bad}"),
            "answered 403 MethodRepeated",
        ),
        preflight(
            "names last",
            ONE,
            &format!("{a}; request-method: PUT; {bad}"),
            "answered 403 HeaderListTooLong",
        ),
        preflight(
            "a name before an element too many",
            ONE,
            &format!("{a}; request-method: PUT; request-headers: x-b{long}"),
            "answered 403 HeaderNotAllowed",
        ),
        preflight(
            "an element too many before a name",
            ONE,
            &format!("{a}; request-method: PUT; request-headers: {long}x-b"),
            "answered 403 HeaderListTooLong",
        ),
    ]);
}
