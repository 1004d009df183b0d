//! Decisions as events of `tracing`.

mod limit;

use std::fmt;

use tracing::{Level, debug, enabled, info, warn};

use self::limit::{Limit, Pass};
use super::{Observation, Outcome};
use crate::policy::shown::Quoted;
use crate::request::RequestKind;
use crate::review::Explanation;

const TARGET: &str = "tower_cors";

/// An observer that writes events of [`tracing`](https://docs.rs/tracing), with the target `tower_cors`.
///
/// - A refusal is `WARN`, any other denial `INFO`, and what is allowed or left alone `DEBUG`.
/// - Where the candidate of [`CorsLayer::report_only`](crate::CorsLayer::report_only) decides differently, there is
///   an event at `INFO` besides, whose message begins with `report-only`.
///
/// The fields are `kind`, `method` (of a preflight the one that it asks for), `path` (without the query),
/// `origin`, `outcome`; of a denial also `reason`, `rule`, `at_fault`, `hint`, and under enforcement `step`.
/// What a client chose is escaped, and cut.
///
/// # Floods
///
/// Anybody can send requests that are denied. So of each reason, and of refusals by themselves, 100 events are
/// written a minute; the last of them says so in its field `limited`. The others are counted, and the first event
/// of a later minute has their number in its field `left_out`. So a flood of strangers does not
/// hide a header that is missing for your own page. What is allowed is not limited, since `DEBUG` is for
/// development.
pub fn to_tracing() -> impl Fn(&Observation<'_>) + Send + Sync + 'static {
    let limit = Limit::default();
    move |observation| {
        if observation.candidate.is_some() && enabled!(target: TARGET, Level::INFO) {
            if let Some(pass) = limit.pass_difference() {
                difference(observation, pass);
            }
        }
        match (observation.decision.denial(), observation.outcome) {
            (Some(denial), Outcome::Refused) if enabled!(target: TARGET, Level::WARN) => {
                if let Some(pass) = limit.pass(denial, true) {
                    refused(observation, pass);
                }
            }
            (Some(denial), Outcome::Denied) if enabled!(target: TARGET, Level::INFO) => {
                if let Some(pass) = limit.pass(denial, false) {
                    denied(observation, pass);
                }
            }
            (None, _) if enabled!(target: TARGET, Level::DEBUG) => allowed(observation),
            _ => {}
        }
    }
}

/// The fields of a denial. A macro, since the level of an event is fixed where it is written.
macro_rules! denial {
    ($level:ident, $observation:expr, $pass:expr, $($message:tt)+) => {{
        let asked = Asked::of($observation);
        let explanation = $observation.explain();
        $level!(
            target: TARGET,
            kind = $observation.decision.kind().as_str(),
            method = %asked.method,
            path = %asked.path,
            origin = asked.origin,
            outcome = $observation.outcome.as_str(),
            reason = $observation.decision.denial().map(|denial| denial.as_str()),
            rule = $observation.decision.rule(),
            at_fault = at_fault(&explanation),
            hint = explanation.hint().map(tracing::field::display),
            step = explanation.enforcement().map(tracing::field::display),
            limited = $pass.is_last.then_some(true),
            left_out = $pass.left_out,
            $($message)+
        );
    }};
}

fn refused(observation: &Observation<'_>, pass: Pass) {
    denial!(warn, observation, pass, "{}", observation.decision);
}

fn denied(observation: &Observation<'_>, pass: Pass) {
    denial!(info, observation, pass, "{}", observation.decision);
}

fn difference(observation: &Observation<'_>, pass: Pass) {
    if let Some(candidate) = observation.candidate {
        let Observation { outcome, .. } = candidate;
        denial!(info, candidate, pass, "report-only: {outcome}, and not {}", observation.outcome);
    }
}

fn allowed(observation: &Observation<'_>) {
    let asked = Asked::of(observation);
    debug!(
        target: TARGET,
        kind = observation.decision.kind().as_str(),
        method = %asked.method,
        path = %asked.path,
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
        let shown = |bytes: &[u8]| Shown(bytes).to_string();
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

fn at_fault(explanation: &Explanation) -> Option<String> {
    let values: Vec<String> =
        explanation.at_fault().iter().take(8).map(|value| Quoted(value).to_string()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Bytes that a client chose: printable ones as they are, others escaped, and at most 256 of them.
struct Shown<'a>(&'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KEPT: usize = 256;
        let kept = self.0.get(..KEPT).unwrap_or(self.0);
        write!(f, "{}", kept.escape_ascii())?;
        if kept.len() < self.0.len() {
            f.write_str("…")?;
        }
        Ok(())
    }
}
