use std::{error, fmt};

use http::{HeaderName, Method, StatusCode};

/// Why script cannot read the response: the exact reason for what the standard calls a network error.
///
/// Real browsers tell script nothing of it and print a line on the console. `Display` gives one line:
/// the header at fault and its value, and what was expected.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-network-error>
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Blocked {
    /// There is no `Access-Control-Allow-Origin`.
    AllowOriginMissing {
        /// The response that lacks it.
        answer: Answer,
        /// The request's origin.
        expected: String,
    },
    /// `Access-Control-Allow-Origin` is not the request's origin, byte for byte.
    AllowOriginMismatch {
        /// The response that has it.
        answer: Answer,
        /// Its value; of several lines all, joined by `, `.
        value: String,
        /// The request's origin.
        expected: String,
    },
    /// `Access-Control-Allow-Origin` is `*`, and the request is made with credentials.
    AllowOriginWildcard {
        /// The response that has it.
        answer: Answer,
        /// The request's origin.
        expected: String,
    },
    /// `Access-Control-Allow-Credentials` is not `true`, and the request is made with credentials.
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
    VaryMissing {
        /// The `Origin` of the request that the response was made for, if it had one.
        made_for: Option<String>,
        /// The response's `Access-Control-Allow-Origin`, if it has one.
        value: Option<String>,
        /// This request's origin.
        expected: String,
    },
    /// The preflight's status is not 200 to 299.
    PreflightStatus {
        /// The status.
        status: StatusCode,
    },
    /// A list in the answer to the preflight has an element that is no token, so the whole list is void.
    MalformedList {
        /// The list's field.
        field: HeaderName,
        /// Its value; of several lines all, joined by `, `.
        value: String,
    },
    /// `Access-Control-Allow-Methods` does not allow the method.
    Method {
        /// The method.
        method: Method,
        /// What the field allows, if it is there.
        value: Option<String>,
        /// Whether the request is made with credentials: then `*` allows nothing.
        credentials: bool,
    },
    /// `Access-Control-Allow-Headers` does not allow a request header.
    Header {
        /// The request header.
        name: HeaderName,
        /// What the field allows, if it is there.
        value: Option<String>,
        /// Whether the request is made with credentials: then `*` allows nothing.
        credentials: bool,
    },
    /// The mode is `same-origin`, and the URL is not of the page's origin.
    NotSameOrigin {
        /// The page's origin.
        origin: String,
        /// The URL, of the fetch or of a redirect.
        url: String,
    },
    /// The scheme of the URL is neither `http` nor `https`: real browsers fetch `data:` and `blob:` too,
    /// but this model does not.
    Scheme {
        /// The URL, of the fetch or of a redirect.
        url: String,
    },
    /// `Location` of a redirect is no URL, or there are several.
    RedirectLocation {
        /// Its value; of several lines all, joined by `, `.
        value: String,
    },
    /// A redirect leads to a URL with a user name or a password.
    RedirectCredentials {
        /// The URL.
        url: String,
    },
    /// A redirect follows on 20 others.
    TooManyRedirects {
        /// The URL to which it would have led.
        url: String,
    },
    /// The status is 407: a proxy wants a password, and there is nobody to ask.
    ProxyAuthentication,
    /// The URL is too long for an HTTP request.
    UrlTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The service returned an error instead of a response.
    ServiceFailed,
}

