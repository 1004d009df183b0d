//! Gateways: in front of a backend with CORS headers of its own, or none; a policy on trial.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Request, Response, StatusCode};
use tower::{Layer, service_fn};
use tower_cors::{CorsLayer, Policy, RequestHead};

use super::{Result, call, preflight, request, send};

/// What a backend says of CORS is replaced; a backend that says nothing gets what it lacks. The recipe
/// `reverse_proxy` does it over sockets.
#[test]
fn api_gateways() -> Result {
    let policy = Policy::builder()
        .allow_origins(["https://app.example", "https://other.example"])
        .allow_credentials(true)
        .build()?;
    let layer = CorsLayer::new(policy);
    let silent = service_fn(|_: Request<String>| async {
        Ok::<_, Infallible>(Response::new(String::new()))
    });

    let talkative = send(&layer, request("GET", "/", "https://app.example"));
    let silent = call(layer.layer(silent), request("GET", "/", "https://app.example"));
    assert_eq!(talkative.response.headers(), silent.headers());
    assert_eq!(talkative.reader(), "https://app.example");
    // The backend said "https://evil.example", with credentials.
    let evil = send(&layer, request("GET", "/", "https://evil.example"));
    assert_eq!((evil.ran, evil.cors()), (true, vec![]));
    // "CORS proxy": the layer's answer only where the backend has none of its own.
    let kept = send(&layer.keep_inner_headers(true), request("GET", "/", "https://app.example"));
    assert_eq!(kept.reader(), "https://evil.example");
    Ok(())
}

/// A filter of the Gateway API is read, and a stricter policy runs in the shadow of the one that answers: what it would deny is counted, and
/// nobody notices. And allowed and denied requests are counted, each by kind.
#[test]
fn envoy_and_gateway_api() -> Result {
    #[derive(Default)]
    struct Counters {
        allowed: AtomicUsize,
        denied: AtomicUsize,
        newly_denied: AtomicUsize,
    }

    let (answering, warnings) = Policy::from_gateway_json(
        r#"{ "allowOrigins": ["https://*.example"], "allowMethods": ["GET", "POST"] }"#,
    )?;
    assert_eq!(warnings, []);
    let shadow = Policy::builder().allow_origins(["https://app.example"]).build()?;
    let counters = Arc::new(Counters::default());

    // A layer of the user's own, outside of this one, which only looks.
    let (seen, decides) = (Arc::clone(&counters), answering.clone());
    let observe = tower::util::MapRequestLayer::new(move |request: Request<String>| {
        let head = RequestHead::from(&request);
        let decision = decides.decide(head);
        if head.headers().contains_key("origin") {
            let counter = if decision.is_allowed() { &seen.allowed } else { &seen.denied };
            counter.fetch_add(1, Ordering::Relaxed);
            if decision.is_allowed() && !shadow.decide(head).is_allowed() {
                seen.newly_denied.fetch_add(1, Ordering::Relaxed);
            }
        }
        request
    });
    let layer = tower::ServiceBuilder::new().layer(observe).layer(CorsLayer::new(answering));

    for (request, status) in [
        (request("GET", "/", "https://app.example"), StatusCode::OK),
        (request("GET", "/", "https://eu.example"), StatusCode::OK),
        (request("GET", "/", "https://evil.test"), StatusCode::OK),
        (preflight("/", "https://eu.example", "POST", ""), StatusCode::NO_CONTENT),
        (preflight("/", "https://evil.test", "POST", ""), StatusCode::FORBIDDEN),
    ] {
        let expected = request.headers()["origin"].clone();
        let answer = send(&layer, request);
        assert_eq!(answer.status(), status, "{expected:?}");
        // The shadow changes no answer.
        let is_allowed = expected != "https://evil.test";
        assert_eq!(answer.reader() == expected, is_allowed, "{expected:?}");
    }
    let plain = Request::get("/").body(String::new())?;
    assert!(send(&layer, plain).ran);

    let read = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    let counted = (read(&counters.allowed), read(&counters.denied), read(&counters.newly_denied));
    assert_eq!(counted, (3, 2, 2));
    Ok(())
}
