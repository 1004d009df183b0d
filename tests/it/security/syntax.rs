//! Texts that are nearly origins: as a pattern refused, as an origin denied.
//! <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>

use http::{HeaderValue, Request};
use tower_cors::{Denial, Origin, OriginFault, Policy};

use super::{ASKS, CLOSED, Config, PREFLIGHT, TWO, check, denies, row};
use OriginFault as Fault;

/// A host of some octets, the top label ending in `end`.
fn host(length: usize, end: &str) -> String {
    let labels = [["a"; 63].concat(), ["b"; 63].concat(), ["c"; 63].concat()].join(".");
    let rest = "d".repeat(length - labels.len() - 1 - end.len());
    format!("https://{labels}.{rest}{end}")
}

/// No origins, and why.
fn malformed() -> Vec<(String, OriginFault)> {
    let rows = [
        ("", Fault::Empty),
        ("null", Fault::Null),
        ("https://a`.example", Fault::HostCharacter),
        ("https://a%60.example", Fault::HostCharacter),
        ("https://foo.^bar", Fault::HostCharacter),
        ("https://a{b.example", Fault::HostCharacter),
        ("https://a|b.example", Fault::HostCharacter),
        ("https://a~b.example", Fault::HostCharacter),
        ("https://aXexample", Fault::HostUpperCase),
        ("https://a..example", Fault::LabelEmpty),
        ("https://.a.example", Fault::LabelEmpty),
        ("https://a.example..", Fault::LabelEmpty),
        ("https://", Fault::HostEmpty),
        ("https://:8443", Fault::HostEmpty),
        ("http://[", Fault::Ipv6),
        ("http://[::1:90", Fault::Ipv6),
        ("http://[::1]x", Fault::Ipv6),
        ("http://[::0001]", Fault::Ipv6),
        ("http://[::0]", Fault::Ipv6),
        ("http://[0:0:0:0:0:0:0:1]", Fault::Ipv6),
        ("http://[2001:DB8::1]", Fault::Ipv6),
        ("http://[::ffff:192.168.0.1]", Fault::Ipv6),
        ("http://[1:0:0:2:0:0:0:3]", Fault::Ipv6),
        ("http://[fe80::1%25eth0]", Fault::ZoneId),
        ("http://127.0.0.1.", Fault::Ipv4),
        ("http://127.1", Fault::Ipv4),
        ("http://127.0.0.256", Fault::Ipv4),
        ("http://127.0.0.01", Fault::Ipv4),
        ("http://0x7f.0.0.1", Fault::Ipv4),
        ("http://0x7f000001", Fault::Ipv4),
        ("http://2130706433", Fault::Ipv4),
        ("http://a.1", Fault::Ipv4),
        ("http://a.0x1f", Fault::Ipv4),
        ("https://a.example:0", Fault::Port),
        ("https://a.example:06060", Fault::Port),
        ("https://a.example:65536", Fault::Port),
        ("https://a.example:99999999999999999999", Fault::Port),
        ("https://a.example:", Fault::Port),
        ("https://a.example:+1", Fault::Port),
        ("https://a.example:443", Fault::DefaultPort),
        ("http://a.example:80", Fault::DefaultPort),
        ("https://user@a.example", Fault::UserInfo),
        ("https://user:pass@a.example", Fault::UserInfo),
        ("https://a.example@evil.org", Fault::UserInfo),
        ("https://a.example/", Fault::Path),
        ("https://a.example?", Fault::Query),
        ("https://a.example?q", Fault::Query),
        ("https://a.example#f", Fault::Fragment),
        ("https://a .example", Fault::WhiteSpace),
        (" https://a.example", Fault::WhiteSpace),
        ("https://a.example ", Fault::WhiteSpace),
        ("https://a.example\t", Fault::WhiteSpace),
        ("https://a\t.example", Fault::WhiteSpace),
        ("https://a.example,https://b.example", Fault::List),
        ("https://b\u{fc}cher.example", Fault::NotAscii),
        ("a.example", Fault::NoScheme),
        ("//a.example", Fault::NoScheme),
        ("https:a.example", Fault::NoScheme),
        ("HTTPS://a.example", Fault::SchemeUpperCase),
        ("ht_tp://a.example", Fault::Scheme),
        ("1http://a.example", Fault::Scheme),
        ("file://a.example", Fault::File),
    ];
    let label = |length: usize| format!("https://{}.example", "a".repeat(length));
    let rows = rows.iter().map(|(text, fault)| ((*text).to_owned(), *fault));
    rows.chain([
        (host(254, "d"), Fault::HostTooLong),
        (host(255, "."), Fault::HostTooLong),
        (label(64), Fault::LabelTooLong),
        ("a".repeat(8_192), Fault::NoScheme),
    ])
    .collect()
}

fn request(origin: &[u8]) -> Request<()> {
    let mut request = Request::new(());
    request.headers_mut().insert("origin", HeaderValue::from_bytes(origin).unwrap());
    request
}

