//! What threads share of a policy that they all ask.

use std::thread;
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
};
use http::{HeaderName, HeaderValue, Request};
use tower_cors::Policy;

/// The value that a policy sends in that field to `https://a.example`.
fn sent(policy: &Policy, field: &HeaderName) -> HeaderValue {
    let request = Request::builder().header("origin", "https://a.example");
    let request = if *field == ACCESS_CONTROL_MAX_AGE {
        request.method("OPTIONS").header("access-control-request-method", "PUT")
    } else {
        request
    };
    policy.decide(&request.body(()).unwrap()).headers()[field].clone()
}

/// To clone a value is to write its count, which is beside the bytes of that value alone. So threads
/// whose values have bytes of their own write nothing that another thread reads.
#[test]
fn each_thread_sends_values_of_its_own() {
    let policy = Policy::builder()
        .allow_origins(["https://a.example"])
        .allow_methods(["PUT"])
        .expose_headers(["x-request-id"])
        .max_age(Duration::from_secs(600))
        .build()
        .unwrap();
    for (field, expected) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "https://a.example"),
        (ACCESS_CONTROL_EXPOSE_HEADERS, "x-request-id"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        // All at once, since a thread takes over what one before it has left.
        let [here, again, there] = thread::scope(|scope| {
            let here = sent(&policy, &field);
            let other = scope.spawn(|| sent(&policy, &field));
            [here, sent(&policy, &field), other.join().unwrap()]
        });
        let place = |value: &HeaderValue| value.as_bytes().as_ptr();
        assert_eq!(place(&here), place(&again), "{field}");
        assert_ne!(place(&here), place(&there), "{field}");
        assert!([here, there].iter().all(|value| value == expected), "{field}");
    }
}

/// Threads that come and go take over each other's copies.
#[test]
fn a_thread_that_ended_leaves_its_values_to_the_next() {
    let policy = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    let places: Vec<HeaderValue> = (0..100)
        .map(|_| {
            thread::scope(|scope| {
                scope.spawn(|| sent(&policy, &ACCESS_CONTROL_ALLOW_ORIGIN)).join().unwrap()
            })
        })
        .collect();
    let mut places: Vec<_> = places.iter().map(|value| value.as_bytes().as_ptr()).collect();
    places.sort_unstable();
    places.dedup();
    assert!(places.len() < 50, "{} copies for 100 threads", places.len());
}
