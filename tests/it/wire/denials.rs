//! What a page's browser is told of a preflight that is denied: of an allowed origin, which step failed; of
//! others nothing. <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use tower_cors::{CorsLayer, Policy, PolicyBuilder};

use super::{Row, check, parse_request, parse_response, row, send, show};
use crate::oracle::{CLOSED, Config};

const ONE: Config<'static> = Config {
    origins: &["https://a.example"],
    methods: &["PUT"],
    headers: &["x-a", "X-B", "y-*"],
    max_age: Some(600),
    ..CLOSED
};
const TWO: Config<'static> =
    Config { origins: &["https://a.example", "https://*.p.example"], ..ONE };
const ANY: Config<'static> = Config { origins: &["*"], ..ONE };

const VARY: &str = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// A preflight from `https://a.example`, and the answer but `Vary`.
fn from_a(name: &'static str, config: Config<'static>, lines: &str, answer: &str) -> Row {
    let request = format!("OPTIONS; origin: https://a.example; {lines}");
    row(name, config, request, format!("{answer}; {VARY}"))
}

#[test]
fn of_a_method_only_one_is_said_that_needs_no_permission() {
    let told = "answered 204 MethodNotAllowed; allow-origin: https://a.example; allow-methods: GET";
    let with = Config { credentials: true, ..TWO };
    let names = "request-method: PATCH; request-headers: x-a";
    let predicate = Config { predicate: Some(|origin, _| origin.ends_with("a.example")), ..CLOSED };
    let null = Config { null: true, ..TWO };
    check(&[
        from_a("method: one origin", ONE, "request-method: PATCH", told),
        from_a("method: several origins", TWO, "request-method: PATCH", told),
        from_a(
            "method: any origin",
            ANY,
            "request-method: PATCH",
            &told.replace("https://a.example", "*"),
        ),
        from_a("method: a predicate", predicate, "request-method: PATCH", told),
        from_a(
            "method: credentials",
            with,
            "request-method: PATCH",
            &told.replace("; allow-methods", "; allow-credentials: true; allow-methods"),
        ),
        from_a("method: names that are allowed", TWO, names, told),
        from_a("method: names that are not", TWO, "request-method: X; request-headers: z", told),
        from_a("method: another case", TWO, "request-method: put", told),
        from_a("method: OPTIONS", TWO, "request-method: OPTIONS", told),
        from_a("method: a star", TWO, "request-method: *", told),
        row(
            "method: an opaque origin",
            null,
            "OPTIONS; origin: null; request-method: PATCH",
            format!(
                "answered 204 MethodNotAllowed; allow-origin: null; allow-methods: GET; {VARY}"
            ),
        ),
    ]);
}

