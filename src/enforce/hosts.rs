//! The authority of a request, and the list of those under which a server is known.

use http::header::HOST;

use crate::builder::error::{PolicyError, PolicyErrors};
use crate::origin::Origin;
use crate::origin::pattern::{self, OriginPattern, Pattern};
use crate::origin::set::OriginSet;
use crate::policy::Place;
use crate::request::{Field, RequestHead};

/// Host and port of whom a request is for.
///
/// RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-7.2>
#[derive(Clone, Copy)]
pub(super) struct Authority<'a> {
    host: &'a str,
    port: Option<&'a str>,
}

impl<'a> Authority<'a> {
    /// The authority of the URI if it has one, else the one `Host`.
    pub(super) fn of(head: RequestHead<'a>) -> Option<Self> {
        match head.uri().authority() {
            Some(authority) => Self::parse(authority.as_str()),
            None => Self::parse(Field::find(head.headers(), &HOST)?.once()?.to_str().ok()?),
        }
    }

    /// Without the port if that is empty. User information, which is no part of it, makes it none.
    fn parse(text: &'a str) -> Option<Self> {
        let after_address = text.rfind(']').map_or(0, |bracket| bracket + 1);
        let (host, port) = match text.get(after_address..)?.rfind(':') {
            Some(colon) => text.split_at_checked(after_address + colon)?,
            None => (text, ""),
        };
        let port = port.trim_start_matches(':');
        let sound = !host.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        sound.then_some(Self { host, port: (!port.is_empty()).then_some(port) })
    }

    /// Whether it is that of the origin, whatever the scheme.
    pub(super) fn is_of(self, origin: &Origin<'_>) -> bool {
        let default = origin.default_port();
        let port = match self.port {
            Some(port) => port.parse().ok(),
            None => default,
        };
        port.is_some()
            && port == origin.port().or(default)
            && self.host.eq_ignore_ascii_case(origin.host())
    }
}

/// A list of authorities, each held as the origin `http://host:port`.
pub(super) struct Hosts(OriginSet);

const SCHEME: &str = "http://";

/// The longest authority that can be listed: a host, a colon and a port.
const MAX_AUTHORITY: usize = 253 + 1 + 5;

impl Hosts {
    pub(super) fn compile(hosts: &[String], errors: &mut PolicyErrors) -> Self {
        let place = Place { rule: None, setting: "hosts" };
        if hosts.is_empty() {
            errors.push(place, PolicyError::NoHosts);
        }
        let origins: Vec<String> = hosts.iter().map(|host| as_origin(host)).collect();
        let mut patterns: Vec<OriginPattern<'_>> = Vec::new();
        for (value, origin) in hosts.iter().zip(&origins) {
            match Pattern::parse(origin) {
                Ok(Pattern::Origins(pattern)) => patterns.push(pattern),
                _ => errors
                    .push(place, PolicyError::Host { value: value.clone(), fix: repair(value) }),
            }
        }
        Self(OriginSet::new(&patterns, false))
    }

    pub(super) fn contains(&self, authority: Authority<'_>) -> bool {
        let port = authority.port.filter(|port| !is_default(port));
        let colon = if port.is_some() { ":" } else { "" };
        let mut buffer = [0; SCHEME.len() + MAX_AUTHORITY];
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

fn as_origin(host: &str) -> String {
    let host = match host.rsplit_once(':') {
        Some((name, port)) if is_default(port) => name,
        _ => host,
    };
    format!("{SCHEME}{}", host.to_ascii_lowercase())
}

/// What was probably meant, if an origin was written.
fn repair(value: &str) -> Option<String> {
    let origin = pattern::repair(value)?;
    let (_scheme, host) = origin.split_once("://")?;
    Some(host.to_owned())
}
