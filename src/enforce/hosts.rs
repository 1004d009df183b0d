//! The list of the hosts under which a server is known.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::authority::Authority;
use crate::builder::error::{PolicyError, PolicyErrors};
use crate::builder::is_for_strangers;
use crate::origin::pattern::{self, OriginPattern, Pattern};
use crate::origin::set::OriginSet;
use crate::policy::Place;
use crate::search::{has, split_once};

/// A list of authorities, each held as the origin `http://host:port`.
pub(super) struct Hosts(OriginSet);

const SCHEME: &str = "http://";

/// The longest origin that can be listed: the scheme, a host of 253 bytes, a colon and five digits.
const MAX_ORIGIN: usize = 266;

impl Hosts {
    /// Names that strangers may have are an error, unless they are taken on purpose: the name that an attacker
    /// rebinds could be one of them.
    pub(super) fn compile(
        hosts: &[String],
        public_suffixes: bool,
        errors: &mut PolicyErrors,
    ) -> Self {
        let place = Place { rule: None, setting: "hosts" };
        if hosts.is_empty() {
            errors.push(place, PolicyError::NoHosts);
        }
        let origins: Vec<String> = hosts.iter().map(|host| as_origin(host)).collect();
        let mut patterns: Vec<OriginPattern<'_>> = Vec::new();
        let is_dangerous =
            |pattern: &OriginPattern<'_>| !public_suffixes && is_for_strangers(pattern, true);
        for (value, origin) in hosts.iter().zip(&origins) {
            match Pattern::parse(origin) {
                Ok(Pattern::Origins(pattern)) => {
                    if is_dangerous(&pattern) {
                        let value = value.clone();
                        errors.push(place, PolicyError::PublicSuffixHost { value });
                    }
                    patterns.push(pattern);
                }
                _ => errors.push(place, error(value, is_dangerous)),
            }
        }
        Self(OriginSet::new(&patterns, false))
    }

    pub(super) fn contains(&self, authority: Authority<'_>) -> bool {
        let port = authority.port.filter(|port| !is_default(port));
        let colon = if port.is_some() { ":" } else { "" };
        let mut buffer = [0; MAX_ORIGIN];
        let mut len = 0;
        for part in [SCHEME, authority.host, colon, port.unwrap_or_default()] {
            let Some(room) = buffer.get_mut(len..len + part.len()) else {
                return false;
            };
            room.copy_from_slice(part.as_bytes());
            room.make_ascii_lowercase();
            len += part.len();
        }
        buffer.get(..len).is_some_and(|origin| self.0.contains(origin))
    }
}

/// A host that is asked for without a port may be so under `http` or under `https`.
fn is_default(port: &str) -> bool {
    matches!(port, "80" | "443")
}

/// The origin that a host is held as: without a port that is a default one, but only if that is all that stands behind the host.
pub(crate) fn as_origin(host: &str) -> String {
    let host = match host.rsplit_once(':') {
        Some((name, port)) if is_default(port) && (!has(name, b':') || name.ends_with(']')) => name,
        _ => host,
    };
    format!("{SCHEME}{}", host.to_ascii_lowercase())
}

/// What is wrong with a value that lists no host.
fn error(value: &str, is_dangerous: impl Fn(&OriginPattern<'_>) -> bool) -> PolicyError {
    let owned = || value.to_owned();
    let trimmed = value.trim();
    let (_scheme, authority) = split_once(trimmed, "://").unwrap_or(("", trimmed));
    if authority.split([':', '/']).next() == Some("*") {
        PolicyError::AnyHost { value: owned() }
    } else if is_network(authority) {
        PolicyError::HostNetwork { value: owned() }
    } else {
        // A fix that would be refused in turn is none.
        let is_sound = |fix: &String| match Pattern::parse(&as_origin(fix)) {
            Ok(Pattern::Origins(pattern)) => !is_dangerous(&pattern),
            Ok(Pattern::Any) | Err(_) => false,
        };
        PolicyError::Host { value: owned(), fix: repair(value).filter(is_sound) }
    }
}

/// An address with the length of its prefix, or with its mask: `10.0.0.0/8`.
fn is_network(value: &str) -> bool {
    let is_v4 = |text: &str| text.parse::<Ipv4Addr>().is_ok();
    value.split_once('/').is_some_and(|(address, prefix)| {
        let address = address.trim_start_matches('[').trim_end_matches(']');
        let is_address = is_v4(address) || address.parse::<Ipv6Addr>().is_ok();
        is_address && (is_v4(prefix) || prefix.parse::<u8>().is_ok())
    })
}

/// What was probably meant: the host of an origin or of a URL, or an IPv6 address without its brackets.
fn repair(value: &str) -> Option<String> {
    let value = value.trim();
    if is_ambiguous(value) {
        return None;
    }
    let is_address = value.parse::<Ipv6Addr>().is_ok();
    let written = match value {
        address if is_address => format!("{SCHEME}[{address}]"),
        in_brackets if value.starts_with('[') => format!("{SCHEME}{in_brackets}"),
        other => other.to_owned(),
    };
    let origin = pattern::repair(&written)?;
    let (scheme, host) = split_once(&origin, "://")?;
    let is_host = matches!(Pattern::parse(&as_origin(host)), Ok(Pattern::Origins(_)));
    (matches!(scheme, "http" | "https") && is_host).then(|| host.to_owned())
}

/// Whether the value may be an IPv6 address with a port behind it, but without brackets around it.
fn is_ambiguous(value: &str) -> bool {
    value.rsplit_once(':').is_some_and(|(address, port)| {
        address.parse::<Ipv6Addr>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit())
    })
}
