//! Patterns that are near one another, and origins that are near the patterns.
//! <https://url.spec.whatwg.org/#host-writing>

use proptest::prelude::*;
use proptest::sample::{Index, select};

const LABELS: [&str; 12] =
    ["a", "b", "ab", "ba", "foo", "barfoo", "x-y", "_a", "a_", "xn--mnchen-3ya", "1", "com"];

/// Hosts that are near one another, and the odd ones.
fn host() -> impl Strategy<Value = String> {
    let name = prop::collection::vec(select(&LABELS[..]), 0..4)
        .prop_flat_map(|labels| {
            let top = select(&["example", "org", "com", "localhost", "a"][..]);
            let dot = select(&["", "", "", "", "."][..]);
            (Just(labels), top, dot)
        })
        .prop_map(|(labels, top, dot)| {
            labels.iter().map(|label| format!("{label}.")).collect::<Vec<_>>().concat() + top + dot
        });
    let address = select(&["127.0.0.1", "10.0.0.1", "[::1]", "[fe80::1]", "[::ffff:c0a8:1]"][..]);
    prop_oneof![8 => name, 1 => address.prop_map(str::to_owned), 1 => long_host()]
}

/// Hosts of 248 to 253 octets, the dot at the end of some included.
fn long_host() -> impl Strategy<Value = String> {
    (248..=253_usize, prop::bool::ANY).prop_map(|(length, dot)| host_of(length, dot))
}

pub(super) fn host_of(length: usize, dot: bool) -> String {
    let labels = [&"a".repeat(63)[..], &"b".repeat(63), &"c".repeat(63)].join(".");
    let end = if dot { "." } else { "" };
    let rest = "d".repeat(length - labels.len() - 1 - end.len());
    format!("{labels}.{rest}{end}")
}

/// What may stand in place of a label: nothing, all of it, or some of it.
const STARS: [&str; 12] =
    ["", "", "", "", "*.", "*.", "*.", "a*.", "*b.", "a*b.", "foo-*-a.", "f*-a."];

/// Whole hosts of schemes other than `http` and `https`.
const OPAQUE: [&str; 7] = ["*", "", ".", "a..b", "x!", "A*", "*-%7e"];

pub(super) fn pattern() -> impl Strategy<Value = String> {
    let scheme = select(&["https", "https", "http", "capacitor", "x-a+b.c"][..]);
    let port = select(&["", "", "", ":8443", ":3000", ":30", ":1", ":65535", ":*"][..]);
    let (star, opaque) = (select(&STARS[..]), prop::option::weighted(0.3, select(&OPAQUE[..])));
    (scheme, star, host(), port, opaque).prop_map(|(scheme, star, host, port, opaque)| {
        if let Some(opaque) = opaque.filter(|_| !scheme.starts_with("http")) {
            let port = if opaque.is_empty() || opaque == "*" { "" } else { port };
            return format!("{scheme}://{opaque}{port}");
        }
        let is_address = host.starts_with('[') || host.ends_with(".0.1");
        let is_open = !star.starts_with("*.") && is_of_registry(&host);
        let star = if !is_address && !is_open && host.len() < 244 { star } else { "" };
        format!("{scheme}://{star}{host}{port}")
    })
}

/// Under which a `*` within a label would be for the domains of strangers.
fn is_of_registry(host: &str) -> bool {
    ["com", "org", "a"].contains(&host.trim_end_matches('.'))
}

/// One of the patterns with its stars filled in, then changed here or there.
pub(super) fn origin(patterns: &[String]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let patterns = patterns.to_vec();
    let fill =
        select(&["x", "x.y", "foo", "bar.foo", "", "a", "_", "*", "x.", "-", "!", "b-a"][..]);
    let port = select(&["", ":1", ":8443", ":65535"][..]);
    let changes = prop::collection::vec((select(&CHANGES[..]), any::<Index>()), 0..3);
    (any::<Index>(), pattern(), fill, port, changes).prop_map(
        move |(at, other, fill, port, changes)| {
            let near =
                if patterns.is_empty() { &other } else { &patterns[at.index(patterns.len())] };
            let filled = near.replace(":*", port).replace('*', fill);
            let mut origin = filled.into_bytes();
            for (change, at) in changes {
                origin = change.apply(&origin, at);
            }
            origin
        },
    )
}

