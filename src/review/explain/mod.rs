//! Why a request is decided as it is.

mod hint;
mod nearest;
mod text;

pub use self::hint::Hint;
use self::text::cut;
pub use crate::enforce::EnforcementStep;
use crate::policy::decision::Answer;
use crate::policy::{Decision, Denial, Policy};
use crate::request::{RequestHead, RequestKind};
#[cfg(feature = "routes")]
use crate::select::Routes;

/// Why a request is decided as it is, what comes nearest to it among what is allowed, and what its browser does
/// next.
///
/// [`Policy::explain`], `Routes::explain` and [`CorsLayer::explain`](crate::CorsLayer::explain) make it. They ask
/// the code that decides, and a predicate once more. The text, of a few lines, is for a developer or an operator,
/// and not for the client: it tells what the policy allows. What the client sent is escaped in it, and cut.
///
/// ```
/// use tower_cors::Policy;
/// use tower_cors::review::Hint;
///
/// let policy = Policy::builder()
///     .allow_origins(["https://app.example"])
///     .allow_methods(["PUT"])
///     .allow_headers(["content-type"])
///     .build()?;
/// let preflight = http::Request::options("/items/1")
///     .header("origin", "https://app.example")
///     .header("access-control-request-method", "PUT")
///     .header("access-control-request-headers", "content-type,traceparent,x-tenant")
///     .body(())?;
/// let explanation = policy.explain(&preflight);
/// assert_eq!(
///     explanation.to_string(),
///     "preflight denied: a requested header name is not allowed\n\
///      \x20 asked: PUT \"/items/1\" from \"https://app.example\", with \"content-type,traceparent,x-tenant\"\n\
///      \x20 at fault: \"traceparent\", \"x-tenant\"\n\
///      \x20 to allow it: add to `allow_headers`: \"traceparent\", \"x-tenant\"\n\
///      \x20 next: the browser does not send the request",
/// );
/// assert!(matches!(explanation.hint(), Some(Hint::MissingHeaders { names, .. }) if names.len() == 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Explanation {
    decision: Decision,
    asked: String,
    rules: Vec<Option<Denial>>,
    at_fault: Vec<String>,
    hint: Option<Hint>,
    step: Option<EnforcementStep>,
    next: Next,
}

/// What the browser of the page does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Next {
    /// It sends the request that it asked for by a preflight.
    Sends,
    /// It does not send that request, and the page gets a network error.
    DoesNotSend,
    /// The request runs, and the page may read the response. It may not if it asked with credentials and
    /// the policy allows none.
    MayRead,
    /// The request runs, and the page gets a network error in place of the response.
    MayNotRead,
    /// The server refuses the request, which does not run. The page gets a network error, or a response with
    /// status 403 if its origin is that of the server.
    Refused,
    /// It makes no check: the request has no `Origin`, or says that its page has the origin of the server.
    ChecksNothing,
    /// What the inner service says of CORS decides, since the layer leaves the request alone.
    AsTheInnerServiceSays,
}

/// What an explanation is made of, besides the request.
pub(crate) struct Decided<'a> {
    pub(crate) decision: Decision,
    /// The policy that was asked, if there was one.
    pub(crate) policy: Option<&'a Policy>,
    /// Whether the server refuses what is denied, and which step said so.
    pub(crate) step: Option<EnforcementStep>,
    pub(crate) is_refused: bool,
}

impl Policy {
    /// Explains the decision on a request: which step failed, the value at fault, and what to write to allow it.
    ///
    /// It takes more time than [`decide`](Self::decide), and memory; for any request no more than a bounded
    /// amount of both.
    #[must_use]
    pub fn explain<'a>(&self, head: impl Into<RequestHead<'a>>) -> Explanation {
        let head = head.into();
        let decision = self.decide(head);
        Explanation::new(head, Decided::by_policy(decision, Some(self)))
    }
}

#[cfg(feature = "routes")]
impl Routes {
    /// Explains the decision on a request, as [`Policy::explain`] does: also that no route covers its path, or
    /// that servers can read the path as more than one.
    #[must_use]
    pub fn explain<'a>(&self, head: impl Into<RequestHead<'a>>) -> Explanation {
        let head = head.into();
        let policy = self.find(head.uri().path()).and_then(|route| route.policy());
        Explanation::new(head, Decided::by_policy(self.decide(head), policy))
    }
}

impl<'a> Decided<'a> {
    fn by_policy(decision: Decision, policy: Option<&'a Policy>) -> Self {
        Self { decision, policy, step: None, is_refused: false }
    }

    /// Whether the policy was asked as one that is enforced.
    fn is_enforced(&self) -> bool {
        self.step == Some(EnforcementStep::Policy) && self.decision.kind != RequestKind::Preflight
    }
}

impl Explanation {
    pub(crate) fn new(head: RequestHead<'_>, decided: Decided<'_>) -> Self {
        let is_enforced = decided.is_enforced();
        let Decided { decision, policy, step, is_refused } = decided;
        let rules = policy.map(|policy| policy.verdicts(head, is_enforced)).unwrap_or_default();
        let denied_by =
            decision.denial.map(|denial| hint::Fault { head, denial, policy, decision: &decision });
        Self {
            asked: text::asked(head, decision.kind),
            at_fault: denied_by.as_ref().map(hint::Fault::values).unwrap_or_default(),
            hint: denied_by.as_ref().and_then(hint::Fault::hint),
            next: Next::of(head, &decision, is_refused),
            rules,
            step,
            decision,
        }
    }

    /// The decision that is explained.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// What each rule of the policy says of the request, in their order: why it denies it, or `None` if it allows
    /// it. Empty if no policy was asked, or the request is a plain one that nobody refuses.
    #[must_use]
    pub fn rules(&self) -> &[Option<Denial>] {
        &self.rules
    }

    /// What of the request is at fault: the origin, the method, the header names, the path or the host. Each is
    /// cut if it is long, and none is escaped. Empty where there is nothing to name.
    #[must_use]
    pub fn at_fault(&self) -> &[String] {
        &self.at_fault
    }

    /// What comes nearest to the request among what is allowed, and what to write.
    #[must_use]
    pub fn hint(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }

    /// Which step of [`Enforcement`](crate::Enforcement) decided, if the layer enforces.
    #[must_use]
    pub fn enforcement(&self) -> Option<EnforcementStep> {
        self.step
    }

    /// What the browser of the page does next.
    #[must_use]
    pub fn next(&self) -> Next {
        self.next
    }
}

impl Next {
    fn of(head: RequestHead<'_>, decision: &Decision, is_refused: bool) -> Self {
        let site = head.headers().get("sec-fetch-site");
        match (decision.kind, decision.denial) {
            _ if is_refused => Self::Refused,
            _ if decision.answer == Answer::LeaveAlone => Self::AsTheInnerServiceSays,
            (RequestKind::Preflight, None) => Self::Sends,
            (RequestKind::Preflight, Some(_)) => Self::DoesNotSend,
            (RequestKind::Plain, _) => Self::ChecksNothing,
            _ if site.is_some_and(|site| site == "same-origin") => Self::ChecksNothing,
            (RequestKind::Simple, None) => Self::MayRead,
            (RequestKind::Simple, Some(_)) => Self::MayNotRead,
        }
    }
}
