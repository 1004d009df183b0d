//! Policies of several rules.

use super::error::{PolicyError, PolicyErrors};
use super::findings::Findings;
use super::{PolicyBuilder, agree};
use crate::policy::{Place, Policy};

/// The most rules of a policy, which are asked one after another for each request.
pub(crate) const MAX_RULES: usize = 1_000;

/// Builds a policy of several rules.
pub(crate) fn build_rules(builders: &[PolicyBuilder]) -> Result<Policy, PolicyErrors> {
    let (policy, disagreements) = build_disagreeing(builders)?;
    let mut errors = PolicyErrors::none_of(policy.name());
    for error in disagreements {
        errors.push(RULES, error);
    }
    errors.none_in(policy)
}

/// Builds a policy whose rules may disagree, and says in what they do. Rules with other errors are not
/// compared.
pub(crate) fn build_disagreeing(
    builders: &[PolicyBuilder],
) -> Result<(Policy, Vec<PolicyError>), PolicyErrors> {
    let name = builders.iter().find_map(|builder| builder.name.as_deref());
    if builders.len() > MAX_RULES {
        let count = builders.len();
        return Err(PolicyErrors::of_rules(name, PolicyError::TooManyRules { count }));
    }
    if builders.is_empty() {
        return Err(PolicyErrors::of_rules(name, PolicyError::NoRules));
    }
    let (mut findings, mut rules) = (Findings::of(name), Vec::new());
    for (rule, builder) in builders.iter().enumerate() {
        rules.push(builder.compile(Some(rule), &mut findings));
    }
    let (mut rules, idle) = findings.none_in(rules)?;
    let disagreements = agree::disagreements(name, builders, &rules)?;
    let first = rules.remove(0);
    Ok((Policy::new(name.map(str::to_owned), first, rules, idle), disagreements))
}

const RULES: Place = Place { rule: None, setting: "rules" };
