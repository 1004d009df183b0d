//! One rule of a policy: whose requests it allows, and what it grants them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, HeaderMap, ORIGIN};
use http::{HeaderValue, Method, Uri};

use super::decision::{Decoration, Denial, Grant, Lines};
use super::methods::{MAX_METHOD, Methods};
use super::names::{Names, Refusal, Requested};
use super::sent::SentValue;
use super::vary::Varies;
use crate::origin::Origin;
use crate::origin::set::OriginSet;
use crate::request::{Field, RequestHead};
use crate::safelist::is_safelisted_method;

/// A rule, compiled.
#[derive(Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) origins: Origins,
    pub(crate) credentials: bool,
    pub(crate) methods: Methods,
    pub(crate) headers: Names,
    pub(crate) expose: Option<SentValue>,
    pub(crate) max_age: Option<SentValue>,
}

/// Whose requests are allowed.
#[derive(Debug, PartialEq)]
pub(crate) enum Origins {
    /// Everybody's, those of opaque origins too.
    Any,
    /// Those of exactly one exact origin. Boxed, so that which of these it is can be read at once.
    One(Box<SentValue>),
    /// Those that are listed, or that a predicate holds.
    Listed(Box<Listed>),
}

/// The origins of a dynamic policy.
#[derive(Debug, PartialEq)]
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

/// A preflight that a rule admits. It borrows, and a [`Grant`] is made of the one that is answered.
pub(crate) struct Admission<'a> {
    origin: &'a HeaderValue,
    method: &'a HeaderValue,
    names: Requested<'a>,
}

impl Origins {
    /// The origin that is named to everybody, if what is said does not depend on `Origin`.
    pub(crate) fn constant(&self) -> Option<&HeaderValue> {
        match self {
            Self::Any => Some(&ANY),
            Self::One(origin) => Some(origin.local()),
            Self::Listed(_) => None,
        }
    }

    /// Whether the rule matches origins that nobody listed.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Any) || self.has_predicates()
    }

    /// Whether there are predicates to be asked.
    pub(crate) fn has_predicates(&self) -> bool {
        matches!(self, Self::Listed(listed) if !listed.predicates.is_empty())
    }

    /// Whether the rule matches the origin, or its predicates might.
    pub(crate) fn may_match(&self, origin: &str) -> bool {
        self.lists(origin) || !self.asked(origin).is_empty()
    }

    /// Whether the rule matches the origin, whatever its predicates say.
    pub(crate) fn lists(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::One(one) => one.as_bytes() == origin.as_bytes(),
            Self::Listed(listed) => listed.set.contains(origin.as_bytes()),
        }
    }

    /// What the origins compile from: nothing, if they are any.
    pub(crate) fn written(&self) -> Vec<String> {
        match self {
            Self::Any => Vec::new(),
            Self::One(one) => vec![String::from_utf8_lossy(one.as_bytes()).into_owned()],
            Self::Listed(listed) => listed.set.written(),
        }
    }

    /// The same, unless too many are listed for a search.
    #[cfg(feature = "review")]
    pub(crate) fn few(&self) -> Vec<String> {
        match self {
            Self::Listed(listed) => listed.set.few(),
            Self::Any | Self::One(_) => self.written(),
        }
    }

    /// The predicates that are asked about the origin if it is not listed.
    pub(crate) fn asked(&self, origin: &str) -> &[Predicate] {
        let Self::Listed(listed) = self else {
            return &[];
        };
        let may_be_asked = |it: Origin<'_>| listed.ask_insecure || !it.is_insecure();
        let is_asked =
            !listed.predicates.is_empty() && Origin::parse(origin).is_ok_and(may_be_asked);
        if is_asked { &listed.predicates } else { &[] }
    }
}

impl Rule {
    /// Whether the rule is open to any origin, with any method.
    pub(crate) fn admits_everybody(&self) -> bool {
        matches!(self.origins, Origins::Any) && self.methods.share_all()
    }

    /// Whether the rule needs no more of a simple request than its `Origin`.
    pub(crate) fn is_by_origin(&self) -> bool {
        self.methods.share_all() && !self.origins.has_predicates()
    }

