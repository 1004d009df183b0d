//! Serialized origins and the patterns of them, read the slow way.
//! <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>,
//! <https://url.spec.whatwg.org/#host-serializing>

use std::net::{Ipv4Addr, Ipv6Addr};

#[derive(Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) host: &'a str,
    pub(crate) port: Option<&'a str>,
}

/// Whether a pattern that a user wrote stands for the origin of a request.
pub(crate) fn matches(pattern: &str, origin: &[u8]) -> bool {
    if pattern == "*" {
        return true;
    }
    let (Some(pattern), Some(origin)) = (split(pattern), parse(origin)) else {
        return false;
    };
    if pattern.host == "*" {
        return origin.scheme == pattern.scheme;
    }
    let port = pattern.port == Some("*") || origin.port == pattern.port;
    origin.scheme == pattern.scheme && port && matches_host(pattern.host, origin.host)
}

fn matches_host(pattern: &str, host: &str) -> bool {
    if let Some(base) = pattern.strip_prefix("*.") {
        let labels = host.strip_suffix(base).and_then(|rest| rest.strip_suffix('.'));
        return labels.is_some_and(|labels| labels.split('.').all(|label| !label.is_empty()));
    }
    let Some((start, end)) = pattern.split_once('*') else {
        return host == pattern;
    };
    let middle = host.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    middle.is_some_and(|middle| !middle.is_empty() && !middle.contains('.'))
}

/// The parts of what a browser may send as an origin, `null` excepted.
pub(crate) fn parse(bytes: &[u8]) -> Option<Parts<'_>> {
    let parts = split(std::str::from_utf8(bytes).ok()?)?;
    let Parts { scheme, host, port } = parts;
    let well_formed = is_scheme(scheme)
        && is_host(scheme, host)
        && (!host.is_empty() || port.is_none())
        && bytes.len() <= 326
        && port.is_none_or(|port| is_port(port) && default_port(scheme) != Some(port));
    well_formed.then_some(parts)
}

/// 127.0.0.0/8, `[::1]`, `localhost` and the names under it, as written from the root of the DNS, too.
pub(crate) fn is_loopback(origin: &Parts<'_>) -> bool {
    let host = origin.host;
    ["localhost", "localhost."].contains(&host)
        || [".localhost", ".localhost."].iter().any(|end| host.ends_with(end))
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.octets()[0] == 127)
}

fn split(text: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = text.split_once("://")?;
    let colon = match rest.find(']') {
        Some(bracket) => rest[bracket..].find(':').map(|at| bracket + at),
        None => rest.find(':'),
    };
    Some(match colon {
        Some(at) => Parts { scheme, host: &rest[..at], port: Some(&rest[at + 1..]) },
        None => Parts { scheme, host: rest, port: None },
    })
}

/// RFC 3986: `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`, which serializers write in
/// lower case; 64 octets are the crate's own bound. Origins of `file:` are opaque.
fn is_scheme(scheme: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase();
    scheme.starts_with(is_letter)
        && scheme.chars().all(|c| is_letter(c) || c.is_ascii_digit() || "+-.".contains(c))
        && scheme.len() <= 64
        && scheme != "file"
}

fn is_host(scheme: &str, host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse().is_ok_and(|parsed| serialize(parsed) == address);
    }
    if !["http", "https"].contains(&scheme) {
        return host.chars().all(|c| c.is_ascii_alphanumeric() || OPAQUE.contains(c));
    }
    let may_stand = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c);
    let name = host.strip_suffix('.').unwrap_or(host);
    let labels: Vec<&str> = name.split('.').collect();
    host.chars().all(may_stand)
        && host.len() <= 253
        && labels.iter().all(|label| (1..=63).contains(&label.len()))
        && (!is_number(labels[labels.len() - 1]) || is_ipv4(host))
}

/// What the URL Standard lets stand in an opaque host, besides letters and digits; `*`, `,` and `;`
/// excepted, which here make a pattern or a list.
/// <https://url.spec.whatwg.org/#concept-opaque-host-parser>
const OPAQUE: &str = "!\"$%&'()+-.=_`{}~";

/// <https://url.spec.whatwg.org/#ends-in-a-number-checker>
fn is_number(label: &str) -> bool {
    match label.strip_prefix("0x") {
        Some(hexadecimal) => hexadecimal.chars().all(|c| c.is_ascii_hexdigit()),
        None => label.chars().all(|c| c.is_ascii_digit()),
    }
}

fn is_ipv4(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_ok_and(|address| address.to_string() == host)
}

fn is_port(port: &str) -> bool {
    port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port)
}

fn default_port(scheme: &str) -> Option<&'static str> {
    match scheme {
        "http" => Some("80"),
        "https" => Some("443"),
        _ => None,
    }
}

/// <https://url.spec.whatwg.org/#concept-ipv6-serializer>
fn serialize(address: Ipv6Addr) -> String {
    let pieces = address.segments();
    let zeros = |from: usize| pieces[from..].iter().take_while(|piece| **piece == 0).count();
    let longest = (0..8).map(zeros).max().unwrap();
    let join = |pieces: &[u16]| {
        pieces.iter().map(|piece| format!("{piece:x}")).collect::<Vec<_>>().join(":")
    };
    if longest < 2 {
        return join(&pieces);
    }
    let from = (0..8).find(|from| zeros(*from) == longest).unwrap();
    format!("{}::{}", join(&pieces[..from]), join(&pieces[from + longest..]))
}
