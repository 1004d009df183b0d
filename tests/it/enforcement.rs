//! Refusing at the server what the policy denies.
//!
//! <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>

mod attacks;
mod beside;
mod errors;
mod hosts;
mod later;
mod sockets;
mod subject;
mod table;
mod varies;
mod walk;

use std::collections::HashSet;
use std::convert::Infallible;
use std::fmt::Debug;

use futures_util::FutureExt;
use http::{HeaderMap, Request, Response, StatusCode, Uri};
use tower::limit::ConcurrencyLimitLayer;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Denial, Enforcement, Policy, PolicySource, Routes};

use self::subject::send;

fn partners() -> Policy {
    let origins = ["https://partner.example", "https://*.partner.example"];
    Policy::builder().allow_origins(origins).allow_methods(["PUT"]).build().unwrap()
}

fn request(method: &str, origin: &str) -> Request<String> {
    let request = Request::builder().method(method).uri("/").header("host", "shop.example");
    request.header("origin", origin).body(String::new()).unwrap()
}

/// A name, what is enforced, a request as `method uri; field: value; …`, and what becomes of it: the name of
/// the denial, or one of the two below.
type Row<S> = (&'static str, S, &'static str, Option<&'static str>);

/// The service runs.
const PASSES: Option<&str> = None;
/// The layer answers, and does not refuse.
const ANSWERED: Option<&str> = Some("");

fn read(written: &str) -> Request<String> {
    let mut parts = written.split(';').map(str::trim_start);
    let (method, uri) = parts.next().unwrap().split_once(' ').unwrap();
    let request = Request::builder().method(method).uri(uri.parse::<Uri>().unwrap());
    let request = parts.fold(request, |request, field| {
        let (name, value) = field.split_once(':').unwrap();
        request.header(name, value.trim())
    });
    request.body(String::new()).unwrap()
}

#[track_caller]
fn check<S: Copy + Debug, P: PolicySource>(rows: &[Row<S>], layer: impl Fn(S) -> CorsLayer<P>) {
    let mut failures = Vec::new();
    let mut names = HashSet::new();
    for (name, server, written, expected) in rows {
        let (response, ran) = send(&layer(*server), read(written));
        let denial = response.extensions().get::<Denial>().map(|denial| format!("{denial:?}"));
        let actual = if ran { PASSES } else { Some(denial.as_deref().unwrap_or_default()) };
        if actual != *expected || ran && denial.is_some() {
            failures.push(format!("{name} ({server:?}): {actual:?}, not {expected:?}"));
        }
        assert!(names.insert(name), "{name} stands there twice");
    }
    assert!(failures.is_empty(), "{} of {}: {failures:#?}", failures.len(), rows.len());
}

fn vary(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all("vary").iter().map(|line| line.to_str().unwrap()).collect()
}

/// 36: Quarkus CVE-2022-4147: a simple POST of a foreign origin is processed.
#[test]
fn a_simple_post_of_a_denied_origin_is_not_processed() {
    let layer = CorsLayer::new(partners()).enforce(Enforcement::unsafe_requests()).unwrap();
    let mut post = request("POST", "https://evil.example");
    post.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    let (response, ran) = send(&layer, post);
    assert_eq!((response.status(), ran), (StatusCode::FORBIDDEN, false));
    assert_eq!(response.headers().len(), 1, "{:?}", response.headers());
    assert_eq!(vary(response.headers()), ["Origin, Sec-Fetch-Site, Upgrade, Cookie"]);
    assert_eq!(response.body(), "", "a refusal leaks nothing");
}

/// 49: RUSTSEC-2026-0140: DNS rebinding, by which the page's own host is the request's.
#[test]
fn a_rebound_name_is_refused_by_the_list_of_hosts() {
    let rebound = |site: Option<&str>| {
        let mut request = Request::post("/").header("host", "evil.example:8080");
        request = request.header("origin", "http://evil.example:8080");
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        request.body(String::new()).unwrap()
    };
    let without = CorsLayer::new(partners()).enforce(Enforcement::all_requests()).unwrap();
    assert!(send(&without, rebound(None)).1, "it is same-origin but for the list");
    let hosts = ["localhost:*", "127.0.0.1:8080", "[::1]:*"];
    let listed = Enforcement::unsafe_requests().hosts(hosts);
    let layer = CorsLayer::new(partners()).enforce(listed).unwrap();
    for site in [None, Some("same-origin"), Some("none")] {
        let (response, ran) = send(&layer, rebound(site));
        assert_eq!((response.status(), ran), (StatusCode::FORBIDDEN, false), "{site:?}");
    }
    for (host, allowed) in [
        ("localhost:8080", true),
        ("localhost", true),
        ("LocalHost:1", true),
        ("localhost:", true),
        ("127.0.0.1:8080", true),
        ("[::1]:80", true),
        ("[::1]", true),
        ("127.0.0.1", false),
        ("127.0.0.1:8081", false),
        ("localhost.evil.example", false),
        ("localhost:80:80", false),
        ("localhost:-1", false),
        ("user@localhost", false),
        ("localhost@evil.example", false),
        ("localhost/", false),
        ("::1", false),
        ("", false),
        (&"a".repeat(10_000), false),
    ] {
        let request = Request::get("/").header("host", host).body(String::new()).unwrap();
        assert_eq!(send(&layer, request).1, allowed, "{host}");
    }
}

/// A preflight of the same kind is refused, too, and one of a listed host is answered as ever.
#[test]
fn a_preflight_is_refused_by_its_host_alone() {
    let enforcement = Enforcement::all_requests().hosts(["shop.example"]);
    let layer = CorsLayer::new(partners()).enforce(enforcement).unwrap();
    for (host, origin, status) in [
        ("shop.example", "https://partner.example", StatusCode::NO_CONTENT),
        ("shop.example", "https://evil.example", StatusCode::FORBIDDEN),
        ("evil.example", "https://partner.example", StatusCode::FORBIDDEN),
    ] {
        let preflight = Request::options("/")
            .header("host", host)
            .header("origin", origin)
            .header("access-control-request-method", "PUT");
        let (response, ran) = send(&layer, preflight.body(String::new()).unwrap());
        assert_eq!((response.status(), ran), (status, false), "{host} {origin}");
        let vary = vary(response.headers());
        let names = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
        assert_eq!(vary, [names], "{host} {origin}");
        assert_eq!(response.headers().len() > 1, status.is_success(), "{host} {origin}");
    }
}

/// Whoever stands around the layer can tell a refusal from a response of the service, and answer instead.
#[test]
fn a_refusal_carries_its_denial() {
    let layer = CorsLayer::new(partners()).enforce(Enforcement::unsafe_requests()).unwrap();
    // What is kept of the inner service is none of a refusal's business.
    for layer in [layer.clone(), layer.keep_inner_headers(true)] {
        let (response, ran) = send(&layer, request("DELETE", "https://evil.example"));
        assert_eq!((response.status(), ran), (StatusCode::FORBIDDEN, false));
        assert_eq!(response.extensions().get(), Some(&Denial::OriginNotAllowed));
        assert_eq!(response.headers().len(), 1);
        let (response, ran) = send(&layer, request("DELETE", "https://partner.example"));
        assert_eq!((response.extensions().get::<Denial>(), ran), (None, true));
    }
}

/// What refuses is told why.
#[test]
fn a_refusal_has_its_reason() {
    let layer = |policy| {
        let enforcement = Enforcement::unsafe_requests()
            .own_origins(["https://shop.example"])
            .hosts(["shop.example"]);
        CorsLayer::new(policy).enforce(enforcement).unwrap()
    };
    let builder =
        || Policy::builder().allow_origins(["https://partner.example", "https://b.example"]);
    let get_only = builder().only_methods(["GET"]).build().unwrap();
    let mut foreign = request("POST", "https://partner.example");
    foreign.headers_mut().insert("host", "evil.example".parse().unwrap());
    let mut twice = request("POST", "https://partner.example");
    twice.headers_mut().append("origin", "https://partner.example".parse().unwrap());
    for (request, reason) in [
        (request("POST", "https://evil.example"), Some(Denial::OriginNotAllowed)),
        (request("POST", "null"), Some(Denial::OriginNotAllowed)),
        (request("POST", "https://partner.example"), Some(Denial::MethodNotAllowed)),
        (twice, Some(Denial::OriginRepeated)),
        (foreign, Some(Denial::HostNotAllowed)),
        (request("POST", "https://shop.example"), None),
    ] {
        let (response, _) = send(&layer(get_only.clone()), request);
        assert_eq!(response.extensions().get(), reason.as_ref());
    }
    let nowhere = Routes::builder().build().unwrap();
    let layer = CorsLayer::new(nowhere).enforce(Enforcement::unsafe_requests()).unwrap();
    let (response, _) = send(&layer, request("POST", "https://partner.example"));
    assert_eq!(response.extensions().get(), Some(&Denial::NoPolicy));
    assert!(send(&layer, request("GET", "https://partner.example")).1);
}

/// A WebSocket is opened by GET over HTTP/1.1 and by CONNECT over HTTP/2, and is the same to a policy.
#[test]
fn a_web_socket_is_a_get_to_only_methods() {
    let policy = |method| {
        Policy::builder().allow_origins(["https://partner.example"]).only_methods([method]).build()
    };
    for (only, admitted) in [("GET", true), ("PUT", false)] {
        let enforcement = Enforcement::unsafe_requests();
        let layer = CorsLayer::new(policy(only).unwrap()).enforce(enforcement).unwrap();
        let mut upgrade = request("GET", "https://partner.example");
        upgrade.headers_mut().insert("upgrade", "websocket".parse().unwrap());
        let connect = request("CONNECT", "https://partner.example");
        assert_eq!(send(&layer, upgrade).1, admitted, "{only}");
        assert_eq!(send(&layer, connect).1, admitted, "{only}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_no_permit() {
    let inner = service_fn(|_: Request<String>| async {
        Ok::<_, Infallible>(Response::new(String::new()))
    });
    let service = ServiceBuilder::new()
        .layer(CorsLayer::new(partners()).enforce(Enforcement::unsafe_requests()).unwrap())
        .layer(ConcurrencyLimitLayer::new(1))
        .service(inner);
    let (mut refusing, mut waiting) = (service.clone(), service);
    let refused = refusing.ready().await.unwrap().call(request("POST", "https://evil.example"));
    assert!(waiting.ready().now_or_never().is_some(), "a refusal starves other clones");
    assert_eq!(refused.await.unwrap().status(), StatusCode::FORBIDDEN);
}
