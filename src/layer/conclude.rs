//! What becomes of a request: what the policy decides, under enforcement, and by the settings of the layer.

use super::{CorsLayer, Settings};
use crate::enforce::{EnforcementStep, Standing};
use crate::policy::decision::Answer;
use crate::policy::vary::Varies;
use crate::policy::{Decision, Denial, Policy};
use crate::request::{Field, RequestHead, RequestKind};
use crate::review::{Decided, Explanation};
use crate::select::PolicySource;
use crate::select::sealed::{Choice, Seal};

/// The decision on a request, and who answers it.
pub(crate) struct Conclusion {
    pub(crate) decision: Decision,
    pub(crate) course: Course,
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

impl<P: PolicySource> CorsLayer<P> {
    /// Decides on a request, whatever that depends on.
    pub(crate) fn conclude(&self, head: RequestHead<'_>) -> Conclusion {
        let examined = self.enforcement.as_ref().map(|it| it.examine(head));
        let (standing, varies) = match examined {
            Some(examined) => (examined.standing, Some(examined.varies)),
            None => (Standing::Passes, P::is_dynamic(Seal).then_some(Varies::Origin)),
        };
        if let Standing::Refused(denial) = standing {
            let decision = Decision::refusal(head, denial, varies.unwrap_or(Varies::Never));
            return Conclusion { decision, course: Course::Refuse };
        }
        let is_judged = standing == Standing::Judged;
        self.policy.choose(Seal, head, |choice| match choice {
            Choice::Policy(policy) => self.by_policy(policy, head, is_judged, varies),
            Choice::NoCors(denial) => self.without_policy(denial, head, is_judged, varies),
            Choice::LeftAlone => {
                let decision = Decision::left_alone(head);
                Conclusion { decision, course: Course::Inner { keep: true } }
            }
        })
    }

    /// Whether the policy alone decides, and nobody looks on.
    pub(super) fn is_bare(&self) -> bool {
        self.enforcement.is_none() && self.watch.is_none()
    }

    /// Explains what [`conclude`](Self::conclude) says.
    pub(super) fn explain_head(&self, head: RequestHead<'_>) -> Explanation {
        let Conclusion { decision, course } = self.conclude(head);
        let is_refused = course == Course::Refuse;
        let step = self.enforcement.as_ref().map(|it| match it.examine(head).step {
            EnforcementStep::Host => EnforcementStep::Host,
            _ if decision.kind == RequestKind::Preflight => EnforcementStep::Policy,
            step => step,
        });
        self.policy.choose(Seal, head, |choice| {
            let policy = match choice {
                Choice::Policy(policy) if step != Some(EnforcementStep::Host) => Some(policy),
                Choice::Policy(_) | Choice::NoCors(_) | Choice::LeftAlone => None,
            };
            Explanation::new(head, Decided { decision, policy, step, is_refused })
        })
    }

    /// The origin and the method of a preflight in which the layer has no say, so that what the policy grants is
    /// all: a whole decision is large, and moving it costs more than many a judgement.
    pub(super) fn usual_preflight<'a>(
        &self,
        head: RequestHead<'a>,
    ) -> Option<(Field<'a>, Field<'a>)> {
        let Settings { pass_on_preflights, hide_denials, .. } = self.settings;
        let is_usual = self.is_bare() && !pass_on_preflights && !hide_denials;
        if is_usual { head.preflight() } else { None }
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
        let is_enforced = is_judged && head.preflight().is_none();
        if let (true, Some(varies)) = (is_enforced, varies) {
            let decision = policy.decide_enforced(head, varies);
            let course = if decision.is_allowed() { inner } else { Course::Refuse };
            return Conclusion { decision, course };
        }
        let mut decision = policy.decide_where(head, varies);
        let course = match &mut decision.answer {
            Answer::Preflight(answer) => {
                if decision.denial.is_some() && settings.hide_denials {
                    *answer = None;
                }
                let is_passed_on = decision.denial.is_none() && settings.pass_on_preflights;
                if is_passed_on { inner } else { Course::Answer }
            }
            Answer::Decorate(_) | Answer::LeaveAlone => inner,
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
