use std::{error, fmt};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode};

use super::Blocked;

/// What came of a fetch: what script sees, and what crossed the wire.
#[derive(Clone, Debug)]
pub struct Seen {
    pub(super) outcome: Result<Visible, Blocked>,
    pub(super) sent: Vec<Sent>,
}

impl Seen {
    /// The response as script sees it.
    ///
    /// # Errors
    ///
    /// The reason, if script gets a network error instead.
    pub fn response(&self) -> Result<&Visible, Blocked> {
        self.outcome.as_ref().map_err(Clone::clone)
    }

    /// Whether script can read the response: its status, its body and some of its headers. It can
    /// read nothing of an opaque response or of an opaque redirect.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|visible| {
            !matches!(visible.kind, ResponseType::Opaque | ResponseType::OpaqueRedirect)
        })
    }

    /// The reason, if script gets a network error.
    #[must_use]
    pub fn blocked(&self) -> Option<&Blocked> {
        self.outcome.as_ref().err()
    }

    /// Every request that the service got, in order, preflights included. There is none for what a
    /// cache answered, nor the one that tells [`Blocked::VaryMissing`] from other reasons. One that asks about a
    /// stale response behind script's back is there.
    #[must_use]
    pub fn sent(&self) -> &[Sent] {
        &self.sent
    }
}

/// What a response lets script see.
#[derive(Clone, Debug)]
pub struct Visible {
    pub(super) kind: ResponseType,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// The values of `headers` as script's strings.
    pub(super) texts: Vec<(HeaderName, String)>,
    pub(super) body: Result<Bytes, BodyError>,
}

impl Visible {
    /// How much of the response script sees.
    #[must_use]
    pub fn kind(&self) -> ResponseType {
        self.kind
    }

    /// The status; 0 if the response is opaque, or an opaque redirect.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        StatusCode::from_u16(self.status).is_ok_and(|status| status.is_success())
    }

    /// The value of a header, if script may see it; of several lines all, joined by `, `. As in
    /// script each byte is one character: `Zürich` in UTF-8 reads `ZÃ¼rich`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#dom-headers-get>
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let is_asked = |(own, _): &&(HeaderName, String)| own.as_str().eq_ignore_ascii_case(name);
        self.texts.iter().find(is_asked).map(|(_, text)| text.as_str())
    }

    /// All headers that script may see, each on one line.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body; empty if the response is opaque, or an opaque redirect.
    ///
    /// # Errors
    ///
    /// If the body ended in an error: script sees status and headers nevertheless, and fails only
    /// where it reads the body.
    pub fn body(&self) -> Result<&[u8], BodyError> {
        self.body.as_deref().map_err(|error| *error)
    }
}

/// The body of a response ended in an error, which may be of any type and is not kept.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-body-consume-body>
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BodyError;

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body of the response ended in an error; expected all of it")
    }
}

impl error::Error for BodyError {}

/// How much of a response script sees.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-response-type>
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ResponseType {
    /// From the page's own origin: everything but `Set-Cookie`.
    Basic,
    /// From another origin that shares it: status, body, and the headers that it exposes.
    Cors,
    /// From another origin, under `no-cors`: nothing.
    Opaque,
    /// A redirect, under the redirect mode `manual`: nothing.
    OpaqueRedirect,
}

/// A request as the service got it.
#[derive(Clone, Debug)]
pub struct Sent {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Sent {
    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URL, without fragment. (The service got its path and query, and its authority as `Host`.)
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The value of a header; of several lines the first.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether this is a CORS-preflight request.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-request>
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        self.method == Method::OPTIONS
            && self.headers.contains_key(http::header::ACCESS_CONTROL_REQUEST_METHOD)
    }
}

/// The method and the URL.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)
    }
}
