//! Whatever Tower service a browser is given: its requests, its bodies, its errors.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, routing::put};
use http::{Request, Response};
use http_body_util::Full;
use tower::{Service, ServiceBuilder, service_fn};
use tower_cors::browser::{Blocked, Browser, Fetch, Mode};
use tower_http::cors::CorsLayer;

use crate::browser::{API, APP, Answer, Req, Res, SHARE, fetch, outcome, server};

fn assert_send<T: Send>(value: T) -> T {
    value
}

#[tokio::test]
async fn an_axum_router_is_a_service() {
    let app = Router::new()
        .route("/items/{id}", put(|body: String| async move { body }))
        .layer(CorsLayer::very_permissive());
    let mut browser = Browser::new(app);
    let fetch = Fetch::put("https://api.example/items/1?q=a#f")
        .header("content-type", "application/json")
        .body("{}");
    let seen = assert_send(browser.fetch_from(APP, fetch)).await.unwrap();
    let visible = seen.response().unwrap();
    assert_eq!(
        (visible.status(), visible.body().unwrap(), visible.is_ok()),
        (200, &b"{}"[..], true)
    );
    assert!(seen.sent()[0].is_preflight() && !seen.sent()[1].is_preflight());
    assert_eq!(seen.sent()[1].to_string(), "PUT https://api.example/items/1?q=a");
}

#[tokio::test]
async fn a_service_may_want_a_body_of_its_own() {
    let service = service_fn(|request: Request<Body>| async move {
        let bytes = axum::body::to_bytes(request.into_body(), usize::MAX).await;
        bytes.map(|bytes| {
            Response::builder()
                .header("access-control-allow-origin", "*")
                .body(Body::from(bytes))
                .unwrap()
        })
    });
    let seen =
        Browser::with_body(service).fetch_from(APP, Fetch::post(API).body("a")).await.unwrap();
    assert_eq!(seen.response().unwrap().body().unwrap(), b"a");
}

#[tokio::test]
async fn requests_are_in_origin_form() {
    let service = service_fn(|request: Req| async move {
        let line = format!("{} {:?}", request.uri(), request.headers()["host"]);
        Ok::<_, Infallible>(
            Response::builder()
                .header("x-line", line)
                .body(Full::<axum::body::Bytes>::default())
                .unwrap(),
        )
    });
    let mut browser = Browser::new(service);
    for (url, line) in [
        ("https://app.example", "/ \"app.example\""),
        ("https://app.example:443/a?b#c", "/a?b \"app.example\""),
        ("?b=`^|", "/?b=`^| \"app.example\""),
        ("/ü b/../c", "/c \"app.example\""),
    ] {
        let seen = browser.fetch_from(APP, Fetch::get(url)).await.unwrap();
        assert_eq!(seen.response().unwrap().header("x-line"), Some(line), "{url}");
    }
    let seen = browser
        .fetch_from("http://[::1]:80", Fetch::get("http://[::1]:8080/").mode(Mode::NoCors))
        .await
        .unwrap();
    assert_eq!(seen.sent()[0].header("host"), Some("[::1]:8080"));
}

#[tokio::test]
async fn lengths_and_bodies_of_requests() {
    let mut browser = Browser::new(server(&[("*", 200, SHARE)]));
    for (fetch, length, body) in [
        (Fetch::post(API).body("abc"), Some("3"), "abc"),
        (Fetch::post(API), Some("0"), ""),
        (Fetch::put(API), Some("0"), ""),
        (Fetch::delete(API), None, ""),
        (Fetch::delete(API).body("a"), Some("1"), "a"),
        (Fetch::get(API), None, ""),
    ] {
        let seen = browser.fetch_from(APP, fetch).await.unwrap();
        let sent = seen.sent().pop().unwrap();
        assert_eq!(
            (sent.header("content-length"), sent.body()),
            (length, body.as_bytes()),
            "{sent}"
        );
        assert_eq!(sent.header("accept"), Some("*/*"));
    }
}

