//! What other middleware got wrong, each with the input that shows it and the advisory's name.
//! <https://fetch.spec.whatwg.org/#cors-protocol-exceptions>

mod attacks;
mod service;
mod syntax;

use tower_cors::PolicyError;

use crate::oracle::{CLOSED, Config};
use crate::wire::{Row, build, check, row, row_over};

const ANY: Config<'static> = Config { origins: &["*"], ..CLOSED };
const ONE: Config<'static> =
    Config { origins: &["https://good.example"], methods: &["PUT"], ..CLOSED };
const TWO: Config<'static> = Config { origins: &["https://foo.com", "https://bar.com"], ..ONE };
const UNDER: Config<'static> = Config { origins: &["https://*.example.com"], ..ONE };
const ASKS: Config<'static> = Config { predicate: Some(|_, _| true), ..CLOSED };

const PREFLIGHT: &str =
    "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// An origin that a dynamic policy denies to read the response to a simple request.
fn denies(name: &'static str, config: Config<'static>, origin: &str) -> Row {
    let answer = "ran 200 OriginNotAllowed; vary: Origin";
    row(name, config, format!("GET; origin: {origin}"), answer)
}

/// What is wrong with a configuration, by the names of the variants.
fn faults(config: &Config) -> Vec<String> {
    build(config).map_or_else(|errors| errors.iter().map(fault).collect(), |_| Vec::new())
}

fn fault(error: &PolicyError) -> String {
    match error {
        PolicyError::Origin { fault, .. } => format!("{fault:?}"),
        other => format!("{other:?}").split(' ').next().unwrap().to_owned(),
    }
}

