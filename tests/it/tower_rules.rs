//! What a Tower middleware owes to its neighbours: readiness, errors, extensions, `Send`, clones.
//!
//! <https://docs.rs/tower-service/latest/tower_service/trait.Service.html>

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_cors::{Cors, CorsLayer, Policy, ResponseFuture};

fn policy() -> Policy {
    Policy::builder()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_methods(["PUT"])
        .build()
        .unwrap()
}

fn get() -> Request<String> {
    Request::get("/").header("origin", "https://a.example").body(String::new()).unwrap()
}

fn preflight(method: &str) -> Request<String> {
    Request::options("/")
        .header("origin", "https://a.example")
        .header("access-control-request-method", method)
        .body("dropped".to_owned())
        .unwrap()
}

#[tokio::test]
async fn a_preflight_keeps_no_permit() {
    let inner = service_fn(|_: Request<String>| async {
        Ok::<_, Infallible>(Response::new(String::new()))
    });
    let service = ServiceBuilder::new()
        .layer(CorsLayer::new(policy()))
        .layer(ConcurrencyLimitLayer::new(1))
        .service(inner);
    for method in ["PUT", "DELETE"] {
        let (mut answering, mut waiting) = (service.clone(), service.clone());
        let response = answering.ready().await.unwrap().call(preflight(method)).await.unwrap();
        assert!(response.headers().contains_key("vary"));
        // `answering` is still there, and would hold the only permit.
        let ready = tokio::time::timeout(Duration::from_secs(5), waiting.ready()).await;
        assert!(ready.is_ok(), "a preflight for {method} starves other clones");
        assert!(waiting.call(get()).await.is_ok());
        assert!(answering.ready().await.unwrap().call(get()).await.is_ok());
    }
}

/// The answer stands in the map of the request, unless a hostile one made that large.
#[tokio::test]
async fn the_map_of_a_large_request_is_not_handed_on() {
    let inner = service_fn(|_: Request<String>| async {
        Ok::<_, Infallible>(Response::new(String::new()))
    });
    let mut service = CorsLayer::new(policy()).layer(inner);
    for method in ["PUT", "DELETE"] {
        let mut request = preflight(method);
        for number in 0..1_000 {
            let name = format!("x-{number}").parse::<HeaderName>().unwrap();
            request.headers_mut().insert(name, HeaderValue::from_static("1"));
        }
        let response = service.call(request).await.unwrap();
        assert!(response.headers().capacity() < 100, "{}", response.headers().capacity());
    }
}

#[tokio::test]
async fn readiness_and_errors_are_those_of_the_inner_service() {
    #[derive(Clone)]
    struct Failing {
        ready: bool,
    }

    impl Service<Request<String>> for Failing {
        type Response = Response<String>;
        type Error = &'static str;
        type Future = Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            if self.ready { Poll::Ready(Ok(())) } else { Poll::Ready(Err("not ready")) }
        }

        fn call(&mut self, _: Request<String>) -> Self::Future {
            ready(Err("failed"))
        }
    }

    let mut service = CorsLayer::new(policy()).layer(Failing { ready: true });
    assert_eq!(service.ready().await.unwrap().call(get()).await.unwrap_err(), "failed");
    let answer = service.ready().await.unwrap().call(preflight("PUT")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let layer = CorsLayer::new(policy()).pass_on_preflights(true);
    let mut passing = layer.layer(Failing { ready: true });
    assert_eq!(passing.ready().await.unwrap().call(preflight("PUT")).await.unwrap_err(), "failed");
    let mut service = CorsLayer::new(policy()).layer(Failing { ready: false });
    assert_eq!(service.ready().await.map(|_| ()).unwrap_err(), "not ready");
}

