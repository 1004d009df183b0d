//! What comes nearest to a denied request among what is allowed, and what to write.

use std::fmt;

use crate::origin::OriginFault;
use crate::policy::shown::Quoted;
use crate::safelist::NON_WILDCARD_REQUEST_HEADER;

/// What comes nearest to a denied request among what is allowed, and what to write to allow it.
///
/// The text is one line. It says how to allow the request, and not whether that is wise. What it offers builds; where
/// nothing would, or only what opens more, it offers nothing. Of credentials only the origin of the request, and a `*` in
/// its rule, are looked at; and a rule may come to disagree with another one of its policy. The builder then says so. It
/// names a setting by the word that is the method of the builder and the key of a document.
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
    /// An origin is allowed whose host differs by one letter: one too many, one missing, another one, or two that are
    /// swapped.
    ///
    /// Either of the two may be the wrong one. A developer who mistyped a host sees this, and so does the operator of a
    /// server that somebody attacks from a look-alike domain: registered by a stranger, one letter beside yours. So it
    /// does not say to allow the origin that asks. Allow it only if it is yours.
    #[non_exhaustive]
    SimilarHost {
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
        /// The origin that is denied.
        origin: String,
        /// The pattern of all that is under what is allowed.
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
    #[non_exhaustive]
    Opaque {
        /// Whether each rule grants credentials, which `null` can never have.
        has_credentials: bool,
    },
    /// The origin is `file://`, which some web views send of a local file.
    #[non_exhaustive]
    LocalFile {
        /// Whether each rule grants credentials, which `file://` can never have.
        has_credentials: bool,
    },
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
    /// The method is a standard one in another case, and the page has to send it as the standard has it.
    #[non_exhaustive]
    MethodMisspelled {
        /// As the standard has it.
        meant: &'static str,
        /// Whether the rule says which methods are the only ones.
        is_limited: bool,
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
    /// Header names are not allowed that no page should send: `cookie` and others that no script can set, those of
    /// responses, and names with a `*`.
    HeadersUnsendable,
    /// The list of header names is none: a name is no token.
    HeaderListMalformed,
    /// The list of header names is longer than 16 lines, 4,096 bytes or 16 empty elements.
    HeaderListTooLong,
    /// A field stands there several times, which no browser writes; a proxy may have added one.
    Repeated,
    /// The request has cookies, and the rule that allows its origin grants no credentials.
    #[non_exhaustive]
    NoCredentials {
        /// Whether to set `allow_credentials` would be an error for this origin: the rule has a `*` for its origins or its
        /// exposed headers, or the origin is insecure or opaque. What else the rule and others list may be an error with
        /// it, too, and the builder says so.
        is_error: bool,
    },
    /// The host is not listed.
    HostNotListed,
    /// No route gives the path a policy, nor does the fallback; or the resolver found none.
    NoPolicy,
    /// A route covers what is above the path or below it, or the path with or without a trailing slash, and not the path
    /// itself: `/api` is for that path alone, and `/api/{*rest}` for what is below `/api/`.
    #[non_exhaustive]
    NearRoute {
        /// The route, as it was written.
        route: String,
        /// The route to add.
        add: String,
    },
    /// Servers can read the path as more than one, and these have different policies.
    PathAmbiguous,
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
            Self::SimilarHost { allowed } => write!(
                f,
                "{} is allowed, and the origin that asks differs by a letter; find out which of the two is wrong, since \
                 a look-alike may be a stranger's",
                Quoted(allowed)
            ),
            Self::OnlyNamesUnder { origin } => write!(
                f,
                "only names under this host are allowed, since `*.` stands for at least one label; add to \
                 `allow_origins`: {}",
                Quoted(origin)
            ),
            Self::OnlyTheDomain { allowed, origin, pattern } => write!(
                f,
                "{} is allowed, and no name under it; add to `allow_origins`: {}, or for all of them {}",
                Quoted(allowed),
                Quoted(origin),
                Quoted(pattern)
            ),
            Self::Misspelled { fault, allowed } => {
                write!(f, "the origin {fault}, so that no browser sent it; {} is allowed", Quoted(allowed))
            }
            Self::NoOrigin { fault } => write!(f, "the origin {fault}, so that no browser sent it"),
            Self::Opaque { has_credentials } => opaque(f, NULL, *has_credentials),
            Self::LocalFile { has_credentials } => opaque(f, FILE, *has_credentials),
            Self::InsecureNotAsked => f.write_str(
                "with credentials the predicate of `allow_origins_if` is not asked about an insecure origin; \
                 serve the page over https, or set `dangerously_allow_insecure_origins`",
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
            Self::MethodMisspelled { meant, is_limited } => write!(
                f,
                "methods are case-sensitive: have the page send {0}, and add to `{1}`: {0}",
                Quoted(meant),
                methods(*is_limited)
            ),
            Self::MissingMethod { method, is_limited } => {
                write!(f, "add to `{}`: {}", methods(*is_limited), Quoted(method))
            }
            Self::MethodUnsendable => f.write_str("no page can send this method"),
            Self::MissingHeaders { names, is_any } => {
                if *is_any && names.iter().any(|name| name == NON_WILDCARD_REQUEST_HEADER) {
                    f.write_str("any header does not cover `authorization`; ")?;
                }
                f.write_str("add to `allow_headers`: ")?;
                super::text::list(f, names)
            }
            Self::HeadersUnsendable => {
                f.write_str("no page should send these; remove them from the request")
            }
            Self::HeaderListMalformed => {
                f.write_str("a requested header name is no token, so that no browser sent it")
            }
            Self::HeaderListTooLong => f.write_str(
                "at most 16 lines, 4,096 bytes and 16 empty elements of Access-Control-Request-Headers are read",
            ),
            Self::Repeated => f.write_str("no browser sends the field twice; look for a proxy that adds one"),
            Self::NoCredentials { is_error } => f.write_str(credentials(*is_error)),
            Self::HostNotListed => f.write_str(
                "if the server is known by that host, add it to `hosts`; for probes, give their path to \
                 `any_host_for`",
            ),
            Self::NoPolicy => f.write_str(
                "give it a policy: by a route for its path, by the `fallback`, or from the resolver",
            ),
            Self::NearRoute { route, add } => {
                write!(f, "the route {} does not cover it; add a route: {}", Quoted(route), Quoted(add))
            }
            Self::PathAmbiguous => f.write_str(
                "write the path without encoded slashes, dot segments and the like, or give its readings the \
                 same policy",
            ),
        }
    }
}

/// The setting that lists the methods of a rule.
fn methods(is_limited: bool) -> &'static str {
    if is_limited { "only_methods" } else { "allow_methods" }
}

/// An origin that no list can name, who sends it, and which setting allows it.
const NULL: [&str; 3] = [
    "null",
    "sandboxed frames, local files, and redirects to other origins",
    "dangerously_allow_null_origin",
];
const FILE: [&str; 3] =
    ["file://", "some web views that show a local file", "dangerously_allow_file_origin"];

fn opaque(
    f: &mut fmt::Formatter<'_>,
    [origin, senders, setting]: [&str; 3],
    has_credentials: bool,
) -> fmt::Result {
    write!(f, "`{origin}` is sent by {senders}; serve the page from an origin of its own, ")?;
    if has_credentials {
        f.write_str("since it can have no credentials")
    } else {
        write!(f, "or set `{setting}`")
    }
}

/// How a page is allowed to send cookies.
fn credentials(is_error: bool) -> &'static str {
    if is_error {
        "`allow_credentials` is an error beside a `*`, and for insecure origins, `null` and `file://`; list the \
         https origins whose pages may act as their visitor, and set it for these"
    } else {
        "set `allow_credentials`, if pages of the origin may act as their visitor"
    }
}
