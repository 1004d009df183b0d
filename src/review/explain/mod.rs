//! Why a request is decided as it is.

mod fault;
mod hint;
mod nearest;
mod next;
mod text;

use self::fault::Fault;
pub use self::hint::Hint;
pub use self::next::Next;
use self::text::cut;
pub use crate::enforce::EnforcementStep;
use crate::policy::decision::Course;
use crate::policy::{Decision, Denial, Policy};
use crate::request::{RequestHead, RequestKind};
#[cfg(feature = "routes")]
use crate::select::Routes;

/// Why a request is decided as it is, what comes nearest to it among what is allowed, and what its browser does
/// next.
///
/// [`Policy::explain`], `Routes::explain` and [`CorsLayer::explain`](crate::CorsLayer::explain) make it. They ask
/// the code that decides. Where a policy has several rules, each is asked once more, with its predicates. The text, of a few
/// lines, is for a developer or an operator, and not for the client: it tells what the policy allows. What the client sent is
/// escaped in it, and cut.
///
/// What comes nearest is searched for in the first 16 rules of a policy, and a listed port among at most 1,000 exact
/// origins. One difference is found, as `http` for `https`, and not two.
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
    rules: Vec<RuleSays>,
    at_fault: Vec<String>,
    hint: Option<Hint>,
    step: Option<EnforcementStep>,
    next: Next,
}

/// What one rule of a policy says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSays {
    denial: Option<Denial>,
    at_fault: Vec<String>,
}

/// What an explanation is made of, besides the request.
pub(crate) struct Decided<'a> {
    pub(crate) decision: Decision,
    /// The policy that was asked, if there was one.
    pub(crate) policy: Option<&'a Policy>,
    /// Of a path without one, the route that comes nearest, and one to add.
    pub(crate) near: Option<(String, String)>,
    /// Which step of an enforcement decided, and who answers, as far as there is a layer.
    pub(crate) step: Option<EnforcementStep>,
    pub(crate) course: Option<Course>,
    /// Of a page that is known to be of another origin than the server: whether it asks with credentials.
    pub(crate) cross_origin: Option<bool>,
}

impl Policy {
    /// Explains the decision on a request: which step failed, the value at fault, and what to write to allow it.
    ///
    /// Ask with a preflight to hear of a method and of header names. The request that follows one is judged by its origin
    /// and by [`only_methods`](crate::PolicyBuilder::only_methods).
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
        let path = head.uri().path();
        let policy = self.find(path).and_then(|route| route.policy());
        let decision = self.decide(head);
        let has_none = decision.denial == Some(Denial::NoPolicy);
        let near = has_none.then(|| self.near(path)).flatten();
        Explanation::new(head, Decided { near, ..Decided::by_policy(decision, policy) })
    }
}

impl<'a> Decided<'a> {
    fn by_policy(decision: Decision, policy: Option<&'a Policy>) -> Self {
        Self { decision, policy, near: None, step: None, course: None, cross_origin: None }
    }

    /// Whether the policy was asked as one that is enforced.
    fn is_enforced(&self) -> bool {
        self.step == Some(EnforcementStep::Policy) && self.decision.kind != RequestKind::Preflight
    }
}

impl Explanation {
    pub(crate) fn new(head: RequestHead<'_>, decided: Decided<'_>) -> Self {
        /// Of so many rules the values at fault are told, so that one request costs no more.
        const VALUED: usize = 64;
        let is_enforced = decided.is_enforced();
        let Decided { decision, policy, near, step, course, cross_origin } = decided;
        let fault = |denial, rule| Fault { head, denial, policy, rule };
        let verdicts = match policy {
            // It is not asked twice; whether cookies may come along is not a rule's to deny.
            Some(policy) if policy.rules().nth(1).is_none() => {
                vec![decision.denial.filter(|denial| *denial != Denial::CredentialsNotAllowed)]
            }
            Some(policy) => policy.verdicts(head, is_enforced),
            None => Vec::new(),
        };
        let says = |(number, denial): (usize, Option<Denial>)| RuleSays {
            denial,
            at_fault: denial
                .filter(|_| number < VALUED)
                .map(|denial| fault(denial, number).values())
                .unwrap_or_default(),
        };
        let next = Next::of(head, &decision, course, cross_origin);
        // What is allowed stops only for want of credentials.
        let stops = matches!(next, Next::MayNotRead | Next::DoesNotSend);
        let lacks_credentials = decision.denial.is_none() && stops;
        let denial =
            decision.denial.or_else(|| lacks_credentials.then_some(Denial::CredentialsNotAllowed));
        let fault = denial.map(|denial| fault(denial, decision.rule.unwrap_or(0)));
        Self {
            asked: text::asked(head),
            at_fault: fault.as_ref().map(Fault::values).unwrap_or_default(),
            // Where nobody checks there is nothing to mend.
            hint: fault.filter(|_| next != Next::SameOrigin).and_then(|fault| fault.hint(near)),
            next,
            rules: verdicts.into_iter().enumerate().map(says).collect(),
            step,
            decision,
        }
    }

    /// The decision that is explained.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// What each rule of the policy says of the request, in their order. Empty if no policy was asked.
    #[must_use]
    pub fn rules(&self) -> &[RuleSays] {
        &self.rules
    }

    /// What of the request is at fault: the origin, the method, the header names, the path or the host. Each is
    /// cut if it is long, and none is escaped. Empty where there is nothing to name.
    #[must_use]
    pub fn at_fault(&self) -> &[String] {
        &self.at_fault
    }

    /// What comes nearest to the request among what is allowed, and what to write. There is none where nothing needs
    /// to be mended: for what is allowed, and for a request of the [server's own page](Next::SameOrigin).
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

impl RuleSays {
    /// Why the rule denies the request; `None` if it allows it. The first step that failed: origin, method, names.
    #[must_use]
    pub fn denial(&self) -> Option<Denial> {
        self.denial
    }

    /// What of the request is at fault for this rule. Of the 65th rule on it is not told.
    #[must_use]
    pub fn at_fault(&self) -> &[String] {
        &self.at_fault
    }
}
