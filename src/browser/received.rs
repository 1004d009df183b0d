//! What was received: the checks, the cache and the redirects each read it.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{AnswerKind, BodyError, UserAgent};

/// A response, as it came over the wire or out of the cache.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Empty if it is not to be read.
    pub(super) body: Result<Bytes, BodyError>,
    pub(super) kind: AnswerKind,
    /// The `Origin` of the request that this is the response to.
    pub(super) made_for: Option<String>,
}

/// Whether the response leads elsewhere, or tries to.
pub(super) fn is_redirect(received: &Received, user_agent: UserAgent) -> bool {
    is_redirect_status(received.status)
        && !matches!(user_agent.location(&received.headers), Ok(None))
}

/// Fetch: <https://fetch.spec.whatwg.org/#redirect-status>
pub(super) fn is_redirect_status(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}
