//! What comes nearest to a denied request among what is allowed, and what to write.

use std::fmt;

use http::header::{HOST, ORIGIN};

use super::{cut, nearest};
use crate::origin::OriginFault;
use crate::policy::methods::Methods;
use crate::policy::rule::Rule;
use crate::policy::shown::Quoted;
use crate::policy::{Decision, Denial, Policy};
use crate::request::{RequestHead, RequestKind};
use crate::safelist::NON_WILDCARD_REQUEST_HEADER;

/// What comes nearest to a denied request among what is allowed, and what to write to allow it.
///
/// The text is one line. It says how to allow the request, and not whether that is wise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// The same origin under the other of `http` and `https` is allowed.
    #[non_exhaustive]
    OtherScheme {
        /// What is allowed.
        allowed: String,
    },
    /// The same origin with another port, or without one, is allowed.
    #[non_exhaustive]
    OtherPort {
        /// What is allowed.
        allowed: String,
    },
    /// The same origin with `www.`, or without it, is allowed.
    #[non_exhaustive]
    Www {
        /// What is allowed.
        allowed: String,
    },
    /// The same origin with a trailing dot, or without it, is allowed.
    #[non_exhaustive]
    TrailingDot {
        /// What is allowed.
        allowed: String,
    },
    /// Names under the host are allowed, and not the host itself: `*.` stands for one label or more.
    #[non_exhaustive]
    OnlyNamesUnder {
        /// The origin that is denied.
        origin: String,
    },
    /// A host above this one is allowed, and not the names under it.
    #[non_exhaustive]
    OnlyTheDomain {
        /// What is allowed.
        allowed: String,
        /// The pattern of what is under it.
        pattern: String,
    },
    /// The value of `Origin` is not as browsers write it, and what was probably meant is allowed.
    #[non_exhaustive]
    Misspelled {
        /// What is wrong with the value.
        fault: OriginFault,
        /// What is allowed.
        allowed: String,
    },
    /// The value of `Origin` is none that a browser writes.
    #[non_exhaustive]
    NoOrigin {
        /// What is wrong with the value.
        fault: OriginFault,
    },
    /// The origin is `null`, which sandboxed frames, local files and redirects to other origins send.
    Opaque,
    /// The predicates were not asked about the origin: with credentials they are asked about no insecure one.
    InsecureNotAsked,
    /// The predicates were asked about the origin, and none of them holds.
    PredicateDenies,
    /// A page that kept its `Origin` to itself sent the request, or none did: a form, or a link.
    OriginWithheld,
    /// The method is allowed in another case.
    #[non_exhaustive]
    MethodCase {
        /// What is allowed.
        allowed: String,
    },
    /// The method is not allowed.
    #[non_exhaustive]
    MissingMethod {
        /// The method.
        method: String,
        /// Whether the rule says which methods are the only ones.
        is_limited: bool,
    },
    /// No browser sends the method: it is forbidden, or no method at all.
    MethodUnsendable,
    /// Header names are not allowed.
    #[non_exhaustive]
    MissingHeaders {
        /// The names, in lower case and each once.
        names: Vec<String>,
        /// Whether any header is allowed, which does not cover `authorization`.
        is_any: bool,
    },
    /// The list of header names is none: a name is no token.
    HeaderListMalformed,
    /// The list of header names is longer than 16 lines, 4,096 bytes or 16 empty elements.
    HeaderListTooLong,
    /// A field stands there several times, which no browser writes; a proxy may have added one.
    Repeated,
    /// The request has cookies, and the rule that allows its origin grants no credentials.
    NoCredentials,
    /// The host is not listed.
    HostNotListed,
    /// No route gives the path a policy, nor does the fallback; or the resolver found none.
    NoPolicy,
    /// Servers can read the path as more than one, and these have different policies.
    PathAmbiguous,
}

