//! The grammar of serialized origins.
//!
//! ```text
//! origin = scheme "://" host [ ":" port ]
//! scheme = lower-alpha *( lower-alpha / DIGIT / "+" / "-" / "." )
//! host   = label *( "." label ) [ "." ] / IPv4address / "[" IPv6address "]"
//! label  = 1*63( lower-alpha / DIGIT / "-" / "_" )
//! port   = 1*5DIGIT
//! ```
//!
//! The lengths, at most 63 octets a label and 253 a host, are those of the DNS.
//!
//! Under schemes other than `http` and `https` a host is an IPv6 address, or opaque: whatever the URL
//! Standard lets stand in a host, without limits of the DNS, compared as it is written. It may be
//! empty if there is no port: packaged apps send `app://.` and `app://`.
//!
//! URL: <https://url.spec.whatwg.org/#host-serializing>,
//! <https://url.spec.whatwg.org/#concept-opaque-host-parser>

use std::fmt::{self, Write};
use std::mem;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::fault::OriginFault;
use super::punycode;
use crate::search::{has, split_once};

/// The most octets of a host, <https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4>.
pub(super) const MAX_HOST: usize = 253;
/// The most octets of a label.
pub(super) const MAX_LABEL: usize = 63;
/// The most octets of a scheme; the longest in use, `safari-web-extension`, has 20.
const MAX_SCHEME: usize = 64;
/// The most octets of a serialized origin.
pub(super) const MAX_ORIGIN: usize = MAX_SCHEME + "://".len() + MAX_HOST + ":65535".len();

/// An origin cut at its delimiters; the scheme is judged, host and port are not.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
    pub(super) port: Option<&'a str>,
}

impl<'a> Parts<'a> {
    pub(super) fn split(text: &'a str) -> Result<Self, OriginFault> {
        match text {
            "" => return Err(OriginFault::Empty),
            "null" => return Err(OriginFault::Null),
            _ if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',') => {}
            _ if !text.is_ascii() => return Err(OriginFault::NotAscii),
            _ if has(text, b',') => return Err(OriginFault::List),
            _ => return Err(OriginFault::WhiteSpace),
        }
        let (scheme, rest) = text.split_once(':').ok_or(OriginFault::NoScheme)?;
        let Some(rest) = rest.strip_prefix("//") else {
            let later = split_once(rest, "://").is_some();
            return Err(if later { OriginFault::Scheme } else { OriginFault::NoScheme });
        };
        parse_scheme(scheme)?;
        let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
        let authority = match end.map(|end| rest.split_at(end)) {
            None => rest,
            Some(("", _)) if is_web(scheme) => return Err(OriginFault::HostEmpty),
            Some((_, tail)) if tail.starts_with('?') => return Err(OriginFault::Query),
            Some((_, tail)) if tail.starts_with('#') => return Err(OriginFault::Fragment),
            Some(_) => return Err(OriginFault::Path),
        };
        if has(authority, b'@') {
            return Err(OriginFault::UserInfo);
        }
        // The colons of an IPv6 address are inside its brackets.
        let (host, port) = match authority.rfind(':') {
            Some(colon) if !authority.ends_with(']') => {
                let (host, port) = authority.split_at(colon);
                (host, port.get(1..))
            }
            _ => (authority, None),
        };
        Ok(Self { scheme, host, port })
    }
}

fn parse_scheme(scheme: &str) -> Result<(), OriginFault> {
    if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(OriginFault::SchemeUpperCase);
    }
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    if scheme == "file" {
        Err(OriginFault::File)
    } else if matches!(scheme, "ws" | "wss" | "ftp" | "about" | "blob" | "data" | "javascript") {
        Err(OriginFault::NotOfPages)
    } else if scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.len() <= MAX_SCHEME
        && scheme.bytes().all(allowed)
    {
        Ok(())
    } else {
        Err(OriginFault::Scheme)
    }
}

/// Judges a host without `*`.
pub(super) fn parse_host(scheme: &str, host: &str) -> Result<(), OriginFault> {
    if let Some(address) = host.strip_prefix('[') {
        return parse_ipv6(address);
    }
    if !is_web(scheme) {
        return host.bytes().all(is_opaque).then_some(()).ok_or(OriginFault::HostCharacter);
    }
    if host.is_empty() {
        return Err(OriginFault::HostEmpty);
    }
    if host.len() > MAX_HOST {
        return Err(OriginFault::HostTooLong);
    }
    // One trailing dot is the DNS root, and makes another origin.
    parse_labels(host.strip_suffix('.').unwrap_or(host).as_bytes())?;
    if ends_in_number(host) && host.parse::<Ipv4Addr>().is_err() {
        return Err(OriginFault::Ipv4);
    }
    Ok(())
}

