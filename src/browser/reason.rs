//! What a [`Blocked`] says, in one line.

use std::fmt;

use super::{Answer, Blocked, answer::After};

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
            Self::VaryMissing { answer, made_for, value, expected } => {
                fmt_vary_missing(f, answer, made_for.as_deref(), value.as_deref(), expected)
            }
            _ => self.fmt_of_preflight(f),
        }
    }
}

impl Blocked {
    /// The reasons that only the answer to a preflight gives.
    fn fmt_of_preflight(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PreflightStatus { answer, status } => {
                let status = status.as_u16();
                write!(f, "status {status} of {answer} is no success; expected 200 to 299")
            }
            Self::MalformedList { answer, field, value } => {
                write!(
                    f,
                    "{field} {value:?} of {answer} is no list of tokens; expected tokens separated by commas"
                )
            }
            Self::Method { answer, method, value, credentials } => write!(
                f,
                "{}",
                Refused {
                    answer,
                    field: "access-control-allow-methods",
                    value: value.as_deref(),
                    credentials: *credentials,
                    kind: "method",
                    name: method.as_str(),
                }
            ),
            Self::Header { answer, name, value, credentials } => write!(
                f,
                "{}",
                Refused {
                    answer,
                    field: "access-control-allow-headers",
                    value: value.as_deref(),
                    credentials: *credentials,
                    kind: "request header",
                    name: name.as_str(),
                }
            ),
            _ => self.fmt_of_redirect(f),
        }
    }

    /// The reasons that a redirect gives.
    fn fmt_of_redirect(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RedirectLocation { answer, value } => {
                write!(f, "location {value:?} of {answer} is no URL; expected one")
            }
            Self::RedirectCredentials { answer, url } => {
                write!(f, "location {url:?} of {answer} has a user name or password; expected none")
            }
            Self::RedirectDisallowed { answer, status } => {
                let status = status.as_u16();
                write!(
                    f,
                    "status {status} of {answer} is a redirect, and the redirect mode is `error`; expected another status"
                )
            }
            Self::TooManyRedirects { answer, url } => {
                write!(
                    f,
                    "location {url:?} of {answer} follows on 20 redirects; expected a response"
                )
            }
            _ => self.fmt_without_answer(f),
        }
    }

    /// The reasons in which no header is at fault.
    fn fmt_without_answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSameOrigin { redirected_from, origin, url } => {
                let after = After(redirected_from.as_deref());
                write!(
                    f,
                    "URL {url:?}{after} is not of the page's origin, and the mode is `same-origin`; expected {origin:?}"
                )
            }
            Self::Scheme { redirected_from, url } => {
                let after = After(redirected_from.as_deref());
                write!(
                    f,
                    "URL {url:?}{after} has a scheme that this model of a browser does not support; expected \"https\" or \"http\""
                )
            }
            Self::RedirectMode { url } => {
                write!(
                    f,
                    "URL {url:?} is not of the page's origin, and the mode is `no-cors`; expected the redirect mode `follow`"
                )
            }
            Self::UrlTooLong { redirected_from, length } => {
                let after = After(redirected_from.as_deref());
                write!(
                    f,
                    "URL of {length} bytes{after} is too long for an HTTP request; expected fewer than 65535"
                )
            }
            Self::ProxyAuthentication { answer } => {
                write!(
                    f,
                    "status 407 of {answer} asks a proxy's user for a password; expected any other"
                )
            }
            Self::ServiceFailed { redirected_from, url, cause } => {
                let after = After(redirected_from.as_deref());
                write!(
                    f,
                    "the service returned an error for {url:?}{after} ({cause}); expected a response"
                )
            }
            // All others are above.
            _ => Ok(()),
        }
    }
}

fn fmt_vary_missing(
    f: &mut fmt::Formatter<'_>,
    answer: &Answer,
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
        "{answer} was made for {made_for}, and its access-control-allow-origin ({value}) is not for {expected:?}; expected \"vary: origin\" in it"
    )
}

/// A method or a request header that a preflight's answer does not allow.
struct Refused<'a> {
    answer: &'a Answer,
    field: &'static str,
    value: Option<&'a str>,
    credentials: bool,
    kind: &'static str,
    name: &'a str,
}

impl fmt::Display for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answer, field, value, credentials, kind, name } = self;
        let Some(value) = value else {
            return write!(
                f,
                "{answer} has no {field} to allow the {kind} {name}; expected {name:?}"
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
            "{field} {value:?} of {answer}{exception} does not allow the {kind} {name}; expected {name:?}"
        )
    }
}