/// A way from an origin to its neighbour.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// Puts a text before the host.
    BeforeHost(&'static [u8]),
    /// Puts a text anywhere.
    Anywhere(&'static [u8]),
    /// Puts a text after the host and its port.
    AtEnd(&'static [u8]),
    /// Puts a text in place of a dot.
    InPlaceOfDot(&'static [u8]),
    Scheme(&'static [u8]),
    Port(&'static [u8]),
    DropByte,
    DropLabel,
    Truncate,
    UpperCase,
    /// Puts a label of 60 to 65 octets before the host.
    LongLabel,
}
use Change::{
    Anywhere, AtEnd, BeforeHost, DropByte, DropLabel, InPlaceOfDot, LongLabel, Port, Scheme,
    Truncate, UpperCase,
};

const CHANGES: [Change; 62] = [
    BeforeHost(b"x"),
    BeforeHost(b"x."),
    BeforeHost(b"x.y."),
    BeforeHost(b"."),
    BeforeHost(b"x.."),
    BeforeHost(b"-"),
    BeforeHost(b"*."),
    BeforeHost(b"user@"),
    BeforeHost(b"user:pass@"),
    BeforeHost(b"["),
    Anywhere(b"x"),
    Anywhere(b"!"),
    Anywhere(b","),
    Anywhere(b"^"),
    Anywhere(b"%60"),
    Anywhere(b"`"),
    Anywhere(b"_"),
    Anywhere(b"."),
    Anywhere(b"*"),
    Anywhere(b"-"),
    Anywhere(b"~"),
    Anywhere(b"/"),
    Anywhere(b"?"),
    Anywhere(b"#"),
    Anywhere(b"@"),
    Anywhere(b" "),
    Anywhere(b"\t"),
    Anywhere(b":"),
    Anywhere(b"]"),
    Anywhere(b"\\"),
    Anywhere(b"\xff"),
    Anywhere(b"\xc3\xa9"),
    AtEnd(b"."),
    AtEnd(b"x"),
    AtEnd(b"/"),
    AtEnd(b".evil.org"),
    AtEnd(b","),
    InPlaceOfDot(b"x"),
    InPlaceOfDot(b"-"),
    InPlaceOfDot(b".."),
    InPlaceOfDot(b""),
    Scheme(b"http"),
    Scheme(b"https"),
    Scheme(b"HTTPS"),
    Scheme(b"capacitor"),
    Scheme(b"capacitor2"),
    Scheme(b"file"),
    Scheme(b""),
    Port(b""),
    Port(b":"),
    Port(b":0"),
    Port(b":1"),
    Port(b":80"),
    Port(b":443"),
    Port(b":08443"),
    Port(b":8443"),
    Port(b":65536"),
    DropByte,
    DropLabel,
    Truncate,
    UpperCase,
    LongLabel,
];

impl Change {
    fn apply(self, origin: &[u8], at: Index) -> Vec<u8> {
        let start = position(origin, b"://").map_or(0, |at| at + 3);
        let end = origin.iter().rposition(|byte| *byte == b':').unwrap_or(origin.len()).max(start);
        let any = at.index(origin.len() + 1);
        let dots: Vec<_> = (0..origin.len()).filter(|at| origin[*at] == b'.').collect();
        let dot = if dots.is_empty() { None } else { Some(dots[at.index(dots.len())]) };
        match self {
            BeforeHost(text) => splice(origin, start, start, text),
            Anywhere(text) => splice(origin, any, any, text),
            AtEnd(text) => splice(origin, origin.len(), origin.len(), text),
            InPlaceOfDot(text) => {
                dot.map_or(origin.to_vec(), |at| splice(origin, at, at + 1, text))
            }
            Scheme(text) => splice(origin, 0, start.saturating_sub(3), text),
            Port(text) => splice(origin, end, origin.len(), text),
            DropByte => splice(origin, any, origin.len().min(any + 1), b""),
            DropLabel => {
                let dot = dot.filter(|at| *at >= start);
                dot.map_or(origin.to_vec(), |at| splice(origin, start, at + 1, b""))
            }
            Truncate => origin[..any].to_vec(),
            UpperCase => {
                let mut origin = origin.to_vec();
                origin.iter_mut().skip(any).take(1).for_each(u8::make_ascii_uppercase);
                origin
            }
            LongLabel => {
                let label = format!("{}.", "l".repeat(60 + at.index(6)));
                splice(origin, start, start, label.as_bytes())
            }
        }
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn splice(bytes: &[u8], from: usize, to: usize, text: &[u8]) -> Vec<u8> {
    [&bytes[..from], text, &bytes[to..]].concat()
}
