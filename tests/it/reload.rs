//! Policies that are swapped while requests are answered.
//!
//! The laws: an answer is wholly that of one policy, whatever is swapped in its midst; a request that is sent after a
//! swap has returned is answered by that policy, or by a later one; no reader waits for a swap, and no swap for a
//! reader; what was swapped out is dropped once nobody reads it.
//!
//! The crate has no atomic and no lock of its own here (`invariants.rs` holds that), so that there are no steps of ours
//! whose orders a model checker could try, and `arc-swap` does not run under one. A request reads the handle once.
//! So what may come in between is where others' code runs: predicates, the inner service, what is dropped. There these tests
//! stop. `cargo bench --bench soak` holds the same laws over real connections.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use http::{Method, Request, Response, Uri};
use tokio::sync::Notify;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Origin, Policy, Reload, Routes};

/// A policy all of whose answers show which one it is: a torn one would not match itself.
fn policy(version: usize) -> Policy {
    Policy::builder()
        .allow_origins(["https://a.example", "https://b.example"])
        .expose_headers([format!("x-{version}")])
        .allow_methods([format!("M{version}")])
        .allow_headers([format!("x-{version}")])
        .build()
        .unwrap()
}

fn get() -> Request<()> {
    Request::get("/").header("origin", "https://a.example").body(()).unwrap()
}

fn exposed(response: &Response<()>) -> &str {
    response.headers()["access-control-expose-headers"].to_str().unwrap()
}

#[tokio::test]
async fn a_swap_is_seen_by_every_clone_and_by_later_requests_only() {
    let reload = Reload::new(policy(1));
    let (entered, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let inner = {
        let (entered, go) = (Arc::clone(&entered), Arc::clone(&go));
        service_fn(move |_: Request<()>| {
            let (entered, go) = (Arc::clone(&entered), Arc::clone(&go));
            async move {
                entered.notify_one();
                go.notified().await;
                Ok::<_, Infallible>(Response::new(()))
            }
        })
    };
    let mut service = CorsLayer::new(reload.clone()).layer(inner);
    let mut clone = service.clone();
    let in_flight = tokio::spawn(service.call(get()));
    entered.notified().await;
    reload.swap(policy(2));
    let later = tokio::spawn(clone.call(get()));
    entered.notified().await;
    go.notify_waiters();
    assert_eq!(exposed(&in_flight.await.unwrap().unwrap()), "x-1");
    assert_eq!(exposed(&later.await.unwrap().unwrap()), "x-2");
    assert_eq!(reload.current().decide(&get()).headers()["access-control-expose-headers"], "x-2");
}

/// A reader that is stopped in the middle of a decision keeps nobody from swapping, nor from reading:
/// there is no lock.
#[test]
fn a_reader_that_hangs_keeps_nobody_waiting() {
    let (entered, has_entered) = mpsc::channel();
    let (go, may_go) = mpsc::channel();
    let hands = Mutex::new(Some((entered, may_go)));
    let hanging = Policy::builder()
        .allow_origins_if(move |_, _, _| {
            let hands = hands.lock().unwrap().take();
            if let Some((entered, may_go)) = hands {
                entered.send(()).unwrap();
                may_go.recv().unwrap();
            }
            true
        })
        .expose_headers(["x-1"])
        .build()
        .unwrap();
    let reload = Reload::new(hanging);
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let mut service = CorsLayer::new(reload.clone()).layer(inner);
    let mut clone = service.clone();
    let hanging = thread::spawn(move || service.call(get()).now_or_never().unwrap().unwrap());
    has_entered.recv().unwrap();

    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        reload.swap(policy(2));
        done.send(clone.call(get()).now_or_never().unwrap().unwrap()).unwrap();
    });
    let swapped =
        is_done.recv_timeout(Duration::from_secs(30)).expect("nobody waits for the reader");
    assert_eq!(exposed(&swapped), "x-2");
    go.send(()).unwrap();
    assert_eq!(exposed(&hanging.join().unwrap()), "x-1", "it finishes with what it began with");
}

/// A predicate is asked in the middle of a decision, and the rest of the answer is decided after it.
#[test]
fn a_swap_in_the_middle_of_a_decision_leaves_the_answer_whole() {
    let preflight = Request::options("/")
        .header("origin", "https://a.example")
        .header("access-control-request-method", "M1")
        .header("access-control-request-headers", "x-1");
    for request in [get(), preflight.body(()).unwrap()] {
        let handle: Arc<Mutex<Option<Reload>>> = Arc::default();
        let swapping = {
            let handle = Arc::clone(&handle);
            move || {
                if let Some(reload) = handle.lock().unwrap().take() {
                    reload.swap(policy(2));
                }
            }
        };
        let old = || {
            Policy::builder()
                .expose_headers(["x-1"])
                .allow_methods(["M1"])
                .allow_headers(["x-1"])
                .max_age(Duration::from_secs(1))
        };
        let undisturbed = old().allow_origins_if(|_, _, _| true).build().unwrap();
        let disturbed = old().allow_origins_if(move |_, _, _| {
            swapping();
            true
        });
        let reload = Reload::new(disturbed.build().unwrap());
        *handle.lock().unwrap() = Some(reload.clone());
        let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
        let answer = |layer: CorsLayer<Reload>| {
            layer.layer(inner).call(request.clone()).now_or_never().unwrap().unwrap()
        };
        let found = answer(CorsLayer::new(reload.clone()));
        assert_eq!(reload.current(), policy(2), "it was swapped in the middle");
        let expected = answer(CorsLayer::new(Reload::new(undisturbed)));
        assert_eq!(found.status(), expected.status());
        assert_eq!(found.headers(), expected.headers());
    }
}

