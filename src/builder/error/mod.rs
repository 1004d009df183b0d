//! What can be wrong with a policy, said so that it can be put right.

mod advice;
mod enforcement;
mod iter;
mod list;

use std::fmt;
use std::time::Duration;

use http::StatusCode;

pub use self::iter::{ErrorsIntoIter, ErrorsIter};
pub use self::list::PolicyErrors;
pub(crate) use self::list::write_lines;
use crate::origin::OriginFault;
#[cfg(feature = "serde")]
pub(crate) use crate::policy::shown::Cut;
pub(crate) use crate::policy::shown::{Count, Quoted};

/// One error in a configuration.
///
/// `value` is what was written; `fix`, where it can be known, what to write instead. The message,
/// one line, says both: `origin "https://a.example/" has a path; write "https://a.example"`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// Neither an origin nor a predicate: the policy would deny everybody.
    NoOrigins,
    /// An origin is not as browsers serialize it, or a pattern is none.
    #[non_exhaustive]
    Origin {
        /// As written.
        value: String,
        /// What is wrong.
        fault: OriginFault,
        /// What was probably meant.
        fix: Option<String>,
    },
    /// Credentials for `*`: any page could act as its visitor.
    AnyOriginWithCredentials,
    /// Credentials for opaque origins: any sandboxed page could act as its visitor.
    NullOriginWithCredentials,
    /// Credentials for `file://`: any local file could act as its visitor.
    FileOriginWithCredentials,
    /// Credentials for an `http` origin that is not loopback: whoever is between the page and its
    /// server could act as its visitor.
    #[non_exhaustive]
    InsecureOriginWithCredentials {
        /// As written.
        value: String,
    },
    /// Credentials for names under a public suffix, where anybody may have a name: it is listed, or has
    /// listed ones below it, or is a single label that is neither listed nor reserved.
    #[non_exhaustive]
    PublicSuffixWithCredentials {
        /// As written.
        value: String,
    },
    /// Credentials for every origin of a scheme: anybody's app or extension could act as its visitor.
    #[non_exhaustive]
    WholeSchemeWithCredentials {
        /// As written.
        value: String,
    },
    /// Credentials for a `*.` pattern, or a pattern with a `*` within a label, in a build without the
    /// feature `public-suffix`, which cannot tell whether it stands for names under a public suffix.
    #[non_exhaustive]
    PublicSuffixUnknown {
        /// As written.
        value: String,
    },
    /// A method that is not a token.
    #[non_exhaustive]
    MethodNotToken {
        /// As written.
        value: String,
    },
    /// A `*` within a method.
    #[non_exhaustive]
    MethodWildcard {
        /// As written.
        value: String,
    },
    /// A standard method in another case.
    #[non_exhaustive]
    MethodCase {
        /// As written.
        value: String,
        /// The standard method.
        fix: &'static str,
    },
    /// `*` for the only methods.
    AnyOnlyMethod,
    /// No method among the only ones: the rule would deny everybody.
    NoMethods,
    /// Methods that are allowed besides the only ones.
    OnlyAndOtherMethods,
    /// A name of a request header that is not a token.
    #[non_exhaustive]
    HeaderNotToken {
        /// As written.
        value: String,
    },
    /// A `*` within a name of a request header, but not at its end.
    #[non_exhaustive]
    HeaderWildcard {
        /// As written.
        value: String,
    },
    /// Exposing `*` with credentials, where it would be taken for a name.
    AnyExposedHeaderWithCredentials,
    /// A name of a response header that is not a token.
    #[non_exhaustive]
    ExposedHeaderNotToken {
        /// As written.
        value: String,
    },
    /// A `*` within a name of a response header.
    #[non_exhaustive]
    ExposedHeaderWildcard {
        /// As written.
        value: String,
    },
    /// A response header that no script may read.
    #[non_exhaustive]
    ExposedHeaderForbidden {
        /// As written.
        value: String,
    },
    /// A max-age with a fraction of a second.
    #[non_exhaustive]
    MaxAgeFraction {
        /// As written.
        value: Duration,
    },
    /// No rule: the policy would deny everybody.
    NoRules,
    /// More rules than the 1,000 that a policy may have, since they are asked one after another.
    #[non_exhaustive]
    TooManyRules {
        /// How many there are.
        count: usize,
    },
    /// Over 1,000 patterns with a `*` within a label in a policy of several rules that differ in what they
    /// grant.
    #[non_exhaustive]
    TooManyPatterns {
        /// How many there are.
        count: usize,
    },
    /// Two rules that could answer a preflight and its request differently.
    #[non_exhaustive]
    RulesDisagree {
        /// The rules, counted from 0.
        rules: (usize, usize),
        /// An origin that both match.
        origin: String,
        /// A method that both match.
        method: String,
    },
    /// `*` or `null` among the server's own origins.
    #[non_exhaustive]
    OpenOwnOrigin {
        /// As written.
        value: String,
    },
    /// An own origin of the server is not as browsers serialize it, or a pattern is none.
    #[non_exhaustive]
    OwnOrigin {
        /// As written.
        value: String,
        /// What is wrong.
        fault: OriginFault,
        /// What was probably meant.
        fix: Option<String>,
    },
    /// An own origin that stands for every name under a public suffix, where anybody may have a name.
    #[non_exhaustive]
    PublicSuffixOwnOrigin {
        /// As written.
        value: String,
    },
    /// A pattern among the hosts that stands for names that strangers may have.
    #[non_exhaustive]
    PublicSuffixHost {
        /// As written.
        value: String,
    },
    /// An empty list of hosts: every request would be refused.
    NoHosts,
    /// `*` for a host: no request would be refused.
    #[non_exhaustive]
    AnyHost {
        /// As written.
        value: String,
    },
    /// A network among the hosts: `10.0.0.0/8`.
    #[non_exhaustive]
    HostNetwork {
        /// As written.
        value: String,
    },
    /// A host that is no authority of a request.
    #[non_exhaustive]
    Host {
        /// As written.
        value: String,
        /// What was probably meant.
        fix: Option<String>,
    },
    /// Paths that are exempt from a list of hosts that is not there.
    UnusedAnyHostFor,
    /// A path that is exempt from the list of hosts, and that servers could read in several ways.
    #[non_exhaustive]
    PathNotExact {
        /// As written.
        value: String,
        /// What was probably meant.
        fix: Option<String>,
    },
    /// Enforcement of a policy that is open to any origin: nobody would be refused.
    EnforcedForNobody,
    /// A status of successful preflights that is not successful.
    #[non_exhaustive]
    PreflightStatus {
        /// As written.
        value: StatusCode,
    },
}