/// So that a client sends `Content-Length`, and none for no body.
#[tokio::test]
async fn a_body_knows_its_length() {
    for (fetch, length) in [(Fetch::post("/").body("abc"), 3), (Fetch::get("/"), 0)] {
        let service = service_fn(async |request: Req| {
            let body = request.body();
            let length = http_body::Body::size_hint(body).exact();
            assert_eq!(
                length.is_some_and(|length| length == 0),
                http_body::Body::is_end_stream(body)
            );
            let response = Response::builder().header("x-length", length.unwrap());
            Ok::<_, Infallible>(response.body(Full::<axum::body::Bytes>::default()).unwrap())
        });
        let seen = Browser::new(service).fetch_from(APP, fetch).await.unwrap();
        assert_eq!(seen.response().unwrap().header("x-length"), Some(&*length.to_string()));
    }
}

#[tokio::test]
async fn a_body_goes_with_its_request_only() {
    const REDIRECTS: &[Answer] =
        &[("PUT app.example/", 303, &[("location", "/a")]), ("*", 200, SHARE)];
    for (url, lengths) in [(API, [None, Some("3")]), ("/", [Some("3"), None])] {
        let fetch = Fetch::put(url).header("x-a", "1").body("abc");
        let seen = Browser::new(server(REDIRECTS)).fetch_from(APP, fetch).await.unwrap();
        let sent: Vec<_> = seen
            .sent()
            .iter()
            .map(|sent| (sent.header("content-length"), sent.body().len()))
            .collect();
        let expected = lengths.map(|length| (length, if length.is_some() { 3 } else { 0 }));
        assert_eq!(sent, expected, "{url}: a preflight, or GET after a redirect, has none");
    }
}

/// What leads elsewhere is a status of redirects, with a `Location`: script reads the body of all else.
#[tokio::test]
async fn script_gets_the_body_of_a_created_with_location_and_of_a_found_without() {
    const ROWS: [&[Answer]; 2] = [&[("*", 201, &[("location", "/b")])], &[("*", 302, &[])]];
    for answers in ROWS {
        let seen = fetch(answers, APP, Fetch::get("/")).await.unwrap();
        assert_eq!(seen.response().unwrap().body().unwrap(), b"ok", "{seen}");
    }
}

#[tokio::test]
async fn bodies_that_script_does_not_get() {
    for (status, method, body) in [
        (200, "GET", "ok"),
        (404, "GET", "ok"),
        (200, "HEAD", ""),
        (204, "GET", ""),
        (205, "GET", ""),
        (304, "GET", ""),
    ] {
        let service = service_fn(move |_: Req| async move {
            Ok::<_, Infallible>(
                Response::builder()
                    .status(status)
                    .body(Full::<axum::body::Bytes>::from("ok"))
                    .unwrap(),
            )
        });
        let mut browser = Browser::new(service);
        let seen = browser.fetch_from(APP, Fetch::new(method, "/")).await.unwrap();
        assert_eq!(seen.response().unwrap().body().unwrap(), body.as_bytes(), "{method} {status}");
        let seen =
            browser.fetch_from(APP, Fetch::new(method, API).mode(Mode::NoCors)).await.unwrap();
        assert!(
            !seen.is_readable()
                && seen.blocked().is_none()
                && seen.response().unwrap().body().unwrap().is_empty()
        );
    }
}

