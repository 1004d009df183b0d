//! What of a request a policy reads, and what the request is.

use std::fmt;

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, request};

/// The head of a request: its method, URI and header fields, borrowed.
///
/// ```
/// use tower_cors::{RequestHead, RequestKind};
///
/// let request = http::Request::options("/items")
///     .header("origin", "https://app.example")
///     .header("access-control-request-method", "PUT")
///     .body(())?;
/// assert_eq!(RequestHead::from(&request).classify(), RequestKind::Preflight);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

/// What a request is to the CORS protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the standard knows no fourth kind")]
pub enum RequestKind {
    /// No `Origin` field: not a CORS request.
    Plain,
    /// An `Origin` field, and not a preflight: a CORS request,
    /// <https://fetch.spec.whatwg.org/#cors-request>. The request that follows a successful
    /// preflight is one.
    Simple,
    /// `OPTIONS` with `Origin` and `Access-Control-Request-Method`: a CORS-preflight request,
    /// <https://fetch.spec.whatwg.org/#cors-preflight-request>.
    Preflight,
}

impl<'a> RequestHead<'a> {
    /// The head of a request in its parts.
    #[must_use]
    pub fn new(method: &'a Method, uri: &'a Uri, headers: &'a HeaderMap) -> Self {
        Self { method, uri, headers }
    }

    /// The method.
    #[must_use]
    pub fn method(self) -> &'a Method {
        self.method
    }

    /// The URI, as it stands in the request: usually a path; an absolute URI over HTTP/2, and of requests to a
    /// proxy.
    #[must_use]
    pub fn uri(self) -> &'a Uri {
        self.uri
    }

    /// The header fields.
    #[must_use]
    pub fn headers(self) -> &'a HeaderMap {
        self.headers
    }

    /// What the request is. It counts that a field is there, and not what its value is.
    #[must_use]
    pub fn classify(self) -> RequestKind {
        match self.read() {
            Reading::Plain => RequestKind::Plain,
            Reading::Simple { .. } => RequestKind::Simple,
            Reading::Preflight { .. } => RequestKind::Preflight,
        }
    }

    /// The field that makes it a CORS request, if it is there.
    pub(crate) fn origin(self) -> Option<Field<'a>> {
        Field::find(self.headers, &ORIGIN)
    }

    /// The origin and the requested method, if it is a preflight. Of other methods than `OPTIONS` no
    /// field is looked up.
    pub(crate) fn preflight(self) -> Option<(Field<'a>, Field<'a>)> {
        if *self.method != Method::OPTIONS {
            return None;
        }
        match self.read() {
            Reading::Preflight { origin, method } => Some((origin, method)),
            Reading::Plain | Reading::Simple { .. } => None,
        }
    }

    /// Classifies, and keeps the fields that it took.
    pub(crate) fn read(self) -> Reading<'a> {
        let Some(origin) = self.origin() else {
            return Reading::Plain;
        };
        if *self.method != Method::OPTIONS {
            return Reading::Simple { origin };
        }
        match Field::find(self.headers, &ACCESS_CONTROL_REQUEST_METHOD) {
            Some(method) => Reading::Preflight { origin, method },
            None => Reading::Simple { origin },
        }
    }
}

impl RequestKind {
    /// A name that stays the same, for logs and metrics: `plain`, `cors`, `preflight`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Simple => "cors",
            Self::Preflight => "preflight",
        }
    }
}

/// What the request is, in the words of the Fetch Standard.
///
/// What is `Simple` here is any CORS request that is no preflight. Elsewhere a *simple request* is one that
/// needs no preflight, so the word would mislead.
impl fmt::Display for RequestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Plain => "plain request",
            Self::Simple => "CORS request",
            Self::Preflight => "preflight",
        })
    }
}

/// Fetch Metadata: <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>
pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A classified request, with the fields that classify it.
pub(crate) enum Reading<'a> {
    Plain,
    Simple { origin: Field<'a> },
    Preflight { origin: Field<'a>, method: Field<'a> },
}

/// A field that is there.
#[derive(Clone, Copy)]
pub(crate) enum Field<'a> {
    Once(&'a HeaderValue),
    Repeated,
}

impl<'a> Field<'a> {
    /// The value, unless there are several lines.
    pub(crate) fn once(self) -> Option<&'a HeaderValue> {
        match self {
            Self::Once(value) => Some(value),
            Self::Repeated => None,
        }
    }

    /// The field, if it is there. In most requests no field is repeated, so that the first line is all.
    pub(crate) fn find(headers: &'a HeaderMap, name: &HeaderName) -> Option<Self> {
        if headers.len() == headers.keys_len() {
            return headers.get(name).map(Self::Once);
        }
        Self::find_among_repeated(headers, name)
    }

    /// The value of a field that stands there once.
    pub(crate) fn find_once(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
        if headers.len() == headers.keys_len() {
            return headers.get(name);
        }
        Self::find_among_repeated(headers, name).and_then(Self::once)
    }

    #[cold]
    fn find_among_repeated(headers: &'a HeaderMap, name: &HeaderName) -> Option<Self> {
        let mut lines = headers.get_all(name).iter();
        let first = lines.next()?;
        Some(if lines.next().is_none() { Self::Once(first) } else { Self::Repeated })
    }
}

impl<'a, B> From<&'a Request<B>> for RequestHead<'a> {
    fn from(request: &'a Request<B>) -> Self {
        Self::new(request.method(), request.uri(), request.headers())
    }
}

impl<'a> From<&'a request::Parts> for RequestHead<'a> {
    fn from(parts: &'a request::Parts) -> Self {
        Self::new(&parts.method, &parts.uri, &parts.headers)
    }
}

/// The query and the header fields are left out, since some are secrets.
impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", self.method)
            .field("path", &self.uri.path())
            .finish_non_exhaustive()
    }
}