impl PolicyError {
    /// Which of the values of a setting is at fault.
    #[cfg(feature = "serde")]
    pub(crate) fn value(&self) -> Option<&str> {
        match self {
            Self::Origin { value, .. }
            | Self::InsecureOriginWithCredentials { value }
            | Self::PublicSuffixWithCredentials { value }
            | Self::PublicSuffixUnknown { value }
            | Self::WholeSchemeWithCredentials { value }
            | Self::MethodNotToken { value }
            | Self::MethodWildcard { value }
            | Self::MethodCase { value, .. }
            | Self::HeaderNotToken { value }
            | Self::HeaderWildcard { value }
            | Self::ExposedHeaderNotToken { value }
            | Self::ExposedHeaderWildcard { value }
            | Self::ExposedHeaderForbidden { value } => Some(value),
            Self::AnyOriginWithCredentials
            | Self::AnyOnlyMethod
            | Self::AnyExposedHeaderWithCredentials => Some("*"),
            Self::NullOriginWithCredentials => Some("null"),
            Self::FileOriginWithCredentials => Some("file://"),
            _ => None,
        }
    }
}

/// Form: subject "value" what is wrong; what to write.
impl fmt::Display for PolicyError {
    #[expect(clippy::too_many_lines, reason = "an arm an error")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut say = |subject: &str, value: &str, wrong: &str, fix: &str| {
            write!(f, "{subject} {} {wrong}; {fix}", Quoted(value))
        };
        let (method, header, exposed) = ("method", "request-header name", "response-header name");
        match self {
            Self::NoOrigins => f.write_str(
                "no origin is allowed; give `allow_origins` at least one, or say `nobody`",
            ),
            Self::Origin { value, fault, fix } => {
                let fix = advice::or_write(fix.as_deref(), advice::of_origin(value, *fault));
                say("origin", value, &fault.to_string(), &fix)
            }
            Self::AnyOriginWithCredentials => f.write_str(
                "`allow_credentials` cannot be combined with any origin; list the origins",
            ),
            Self::NullOriginWithCredentials => f.write_str(
                "`allow_credentials` cannot be combined with the null origin; remove one of them",
            ),
            Self::FileOriginWithCredentials => f.write_str(
                "`allow_credentials` cannot be combined with the file origin; remove one of them",
            ),
            Self::InsecureOriginWithCredentials { value } => say(
                "origin",
                value,
                "is insecure, and credentials are allowed",
                "write its https: form, or set `dangerously_allow_insecure_origins`",
            ),
            Self::PublicSuffixWithCredentials { value } => say(
                "origin",
                value,
                "stands for names that anybody may have, and credentials are allowed",
                "list the origins, or call `allow_origins_if`",
            ),
            Self::WholeSchemeWithCredentials { value } => say(
                "origin",
                value,
                "stands for every origin of its scheme, and credentials are allowed",
                "list the origins, or call `allow_origins_if`",
            ),
            Self::PublicSuffixUnknown { value } => say(
                "origin",
                value,
                "may stand for names that anybody may have",
                "enable the feature `public-suffix`, list the origins, or call `allow_origins_if`",
            ),
            Self::MethodNotToken { value } => {
                say(method, value, "is not a token", "write one method per item, as in \"PUT\"")
            }
            Self::MethodWildcard { value } => {
                say(method, value, "has a `*` that is not the whole", "write the methods")
            }
            Self::MethodCase { value, fix } => write!(
                f,
                "method {} is not {fix}, methods are case-sensitive; write {fix:?}",
                Quoted(value)
            ),
            Self::AnyOnlyMethod => {
                f.write_str("`only_methods` cannot be any method; set `allow_methods` instead")
            }
            Self::NoMethods => f.write_str(
                "no method is allowed that a script may use; give `only_methods` at least one",
            ),
            Self::OnlyAndOtherMethods => f.write_str(
                "`only_methods` cannot be combined with `allow_methods`; \
                 give `only_methods` all the methods",
            ),
            Self::HeaderNotToken { value } => {
                say(header, value, "is not a token", "write one name per item, as in \"x-api-key\"")
            }
            Self::HeaderWildcard { value } => say(
                header,
                value,
                "has a `*` that is not at its end",
                "write the names, or a prefix, as in \"x-amz-*\"",
            ),
            Self::AnyExposedHeaderWithCredentials => f.write_str(
                "`allow_credentials` cannot be combined with exposing any header; list the names",
            ),
            Self::ExposedHeaderNotToken { value } => {
                say(exposed, value, "is not a token", "write one name per item, as in \"etag\"")
            }
            Self::ExposedHeaderWildcard { value } => {
                say(exposed, value, "has a `*` that is not the whole", "write the names")
            }
            Self::ExposedHeaderForbidden { value } => {
                say(exposed, value, "is forbidden by the Fetch Standard", "remove it")
            }
            Self::MaxAgeFraction { value } => {
                let seconds = format!("{}.{:09}", value.as_secs(), value.subsec_nanos());
                let (seconds, fix) = (seconds.trim_end_matches('0'), value.as_secs() + 1);
                say("max-age", seconds, "has a fraction of a second", &format!("write {fix}"))
            }
            Self::NoRules => f.write_str("there is no rule; give at least one"),
            Self::TooManyRules { count } => write!(
                f,
                "{} rules are over the 1,000 that a policy may have; give one rule several origins",
                Count(*count)
            ),
            Self::TooManyPatterns { count } => write!(
                f,
                "{} patterns with a `*` within a label are over the 1,000 that rules which differ may have; \
                 write \"https://*.a.example\" for all names under a domain",
                Count(*count)
            ),
            Self::RulesDisagree { rules: (earlier, later), origin, method } => write!(
                f,
                "rules[{earlier}] and rules[{later}] both match origin {} and method {}, \
                 and could answer a preflight and its request differently; give both the \
                 same credentials and exposed headers, or allow in rules[{earlier}] every method and \
                 request header that rules[{later}] allows",
                Quoted(origin),
                Quoted(method)
            ),
            Self::OpenOwnOrigin { .. }
            | Self::OwnOrigin { .. }
            | Self::PublicSuffixOwnOrigin { .. }
            | Self::UnusedAnyHostFor
            | Self::PublicSuffixHost { .. }
            | Self::NoHosts
            | Self::AnyHost { .. }
            | Self::HostNetwork { .. }
            | Self::Host { .. }
            | Self::PathNotExact { .. }
            | Self::EnforcedForNobody => enforcement::write(self, f),
            Self::PreflightStatus { value } => {
                let wrong = "is not successful, so browsers would refuse it";
                say("preflight status", value.as_str(), wrong, "write 204 or 200")
            }
        }
    }
}

impl std::error::Error for PolicyError {}
