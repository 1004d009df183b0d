//! The authority of a request: whom it is for.

use http::HeaderValue;
use http::header::HOST;

use crate::origin::{Origin, port_number};
use crate::request::{Field, RequestHead, SEC_FETCH_SITE};

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

/// Whether host and port of the origin are those that the request is for. The scheme is not compared.
pub(super) fn is_of(head: RequestHead<'_>, origin: &HeaderValue) -> bool {
    Origin::from_bytes(origin.as_bytes())
        .is_some_and(|origin| each(head, &|authority| authority.is_of(&origin)))
}

/// Whether the page of a request has the origin of the server, so that no browser checks the response: as the browser
/// says; or, where it says nothing, by the host and the port, and by the scheme if the URI has one. Browsers say it only
/// where the server is trustworthy, which it is by `https` and on loopback addresses.
///
/// Fetch Metadata: <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>
pub(crate) fn is_of_same_origin(head: RequestHead<'_>) -> bool {
    match Field::find(head.headers(), &SEC_FETCH_SITE) {
        Some(site) => site.once().is_some_and(|site| site == "same-origin"),
        None => head.origin().and_then(Field::once).is_some_and(|origin| {
            let behind = |scheme: &str| origin.as_bytes().strip_prefix(scheme.as_bytes());
            let has = |scheme| behind(scheme).is_some_and(|rest| rest.starts_with(b"://"));
            is_of(head, origin) && head.uri().scheme_str().is_none_or(has)
        }),
    }
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
