//! What hurts when a server runs.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;
use http::{Request, Response, StatusCode};
use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Enforcement, Policy, presets};

use super::{PAGE, preflight, request};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;
type Inner = tower::util::BoxCloneSyncService<Request<()>, Response<()>, Infallible>;

/// The response, and whether the inner service ran.
fn send<L, S>(layer: &L, request: Request<()>) -> (Response<()>, bool)
where
    L: Layer<Inner, Service = S>,
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    let ran = Arc::new(AtomicBool::new(false));
    let mark = Arc::clone(&ran);
    let inner = Inner::new(service_fn(move |_| {
        mark.store(true, Ordering::Relaxed);
        async { Ok(Response::new(())) }
    }));
    let response = layer.layer(inner).call(request).now_or_never().unwrap().unwrap();
    (response, ran.load(Ordering::Relaxed))
}

fn at(host: &str, mut request: Request<()>) -> Request<()> {
    request.headers_mut().insert("host", host.parse().unwrap());
    request
}

fn pages() -> Result<Policy> {
    Ok(Policy::builder().allow_origins([PAGE, "https://other.example"]).build()?)
}

#[test]
fn an_options_that_is_no_preflight_reaches_the_service() -> Result {
    let layer = CorsLayer::new(pages()?);
    let mut named = request("OPTIONS", PAGE);
    named.headers_mut().insert("access-control-request-headers", "x-a".parse()?);
    let mut without_origin = Request::options("/").body(())?;
    without_origin.headers_mut().insert("access-control-request-method", "PUT".parse()?);
    for options in [request("OPTIONS", PAGE), named, without_origin] {
        let (response, ran) = send(&layer, options);
        assert_eq!((response.status(), ran), (StatusCode::OK, true));
    }
    assert!(!send(&layer, preflight(PAGE, "PUT", &[])).1);
    assert!(send(&layer.pass_on_preflights(true), preflight(PAGE, "POST", &[])).1);
    Ok(())
}

#[test]
fn a_post_of_the_same_origin_passes_behind_a_proxy() -> Result {
    let enforce =
        |enforcement| Ok::<_, Box<dyn Error>>(CorsLayer::new(pages()?).enforce(enforcement)?);
    let unsafe_ones = || Enforcement::unsafe_requests();

    // The proxy speaks plain HTTP with the server, and keeps the host: the scheme is not compared.
    let post = || at("shop.example", request("POST", "https://shop.example"));
    assert!(send(&enforce(unsafe_ones())?, post()).1);
    // The proxy writes a host of its own: the browser says that it is the same origin.
    let inside = || at("10.0.0.7:8080", request("POST", "https://shop.example"));
    let mut said = inside();
    said.headers_mut().insert("sec-fetch-site", "same-origin".parse()?);
    assert!(send(&enforce(unsafe_ones())?, said).1);
    // An old browser says nothing: then the server has to know its own name.
    assert!(!send(&enforce(unsafe_ones())?, inside()).1);
    let own = enforce(unsafe_ones().own_origins(["https://shop.example"]))?;
    assert!(send(&own, inside()).1);
    // And a foreign one is refused in each of these.
    assert!(!send(&own, at("shop.example", request("POST", "https://evil.example"))).1);
    Ok(())
}

#[test]
fn the_server_itself_can_refuse() -> Result {
    let evil = || request("POST", "https://evil.example");
    let (response, ran) = send(&CorsLayer::new(pages()?), evil());
    assert_eq!((response.status(), ran), (StatusCode::OK, true), "CORS alone hides the answer");

    let layer = CorsLayer::new(pages()?).enforce(Enforcement::unsafe_requests())?;
    let (response, ran) = send(&layer, evil());
    assert_eq!((response.status(), ran), (StatusCode::FORBIDDEN, false));
    assert!(send(&layer, request("POST", PAGE)).1);
    // Links, images and whatever is no page's are left alone.
    assert!(send(&layer, Request::post("/").body(())?).1);
    assert!(send(&layer, request("GET", "https://evil.example")).1);
    Ok(())
}

/// MCP: "Servers MUST validate the `Origin` header on all incoming connections to prevent DNS rebinding
/// attacks", and answer 403.
///
/// <https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning>
#[test]
fn an_mcp_server_refuses_foreign_origins_and_hosts() -> Result {
    let policy = presets::mcp(Policy::builder().allow_origins(["https://inspector.example"]));
    let enforcement = Enforcement::all_requests()
        .own_origins(["http://localhost:*", "http://127.0.0.1:*"])
        .hosts(["localhost:*", "127.0.0.1:*"]);
    let layer = CorsLayer::new(policy.build()?).enforce(enforcement)?;
    for (name, request, is_processed) in [
        ("a program", at("127.0.0.1:3000", Request::post("/mcp").body(())?), true),
        ("its own page", at("localhost:3000", request("POST", "http://localhost:3000")), true),
        ("a listed page", at("localhost:3000", request("POST", "https://inspector.example")), true),
        ("a foreign page", at("localhost:3000", request("POST", "https://evil.example")), false),
        (
            "a foreign page reads",
            at("localhost:3000", request("GET", "https://evil.example")),
            false,
        ),
        ("a sandboxed page", at("localhost:3000", request("POST", "null")), false),
        (
            "a rebound name",
            at("evil.example:3000", request("POST", "http://evil.example:3000")),
            false,
        ),
        ("a rebound name, plainly", at("evil.example:3000", Request::get("/mcp").body(())?), false),
        ("no host", request("POST", "http://localhost:3000"), false),
    ] {
        let (response, ran) = send(&layer, request);
        let status = if is_processed { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!((response.status(), ran), (status, is_processed), "{name}");
    }
    let names = ["content-type,mcp-protocol-version,mcp-session-id"];
    let asked = at("localhost:3000", preflight("https://inspector.example", "POST", &names));
    assert_eq!(send(&layer, asked).0.status(), StatusCode::NO_CONTENT);
    Ok(())
}

/// A page of the internet that asks for something in the local network: Chromium asks its user, and says
/// "CORS" in the console if the answer is no. README tells so where tower-http has a setting.
#[test]
fn no_header_answers_for_the_local_network() -> Result {
    let mut asks = preflight(PAGE, "POST", &[]);
    let without = send(&CorsLayer::new(pages()?), asks.clone()).0;
    asks.headers_mut().insert("access-control-request-private-network", "true".parse()?);
    asks.headers_mut().insert("access-control-request-local-network", "true".parse()?);
    let with = send(&CorsLayer::new(pages()?), asks).0;
    assert_eq!((with.status(), with.headers()), (without.status(), without.headers()));
    assert!(include_str!("../../../README.md").contains("Local Network Access"));
    Ok(())
}
