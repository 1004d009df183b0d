//! What threads share of a policy that they all ask.
//!
//! The laws: a thread sends what the policy says, whole, whichever thread asked first; it does so while it ends, too; threads
//! write no count of each other's, as far as their stacks lie apart; what was sent outlives the policy.
//!
//! The copies that threads send are made by std's `OnceLock`, and nothing else is written that threads share.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::mpsc::{Sender, channel};
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
/// write no count of each other's. Which threads do follows from where their stacks lie, which nobody
/// promises: so of many threads several have to.
#[test]
fn threads_send_values_of_their_own() {
    const THREADS: usize = 16;
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
        let place = |value: &HeaderValue| value.as_bytes().as_ptr().addr();
        // All at once, so that no stack is that of a thread before it.
        let all_there = Barrier::new(THREADS);
        let places: HashSet<usize> = thread::scope(|scope| {
            let send = || {
                let (one, other) = (sent(&policy, &field), sent(&policy, &field));
                all_there.wait();
                assert_eq!(place(&one), place(&other), "{field}");
                assert_eq!(one, expected, "{field}");
                place(&one)
            };
            let threads = [(); THREADS].map(|()| scope.spawn(send));
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(places.len() >= THREADS / 4, "{field}: {} places", places.len());
    }
}

/// The first to ask make the copies, all at once.
#[test]
fn threads_that_ask_first_at_the_same_time_send_the_same() {
    const THREADS: usize = 8;
    const ROUNDS: usize = 500;
    let policies: Vec<Policy> = (0..ROUNDS)
        .map(|round| {
            let builder = Policy::builder().allow_origins(["https://a.example"]);
            builder.expose_headers([format!("x-{round}")]).build().unwrap()
        })
        .collect();
    let at_once = Barrier::new(THREADS);
    let sent: Vec<Vec<HeaderValue>> = thread::scope(|scope| {
        let send = || {
            let sent = policies.iter().map(|policy| {
                at_once.wait();
                sent(policy, &ACCESS_CONTROL_EXPOSE_HEADERS)
            });
            sent.collect()
        };
        let threads = [(); THREADS].map(|()| scope.spawn(send));
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // What was sent is nobody's any more.
    drop(policies);
    for values in sent {
        for (round, value) in values.iter().enumerate() {
            assert_eq!(value, &format!("x-{round}"));
        }
    }
}

/// When a thread ends, nobody knows which of its thread-locals are still there.
#[test]
fn a_policy_decides_in_the_destructor_of_a_thread_local() {
    struct Last(Policy, Sender<HeaderValue>);
    impl Drop for Last {
        fn drop(&mut self) {
            self.1.send(sent(&self.0, &ACCESS_CONTROL_ALLOW_ORIGIN)).unwrap();
        }
    }
    thread_local! { static LAST: RefCell<Option<Last>> = const { RefCell::new(None) } }

    let (sender, receiver) = channel();
    let policy = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    let asked_before = policy.clone();
    thread::spawn(move || {
        LAST.with(|last| *last.borrow_mut() = Some(Last(policy, sender)));
        sent(&asked_before, &ACCESS_CONTROL_ALLOW_ORIGIN);
    });
    assert_eq!(receiver.recv().unwrap(), "https://a.example");
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