#[test]
fn a_malformed_origin_is_refused_and_denied() {
    let trusting = Policy::builder()
        .allow_origins(["https://*.example", "http://*.example:*", "http://[::1]:*"])
        .allow_origins_if(|_, _, _| true)
        .build()
        .unwrap();
    let mut failures = Vec::new();
    for (text, expected) in malformed() {
        let fault = Origin::parse(&text).err();
        let refused = Policy::builder().allow_origins([&text]).build().err();
        let named = refused.map(|errors| errors.iter().map(super::fault).collect::<Vec<_>>());
        let denial = trusting.decide(&request(text.as_bytes())).denial();
        // What is too long for an origin is not read, and what is too long for a pattern is.
        let is_right = (fault.as_ref() == Some(&expected) || fault == Some(Fault::TooLong))
            && named == Some(vec![format!("{expected:?}")])
            && denial == Some(Denial::OriginNotAllowed);
        if !is_right {
            failures
                .push(format!("{text:.80}: {expected:?}, not {fault:?}, {named:?}, {denial:?}"));
        }
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

#[test]
fn odd_origins_are_origins() {
    let label = "a".repeat(63);
    let texts = [
        "https://a_b.example".to_owned(),
        "https://_.example".to_owned(),
        "https://-a-.example".to_owned(),
        "https://a.example.".to_owned(),
        "https://xn--bcher-kva.example".to_owned(),
        "http://0.0.0.0".to_owned(),
        "http://255.255.255.255:65535".to_owned(),
        "http://1.a".to_owned(),
        "http://[::]".to_owned(),
        "http://[2001:db8::1:0:0:1]:1".to_owned(),
        "http://[1:2:3:4:5:6:7:8]".to_owned(),
        "http://[1:0:2:3:4:5:6:7]".to_owned(),
        "https://a.example:80".to_owned(),
        "http://a.example:443".to_owned(),
        "capacitor://localhost".to_owned(),
        "moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc".to_owned(),
        "safari-web-extension://ABC-1".to_owned(),
        "x+y-z.1://A~b".to_owned(),
        "localhost://a".to_owned(),
        format!("https://{label}.example"),
        host(251, "d"),
        host(252, "d"),
        host(253, "d"),
        host(253, "."),
    ];
    for text in &texts {
        assert_eq!(Origin::parse(text).map(|origin| origin.as_str()), Ok(text.as_str()));
        let policy = Policy::builder().allow_origins([text, "app://b"]).build().unwrap();
        assert!(policy.decide(&request(text.as_bytes())).is_allowed(), "{text}");
        for other in texts.iter().filter(|other| *other != text) {
            assert!(!policy.decide(&request(other.as_bytes())).is_allowed(), "{text}: {other}");
        }
    }
}

#[test]
fn an_odd_origin_is_never_an_error_of_the_server() {
    let a = Config { origins: &["https://a.example", "https://*.a.example"], ..CLOSED };
    let long = format!("https://{}", "a".repeat(8_184));
    let longer = format!("https://{}.a.example", "a.".repeat(4_000));
    let preflight = "OPTIONS; origin: http://[; request-method: PUT";
    check(&[
        denies("45: django-cors-headers#701: half a bracket", TWO, "http://["),
        denies("45: django-cors-headers#701: half a bracket, to a predicate", ASKS, "http://["),
        denies("45: django-cors-headers#701: not UTF-8", TWO, "\\xff\\xfe"),
        denies("45: django-cors-headers#701: not UTF-8, to a predicate", ASKS, "https://\\xff"),
        denies("45: django-cors-headers#701: 8 KiB", TWO, &long),
        denies("45: django-cors-headers#701: 8 KiB, to a predicate", ASKS, &long),
        denies("45: django-cors-headers#701: 8 KiB of labels, under a pattern", a, &longer),
        row(
            "45: django-cors-headers#701: a preflight",
            TWO,
            preflight,
            format!("answered 403 OriginNotAllowed; {PREFLIGHT}"),
        ),
        denies("syntax: before the domain", a, "https://evila.example"),
        denies("syntax: after the domain", a, "https://a.example.evil.org"),
        denies("syntax: a backtick", a, "https://a.example`.evil.org"),
        denies("syntax: an escaped backtick", a, "https://a.example%60.evil.org"),
        denies("syntax: an underscore", a, "https://a.example_.evil.org"),
        denies("syntax: a stand-in for the dot", a, "https://aXexample"),
        denies("syntax: a backtick under a pattern", a, "https://`.a.example"),
        denies("syntax: a percent under a pattern", a, "https://x%60.a.example"),
        denies("syntax: user info under a pattern", a, "https://x@y.a.example"),
        denies("syntax: a path under a pattern", a, "https://evil.org/.a.example"),
        denies("syntax: a query under a pattern", a, "https://evil.org?.a.example"),
        denies("syntax: a fragment under a pattern", a, "https://evil.org#.a.example"),
        denies("syntax: a port under a pattern", a, "https://evil.org:1.a.example"),
        denies("syntax: a bracket under a pattern", a, "https://[::1].a.example"),
        denies("syntax: a backslash under a pattern", a, "https://evil.org\\x5c.a.example"),
        denies("syntax: a space under a pattern", a, "https://evil.org .a.example"),
        denies("syntax: a star under a pattern", a, "https://*.a.example"),
    ]);
}
