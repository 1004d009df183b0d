//! From a request head to a decision: the whole protocol, as the server sees it.
//!
//! Fetch, CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>

pub(crate) mod decision;
pub(crate) mod idle;
pub(crate) mod methods;
pub(crate) mod names;
mod place;
pub(crate) mod rule;
pub(crate) mod sent;
pub(crate) mod shown;
pub(crate) mod vary;
mod verdict;

use std::iter;
use std::sync::Arc;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use self::decision::{Answer, Decoration, Grant};
pub use self::decision::{Decision, Denial};
use self::idle::Idle;
use self::methods::Methods;
use self::names::{Asked, Names, Refusal};
pub use self::place::{Place, Position};
use self::rule::{Admission, Listed, Origins, Rule};
use self::sent::SentValue;
use self::vary::Varies;
use self::verdict::{Rank, Verdict};
use crate::origin::set::OriginSet;
use crate::request::{Field, Reading, RequestHead, RequestKind};

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
///
/// Two policies are equal if they were given the same: sets are compared as sets, and predicates by whether
/// they are the same function in memory. What has no effect is not compared. So a file that says the same in
/// another order has not changed.
#[derive(Clone, Debug)]
pub struct Policy(Arc<Rules>);

/// The rules of a policy, of which there is at least one.
#[derive(Debug)]
pub(crate) struct Rules {
    name: Option<Box<str>>,
    first: Rule,
    others: Vec<Rule>,
    /// Whether the first is the only one, and needs no more than its `Origin` of a request that is no
    /// preflight.
    by_origin: bool,
    /// What was given and has no effect, in the order of the rules, and of the builder's methods.
    idle: Box<[(Place, Idle)]>,
}

impl Policy {
    /// Whether it is a clone of the other. It may be equal and none.
    pub(crate) fn is_clone_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Where the policy is in memory, which is the same for its clones.
    #[cfg(feature = "routes")]
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Whether both decide alike, whatever they are called.
    pub(crate) fn decides_as(&self, other: &Self) -> bool {
        let (one, two) = (&*self.0, &*other.0);
        self.is_clone_of(other) || one.first == two.first && one.others == two.others
    }

