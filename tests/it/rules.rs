//! Policies of several rules: the first that allows a request answers it.
//!
//! <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

mod agreement;
#[cfg(unix)]
mod cost;
mod shared;
mod walk;

use http::{HeaderMap, Request};
use tower_cors::{Denial, Policy, PolicyBuilder, PolicyError};

fn preflight(origin: &str, method: &str, names: &[&str]) -> Request<()> {
    let request = Request::options("/")
        .header("origin", origin)
        .header("access-control-request-method", method);
    match names {
        [] => request.body(()).unwrap(),
        _ => request.header("access-control-request-headers", names.join(",")).body(()).unwrap(),
    }
}

fn simple(origin: &str, method: &str) -> Request<()> {
    Request::builder().method(method).uri("/").header("origin", origin).body(()).unwrap()
}

fn says(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

#[test]
fn a_denial_names_the_rule_that_came_nearest() {
    let policy = Policy::from_rules([
        Policy::builder().allow_origins(["https://a.example"]).only_methods(["GET"]),
        Policy::builder().allow_origins(["https://b.example"]).only_methods(["PUT"]),
        Policy::builder()
            .allow_origins(["https://b.example"])
            .allow_methods(["DELETE"])
            .allow_headers(["x-a"]),
    ])
    .unwrap();
    let rows = [
        (preflight("https://c.example", "GET", &[]), Denial::OriginNotAllowed, 0),
        (preflight("https://a.example", "PUT", &[]), Denial::MethodNotAllowed, 0),
        (preflight("https://b.example", "PATCH", &[]), Denial::MethodNotAllowed, 1),
        (preflight("https://b.example", "PUT", &["x-b"]), Denial::HeaderNotAllowed, 1),
        (preflight("https://b.example", "DELETE", &["x-b"]), Denial::HeaderNotAllowed, 2),
        (simple("https://a.example", "POST"), Denial::MethodNotAllowed, 0),
    ];
    for (request, denial, rule) in rows {
        let decision = policy.decide(&request);
        assert_eq!((decision.denial(), decision.rule()), (Some(denial), Some(rule)), "{request:?}");
    }
    let denied = policy.decide(&preflight("https://b.example", "DELETE", &["x-b"]));
    assert_eq!(
        denied.to_string(),
        "preflight denied: a requested header name is not allowed (rules[2])"
    );
    assert_eq!(
        policy.decide(&simple("https://a.example", "GET")).to_string(),
        "CORS request allowed (rules[0])"
    );
    let one = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    assert_eq!(one.decide(&simple("https://b.example", "GET")).rule(), None);
}

/// An `Origin` that stands there twice is denied by the first rule that reads it.
#[test]
fn a_repeated_origin_is_denied_where_it_is_read() {
    let listed = || Policy::builder().allow_origins(["https://a.example"]).only_methods(["GET"]);
    let any = || Policy::builder().allow_origins(["*"]);
    let mut twice = simple("https://a.example", "GET");
    twice.headers_mut().append("origin", "https://a.example".parse().unwrap());
    let denied = Policy::from_rules([listed(), any()]).unwrap().decide(&twice);
    assert_eq!(denied.denial(), Some(Denial::OriginRepeated));
    assert!(Policy::from_rules([any(), listed()]).unwrap().decide(&twice).is_allowed());

    // Of a preflight that the first denies by a name, too.
    let rules = ["*", "https://a.example"];
    let rules = rules.map(|it| Policy::builder().allow_origins([it]).allow_headers(["x-a"]));
    let mut twice = preflight("https://a.example", "GET", &["x-a", "x-b"]);
    twice.headers_mut().append("origin", "https://a.example".parse().unwrap());
    let denied = Policy::from_rules(rules).unwrap().decide(&twice);
    assert_eq!((denied.denial(), denied.rule()), (Some(Denial::OriginRepeated), Some(1)));
}

#[test]
fn several_rules_are_dynamic_and_one_is_as_by_itself() {
    let any = || Policy::builder().allow_origins(["*"]);
    let plain = Request::get("/").body(()).unwrap();
    let several = Policy::from_rules([any(), any().allow_methods(["PUT"])]).unwrap();
    let headers = several.decide(&plain).headers();
    assert_eq!((says(&headers, "vary"), headers.len()), ("Origin".to_owned(), 1));
    let headers = several.decide(&simple("https://a.example", "GET")).headers();
    assert_eq!(says(&headers, "access-control-allow-origin"), "*");
    assert_eq!(says(&headers, "vary"), "Origin");

    let one = Policy::from_rules([any()]).unwrap();
    assert_eq!(one.decide(&plain).headers(), any().build().unwrap().decide(&plain).headers());
}

const PREFLIGHT_FIELDS: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// The method is in the key of a cache, so a rule of some methods alone stays static.
#[test]
fn only_some_methods_are_shared_and_without_vary() {
    let policy = Policy::builder()
        .allow_origins(["https://a.example"])
        .only_methods(["GET", "PUT", "PUT"])
        .build()
        .unwrap();
    for (method, shared) in
        [("GET", true), ("PUT", true), ("HEAD", false), ("POST", false), ("OPTIONS", false)]
    {
        for request in [
            simple("https://a.example", method),
            simple("https://b.example", method),
            Request::builder().method(method).uri("/").body(()).unwrap(),
        ] {
            let headers = policy.decide(&request).headers();
            let expected = if shared { "https://a.example" } else { "" };
            assert_eq!(says(&headers, "access-control-allow-origin"), expected, "{request:?}");
            // Whether `OPTIONS` is a preflight depends on fields, whatever the policy.
            let varies = if method == "OPTIONS" { PREFLIGHT_FIELDS } else { "" };
            assert_eq!(says(&headers, "vary"), varies, "{request:?}");
            let others = usize::from(!varies.is_empty());
            assert_eq!(headers.len(), usize::from(shared) + others, "{request:?}");
        }
        let asked = policy.decide(&preflight("https://a.example", method, &[]));
        assert_eq!(asked.is_allowed(), shared, "{method}");
        let followed = policy.decide(&simple("https://a.example", method));
        let denial = (!shared).then_some(Denial::MethodNotAllowed);
        assert_eq!((asked.denial(), followed.denial()), (denial, denial), "{method}");
    }
    let dynamic = Policy::builder()
        .allow_origins(["https://a.example", "https://b.example"])
        .only_methods(["GET"])
        .build()
        .unwrap();
    let denied = dynamic.decide(&simple("https://a.example", "POST")).headers();
    assert_eq!((says(&denied, "vary"), denied.len()), ("Origin".to_owned(), 1));
}

/// Whether two patterns have an origin in common is found whatever their form.
#[test]
fn rules_disagree_wherever_their_patterns_meet() {
    let rows: &[(&str, &str, Option<&str>)] = &[
        ("https://a.example", "https://a.example", Some("https://a.example")),
        ("https://a.example", "https://b.example", None),
        ("https://a.example", "https://*.a.example", None),
        ("https://x.a.example", "https://*.a.example", Some("https://x.a.example")),
        ("https://*.a.example", "https://x.a.example", Some("https://x.a.example")),
        ("https://*.b.a.example", "https://*.a.example", Some("https://a.b.a.example")),
        ("https://*.a.example", "https://*.b.a.example", Some("https://a.b.a.example")),
        ("https://*.a.example", "https://*.aa.example", None),
        ("https://*.a.example", "http://*.a.example", None),
        ("https://a.example:*", "https://a.example:8443", Some("https://a.example:8443")),
        ("https://a.example:*", "https://a.example", Some("https://a.example")),
        ("https://a.example:*", "https://*.a.example:*", None),
        ("https://*.b.a.example:*", "https://*.a.example:81", Some("https://a.b.a.example:81")),
        ("https://*.a.example:81", "https://*.b.a.example:*", Some("https://a.b.a.example:81")),
        ("https://*.a.example:81", "https://*.b.a.example:82", None),
        ("http://localhost:*", "http://localhost:*", Some("http://localhost")),
        ("*", "https://b.example", Some("https://b.example")),
        ("https://b.example", "*", Some("https://b.example")),
        ("*", "*", Some("https://any.example")),
    ];
    let mut failures = Vec::new();
    for (first, second, expected) in rows {
        let built = Policy::from_rules([
            Policy::builder().allow_origins([first]),
            Policy::builder()
                .allow_origins([second])
                .expose_headers(["x-e"])
                .allow_headers(["x-a"]),
        ]);
        let found = match built.as_ref().map_err(|errors| errors.iter().collect::<Vec<_>>()) {
            Ok(_) => None,
            Err(errors) => match errors[..] {
                [PolicyError::RulesDisagree { rules: (0, 1), origin, method, .. }] => {
                    assert_eq!(method, "GET");
                    Some(origin.as_str())
                }
                _ => panic!("{errors:?}"),
            },
        };
        if found != *expected {
            failures.push(format!("{first} and {second}: {found:?}, not {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));

    let null = |builder: PolicyBuilder| builder.dangerously_allow_null_origin(true);
    let exposing = |builder: PolicyBuilder| builder.expose_headers(["x-e"]).allow_headers(["x-a"]);
    let asks = Policy::builder().allow_origins_if(|_, _, _| false);
    let one = Policy::builder().allow_origins(["https://a.example"]);
    for (name, first, second, agree) in [
        ("null in both", null(one.clone()), exposing(null(Policy::builder())), false),
        ("null in one", one.clone(), exposing(null(Policy::builder())), true),
        (
            "null and any",
            null(Policy::builder()),
            exposing(one.clone().allow_origins(["*"])),
            false,
        ),
        ("a predicate might match", one.clone(), exposing(asks.clone()), false),
        ("and be matched", asks.clone(), exposing(one.clone()), false),
        (
            "a predicate never asks about null",
            asks.clone(),
            exposing(null(Policy::builder())),
            true,
        ),
        ("two predicates", asks.clone(), exposing(asks), false),
        (
            "their methods never meet",
            one.clone().only_methods(["GET"]),
            exposing(one).only_methods(["PUT"]),
            true,
        ),
    ] {
        assert_eq!(Policy::from_rules([first, second]).is_ok(), agree, "{name}");
    }
}

/// Of a method that neither rule lists, the earlier one answers the request, and the later one the preflight.
#[test]
fn rules_disagree_about_methods_that_nobody_lists() {
    let one = || Policy::builder().allow_origins(["https://a.example"]);
    let every = ["PUT", "DELETE", "OPTIONS", "PATCH"];
    let rows: [(&[&str], &str); 3] =
        [(&[], "ANOTHER"), (&["ANOTHER"], "ANOTHER1"), (&["ANOTHER1", "ANOTHER"], "ANOTHER2")];
    for (more, expected) in rows {
        let earlier = one().allow_methods(every).allow_methods(more);
        let later = one().allow_methods(["*"]).expose_headers(["x-e"]);
        let errors = Policy::from_rules([earlier.clone(), later.clone()]).unwrap_err();
        let [PolicyError::RulesDisagree { method, .. }] = errors.iter().collect::<Vec<_>>()[..]
        else {
            panic!("{errors}");
        };
        assert_eq!(method, expected);
        assert!(Policy::from_rules([later, earlier]).is_ok(), "{more:?}");
    }
}

/// The check does not grow with the square of the origins.
#[test]
fn many_origins_in_two_rules_are_compared_at_once() {
    let many = |prefix: &'static str| {
        let origins: Vec<_> = (0..50_000).map(|n| format!("https://{prefix}{n}.example")).collect();
        Policy::builder().allow_origins(origins)
    };
    let other = || many("b").expose_headers(["x-e"]).allow_headers(["x-a"]);
    assert!(Policy::from_rules([many("a"), other()]).is_ok());
    let last = other().allow_origins(["https://a49999.example"]);
    let errors = Policy::from_rules([many("a"), last]).unwrap_err();
    assert!(errors.to_string().contains("\"https://a49999.example\""), "{errors}");
}

/// Each rule is told of one that it does not agree with, not of all.
#[test]
fn many_rules_that_disagree_are_told_in_a_line_each() {
    let rule = |n: usize| {
        Policy::builder()
            .allow_origins(["*"])
            .allow_headers([format!("x-{n}")])
            .expose_headers([format!("x-{n}")])
    };
    let errors = Policy::from_rules((0..300).map(rule)).unwrap_err();
    assert_eq!(errors.iter().count(), 299);
}

#[test]
fn what_is_wrong_with_rules() {
    let one = || Policy::builder().allow_origins(["https://a.example"]);
    let said = |rules: Vec<PolicyBuilder>| Policy::from_rules(rules).unwrap_err().to_string();
    assert_eq!(said(Vec::new()), "there is no rule; give at least one");
    assert_eq!(
        said(vec![one(), one().allow_credentials(true).allow_headers(["x-a"])]),
        "rules[0] and rules[1] both match origin \"https://a.example\" and method \"GET\", and could \
         answer a preflight and its request differently; give both the same credentials and exposed \
         headers, or allow in rules[0] every method and request header that rules[1] allows"
    );
    let built = |builder: PolicyBuilder| builder.build().unwrap_err().to_string();
    assert_eq!(
        built(one().only_methods(["*"])),
        "`only_methods` cannot be any method; set `allow_methods` instead"
    );
    assert_eq!(
        built(one().only_methods(Vec::<String>::new())),
        "no method is allowed that a script may use; give `only_methods` at least one"
    );
    assert_eq!(
        built(one().only_methods(["GET"]).allow_methods(["PUT"])),
        "`only_methods` cannot be combined with `allow_methods`; give `only_methods` all the methods"
    );
    assert_eq!(
        built(one().only_methods(["TRACE"])),
        "no method is allowed that a script may use; give `only_methods` at least one"
    );
}