/// A denied request, and by what it is denied.
pub(super) struct Fault<'a> {
    pub(super) head: RequestHead<'a>,
    pub(super) denial: Denial,
    pub(super) policy: Option<&'a Policy>,
    pub(super) decision: &'a Decision,
}

impl Fault<'_> {
    /// The values at fault.
    pub(super) fn values(&self) -> Vec<String> {
        let headers = self.head.headers();
        match self.denial {
            Denial::OriginNotAllowed | Denial::OriginRepeated => {
                headers.get_all(ORIGIN).iter().take(2).map(|it| cut(it.as_bytes())).collect()
            }
            Denial::MethodNotAllowed => vec![cut(self.method())],
            Denial::HeaderNotAllowed => self.missing_names().0,
            Denial::HostNotAllowed => {
                let in_uri = self.head.uri().authority().map(|it| cut(it.as_str().as_bytes()));
                let hosts = headers.get_all(HOST).iter().take(2).map(|it| cut(it.as_bytes()));
                in_uri.into_iter().chain(hosts).collect()
            }
            Denial::NoPolicy | Denial::PathAmbiguous => {
                vec![cut(self.head.uri().path().as_bytes())]
            }
            Denial::MethodRepeated | Denial::HeaderListTooLong | Denial::CredentialsNotAllowed => {
                Vec::new()
            }
        }
    }

    /// What comes nearest.
    pub(super) fn hint(&self) -> Option<Hint> {
        match self.denial {
            Denial::OriginNotAllowed => self.by_origin(),
            Denial::OriginRepeated | Denial::MethodRepeated => Some(Hint::Repeated),
            Denial::MethodNotAllowed => self.by_method(),
            Denial::HeaderNotAllowed => Some(match self.missing_names() {
                (names, true) if !names.is_empty() => {
                    let is_any = self.rule().is_some_and(|rule| rule.headers.is_any());
                    Hint::MissingHeaders { names, is_any }
                }
                _ => Hint::HeaderListMalformed,
            }),
            Denial::HeaderListTooLong => Some(Hint::HeaderListTooLong),
            Denial::CredentialsNotAllowed => Some(Hint::NoCredentials),
            Denial::HostNotAllowed => Some(Hint::HostNotListed),
            Denial::NoPolicy => Some(Hint::NoPolicy),
            Denial::PathAmbiguous => Some(Hint::PathAmbiguous),
        }
    }

    /// The rule that came nearest.
    fn rule(&self) -> Option<&Rule> {
        self.policy?.rules().nth(self.decision.rule.unwrap_or(0))
    }

    fn by_origin(&self) -> Option<Hint> {
        /// So many rules are searched for what comes near, so that one request costs no more.
        const SEARCHED: usize = 16;
        let Some(origin) = self.head.headers().get(ORIGIN) else {
            return Some(Hint::OriginWithheld);
        };
        let rules: Vec<&Rule> = self.policy?.rules().take(SEARCHED).collect();
        nearest::origin(&rules, origin.as_bytes())
    }

    fn method(&self) -> &[u8] {
        match self.head.preflight() {
            Some((_, method)) => method.once().map(http::HeaderValue::as_bytes).unwrap_or_default(),
            None => self.head.method().as_str().as_bytes(),
        }
    }

    fn by_method(&self) -> Option<Hint> {
        let method = self.method();
        let rule = self.rule()?;
        if self.decision.kind == RequestKind::Preflight && !Methods::could_allow(method) {
            return Some(Hint::MethodUnsendable);
        }
        if let Some(allowed) = rule.methods.in_another_case(method) {
            return Some(Hint::MethodCase { allowed: allowed.to_owned() });
        }
        let is_limited = !rule.methods.share_all();
        Some(Hint::MissingMethod { method: cut(method), is_limited })
    }

    /// The names that the nearest rule does not allow, in lower case and each once, and whether the list is one.
    fn missing_names(&self) -> (Vec<String>, bool) {
        /// So many are told.
        const TOLD: usize = 64;
        let mut names: Vec<String> = Vec::new();
        let Some(rule) = self.rule() else {
            return (names, false);
        };
        let read = rule.headers.tell_apart(self.head.headers(), |name, is_allowed| {
            if !is_allowed && names.len() < TOLD {
                let name = cut(name).to_ascii_lowercase();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        });
        (names, read.is_some())
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherScheme { allowed } => {
                write!(f, "the scheme differs: {} is allowed", Quoted(allowed))
            }
            Self::OtherPort { allowed } => {
                write!(f, "the port differs: {} is allowed", Quoted(allowed))
            }
            Self::Www { allowed } => {
                write!(f, "`www.` makes another origin: {} is allowed", Quoted(allowed))
            }
            Self::TrailingDot { allowed } => {
                write!(f, "a trailing dot makes another origin: {} is allowed", Quoted(allowed))
            }
            Self::OnlyNamesUnder { origin } => write!(
                f,
                "only names under this host are allowed, since `*.` stands for at least one label; add to \
                 `allow_origins`: {}",
                Quoted(origin)
            ),
            Self::OnlyTheDomain { allowed, pattern } => write!(
                f,
                "{} is allowed, and no name under it; for all of them add to `allow_origins`: {}",
                Quoted(allowed),
                Quoted(pattern)
            ),
            Self::Misspelled { fault, allowed } => {
                write!(f, "the origin {fault}, so that no browser sent it; {} is allowed", Quoted(allowed))
            }
            Self::NoOrigin { fault } => write!(f, "the origin {fault}, so that no browser sent it"),
            Self::Opaque => f.write_str(
                "`null` is sent by sandboxed frames, local files, and redirects to other origins; serve the page \
                 from an origin of its own, or call `dangerously_allow_null_origin`",
            ),
            Self::InsecureNotAsked => f.write_str(
                "with credentials the predicate of `allow_origins_if` is not asked about an insecure origin; \
                 serve the page over https, or call `dangerously_allow_insecure_origins`",
            ),
            Self::PredicateDenies => {
                f.write_str("the predicate of `allow_origins_if` was asked about it, and does not hold")
            }
            Self::OriginWithheld => f.write_str(
                "a page of another site sent it without its `Origin`, as by a form with a referrer policy of \
                 `no-referrer`",
            ),
            Self::MethodCase { allowed } => {
                write!(f, "methods are case-sensitive: {} is allowed", Quoted(allowed))
            }
            Self::MissingMethod { method, is_limited } => {
                let setting = if *is_limited { "only_methods" } else { "allow_methods" };
                write!(f, "add to `{setting}`: {}", Quoted(method))
            }
            Self::MethodUnsendable => f.write_str("no page can send this method"),
            Self::MissingHeaders { names, is_any } => {
                if *is_any && names.iter().any(|name| name == NON_WILDCARD_REQUEST_HEADER) {
                    f.write_str("any header does not cover `authorization`; ")?;
                }
                f.write_str("add to `allow_headers`: ")?;
                super::text::list(f, names)
            }
            Self::HeaderListMalformed => {
                f.write_str("a requested header name is no token, so that no browser sent it")
            }
            Self::HeaderListTooLong => f.write_str(
                "at most 16 lines, 4,096 bytes and 16 empty elements of Access-Control-Request-Headers are read",
            ),
            Self::Repeated => f.write_str("no browser sends the field twice; look for a proxy that adds one"),
            Self::NoCredentials => f.write_str(
                "call `allow_credentials`, if pages of the origin may act as their visitor",
            ),
            Self::HostNotListed => f.write_str(
                "if the server is known by that host, add it to `hosts`; for probes, give their path to \
                 `any_host_for`",
            ),
            Self::NoPolicy => f.write_str(
                "give it a policy: by a route for its path, as the fallback, or from the resolver",
            ),
            Self::PathAmbiguous => f.write_str(
                "write the path without encoded slashes, dot segments and the like, or give its readings the \
                 same policy",
            ),
        }
    }
}