    /// Names an origin to whoever asks, unless the method is one whose responses are not shared.
    pub(crate) fn sharing<'a>(
        &self,
        head: RequestHead<'_>,
        origin: &'a HeaderValue,
    ) -> Option<&'a HeaderValue> {
        self.methods.shares(head.method()).then_some(origin)
    }

    /// CORS check, the server's half: origin, then method. It gives the value that names the origin.
    pub(crate) fn admit_simple<'a>(
        &self,
        head: RequestHead<'a>,
        origin: Field<'a>,
    ) -> Result<&'a HeaderValue, Denial> {
        let origin = self.admit_origin(head, origin, None)?;
        self.sharing(head, origin).ok_or(Denial::MethodNotAllowed)
    }

    /// The same for a request of a page that may have kept its `Origin` to itself: then only a rule that
    /// is open to any origin admits it, and there is none to name.
    pub(crate) fn admit_enforced<'a>(
        &self,
        head: RequestHead<'a>,
        origin: Option<Field<'a>>,
    ) -> Result<Option<&'a HeaderValue>, Denial> {
        match (origin, &self.origins) {
            (Some(origin), _) => self.admit_simple(head, origin).map(Some),
            (None, Origins::Any) if self.methods.shares(head.method()) => Ok(None),
            (None, Origins::Any) => Err(Denial::MethodNotAllowed),
            (None, Origins::One(_) | Origins::Listed(_)) => Err(Denial::OriginNotAllowed),
        }
    }

    /// CORS-preflight fetch, the server's half: origin, then method, then names.
    pub(crate) fn admit_preflight<'a>(
        &self,
        head: RequestHead<'a>,
        origin: Field<'a>,
        method: Field<'a>,
    ) -> Result<Admission<'a>, Refusal<'a>> {
        let origin = self.admit_origin(head, origin, Some(method))?;
        let method = method.once().ok_or(Denial::MethodRepeated)?;
        if !self.methods.allows(method.as_bytes()) {
            return Err(Denial::MethodNotAllowed.into());
        }
        let names = self.headers.admit(head.headers())?;
        Ok(Admission { origin, method, names })
    }

    /// What the answer to a preflight says that the rule admits.
    pub(crate) fn grant(&self, admission: &Admission<'_>) -> Grant {
        let Admission { origin, method, names } = admission;
        let grant = self.grant_to(origin, self.grant_method(method), self.grant_names(names));
        Grant { max_age: self.max_age.as_ref().map(SentValue::to_sent), ..grant }
    }

    /// What the answer to a preflight says that the rule denies after its origin, so that the page's browser
    /// names the step that failed, and sends no request: all but what is denied. Nothing where the browser
    /// would go on, or has nothing to name.
    #[inline(never)]
    pub(crate) fn grant_less(
        &self,
        head: RequestHead<'_>,
        origin: Field<'_>,
        method: Field<'_>,
        refusal: Refusal<'_>,
    ) -> Option<Grant> {
        let method = method.once()?;
        let origin = match self.origins {
            Origins::Any => &ANY,
            Origins::One(_) | Origins::Listed(_) => origin.once()?,
        };
        match refusal.denial {
            Denial::MethodNotAllowed if Methods::is_looked_for(method.as_bytes()) => {
                Some(self.grant_to(origin, Some(NEEDS_NO_PERMISSION), Lines::None))
            }
            Denial::HeaderNotAllowed => {
                let names = self.headers.allowed_of(head.headers(), refusal.read)?;
                Some(self.grant_to(origin, self.grant_method(method), names))
            }
            _ => None,
        }
    }

    fn grant_to(
        &self,
        origin: &HeaderValue,
        allow_methods: Option<HeaderValue>,
        allow_headers: Lines,
    ) -> Grant {
        Grant {
            allow_origin: origin.clone(),
            allow_credentials: self.credentials,
            allow_methods,
            allow_headers,
            max_age: None,
        }
    }

    /// Admits the origin, after the predicates were asked about one that is not listed: the value that
    /// names it in a response. Of a preflight they are told the method that it asks for.
    #[inline]
    fn admit_origin<'a>(
        &self,
        head: RequestHead<'_>,
        origin: Field<'a>,
        requested: Option<Field<'_>>,
    ) -> Result<&'a HeaderValue, Denial> {
        match &self.origins {
            Origins::Any => Ok(&ANY),
            Origins::One(one) => match origin.once() {
                Some(origin) if *origin == *one.as_bytes() => Ok(origin),
                Some(_) => Err(Denial::OriginNotAllowed),
                None => Err(Denial::OriginRepeated),
            },
            Origins::Listed(listed) => listed.admit(head, origin, requested),
        }
    }

    /// What the response to a request that is no preflight says, if its `Origin` is all that it depends
    /// on. Inlined into the service, so that it is made where it is kept.
    #[inline]
    pub(crate) fn decorate_by_origin(&self, headers: &HeaderMap) -> Decoration {
        match &self.origins {
            Origins::Any => self.share(SENT_ANY, Varies::Never),
            Origins::One(one) => self.decorate(Some(one.local()), Varies::Never),
            Origins::Listed(listed) => self.decorate(listed.admit_in(headers), Varies::Origin),
        }
    }

    /// What a response says; without an origin that may read it, only what it depends on.
    #[inline]
    pub(crate) fn decorate(&self, origin: Option<&HeaderValue>, varies: Varies) -> Decoration {
        match origin {
            Some(origin) => self.share(origin.clone(), varies),
            None => Decoration::nothing(varies),
        }
    }

    /// What the response says to an origin that may read it.
    #[inline]
    fn share(&self, allow_origin: HeaderValue, varies: Varies) -> Decoration {
        Decoration {
            allow_origin: Some(allow_origin),
            allow_credentials: self.credentials,
            expose_headers: self.expose.as_ref().map(SentValue::to_sent),
            varies,
        }
    }

    /// A method that needs no permission gets none; a wildcard that browsers take for one is
    /// literal.
    fn grant_method(&self, method: &HeaderValue) -> Option<HeaderValue> {
        if is_safelisted_method(method.as_bytes()) {
            None
        } else if self.methods.is_any() && !self.credentials {
            Some(SENT_ANY)
        } else {
            Some(method.clone())
        }
    }

    /// The names that were asked for, all of which are allowed.
    fn grant_names(&self, names: &Requested<'_>) -> Lines {
        match names {
            Requested::Nothing => Lines::None,
            _ if self.headers.is_any() && !self.credentials => {
                Lines::One(if self.headers.lists_authorization() {
                    HeaderValue::from_static("*,authorization")
                } else {
                    SENT_ANY
                })
            }
            Requested::Line(line) => Lines::One((*line).clone()),
            Requested::Lines(headers) => {
                let lines = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS);
                Lines::Many(lines.iter().cloned().collect())
            }
        }
    }
}

