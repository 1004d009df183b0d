//! What opens nothing is left out of a policy, and said.
//!
//! <https://fetch.spec.whatwg.org/#forbidden-request-header>,
//! <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>

use std::time::Duration;

use http::{HeaderMap, Request};
use tower_cors::review::Lint;
use tower_cors::{Policy, PolicyBuilder};

fn one() -> PolicyBuilder {
    Policy::builder().allow_origins(["https://a.example", "https://b.example"])
}

#[track_caller]
fn said(policy: &Policy) -> Vec<String> {
    let findings = policy.lint().allow(Lint::MethodOptions).allow(Lint::NoMaxAge);
    findings.allow(Lint::MaxAgeTooLong).iter().map(ToString::to_string).collect()
}

fn preflight(method: &str, names: &str) -> Request<()> {
    let request = Request::options("/").header("origin", "https://a.example");
    let request = request.header("access-control-request-method", method);
    if names.is_empty() {
        return request.body(()).unwrap();
    }
    request.header("access-control-request-headers", names).body(()).unwrap()
}

/// A configuration as it stands in many a program, word for word.
#[test]
fn what_opens_nothing_changes_no_answer() {
    let noisy = one()
        .allow_methods(["GET", "POST", "PUT", "CONNECT", "OPTIONS", "TRACE", "PUT"])
        .allow_headers(["origin", "Content-Type", "accept", "cookie", "sec-ch-ua", "content-type"])
        .expose_headers(["content-type", "etag", "origin", "ETag"])
        .max_age(Duration::from_secs(1_000_000))
        .build()
        .unwrap();
    let clear = one()
        .allow_methods(["PUT", "OPTIONS"])
        .allow_headers(["accept", "content-type"])
        .expose_headers(["etag"])
        .max_age(Duration::from_secs(86_400))
        .build()
        .unwrap();
    assert_eq!((said(&noisy).len(), said(&clear).len()), (12, 0));
    let get = Request::get("/").header("origin", "https://a.example").body(()).unwrap();
    let answers = |policy: &Policy| -> Vec<HeaderMap> {
        let mut requests = vec![get.clone()];
        for method in ["GET", "PUT", "OPTIONS", "CONNECT", "TRACE", "PATCH"] {
            for names in ["", "accept", "content-type", "cookie", "origin", "sec-ch-ua", "x-a"] {
                requests.push(preflight(method, names));
            }
        }
        requests.iter().map(|request| policy.decide(request).headers()).collect()
    };
    assert_eq!(answers(&noisy), answers(&clear));
    let sent = &answers(&noisy)[1]["access-control-max-age"];
    assert_eq!(sent, "86400");
    assert!(!policy_allows(&noisy, "TRACE", "") && !policy_allows(&noisy, "PUT", "cookie"));
}

fn policy_allows(policy: &Policy, method: &str, names: &str) -> bool {
    policy.decide(&preflight(method, names)).is_allowed()
}

/// Browsers do ask for it, where a page sends it by mistake.
#[test]
fn a_response_header_of_the_protocol_is_still_allowed() {
    let policy = one().allow_headers(["access-control-allow-origin"]).build().unwrap();
    assert!(policy_allows(&policy, "GET", "access-control-allow-origin"));
    assert_eq!(said(&policy).len(), 1);
}

/// If nothing is left, the policy would deny everybody.
#[test]
fn only_methods_that_no_script_can_use_are_none() {
    let errors = one().only_methods(["TRACE"]).build().unwrap_err();
    assert_eq!(
        errors.to_string(),
        "no method is allowed that a script may use; give `only_methods` at least one"
    );
}

#[test]
fn a_finding_in_one_of_several_rules_names_it() {
    let rules =
        [one(), Policy::builder().allow_origins(["https://c.example"]).allow_methods(["HEAD"])];
    let policy = Policy::from_rules(rules).unwrap();
    assert_eq!(
        said(&policy),
        [
            r#"rules[1].allow_methods: method "HEAD" needs no permission; remove it [method-safelisted]"#
        ]
    );
}
