//! How the values of the crate say themselves, in logs and in assertions that fail.

use std::convert::Infallible;
use std::time::Duration;

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, COOKIE, HeaderMap, HeaderValue};
use http::{Request, Response};
use tower::{Layer, Service, service_fn};
use tower_cors::observe::Outcome;
use tower_cors::{
    CorsLayer, Denial, Enforcement, Origin, Policy, RequestHead, RequestKind, Resolver,
};

fn policy() -> Policy {
    Policy::builder()
        .allow_origins(["https://a.example", "http://localhost:*"])
        .allow_headers(["x-a"])
        .build()
        .unwrap()
}

fn preflight(origin: &str) -> Request<()> {
    Request::options("/path?token=secret")
        .header("origin", origin)
        .header("access-control-request-method", "PUT")
        .header("cookie", "secret")
        .body(())
        .unwrap()
}

#[test]
fn a_decision_is_one_line() {
    let plain = Request::get("/").body(()).unwrap();
    let simple = Request::get("/").header("origin", "https://a.example").body(()).unwrap();
    let said = [&plain, &simple, &preflight("https://a.example"), &preflight("null")]
        .map(|request| policy().decide(request).to_string());
    assert_eq!(
        said,
        [
            "plain request",
            "CORS request allowed",
            "preflight denied: the requested method is not allowed",
            "preflight denied: the origin is not allowed",
        ]
    );
    assert_eq!(format!("{:>14}|", RequestKind::Simple), "  CORS request|");
    assert_eq!(format!("{:<30}|", Denial::OriginNotAllowed), "the origin is not allowed     |");
}

/// Whoever counts by them keeps his counters.
#[test]
fn names_stay_the_same() {
    let kinds = [RequestKind::Plain, RequestKind::Simple, RequestKind::Preflight];
    assert_eq!(kinds.map(RequestKind::as_str), ["plain", "cors", "preflight"]);
    for (denial, name) in [
        (Denial::OriginNotAllowed, "origin-not-allowed"),
        (Denial::OriginRepeated, "origin-repeated"),
        (Denial::MethodNotAllowed, "method-not-allowed"),
        (Denial::MethodRepeated, "method-repeated"),
        (Denial::HeaderNotAllowed, "header-not-allowed"),
        (Denial::HeaderListTooLong, "header-list-too-long"),
        (Denial::CredentialsNotAllowed, "credentials-not-allowed"),
        (Denial::HostNotAllowed, "host-not-allowed"),
        (Denial::NoPolicy, "no-policy"),
    ] {
        assert_eq!(denial.as_str(), name);
    }
}

#[test]
fn an_outcome_has_a_name_and_a_text() {
    for (outcome, name, text) in [
        (Outcome::Allowed, "allowed", "allowed"),
        (Outcome::Denied, "denied", "denied"),
        (Outcome::SameOrigin, "same-origin", "denied, and not checked by the browser"),
        (Outcome::Refused, "refused", "refused"),
        (Outcome::LeftAlone, "left-alone", "left alone"),
    ] {
        assert_eq!((outcome.as_str(), outcome.to_string()), (name, text.to_owned()));
    }
    assert_eq!(format!("{:>12}|", Outcome::LeftAlone), "  left alone|");
}

