//! Other layers beside one that enforces: protection against CSRF, and a response of a user's own.
//!
//! <https://docs.rs/tower-http/latest/tower_http/csrf/index.html>

use std::convert::Infallible;

use http::{Request, Response, StatusCode};
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Denial, Enforcement};
use tower_http::csrf::CsrfLayer;

use super::{partners, read};

async fn hello(_: Request<String>) -> Result<Response<String>, Infallible> {
    Ok(Response::new("hello".to_owned()))
}

fn cors() -> CorsLayer {
    CorsLayer::new(partners()).enforce(Enforcement::unsafe_requests()).unwrap()
}

async fn status<S>(service: S, written: &str) -> u16
where
    S: Service<Request<String>, Response = Response<String>, Error = Infallible>,
{
    service.oneshot(read(written)).await.unwrap().status().as_u16()
}

/// `enforce` takes the place of `tower_http::csrf`: what that refuses of strangers it refuses too, and
/// what the policy allows that refuses.
#[tokio::test]
async fn csrf_protection_refuses_what_the_policy_allows() {
    let rows = [
        // Name, request; status with enforcement, with the other, with both.
        (
            "a partner's request",
            "POST /; host: shop.example; origin: https://partner.example; sec-fetch-site: cross-site",
            [200, 403, 403],
        ),
        (
            "a partner's request by an old browser",
            "POST /; host: shop.example; origin: https://partner.example",
            [200, 403, 403],
        ),
        (
            "a partner's WebSocket over HTTP/2",
            "CONNECT https://shop.example/; origin: https://partner.example",
            [200, 403, 403],
        ),
        (
            "a stranger's request",
            "POST /; host: shop.example; origin: https://evil.example; sec-fetch-site: cross-site",
            [403, 403, 403],
        ),
        (
            "a stranger's form without an Origin",
            "POST /; host: shop.example; sec-fetch-site: cross-site",
            [403, 403, 403],
        ),
        (
            "a stranger's form by an old browser",
            "POST /; host: shop.example; origin: null",
            [403; 3],
        ),
        (
            "a page of the server",
            "POST /; host: shop.example; origin: https://shop.example; sec-fetch-site: same-origin",
            [200; 3],
        ),
        ("a program", "POST /; host: shop.example", [200; 3]),
        (
            "a stranger's WebSocket over HTTP/1.1",
            "GET /; host: shop.example; upgrade: websocket; origin: https://evil.example",
            [403, 200, 403],
        ),
    ];
    let mut failures = Vec::new();
    for (name, written, expected) in rows {
        let both = ServiceBuilder::new().layer(cors()).layer(CsrfLayer::new());
        let statuses = [
            status(ServiceBuilder::new().layer(cors()).service(service_fn(hello)), written).await,
            status(
                ServiceBuilder::new().layer(CsrfLayer::new()).service(service_fn(hello)),
                written,
            )
            .await,
            status(both.service(service_fn(hello)), written).await,
        ];
        if statuses != expected {
            failures.push(format!("{name}: {statuses:?}, not {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// As of any service: a layer around the other one puts its response in the place of a refusal.
#[tokio::test]
async fn a_refusal_is_answered_by_a_layer_around_it() {
    let explain = |mut response: Response<String>| {
        if let Some(denial) = response.extensions().get::<Denial>() {
            *response.body_mut() = denial.to_string();
            *response.status_mut() = StatusCode::UNAUTHORIZED;
        }
        response
    };
    let service =
        ServiceBuilder::new().map_response(explain).layer(cors()).service(service_fn(hello));
    for (written, expected) in [
        (
            "POST /; host: shop.example; origin: https://evil.example",
            (StatusCode::UNAUTHORIZED, "the origin is not allowed"),
        ),
        (
            "POST /; host: shop.example; origin: https://partner.example; cookie: session=1",
            (StatusCode::UNAUTHORIZED, "the request has cookies, and credentials are not allowed"),
        ),
        ("POST /; host: shop.example; origin: https://partner.example", (StatusCode::OK, "hello")),
    ] {
        let response = service.clone().oneshot(read(written)).await.unwrap();
        assert_eq!((response.status(), response.body().as_str()), expected, "{written}");
    }
}
