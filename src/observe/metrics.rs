//! Decisions as counters of the `metrics` facade.

use metrics::{Label, counter, describe_counter};

use super::{Observation, Outcome};
use crate::policy::Decision;
use crate::request::RequestKind;

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
///   [`CorsLayer::report_only`](crate::CorsLayer::report_only) decides differently, with the labels `kind`, `outcome`
///   and `reason`, and with `candidate_outcome` and `candidate_reason` of the candidate.
///
/// A client chooses no label: there are as many series as a policy has rules and reasons to deny. Those of the second
/// counter have no rules, since two policies have as many pairs of them as their product.
///
/// Call it once the exporter is installed, so that that gets the descriptions of the counters. The facade is version
/// 0.24 of `metrics`: an exporter for another version sees nothing.
pub fn to_metrics() -> impl Fn(&Observation<'_>) + Send + Sync + 'static {
    describe_counter!(REQUESTS, "CORS requests, by what was decided on them.");
    describe_counter!(
        DIFFERENCES,
        "CORS requests on which the report-only candidate decides differently."
    );
    |observation| {
        let kind = Label::from_static_parts("kind", observation.decision.kind().as_str());
        let said = labels(observation, ["outcome", "reason"]);
        if let Some(candidate) = observation.candidate {
            let other = labels(candidate, ["candidate_outcome", "candidate_reason"]);
            let all = [kind.clone()].into_iter().chain(said.clone()).chain(other);
            counter!(DIFFERENCES, all.collect::<Vec<_>>()).increment(1);
        }
        // Of a plain request only the candidate has something to say, unless it is refused.
        let is_plain = observation.decision.kind() == RequestKind::Plain;
        if !is_plain || observation.outcome == Outcome::Refused {
            let all = [kind].into_iter().chain(said).chain([rule(observation.decision)]);
            counter!(REQUESTS, all.collect::<Vec<_>>()).increment(1);
        }
    }
}

/// What was decided, under these names.
fn labels(observation: &Observation<'_>, names: [&'static str; 2]) -> [Label; 2] {
    let [outcome, reason] = names;
    let denial = observation.decision.denial();
    [
        Label::from_static_parts(outcome, observation.outcome.as_str()),
        Label::from_static_parts(reason, denial.map_or("none", |denial| denial.as_str())),
    ]
}

fn rule(decision: &Decision) -> Label {
    match decision.rule() {
        Some(rule) => Label::new("rule", rule.to_string()),
        None => Label::from_static_parts("rule", "none"),
    }
}
