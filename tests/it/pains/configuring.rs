//! What hurts in a configuration.

use std::time::Duration;

use tower_cors::{Denial, Policy, PolicyBuilder};

use super::{PAGE, is_allowed, preflight, request};

/// A policy for one page more than one, so that it answers by origin.
fn pages() -> PolicyBuilder {
    Policy::builder().allow_origins([PAGE, "https://other.example"])
}

fn said(builder: &PolicyBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

#[test]
fn credentials_with_a_wildcard_are_an_error_at_start_up() {
    assert_eq!(
        said(&Policy::builder().allow_origins(["*"]).allow_credentials(true)),
        "`allow_credentials` cannot be combined with any origin; list the origins"
    );
    assert!(pages().allow_credentials(true).expose_headers(["*"]).build().is_err());
    // Methods and headers may be any: browsers would take `*` literally, so they are echoed.
    let policy = pages().allow_credentials(true).allow_methods(["*"]).allow_headers(["*"]);
    let headers = policy.build().unwrap().decide(&preflight(PAGE, "PUT", &["x-a"])).headers();
    assert_eq!(headers["access-control-allow-methods"], "PUT");
    assert_eq!(headers["access-control-allow-headers"], "x-a");
}

#[test]
fn a_trailing_slash_is_an_error_that_says_what_to_write() {
    assert_eq!(
        said(&Policy::builder().allow_origins(["https://app.example/"])),
        r#"origin "https://app.example/" has a path; write "https://app.example""#
    );
}

/// As from `ALLOWED_ORIGINS=…`, split at commas by the program.
#[test]
fn a_typo_in_a_list_is_an_error_and_opens_nothing() {
    let of = |list: &'static str| Policy::builder().allow_origins(list.split(',')).build();
    for list in [
        "",
        ",",
        "https://a.example,",
        "https://a.example, https://b.example",
        "https://a.example;https://b.example",
        "https//a.example",
        "htps:/a.example",
        "a.example",
        "https://a.example,*.b.example",
        "https://*",
        "null",
    ] {
        assert!(of(list).is_err(), "{list}");
    }
    assert!(of("https://a.example,https://b.example").is_ok());
    // And no list at all.
    assert!(Policy::builder().build().is_err());
}

#[test]
fn a_decision_says_why() {
    let policy = pages().allow_methods(["PUT"]).allow_headers(["x-a"]).build().unwrap();
    for (request, denial, text) in [
        (
            preflight("https://evil.example", "PUT", &[]),
            Denial::OriginNotAllowed,
            "preflight denied: the origin is not allowed",
        ),
        (
            preflight(PAGE, "DELETE", &[]),
            Denial::MethodNotAllowed,
            "preflight denied: the requested method is not allowed",
        ),
        (
            preflight(PAGE, "PUT", &["x-b"]),
            Denial::HeaderNotAllowed,
            "preflight denied: a requested header name is not allowed",
        ),
    ] {
        let decision = policy.decide(&request);
        assert_eq!((decision.denial(), decision.to_string()), (Some(denial), text.to_owned()));
    }
}

#[test]
fn a_wildcard_stands_for_subdomains_and_nothing_else() {
    let policy = Policy::builder().allow_origins(["https://*.app.example"]).build().unwrap();
    for (origin, allowed) in [
        ("https://eu.app.example", true),
        ("https://a.b.app.example", true),
        ("https://app.example", false),
        ("https://evilapp.example", false),
        ("https://eu.app.example.evil.example", false),
        ("http://eu.app.example", false),
        ("https://eu.app.example:8443", false),
    ] {
        assert_eq!(is_allowed(&policy, &request("GET", origin)), allowed, "{origin}");
    }
}

#[test]
fn case_matters_where_the_standard_has_it() {
    let policy = pages().allow_methods(["PATCH"]).allow_headers(["X-Api-Key"]).build().unwrap();
    assert!(is_allowed(&policy, &preflight(PAGE, "PATCH", &["x-api-key"])));
    assert!(is_allowed(&policy, &preflight(PAGE, "PATCH", &["X-API-KEY"])));
    assert!(!is_allowed(&policy, &preflight(PAGE, "patch", &[])));
    // Where it would never match, it is an error.
    assert!(pages().allow_methods(["patch"]).build().is_err());
    assert!(Policy::builder().allow_origins(["https://App.example"]).build().is_err());
}

#[test]
fn null_is_denied_until_it_is_asked_for() {
    let null = request("GET", "null");
    assert!(!is_allowed(&pages().build().unwrap(), &null));
    assert!(pages().allow_origins(["null"]).build().is_err());
    let opened = pages().dangerously_allow_null_origin(true);
    assert_eq!(
        opened.build().unwrap().decide(&null).headers()["access-control-allow-origin"],
        "null"
    );
    assert!(opened.allow_credentials(true).build().is_err());
    // Any origin is any, and `null` is not echoed.
    let any = Policy::builder().allow_origins(["*"]).build().unwrap();
    assert_eq!(any.decide(&null).headers()["access-control-allow-origin"], "*");
}

#[test]
fn any_header_covers_authorization_only_by_name() {
    let asks = preflight(PAGE, "GET", &["authorization"]);
    for credentials in [false, true] {
        let any = pages().allow_headers(["*"]).allow_credentials(credentials);
        assert!(!is_allowed(&any.build().unwrap(), &asks));
        assert!(is_allowed(&any.build().unwrap(), &preflight(PAGE, "GET", &["x-a"])));
        assert!(is_allowed(&any.allow_headers(["authorization"]).build().unwrap(), &asks));
    }
}

/// Chromium keeps it for 7,200 seconds at the most, Firefox for 86,400, `WebKit` for 600; without it all
/// keep it for 5.
#[test]
fn a_max_age_that_no_browser_keeps_is_capped_and_said() {
    let asks = preflight(PAGE, "GET", &[]);
    let without = pages().build().unwrap().decide(&asks).headers();
    assert!(!without.contains_key("access-control-max-age"));
    for (seconds, sent) in [(0, "0"), (600, "600"), (86_400, "86400"), (86_401, "86400")] {
        let policy = pages().max_age(Duration::from_secs(seconds)).build().unwrap();
        assert_eq!(policy.decide(&asks).headers()["access-control-max-age"], sent);
        #[cfg(feature = "review")]
        assert_eq!(policy.lint().len(), usize::from(seconds > 7_200), "{seconds}");
    }
}

#[test]
fn names_are_asked_for_in_any_order_and_on_any_lines() {
    let policy = pages().allow_headers(["content-type", "x-a", "x-b"]).build().unwrap();
    for lines in [
        &["content-type,x-a,x-b"][..],
        &["x-b, X-A, Content-Type"],
        &["x-b", "x-a,content-type"],
        &["x-b", "x-a", "content-type"],
    ] {
        let decision = policy.decide(&preflight(PAGE, "GET", lines));
        assert!(decision.is_allowed(), "{lines:?}");
        let headers = decision.headers();
        let said: Vec<_> = headers.get_all("access-control-allow-headers").iter().collect();
        assert_eq!(said, lines);
    }
    assert!(!is_allowed(&policy, &preflight(PAGE, "GET", &["x-a", "x-c"])));
}