    /// The rules, in their order.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &Rule> {
        iter::once(&self.0.first).chain(&self.0.others)
    }

    /// Any origin, any method, any header and `authorization`, everything exposed, no credentials:
    /// for development, and for data that is public anyway.
    #[must_use]
    pub fn permissive() -> Self {
        Self::new(
            None,
            Rule {
                origins: Origins::Any,
                credentials: false,
                methods: Methods::new(true, Vec::new()),
                headers: Names::new(true, &["authorization"], &[]),
                expose: Some(SentValue::from_static("*")),
                max_age: None,
            },
            Vec::new(),
            Vec::new(),
        )
    }

    /// Nobody: every request with an `Origin` is denied. A list of origins that is empty is an error, since it
    /// may be so by accident; this says it on purpose.
    ///
    /// ```
    /// use tower_cors::{Policy, PolicyErrors};
    ///
    /// fn from_environment(origins: Option<&str>) -> Result<Policy, PolicyErrors> {
    ///     match origins {
    ///         Some(list) => Policy::builder().allow_origins(list.split(',')).build(),
    ///         None => Ok(Policy::nobody()),
    ///     }
    /// }
    /// assert!(from_environment(Some("")).is_err());
    /// # assert!(from_environment(None).is_ok());
    /// ```
    #[must_use]
    pub fn nobody() -> Self {
        let origins = Origins::Listed(Box::new(Listed {
            set: OriginSet::new(&[], false),
            predicates: Vec::new(),
            ask_insecure: false,
        }));
        let rule = Rule {
            origins,
            credentials: false,
            methods: Methods::new(false, Vec::new()),
            headers: Names::default(),
            expose: None,
            max_age: None,
        };
        Self::new(None, rule, Vec::new(), Vec::new())
    }

    pub(crate) fn new(
        name: Option<String>,
        first: Rule,
        others: Vec<Rule>,
        idle: Vec<(Place, Idle)>,
    ) -> Self {
        let by_origin = others.is_empty() && first.is_by_origin();
        let (name, idle) = (name.map(Into::into), idle.into());
        Self(Arc::new(Rules { name, first, others, by_origin, idle }))
    }

    /// The name that the policy was [given](crate::PolicyBuilder::name), if any.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// What was given to the policy and has no effect, with its place.
    pub(crate) fn idle(&self) -> &[(Place, Idle)] {
        &self.0.idle
    }

    /// Decides on a request.
    ///
    /// The layer asks the same of the policy, and this takes nothing of Tower, so a policy can be
    /// tested by itself. Ask with a preflight about a method and header names. The request that follows one is judged by
    /// its origin and by [`only_methods`](crate::PolicyBuilder::only_methods).
    pub fn decide<'a>(&self, head: impl Into<RequestHead<'a>>) -> Decision {
        self.decide_where(head.into(), None, false)
    }

    /// The same, where the answer to a request that is no preflight depends on more than the policy, or a denied
    /// preflight is not told why.
    pub(crate) fn decide_where(
        &self,
        head: RequestHead<'_>,
        varies: Option<Varies>,
        hide: bool,
    ) -> Decision {
        let rules = &*self.0;
        let decorate = |origin| {
            let constant = if varies.is_none() { rules.constant() } else { None };
            let mut ruling = rules.decorate(head, origin, constant);
            ruling.answer.varies = varies.unwrap_or(ruling.answer.varies).with(head.method());
            ruling.map(Answer::Decorate)
        };
        let (kind, Ruling { answer, denial, index: rule }) = match head.read() {
            Reading::Plain => (RequestKind::Plain, decorate(None)),
            Reading::Simple { origin } => (RequestKind::Simple, decorate(Some(origin))),
            Reading::Preflight { origin, method } => {
                let verdict = rules.judge_preflight(head, origin, method);
                let denial = verdict.outcome.as_ref().err().map(|refusal| refusal.denial);
                let answer = Answer::Preflight(verdict.grant(head, origin, method, hide));
                (RequestKind::Preflight, Ruling { answer, denial, index: verdict.index })
            }
        };
        Decision { kind, denial, rule, answer }
    }

    /// What each rule says of a request by itself: why it denies it, if it does.
    pub(crate) fn verdicts(&self, head: RequestHead<'_>, is_enforced: bool) -> Vec<Option<Denial>> {
        let verdict = |rule: &Rule| match head.read() {
            Reading::Preflight { origin, method } => {
                rule.admit_preflight(head, origin, method).err().map(|refusal| refusal.denial)
            }
            Reading::Simple { origin } => rule.admit_simple(head, origin).err(),
            Reading::Plain if is_enforced => rule.admit_enforced(head, None).err(),
            Reading::Plain => None,
        };
        self.rules().map(verdict).collect()
    }

    /// Decides on a request that is no preflight, and that the server refuses if it is denied, by its
    /// credentials too. Without an `Origin`, it may be of any.
    pub(crate) fn decide_enforced(&self, head: RequestHead<'_>, varies: Varies) -> Decision {
        let origin = head.origin();
        let kind = if origin.is_some() { RequestKind::Simple } else { RequestKind::Plain };
        let Verdict { rule, index, outcome } =
            self.0.judge(|rule| rule.admit_enforced(head, origin));
        let may_have_cookies = || rule.credentials || !head.headers().contains_key(COOKIE);
        let (admitted, denial) = match outcome {
            Ok(origin) if may_have_cookies() => (origin, None),
            Ok(_) => (None, Some(Denial::CredentialsNotAllowed)),
            Err(denial) => (None, Some(denial)),
        };
        let decoration = rule.decorate(admitted, varies.with(head.method()));
        Decision { kind, denial, rule: index, answer: Answer::Decorate(decoration) }
    }

    /// What the answer to a preflight gets; if it is denied and that is to be hidden, nothing.
    pub(crate) fn grant<'a>(
        &self,
        head: RequestHead<'a>,
        origin: Field<'a>,
        method: Field<'a>,
        hide: bool,
    ) -> Option<Grant> {
        self.0.judge_preflight(head, origin, method).grant(head, origin, method, hide)
    }

    /// What the response to a request that is no preflight says, if there is one rule, which needs no more of the
    /// request than its `Origin`.
    #[inline]
    pub(crate) fn decorate_by_origin(&self, headers: &HeaderMap) -> Option<Decoration> {
        self.0.by_origin.then(|| self.0.first.decorate_by_origin(headers))
    }

    /// Whether a rule that is open to any origin comes before all that grant credentials, so that no
    /// request is denied but for those.
    pub(crate) fn admits_everybody(&self) -> bool {
        let mut rules = self.rules();
        let first = rules.find(|rule| rule.credentials || rule.admits_everybody());
        first.is_some_and(Rule::admits_everybody)
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.is_clone_of(other) || self.name() == other.name() && self.decides_as(other)
    }
}

