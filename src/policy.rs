//! From a request head to a decision: the whole protocol, as the server sees it.
//!
//! Fetch, CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use std::borrow::Cow;
use std::fmt;
use std::iter;
use std::sync::Arc;

use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, GetAll};
use http::{HeaderValue, Method, Uri};

use crate::builder::PolicyBuilder;
use crate::decision::{Answer, Decision, Decoration, Denial, Grant, Lines};
use crate::methods::{MAX_METHOD, Methods};
use crate::names::{Asked, Names};
use crate::origin::Origin;
use crate::origin::set::OriginSet;
use crate::request::{Field, Reading, RequestHead, RequestKind};
use crate::safelist::is_safelisted_method;

/// Which cross-origin requests are allowed: compiled, immutable, and shared by its clones.
///
/// ```
/// use tower_cors::{Denial, Policy};
///
/// let policy = Policy::builder()
///     .allow_origins(["https://app.example", "https://*.partner.example"])
///     .allow_methods(["PUT"])
///     .build()?;
///
/// let preflight = |origin: &str| {
///     http::Request::options("/items/1")
///         .header("origin", origin)
///         .header("access-control-request-method", "PUT")
///         .body(())
/// };
/// assert!(policy.decide(&preflight("https://eu.partner.example")?).is_allowed());
/// let denied = policy.decide(&preflight("https://partner.example")?);
/// assert_eq!(denied.denial(), Some(Denial::OriginNotAllowed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Policy(Arc<Rule>);

/// What a policy is compiled to.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) origins: Origins,
    pub(crate) credentials: bool,
    pub(crate) methods: Methods,
    pub(crate) headers: Names,
    pub(crate) expose: Option<HeaderValue>,
    pub(crate) max_age: Option<HeaderValue>,
}

/// Whose requests are allowed.
#[derive(Debug)]
pub(crate) enum Origins {
    /// Everybody's, those of opaque origins too.
    Any,
    /// Those of exactly one exact origin.
    One(HeaderValue),
    /// Those that are listed, or that a predicate holds.
    Listed(Box<Listed>),
}

/// The origins of a dynamic policy.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) set: OriginSet,
    pub(crate) predicates: Vec<Predicate>,
    /// Whether predicates are asked about `http` origins that are not loopback.
    pub(crate) ask_insecure: bool,
}

/// A user's own judgement of an origin.
#[derive(Clone)]
pub(crate) struct Predicate(pub(crate) Arc<PredicateFn>);

pub(crate) type PredicateFn = dyn Fn(&Origin<'_>, &Method, &Uri) -> bool + Send + Sync;

impl Policy {
    /// A builder that allows nothing yet.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }

    /// Any origin, any method, any header and `authorization`, everything exposed, no credentials:
    /// for development, and for data that is public anyway.
    #[must_use]
    pub fn permissive() -> Self {
        Self::new(Rule {
            origins: Origins::Any,
            credentials: false,
            methods: Methods::new(true, iter::empty()),
            headers: Names::new(true, iter::once("authorization"), iter::empty()),
            expose: Some(ANY.clone()),
            max_age: None,
        })
    }

    pub(crate) fn new(rule: Rule) -> Self {
        Self(Arc::new(rule))
    }

    /// Decides on a request.
    ///
    /// This is what the layer does, and it takes nothing of Tower, so a policy can be tested by
    /// itself.
    pub fn decide<'a>(&self, head: impl Into<RequestHead<'a>>) -> Decision {
        let head = head.into();
        match head.read() {
            // Not a CORS request: what is said is said to caches.
            Reading::Plain => Decision {
                kind: RequestKind::Plain,
                denial: None,
                answer: Answer::Decorate(self.0.decorate(self.0.origins.constant())),
            },
            // CORS request: the inner service answers, and its response says whether the page may
            // read it.
            Reading::Simple { origin } => {
                let method = || Ok(Cow::Borrowed(head.method()));
                let verdict = self.0.admit_origin(origin, head.uri(), method);
                let allow_origin = self.0.origins.constant().or(verdict.ok());
                Decision {
                    kind: RequestKind::Simple,
                    denial: verdict.err(),
                    answer: Answer::Decorate(self.0.decorate(allow_origin)),
                }
            }
            // CORS-preflight request: the answer says whether the browser may send the request.
            Reading::Preflight { origin, method } => {
                let verdict = self.0.admit_preflight(head, origin, method);
                Decision {
                    kind: RequestKind::Preflight,
                    denial: verdict.as_ref().err().copied(),
                    answer: Answer::Preflight(verdict.ok()),
                }
            }
        }
    }

    /// The answer alone, for the layer. A static policy has the same for every request but a
    /// preflight, so its `Origin` is not even looked up.
    pub(crate) fn answer(&self, head: RequestHead<'_>) -> Answer {
        match self.0.origins.constant() {
            Some(origin) if *head.method() != Method::OPTIONS => {
                Answer::Decorate(self.0.decorate(Some(origin)))
            }
            _ => self.decide(head).answer,
        }
    }
}

