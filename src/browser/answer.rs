use std::fmt;

/// The response that a [`Blocked`](super::Blocked) is about.
///
/// `Display` says which one it is, and whose:
/// `the response from "https://login.example/" (after a redirect from "https://api.example/items")`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    // Boxed, so that a `Result` with a reason is no larger than it must be.
    parts: Box<Parts>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Parts {
    kind: AnswerKind,
    url: String,
    redirected_from: Option<String>,
}

impl Answer {
    pub(super) fn new(kind: AnswerKind, url: String, redirected_from: Option<String>) -> Self {
        Self { parts: Box::new(Parts { kind, url, redirected_from }) }
    }

    /// Which response to the URL it is.
    #[must_use]
    pub fn kind(&self) -> AnswerKind {
        self.parts.kind
    }

    /// The URL that answered so, without fragment.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.parts.url
    }

    /// The URL whose redirect led here, without fragment; nothing if the page itself fetched
    /// [`url`](Self::url).
    #[must_use]
    pub fn redirected_from(&self) -> Option<&str> {
        self.parts.redirected_from.as_deref()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { kind, url, redirected_from } = &*self.parts;
        let (start, end) = match kind {
            AnswerKind::Preflight => ("the preflight's response", ""),
            AnswerKind::Response => ("the response", ""),
            AnswerKind::Cached => ("the response", " in the HTTP cache"),
        };
        write!(f, "{start} from {url:?}{end}{}", After(redirected_from.as_deref()))
    }
}

/// Which response of a URL an [`Answer`] is.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AnswerKind {
    /// The response to the preflight.
    Preflight,
    /// The response to the request itself.
    Response,
    /// A response that the HTTP cache kept from an earlier request.
    Cached,
}

/// By whose redirect something happened, if by any.
pub(super) struct After<'a>(pub(super) Option<&'a str>);

impl fmt::Display for After<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(url) => write!(f, " (after a redirect from {url:?})"),
            None => Ok(()),
        }
    }
}