#[test]
fn what_must_not_build_does_not() {
    let with = |origins| Config { origins, credentials: true, ..CLOSED };
    let listed = |origins| Config { origins, ..CLOSED };
    let null = Config { null: true, ..with(&["https://a.example"]) };
    let rows = [
        ("4: rs/cors#197: h* is refused", listed(&["h*"]), "Wildcard"),
        ("8: jub0bs/cors 0.12: the scheme file is refused", listed(&["file://*"]), "File"),
        (
            "9: CVE-2019-25211: a star for a path is refused",
            listed(&["https://example.com/*"]),
            "Path",
        ),
        ("9: CVE-2019-25211: and on localhost", listed(&["http://localhost/*"]), "Path"),
        (
            "9: CVE-2019-25211: a star at the end of a host",
            listed(&["https://example.*"]),
            "Wildcard",
        ),
        ("11: GO-2022-0619: a domain is no origin", listed(&["example.com"]), "NoScheme"),
        ("12: CVE-2024-27302: nor is another", listed(&["victim.com"]), "NoScheme"),
        (
            "13: CVE-2024-25124: any origin with credentials",
            with(&["*"]),
            "AnyOriginWithCredentials",
        ),
        (
            "15: echo#2400: beside a listed origin too",
            with(&["https://a.example", "*"]),
            "AnyOriginWithCredentials",
        ),
        (
            "22: flask-cors: a regular expression is no origin",
            listed(&["https://trusted\\.com"]),
            "HostCharacter",
        ),
        (
            "29: CVE-2026-54290: the star meets credentials",
            with(&["*", "https://a.example"]),
            "AnyOriginWithCredentials",
        ),
        (
            "31: starlette#3246: the star meets credentials",
            with(&["*", "*"]),
            "AnyOriginWithCredentials",
        ),
        ("32: CVE-2021-39185: null with credentials", null, "NullOriginWithCredentials"),
        ("33: CVE-2018-8014: nothing is open by default", CLOSED, "NoOrigins"),
        (
            "35: GHSA-972r-f3fv-whm3: the star meets credentials",
            with(&["http://localhost", "*"]),
            "AnyOriginWithCredentials",
        ),
        ("46: django-cors-headers 3.0.0: no scheme", listed(&["a.example"]), "NoScheme"),
        (
            "46: django-cors-headers 3.0.0: no scheme, but a port",
            listed(&["a.example:8080"]),
            "NoScheme",
        ),
    ];
    let failures: Vec<_> = rows
        .iter()
        .map(|(name, config, expected)| (name, faults(config), expected))
        .filter(|(_, actual, expected)| actual != &[**expected])
        .map(|(name, actual, expected)| format!("{name}: expected {expected}, not {actual:?}"))
        .collect();
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

#[test]
fn neighbours_of_an_origin_are_denied() {
    let localhost = Config { origins: &["http://localhost:*"], ..CLOSED };
    let example = Config { origins: &["https://example.com", "https://*.example.com"], ..CLOSED };
    let victim = Config { origins: &["https://victim.com", "https://*.victim.com"], ..CLOSED };
    let trusted =
        Config { origins: &["https://trusted.com", "https://trusted.com:8443"], ..CLOSED };
    let net = Config { origins: &["http://192.168.0.1", "http://*.lan"], ..CLOSED };
    let good = Config { origins: &["https://good.com", "https://*.vercel.app"], ..CLOSED };
    let globalping =
        Config { origins: &["https://globalping.io", "https://*.globalping.io"], ..CLOSED };
    check(&[
        denies("6: GHSA-vhxv-fg4m-p2w8: two origins do not mix", TWO, "https://barfoo.com"),
        denies("6: GHSA-v84h-653v-4pq9: nor the other way", TWO, "https://foobar.com"),
        denies("9: CVE-2019-25211: a longer top", example, "https://example.community"),
        denies(
            "9: CVE-2019-25211: localhost is not a beginning",
            localhost,
            "http://localhost.example.com",
        ),
        denies("11: GO-2022-0619: not anchored", example, "https://example.com.malicious.domain"),
        denies("12: CVE-2024-27302: a suffix", victim, "https://evil-victim.com"),
        denies("14: fiber#3690: the apex", UNDER, "https://example.com"),
        denies("14: fiber#4455: an empty label", UNDER, "https://.example.com"),
        denies("22: flask-cors: a prefix", trusted, "https://trusted.com.attacker.io"),
        denies("22: flask-cors: an unescaped dot", trusted, "https://trusted-com"),
        denies(
            "23: CVE-2026-37737: a prefix, and a port",
            trusted,
            "https://trusted.com:8443.attacker.io",
        ),
        denies("24: CVE-2017-11173: a name after it", example, "https://example.com.example.net"),
        denies("24: CVE-2017-11173: a hyphen after it", example, "https://example.com-example.net"),
        denies(
            "41: GHSA-2c3r-q7gv-hp2m: an address as a prefix",
            net,
            "http://192.168.attacker.com",
        ),
        denies(
            "41: GHSA-2c3r-q7gv-hp2m: an address and a name",
            net,
            "http://192.168.0.1.attacker.com",
        ),
        denies("42: CVE-2022-3457: a beginning", good, "https://good.com.evil.com"),
        denies("42: tempo#694: in the middle", good, "https://vercel.app.evil.com"),
        denies("43: globalping#851: a dot is a dot", globalping, "https://globalpingxio"),
        denies("43: globalping#851: under a pattern too", globalping, "https://x.globalpingxio"),
        denies("43: globalping#851: the first dot too", globalping, "https://xxglobalping.io"),
        denies("44: KTOR-5936: a trailing slash", TWO, "https://foo.com/"),
        denies("44: KTOR-5936: under a pattern", UNDER, "https://a.example.com/"),
        denies("44: KTOR-5936: to a predicate", ASKS, "https://a.example/"),
    ]);
}

#[test]
fn nothing_is_reflected_that_is_not_allowed() {
    let evil = "GET; origin: https://attacker.example";
    let star = "ran 200; allow-origin: *";
    let one = "ran 200 OriginNotAllowed; allow-origin: https://good.example";
    let cookie = format!("{evil}; cookie: session=1");
    let private = "OPTIONS; origin: https://foo.com; request-method: PUT; \
         access-control-request-private-network: true";
    let put =
        format!("answered 204; allow-origin: https://foo.com; allow-methods: PUT; {PREFLIGHT}");
    let preflight = |origin: &str| format!("OPTIONS; origin: {origin}; request-method: PUT");
    let denied = format!("answered 403 OriginNotAllowed; {PREFLIGHT}");
    let with = Config { credentials: true, ..TWO };
    check(&[
        row("1: CVE-2018-20744: any origin is a star", ANY, evil, star),
        row(
            "1: CVE-2018-20744: on a preflight too",
            Config { methods: &["PUT"], ..ANY },
            preflight("https://attacker.example"),
            format!("answered 204; allow-origin: *; allow-methods: PUT; {PREFLIGHT}"),
        ),
        denies("10: CVE-2017-20146: a denied origin", TWO, "https://attacker.example"),
        row(
            "10: CVE-2017-20146: a denied preflight",
            TWO,
            preflight("https://attacker.example"),
            denied.clone(),
        ),
        row("18: CVE-2024-6221: private networks are not opened", TWO, private, put),
        row("26: rack-cors 1.0.0: null, one origin", ONE, "GET; origin: null", one),
        denies("26: rack-cors 1.0.0: null, two origins", TWO, "null"),
        denies("26: rack-cors 1.0.0: null, with credentials", with, "null"),
        denies("26: rack-cors 1.0.0: null, a pattern", UNDER, "null"),
        denies("26: rack-cors 1.0.0: null, a predicate", ASKS, "null"),
        row("26: rack-cors 1.0.0: null, any origin", ANY, "GET; origin: null", star),
        row("26: rack-cors 1.0.0: null, a preflight", TWO, preflight("null"), denied.clone()),
        row("28: CVE-2023-49803: an origin that is not listed", ONE, evil, one),
        denies(
            "28: CVE-2023-49803: one that is not among several",
            TWO,
            "https://attacker.example",
        ),
        row(
            "30: GHSA-q7jf-gf43-6x6p: the request's Vary",
            TWO,
            "GET; origin: https://foo.com; vary: X-Evil",
            "ran 200; allow-origin: https://foo.com; vary: Origin",
        ),
        row(
            "30: GHSA-q7jf-gf43-6x6p: on a preflight",
            TWO,
            "OPTIONS; origin: null; request-method: PUT; vary: X-Evil",
            denied,
        ),
        row("31: starlette#3246: a cookie changes nothing", ANY, cookie.as_str(), star),
        denies(
            "31: starlette#3246: nor for several",
            with,
            "https://attacker.example; cookie: session=1",
        ),
        denies("32: CVE-2021-39185: neither is reflected", with, "https://attacker.example"),
    ]);
}

#[test]
fn the_inner_service_opens_nothing() {
    let evil = "GET; origin: https://evil.example";
    let leaky = "200; allow-origin: https://evil.example; allow-credentials: true";
    let leaky_vary = "200; allow-origin: https://evil.example; vary: accept; vary: cookie";
    let with = Config { credentials: true, ..ONE };
    let several = Config { credentials: true, ..TWO };
    let one =
        "ran 200 OriginNotAllowed; allow-origin: https://good.example; allow-credentials: true";
    let passing = Config { pass_on: true, ..TWO };
    check(&[
        row(
            "34: CVE-2017-7561: Vary when allowed",
            TWO,
            "GET; origin: https://foo.com",
            "ran 200; allow-origin: https://foo.com; vary: Origin",
        ),
        denies("34: CVE-2017-7561: Vary when denied", TWO, "https://evil.example"),
        row("34: CVE-2017-7561: Vary without an origin", TWO, "GET", "ran 200; vary: Origin"),
        row(
            "37: CVE-2020-5397: an allowed preflight",
            TWO,
            "OPTIONS; origin: https://foo.com; request-method: PUT",
            format!("answered 204; allow-origin: https://foo.com; allow-methods: PUT; {PREFLIGHT}"),
        ),
        row(
            "37: CVE-2020-5397: a denied preflight",
            passing,
            "OPTIONS; origin: https://foo.com; request-method: DELETE",
            format!(
                "answered 204 MethodNotAllowed; allow-origin: https://foo.com; allow-methods: GET; {PREFLIGHT}"
            ),
        ),
        row_over("51: tower-http 0.7.1: neither header is the evil one's", with, evil, leaky, one),
        row_over(
            "51: tower-http 0.7.1: nor with several origins",
            several,
            evil,
            leaky,
            "ran 200 OriginNotAllowed; vary: Origin",
        ),
        row_over(
            "52: actix-cors 0.7.2: nor are Vary lines lost",
            several,
            evil,
            leaky_vary,
            "ran 200 OriginNotAllowed; vary: accept; vary: cookie; vary: Origin",
        ),
    ]);
}

#[test]
fn every_pair_of_allowed_names_is_allowed() {
    const NAMES: [&str; 7] = [
        "accept",
        "authorization",
        "content-type",
        "user-agent",
        "x-csrf-token",
        "x-request-id",
        "x-custom-header",
    ];
    let config = Config { headers: &NAMES, ..ONE };
    let mut rows = Vec::new();
    for first in NAMES {
        for second in NAMES.iter().map(|name| format!(",{name}")).chain([String::new()]) {
            let name = format!("7: jub0bs/cors#12, #15: {first}{second}").leak();
            let head = "OPTIONS; origin: https://good.example; request-method: GET";
            let request = format!("{head}; request-headers: {first}{second}");
            let allowed = format!("allow-headers: {first}{second}; {PREFLIGHT}");
            let answer = format!("answered 204; allow-origin: https://good.example; {allowed}");
            rows.push(row(name, config, request, answer));
        }
    }
    check(&rows);
}
