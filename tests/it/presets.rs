//! The presets: what a protocol's client in a browser sends is allowed, and what it reads is exposed.
//!
//! <https://connectrpc.com/docs/cors>, <https://modelcontextprotocol.io/specification>,
//! <https://tus.io/protocols/resumable-upload>, <https://www.rfc-editor.org/rfc/rfc9110#section-14>,
//! <https://www.w3.org/TR/trace-context/>

use std::collections::BTreeSet;

use http::Request;
#[cfg(feature = "review")]
use tower_cors::review::Lint;
use tower_cors::{Denial, Policy, PolicyBuilder, presets};

const PAGE: &str = "https://app.example";

/// A protocol, and its lists, written out a second time from the sources.
struct Protocol {
    name: &'static str,
    preset: fn(PolicyBuilder) -> PolicyBuilder,
    methods: &'static str,
    headers: &'static str,
    exposed: &'static str,
    /// What its clients ask: a method, and the names as a browser sends them, sorted.
    preflights: &'static [(&'static str, &'static str)],
}

const PROTOCOLS: [Protocol; 6] = [
    Protocol {
        name: "gRPC-Web",
        preset: presets::grpc_web,
        methods: "",
        headers: "content-type grpc-timeout x-grpc-web x-user-agent",
        exposed: "grpc-message grpc-status grpc-status-details-bin",
        preflights: &[
            ("POST", "content-type,x-grpc-web"),
            ("POST", "content-type,grpc-timeout,x-grpc-web,x-user-agent"),
        ],
    },
    Protocol {
        name: "Connect",
        preset: presets::connect,
        methods: "",
        headers: "connect-accept-encoding connect-content-encoding connect-protocol-version \
                  connect-timeout-ms content-encoding content-type x-user-agent",
        exposed: "connect-content-encoding content-encoding",
        preflights: &[
            ("POST", "connect-protocol-version,content-type"),
            ("POST", "connect-protocol-version,connect-timeout-ms,content-type,x-user-agent"),
            ("GET", "connect-timeout-ms"),
        ],
    },
    Protocol {
        name: "MCP",
        preset: presets::mcp,
        methods: "DELETE",
        headers: "authorization content-type last-event-id mcp-method mcp-name mcp-param-region \
                  mcp-protocol-version mcp-session-id",
        exposed: "mcp-session-id www-authenticate",
        preflights: &[
            ("POST", "content-type"),
            ("POST", "authorization,content-type,mcp-protocol-version,mcp-session-id"),
            ("GET", "last-event-id,mcp-protocol-version,mcp-session-id"),
            ("DELETE", "mcp-protocol-version,mcp-session-id"),
            ("POST", "content-type,mcp-method,mcp-name,mcp-param-region,mcp-protocol-version"),
        ],
    },
    Protocol {
        name: "tus",
        preset: presets::tus,
        methods: "DELETE PATCH",
        headers: "content-type tus-resumable upload-checksum upload-concat upload-defer-length \
                  upload-length upload-metadata upload-offset x-http-method-override",
        exposed: "location tus-checksum-algorithm tus-extension tus-max-size tus-resumable \
                  tus-version upload-concat upload-defer-length upload-expires upload-length \
                  upload-metadata upload-offset",
        preflights: &[
            ("POST", "tus-resumable,upload-length,upload-metadata"),
            ("POST", "tus-resumable,upload-defer-length"),
            ("HEAD", "tus-resumable"),
            ("PATCH", "content-type,tus-resumable,upload-offset"),
            ("PATCH", "content-type,tus-resumable,upload-checksum,upload-offset"),
            ("POST", "tus-resumable,upload-concat"),
            ("POST", "content-type,tus-resumable,upload-offset,x-http-method-override"),
            ("DELETE", "tus-resumable"),
        ],
    },
    Protocol {
        name: "ranges",
        preset: presets::ranges,
        methods: "",
        headers: "if-match if-none-match if-range range",
        exposed: "accept-ranges content-range etag",
        preflights: &[
            ("GET", "range"),
            ("GET", "if-range,range"),
            ("GET", "if-match,if-none-match"),
        ],
    },
    Protocol {
        name: "trace context",
        preset: presets::trace_context,
        methods: "",
        headers: "baggage sentry-trace traceparent tracestate",
        exposed: "",
        preflights: &[
            ("GET", "traceparent"),
            ("POST", "baggage,sentry-trace,traceparent,tracestate"),
        ],
    },
];

fn preflight(method: &str, names: &str) -> Request<()> {
    Request::options("/")
        .header("origin", PAGE)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", names)
        .body(())
        .unwrap()
}

/// The policy of a preset, for one page more than one, so that it answers by origin.
fn policy(protocol: &Protocol, add: fn(PolicyBuilder) -> PolicyBuilder) -> Policy {
    let builder = Policy::builder().allow_origins([PAGE, "https://other.example"]);
    add((protocol.preset)(builder)).build().unwrap()
}

/// The names that a response exposes.
fn exposed(policy: &Policy) -> BTreeSet<String> {
    let request = Request::post("/").header("origin", PAGE).body(()).unwrap();
    let headers = policy.decide(&request).headers();
    let Some(names) = headers.get("access-control-expose-headers") else {
        return BTreeSet::new();
    };
    let names = names.to_str().unwrap();
    names.split(',').map(|name| name.trim().to_ascii_lowercase()).collect()
}

