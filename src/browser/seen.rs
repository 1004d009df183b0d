use std::{error, fmt};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};

use super::{Blocked, Exchange, Sent, UserAgent};

/// What came of a fetch: what script sees, and what crossed the wire.
///
/// `Display` is the whole of it, for a test that fails: each request and its response, with a `>` before the line
/// that decided; the reason; the sentence on the console of the [`UserAgent`]; and what this crate's layer says, if it
/// answered.
///
/// ```
/// use tower_cors::browser::{Browser, Fetch};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let app = axum::Router::new();
/// let seen = Browser::new(app).fetch_from("https://app.example", Fetch::get("https://api.example/")).await?;
/// assert_eq!(
///     seen.to_string(),
///     "\
/// GET https://api.example/ from https://app.example is blocked
///
/// GET https://api.example/
///   accept: */*
///   host: api.example
///   origin: https://app.example
/// 404 Not Found
/// > (no access-control-allow-origin)
///
/// the response from \"https://api.example/\" has no access-control-allow-origin; expected \"https://app.example\"
/// the standard: network error in the CORS check, https://fetch.spec.whatwg.org/#concept-cors-check",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Seen {
    /// The method, the URL and the page.
    pub(super) title: String,
    pub(super) outcome: Result<Visible, Blocked>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) user_agent: UserAgent,
    pub(super) console: Option<String>,
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

    /// Every request with its response, in order, preflights included, and what a cache answered. There is none for
    /// a preflight whose result was kept, nor the one that tells [`Blocked::VaryMissing`] from other reasons. One that
    /// asks about a stale response behind script's back is there, before what the cache answered.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Those requests of all [`exchanges`](Self::exchanges) that the service got.
    #[must_use]
    pub fn sent(&self) -> Vec<&Sent> {
        let sent = self.exchanges.iter().filter(|exchange| !exchange.is_cached);
        sent.map(|exchange| &exchange.request).collect()
    }

    /// What the console of the [`UserAgent`] says of a fetch that is blocked: the sentence that people search for. Of
    /// [`UserAgent::Standard`], which has no console, and where a browser is not known to say more, it is the algorithm
    /// of the standard that ends in a network error.
    #[must_use]
    pub fn console(&self) -> Option<&str> {
        self.console.as_deref()
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
        self.body.as_deref().map_err(Clone::clone)
    }
}

/// The body of a response ended in an error.
///
/// `Display` gives one line, and so does `Debug`.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-body-consume-body>
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq)]
pub struct BodyError {
    /// The error, and the errors that caused it, as text.
    pub cause: String,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = &self.cause;
        write!(f, "the body of the response ended in an error ({cause}); expected all of it")
    }
}

impl fmt::Debug for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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
