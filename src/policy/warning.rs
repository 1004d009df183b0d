//! What in a configuration opens nothing, and what of it is left out of the policy.

use std::fmt;
use std::time::Duration;

use super::shown::Quoted;

/// Where in a configuration a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Place {
    /// Which of several rules, counted from 0; `None` if there is only one.
    pub rule: Option<usize>,
    /// The method that was called, which is the key in a document, too: `allow_origins`.
    pub setting: &'static str,
}

/// An entry of a policy that does no harm, and nothing else either.
///
/// [`Policy::warnings`](crate::Policy::warnings) lists them. The message, one line, says what to write:
/// `method "GET" needs no permission; remove it`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyWarning {
    /// The same entry stands there before.
    #[non_exhaustive]
    Repeated {
        /// As written.
        value: String,
    },
    /// Another entry allows all that this one does.
    #[non_exhaustive]
    Covered {
        /// As written.
        value: String,
        /// The other one, as written.
        by: String,
    },
    /// GET, HEAD or POST, which every policy allows.
    #[non_exhaustive]
    MethodSafelisted {
        /// As written.
        value: String,
    },
    /// CONNECT, TRACE or TRACK, which no script may use.
    #[non_exhaustive]
    MethodForbidden {
        /// As written.
        value: String,
    },
    /// A request header that no script may set, so that no browser asks for it.
    #[non_exhaustive]
    HeaderForbidden {
        /// As written.
        value: String,
    },
    /// A response header of the CORS protocol among the request headers. It is allowed: some pages send
    /// one by mistake.
    #[non_exhaustive]
    HeaderOfProtocol {
        /// As written.
        value: String,
    },
    /// A response header that scripts may always read.
    #[non_exhaustive]
    ExposedHeaderSafelisted {
        /// As written.
        value: String,
    },
    /// A header among the exposed ones that only requests have.
    #[non_exhaustive]
    ExposedHeaderRequestOnly {
        /// As written.
        value: String,
    },
    /// A max-age over the 86,400 seconds that are the most any browser keeps; 86,400 is sent.
    #[non_exhaustive]
    MaxAgeTooLong {
        /// As written.
        value: Duration,
    },
}

/// Form: subject "value" what it is; what to write.
impl fmt::Display for PolicyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut say = |subject: &str, value: &str, what: &str, fix: &str| {
            write!(f, "{subject}{} {what}; {fix}", Quoted(value))
        };
        let (method, header, exposed) =
            ("method ", "request-header name ", "response-header name ");
        match self {
            Self::Repeated { value } => say("", value, "stands there before", "remove it"),
            Self::Covered { value, by } => {
                say("", value, &format!("is covered by {}", Quoted(by)), "remove it")
            }
            Self::MethodSafelisted { value } => {
                say(method, value, "needs no permission", "remove it")
            }
            Self::MethodForbidden { value } => {
                say(method, value, "cannot be used by scripts", "remove it")
            }
            Self::HeaderForbidden { value } => {
                let is_cookie = value.eq_ignore_ascii_case("cookie");
                let cookies = "remove it, and call `allow_credentials` for cookies";
                let fix = if is_cookie { cookies } else { "remove it" };
                say(header, value, "cannot be set by scripts", fix)
            }
            Self::HeaderOfProtocol { value } => {
                let what = "is one of responses, and pages that send it do so by mistake";
                say(header, value, what, "remove it here and there")
            }
            Self::ExposedHeaderSafelisted { value } => {
                say(exposed, value, "is always exposed", "remove it")
            }
            Self::ExposedHeaderRequestOnly { value } => {
                let fix = "remove it, or give it to `allow_headers`";
                say(exposed, value, "is one of requests", fix)
            }
            Self::MaxAgeTooLong { value } => {
                let (seconds, what) =
                    (value.as_secs().to_string(), "is over the 86400 seconds that browsers keep");
                say("max-age ", &seconds, what, "write 86400")
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule {
            Some(rule) => write!(f, "rules[{rule}].{}", self.setting),
            None => f.write_str(self.setting),
        }
    }
}
