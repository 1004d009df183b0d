//! The authority of a request: whom it is for.

use http::header::HOST;

use crate::origin::{Origin, port_number};
use crate::request::{Field, RequestHead};

/// Host and port of whom a request is for.
///
/// RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-7.2>
#[derive(Clone, Copy)]
pub(super) struct Authority<'a> {
    /// In any case, and of any characters.
    pub(super) host: &'a str,
    /// A number from 1 to 65535 without leading zeros, if a port is named.
    pub(super) port: Option<&'a str>,
}

/// Whether the request says whom it is for, by its URI, by its `Host` or by both, and that holds for
/// each. It does not hold for a malformed authority, nor for several `Host` lines.
pub(super) fn each(head: RequestHead<'_>, holds: &dyn Fn(Authority<'_>) -> bool) -> bool {
    let in_uri = head.uri().authority().map(|authority| Authority::parse(authority.as_str()));
    let host = Field::find(head.headers(), &HOST);
    let in_field = host.map(|host| Authority::parse(host.once()?.to_str().ok()?));
    let named = [in_uri, in_field];
    named.iter().any(Option::is_some)
        && named.iter().all(|it| it.is_none_or(|authority| authority.is_some_and(holds)))
}

impl<'a> Authority<'a> {
    /// `host [ ":" [ port ] ]`. Whether the host is one is not looked at: what it is compared with is.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let end = match text.find(']') {
            Some(bracket) => bracket + 1,
            None => text.find(':').unwrap_or(text.len()),
        };
        let (host, rest) = text.split_at_checked(end)?;
        let port = match rest.strip_prefix(':') {
            None if rest.is_empty() => None,
            Some("") => None,
            Some(port) if port_number(port).is_some() => Some(port),
            _ => return None,
        };
        Some(Self { host, port })
    }

    /// Whether it is that of the origin of a page. The scheme is not compared; pages under other schemes
    /// than `http` and `https` come from no server.
    pub(super) fn is_of(self, origin: &Origin<'_>) -> bool {
        let Some(default) = origin.default_port() else {
            return false;
        };
        let port = self.port.map_or(Some(default), port_number);
        port == Some(origin.port().unwrap_or(default))
            && self.host.eq_ignore_ascii_case(origin.host())
    }
}
