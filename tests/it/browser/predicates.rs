//! How often a user's predicate is asked about a request of the browser: once, though the layer explains it, too.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Request, Response};
use tower::{Layer, service_fn};
use tower_cors::browser::{Body, Browser, Fetch, Seen};
use tower_cors::{CorsLayer, Enforcement, Policy, PolicyBuilder, Resolver};

/// A predicate that counts how often it is asked, and that holds `https://app.example`.
fn counting() -> (Arc<AtomicUsize>, PolicyBuilder) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let builder = Policy::builder().allow_methods(["PUT"]).allow_origins_if(move |origin, _, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        origin.host() == "app.example"
    });
    (count, builder)
}

async fn fetch(layer: &CorsLayer, page: &str, method: &str) -> Seen {
    let service =
        service_fn(async |_: Request<Body>| Ok::<_, Infallible>(Response::new(String::new())));
    let mut browser = Browser::new(layer.layer(service));
    browser.fetch_from(page, Fetch::new(method, "https://api.example/")).await.unwrap()
}

#[tokio::test]
async fn a_predicate_is_asked_once_about_each_request() {
    let (count, policy) = counting();
    let layer = CorsLayer::new(policy.build().unwrap());
    let enforced = layer.clone().enforce(Enforcement::all_requests()).unwrap();
    let passed_on = layer.clone().pass_on_preflights(true);
    for layer in [layer, enforced, passed_on] {
        for (page, method, requests) in [
            ("https://app.example", "GET", 1),
            ("https://app.example", "PUT", 2),
            ("https://other.example", "GET", 1),
            // The preflight is denied.
            ("https://other.example", "PUT", 1),
        ] {
            let seen = fetch(&layer, page, method).await;
            assert_eq!(seen.sent().len(), requests, "{seen}");
            assert_eq!(count.swap(0, Ordering::SeqCst), requests, "{seen}");
            // And it is explained.
            for exchange in seen.exchanges() {
                let [remark] = exchange.remarks() else { panic!("{seen}") };
                let is_denied = page == "https://other.example";
                assert_eq!(
                    remark.contains("denied: the origin is not allowed"),
                    is_denied,
                    "{remark}"
                );
            }
        }
    }
}

/// Which of several rules says what takes another asking of them all.
#[tokio::test]
async fn predicates_of_several_rules_are_asked_once_more() {
    let ((one, first), (other, second)) = (counting(), counting());
    let layer = CorsLayer::new(Policy::from_rules([first, second]).unwrap());
    let seen = fetch(&layer, "https://other.example", "GET").await;
    assert_eq!([&one, &other].map(|count| count.swap(0, Ordering::SeqCst)), [2, 2], "{seen}");
    // The first rule allows it, so that the second is asked for the explanation alone.
    let seen = fetch(&layer, "https://app.example", "GET").await;
    assert_eq!([&one, &other].map(|count| count.swap(0, Ordering::SeqCst)), [2, 1], "{seen}");
}

/// A resolver is the user's code, too.
#[tokio::test]
async fn a_resolver_is_asked_once() {
    let (asked, (count, policy)) = (Arc::new(AtomicUsize::new(0)), counting());
    let (counted, policy) = (asked.clone(), policy.build().unwrap());
    let find = move |_: Request<()>| {
        counted.fetch_add(1, Ordering::SeqCst);
        let policy = policy.clone();
        async move { Ok(Some(policy)) }
    };
    let resolver = Resolver::new(find, drop);
    let service =
        service_fn(async |_: Request<Body>| Ok::<_, Infallible>(Response::new(String::new())));
    let mut browser = Browser::new(CorsLayer::with_resolver(resolver).layer(service));
    let get = Fetch::get("https://api.example/");
    let seen = browser.fetch_from("https://app.example", get).await.unwrap();
    assert!(seen.is_readable(), "{seen}");
    assert_eq!([asked, count].map(|count| count.load(Ordering::SeqCst)), [1, 1]);
}

/// Without the browser nothing is explained unless somebody asks.
#[tokio::test]
async fn elsewhere_it_is_asked_once_by_whoever_asks() {
    use tower::ServiceExt;

    let (count, policy) = counting();
    let policy = policy.build().unwrap();
    let request =
        || Request::get("/").header("origin", "https://app.example").body(String::new()).unwrap();
    let service =
        service_fn(async |_: Request<String>| Ok::<_, Infallible>(Response::new(String::new())));
    CorsLayer::new(policy.clone()).layer(service).oneshot(request()).await.unwrap();
    assert_eq!(count.swap(0, Ordering::SeqCst), 1);
    assert!(policy.decide(&request()).is_allowed());
    assert_eq!(count.swap(0, Ordering::SeqCst), 1);
    assert!(policy.explain(&request()).decision().is_allowed());
    assert_eq!(count.swap(0, Ordering::SeqCst), 1);
}
