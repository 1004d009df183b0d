//! Hosts and probes: whom a request says that it is for.
//!
//! RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-7.2>

use tower_cors::{CorsLayer, Enforcement};

use super::{ANSWERED, PASSES, Row, check, partners, read, send};

/// The hosts that a server lists.
#[derive(Clone, Copy, Debug)]
enum Hosts {
    /// A name, and all names below it.
    Shop,
    /// Any port of localhost, by name and by address.
    Localhost,
    /// An address without a port.
    Address,
    /// A name, and for a probe any.
    Probed,
}

fn layer(hosts: Hosts) -> CorsLayer {
    let all = Enforcement::all_requests();
    let enforcement = match hosts {
        Hosts::Shop => all
            .hosts(["shop.example", "*.shop.example"])
            .dangerously_allow_public_suffixes(cfg!(not(feature = "public-suffix"))),
        Hosts::Localhost => all.hosts(["localhost:*", "127.0.0.1:*", "[::1]:*"]),
        Hosts::Address => all.hosts(["127.0.0.1", "[::1]"]),
        Hosts::Probed => all.hosts(["api.example"]).any_host_for(["/health", "/live/"]),
    };
    CorsLayer::new(partners()).enforce(enforcement).unwrap()
}

const HOST: Option<&str> = Some("HostNotAllowed");

