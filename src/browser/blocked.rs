use std::{error, fmt};

use http::{HeaderName, Method, StatusCode};

use super::Answer;

/// Why script cannot read the response: the exact reason for what the standard calls a network error.
///
/// Real browsers tell script nothing of it and print a line on the console. `Display` gives one line:
/// the header at fault and its value, whose response has it, and what was expected. `Debug` is the same, so that a
/// test that returns `Box<dyn Error>` prints it.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-network-error>
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq)]
pub enum Blocked {
    /// There is no `Access-Control-Allow-Origin`.
    #[non_exhaustive]
    AllowOriginMissing {
        /// The response that lacks it.
        answer: Answer,
        /// The request's origin.
        expected: String,
    },
    /// `Access-Control-Allow-Origin` is not the request's origin, byte for byte.
    #[non_exhaustive]
    AllowOriginMismatch {
        /// The response that has it.
        answer: Answer,
        /// Its value; of several lines all, joined by `, `.
        value: String,
        /// The request's origin.
        expected: String,
    },
    /// `Access-Control-Allow-Origin` is `*`, and the request is made with credentials.
    #[non_exhaustive]
    AllowOriginWildcard {
        /// The response that has it.
        answer: Answer,
        /// The request's origin.
        expected: String,
    },
    /// `Access-Control-Allow-Credentials` is not `true`, and the request is made with credentials.
    #[non_exhaustive]
    AllowCredentials {
        /// The response that lacks it.
        answer: Answer,
        /// Its value, if there is one.
        value: Option<String>,
    },
    /// The HTTP cache kept the response from a request of another origin, or of none, and it does not
    /// do for this one, for which the server would have made one that does: it left out `Vary: Origin`.
    ///
    /// To know, the browser asks the server once more. That request is not among [`Seen::sent`].
    ///
    /// [`Seen::sent`]: super::Seen::sent
    #[non_exhaustive]
    VaryMissing {
        /// The response of the HTTP cache.
        answer: Answer,
        /// The `Origin` of the request that the response was made for, if it had one.
        made_for: Option<String>,
        /// The response's `Access-Control-Allow-Origin`, if it has one.
        value: Option<String>,
        /// This request's origin.
        expected: String,
    },
    /// The preflight's status is not 200 to 299.
    #[non_exhaustive]
    PreflightStatus {
        /// The answer to the preflight.
        answer: Answer,
        /// The status.
        status: StatusCode,
    },
    /// A list in the answer to the preflight has an element that is no token, so the whole list is void.
    #[non_exhaustive]
    MalformedList {
        /// The answer to the preflight.
        answer: Answer,
        /// The list's field.
        field: HeaderName,
        /// Its value; of several lines all, joined by `, `.
        value: String,
    },
    /// `Access-Control-Allow-Methods` does not allow the method.
    #[non_exhaustive]
    Method {
        /// The answer to the preflight.
        answer: Answer,
        /// The method.
        method: Method,
        /// What the field allows, if it is there.
        value: Option<String>,
        /// Whether the request is made with credentials: then `*` allows nothing.
        credentials: bool,
    },
    /// `Access-Control-Allow-Headers` does not allow a request header.
    #[non_exhaustive]
    Header {
        /// The answer to the preflight.
        answer: Answer,
        /// The request header.
        name: HeaderName,
        /// What the field allows, if it is there.
        value: Option<String>,
        /// Whether the request is made with credentials: then `*` allows nothing.
        credentials: bool,
    },
    /// The mode is `same-origin`, and the URL is not of the page's origin.
    #[non_exhaustive]
    NotSameOrigin {
        /// The URL whose redirect led here, if any did.
        redirected_from: Option<String>,
        /// The page's origin.
        origin: String,
        /// The URL, of the fetch or of a redirect.
        url: String,
    },
    /// The scheme of the URL is neither `http` nor `https`: real browsers fetch `data:` and `blob:` too,
    /// but this model does not.
    #[non_exhaustive]
    Scheme {
        /// The URL whose redirect led here, if any did.
        redirected_from: Option<String>,
        /// The URL, of the fetch or of a redirect.
        url: String,
    },
    /// `Location` of a redirect is no URL, or there are several.
    #[non_exhaustive]
    RedirectLocation {
        /// The redirect.
        answer: Answer,
        /// Its value; of several lines all, joined by `, `.
        value: String,
    },
    /// A redirect leads to a URL with a user name or a password.
    #[non_exhaustive]
    RedirectCredentials {
        /// The redirect.
        answer: Answer,
        /// The URL.
        url: String,
    },
    /// The response is a redirect, and the redirect mode is `error`.
    #[non_exhaustive]
    RedirectDisallowed {
        /// The redirect.
        answer: Answer,
        /// Its status.
        status: StatusCode,
    },
    /// The URL is not of the page's origin, the mode is `no-cors`, and the redirect mode is not `follow`.
    #[non_exhaustive]
    RedirectMode {
        /// The URL.
        url: String,
    },
    /// A redirect follows on 20 others.
    #[non_exhaustive]
    TooManyRedirects {
        /// The redirect.
        answer: Answer,
        /// The URL to which it would have led.
        url: String,
    },
    /// The status is 407: a proxy wants a password, and there is nobody to ask.
    #[non_exhaustive]
    ProxyAuthentication {
        /// The response.
        answer: Answer,
    },
    /// The URL is too long for an HTTP request.
    #[non_exhaustive]
    UrlTooLong {
        /// The URL whose redirect led here, if any did.
        redirected_from: Option<String>,
        /// Its length in bytes.
        length: usize,
    },
    /// The service returned an error instead of a response.
    #[non_exhaustive]
    ServiceFailed {
        /// The URL whose redirect led here, if any did.
        redirected_from: Option<String>,
        /// The URL of the request, without fragment.
        url: String,
        /// The error, and the errors that caused it, as text.
        cause: String,
    },
}

impl Blocked {
    /// The response at fault; nothing if the browser sent no request, or the service gave no response.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::AllowOriginMissing { answer, .. }
            | Self::AllowOriginMismatch { answer, .. }
            | Self::AllowOriginWildcard { answer, .. }
            | Self::AllowCredentials { answer, .. }
            | Self::VaryMissing { answer, .. }
            | Self::PreflightStatus { answer, .. }
            | Self::MalformedList { answer, .. }
            | Self::Method { answer, .. }
            | Self::Header { answer, .. }
            | Self::RedirectLocation { answer, .. }
            | Self::RedirectCredentials { answer, .. }
            | Self::RedirectDisallowed { answer, .. }
            | Self::TooManyRedirects { answer, .. }
            | Self::ProxyAuthentication { answer } => Some(answer),
            Self::NotSameOrigin { .. }
            | Self::Scheme { .. }
            | Self::RedirectMode { .. }
            | Self::UrlTooLong { .. }
            | Self::ServiceFailed { .. } => None,
        }
    }
}

impl fmt::Debug for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for Blocked {}