impl Origins {
    /// The origin that is named to everybody, if the policy is static: if what it says of any
    /// request but a preflight does not depend on `Origin`.
    ///
    /// The same bytes for every request, and no `Vary`, are what the standard advises where there
    /// is one origin or any, so that caches keep one copy. Other middleware sends one origin with
    /// `Vary: Origin`.
    ///
    /// <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>
    fn constant(&self) -> Option<&HeaderValue> {
        match self {
            Self::Any => Some(&ANY),
            Self::One(origin) => Some(origin),
            Self::Listed(_) => None,
        }
    }
}

impl Rule {
    /// CORS-preflight fetch, the server's half: origin, then method, then names.
    fn admit_preflight(
        &self,
        head: RequestHead<'_>,
        origin: Field<'_>,
        method: Field<'_>,
    ) -> Result<Grant, Denial> {
        let requested = || requested_method(method).map(Cow::Owned);
        let allow_origin = self.admit_origin(origin, head.uri(), requested)?.clone();
        let method = method.once().ok_or(Denial::MethodRepeated)?;
        if !self.methods.allows(method.as_bytes()) {
            return Err(Denial::MethodNotAllowed);
        }
        let names = head.headers().get_all(ACCESS_CONTROL_REQUEST_HEADERS);
        let asked = self.headers.admit(&names)?;
        Ok(Grant {
            allow_origin,
            allow_credentials: self.credentials,
            allow_methods: self.grant_method(method),
            allow_headers: match asked {
                Asked::Nothing => Lines::None,
                Asked::Names => self.grant_names(&names),
            },
            max_age: self.max_age.clone(),
        })
    }

    /// Admits the origin: the value that names it in a response.
    ///
    /// The method that the page uses is asked for only if a predicate has to know it.
    fn admit_origin<'a>(
        &self,
        origin: Field<'a>,
        uri: &Uri,
        method: impl FnOnce() -> Result<Cow<'a, Method>, Denial>,
    ) -> Result<&'a HeaderValue, Denial> {
        let (origin, allowed) = match (&self.origins, origin) {
            (Origins::Any, _) => return Ok(&ANY),
            (_, Field::Repeated) => return Err(Denial::OriginRepeated),
            (Origins::One(one), Field::Once(origin)) => (origin, origin == one),
            (Origins::Listed(listed), Field::Once(origin)) => {
                let set = &listed.set;
                (origin, set.contains(origin.as_bytes()) || listed.ask(origin, uri, method)?)
            }
        };
        if allowed { Ok(origin) } else { Err(Denial::OriginNotAllowed) }
    }

    /// What a response says; without an origin that may read it, only that this depends on `Origin`.
    fn decorate(&self, allow_origin: Option<&HeaderValue>) -> Decoration {
        Decoration {
            allow_origin: allow_origin.cloned(),
            expose_headers: allow_origin.and(self.expose.as_ref()).cloned(),
            allow_credentials: self.credentials,
            vary: self.origins.constant().is_none(),
        }
    }

    /// A method that needs no permission gets none; a wildcard that browsers take for one is
    /// literal.
    fn grant_method(&self, method: &HeaderValue) -> Option<HeaderValue> {
        if is_safelisted_method(method.as_bytes()) {
            None
        } else if self.methods.is_any() && !self.credentials {
            Some(ANY.clone())
        } else {
            Some(method.clone())
        }
    }

    /// The names that were asked for, all of which are allowed.
    fn grant_names(&self, names: &GetAll<'_, HeaderValue>) -> Lines {
        if self.headers.is_any() && !self.credentials {
            return Lines::One(if self.headers.lists_authorization() {
                HeaderValue::from_static("*,authorization")
            } else {
                ANY.clone()
            });
        }
        let mut lines = names.iter().cloned();
        match (lines.next(), lines.next()) {
            (None, _) => Lines::None,
            (Some(line), None) => Lines::One(line),
            _ => Lines::Many(names.iter().cloned().collect()),
        }
    }
}

static ANY: HeaderValue = HeaderValue::from_static("*");

impl Listed {
    /// Asks the predicates, if there are any that may be asked about the origin.
    fn ask<'a>(
        &self,
        origin: &HeaderValue,
        uri: &Uri,
        method: impl FnOnce() -> Result<Cow<'a, Method>, Denial>,
    ) -> Result<bool, Denial> {
        if self.predicates.is_empty() {
            return Ok(false);
        }
        let Some(origin) = Origin::from_bytes(origin.as_bytes()) else {
            return Ok(false);
        };
        if origin.is_insecure() && !self.ask_insecure {
            return Ok(false);
        }
        let method = method()?;
        Ok(self.predicates.iter().any(|Predicate(holds)| holds(&origin, &method, uri)))
    }
}

/// The method that a preflight asks for, as predicates see it.
fn requested_method(method: Field<'_>) -> Result<Method, Denial> {
    let method = method.once().ok_or(Denial::MethodRepeated)?.as_bytes();
    if method.len() > MAX_METHOD {
        return Err(Denial::MethodNotAllowed);
    }
    Method::from_bytes(method).map_err(|_| Denial::MethodNotAllowed)
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a predicate")
    }
}
