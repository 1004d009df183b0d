//! The proxy over real sockets: one set of CORS headers, whatever the backend says of CORS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use http::{HeaderName, Request, Response, StatusCode, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{lines, listen, preflight, request};

#[path = "../reverse_proxy.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod example;

const APP: &str = "https://app.example.com";

/// What a careless backend says to everybody.
const CARELESS: [(HeaderName, &str); 5] = [
    (http::header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (http::header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
    (http::header::ACCESS_CONTROL_EXPOSE_HEADERS, "x-secret"),
    (http::header::ACCESS_CONTROL_MAX_AGE, "1"),
    (http::header::VARY, "accept-encoding"),
];

/// A backend, the proxy before it, and how often the backend was asked.
struct Running {
    proxy: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Running {
    async fn start(router: Router) -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let router = router.layer(axum::middleware::map_request(move |request: Request<Body>| {
            count.fetch_add(1, Ordering::Relaxed);
            async move { request }
        }));
        let (listener, backend) = listen().await;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { proxy: proxy(backend).await, asked }
    }
}

async fn proxy(backend: SocketAddr) -> SocketAddr {
    let (listener, proxy) = listen().await;
    let app = example::app(backend.to_string().parse().unwrap()).unwrap();
    tokio::spawn(example::serve(listener, app));
    proxy
}

/// Sends a request over a connection of its own.
async fn send(address: SocketAddr, mut request: Request<Body>) -> Response<Incoming> {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) = http1::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    request.headers_mut().insert("host", address.to_string().parse().unwrap());
    sender.send_request(request).await.unwrap()
}

/// Every CORS line and `Vary` of a response.
fn cors(response: &Response<Incoming>) -> Vec<String> {
    let mut found = Vec::new();
    for name in response
        .headers()
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-") || *name == http::header::VARY)
    {
        for value in response.headers().get_all(name) {
            found.push(format!("{name}: {}", value.to_str().unwrap()));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_backend_with_cors_of_its_own_and_one_without_look_the_same() {
    let without = Router::new().route("/items", any(|| async { "items" }));
    let with = Router::new().route("/items", any(|| async { (CARELESS, "items") }));
    for (backend, more) in [(without, None), (with, Some("vary: accept-encoding"))] {
        let running = Running::start(backend).await;
        let expect = |fields: &[&str]| -> Vec<String> {
            let mut fields: Vec<_> =
                fields.iter().copied().chain(more).map(str::to_owned).collect();
            fields.sort();
            fields
        };

        let allowed = send(running.proxy, request("PUT", "/items", APP, &[])).await;
        assert_eq!(
            cors(&allowed),
            expect(&[
                "access-control-allow-credentials: true",
                "access-control-allow-origin: https://app.example.com",
                "vary: Origin",
            ])
        );
        assert_eq!(allowed.into_body().collect().await.unwrap().to_bytes(), "items");

        let denied =
            send(running.proxy, request("GET", "/items", "https://evil.example", &[])).await;
        assert_eq!(denied.status(), StatusCode::OK);
        assert_eq!(cors(&denied), expect(&["vary: Origin"]));
        assert_eq!(running.asked.load(Ordering::Relaxed), 2);
    }
}

#[tokio::test]
async fn preflights_never_reach_the_backend() {
    let running = Running::start(Router::new().fallback(|| async { CARELESS })).await;
    let allowed = send(running.proxy, preflight("/items", APP, "PUT", "authorization")).await;
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        cors(&allowed),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-headers: authorization",
            "access-control-allow-methods: PUT",
            "access-control-allow-origin: https://app.example.com",
            "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        ]
    );
    let denied = send(running.proxy, preflight("/items", "https://evil.example", "PUT", "")).await;
    assert_eq!(denied.status(), StatusCode::FORBIDDEN);
    assert_eq!(running.asked.load(Ordering::Relaxed), 0);
    // An `OPTIONS` that is none is the backend's.
    let options = send(running.proxy, request("OPTIONS", "/items", APP, &[])).await;
    assert_eq!(options.status(), StatusCode::OK);
    assert_eq!(running.asked.load(Ordering::Relaxed), 1);
}

/// spring-cloud-gateway#461, Cosmos-Server#543: the backend's own CORS, under the prefix that has it.
#[tokio::test]
async fn what_is_left_alone_has_the_cors_of_the_backend() {
    let own = any(|| async { (StatusCode::ACCEPTED, CARELESS) });
    let running = Running::start(Router::new().fallback_service(own)).await;
    for (at, method) in ["GET", "POST", "OPTIONS"].into_iter().enumerate() {
        let fields = [("access-control-request-method", "PUT")];
        let request = request(method, "/public/map", "https://evil.example", &fields);
        let response = send(running.proxy, request).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED, "{method}");
        let expected: Vec<_> =
            CARELESS.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let mut found = cors(&response);
        found.sort();
        assert!(expected.iter().all(|line| found.contains(line)), "{method}: {found:?}");
        assert_eq!(found.len(), expected.len(), "{method}: {found:?}");
        assert_eq!(running.asked.load(Ordering::Relaxed), at + 1, "{method}");
    }
    // A path that some read as one of these, and some do not, has no CORS.
    let response = send(running.proxy, request("GET", "/public/..%2Fitems", APP, &[])).await;
    assert_eq!(cors(&response), ["vary: accept-encoding"]);
}

#[tokio::test]
async fn a_page_can_read_that_there_is_no_backend() {
    let (listener, nobody) = listen().await;
    drop(listener);
    let response = send(proxy(nobody).await, request("GET", "/", APP, &[])).await;
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(lines(response.headers(), "access-control-allow-origin"), [APP]);
}

#[tokio::test]
async fn what_is_meant_for_the_next_hop_ends_there() {
    let echo = any(|headers: http::HeaderMap| async move {
        let named = |name: &str| headers.contains_key(name);
        let seen = format!("{} {} {}", named("te"), named("x-hop"), named("x-end"));
        ([("connection", "x-hop-back"), ("x-hop-back", "1"), ("x-end-back", "1")], seen)
    });
    let running = Running::start(Router::new().route("/", echo)).await;
    let fields = [("te", "trailers"), ("connection", "te, x-hop"), ("x-hop", "1"), ("x-end", "1")];
    let response = send(running.proxy, request("GET", "/", APP, &fields)).await;
    assert!(!response.headers().contains_key("x-hop-back"));
    assert!(response.headers().contains_key("x-end-back"));
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "false false true");
}

#[tokio::test]
async fn an_old_backend_is_answered_in_the_client_s_version() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let (listener, backend) = listen().await;
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await.unwrap();
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nitems").await.unwrap();
    });
    let response = send(proxy(backend).await, request("GET", "/", APP, &[])).await;
    assert_eq!((response.status(), response.version()), (StatusCode::OK, Version::HTTP_11));
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "items");
}
