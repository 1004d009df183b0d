//! The fixed tables of the Fetch Standard and of RFC 9110, written out a second time.
//!
//! <https://fetch.spec.whatwg.org/#forbidden-request-header>,
//! <https://fetch.spec.whatwg.org/#forbidden-method>,
//! <https://fetch.spec.whatwg.org/#forbidden-response-header-name>

use http::Request;
use tower_cors::review::Lint;
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

/// Whether a finding is about the name itself. What else is unwise about such policies is no matter here.
fn is_idle(policy: &Policy, name: &str) -> bool {
    let findings = policy.lint().allow(Lint::MethodOptions);
    findings.iter().any(|finding| finding.value() == Some(name))
}

/// Fails with those names that the policy leaves out with a finding, or does not, against what is
/// expected.
#[track_caller]
fn check_warned(names: &[&str], warned: bool, builder: impl Fn(&str) -> PolicyBuilder) {
    let wrong: Vec<_> = names
        .iter()
        .filter(|name| is_idle(&builder(name).build().unwrap(), name) != warned)
        .collect();
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
    check_warned(&forbidden, true, allow);
    let lower = forbidden.map(str::to_ascii_lowercase);
    check_warned(&lower.each_ref().map(String::as_str), true, allow);
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
    check_warned(&neighbours, false, allow);
}

#[test]
fn response_headers() {
    let expose = |name: &str| open().expose_headers([name]);
    check(&["Set-Cookie", "Set-Cookie2", "set-cookie", "set-cookie2"], false, expose);
    let of_requests = [
        "Accept-Charset",
        "Accept-Language",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Method",
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
        "Referer",
        "Sec-CH-UA",
        "Sec-Fetch-Site",
        "Sec-WebSocket-Key",
        "TE",
        "Upgrade-Insecure-Requests",
        "User-Agent",
    ];
    check_warned(&of_requests, true, expose);
    let lower = of_requests.map(str::to_ascii_lowercase);
    check_warned(&lower.each_ref().map(String::as_str), true, expose);
    let safelisted = [
        "Cache-Control",
        "Content-Language",
        "content-length",
        "Content-Type",
        "Expires",
        "Last-Modified",
        "pragma",
    ];
    check_warned(&safelisted, true, expose);
    let sound = [
        "accept",
        "accept-encoding",
        "accept-ranges",
        "authorization",
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
    check_warned(&sound, false, expose);
}

#[test]
fn methods() {
    let allow = |name: &str| open().allow_methods([name]);
    check_warned(&["CONNECT", "TRACE", "TRACK", "connect", "Trace", "tRACK"], true, allow);
    check_warned(&["GET", "HEAD", "POST"], true, allow);
    check(&["get", "Head", "pOST", "put", "delete", "options", "patch"], false, allow);
    check_warned(&["PUT", "DELETE", "OPTIONS", "PATCH"], false, allow);
    check_warned(&["QUERY", "PROPFIND", "propfind", "TRACER", "X!#$%&'+-.^_`|~9"], false, allow);
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
