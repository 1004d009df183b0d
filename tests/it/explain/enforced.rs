//! Under enforcement: which step decided.

use tower_cors::review::{EnforcementStep, Next, RuleSays};
use tower_cors::{CorsLayer, Denial, Enforcement};

use super::{app, read};
use EnforcementStep::{
    Host, Navigation, NoBrowser, NoOrigin, NotCovered, OwnOrigin, Policy as ByPolicy, SameOrigin,
};

/// A request to `api.example`, the step for unsafe requests, and the one for all.
type Row = (&'static str, EnforcementStep, EnforcementStep);

const ROWS: &[Row] = &[
    ("POST /; host: evil.example", Host, Host),
    ("GET /; host: evil.example", Host, Host),
    (
        "OPTIONS /; host: evil.example; origin: https://app.example; access-control-request-method: PUT",
        Host,
        Host,
    ),
    ("GET /; host: api.example; origin: https://evil.example", NotCovered, ByPolicy),
    (
        "POST /; host: api.example; sec-fetch-site: same-origin; origin: https://evil.example",
        SameOrigin,
        SameOrigin,
    ),
    ("POST /; host: api.example; sec-fetch-site: none", Navigation, Navigation),
    (
        "POST /; host: api.example; sec-fetch-site: none; origin: https://evil.example",
        ByPolicy,
        ByPolicy,
    ),
    ("GET /; host: api.example; sec-fetch-site: cross-site", NotCovered, NoOrigin),
    ("POST /; host: api.example", NoBrowser, NoBrowser),
    ("POST /; host: api.example; sec-fetch-site: cross-site", ByPolicy, ByPolicy),
    ("POST /; host: api.example; origin: https://own.example", OwnOrigin, OwnOrigin),
    ("POST /; host: api.example; origin: https://app.example", ByPolicy, ByPolicy),
    (
        "OPTIONS /; host: api.example; origin: https://app.example; access-control-request-method: PUT",
        ByPolicy,
        ByPolicy,
    ),
];

#[test]
fn the_step_that_decided_is_told() {
    let with = |enforcement: Enforcement| {
        let enforcement = enforcement.hosts(["api.example"]).own_origins(["https://own.example"]);
        CorsLayer::new(app().build().unwrap()).enforce(enforcement).unwrap()
    };
    let (of_unsafe, of_all) =
        (with(Enforcement::unsafe_requests()), with(Enforcement::all_requests()));
    let mut failures = Vec::new();
    for (request, in_unsafe, in_all) in ROWS {
        for (layer, step) in [(&of_unsafe, in_unsafe), (&of_all, in_all)] {
            let said = layer.explain(&read(request)).enforcement();
            if said != Some(*step) {
                failures.push(format!("{request}: {said:?}, not {step:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn a_refusal_is_told_whole() {
    let enforcement = Enforcement::unsafe_requests().hosts(["api.example"]);
    let layer = CorsLayer::new(app().build().unwrap()).enforce(enforcement).unwrap();
    let said = |request: &str| layer.explain(&read(request)).to_string();
    assert_eq!(
        said("POST /; host: evil.example"),
        r#"plain request denied: the host is not allowed
  asked: POST "/"
  at fault: "evil.example"
  to allow it: if the server is known by that host, add it to `hosts`; for probes, give their path to `any_host_for`
  enforcement: the host is not listed
  next: the request does not run"#
    );
    assert_eq!(
        said("POST /; host: api.example; sec-fetch-site: cross-site"),
        r#"plain request denied: the origin is not allowed
  asked: POST "/"
  to allow it: a page of another site sent it without its `Origin`, as by a form with a referrer policy of `no-referrer`
  enforcement: the policy decides
  next: the request does not run"#
    );
    assert_eq!(
        said("POST /; host: api.example; origin: https://app.example; cookie: a=b"),
        r#"CORS request denied: the request has cookies, and credentials are not allowed
  asked: POST "/" from "https://app.example"
  to allow it: set `allow_credentials`, if pages of the origin may act as their visitor
  enforcement: the policy decides
  next: the request does not run"#
    );
    let passed = layer.explain(&read("GET /; host: api.example; origin: https://evil.example"));
    assert_eq!(passed.next(), Next::MayNotRead);
}

/// So that each of them denies a plain request, too.
#[test]
fn each_rule_is_asked_as_one_that_is_enforced() {
    let rules = [app(), app().allow_headers(["x-a"])];
    let layer = CorsLayer::new(tower_cors::Policy::from_rules(rules).unwrap());
    let layer = layer.enforce(Enforcement::unsafe_requests()).unwrap();
    let plain = layer.explain(&read("POST /; host: api.example; sec-fetch-site: cross-site"));
    let denials: Vec<_> = plain.rules().iter().map(RuleSays::denial).collect();
    assert!(plain.decision().denial().is_some());
    assert_eq!(denials, [plain.decision().denial(); 2]);
}

/// A page may have kept its origin to itself: then a rule is asked all the same, but only by a server that refuses.
#[test]
fn what_a_rule_says_is_what_the_server_asked() {
    let layer = CorsLayer::new(app().build().unwrap());
    let layer = layer.enforce(Enforcement::unsafe_requests()).unwrap();
    for (request, denial) in [
        ("POST /; host: api.example; sec-fetch-site: cross-site", Some(Denial::OriginNotAllowed)),
        ("POST /; host: api.example", None),
        ("GET /; host: api.example; sec-fetch-site: cross-site", None),
    ] {
        let explanation = layer.explain(&read(request));
        assert_eq!(explanation.rules()[0].denial(), denial, "{request}");
    }
}

/// The route of a path that is left alone is not enforced.
#[cfg(feature = "routes")]
#[test]
fn a_path_that_is_left_alone_is_told_so() {
    use tower_cors::{Route, Routes};

    let routes =
        Routes::builder().route("/alone", Route::LeftAlone).fallback(app().build().unwrap());
    let layer = CorsLayer::new(routes.build().unwrap());
    let layer = layer.enforce(Enforcement::unsafe_requests()).unwrap();
    let explanation =
        layer.explain(&read("POST /alone; host: api.example; origin: https://evil.example"));
    assert_eq!(explanation.enforcement(), Some(EnforcementStep::LeftAlone));
    assert_eq!(explanation.next(), Next::AsTheInnerServiceSays);
}

/// Of a handle that is swapped while a request is explained, one policy is told of.
#[cfg(feature = "reload")]
#[test]
fn one_explanation_is_of_one_policy() {
    use std::sync::{Arc, Mutex};
    use tower_cors::{Policy, Reload};

    let handle: Arc<Mutex<Option<Reload>>> = Arc::default();
    let swaps = Arc::clone(&handle);
    let old = Policy::builder().allow_origins_if(move |_, _, _| {
        if let Some(handle) = &*swaps.lock().unwrap() {
            handle.swap(Policy::permissive());
        }
        true
    });
    let reload = Reload::new(old.build().unwrap());
    *handle.lock().unwrap() = Some(reload.clone());
    let request = "OPTIONS /; origin: https://a.example; access-control-request-method: GET; \
                   access-control-request-headers: x-a";
    let explanation = CorsLayer::new(reload).explain(&read(request));
    assert_eq!(explanation.at_fault(), ["x-a"]);
    assert_eq!(explanation.rules()[0].denial(), explanation.decision().denial());
}