/// Which response a [`Blocked`] is about.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The answer to the preflight.
    Preflight,
    /// The response to the request itself.
    Response,
    /// A response that the HTTP cache kept from an earlier request.
    Cached,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preflight => "the preflight's response",
            Self::Response => "the response",
            Self::Cached => "the response in the HTTP cache",
        })
    }
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllowOriginMissing { answer, expected } => {
                write!(f, "{answer} has no access-control-allow-origin; expected {expected:?}")
            }
            Self::AllowOriginMismatch { answer, value, expected } => {
                write!(
                    f,
                    "access-control-allow-origin {value:?} of {answer} is not the request's origin; expected {expected:?}"
                )
            }
            Self::AllowOriginWildcard { answer, expected } => {
                write!(
                    f,
                    "access-control-allow-origin \"*\" of {answer} excludes requests with credentials; expected {expected:?}"
                )
            }
            Self::AllowCredentials { answer, value: Some(value) } => {
                write!(
                    f,
                    "access-control-allow-credentials {value:?} of {answer} is not \"true\"; expected \"true\""
                )
            }
            Self::AllowCredentials { answer, value: None } => {
                write!(
                    f,
                    "{answer} has no access-control-allow-credentials, and the request is made with credentials; expected \"true\""
                )
            }
            Self::VaryMissing { made_for, value, expected } => {
                fmt_vary_missing(f, made_for.as_deref(), value.as_deref(), expected)
            }
            Self::PreflightStatus { status } => {
                write!(
                    f,
                    "status {} of the preflight's response is no success; expected 200 to 299",
                    status.as_u16()
                )
            }
            Self::MalformedList { field, value } => {
                write!(
                    f,
                    "{field} {value:?} of the preflight's response is no list of tokens; expected tokens separated by commas"
                )
            }
            Self::Method { method, value, credentials } => {
                let field = "access-control-allow-methods";
                fmt_refused(f, field, value.as_deref(), *credentials, "method", method.as_str())
            }
            Self::Header { name, value, credentials } => {
                let field = "access-control-allow-headers";
                fmt_refused(
                    f,
                    field,
                    value.as_deref(),
                    *credentials,
                    "request header",
                    name.as_str(),
                )
            }
            _ => self.fmt_without_cors(f),
        }
    }
}

impl Blocked {
    /// The reasons in which no CORS header is at fault.
    fn fmt_without_cors(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSameOrigin { origin, url } => {
                write!(
                    f,
                    "URL {url:?} is not of the page's origin, and the mode is `same-origin`; expected {origin:?}"
                )
            }
            Self::Scheme { url } => {
                write!(
                    f,
                    "URL {url:?} has a scheme that this model of a browser does not support; expected \"https\" or \"http\""
                )
            }
            Self::RedirectLocation { value } => {
                write!(f, "location {value:?} of the redirect is no URL; expected one")
            }
            Self::RedirectCredentials { url } => {
                write!(
                    f,
                    "location {url:?} of the redirect has a user name or password; expected none"
                )
            }
            Self::TooManyRedirects { url } => {
                write!(f, "redirect to {url:?} follows on 20 others; expected a response")
            }
            Self::UrlTooLong { length } => {
                write!(
                    f,
                    "URL of {length} bytes is too long for an HTTP request; expected fewer than 65535"
                )
            }
            Self::ProxyAuthentication => f.write_str(
                "status 407 of the response asks a proxy's user for a password; expected any other",
            ),
            _ => f.write_str("the service returned an error; expected a response"),
        }
    }
}

impl error::Error for Blocked {}

fn fmt_vary_missing(
    f: &mut fmt::Formatter<'_>,
    made_for: Option<&str>,
    value: Option<&str>,
    expected: &str,
) -> fmt::Result {
    let quoted =
        |text: Option<&str>, none: &str| text.map_or(none.to_owned(), |text| format!("{text:?}"));
    let made_for = quoted(made_for, "a request without origin");
    let value = quoted(value, "none");
    write!(
        f,
        "the response in the HTTP cache was made for {made_for}, and its access-control-allow-origin ({value}) is not for {expected:?}; expected \"vary: origin\" in it"
    )
}

fn fmt_refused(
    f: &mut fmt::Formatter<'_>,
    field: &str,
    value: Option<&str>,
    credentials: bool,
    kind: &str,
    refused: &str,
) -> fmt::Result {
    let Some(value) = value else {
        return write!(
            f,
            "the preflight's response has no {field} to allow the {kind} {refused}; expected {refused:?}"
        );
    };
    let has_wildcard = value.split(',').any(|element| element.trim() == "*");
    let exception = match (has_wildcard, credentials) {
        (false, _) => "",
        (true, true) => ", in which \"*\" is no wildcard for requests with credentials,",
        (true, false) => ", in which \"*\" does not stand for authorization,",
    };
    write!(
        f,
        "{field} {value:?} of the preflight's response{exception} does not allow the {kind} {refused}; expected {refused:?}"
    )
}
