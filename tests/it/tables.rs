//! The fixed tables of the Fetch Standard and of RFC 9110, written out a second time.
//!
//! <https://fetch.spec.whatwg.org/#forbidden-request-header>,
//! <https://fetch.spec.whatwg.org/#forbidden-method>,
//! <https://fetch.spec.whatwg.org/#forbidden-response-header-name>

use http::Request;
use tower_cors::{Denial, Policy, PolicyBuilder};

fn open() -> PolicyBuilder {
    Policy::builder().allow_origins(["*"])
}

/// Fails with those names whose policy builds, or does not, against what is expected.
#[track_caller]
fn check(names: &[&str], sound: bool, builder: impl Fn(&str) -> PolicyBuilder) {
    let wrong: Vec<_> =
        names.iter().filter(|name| builder(name).build().is_ok() != sound).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn forbidden_request_headers() {
    let allow = |name: &str| open().allow_headers([name]);
    let forbidden = [
        "Accept-Charset",
        "Accept-Encoding",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Method",
        "Connection",
        "Content-Length",
        "Cookie",
        "Cookie2",
        "Date",
        "DNT",
        "Expect",
        "Host",
        "Keep-Alive",
        "Origin",
        "Referer",
        "Set-Cookie",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Via",
        "Proxy-Authorization",
        "Sec-CH-UA",
    ];
    check(&forbidden, false, allow);
    check(&forbidden.map(str::to_ascii_lowercase).each_ref().map(String::as_str), false, allow);
    let neighbours = [
        "accept",
        "authorization",
        "cookie3",
        "dnt2",
        "host2",
        "proxy",
        "secret",
        "user-agent",
        "via2",
        "x-http-method-override",
        "cookie*",
        "a*",
    ];
    check(&neighbours, true, allow);
}

#[test]
fn request_only_and_forbidden_response_headers() {
    let expose = |name: &str| open().expose_headers([name]);
    let refused = [
        "Set-Cookie",
        "Set-Cookie2",
        "Accept-Charset",
        "Accept-Language",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Method",
        "Authorization",
        "Cookie",
        "Cookie2",
        "DNT",
        "Expect",
        "From",
        "Host",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
        "Max-Forwards",
        "Origin",
        "Proxy-Authorization",
        "Range",
        "Referer",
        "Sec-CH-UA",
        "Sec-Fetch-Site",
        "Sec-WebSocket-Key",
        "TE",
        "Upgrade-Insecure-Requests",
        "User-Agent",
    ];
    check(&refused, false, expose);
    check(&refused.map(str::to_ascii_lowercase).each_ref().map(String::as_str), false, expose);
    let sound = [
        "accept",
        "accept-encoding",
        "accept-ranges",
        "content-range",
        "etag",
        "link",
        "location",
        "sec-websocket-accept",
        "server",
        "vary",
        "www-authenticate",
        "x-request-id",
    ];
    check(&sound, true, expose);
}

#[test]
fn methods() {
    let allow = |name: &str| open().allow_methods([name]);
    check(&["CONNECT", "TRACE", "TRACK", "connect", "Trace", "tRACK"], false, allow);
    check(&["get", "Head", "pOST", "put", "delete", "options", "patch"], false, allow);
    check(&["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"], true, allow);
    check(&["QUERY", "PROPFIND", "propfind", "TRACER", "X!#$%&'+-.^_`|~9"], true, allow);
}

#[test]
fn any_method_of_up_to_4096_bytes() {
    let policy = open().allow_methods(["*"]).build().unwrap();
    for (length, denial) in [(4096, None), (4097, Some(Denial::MethodNotAllowed))] {
        let preflight = Request::options("/")
            .header("origin", "https://a.example")
            .header("access-control-request-method", "X".repeat(length))
            .body(())
            .unwrap();
        assert_eq!(policy.decide(&preflight).denial(), denial, "{length}");
    }
}
