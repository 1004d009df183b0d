//! What a policy says of one request, and how that is written into a header map.

use std::error::Error;
use std::fmt;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap,
    HeaderName, HeaderValue, VARY,
};

use super::vary::Varies;
use crate::request::{RequestHead, RequestKind};

/// What a [`Policy`](crate::Policy) says of one request.
///
/// It owns what it needs, so it may outlive both the request and the policy.
///
/// A preflight that is denied by its method or by names has header fields, too, if its origin is allowed: those of an
/// allowed one, less what is denied. So the page's browser names the step that failed, and sends nothing.
///
/// ```
/// use tower_cors::{Denial, Policy};
///
/// let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
/// let preflight = http::Request::options("/")
///     .header("origin", "https://app.example")
///     .header("access-control-request-method", "PATCH")
///     .body(())?;
/// let decision = policy.decide(&preflight);
/// assert_eq!(decision.denial(), Some(Denial::MethodNotAllowed));
/// assert_eq!(decision.headers()["access-control-allow-origin"], "https://app.example");
/// assert_eq!(decision.headers()["access-control-allow-methods"], "GET");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Decision {
    pub(crate) kind: RequestKind,
    pub(crate) denial: Option<Denial>,
    pub(crate) rule: Option<usize>,
    pub(crate) answer: Answer,
}

/// The header fields that go with a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// For the response of the inner service.
    Decorate(Decoration),
    /// For the answer to a preflight. One that is denied after its origin gets less; any other, no CORS header.
    Preflight(Option<Grant>),
    /// None: what the inner service says stays.
    LeaveAlone,
}

impl Answer {
    /// Writes the fields in place of those that stand there.
    pub(crate) fn write_to(self, headers: &mut HeaderMap) {
        match self {
            Self::Decorate(mut decoration) => decoration.write_to(headers, false),
            Self::Preflight(grant) => replace_preflight(grant, headers),
            Self::LeaveAlone => {}
        }
    }
}

/// Why a request is denied.
///
/// Its `Display` is a sentence for logs, and holds nothing that the client sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Denial {
    /// The policy does not allow the origin, or the value of `Origin` is not one. With
    /// [`Enforcement`](crate::Enforcement) also: there is no `Origin`, and another site's page may have sent the
    /// request.
    OriginNotAllowed,
    /// There are several `Origin` lines.
    OriginRepeated,
    /// The policy does not allow the requested method. Or no policy can allow it: it is forbidden, it is not a
    /// token, or it has over 4,096 bytes.
    MethodNotAllowed,
    /// There are several `Access-Control-Request-Method` lines.
    MethodRepeated,
    /// The policy does not allow one of the requested names, or one of them is not a token.
    HeaderNotAllowed,
    /// `Access-Control-Request-Headers` has over 16 lines, 4,096 bytes, or 16 empty elements.
    HeaderListTooLong,
    /// The request has cookies, and the rule that allows it grants no credentials. Only
    /// [`Enforcement`](crate::Enforcement) denies for this reason.
    CredentialsNotAllowed,
    /// The authority is not among the server's hosts. Only [`Enforcement`](crate::Enforcement) denies for
    /// this reason.
    HostNotAllowed,
    /// There is no policy for the request: its path has none, or none could be resolved.
    NoPolicy,
    /// Servers can read the path as more than one, and these have different policies; so it has none. The
    /// docs of `Routes` say which readings there are.
    PathAmbiguous,
}

impl Decision {
    /// Of a request that no policy is for.
    pub(crate) fn without_policy(head: RequestHead<'_>, denial: Denial, varies: Varies) -> Self {
        let mut decision = Self::refusal(head, denial, varies);
        if decision.kind == RequestKind::Plain {
            decision.denial = None;
        }
        decision
    }

    /// Of a request that is refused, of whatever kind.
    pub(crate) fn refusal(head: RequestHead<'_>, denial: Denial, varies: Varies) -> Self {
        let kind = head.classify();
        let answer = match kind {
            RequestKind::Preflight => Answer::Preflight(None),
            RequestKind::Plain | RequestKind::Simple => {
                Answer::Decorate(Decoration::nothing(varies.with(head.method())))
            }
        };
        Self { kind, denial: Some(denial), rule: None, answer }
    }

