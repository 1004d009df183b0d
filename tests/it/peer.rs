//! What the README says of tower-http's `CorsLayer`, shown beside this crate's.
//!
//! <https://docs.rs/tower-http/latest/tower_http/cors/index.html>

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};

use http::{HeaderName, Method, Request, Response, StatusCode};
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Policy};
use tower_http::cors;

/// Which header fields the inner service has of its own.
type Inner = &'static [(&'static str, &'static str)];

async fn through<L, S>(layer: L, request: Request<()>, inner: Inner) -> Response<String>
where
    L: Layer<tower::util::BoxCloneService<Request<()>, Response<String>, Infallible>, Service = S>,
    S: Service<Request<()>, Response = Response<String>, Error = Infallible>,
{
    let service = service_fn(move |_: Request<()>| async move {
        let mut response = Response::new("inner".to_owned());
        for (name, value) in inner {
            response.headers_mut().append(*name, value.parse().unwrap());
        }
        Ok(response)
    });
    layer.layer(tower::util::BoxCloneService::new(service)).oneshot(request).await.unwrap()
}

fn theirs() -> cors::CorsLayer {
    cors::CorsLayer::new()
        .allow_origin(cors::AllowOrigin::list(["https://a.example".parse().unwrap()]))
        .allow_methods([Method::PUT])
        .allow_credentials(true)
}

fn ours() -> CorsLayer {
    let policy = Policy::builder()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_methods([Method::PUT])
        .allow_headers([HeaderName::from_static("content-type")])
        .allow_credentials(true);
    CorsLayer::new(policy.build().unwrap())
}

fn preflight_from_evil() -> Request<()> {
    Request::options("/")
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "PUT")
        .body(())
        .unwrap()
}

#[tokio::test]
async fn a_bad_configuration_panics_there_and_is_an_error_here() {
    let bad = cors::CorsLayer::new().allow_origin(cors::Any).allow_credentials(true);
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let outcome = catch_unwind(AssertUnwindSafe(|| drop(bad.layer(inner))));
    assert!(outcome.is_err());
    assert!(Policy::builder().allow_origins(["*"]).allow_credentials(true).build().is_err());
}

#[tokio::test]
async fn every_options_is_answered_there_and_reaches_the_service_here() {
    let options = || Request::options("/").body(()).unwrap();
    assert_eq!(through(theirs(), options(), &[]).await.body(), "");
    assert_eq!(through(ours(), options(), &[]).await.body(), "inner");
}

#[tokio::test]
async fn a_denied_preflight_is_200_with_cors_headers_there_and_403_without_here() {
    let response = through(theirs(), preflight_from_evil(), &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["access-control-allow-credentials"], "true");
    assert_eq!(response.headers()["access-control-allow-methods"], "PUT");
    let response = through(ours(), preflight_from_evil(), &[]).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(response.headers().len(), 1);
}

#[tokio::test]
async fn credentials_are_allowed_to_denied_origins_there_and_not_here() {
    let inner: Inner = &[("access-control-allow-origin", "https://evil.example")];
    let evil = || Request::get("/").header("origin", "https://evil.example").body(()).unwrap();
    let response = through(theirs(), evil(), inner).await;
    assert_eq!(response.headers()["access-control-allow-origin"], "https://evil.example");
    assert_eq!(response.headers()["access-control-allow-credentials"], "true");
    let response = through(ours(), evil(), inner).await;
    assert_eq!(response.headers().len(), 1);
    assert_eq!(response.headers()["vary"], "Origin");
}

#[test]
fn origins_are_copied_on_each_clone_there_and_shared_here() {
    let names = || (0..1000).map(|number| format!("https://{number}.example"));
    let list = cors::AllowOrigin::list(names().map(|name| name.parse().unwrap()));
    let theirs = cors::CorsLayer::new().allow_origin(list).layer(());
    let ours = CorsLayer::new(Policy::builder().allow_origins(names()).build().unwrap()).layer(());
    drop(theirs.clone());
    let (_, copies) = crate::allocations::count(|| theirs.clone());
    let (_, shares) = crate::allocations::count(|| ours.clone());
    assert!(copies > 0);
    assert_eq!(shares, 0);
}