/// A constant costs less to send than a clone.
const SENT_ANY: HeaderValue = HeaderValue::from_static("*");
static ANY: HeaderValue = SENT_ANY;

/// A method that browsers do not look for among those that are allowed, so that to say it allows nothing. Were none
/// said, the standard would have a preflight succeed that is made for the listeners of an upload.
///
/// <https://fetch.spec.whatwg.org/#cors-preflight-fetch>, the *use-CORS-preflight flag*.
const NEEDS_NO_PERMISSION: HeaderValue = HeaderValue::from_static("GET");

impl Listed {
    /// The origin of these fields, if it is listed.
    #[inline]
    pub(crate) fn admit_in<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let origin = Field::find_once(headers, &ORIGIN)?;
        self.set.contains(origin.as_bytes()).then_some(origin)
    }

    /// Admits an origin that is listed, or about which the predicates were asked.
    fn admit<'a>(
        &self,
        head: RequestHead<'_>,
        origin: Field<'a>,
        requested: Option<Field<'_>>,
    ) -> Result<&'a HeaderValue, Denial> {
        let origin = origin.once().ok_or(Denial::OriginRepeated)?;
        let is_listed = self.set.contains(origin.as_bytes());
        if is_listed || !self.predicates.is_empty() && self.ask(head, origin, requested)? {
            Ok(origin)
        } else {
            Err(Denial::OriginNotAllowed)
        }
    }

    /// Asks the predicates, if they may be asked about the origin. The method that the page uses is read
    /// only if they have to know it. Apart, so that what is listed costs less.
    #[inline(never)]
    fn ask(
        &self,
        head: RequestHead<'_>,
        origin: &HeaderValue,
        requested: Option<Field<'_>>,
    ) -> Result<bool, Denial> {
        let Some(origin) = Origin::from_bytes(origin.as_bytes()) else {
            return Ok(false);
        };
        if origin.is_insecure() && !self.ask_insecure {
            return Ok(false);
        }
        let method = match requested {
            Some(method) => Cow::Owned(requested_method(method)?),
            None => Cow::Borrowed(head.method()),
        };
        Ok(self.predicates.iter().any(|Predicate(holds)| holds(&origin, &method, head.uri())))
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

/// Whether it is the same function in memory.
impl PartialEq for Predicate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a predicate")
    }
}
