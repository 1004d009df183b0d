//! Decisions as counters of the `metrics` facade.

use std::fmt::Write;

use metrics::{Label, counter, describe_counter};

use super::Observation;
use crate::policy::Decision;

const REQUESTS: &str = "tower_cors_requests_total";
const DIFFERENCES: &str = "tower_cors_report_only_total";

/// An observer that counts decisions with the [`metrics`](https://docs.rs/metrics) facade, for whatever exporter
/// the program has installed.
///
/// There are two counters:
///
/// - `tower_cors_requests_total` counts what is observed, with the labels `kind` (`cors`, `preflight`; `plain`
///   for a request without an `Origin` that is refused), `outcome` (that of [`Outcome`](super::Outcome)),
///   `reason` (that of the [`Denial`](crate::Denial), or `none`) and `rule` (the index of the rule, or `none`);
/// - `tower_cors_report_only_total` counts the requests on which the candidate of
///   [`CorsLayer::report_only`](crate::CorsLayer::report_only) decides differently, with the same labels, and with
///   `candidate_outcome`, `candidate_reason` and `candidate_rule` of the candidate.
///
/// A client chooses no label: there are as many counters as the policies have rules and reasons to deny.
///
/// Call it once the exporter is installed, so that that gets the descriptions of the counters.
pub fn to_metrics() -> impl Fn(&Observation<'_>) + Send + Sync + 'static {
    describe_counter!(REQUESTS, "CORS requests, by what was decided on them.");
    describe_counter!(
        DIFFERENCES,
        "CORS requests on which the report-only candidate decides differently."
    );
    |observation| {
        let kind = Label::from_static_parts("kind", observation.decision.kind().as_str());
        let labels = labels(observation, ["outcome", "reason", "rule"]);
        let labels: Vec<Label> = [kind].into_iter().chain(labels).collect();
        if let Some(candidate) = observation.candidate {
            let names = ["candidate_outcome", "candidate_reason", "candidate_rule"];
            let both: Vec<Label> =
                labels.iter().cloned().chain(self::labels(candidate, names)).collect();
            counter!(DIFFERENCES, both).increment(1);
        }
        counter!(REQUESTS, labels).increment(1);
    }
}

/// What was decided, under these names.
fn labels(observation: &Observation<'_>, names: [&'static str; 3]) -> [Label; 3] {
    let [outcome, reason, rule] = names;
    let denial = observation.decision.denial();
    [
        Label::from_static_parts(outcome, observation.outcome.as_str()),
        Label::from_static_parts(reason, denial.map_or("none", |denial| denial.as_str())),
        index(observation.decision).map_or_else(
            || Label::from_static_parts(rule, "none"),
            |index| Label::new(rule, index),
        ),
    ]
}

fn index(decision: &Decision) -> Option<String> {
    let mut text = String::new();
    write!(text, "{}", decision.rule()?).ok()?;
    Some(text)
}
