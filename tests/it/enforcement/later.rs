//! A policy that is not known when a layer enforces it: what is swapped in later, or found by a resolver.

use std::convert::Infallible;

use http::{Request, Response};
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Denial, Enforcement, Policy, PolicySource, Reload, Resolver};

use super::{partners, read, send};

/// Any origin is allowed: what is refused all the same.
const ROWS: &[(&str, Option<Denial>)] = &[
    ("POST /; host: shop.example; origin: https://evil.example", None),
    ("POST /; host: shop.example; origin: null; sec-fetch-site: cross-site", None),
    ("POST /; host: shop.example; sec-fetch-site: cross-site", None),
    (
        "POST /; host: shop.example; origin: https://evil.example; cookie: session=1",
        Some(Denial::CredentialsNotAllowed),
    ),
    (
        "POST /; host: shop.example; sec-fetch-site: cross-site; cookie: session=1",
        Some(Denial::CredentialsNotAllowed),
    ),
    ("POST /; host: evil.example", Some(Denial::HostNotAllowed)),
];

fn enforcement() -> Enforcement {
    Enforcement::unsafe_requests().hosts(["shop.example"])
}

/// Enforcement can be asked for by a function that takes every source of policies.
fn enforced<P: PolicySource>(policy: P) -> CorsLayer<P> {
    CorsLayer::new(policy).enforce(enforcement()).unwrap()
}

#[test]
fn a_policy_that_is_swapped_in_is_enforced_as_it_is() {
    let policy = Reload::new(partners());
    let layer = enforced(policy.clone());
    let evil = || read(ROWS[0].0);
    assert!(!send(&layer, evil()).1);
    policy.swap(Policy::permissive());
    for (written, denial) in ROWS {
        let (response, ran) = send(&layer, read(written));
        assert_eq!(
            (response.extensions().get(), ran),
            (denial.as_ref(), denial.is_none()),
            "{written}"
        );
    }
    policy.swap(partners());
    assert!(!send(&layer, evil()).1);
}

#[tokio::test]
async fn a_policy_that_is_found_is_enforced_as_it_is() {
    let resolver =
        Resolver::new(async |_| Ok(Some(Policy::permissive())), |error| panic!("{error}"));
    let layer = CorsLayer::with_resolver(resolver).enforce(enforcement()).unwrap();
    let hello = service_fn(|_: Request<String>| async {
        Ok::<_, Infallible>(Response::new("hello".to_owned()))
    });
    for (written, denial) in ROWS {
        let response = layer.layer(hello).oneshot(read(written)).await.unwrap();
        assert_eq!(response.extensions().get(), denial.as_ref(), "{written}");
        assert_eq!(response.body() == "hello", denial.is_none(), "{written}");
    }
}