#[test]
fn of_names_those_that_are_allowed_are_echoed() {
    let told = |names: &str| {
        let names =
            if names.is_empty() { String::new() } else { format!("; allow-headers: {names}") };
        format!("answered 204 HeaderNotAllowed; allow-origin: https://a.example{names}")
    };
    let put = |name, config, asked: &str, names: &str| {
        let answer = told(names).replace("example", "example; allow-methods: PUT");
        from_a(name, config, &format!("request-method: PUT; request-headers: {asked}"), &answer)
    };
    let get = |name, config, asked: &str, names: &str| {
        from_a(
            name,
            config,
            &format!("request-method: GET; request-headers: {asked}"),
            &told(names),
        )
    };
    let any_method = Config { methods: &["*"], ..TWO };
    let any_header = Config { headers: &["*"], ..TWO };
    let with = Config { credentials: true, ..any_header };
    let many: String = "x-a,".repeat(1_000);
    let lines = "x-a; request-headers: z; request-headers: ,y-1 ; request-headers:";
    // With a line that has one byte, 16 lines and 4,096 bytes.
    let full = vec![format!("y-{}", "a".repeat(271)); 15];
    let full_and_z = format!("{}; request-headers: z", full.join("; request-headers: "));
    check(&[
        get("names: none is allowed", TWO, "traceparent", ""),
        get("names: the first", TWO, "x-a,z", "x-a"),
        get("names: the last", TWO, "a,x-a", "x-a"),
        get("names: before and after", TWO, "x-a,x-aa,x-b", "x-a,x-b"),
        get("names: between", TWO, "w,x-a,z", "x-a"),
        get("names: as they were written", TWO, " X-A ,,z,\\x09x-B,Y-1 ,x-a", "X-A,x-B,Y-1,x-a"),
        get("names: an empty element comes first", TWO, ",x-a,z", "x-a"),
        get("names: an empty element among those in order", TWO, "x-a,,x-b,z", "x-a,x-b"),
        get("names: in another order, then denied", TWO, "x-b,x-a,z,x-b", "x-b,x-a,x-b"),
        get("names: under a prefix", TWO, "y-1,y-2,z", "y-1,y-2"),
        get("names: several lines are one", TWO, lines, "x-a,y-1"),
        get("names: a thousand", TWO, &format!("{many}z"), many.trim_end_matches(',')),
        get("names: as many bytes as there may be", TWO, &full_and_z, &full.join(",")),
        put("names: the method is said", TWO, "x-a,z", "x-a"),
        from_a(
            "names: any method is a star",
            any_method,
            "request-method: PUT; request-headers: x-a,z",
            "answered 204 HeaderNotAllowed; allow-origin: https://a.example; allow-methods: *; \
             allow-headers: x-a",
        ),
        from_a(
            "names: any header is no star",
            Config { origins: &["*"], ..any_header },
            "request-method: GET; request-headers: authorization,x-a",
            "answered 204 HeaderNotAllowed; allow-origin: *; allow-headers: x-a",
        ),
        get("names: only authorization", any_header, "authorization", ""),
        get("names: a star of script", any_header, "*,authorization,x-a", "x-a"),
        get("names: a star that is denied", TWO, "*,x-a", "x-a"),
        get("names: what begins with a star", any_header, "*a,authorization", "*a"),
        from_a(
            "names: a star of script, with credentials",
            with,
            "request-method: GET; request-headers: *,authorization",
            "answered 204 HeaderNotAllowed; allow-origin: https://a.example; allow-credentials: true",
        ),
    ]);
}

#[test]
fn what_a_browser_would_not_look_for_is_silent() {
    let method = "answered 403 MethodNotAllowed";
    let name = "answered 403 HeaderNotAllowed";
    let long = "answered 403 HeaderListTooLong";
    let only = Config { only: true, ..TWO };
    let only_get = Config { only: true, methods: &["GET", "PUT"], ..ONE };
    let any = Config { methods: &["*"], headers: &["*"], ..ANY };
    let put = |lines: &str| format!("request-method: PUT; {lines}");
    let a = "origin: https://a.example";
    check(&[
        from_a("silent: GET, safelisted and denied", only, "request-method: GET", method),
        from_a("silent: HEAD, safelisted and denied", only_get, "request-method: HEAD", method),
        from_a("silent: POST, safelisted and denied", only_get, "request-method: POST", method),
        from_a(
            "only some methods: another that is denied",
            only,
            "request-method: DELETE",
            "answered 204 MethodNotAllowed; allow-origin: https://a.example; allow-methods: GET",
        ),
        from_a(
            "only some methods: names of one that is allowed",
            only_get,
            "request-method: GET; request-headers: z",
            "answered 204 HeaderNotAllowed; allow-origin: https://a.example",
        ),
        from_a("silent: a forbidden method", any, "request-method: TRACE", method),
        from_a("silent: a method that is none", any, "request-method: P T", method),
        from_a("silent: no method", TWO, "request-method:", method),
        from_a(
            "silent: a method of over 4,096 bytes",
            TWO,
            &format!("request-method: {}", "X".repeat(4_097)),
            method,
        ),
        from_a(
            "a method of 4,096 bytes",
            TWO,
            &format!("request-method: {}", "X".repeat(4_096)),
            "answered 204 MethodNotAllowed; allow-origin: https://a.example; allow-methods: GET",
        ),
        from_a(
            "silent: two methods",
            TWO,
            "request-method: X; request-method: X",
            "answered 403 MethodRepeated",
        ),
        from_a("silent: a name that is none", TWO, &put("request-headers: x a"), name),
        from_a("silent: one behind what is denied", TWO, &put("request-headers: z,x-a,x a"), name),
        from_a(
            "silent: one in another line",
            TWO,
            &put("request-headers: z; request-headers: \""),
            name,
        ),
        from_a(
            "silent: too many empty elements behind what is denied",
            TWO,
            &put(&format!("request-headers: z{}", ",".repeat(18))),
            name,
        ),
        from_a(
            "silent: too many before and behind",
            TWO,
            &put(&format!("request-headers: {0}z{0}", ",".repeat(9))),
            name,
        ),
        from_a(
            "as many empty elements as there may be",
            TWO,
            &put(&format!("request-headers: {0}z{0}", ",".repeat(8))),
            "answered 204 HeaderNotAllowed; allow-origin: https://a.example; allow-methods: PUT",
        ),
        from_a("silent: too many lines", TWO, &put(&["request-headers: z"; 17].join("; ")), long),
        from_a(
            "silent: too many bytes",
            TWO,
            &put(&format!("request-headers: {}", "z".repeat(4_097))),
            long,
        ),
        row(
            "silent: two origins",
            TWO,
            format!("OPTIONS; {a}; {a}; request-method: X"),
            format!("answered 403 OriginRepeated; {VARY}"),
        ),
        row(
            "any origin: two origins are told, too",
            ANY,
            format!("OPTIONS; {a}; {a}; request-method: X"),
            format!("answered 204 MethodNotAllowed; allow-origin: *; allow-methods: GET; {VARY}"),
        ),
        row(
            "silent: a stranger's method and names",
            TWO,
            "OPTIONS; origin: https://p.example; request-method: X; request-headers: z",
            format!("answered 403 OriginNotAllowed; {VARY}"),
        ),
    ]);
}