    /// Of a request that is not the layer's to decide on.
    pub(crate) fn left_alone(head: RequestHead<'_>) -> Self {
        Self { kind: head.classify(), denial: None, rule: None, answer: Answer::LeaveAlone }
    }

    /// What the request is.
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        self.kind
    }

    /// Why the request is denied, if it is. A plain request never is, unless the server
    /// [enforces](crate::Enforcement).
    #[must_use]
    pub fn denial(&self) -> Option<Denial> {
        self.denial
    }

    /// Which of several rules allows the request, or came nearest to it, counted from 0; `None` for
    /// a plain request, and of a policy that has one rule.
    #[must_use]
    pub fn rule(&self) -> Option<usize> {
        self.rule
    }

    /// Returns `true` unless the request is denied.
    ///
    /// A browser may still refuse what is allowed: a page that asks with credentials, where the
    /// policy allows none, may not read the response.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.denial.is_none()
    }

    /// The header fields that the response gets, by themselves.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        self.clone().write_to(&mut headers);
        headers
    }

    /// Writes the header fields into those of a response, as the layer does: CORS headers that
    /// stand there already are removed, and `Vary` is merged.
    pub fn write_to(self, headers: &mut HeaderMap) {
        self.answer.write_to(headers);
    }
}

impl Denial {
    /// A name that stays the same, for logs and metrics: `origin-not-allowed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OriginNotAllowed => "origin-not-allowed",
            Self::OriginRepeated => "origin-repeated",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::MethodRepeated => "method-repeated",
            Self::HeaderNotAllowed => "header-not-allowed",
            Self::HeaderListTooLong => "header-list-too-long",
            Self::CredentialsNotAllowed => "credentials-not-allowed",
            Self::HostNotAllowed => "host-not-allowed",
            Self::NoPolicy => "no-policy",
            Self::PathAmbiguous => "path-ambiguous",
        }
    }
}

/// So that a request that is refused can be handed on as an error.
impl Error for Denial {}

/// One line for logs, as in `preflight denied: the requested method is not allowed`.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.denial) {
            (kind, Some(denial)) => write!(f, "{kind} denied: {denial}")?,
            (RequestKind::Plain, None) => write!(f, "{}", self.kind)?,
            (kind, None) if matches!(self.answer, Answer::LeaveAlone) => {
                write!(f, "{kind} left alone")?;
            }
            (kind, None) => write!(f, "{kind} allowed")?,
        }
        match self.rule {
            Some(rule) => write!(f, " (rules[{rule}])"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::OriginNotAllowed => "the origin is not allowed",
            Self::OriginRepeated => "the request has several Origin fields",
            Self::MethodNotAllowed => "the requested method is not allowed",
            Self::MethodRepeated => "the request has several Access-Control-Request-Method fields",
            Self::HeaderNotAllowed => "a requested header name is not allowed",
            Self::HeaderListTooLong => "the Access-Control-Request-Headers are too long",
            Self::CredentialsNotAllowed => {
                "the request has cookies, and credentials are not allowed"
            }
            Self::HostNotAllowed => "the host is not allowed",
            Self::NoPolicy => "no policy is for the request",
            Self::PathAmbiguous => {
                "servers can read the path as more than one, with different policies"
            }
        })
    }
}

/// Who answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// The inner service, whose own CORS headers are kept if that is set.
    Inner { keep: bool },
    /// The layer, as the protocol has it: a preflight.
    Answer,
    /// The layer, as the server enforces it.
    Refuse,
}

/// What the response to a plain or simple request gets. Its parts are options of their own, since each is written by
/// itself: taken at once, they would be moved once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoration {
    /// Without an origin that may read it, there is none, and the next two say nothing.
    pub(crate) allow_origin: Option<HeaderValue>,
    pub(crate) allow_credentials: bool,
    pub(crate) expose_headers: Option<HeaderValue>,
    pub(crate) varies: Varies,
}

impl Decoration {
    /// Only what the response depends on.
    pub(crate) fn nothing(varies: Varies) -> Self {
        Self { allow_origin: None, allow_credentials: false, expose_headers: None, varies }
    }