/// Threads answer while another swaps. Every answer is of one policy, and of none that had been swapped
/// out before the request.
#[test]
fn no_answer_is_of_two_policies_nor_of_one_that_is_gone() {
    let reload = Reload::new(policy(0));
    // The last version whose swap has begun, and the last whose swap has returned.
    let versions = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let mut service = CorsLayer::new(reload.clone()).layer(inner);
            let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
            let versions = Arc::clone(&versions);
            thread::spawn(move || {
                loop {
                    let is_last = stop.load(Ordering::SeqCst);
                    let oldest = versions[1].load(Ordering::SeqCst);
                    let response = service.call(get()).now_or_never().unwrap().unwrap();
                    let newest = versions[0].load(Ordering::SeqCst);
                    let version: usize = exposed(&response)["x-".len()..].parse().unwrap();
                    assert!(
                        (oldest..=newest).contains(&version),
                        "{version}: {oldest} to {newest}"
                    );
                    let preflight = Request::options("/")
                        .header("origin", "https://a.example")
                        .header("access-control-request-method", format!("M{version}"))
                        .header("access-control-request-headers", format!("x-{version}"));
                    let preflight = preflight.body(()).unwrap();
                    let response = service.call(preflight).now_or_never().unwrap().unwrap();
                    if let Some(names) = response.headers().get("access-control-allow-headers") {
                        assert_eq!(names, &format!("x-{version}"));
                    }
                    answered.fetch_add(1, Ordering::Relaxed);
                    if is_last {
                        return version;
                    }
                }
            })
        })
        .collect();
    let mut version = 0;
    let all_read = || !readers.iter().any(thread::JoinHandle::is_finished);
    while all_read() && (answered.load(Ordering::Relaxed) < 2_000 || version < 1_000) {
        version += 1;
        let policy = policy(version);
        versions[0].store(version, Ordering::SeqCst);
        reload.swap(policy);
        versions[1].store(version, Ordering::SeqCst);
    }
    stop.store(true, Ordering::SeqCst);
    for reader in readers {
        assert_eq!(reader.join().unwrap(), version, "the last swap is seen");
    }
}

/// A policy whose predicate owns something.
fn owning<T: Send + Sync + 'static>(owned: T) -> Policy {
    let predicate = move |_: &Origin<'_>, _: &Method, _: &Uri| {
        let _owned = &owned;
        true
    };
    Policy::builder().allow_origins_if(predicate).expose_headers(["x-1"]).build().unwrap()
}

#[test]
fn what_is_swapped_out_is_dropped() {
    let owned = Arc::new(());
    let alive = || Arc::strong_count(&owned) - 1;
    let reload = Reload::new(owning(Arc::clone(&owned)));
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            let service = CorsLayer::new(reload.clone()).layer(inner);
            scope.spawn(|| {
                let mut service = service;
                while !stop.load(Ordering::SeqCst) {
                    service.call(get()).now_or_never().unwrap().unwrap();
                }
            });
        }
        let swap = |_| {
            reload.swap(owning(Arc::clone(&owned)));
            alive()
        };
        let most = (0..1_000).map(swap).max();
        stop.store(true, Ordering::SeqCst);
        // One is there, and each reader may hold one that is gone.
        assert!(most <= Some(3), "{most:?} were alive");
    });
    assert_eq!(alive(), 1);
    let kept = reload.current();
    reload.swap(policy(2));
    assert_eq!(alive(), 1, "it is kept by hand");
    drop(kept);
    assert_eq!(alive(), 0);
}

/// It is dropped by who swaps, or by the last who reads it, while the others go on.
#[test]
fn a_policy_that_takes_its_time_to_be_dropped_keeps_nobody_waiting() {
    struct Slow(mpsc::Sender<()>, Mutex<mpsc::Receiver<()>>);
    impl Drop for Slow {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
            self.1.lock().unwrap().recv().unwrap();
        }
    }
    let (dropping, is_dropping) = mpsc::channel();
    let (go, may_go) = mpsc::channel();
    let reload = Reload::new(owning(Slow(dropping, Mutex::new(may_go))));
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let mut service = CorsLayer::new(reload.clone()).layer(inner);
    let swapping = {
        let reload = reload.clone();
        thread::spawn(move || reload.swap(policy(2)))
    };
    is_dropping.recv_timeout(Duration::from_secs(30)).unwrap();
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        let before = service.call(get()).now_or_never().unwrap().unwrap();
        reload.swap(policy(3));
        let after = service.call(get()).now_or_never().unwrap().unwrap();
        done.send([before, after]).unwrap();
    });
    let answers = is_done.recv_timeout(Duration::from_secs(30)).expect("nobody waits for the drop");
    assert_eq!(answers.each_ref().map(exposed), ["x-2", "x-3"]);
    go.send(()).unwrap();
    swapping.join().unwrap();
}

#[tokio::test]
async fn a_whole_table_of_routes_can_be_swapped() {
    let table = |version| Routes::builder().route("/items", policy(version)).build().unwrap();
    let reload = Reload::new(table(1));
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let service = CorsLayer::new(reload.clone()).layer(inner);
    let request = || Request::get("/items").header("origin", "https://a.example").body(()).unwrap();
    assert_eq!(exposed(&service.clone().oneshot(request()).await.unwrap()), "x-1");
    reload.swap(table(2));
    assert_eq!(exposed(&service.oneshot(request()).await.unwrap()), "x-2");
}
