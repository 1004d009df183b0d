//! What is offered is allowed, or makes the request be allowed: rows, and then random ones.

use proptest::prelude::*;
use tower_cors::review::{Explanation, Hint, Lint};
use tower_cors::{Policy, PolicyBuilder};

use super::{app, preflight, read};

/// A name, what is listed, the origin of a request, and the hint.
type Row = (&'static str, &'static [&'static str], &'static str, &'static str);

const ORIGINS: &[Row] = &[
    (
        "http for https",
        &["https://a.example"],
        "http://a.example",
        r#"the scheme differs: "https://a.example" is allowed"#,
    ),
    (
        "https for http",
        &["http://a.example:8080"],
        "https://a.example:8080",
        r#"the scheme differs: "http://a.example:8080" is allowed"#,
    ),
    (
        "a scheme and its port",
        &["https://a.example"],
        "http://a.example:8080",
        r#"the scheme differs: "https://a.example" is allowed"#,
    ),
    (
        "a port too many",
        &["https://a.example"],
        "https://a.example:8443",
        r#"the port differs: "https://a.example" is allowed"#,
    ),
    (
        "a port too few",
        &["http://localhost:3000"],
        "http://localhost",
        r#"the port differs: "http://localhost:3000" is allowed"#,
    ),
    (
        "another port",
        &["http://localhost:3000", "http://localhost:4000"],
        "http://localhost:5173",
        r#"the port differs: "http://localhost:3000" is allowed"#,
    ),
    (
        "www. too many",
        &["https://a.example"],
        "https://www.a.example",
        r#"`www.` makes another origin: "https://a.example" is allowed"#,
    ),
    (
        "www. too few",
        &["https://www.a.example"],
        "https://a.example",
        r#"`www.` makes another origin: "https://www.a.example" is allowed"#,
    ),
    (
        "a trailing dot",
        &["https://a.example"],
        "https://a.example.",
        r#"a trailing dot makes another origin: "https://a.example" is allowed"#,
    ),
    (
        "no trailing dot",
        &["https://a.example."],
        "https://a.example",
        r#"a trailing dot makes another origin: "https://a.example." is allowed"#,
    ),
    (
        "the domain itself",
        &["https://*.a.example"],
        "https://a.example",
        r#"only names under this host are allowed, since `*.` stands for at least one label; add to `allow_origins`: "https://a.example""#,
    ),
    // Without the list of suffixes nobody can tell whose names these are.
    #[cfg(feature = "public-suffix")]
    (
        "a name under the domain",
        &["https://shop.example"],
        "https://api.eu.shop.example",
        r#""https://shop.example" is allowed, and no name under it; add to `allow_origins`: "https://api.eu.shop.example", or for all of them "https://*.shop.example""#,
    ),
    (
        "upper case",
        &["https://a.example"],
        "https://A.example",
        r#"the origin has an upper-case host, so that no browser sent it; "https://a.example" is allowed"#,
    ),
    (
        "a slash",
        &["https://a.example"],
        "https://a.example/",
        r#"the origin has a path, so that no browser sent it; "https://a.example" is allowed"#,
    ),
    (
        "the default port",
        &["https://a.example"],
        "https://a.example:443",
        r#"the origin names the default port, so that no browser sent it; "https://a.example" is allowed"#,
    ),
    (
        "no scheme",
        &["https://b.example"],
        "a.example",
        "the origin has no scheme, so that no browser sent it",
    ),
    (
        "null",
        &["https://a.example"],
        "null",
        "`null` is sent by sandboxed frames, local files, and redirects to other origins; serve the page from an origin of its own, or set `dangerously_allow_null_origin`",
    ),
    (
        "a letter is missing",
        &["https://app.example.com"],
        "https://ap.example.com",
        r#""https://app.example.com" is allowed, and the origin that asks differs by a letter; find out which of the two is wrong, since a look-alike may be a stranger's"#,
    ),
    ("a stranger", &["https://a.example"], "https://b.example", ""),
    (
        "a stranger of the same domain",
        &["https://a.example", "https://x.b.example"],
        "https://y.b.example",
        "",
    ),
    ("another scheme altogether", &["https://localhost"], "capacitor://localhost", ""),
];

fn hint(explanation: &Explanation) -> String {
    explanation.hint().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn an_origin_is_told_what_comes_nearest() {
    let mut failures = Vec::new();
    for (name, listed, origin, expected) in ORIGINS {
        let policy = Policy::builder().allow_origins(*listed).build().unwrap();
        let said = hint(&policy.explain(&read(&format!("GET /; origin: {origin}"))));
        if said != *expected {
            failures.push(format!("{name}: {said}, not {expected}"));
        }
        let said_of_preflight = hint(&policy.explain(&preflight(origin, "GET", "")));
        assert_eq!(said_of_preflight, said, "{name}");
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn a_predicate_is_told_that_it_was_not_asked() {
    let all = |builder: PolicyBuilder| builder.allow_origins_if(|_, _, _| false).build().unwrap();
    let lan = read("GET /; origin: http://192.168.0.17:5173");
    let said = hint(&all(Policy::builder().allow_credentials(true)).explain(&lan));
    assert_eq!(
        said,
        "with credentials the predicate of `allow_origins_if` is not asked about an insecure origin; serve the \
         page over https, or set `dangerously_allow_insecure_origins`"
    );
    let said = hint(&all(Policy::builder()).explain(&lan));
    assert_eq!(said, "the predicate of `allow_origins_if` was asked about it, and does not hold");
    let https = read("GET /; origin: https://b.example");
    let said = hint(&all(Policy::builder().allow_credentials(true)).explain(&https));
    assert_eq!(said, "the predicate of `allow_origins_if` was asked about it, and does not hold");
}

#[test]
fn a_method_and_a_list_are_told_what_to_write() {
    let app = |builder: PolicyBuilder| builder.build().unwrap();
    let from_app = |method, names| preflight("https://app.example", method, names);
    let only = || Policy::builder().allow_origins(["https://app.example"]).only_methods(["GET"]);
    let any = || super::app().allow_headers(["*"]);
    let said = |policy: &Policy, request| hint(&policy.explain(&request));
    for (policy, request, expected) in [
        (app(super::app()), from_app("put", ""), r#"methods are case-sensitive: "PUT" is allowed"#),
        (app(super::app()), from_app("get", ""), r#"methods are case-sensitive: "GET" is allowed"#),
        (
            app(super::app()),
            from_app("patch", ""),
            r#"methods are case-sensitive: have the page send "PATCH", and add to `allow_methods`: "PATCH""#,
        ),
        (app(super::app()), from_app("TRACE", ""), "no page can send this method"),
        (app(super::app()), from_app("A B", ""), "no page can send this method"),
        (app(only()), from_app("POST", ""), r#"add to `only_methods`: "POST""#),
        (
            app(any()),
            from_app("PUT", "x-a,authorization"),
            r#"any header does not cover `authorization`; add to `allow_headers`: "authorization""#,
        ),
        (
            app(super::app()),
            from_app("PUT", "authorization"),
            r#"add to `allow_headers`: "authorization""#,
        ),
        (
            app(super::app()),
            from_app("PUT", "x-a,x b"),
            "a requested header name is no token, so that no browser sent it",
        ),
        (
            app(super::app()),
            from_app("PUT", ",,,,,,,,,,,,,,,,,,"),
            "at most 16 lines, 4,096 bytes and 16 empty elements of Access-Control-Request-Headers are read",
        ),
        (
            app(only()),
            read("POST /; origin: https://app.example"),
            r#"add to `only_methods`: "POST""#,
        ),
    ] {
        assert_eq!(said(&policy, request), expected);
    }
    let twice = read("GET /; origin: https://app.example; origin: https://app.example");
    let policy = Policy::builder().allow_origins(["https://app.example", "https://b.example"]);
    assert_eq!(
        said(&app(policy), twice),
        "no browser sends the field twice; look for a proxy that adds one"
    );
}

prop_compose! {
    fn origin()(
        scheme in prop::sample::select(vec!["http", "https", "app"]),
        sub in prop::sample::select(vec!["", "www.", "x.", "x.y.", "pr-1."]),
        host in prop::sample::select(vec!["a.example", "b.a.example", "localhost", "A.example", "c.example."]),
        port in prop::sample::select(vec!["", ":3000", ":443", ":8080"]),
    ) -> String {
        format!("{scheme}://{sub}{host}{port}")
    }
}

fn pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => origin(),
        1 => Just("https://*.a.example".to_owned()),
        1 => Just("http://localhost:*".to_owned()),
        1 => Just("https://pr-*.b.a.example".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What a hint says is allowed is, and what it says to add makes the request be allowed.
    #[test]
    fn what_is_offered_helps(
        listed in prop::collection::vec(pattern(), 1..4),
        origin in origin(),
        method in prop::sample::select(vec!["GET", "PUT", "put", "PATCH", "patch", "TRACE", "DELETE", "*"]),
        names in prop::sample::subsequence(vec!["x-a", "X-B", "authorization", "a-c", "*", "cookie", "x-*"], 0..5),
        allowed in prop::sample::subsequence(vec!["x-a", "a-*", "authorization"], 0..3),
    ) {
        let builder = Policy::builder().allow_origins(listed).allow_methods(["PUT"]).allow_headers(allowed);
        let Ok(policy) = builder.build() else { return Ok(()) };
        let request = preflight(&origin, method, &names.join(","));
        let explanation = policy.explain(&request);
        prop_assert_eq!(explanation.decision(), &policy.decide(&request));
        let is_allowed = |origin: &str| {
            let request = read(&format!("GET /; origin: {origin}"));
            policy.decide(&request).is_allowed()
        };
        let passes = |policy: PolicyBuilder| {
            let again = policy.build().unwrap();
            // The next step may fail then.
            again.decide(&request).denial() != policy_denial(&explanation)
        };
        let passes_with = |policy: PolicyBuilder, method: &str| {
            policy.build().unwrap().decide(&preflight(&origin, method, "")).is_allowed()
        };
        match explanation.hint() {
            Some(
                Hint::OtherScheme { allowed, .. } | Hint::OtherPort { allowed, .. } | Hint::Www { allowed, .. }
                | Hint::TrailingDot { allowed, .. } | Hint::SimilarHost { allowed, .. } | Hint::Misspelled { allowed, .. },
            ) => prop_assert!(is_allowed(allowed), "{}", allowed),
            Some(Hint::OnlyNamesUnder { origin, .. }) => {
                prop_assert!(passes(builder.allow_origins([origin])));
            }
            Some(Hint::OnlyTheDomain { allowed, origin, pattern, .. }) => {
                prop_assert!(is_allowed(allowed), "{}", allowed);
                prop_assert!(passes(builder.clone().allow_origins([origin])));
                prop_assert!(passes(builder.allow_origins([pattern])));
            }
            Some(Hint::MethodCase { allowed, .. }) => {
                let other = preflight(&origin, allowed, "");
                prop_assert!(policy.decide(&other).is_allowed());
            }
            Some(Hint::MissingMethod { method, .. }) => {
                prop_assert!(passes(builder.allow_methods([method])));
            }
            Some(Hint::MissingHeaders { names, .. }) => {
                let again = builder.allow_headers(names).build().unwrap();
                prop_assert!(again.lint().iter().all(|it| it.place().setting != "allow_headers" || it.lint() != Lint::HeaderForbidden));
                let others = again.explain(&request);
                let left = others.at_fault().iter().all(|name| !names.contains(name));
                prop_assert!(left, "{others}");
            }
            Some(Hint::MethodMisspelled { meant, .. }) => {
                prop_assert!(passes_with(builder.allow_methods([*meant]), meant));
            }
            Some(Hint::MethodUnsendable) => prop_assert_eq!(method, "TRACE"),
            Some(Hint::HeadersUnsendable | Hint::NoOrigin { .. }) | None => {}
            other => prop_assert!(false, "{other:?}"),
        }
        if explanation.hint().is_none() && explanation.decision().denial().is_some() {
            let is_by_origin = policy_denial(&explanation) == Some(tower_cors::Denial::OriginNotAllowed);
            prop_assert!(is_by_origin || method == "*");
        }
    }
}

fn policy_denial(explanation: &Explanation) -> Option<tower_cors::Denial> {
    explanation.decision().denial()
}

/// What opens more than was asked for, what no page should send, and what the builder would refuse: not offered.
#[test]
fn what_would_not_help_is_not_offered() {
    let policy = |builder: &PolicyBuilder| builder.build().unwrap();
    let unsendable = "no page should send these; remove them from the request";
    for (names, expected) in [
        ("*", unsendable),
        ("x-*", unsendable),
        ("a*b", unsendable),
        ("cookie,host,sec-foo", unsendable),
        ("access-control-allow-origin", unsendable),
        ("cookie,x-a", r#"add to `allow_headers`: "x-a""#),
        (&"x".repeat(300), unsendable),
    ] {
        for allowed in [&["x-z"][..], &["*"]] {
            let request = preflight("https://app.example", "PUT", names);
            let explanation = policy(&app().allow_headers(allowed)).explain(&request);
            if !explanation.decision().is_allowed() {
                assert_eq!(hint(&explanation), expected, "{names} {allowed:?}");
            }
        }
    }
    let any = preflight("https://app.example", "*", "");
    assert_eq!(hint(&policy(&app()).explain(&any)), "");
    let only = Policy::builder().allow_origins(["https://app.example"]).only_methods(["PUT"]);
    let simple = |method: &str| read(&format!("{method} /; origin: https://app.example"));
    assert_eq!(hint(&policy(&only).explain(&simple("TRACE"))), "no page can send this method");
    assert_eq!(hint(&policy(&only).explain(&simple("CONNECT"))), r#"add to `only_methods`: "GET""#);
}

/// A name under a domain where anybody may have one is a stranger's.
#[cfg(feature = "public-suffix")]
#[test]
fn a_stranger_s_name_is_not_offered() {
    let listed = ["https://github.io", "https://a-*.b.example", "https://*.c.example:8443"];
    let policy = Policy::builder().allow_origins(listed).build().unwrap();
    for (origin, expected) in [
        ("https://evil.github.io", ""),
        ("https://b.example", ""),
        ("https://x.c.example", r#"the port differs: "https://x.c.example:8443" is allowed"#),
    ] {
        let said = hint(&policy.explain(&read(&format!("GET /; origin: {origin}"))));
        assert_eq!(said, expected, "{origin}");
    }
}

/// A search through more would cost whoever explains a request of a stranger too much.
#[test]
fn a_port_is_sought_among_a_thousand_origins() {
    for (count, expected) in
        [(1_000, r#"the port differs: "https://a7.example:8443" is allowed"#), (1_001, "")]
    {
        let listed = (0..count).map(|number| format!("https://a{number}.example:8443"));
        let policy = Policy::builder().allow_origins(listed).build().unwrap();
        let said = hint(&policy.explain(&read("GET /; origin: https://a7.example:1")));
        assert_eq!(said, expected, "{count}");
    }
}

/// All names that are missing are offered, in one line.
#[test]
fn no_name_is_left_out() {
    let names: Vec<String> = (0..300).map(|number| format!("x-{number}")).collect();
    let request = preflight("https://app.example", "PUT", &names.join(","));
    let explanation = app().build().unwrap().explain(&request);
    let Some(Hint::MissingHeaders { names: offered, .. }) = explanation.hint() else { panic!() };
    assert_eq!(*offered, names);
    assert!(app().allow_headers(offered).build().unwrap().decide(&request).is_allowed());
}

/// What is left open by the rows: a header name that is allowed twice is told once.
#[test]
fn names_are_told_once_and_in_lower_case() {
    let explanation =
        app().build().unwrap().explain(&preflight("https://app.example", "GET", "X-A,x-a"));
    assert_eq!(explanation.at_fault(), ["x-a"]);
}