#[test]
fn what_each_client_sends_is_allowed() {
    for protocol in &PROTOCOLS {
        let policy = policy(protocol, |builder| builder);
        for (method, names) in protocol.preflights {
            let decision = policy.decide(&preflight(method, names));
            assert!(decision.is_allowed(), "{}, {method} {names}: {decision}", protocol.name);
            let headers = decision.headers();
            assert_eq!(headers["access-control-allow-origin"], PAGE, "{}", protocol.name);
            assert_eq!(headers["access-control-allow-headers"], *names, "{}", protocol.name);
        }
    }
}

/// Each name of every protocol, and a few besides, are tried with each preset.
#[test]
fn the_lists_are_exact() {
    let others = ["cache-control", "mcp", "tus", "x-other", "accept-language-x"];
    let names: BTreeSet<&str> = PROTOCOLS
        .iter()
        .flat_map(|protocol| protocol.headers.split_whitespace())
        .chain(others)
        .collect();
    for protocol in &PROTOCOLS {
        let policy = policy(protocol, |builder| builder);
        let allowed = |name: &&str| policy.decide(&preflight("POST", name)).is_allowed();
        let found: Vec<&str> = names.iter().copied().filter(|name| allowed(name)).collect();
        let listed: Vec<&str> = protocol.headers.split_whitespace().collect();
        assert_eq!(found, listed, "{}", protocol.name);

        let allowed = |method: &&str| policy.decide(&preflight(method, "")).is_allowed();
        let found: Vec<&str> =
            ["DELETE", "PATCH", "PUT", "QUERY"].into_iter().filter(|it| allowed(it)).collect();
        let listed: Vec<&str> = protocol.methods.split_whitespace().collect();
        assert_eq!(found, listed, "{}", protocol.name);

        let listed = protocol.exposed.split_whitespace().map(str::to_owned).collect();
        assert_eq!(exposed(&policy), listed, "{}", protocol.name);
    }
}

#[test]
fn they_add_to_what_is_there_and_credentials_stay_the_user_s() {
    for protocol in &PROTOCOLS {
        let policy = policy(protocol, |builder| {
            builder
                .allow_credentials(true)
                .allow_methods(["PUT"])
                .allow_headers(["x-tenant"])
                .expose_headers(["x-request-id"])
        });
        let decision = policy.decide(&preflight("PUT", "x-tenant"));
        assert!(decision.is_allowed(), "{}: {decision}", protocol.name);
        assert_eq!(decision.headers()["access-control-allow-credentials"], "true");
        assert!(exposed(&policy).contains("x-request-id"), "{}", protocol.name);
        for name in protocol.exposed.split_whitespace() {
            assert!(exposed(&policy).contains(name), "{}, {name}", protocol.name);
        }
    }
    // Without the call there are none, and another origin is denied.
    let policy = policy(&PROTOCOLS[0], |builder| builder);
    let headers = policy.decide(&preflight("POST", "x-grpc-web")).headers();
    assert!(!headers.contains_key("access-control-allow-credentials"));
    let stranger = Request::post("/").header("origin", "https://evil.example").body(()).unwrap();
    assert_eq!(policy.decide(&stranger).denial(), Some(Denial::OriginNotAllowed));
}

#[test]
fn they_combine_with_one_another() {
    let builder = Policy::builder().allow_origins([PAGE]);
    let policy = presets::connect(presets::grpc_web(builder)).build().unwrap();
    for protocol in &PROTOCOLS[..2] {
        for (method, names) in protocol.preflights {
            assert!(policy.decide(&preflight(method, names)).is_allowed(), "{method} {names}");
        }
        for name in protocol.exposed.split_whitespace() {
            assert!(exposed(&policy).contains(name), "{name}");
        }
    }
}

/// A preset lists nothing that is of no use.
#[cfg(feature = "review")]
#[test]
fn nothing_is_found_in_a_preset() {
    for protocol in &PROTOCOLS {
        let policy = policy(protocol, |builder| builder);
        let findings = policy.lint().allow(Lint::NoMaxAge);
        assert!(findings.is_empty(), "{}: {findings}", protocol.name);
    }
}

/// The model of a browser asks as the table says, and script reads all that is exposed.
#[cfg(feature = "browser")]
#[tokio::test]
async fn a_browser_asks_for_what_a_client_sends_and_shows_what_it_reads() {
    use axum::Router;
    use http::HeaderMap;
    use tower_cors::CorsLayer;
    use tower_cors::browser::{Browser, Fetch};

    for protocol in &PROTOCOLS {
        let exposed = protocol.exposed.split_whitespace();
        let answer: HeaderMap =
            exposed.clone().map(|name| (name.parse().unwrap(), "it".parse().unwrap())).collect();
        let app = Router::new()
            .fallback(move || async { answer })
            .layer(CorsLayer::new(policy(protocol, |builder| builder)));
        for (method, names) in protocol.preflights {
            let mut fetch = Fetch::new(method, "https://api.example/call");
            for name in names.split(',') {
                let value = if *name == *"content-type" { "application/it" } else { "it" };
                fetch = fetch.header(name, value);
            }
            // Another browser each time, since one asks again only for what it does not know.
            let seen = Browser::new(app.clone()).fetch_from(PAGE, fetch).await.unwrap();
            let case = format!("{}, {method} {names}", protocol.name);
            let asked = seen.sent()[0].header("access-control-request-headers");
            assert_eq!(asked, Some(*names), "{case}");
            let response = seen.response().unwrap_or_else(|blocked| panic!("{case}: {blocked}"));
            for name in exposed.clone() {
                assert_eq!(response.header(name), Some("it"), "{case}: {name}");
            }
        }
    }
}
