//! Who looks on when a layer decides.

use std::fmt;
use std::sync::Arc;

use super::CorsLayer;
use super::conclude::{Conclusion, Course};
use crate::observe::{Observation, Outcome};
use crate::policy::decision::Answer;
use crate::request::{RequestHead, RequestKind};
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
trait Candidate: Send + Sync {
    fn conclude(&self, head: RequestHead<'_>) -> Conclusion;
    fn explain(&self, head: RequestHead<'_>) -> Explanation;
}

impl<P: PolicySource> Candidate for CorsLayer<P> {
    fn conclude(&self, head: RequestHead<'_>) -> Conclusion {
        self.conclude(head)
    }

    fn explain(&self, head: RequestHead<'_>) -> Explanation {
        self.explain_head(head)
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
    pub(super) fn tell(
        &self,
        head: RequestHead<'_>,
        concluded: &Conclusion,
        explain: &dyn Fn() -> Explanation,
    ) {
        let candidate = self.candidate.as_ref();
        let differs = |other: &Conclusion| !concluded.is_as(other);
        let other = candidate.map(|it| it.conclude(head)).filter(differs);
        if concluded.decision.kind == RequestKind::Plain
            && concluded.course != Course::Refuse
            && other.is_none()
        {
            return;
        }
        let explain_other = || candidate.map_or_else(explain, |it| it.explain(head));
        let other = other.as_ref().map(|other| Observation {
            head,
            decision: &other.decision,
            outcome: other.outcome(),
            candidate: None,
            explain: &explain_other,
        });
        let observation = Observation {
            head,
            decision: &concluded.decision,
            outcome: concluded.outcome(),
            candidate: other.as_ref(),
            explain,
        };
        for observer in &self.observers {
            observer(&observation);
        }
    }
}

impl Conclusion {
    fn outcome(&self) -> Outcome {
        match (self.course, self.decision.denial) {
            (Course::Refuse, _) => Outcome::Refused,
            _ if self.decision.answer == Answer::LeaveAlone => Outcome::LeftAlone,
            (_, Some(_)) => Outcome::Denied,
            (_, None) => Outcome::Allowed,
        }
    }

    /// Whether both do the same, whichever rule says so, and whatever else it depends on.
    fn is_as(&self, other: &Self) -> bool {
        let (one, two) = (&self.decision, &other.decision);
        let says_as = match (&one.answer, &two.answer) {
            (Answer::Decorate(one), Answer::Decorate(two)) => one.share == two.share,
            (one, two) => one == two,
        };
        self.outcome() == other.outcome() && one.denial == two.denial && says_as
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Watch");
        debug.field("observers", &self.observers.len());
        debug.field("reports", &self.candidate.is_some()).finish()
    }
}