/// Whether a byte may stand in an opaque host.
///
/// URL: <https://url.spec.whatwg.org/#forbidden-host-code-point>
//
// Deviation: the URL Standard also allows `*`, `,` and `;`. Here they make a pattern or a list.
pub(super) fn is_opaque(byte: u8) -> bool {
    let is_forbidden = matches!(
        byte,
        b'#' | b'/' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'^' | b'|'
    );
    byte.is_ascii_graphic() && !is_forbidden && !matches!(byte, b'*' | b',' | b';')
}

/// Judges labels of a domain with dots between them.
//
// Deviation: the URL Standard lets domains have more characters, such as `!` and `$`. No name in the
// DNS that serves pages has them, and a pattern matches the more safely the less it matches.
pub(super) fn parse_labels(labels: &[u8]) -> Result<(), OriginFault> {
    let (mut length, mut may_be_encoded) = (0, false);
    for byte in labels {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' => length += 1,
            b'-' => {
                // As the second hyphen of `xn--` is.
                may_be_encoded |= length == 3;
                length += 1;
            }
            b'.' => parse_label_length(mem::take(&mut length))?,
            b'A'..=b'Z' => return Err(OriginFault::HostUpperCase),
            _ => return Err(OriginFault::HostCharacter),
        }
    }
    parse_label_length(length)?;
    if may_be_encoded && punycode::has_never_sent(labels) {
        return Err(OriginFault::Punycode);
    }
    Ok(())
}

/// Judges labels that stand in the place of `*.`.
pub(super) fn are_labels(web: bool, labels: &[u8]) -> bool {
    if web {
        return parse_labels(labels).is_ok();
    }
    labels
        .split(|&byte| byte == b'.')
        .all(|label| !label.is_empty() && label.iter().copied().all(is_opaque))
}

/// Whether a host, with its port if it has one, is no longer than a host may be.
pub(super) fn has_room(host: &[u8]) -> bool {
    host.len() <= MAX_HOST
        || host.iter().position(|&byte| byte == b':').unwrap_or(host.len()) <= MAX_HOST
}

fn parse_label_length(length: usize) -> Result<(), OriginFault> {
    match length {
        0 => Err(OriginFault::LabelEmpty),
        1..=MAX_LABEL => Ok(()),
        _ => Err(OriginFault::LabelTooLong),
    }
}

/// Judges a port, which no default port is.
pub(super) fn parse_port(scheme: &str, port: &str) -> Result<u16, OriginFault> {
    match port_number(port) {
        None => Err(OriginFault::Port),
        number if number == default_port(scheme) => Err(OriginFault::DefaultPort),
        Some(number) => Ok(number),
    }
}

/// A port from 1 to 65535, without leading zeros.
pub(crate) fn port_number(port: &str) -> Option<u16> {
    let is_written_so = !port.starts_with('0') && port.bytes().all(|byte| byte.is_ascii_digit());
    if is_written_so { port.parse().ok() } else { None }
}

pub(super) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// Whether hosts under the scheme are domains and addresses, rather than opaque.
pub(super) fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

/// URL: <https://url.spec.whatwg.org/#ends-in-a-number-checker>
pub(super) fn ends_in_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or(host);
    let hexadecimal = last.strip_prefix("0x");
    !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn parse_ipv6(address: &str) -> Result<(), OriginFault> {
    let address = address.strip_suffix(']').ok_or(OriginFault::Ipv6)?;
    if has(address, b'%') {
        return Err(OriginFault::ZoneId);
    }
    let parsed: Ipv6Addr = address.parse().map_err(|_| OriginFault::Ipv6)?;
    let mut rest = Remaining(address);
    match write_ipv6(&mut rest, parsed) {
        Ok(()) if rest.0.is_empty() => Ok(()),
        _ => Err(OriginFault::Ipv6),
    }
}

/// What is left of an expected text; writing anything else is an error.
struct Remaining<'a>(&'a str);

impl Write for Remaining<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// URL: <https://url.spec.whatwg.org/#concept-ipv6-serializer>
///
/// The standard library's `Display` writes mapped addresses with a dotted tail, which is the one
/// thing in which it differs.
pub(super) fn write_ipv6(out: &mut dyn Write, address: Ipv6Addr) -> fmt::Result {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] => write!(out, "::ffff:{high:x}:{low:x}"),
        _ => write!(out, "{address}"),
    }
}

/// Secure Contexts: <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>
pub(super) fn is_loopback(host: &str) -> bool {
    let address: Option<Ipv4Addr> = host.parse().ok();
    let domain = host.strip_suffix('.').unwrap_or(host);
    address.is_some_and(|address| address.is_loopback())
        || host == "[::1]"
        || domain == "localhost"
        || domain.ends_with(".localhost")
}
