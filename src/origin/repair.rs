//! What was probably meant by what is not a pattern.
//!
//! Only what stands for the same origins is offered: nothing that is narrower, wider, or made up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::OriginFault;
use super::pattern::Pattern;
use super::{punycode, suffix, syntax};
use crate::search::{has, split_once};

/// The pattern that was meant, if there is one.
pub(super) fn repair(value: &str) -> Option<String> {
    let value = value.trim();
    if is_list(value) {
        return None;
    }
    let (scheme, rest, has_scheme) = match split_once(value, "://") {
        Some(("ws", rest)) => ("http".to_owned(), rest, true),
        Some(("wss", rest)) => ("https".to_owned(), rest, true),
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest, true),
        // An address of mail is not that of a page.
        None if split_once(value, "//").is_some() || has(value, b'@') => return None,
        None => (String::new(), value, false),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    // To browsers a backslash begins the path, so that what stands behind it, and behind an `@`, is not the host.
    if is_network(authority, rest) || has(authority, b'\\') {
        return None;
    }
    let authority = match authority.rsplit_once('@') {
        // A user of nobody.
        Some((_, "")) => return None,
        Some((_, authority)) => authority,
        None => authority,
    };
    let (host, port) = match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => authority.split_at(colon),
        _ => (authority, ""),
    };
    let (scheme, port) = if has_scheme {
        let port = repair_port(&scheme, port);
        (scheme, port)
    } else {
        guess(host, port)?
    };
    let host = if syntax::is_web(&scheme) { punycode::to_ascii(host)? } else { host.to_owned() };
    let host = canonical_ipv6(&host).unwrap_or(host);
    // Every origin of a scheme has any port.
    let port = if host == "*" && port == ":*" { String::new() } else { port };
    taken(format!("{scheme}://{host}{port}"))
}

/// Whether the length of a prefix, or a mask, stands behind an address: `http://10.0.0.0/8`.
fn is_network(authority: &str, rest: &str) -> bool {
    let host = authority.trim_start_matches('[').trim_end_matches(']');
    let behind = rest.strip_prefix(authority).and_then(|behind| behind.strip_prefix('/'));
    let prefix = behind.and_then(|behind| behind.split(':').next());
    host.parse::<IpAddr>().is_ok()
        && prefix.is_some_and(|it| it.parse::<u8>().is_ok() || it.parse::<Ipv4Addr>().is_ok())
}

/// The pattern if it is one, or with the dot that was forgotten.
fn taken(pattern: String) -> Option<String> {
    match Pattern::parse(&pattern) {
        Ok(Pattern::Origins(_)) => Some(pattern),
        Err(OriginFault::WildcardUnderSuffix) if forgot_dot(&pattern) => {
            taken(pattern.replacen('*', "*.", 1))
        }
        Ok(Pattern::Any) | Err(_) => None,
    }
}

/// Whether a domain stands behind the `*`: `https://*example.com`, and not `https://*-app.com`.
fn forgot_dot(pattern: &str) -> bool {
    let domain = split_once(pattern, "://*").map(|(_, domain)| domain);
    domain.is_some_and(|domain| domain.starts_with(|first: char| first.is_ascii_alphanumeric()))
}

/// Scheme and port of what was written without a scheme. A word is not the name of a host.
fn guess(host: &str, port: &str) -> Option<(String, String)> {
    // Servers on the same machine rarely have certificates, and nearly always a port.
    if syntax::is_loopback(host) {
        let port = if port.is_empty() { ":*".to_owned() } else { repair_port("http", port) };
        return Some(("http".to_owned(), port));
    }
    let is_domain = suffix::may_be_domain(&host.to_ascii_lowercase());
    is_domain.then(|| ("https".to_owned(), repair_port("https", port)))
}

/// Whether several origins stand in one text.
pub(super) fn is_list(value: &str) -> bool {
    let authority = split_once(value, "://").map_or(value, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or(authority);
    if has(value, b',') || has(authority, b';') {
        return true;
    }
    let is_one = |word: &str| {
        split_once(word, "://").is_some()
            || word.eq_ignore_ascii_case("null")
            || word == "*"
            || repair(word).is_some()
    };
    let mut words = Vec::new();
    for word in value.split(|character: char| character.is_whitespace() || character == ';') {
        if !word.is_empty() {
            words.push(word);
        }
    }
    // A word has no separator, so that the judging of words ends.
    words.len() > 1 && words.into_iter().all(is_one)
}

fn canonical_ipv6(host: &str) -> Option<String> {
    let address: Ipv6Addr = host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
    let mut canonical = String::from("[");
    syntax::write_ipv6(&mut canonical, address).ok()?;
    canonical.push(']');
    Some(canonical)
}

/// Without leading zeros, and nothing for the default port.
fn repair_port(scheme: &str, port: &str) -> String {
    let number = port.trim_start_matches(':').trim_start_matches('0');
    match syntax::port_number(number) {
        None => port.to_owned(),
        number if number == syntax::default_port(scheme) => String::new(),
        Some(number) => format!(":{number}"),
    }
}
