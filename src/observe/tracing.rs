//! Decisions as events of `tracing`.

mod limit;
mod text;

use tracing::{Level, debug, enabled, info, warn};

use self::limit::{Limit, Pass, Sort};
use self::text::{cut, joined, shown};
use super::{Observation, Outcome};
use crate::request::RequestKind;

const TARGET: &str = "tower_cors";

/// An observer that writes events of [`tracing`](https://docs.rs/tracing), with the target `tower_cors`.
///
/// | [`Outcome`](super::Outcome) | Level |
/// |---|---|
/// | refused | `WARN` |
/// | denied | `INFO` |
/// | denied, but of the same origin | `DEBUG` |
/// | allowed, left alone | `DEBUG` |
///
/// Where the candidate of [`CorsLayer::report_only`](crate::CorsLayer::report_only) decides
/// [differently](crate::observe#report-only), a second event follows at `INFO`. It is about the decision of the
/// candidate, its message begins with `report-only: `, and its field `answered` has the outcome of the decision that
/// answered.
///
/// # Fields
///
/// Every event has `kind`, `method`, `path`, `origin`, `outcome` and `rule`. An event of a denial, and one of a
/// candidate, also has `reason`, `at_fault`, `hint`, `step`, `limited` and `left_out`. A field that has nothing to
/// say is left out: `origin` where the request has none, `rule` where the policy has one rule, and `step` (of
/// [`Enforcement`](crate::Enforcement)) where the layer enforces nothing.
///
/// `method` of a preflight is the method that it asks for. `path` is without the query. Of what a client chose,
/// whatever is not printable ASCII is escaped, or in `at_fault` and `hint` whatever is not visible. Each of `method`,
/// `path` and `origin` is cut after 256 bytes, `at_fault` and `hint` after 512. So an event is one line of less than
/// 4 KiB.
///
/// # Floods
///
/// Anybody can send requests that are denied. So of one sort of denial, 100 events are written in a minute, which
/// begins with the first of them. A sort is a reason with an outcome; differences from a candidate are sorts of
/// their own, by the outcome and the reason of the candidate. So a flood of strangers does not hide that your own
/// page lacks a header.
///
/// The last event of a minute has the field `limited`. Those after it are counted, and the first event of a later
/// minute has their number in its field `left_out`. What is limited is not explained, and costs a look at a table
/// behind a lock.
///
/// What is allowed or left alone is not limited, since `DEBUG` is for development.
pub fn to_tracing() -> impl Fn(&Observation<'_>) + Send + Sync + 'static {
    let limit = Limit::default();
    move |observation| {
        tell(observation, &limit);
        if let Some(candidate) = observation.candidate {
            if enabled!(target: TARGET, Level::INFO) {
                if let Some(pass) = limit.pass(sort(candidate, true)) {
                    differs(candidate, pass, observation.outcome);
                }
            }
        }
    }
}

fn tell(observation: &Observation<'_>, limit: &Limit) {
    // An event that nobody reads is not counted either.
    let event: Option<fn(&Observation<'_>, Pass)> = match observation.outcome {
        Outcome::Refused => enabled!(target: TARGET, Level::WARN).then_some(refused),
        Outcome::Denied => enabled!(target: TARGET, Level::INFO).then_some(denied),
        Outcome::SameOrigin => enabled!(target: TARGET, Level::DEBUG).then_some(unchecked),
        Outcome::Allowed | Outcome::LeftAlone => {
            if enabled!(target: TARGET, Level::DEBUG) {
                passed(observation);
            }
            None
        }
    };
    if let Some(event) = event {
        if let Some(pass) = limit.pass(sort(observation, false)) {
            event(observation, pass);
        }
    }
}

fn sort(observation: &Observation<'_>, is_candidate: bool) -> Sort {
    let (outcome, denial) = (observation.outcome, observation.decision.denial());
    Sort { outcome, denial, is_candidate }
}

/// The event of a denial. A macro, since the level of an event is fixed where it is written.
macro_rules! denial {
    ($level:ident, $observation:expr, $pass:expr, $answered:expr, $($message:tt)+) => {{
        let (observation, pass): (&Observation<'_>, Pass) = ($observation, $pass);
        let asked = Asked::of(observation);
        let explanation = observation.explain();
        $level!(
            target: TARGET,
            kind = observation.decision.kind().as_str(),
            method = asked.method,
            path = asked.path,
            origin = asked.origin,
            outcome = observation.outcome.as_str(),
            reason = observation.decision.denial().map(|denial| denial.as_str()),
            rule = observation.decision.rule(),
            at_fault = joined(explanation.at_fault()).map(display),
            hint = explanation.hint().map(|hint| display(cut(hint))),
            step = explanation.enforcement().map(display),
            answered = $answered,
            limited = pass.is_last.then_some(true),
            left_out = pass.left_out,
            $($message)+
        );
    }};
}

fn refused(observation: &Observation<'_>, pass: Pass) {
    denial!(warn, observation, pass, None::<&str>, "{}", observation.decision);
}

fn denied(observation: &Observation<'_>, pass: Pass) {
    denial!(info, observation, pass, None::<&str>, "{}", observation.decision);
}

fn unchecked(observation: &Observation<'_>, pass: Pass) {
    let decision = observation.decision;
    denial!(debug, observation, pass, None::<&str>, "{decision}; its page is of the same origin");
}

fn differs(candidate: &Observation<'_>, pass: Pass, answered: Outcome) {
    let decision = candidate.decision;
    let but = if answered == candidate.outcome { ", but not as the answer is" } else { "" };
    denial!(info, candidate, pass, Some(answered.as_str()), "report-only: {decision}{but}");
}

fn passed(observation: &Observation<'_>) {
    let asked = Asked::of(observation);
    debug!(
        target: TARGET,
        kind = observation.decision.kind().as_str(),
        method = asked.method,
        path = asked.path,
        origin = asked.origin,
        outcome = observation.outcome.as_str(),
        rule = observation.decision.rule(),
        "{}",
        observation.decision
    );
}

/// What was asked, escaped and cut.
struct Asked {
    method: String,
    path: String,
    origin: Option<String>,
}

impl Asked {
    fn of(observation: &Observation<'_>) -> Self {
        let head = observation.head;
        let requested = match observation.decision.kind() {
            RequestKind::Preflight => head.headers().get("access-control-request-method"),
            RequestKind::Plain | RequestKind::Simple => None,
        };
        let method =
            requested.map_or(head.method().as_str().as_bytes(), |method| method.as_bytes());
        Self {
            method: shown(method),
            path: shown(head.uri().path().as_bytes()),
            origin: head.headers().get("origin").map(|origin| shown(origin.as_bytes())),
        }
    }
}
