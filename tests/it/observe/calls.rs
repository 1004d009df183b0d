//! How observers are called.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tower_cors::observe::Observation;
use tower_cors::{CorsLayer, Denial, Enforcement};

use super::{Log, boxed, request, send, two};

#[cfg(feature = "reload")]
#[test]
fn after_a_swap_the_new_policy_is_told() {
    let log = Log::default();
    let handle = tower_cors::Reload::new(two().build().unwrap());
    let explained = log.clone();
    let layer = CorsLayer::new(handle.clone()).observe(log.observer()).observe(move |told| {
        explained.push(format!("{:?}", told.explain().decision().denial().map(Denial::as_str)));
    });
    let service = boxed(&layer, &log);
    let ask = || send(&service, request("GET /; origin: https://a.example"));
    ask();
    assert_eq!(log.take(), ["cors allowed", "None", "inner"]);
    handle.swap(super::origins(&["https://c.example"]).build().unwrap());
    ask();
    let told = ["cors denied origin-not-allowed", r#"Some("origin-not-allowed")"#, "inner"];
    assert_eq!(log.take(), told);
}

#[test]
fn observers_are_called_in_their_order() {
    let log = Log::default();
    let said = |what: &'static str| {
        let log = log.clone();
        move |_: &Observation<'_>| log.push(what)
    };
    let layer = CorsLayer::new(two().build().unwrap());
    let layer = layer.observe(said("first")).observe(said("second"));
    // A copy that is observed by one more leaves the original as it is.
    let more = layer.clone().observe(said("third"));
    let line = "GET /; origin: https://a.example";
    send(&boxed(&layer, &log), request(line));
    assert_eq!(log.take(), ["first", "second", "inner"]);
    send(&boxed(&more, &log), request(line));
    assert_eq!(log.take(), ["first", "second", "third", "inner"]);
}

#[test]
fn the_head_and_the_explanation_are_those_of_the_request() {
    let log = Log::default();
    let told = log.clone();
    let layer = CorsLayer::new(two().build().unwrap())
        .enforce(Enforcement::unsafe_requests())
        .unwrap()
        .observe(move |observation| {
            let head = observation.head();
            told.push(format!("{} {} {}", head.method(), head.uri(), head.headers().len()));
            told.push(observation.explain().to_string());
            told.push(format!("{observation:?}"));
        });
    let line = "POST /a?secret=1; origin: https://a.example.evil; cookie: secret";
    send(&boxed(&layer, &log), request(line));
    let lines = log.take();
    assert_eq!(lines[0], "POST /a?secret=1 2");
    assert!(lines[1].starts_with("CORS request denied: the origin is not allowed"), "{}", lines[1]);
    assert!(lines[1].contains("enforcement: the policy decides"), "{}", lines[1]);
    assert!(lines[2].contains("OriginNotAllowed") && !lines[2].contains("secret"), "{}", lines[2]);
}

/// Of an observer, and of a predicate: whoever calls the service gets it, and the service works on.
#[test]
fn a_panic_of_an_observer_goes_through_the_service() {
    let log = Log::default();
    let layer = CorsLayer::new(two().build().unwrap()).observe(log.observer()).observe(|told| {
        assert!(told.decision().is_allowed(), "the observer panics");
    });
    let service = boxed(&layer, &log);
    let evil = || send(&service, request("GET /; origin: https://evil.example"));
    assert!(catch_unwind(AssertUnwindSafe(evil)).is_err());
    assert_eq!(log.take(), ["cors denied origin-not-allowed"]);
    send(&service, request("GET /; origin: https://a.example"));
    assert_eq!(log.take(), ["cors allowed", "inner"]);
}