    /// Writes the fields in place of the inner service's, unless those are kept and allow an origin.
    #[inline]
    pub(crate) fn write_to(&mut self, headers: &mut HeaderMap, keep: bool) {
        // One pass over the names is an order of magnitude cheaper than looking each of them up.
        if headers.keys().any(|name| is_cors_header(name) || *name == VARY) {
            self.write_among(headers, keep);
        } else {
            self.varies.append_to(headers);
            self.append_to(headers);
        }
    }

    /// The same where some of the names stand already. Apart, since that is rare.
    #[inline(never)]
    fn write_among(&mut self, headers: &mut HeaderMap, keep: bool) {
        let keep = keep && headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
        if !keep && headers.keys().any(is_cors_header) {
            remove_cors_headers(headers);
        }
        self.varies.merge_into(headers);
        if !keep {
            self.append_to(headers);
        }
    }

    /// Adds the CORS headers. They come after `Vary`, which needs no room if all its names stand there: yet a full
    /// map would grow.
    #[inline]
    fn append_to(&mut self, headers: &mut HeaderMap) {
        let Some(origin) = self.allow_origin.take() else {
            return;
        };
        append(headers, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.allow_credentials {
            append(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        }
        if let Some(names) = self.expose_headers.take() {
            append(headers, ACCESS_CONTROL_EXPOSE_HEADERS, names);
        }
    }
}

/// What the answer to a preflight gets, if its origin is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) allow_origin: HeaderValue,
    pub(crate) allow_credentials: bool,
    pub(crate) allow_methods: Option<HeaderValue>,
    pub(crate) allow_headers: Lines,
    pub(crate) max_age: Option<HeaderValue>,
}

/// The lines of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    None,
    One(HeaderValue),
    Many(Vec<HeaderValue>),
}

/// Writes the answer to a preflight in place of the inner service's.
fn replace_preflight(grant: Option<Grant>, headers: &mut HeaderMap) {
    remove_cors_headers(headers);
    // First, so that a map with room for no more says too little rather than too much.
    Varies::Preflight.merge_into(headers);
    append_grant(grant, headers);
}

/// Writes the answer to a preflight into an empty map.
pub(crate) fn write_preflight(grant: Option<Grant>, headers: &mut HeaderMap) {
    Varies::Preflight.append_to(headers);
    append_grant(grant, headers);
}

fn append_grant(grant: Option<Grant>, headers: &mut HeaderMap) {
    let Some(grant) = grant else {
        return;
    };
    append(headers, ACCESS_CONTROL_ALLOW_ORIGIN, grant.allow_origin);
    if grant.allow_credentials {
        append(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
    }
    if let Some(method) = grant.allow_methods {
        append(headers, ACCESS_CONTROL_ALLOW_METHODS, method);
    }
    match grant.allow_headers {
        Lines::None => {}
        Lines::One(line) => append(headers, ACCESS_CONTROL_ALLOW_HEADERS, line),
        Lines::Many(lines) => {
            for line in lines {
                append(headers, ACCESS_CONTROL_ALLOW_HEADERS, line);
            }
        }
    }
    if let Some(seconds) = grant.max_age {
        append(headers, ACCESS_CONTROL_MAX_AGE, seconds);
    }
}

const TRUE: HeaderValue = HeaderValue::from_static("true");

/// The six header fields of a CORS response: <https://fetch.spec.whatwg.org/#http-responses>
pub(crate) static CORS_HEADERS: [HeaderName; 6] = [
    ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_ALLOW_CREDENTIALS,
    ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE,
];

fn is_cors_header(name: &HeaderName) -> bool {
    matches!(
        *name,
        ACCESS_CONTROL_ALLOW_ORIGIN
            | ACCESS_CONTROL_ALLOW_CREDENTIALS
            | ACCESS_CONTROL_ALLOW_METHODS
            | ACCESS_CONTROL_ALLOW_HEADERS
            | ACCESS_CONTROL_EXPOSE_HEADERS
            | ACCESS_CONTROL_MAX_AGE
    )
}

fn remove_cors_headers(headers: &mut HeaderMap) {
    remove(headers, &CORS_HEADERS);
}

/// Removes fields. Not generic, so that it is compiled here and not with each service.
pub(crate) fn remove(headers: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        headers.remove(name);
    }
}

/// Appends a field. A map that is full, at 24,576 names, stays as it is: its response then says
/// less than the policy would, never more.
#[inline(never)]
pub(crate) fn append(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let _full = headers.try_append(name, value);
}