/// Of what is a function only that it is there.
#[test]
fn a_layer_shows_what_was_set() {
    let layer = CorsLayer::new(policy());
    let layer = layer.observe(|_| {}).report_only(CorsLayer::new(policy()));
    let layer = layer.enforce(Enforcement::all_requests()).unwrap();
    let shown = format!("{layer:?}");
    for part in ["Enforced { all: true, .. }", "Watch { observers: 1, reports: true }"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn where_policies_come_from_shows_what_is_known() {
    let resolver = Resolver::new(async |_| Ok(None), |_| {}).vary_on([COOKIE]);
    let shown = format!("{resolver:?}");
    assert!(shown.starts_with("Resolver { vary_on: [") && shown.contains("cookie"), "{shown}");
    #[cfg(feature = "reload")]
    {
        let reload = tower_cors::Reload::new(policy());
        assert_eq!(format!("{reload:?}"), format!("Reload({:?})", policy()));
    }
}

#[test]
fn a_future_shows_whose_it_is() {
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let mut service = CorsLayer::new(policy()).layer(inner);
    let future = service.call(preflight("null"));
    assert_eq!(format!("{future:?}"), "ResponseFuture { .. }");
    let resolver = Resolver::new(async |_| Ok(None), |_| {});
    let mut service = CorsLayer::with_resolver(resolver).layer(inner);
    let future = service.call(preflight("null"));
    assert_eq!(format!("{future:?}"), "ResolverFuture { .. }");
}

#[test]
fn no_secret_of_a_request_is_shown() {
    let request = preflight("https://a.example");
    let shown = format!("{:?}", RequestHead::from(&request));
    assert_eq!(shown, r#"RequestHead { method: OPTIONS, path: "/path", .. }"#);
}

#[test]
fn an_origin_is_shown_as_it_was_sent() {
    let origin = Origin::parse("https://a.example:8443").unwrap();
    assert_eq!(origin.to_string(), "https://a.example:8443");
    assert_eq!(format!("{origin:?}"), r#"Origin("https://a.example:8443")"#);
    assert_eq!(origin.as_str(), "https://a.example:8443");
}

#[test]
fn a_policy_shows_what_it_allows_and_not_all_of_a_hundred_thousand() {
    let shown = format!("{:?}", policy());
    for part in ["https://a.example", "http://localhost", "x-a"] {
        assert!(shown.contains(part), "{shown}");
    }
    let many = |count: u32, start: &str| {
        let many = (0..count).map(|number| format!("https://{start}{number}.example"));
        let builder = Policy::builder().allow_origins(many).allow_origins_if(|_, _, _| true);
        let builder = builder.dangerously_allow_public_suffixes(true);
        format!("{:?}", builder.max_age(Duration::from_secs(600)).build().unwrap())
    };
    let shown = many(100_000, "a");
    assert!(shown.len() < 1_000 && shown.contains("100000 in all"), "{shown}");
    assert!(shown.contains("a predicate") && shown.contains(r#""600""#), "{shown}");
    let (all, others) = (many(4, "a"), many(5, "a"));
    assert!(
        !all.contains("and others") && others.contains("and others, 5 in all"),
        "{all}\n{others}"
    );
    // Patterns with a `*` within a label.
    assert!(many(3, "a*-b.c").contains("pairs: 3 in all"), "{}", many(3, "a*-b.c"));
    assert!(many(5, "a*-b.c").contains("pairs: 5 in all"), "{}", many(5, "a*-b.c"));
}

#[test]
fn a_decision_replaces_the_headers_that_stand_there() {
    let evil = HeaderValue::from_static("https://evil.example");
    let get = Request::get("/").header("origin", "https://b.example").body(()).unwrap();
    for request in [get, preflight("https://b.example"), preflight("null")] {
        let mut headers = HeaderMap::new();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, evil.clone());
        policy().decide(&request).write_to(&mut headers);
        assert!(!headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN), "{request:?}");
    }
}

#[test]
fn loopback_may_have_credentials_over_http() {
    for origin in [
        "http://localhost",
        "http://localhost.:3000",
        "http://localhost:*",
        "http://app.localhost",
        "http://127.0.0.1:8080",
        "http://127.255.0.1",
        "http://[::1]:3000",
    ] {
        let policy = Policy::builder().allow_origins([origin]).allow_credentials(true).build();
        assert!(policy.is_ok(), "{origin}: {policy:?}");
    }
    for origin in
        ["http://128.0.0.1", "http://localhost.example", "http://notlocalhost", "http://[::2]"]
    {
        let policy = Policy::builder().allow_origins([origin]).allow_credentials(true).build();
        assert!(policy.is_err(), "{origin}");
    }
}
