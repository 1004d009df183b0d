//! Policies that are swapped while requests are answered.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use http::{Request, Response};
use tokio::sync::Notify;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Policy, Reload, Routes};

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

/// Two threads answer while another swaps; every answer is of one policy, and the newest is seen.
#[test]
fn no_answer_is_of_two_policies() {
    let reload = Reload::new(policy(0));
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let mut service = CorsLayer::new(reload.clone()).layer(inner);
            let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
            thread::spawn(move || {
                let mut newest = 0;
                loop {
                    let is_last = stop.load(Ordering::Acquire);
                    let response = service.call(get()).now_or_never().unwrap().unwrap();
                    let version: usize = exposed(&response)["x-".len()..].parse().unwrap();
                    assert!(version >= newest, "{version} after {newest}");
                    newest = version;
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
                        return newest;
                    }
                }
            })
        })
        .collect();
    let mut version = 0;
    while answered.load(Ordering::Relaxed) < 2_000 || version < 1_000 {
        version += 1;
        reload.swap(policy(version));
    }
    stop.store(true, Ordering::Release);
    for reader in readers {
        assert_eq!(reader.join().unwrap(), version, "the last swap is seen");
    }
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