impl Rules {
    /// The origin that is named to everybody, if the policy is static: if what it says of any
    /// request but a preflight does not depend on `Origin`.
    ///
    /// The same bytes for every request, and no `Vary`, are what the standard advises where there
    /// is one origin or any, so that caches keep one copy. Other middleware sends one origin with
    /// `Vary: Origin`.
    ///
    /// <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>
    fn constant(&self) -> Option<&HeaderValue> {
        if self.others.is_empty() { self.first.origins.constant() } else { None }
    }

    /// Not a preflight: the inner service answers, and its response says whether the page may read
    /// it. Without an `Origin` what is said is said to caches.
    fn decorate(
        &self,
        head: RequestHead<'_>,
        origin: Option<Field<'_>>,
        constant: Option<&HeaderValue>,
    ) -> Ruling<Decoration> {
        let constant = constant.map(|origin| self.first.sharing(head, origin));
        let varies = if constant.is_some() { Varies::Never } else { Varies::Origin };
        let Some(origin) = origin else {
            let answer = self.first.decorate(constant.flatten(), varies);
            return Ruling { answer, denial: None, index: None };
        };
        let Verdict { rule, index, outcome } = self.judge(|rule| rule.admit_simple(head, origin));
        let answer = rule.decorate(constant.unwrap_or(outcome.ok()), varies);
        Ruling { answer, denial: outcome.err(), index }
    }

    /// CORS-preflight request: the answer says whether the browser may send the request.
    #[inline]
    fn judge_preflight<'a>(
        &self,
        head: RequestHead<'a>,
        origin: Field<'a>,
        method: Field<'a>,
    ) -> Verdict<'_, Admission<'a>, Refusal<'a>> {
        if self.others.is_empty() {
            let outcome = self.first.admit_preflight(head, origin, method);
            return Verdict { rule: &self.first, index: None, outcome };
        }
        self.judge_preflight_by_several(head, origin, method)
    }

    /// Apart, so that one rule costs less.
    #[inline(never)]
    fn judge_preflight_by_several<'a>(
        &self,
        head: RequestHead<'a>,
        origin: Field<'a>,
        method: Field<'a>,
    ) -> Verdict<'_, Admission<'a>, Refusal<'a>> {
        let mut asked = Asked::of(head.headers());
        // An `Origin` that stands there twice is denied by whoever reads it, and before all names.
        let may_skip = origin.once().is_some();
        self.judge(|rule| {
            if may_skip && asked.are_denied_by(&rule.headers) {
                return Err(Denial::HeaderNotAllowed.into());
            }
            let outcome = rule.admit_preflight(head, origin, method);
            if let Err(refusal) = outcome {
                asked.keep(&rule.headers, refusal);
            }
            outcome
        })
    }

    /// What the first rule says that allows the request; if none does, the first of those that came
    /// nearest to it.
    #[inline]
    fn judge<T, E: Copy + Into<Denial>>(
        &self,
        mut admit: impl FnMut(&Rule) -> Result<T, E>,
    ) -> Verdict<'_, T, E> {
        let outcome = admit(&self.first);
        if self.others.is_empty() {
            return Verdict { rule: &self.first, index: None, outcome };
        }
        let mut nearest = Verdict { rule: &self.first, index: Some(0), outcome };
        for (index, rule) in (1..).zip(&self.others) {
            if nearest.rank() == Rank::Final {
                break;
            }
            let verdict = Verdict { rule, index: Some(index), outcome: admit(rule) };
            if verdict.rank() > nearest.rank() {
                nearest = verdict;
            }
        }
        nearest
    }
}

/// What the response to a request gets, why it is denied, and by which of several rules.
struct Ruling<T> {
    answer: T,
    denial: Option<Denial>,
    index: Option<usize>,
}

impl<T> Ruling<T> {
    fn map<U>(self, map: impl FnOnce(T) -> U) -> Ruling<U> {
        let Self { answer, denial, index } = self;
        Ruling { answer: map(answer), denial, index }
    }
}