#[tokio::test]
async fn extensions_survive_in_both_directions() {
    #[derive(Clone, Debug, PartialEq)]
    struct Note(&'static str);

    let inner = service_fn(|request: Request<String>| async move {
        let mut response = Response::new(request.into_body());
        response.extensions_mut().insert(Note("of the response"));
        Ok::<_, Infallible>(response)
    });
    let echo = service_fn(|request: Request<String>| async move {
        let mut response = Response::new(String::new());
        response.extensions_mut().extend(request.extensions().clone());
        Ok::<_, Infallible>(response)
    });
    let response = CorsLayer::new(policy()).layer(inner).oneshot(get()).await.unwrap();
    assert_eq!(response.extensions().get(), Some(&Note("of the response")));
    let mut request = get();
    request.extensions_mut().insert(Note("of the request"));
    let response = CorsLayer::new(policy()).layer(echo).oneshot(request).await.unwrap();
    assert_eq!(response.extensions().get(), Some(&Note("of the request")));
}

#[test]
fn futures_are_send_if_the_inner_one_is() {
    fn is_send<T: Send>(_: &T) {}
    fn is_shareable<T: Clone + Send + Sync + 'static>() {}
    let inner =
        service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    let mut service = CorsLayer::new(policy()).layer(inner);
    is_send(&service.call(get()));
    is_shareable::<Policy>();
    is_shareable::<CorsLayer>();
    is_shareable::<Cors<()>>();
    is_shareable::<ResponseFutureIsNameable>();
}

/// The future can be named, for a service that has it as its own.
#[derive(Clone)]
struct ResponseFutureIsNameable;

impl Service<Request<String>> for ResponseFutureIsNameable {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = ResponseFuture<Ready<Result<Response<String>, Infallible>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let inner = service_fn(|_: Request<String>| {
            ready(Ok::<_, Infallible>(Response::new(String::new())))
        });
        CorsLayer::new(policy()).layer(inner).call(request)
    }
}

#[test]
fn a_body_need_not_be_send_and_an_inner_future_need_not_be_unpin() {
    let inner = service_fn(|request: Request<std::rc::Rc<()>>| async move {
        tokio::task::yield_now().await;
        drop(request);
        Ok::<_, Infallible>(Response::new(()))
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let request = Request::new(std::rc::Rc::new(()));
    let response = runtime.block_on(CorsLayer::new(policy()).layer(inner).oneshot(request));
    assert_eq!(response.unwrap().headers()["vary"], "Origin");
}

/// The future of a layer holds no response of its own making, so a body is no hindrance to it.
#[test]
fn a_future_is_send_though_the_body_of_its_response_is_not() {
    fn assert_send<T: Send>(_: &T) {}
    let inner =
        service_fn(|_: Request<()>| async { Err::<Response<std::rc::Rc<()>>, _>("no response") });
    assert_send(&CorsLayer::new(policy()).layer(inner).call(Request::new(())));
}

/// Counts its clones; the policy of the layer has ten thousand origins.
#[test]
fn a_clone_clones_the_inner_service_once_and_no_origin() {
    struct Counting(Arc<AtomicUsize>);

    impl Clone for Counting {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Ordering::Relaxed);
            Self(Arc::clone(&self.0))
        }
    }

    let clones = Arc::new(AtomicUsize::new(0));
    let origins = (0..10_000).map(|number| format!("https://a{number}.example"));
    let policy = Policy::builder().allow_origins(origins).build().unwrap();
    let service = CorsLayer::new(policy).layer(Counting(Arc::clone(&clones)));
    let (_, allocations) = crate::allocations::count(|| service.clone());
    assert_eq!(clones.load(Ordering::Relaxed), 1);
    assert_eq!(allocations, 0);
}

#[tokio::test]
async fn the_body_of_a_preflight_is_dropped_unread_before_the_answer() {
    struct Body(Arc<AtomicUsize>);

    impl Drop for Body {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    let dropped = Arc::new(AtomicUsize::new(0));
    let inner = service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(Response::new(())) });
    let request = preflight("PUT").map(|_| Body(Arc::clone(&dropped)));
    let response = CorsLayer::new(policy()).layer(inner).call(request);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
    assert_eq!(response.await.unwrap().status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_response_with_the_most_header_fields_is_not_lost() {
    const MOST: usize = 24_576;
    let inner = service_fn(|_: Request<String>| async {
        let mut response = Response::new("here".to_owned());
        for number in 0.. {
            let name = HeaderName::try_from(format!("x-{number}")).unwrap();
            let value = HeaderValue::from_static("v");
            if response.headers_mut().try_append(name, value).is_err() {
                assert!(number >= MOST);
                break;
            }
        }
        Ok::<_, Infallible>(response)
    });
    let response = CorsLayer::new(policy()).layer(inner).oneshot(get()).await.unwrap();
    assert_eq!(response.body(), "here");
    assert!(response.headers().len() >= MOST);
}