const ROWS: &[Row<Hosts>] = &[
    // The URI, and `Host`.
    (
        "a listed address with a foreign Host",
        Hosts::Shop,
        "GET http://shop.example/; host: evil.example",
        HOST,
    ),
    (
        "a foreign address with a listed Host",
        Hosts::Shop,
        "GET http://evil.example/; host: shop.example",
        HOST,
    ),
    ("two listed ones", Hosts::Shop, "GET http://shop.example/; host: eu.shop.example", PASSES),
    ("a listed address without a Host", Hosts::Shop, "GET http://shop.example:80/", PASSES),
    (
        "a listed address with a malformed Host",
        Hosts::Shop,
        "GET http://shop.example/; host: ",
        HOST,
    ),
    (
        "a listed address with two Hosts",
        Hosts::Shop,
        "GET http://shop.example/; host: shop.example; host: shop.example",
        HOST,
    ),
    ("no host at all", Hosts::Shop, "GET /", HOST),
    ("a listed address, as CONNECT has it", Hosts::Shop, "CONNECT shop.example:443", PASSES),
    ("a foreign address, as CONNECT has it", Hosts::Shop, "CONNECT evil.example:443", HOST),
    (
        "a foreign host that the browser says is the same origin",
        Hosts::Shop,
        "GET /; host: evil.example; sec-fetch-site: same-origin",
        HOST,
    ),
    // What a host is.
    ("a port", Hosts::Localhost, "GET /; host: LOCALHOST:3000", PASSES),
    ("no port", Hosts::Localhost, "GET /; host: localhost", PASSES),
    ("no port after a colon", Hosts::Localhost, "GET /; host: localhost:", PASSES),
    ("an address with a port", Hosts::Localhost, "GET /; host: [::1]:3000", PASSES),
    ("two ports", Hosts::Localhost, "GET /; host: localhost:3000:80", HOST),
    (
        "two ports, the first a default one",
        Hosts::Localhost,
        "GET /; host: localhost:80:3000",
        HOST,
    ),
    ("two ports after an address", Hosts::Localhost, "GET /; host: [::1]:3000:80", HOST),
    ("two colons", Hosts::Localhost, "GET /; host: localhost::80", HOST),
    ("no port after two colons", Hosts::Localhost, "GET /; host: localhost:3000:", HOST),
    ("a port out of range", Hosts::Localhost, "GET /; host: localhost:65536", HOST),
    ("a port of nothing", Hosts::Localhost, "GET /; host: localhost:0", HOST),
    ("a port with a sign", Hosts::Localhost, "GET /; host: localhost:+80", HOST),
    ("a port with a zero before it", Hosts::Localhost, "GET /; host: localhost:080", HOST),
    ("a port of letters", Hosts::Localhost, "GET /; host: localhost:http", HOST),
    ("a path behind the port", Hosts::Localhost, "GET /; host: localhost:80/", HOST),
    ("an address without brackets", Hosts::Localhost, "GET /; host: ::1", HOST),
    ("half a bracket", Hosts::Localhost, "GET /; host: [::1", HOST),
    ("a name behind the brackets", Hosts::Localhost, "GET /; host: [::1]localhost", HOST),
    ("another name before the host", Hosts::Shop, "GET /; host: evil.example/.shop.example", HOST),
    ("a user before the host", Hosts::Shop, "GET /; host: evil@eu.shop.example", HOST),
    ("a list of hosts", Hosts::Shop, "GET /; host: evil.example,eu.shop.example", HOST),
    ("no name below the host", Hosts::Shop, "GET /; host: .shop.example", HOST),
    (
        "the preflight of a listed page for two ports",
        Hosts::Localhost,
        "OPTIONS /; host: localhost:3000:80; origin: https://partner.example; \
         access-control-request-method: PUT",
        HOST,
    ),
    (
        "the preflight of a listed page",
        Hosts::Localhost,
        "OPTIONS /; host: localhost:3000; origin: https://partner.example; \
         access-control-request-method: PUT",
        ANSWERED,
    ),
    // Ports: a host without one is for 80 and 443 alone.
    ("an address whose port is not listed", Hosts::Address, "GET /; host: 127.0.0.1:8000", HOST),
    ("an address without a port", Hosts::Address, "GET /; host: 127.0.0.1", PASSES),
    (
        "an address of the newer kind with a default port",
        Hosts::Address,
        "GET /; host: [::1]:443",
        PASSES,
    ),
    ("an address with any port", Hosts::Localhost, "GET /; host: 127.0.0.1:8000", PASSES),
    ("a proxy that strips the port", Hosts::Localhost, "GET /; host: 127.0.0.1", PASSES),
    // Probes by address.
    ("a probe by address", Hosts::Probed, "GET /health; host: 10.244.0.5:8000", PASSES),
    ("a probe without a host", Hosts::Probed, "GET /health", PASSES),
    ("a probe with a query", Hosts::Probed, "GET /health?full; host: 10.244.0.5:8000", PASSES),
    ("a probe by an absolute URI", Hosts::Probed, "GET http://10.244.0.5/health; host: x", PASSES),
    (
        "a probe of a path with a slash at its end",
        Hosts::Probed,
        "HEAD /live/; host: 10.0.0.1",
        PASSES,
    ),
    ("another path", Hosts::Probed, "GET /; host: 10.244.0.5:8000", HOST),
    ("a path below", Hosts::Probed, "GET /health/live; host: 10.244.0.5:8000", HOST),
    ("a path that begins alike", Hosts::Probed, "GET /healthz; host: 10.244.0.5:8000", HOST),
    ("a slash more", Hosts::Probed, "GET /health/; host: 10.244.0.5:8000", HOST),
    ("a slash less", Hosts::Probed, "GET /live; host: 10.244.0.5:8000", HOST),
    ("two slashes", Hosts::Probed, "GET //health; host: 10.244.0.5:8000", HOST),
    ("another case", Hosts::Probed, "GET /Health; host: 10.244.0.5:8000", HOST),
    ("an encoded letter", Hosts::Probed, "GET /%68ealth; host: 10.244.0.5:8000", HOST),
    ("a dot segment", Hosts::Probed, "GET /health/../secret; host: 10.244.0.5:8000", HOST),
    (
        "a dot segment before it",
        Hosts::Probed,
        "GET /secret/../health; host: 10.244.0.5:8000",
        HOST,
    ),
    (
        "a stranger who reads what is probed",
        Hosts::Probed,
        "GET /health; host: 10.244.0.5:8000; origin: https://evil.example",
        Some("OriginNotAllowed"),
    ),
];

#[test]
fn the_longest_name_may_have_the_longest_port() {
    let host = [63, 63, 63, 61].map(|length| "a".repeat(length)).join(".");
    assert_eq!(host.len(), 253);
    let layer = CorsLayer::new(partners())
        .enforce(Enforcement::all_requests().hosts([format!("{host}:*")]))
        .unwrap();
    for (host, is_listed) in [(format!("{host}:65535"), true), (format!("a{host}:65535"), false)] {
        let request = read(&format!("GET /; host: {host}"));
        assert_eq!(send(&layer, request).1, is_listed, "{host}");
    }
}

#[test]
fn a_request_is_for_a_listed_host_or_for_a_probed_path() {
    check(ROWS, layer);
}
