//! What opens nothing is left out of a policy, and said.
//!
//! <https://fetch.spec.whatwg.org/#forbidden-request-header>,
//! <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>

use std::time::Duration;

use http::{HeaderMap, Request};
use tower_cors::{Policy, PolicyBuilder};

fn one() -> PolicyBuilder {
    Policy::builder().allow_origins(["https://a.example", "https://b.example"])
}

#[track_caller]
fn said(policy: &Policy) -> Vec<String> {
    policy.warnings().map(|(place, warning)| format!("{place}: {warning}")).collect()
}

fn preflight(method: &str, names: &str) -> Request<()> {
    let request = Request::options("/").header("origin", "https://a.example");
    let request = request.header("access-control-request-method", method);
    if names.is_empty() {
        return request.body(()).unwrap();
    }
    request.header("access-control-request-headers", names).body(()).unwrap()
}

/// Each entry by itself: what is said of it, word for word, in the place of the setting.
#[test]
fn each_harmless_entry_is_said() {
    let methods = |value: &'static [&str]| one().allow_methods(value);
    let headers = |value: &'static [&str]| one().allow_headers(value);
    let exposed = |value: &'static [&str]| one().expose_headers(value);
    let seconds = |value| one().max_age(Duration::from_secs(value));
    let rows: [(PolicyBuilder, &[&str]); 21] = [
        (methods(&["PUT", "QUERY"]), &[]),
        (methods(&["GET"]), &[r#"allow_methods: method "GET" needs no permission; remove it"#]),
        (
            methods(&["CONNECT", "trace"]),
            &[
                r#"allow_methods: method "CONNECT" cannot be used by scripts; remove it"#,
                r#"allow_methods: method "trace" cannot be used by scripts; remove it"#,
            ],
        ),
        (
            one().only_methods(["GET", "TRACE"]),
            &[r#"only_methods: method "TRACE" cannot be used by scripts; remove it"#],
        ),
        (methods(&["PUT", "PUT"]), &[r#"allow_methods: "PUT" stands there before; remove it"#]),
        (methods(&["PUT", "*"]), &[r#"allow_methods: "PUT" is covered by "*"; remove it"#]),
        (headers(&["x-a", "a*", "authorization", "content-type"]), &[]),
        (
            headers(&["Cookie"]),
            &[
                r#"allow_headers: request-header name "Cookie" cannot be set by scripts; remove it, and call `allow_credentials` for cookies"#,
            ],
        ),
        (
            headers(&["origin", "Sec-Fetch-Site", "proxy-*"]),
            &[
                r#"allow_headers: request-header name "origin" cannot be set by scripts; remove it"#,
                r#"allow_headers: request-header name "Sec-Fetch-Site" cannot be set by scripts; remove it"#,
                r#"allow_headers: request-header name "proxy-*" cannot be set by scripts; remove it"#,
            ],
        ),
        (
            headers(&["Access-Control-Allow-Origin"]),
            &[
                r#"allow_headers: request-header name "Access-Control-Allow-Origin" is one of responses, and pages that send it do so by mistake; remove it here and there"#,
            ],
        ),
        (
            headers(&["access-control-request-method"]),
            &[
                r#"allow_headers: request-header name "access-control-request-method" cannot be set by scripts; remove it"#,
            ],
        ),
        (headers(&["x-a", "X-A"]), &[r#"allow_headers: "X-A" stands there before; remove it"#]),
        (
            headers(&["x-a", "x-*", "x-b-*"]),
            &[
                r#"allow_headers: "x-a" is covered by "x-*"; remove it"#,
                r#"allow_headers: "x-b-*" is covered by "x-*"; remove it"#,
            ],
        ),
        (
            headers(&["*", "authorization", "content-type"]),
            &[r#"allow_headers: "content-type" is covered by "*"; remove it"#],
        ),
        (headers(&["a*", "authorization"]), &[]),
        (exposed(&["authorization", "etag"]), &[]),
        (
            exposed(&["Content-Type"]),
            &[
                r#"expose_headers: response-header name "Content-Type" is always exposed; remove it"#,
            ],
        ),
        (
            exposed(&["range"]),
            &[
                r#"expose_headers: response-header name "range" is one of requests; remove it, or give it to `allow_headers`"#,
            ],
        ),
        (
            exposed(&["etag", "*", "ETag"]),
            &[
                r#"expose_headers: "etag" is covered by "*"; remove it"#,
                r#"expose_headers: "ETag" stands there before; remove it"#,
            ],
        ),
        (seconds(86_400), &[]),
        (
            seconds(86_401),
            &[
                r#"max_age: max-age "86401" is over the 86400 seconds that browsers keep; write 86400"#,
            ],
        ),
    ];
    let mut failures = Vec::new();
    for (builder, expected) in rows {
        let said = said(&builder.build().unwrap());
        if said != expected {
            failures.push(format!("said     {said:#?}\nexpected {expected:#?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
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
    assert_eq!((said(&noisy).len(), said(&clear).len()), (13, 0));
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
fn a_warning_in_one_of_several_rules_names_it() {
    let rules =
        [one(), Policy::builder().allow_origins(["https://c.example"]).allow_methods(["HEAD"])];
    let policy = Policy::from_rules(rules).unwrap();
    assert_eq!(
        said(&policy),
        [r#"rules[1].allow_methods: method "HEAD" needs no permission; remove it"#]
    );
}

#[cfg(feature = "serde")]
#[test]
fn a_document_is_warned_about_too() {
    let document = r#"{ "rules": [{ "allow_origins": ["https://a.example"], "allow_headers": ["x-a", "te"] }] }"#;
    let policy = Policy::from_json(document).unwrap();
    assert_eq!(
        said(&policy),
        [r#"rules[0].allow_headers: request-header name "te" cannot be set by scripts; remove it"#]
    );
}
