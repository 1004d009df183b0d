//! What it costs to choose a policy, and to enforce it: nothing, where no request is refused.

use http::Method;
use tower_cors::{CorsLayer, Enforcement, Policy};

use super::Inner::{Empty, Typed};
use super::{FOR_PUT, FROM_A, FROM_EVIL, Fields, NAMES, measure, one, request, two};

const FROM_B: (&str, &str) = ("origin", "https://b.example");
const COOKIE: (&str, &str) = ("cookie", "session=1");

const ROWS: &[(&str, Method, Fields<'_>)] = &[
    ("plain", Method::GET, &[]),
    ("allowed", Method::GET, &[FROM_A]),
    ("denied", Method::GET, &[FROM_EVIL]),
    ("preflight", Method::OPTIONS, &[FROM_A, FOR_PUT, NAMES]),
    ("denied preflight", Method::OPTIONS, &[FROM_EVIL, FOR_PUT, NAMES]),
];

#[test]
fn several_rules_add_none() {
    let rules = [one().allow_headers(["x-a"]), two(), two().allow_methods(["DELETE"])];
    let rules = rules.map(|rule| rule.expose_headers(["x-request-id"]));
    let layer = CorsLayer::new(Policy::from_rules(rules).unwrap());
    for (name, method, fields) in ROWS {
        assert_eq!(measure(&layer, Typed, request(method.clone(), fields)), 0, "{name}");
    }
}

#[cfg(all(feature = "routes", feature = "reload"))]
#[test]
fn routes_and_reload_add_none() {
    use tower_cors::{Reload, Routes};

    use super::any;

    for builder in [any(), one(), two()] {
        let policy = builder.build().unwrap();
        let routes = Routes::builder()
            .route("/", policy.clone())
            .route("/items/{id}", policy.clone())
            .fallback(policy.clone())
            .build()
            .unwrap();
        for (name, method, fields) in ROWS {
            let request = || request(method.clone(), fields);
            let layers = [Reload::new(routes.clone()), Reload::new(routes.clone())];
            for layer in layers.map(CorsLayer::new) {
                assert_eq!(measure(&layer, Typed, request()), 0, "{name}");
            }
            assert_eq!(measure(&CorsLayer::new(routes.clone()), Typed, request()), 0, "{name}");
        }
    }
}

#[test]
fn enforcement_adds_none_to_what_it_admits() {
    let own =
        Enforcement::all_requests().own_origins(["https://own.example", "https://*.own.example"]);
    let own = own.dangerously_allow_public_suffixes(cfg!(not(feature = "public-suffix")));
    let enforcements = [
        Enforcement::unsafe_requests(),
        own.clone(),
        own.hosts(["api.example", "localhost:*", "*.api.example", "[::1]:8080", "127.0.0.1:*"])
            .any_host_for(["/health"]),
    ];
    for enforcement in enforcements {
        let layer = CorsLayer::new(two().build().unwrap()).enforce(enforcement).unwrap();
        for (name, method, fields) in ROWS.iter().filter(|(name, ..)| *name != "denied") {
            assert_eq!(measure(&layer, Typed, request(method.clone(), fields)), 0, "{name}");
        }
        let posts: [Fields<'_>; 2] = [&[FROM_A, COOKIE], &[]];
        for fields in posts {
            assert_eq!(measure(&layer, Typed, request(Method::POST, fields)), 0, "{fields:?}");
        }
        for from in ["https://own.example", "https://api.example"] {
            let get = request(Method::GET, &[("origin", from), ("sec-fetch-site", "same-origin")]);
            assert_eq!(measure(&layer, Typed, get), 0, "{from}");
        }
    }
}

/// The map of the request is used for the answer; the denial takes room among the extensions.
#[test]
fn a_refusal_costs_what_its_extension_costs() {
    let refused: [Fields<'_>; 4] = [
        &[FROM_EVIL],
        &[FROM_B, COOKIE],
        &[("sec-fetch-site", "cross-site"), COOKIE],
        &[FROM_B, ("host", "evil.example")],
    ];
    let without_credentials = two().allow_credentials(false).build().unwrap();
    let enforcement = Enforcement::unsafe_requests().hosts(["api.example"]);
    let layer = CorsLayer::new(without_credentials).enforce(enforcement).unwrap();
    for fields in refused {
        assert_eq!(measure(&layer, Typed, request(Method::POST, fields)), 3, "{fields:?}");
    }
}

/// What it is answered with is boxed, so that the usual future stays small.
#[test]
fn a_preflight_that_is_passed_on_costs_one() {
    let layer = CorsLayer::new(two().build().unwrap()).pass_on_preflights(true);
    let preflight = request(Method::OPTIONS, &[FROM_A, FOR_PUT, NAMES]);
    // The box, and room for fields.
    assert_eq!(measure(&layer, Empty, preflight), 1 + 2);
}

/// Nor is anything allocated to tell an observer that looks at the decision alone, or to ask a candidate.
#[test]
fn who_looks_on_adds_none() {
    let layer = CorsLayer::new(two().build().unwrap());
    let looks = |observation: &tower_cors::observe::Observation<'_>| {
        assert!(observation.head().headers().contains_key("origin"));
        assert!(observation.decision().denial().is_none_or(|it| !it.as_str().is_empty()));
    };
    let observed = layer.clone().observe(looks);
    let compared = observed.clone().report_only(one().build().unwrap());
    let unread = layer.clone().report_only(one().build().unwrap());
    for (name, method, fields) in ROWS {
        for (watch, layer) in [&layer, &observed, &compared, &unread].into_iter().enumerate() {
            let asked = || request(method.clone(), fields);
            assert_eq!(measure(layer, Typed, asked()), 0, "{name}, {watch}");
        }
    }
}
