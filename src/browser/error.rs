use std::{error, fmt};

use super::CookieReason;

/// A [`Fetch`](super::Fetch) or a page that no browser could carry out: what script gets is a
/// `TypeError` before anything is sent.
///
/// `Display` gives one line: what is wrong with which value, and what to write. `Debug` is the same.
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq)]
pub enum FetchError {
    /// The page is neither a URL with a host nor `null`.
    #[non_exhaustive]
    Page {
        /// What was given.
        value: String,
        /// What is wrong with it.
        cause: UrlError,
    },
    /// The URL to fetch cannot be parsed, or is relative and the page has no URL to add to it.
    #[non_exhaustive]
    Url {
        /// What was given.
        value: String,
        /// What is wrong with it.
        cause: UrlError,
    },
    /// The URL to fetch has a user name or a password.
    #[non_exhaustive]
    UrlCredentials {
        /// What was given.
        value: String,
    },
    /// The method is no token.
    #[non_exhaustive]
    Method {
        /// What was given.
        value: String,
    },
    /// The method is CONNECT, TRACE or TRACK.
    #[non_exhaustive]
    ForbiddenMethod {
        /// What was given.
        value: String,
    },
    /// The mode is `no-cors`, and the method neither GET nor HEAD nor POST.
    #[non_exhaustive]
    NoCorsMethod {
        /// What was given.
        value: String,
    },
    /// The name of a request header is no token.
    #[non_exhaustive]
    HeaderName {
        /// What was given.
        value: String,
    },
    /// The value of a request header has a control character, or one beyond U+00FF.
    #[non_exhaustive]
    HeaderValue {
        /// The header.
        name: String,
        /// What was given.
        value: String,
    },
    /// There are over 1,000 request headers, more than any server takes.
    #[non_exhaustive]
    TooManyHeaders {
        /// How many there are.
        count: usize,
    },
    /// The method is GET or HEAD, and there is a body.
    #[non_exhaustive]
    BodyNotAllowed {
        /// The method.
        method: String,
    },
    /// A cookie given to the browser is no field value, or its origin is no URL, or no page of the origin could have it.
    #[non_exhaustive]
    Cookie {
        /// The origin that was given.
        origin: String,
        /// The cookie that was given.
        value: String,
        /// Why no page of the origin could have it.
        reason: Option<CookieReason>,
    },
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page { value, cause } => {
                write!(
                    f,
                    "page {value:?} is no URL ({cause}); write an origin such as \"https://app.example\", or \"null\""
                )
            }
            Self::Url { value, cause } => {
                write!(
                    f,
                    "URL {value:?} cannot be fetched ({cause}); write one such as \"https://api.example/items\""
                )
            }
            Self::UrlCredentials { value } => {
                write!(
                    f,
                    "URL {value:?} has a user name or password; leave them out, and call `credentials` or set `authorization`"
                )
            }
            Self::Method { value } => {
                write!(f, "method {value:?} is no token; write letters, such as \"PUT\"")
            }
            Self::ForbiddenMethod { value } => {
                write!(
                    f,
                    "method {value:?} is forbidden by the Fetch Standard; no page can send it"
                )
            }
            Self::NoCorsMethod { value } => {
                write!(
                    f,
                    "method {value:?} needs the mode `cors`; under `no-cors` write \"GET\", \"HEAD\" or \"POST\""
                )
            }
            Self::HeaderName { value } => {
                write!(
                    f,
                    "request-header name {value:?} is no token; write one such as \"x-request-id\""
                )
            }
            Self::HeaderValue { name, value } => {
                write!(
                    f,
                    "value {value:?} of the request header {name:?} has a character that no field value can have; leave it out"
                )
            }
            Self::TooManyHeaders { count } => {
                write!(f, "{count} request headers are more than a server takes; set at most 1000")
            }
            Self::BodyNotAllowed { method } => {
                write!(f, "a {method} request cannot have a body; leave it out, or write \"POST\"")
            }
            Self::Cookie { origin, value, reason } => {
                write!(f, "cookie {value:?} cannot be set by {origin:?}")?;
                reason.map_or(Ok(()), |reason| write!(f, " ({reason})"))?;
                f.write_str("; write one such as \"session=1; SameSite=None; Secure\" for \"https://api.example\"")
            }
        }
    }
}

impl fmt::Debug for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// It has no source: its message says all.
impl error::Error for FetchError {}

/// What is wrong with a URL.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UrlError(pub(super) url::ParseError);

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for UrlError {}
