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

/// To clone a value is to write the count of its bytes. So threads whose values have bytes of their own
/// write no count of each other's.
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

/// A clone of what is static counts nothing, and one copy is enough for all threads.
#[test]
fn what_is_static_is_not_copied() {
    let policy = Policy::permissive();
    for field in [ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS] {
        let places = thread::scope(|scope| {
            let threads = [(); 2].map(|()| scope.spawn(|| sent(&policy, &field)));
            threads.map(|thread| thread.join().unwrap().as_bytes().as_ptr().addr())
        });
        assert_eq!(places[0], places[1], "{field}");
    }
}