/// An error with a cause, as clients have them.
#[derive(Debug)]
struct Failure(std::io::Error);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot connect")
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[tokio::test]
async fn an_error_is_a_network_error_with_its_cause() {
    let fails =
        service_fn(|_: Req| ready(Err::<Res, _>(Failure(std::io::Error::other("no route")))));
    let seen = Browser::new(fails).fetch_from(APP, Fetch::get(API)).await.unwrap();
    let expected = "cannot connect: no route";
    assert!(
        matches!(seen.blocked(), Some(Blocked::ServiceFailed { cause, .. }) if cause == expected)
    );
    assert_eq!((seen.sent().len(), seen.exchanges()[0].response().is_none()), (1, true));

    let breaks_off = service_fn(|_: Req| {
        let chunks = futures_util::stream::iter([Ok("o"), Err("k")]);
        let response = Response::builder().header("cache-control", "max-age=60");
        ready(Ok::<_, Infallible>(response.body(Body::from_stream(chunks)).unwrap()))
    });
    let mut browser = Browser::new(breaks_off);
    for _ in 0..2 {
        let seen = browser.fetch_from(APP, Fetch::get("/")).await.unwrap();
        let visible = seen.response().unwrap();
        assert_eq!((visible.status(), visible.header("cache-control")), (200, Some("max-age=60")));
        let error = visible.body().unwrap_err();
        let message = "the body of the response ended in an error (k); expected all of it";
        assert_eq!((error.to_string().as_str(), format!("{error:?}").as_str()), (message, message));
        assert_eq!(seen.sent().len(), 1, "half a response is not kept");
    }

    let url = format!("https://api.example/{}", "a".repeat(70_000));
    let seen = Browser::new(server(&[])).fetch_from(APP, Fetch::get(&url)).await.unwrap();
    assert!(
        matches!(seen.blocked(), Some(Blocked::UrlTooLong { length, .. }) if *length == url.len())
    );
    assert!(seen.sent().is_empty());
}

/// Panics if it is called before it was asked whether it is ready.
struct AsksFirst {
    is_ready: bool,
}

impl Service<Req> for AsksFirst {
    type Response = Res;
    type Error = &'static str;
    type Future = Ready<Result<Res, &'static str>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        if std::mem::replace(&mut self.is_ready, true) {
            return Poll::Ready(Ok(()));
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn call(&mut self, _: Req) -> Self::Future {
        assert!(
            std::mem::replace(&mut self.is_ready, false),
            "the service was asked whether it is ready"
        );
        ready(Ok(Response::builder()
            .header("access-control-allow-origin", "*")
            .header("access-control-allow-methods", "*")
            .body(Full::default())
            .unwrap()))
    }
}

#[tokio::test]
async fn a_service_is_waited_for_before_each_request() {
    let service = ServiceBuilder::new().concurrency_limit(1).service(AsksFirst { is_ready: false });
    let seen = Browser::new(service).fetch_from(APP, Fetch::put(API)).await.unwrap();
    assert_eq!((outcome(&seen).as_str(), seen.sent().len()), ("200 cors", 2));
}

#[tokio::test]
async fn a_body_that_script_does_not_get_may_never_end() {
    let endless = service_fn(|request: Req| {
        let stream = futures_util::stream::pending::<Result<&str, Infallible>>();
        let (status, body) = match (request.method().as_str(), request.uri().path()) {
            ("GET" | "PUT", "/from") => (308, Body::from_stream(stream)),
            ("GET" | "PUT", "/to") => (200, Body::from("ok")),
            _ => (200, Body::from_stream(stream)),
        };
        let mut response = Response::builder().status(status);
        if request.uri().path() == "/from" {
            response = response.header("location", "/to").header("cache-control", "max-age=60");
        }
        if request.uri().path() != "/unshared" {
            response = response
                .header("access-control-allow-origin", "*")
                .header("access-control-allow-methods", "*");
        }
        ready(Ok::<_, Infallible>(response.body(body).unwrap()))
    });
    let url = |path: &str| format!("https://api.example{path}");
    for (fetch, expected) in [
        (Fetch::put(url("/from")), "200 cors"),
        (Fetch::get(url("/from")), "200 cors"),
        (Fetch::get(url("/a")).mode(Mode::NoCors), "0 opaque"),
        (Fetch::new("HEAD", url("/a")), "200 cors"),
        (
            Fetch::get(url("/unshared")),
            "the response from \"https://api.example/unshared\" has no access-control-allow-origin; expected \"https://app.example\"",
        ),
    ] {
        let mut browser = Browser::new(endless);
        let seen = browser.fetch_from(APP, fetch);
        let seen = tokio::time::timeout(Duration::from_secs(60), seen).await.expect(expected);
        assert_eq!(outcome(&seen.unwrap()), expected);
    }
}
