//! A setting that a hint names is one that the rule can have: what it says to write builds, and allows the request.

use std::slice;

use http::Request;
use tower_cors::review::{Explanation, Hint};
use tower_cors::{CorsLayer, Enforcement, Policy, PolicyBuilder};

use super::{preflight, read};

const APP: &str = "https://app.example";

fn of(origin: &str) -> PolicyBuilder {
    Policy::builder().allow_origins([origin])
}

fn explain(builder: &PolicyBuilder, request: &Request<()>) -> Explanation {
    builder.build().unwrap().explain(request)
}

#[test]
fn a_misspelled_method_goes_where_the_rule_lists_its_methods() {
    let only = || of(APP).only_methods(["PUT"]);
    for (builder, sent, meant, more, setting) in [
        (of(APP), "patch", "PATCH", of(APP).allow_methods(["PATCH"]), "allow_methods"),
        (only(), "patch", "PATCH", only().only_methods(["PATCH"]), "only_methods"),
        (only(), "get", "GET", only().only_methods(["GET"]), "only_methods"),
    ] {
        let said = explain(&builder, &preflight(APP, sent, "")).hint().unwrap().to_string();
        let expected = format!(
            "methods are case-sensitive: have the page send {meant:?}, and add to `{setting}`: {meant:?}"
        );
        assert_eq!(said, expected);
        assert!(more.build().unwrap().decide(&preflight(APP, meant, "")).is_allowed(), "{said}");
    }
}

/// Neither is an origin that a list may have.
#[test]
fn an_opaque_origin_is_offered_where_no_credentials_are() {
    type Set = fn(PolicyBuilder) -> PolicyBuilder;
    let rows: [(&str, &str, &str, Set); 2] = [
        (
            "null",
            "sandboxed frames, local files, and redirects to other origins",
            "dangerously_allow_null_origin",
            |rule| rule.dangerously_allow_null_origin(true),
        ),
        (
            "file://",
            "some web views that show a local file",
            "dangerously_allow_file_origin",
            |rule| rule.dangerously_allow_file_origin(true),
        ),
    ];
    for (origin, senders, setting, set) in rows {
        let request = preflight(origin, "GET", "");
        let hint = |rules: &[PolicyBuilder]| {
            let policy = Policy::from_rules(rules.to_vec()).unwrap();
            policy.explain(&request).hint().unwrap().to_string()
        };
        let (open, own) = (of(APP), of("https://own.example").allow_credentials(true));
        let page =
            format!("`{origin}` is sent by {senders}; serve the page from an origin of its own, ");
        let offered = format!("{page}or set `{setting}`");
        assert_eq!(hint(slice::from_ref(&open)), offered);
        assert_eq!(hint(&[own.clone(), open.clone()]), offered);
        let both = Policy::from_rules([own.clone(), set(open)]).unwrap();
        assert!(both.decide(&request).is_allowed(), "{origin}");

        let refused = format!("{page}since it can have no credentials");
        assert_eq!(hint(slice::from_ref(&own)), refused);
        set(own).build().unwrap_err();
    }
}

/// Requests with cookies that are allowed, and that no page may read.
#[test]
fn credentials_are_offered_where_they_are_no_error() {
    let null = Policy::builder().dangerously_allow_null_origin(true);
    let file = Policy::builder().dangerously_allow_file_origin(true);
    for (name, builder, origin, is_error) in [
        ("one origin", of(APP), APP, false),
        ("a pattern", of("https://*.app.example"), "https://a.app.example", false),
        ("loopback", of("http://localhost:*"), "http://localhost:5173", false),
        ("a predicate", Policy::builder().allow_origins_if(|_, _, _| true), APP, false),
        ("any origin", of("*"), APP, true),
        ("any header exposed", of(APP).expose_headers(["*"]), APP, true),
        ("insecure", of("http://app.example"), "http://app.example", true),
        ("opaque", null, "null", true),
        ("a local file", file, "file://", true),
    ] {
        let builder =
            builder.dangerously_allow_public_suffixes(cfg!(not(feature = "public-suffix")));
        let request = read(&format!("GET /; origin: {origin}; cookie: a=b"));
        let explanation = explain(&builder, &request);
        let said = explanation.hint().unwrap().to_string();
        let expected = if is_error {
            "`allow_credentials` is an error beside a `*`, and for insecure origins, `null` and `file://`; list the https \
             origins whose pages may act as their visitor, and set it for these"
        } else {
            "set `allow_credentials`, if pages of the origin may act as their visitor"
        };
        assert_eq!(said, expected, "{name}");
        assert!(explanation.at_fault().is_empty(), "{name}: cookies are secrets");
        assert_eq!(builder.allow_credentials(true).build().is_err(), is_error, "{name}");
    }
}

/// The same where the server refuses them.
#[test]
fn an_enforcing_layer_says_the_same() {
    let enforced = |builder: PolicyBuilder, request: &str| {
        let layer = CorsLayer::new(builder.build().unwrap());
        let explanation =
            layer.enforce(Enforcement::unsafe_requests()).unwrap().explain(&read(request));
        explanation.hint().unwrap().clone()
    };
    let any = || of("*").only_methods(["POST"]);
    let withheld = "POST /; sec-fetch-site: cross-site; cookie: a=b";
    for (builder, request, is_error) in [
        (of(APP), "POST /; origin: https://app.example; cookie: a=b", false),
        (any(), "POST /; origin: https://app.example; cookie: a=b", true),
        (any(), withheld, true),
    ] {
        let hint = enforced(builder, request);
        assert!(
            matches!(hint, Hint::NoCredentials { is_error: it, .. } if it == is_error),
            "{hint:?}"
        );
    }
}
