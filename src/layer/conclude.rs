//! What becomes of a request: what the policy decides, under enforcement, and by the settings of the layer.

use super::CorsLayer;
use crate::enforce::{EnforcementStep, Standing};
use crate::policy::decision::{Answer, Course};
use crate::policy::vary::Varies;
use crate::policy::{Decision, Denial, Policy};
use crate::request::{Field, RequestHead, RequestKind};
#[cfg(feature = "review")]
use crate::review::{Decided, Explanation};
use crate::select::PolicySource;
use crate::select::sealed::{Choice, Seal};

/// The decision on a request, and who answers it.
pub(crate) struct Conclusion {
    pub(crate) decision: Decision,
    pub(crate) course: Course,
}

impl<P: PolicySource> CorsLayer<P> {
    /// Decides on a request, whatever that depends on.
    pub(crate) fn conclude(&self, head: RequestHead<'_>) -> Conclusion {
        self.conclude_as(head, |conclusion, _, _| conclusion)
    }

    /// Explains what [`conclude`](Self::conclude) says. Only a test knows that a page is of another origin, and whether it asks
    /// with credentials.
    #[cfg(feature = "review")]
    pub(super) fn explain_head(
        &self,
        head: RequestHead<'_>,
        cross_origin: Option<bool>,
    ) -> Explanation {
        self.conclude_as(head, |conclusion, policy, step| {
            let near = self.near(head, &conclusion);
            let decided = conclusion.decided(policy, step, near);
            Explanation::new(head, Decided { cross_origin, ..decided })
        })
    }

    /// Decides on a request, and explains that, so that predicates are asked once for both.
    #[cfg(feature = "browser")]
    pub(super) fn conclude_and_explain(
        &self,
        head: RequestHead<'_>,
        cross_origin: Option<bool>,
    ) -> (Conclusion, Explanation) {
        self.conclude_as(head, |conclusion, policy, step| {
            let Conclusion { decision, course } = &conclusion;
            let again = Conclusion { decision: decision.clone(), course: *course };
            let near = self.near(head, &again);
            let decided = again.decided(policy, step, near);
            (conclusion, Explanation::new(head, Decided { cross_origin, ..decided }))
        })
    }

    /// What comes nearest to a path without a policy. After a swap that is of the new table.
    #[cfg(feature = "review")]
    fn near(&self, head: RequestHead<'_>, conclusion: &Conclusion) -> Option<(String, String)> {
        let has_none = conclusion.decision.denial == Some(Denial::NoPolicy);
        has_none.then(|| self.policy.near(Seal, head.uri().path())).flatten()
    }

    /// Whether the policy has predicates, which are a user's code.
    #[cfg(feature = "browser")]
    pub(super) fn has_predicates(&self, head: RequestHead<'_>) -> bool {
        self.policy.choose(Seal, head, |choice| match choice {
            Choice::Policy(policy) => policy.rules().any(|rule| rule.origins.has_predicates()),
            Choice::NoCors(_) | Choice::LeftAlone => false,
        })
    }

    /// Decides on a request, and makes something of that while the policy is at hand: after a swap another one
    /// would be.
    fn conclude_as<T>(
        &self,
        head: RequestHead<'_>,
        make: impl FnOnce(Conclusion, Option<&Policy>, Option<EnforcementStep>) -> T,
    ) -> T {
        let examined = self.enforcement.as_ref().map(|it| it.examine(head));
        let step = examined.as_ref().map(|examined| examined.step);
        let (standing, varies) = match examined {
            Some(examined) => (examined.standing, Some(examined.varies)),
            None => (Standing::Passes, P::is_dynamic(Seal).then_some(Varies::Origin)),
        };
        if let Standing::Refused(denial) = standing {
            let decision = Decision::refusal(head, denial, varies.unwrap_or(Varies::Never));
            return make(Conclusion { decision, course: Course::Refuse }, None, step);
        }
        let is_judged = standing == Standing::Judged;
        self.policy.choose(Seal, head, |choice| match choice {
            Choice::Policy(policy) => {
                make(self.by_policy(policy, head, is_judged, varies), Some(policy), step)
            }
            Choice::NoCors(denial) => {
                make(self.without_policy(denial, head, is_judged, varies), None, step)
            }
            Choice::LeftAlone => {
                let decision = Decision::left_alone(head);
                make(Conclusion { decision, course: Course::Inner { keep: true } }, None, step)
            }
        })
    }

    /// Whether the policy alone decides, and nobody looks on.
    pub(super) fn is_bare(&self) -> bool {
        self.enforcement.is_none() && self.watch.is_none()
    }

    /// The origin and the method of a preflight in which the layer has no say, so that what the policy grants is
    /// all: a whole decision is large, and moving it costs more than many a judgement.
    pub(super) fn usual_preflight<'a>(
        &self,
        head: RequestHead<'a>,
    ) -> Option<(Field<'a>, Field<'a>)> {
        if self.is_bare() && !self.settings.pass_on_preflights { head.preflight() } else { None }
    }

    fn by_policy(
        &self,
        policy: &Policy,
        head: RequestHead<'_>,
        is_judged: bool,
        varies: Option<Varies>,
    ) -> Conclusion {
        let settings = &self.settings;
        let inner = Course::Inner { keep: settings.keep_inner_headers };
        let enforced = varies.filter(|_| is_judged && head.preflight().is_none());
        if let Some(varies) = enforced {
            let decision = policy.decide_enforced(head, varies);
            let course = if decision.is_allowed() { inner } else { Course::Refuse };
            return Conclusion { decision, course };
        }
        let decision = policy.decide_where(head, varies, settings.hide_denials);
        let is_passed_on = decision.is_allowed() && settings.pass_on_preflights;
        let course = match decision.answer {
            Answer::Preflight(_) if !is_passed_on => Course::Answer,
            Answer::Preflight(_) | Answer::Decorate(_) | Answer::LeaveAlone => inner,
        };
        Conclusion { decision, course }
    }

    fn without_policy(
        &self,
        denial: Denial,
        head: RequestHead<'_>,
        is_judged: bool,
        varies: Option<Varies>,
    ) -> Conclusion {
        let varies = varies.unwrap_or(Varies::Never);
        let decision = Decision::without_policy(head, denial, varies);
        let course = match decision.kind {
            RequestKind::Preflight => Course::Answer,
            RequestKind::Plain | RequestKind::Simple if is_judged => {
                let decision = Decision::refusal(head, denial, varies);
                return Conclusion { decision, course: Course::Refuse };
            }
            RequestKind::Simple => Course::Inner { keep: false },
            // Without a policy nothing is kept of what the inner service says of CORS; but a resolver is
            // not asked about a plain request, so that it found none says nothing.
            RequestKind::Plain => {
                let keep = self.settings.keep_inner_headers && P::is_dynamic(Seal);
                Course::Inner { keep }
            }
        };
        Conclusion { decision, course }
    }
}

#[cfg(feature = "review")]
impl Conclusion {
    fn decided(
        self,
        policy: Option<&Policy>,
        step: Option<EnforcementStep>,
        near: Option<(String, String)>,
    ) -> Decided<'_> {
        let Self { decision, course } = self;
        let step = match step {
            Some(EnforcementStep::Host) | None => step,
            Some(_) if decision.answer == Answer::LeaveAlone => Some(EnforcementStep::LeftAlone),
            Some(_) if decision.kind == RequestKind::Preflight => Some(EnforcementStep::Policy),
            Some(_) => step,
        };
        let course = Some(course);
        Decided { decision, policy, near, step, course, cross_origin: None }
    }
}
