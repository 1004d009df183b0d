//! Who looks on when a layer decides.

use std::fmt;
use std::sync::Arc;

use http::header::COOKIE;

use super::CorsLayer;
use super::conclude::Conclusion;
use crate::enforce::is_of_same_origin;
use crate::observe::{Asked, Observation, Outcome};
use crate::policy::Decision;
use crate::policy::decision::{Answer, Course, Decoration};
use crate::request::{RequestHead, RequestKind};
#[cfg(feature = "review")]
use crate::review::Explanation;
use crate::select::PolicySource;

/// The observers, and the candidate of which they are told.
#[derive(Clone, Default)]
pub(super) struct Watch {
    observers: Vec<Arc<Observer>>,
    candidate: Option<Arc<dyn Candidate>>,
}

type Observer = dyn Fn(&Observation<'_>) + Send + Sync;

/// A layer that only says what it would do.
trait Candidate: Asked {
    fn conclude(&self, head: RequestHead<'_>) -> Conclusion;
    fn as_asked(&self) -> &dyn Asked;
}

impl<P: PolicySource> Candidate for CorsLayer<P> {
    fn conclude(&self, head: RequestHead<'_>) -> Conclusion {
        self.conclude(head)
    }

    fn as_asked(&self) -> &dyn Asked {
        self
    }
}

impl<P: PolicySource> Asked for CorsLayer<P> {
    #[cfg(feature = "review")]
    fn explain(&self, head: RequestHead<'_>) -> Explanation {
        self.explain_head(head, None)
    }
}

impl Watch {
    pub(super) fn observe(&mut self, observer: impl Fn(&Observation<'_>) + Send + Sync + 'static) {
        self.observers.push(Arc::new(observer));
    }

    pub(super) fn report_only(&mut self, candidate: CorsLayer<impl PolicySource>) {
        self.candidate = Some(Arc::new(candidate));
    }

    /// Tells the observers of a request, unless it is a plain one that nobody refuses.
    pub(super) fn tell(&self, head: RequestHead<'_>, concluded: &Conclusion, asked: &dyn Asked) {
        // Who tells nobody need not ask.
        let candidate = self.candidate.as_ref().filter(|_| !self.observers.is_empty());
        let other = candidate.map(|it| (it, it.conclude(head)));
        let other = other.filter(|(_, it)| concluded.differs(it, head));
        let is_refused = concluded.course == Course::Refuse;
        if concluded.decision.kind == RequestKind::Plain && !is_refused && other.is_none() {
            return;
        }
        let other = other.as_ref().map(|(candidate, other)| {
            let (decision, outcome) = (&other.decision, other.outcome(head));
            Observation { head, decision, outcome, candidate: None, asked: candidate.as_asked() }
        });
        let observation = Observation {
            head,
            decision: &concluded.decision,
            outcome: concluded.outcome(head),
            candidate: other.as_ref(),
            asked,
        };
        for observer in &self.observers {
            observer(&observation);
        }
    }
}

impl Conclusion {
    fn outcome(&self, head: RequestHead<'_>) -> Outcome {
        match (self.course, self.decision.denial) {
            (Course::Refuse, _) => Outcome::Refused,
            _ if matches!(self.decision.answer, Answer::LeaveAlone) => Outcome::LeftAlone,
            (_, None) => Outcome::Allowed,
            (_, Some(_)) if is_unchecked(head, self.decision.kind) => Outcome::SameOrigin,
            (_, Some(_)) => Outcome::Denied,
        }
    }

    /// Whether the difference from another conclusion on the same request matters to its page.
    fn differs(&self, other: &Self, head: RequestHead<'_>) -> bool {
        let (one, two) = (&self.decision, &other.decision);
        let runs = |it: &Self| it.course != Course::Refuse;
        if is_unchecked(head, one.kind) && runs(self) && runs(other) {
            return false;
        }
        // A page that sends cookies asks with credentials.
        let has_cookies = head.headers().contains_key(COOKIE);
        self.outcome(head) != other.outcome(head)
            || one.denial != two.denial
            || has_cookies && grants_credentials(one) != grants_credentials(two)
    }
}

/// Whether no browser checks the response to a request.
///
/// Fetch: <https://fetch.spec.whatwg.org/#main-fetch> checks what is neither of the same origin nor without CORS.
fn is_unchecked(head: RequestHead<'_>, kind: RequestKind) -> bool {
    kind == RequestKind::Plain || kind == RequestKind::Simple && is_of_same_origin(head)
}

/// Whether the response tells the browser that the page may ask with credentials.
fn grants_credentials(decision: &Decision) -> bool {
    let is_granted =
        matches!(decision.answer, Answer::Decorate(Decoration { allow_credentials: true, .. }));
    decision.denial.is_none() && is_granted
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Watch");
        debug.field("observers", &self.observers.len());
        debug.field("reports", &self.candidate.is_some()).finish()
    }
}