/// A predicate is asked about each method that is told: who it denies learns nothing.
#[test]
fn a_stranger_to_a_predicate_is_told_nothing_whatever_the_method() {
    let policy = Policy::builder().allow_origins_if(|_, _, _| false).build().unwrap();
    let layer = CorsLayer::new(policy);
    for byte in (b'!'..=255).filter(|byte| *byte != 127 && *byte != b';') {
        let request = format!("OPTIONS; origin: https://a.example; request-method: X\\x{byte:02x}");
        let said = show(&send(&layer, &parse_request(&request), &parse_response("200")));
        assert_eq!(said, format!("answered 403; {VARY}"), "{request}");
    }
}

/// Of several rules: what the answer to a preflight is, but `Vary`.
#[track_caller]
fn of_rules(rules: impl IntoIterator<Item = PolicyBuilder>, rows: &[(&str, &str)]) {
    let layer = CorsLayer::new(Policy::from_rules(rules).unwrap());
    for (request, answer) in rows {
        let request = format!("OPTIONS; {request}");
        let said = show(&send(&layer, &parse_request(&request), &parse_response("200")));
        assert_eq!(said, format!("answered {answer}; {VARY}"), "{request}");
    }
}

#[test]
fn the_rule_that_came_nearest_speaks() {
    let listing = |origin: &str| Policy::builder().allow_origins([origin]);
    let (a, b) = ("origin: https://a.example", "origin: https://b.example");
    of_rules(
        [
            listing("https://a.example").only_methods(["GET"]).allow_headers(["x-get"]),
            listing("https://b.example").allow_methods(["*"]).allow_headers(["x-any"]),
            listing("https://a.example")
                .only_methods(["PUT", "POST"])
                .allow_headers(["x-put"])
                .allow_credentials(true),
        ],
        &[
            // No rule of `b` denies it; of the two of `a`, neither allows the method.
            (
                &format!("{a}; request-method: PATCH"),
                "204; allow-origin: https://a.example; allow-methods: GET",
            ),
            (&format!("{a}; request-method: HEAD"), "403"),
            (
                &format!("{a}; request-method: PUT; request-headers: x-get,x-put"),
                "204; allow-origin: https://a.example; allow-credentials: true; allow-methods: PUT; \
                 allow-headers: x-put",
            ),
            (
                &format!("{a}; request-method: POST; request-headers: x-get"),
                "204; allow-origin: https://a.example; allow-credentials: true",
            ),
            (
                &format!("{a}; request-method: GET; request-headers: x-get,x-put"),
                "204; allow-origin: https://a.example; allow-headers: x-get",
            ),
            (
                &format!("{b}; request-method: PUT; request-headers: x-any,x-get"),
                "204; allow-origin: https://b.example; allow-methods: *; allow-headers: x-any",
            ),
            ("origin: https://c.example; request-method: PUT", "403"),
            (&format!("{a}; {a}; request-method: PATCH"), "403"),
        ],
    );
}
