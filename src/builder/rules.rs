//! Policies of several rules.

use super::error::{PolicyError, PolicyErrors};
use super::findings::Findings;
use super::{PolicyBuilder, agree};
use crate::policy::rule::Rule;
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
    let mut findings = Findings::of(name);
    let compile = |(rule, builder): (_, &PolicyBuilder)| builder.compile(Some(rule), &mut findings);
    let rules: Vec<Rule> = builders.iter().enumerate().map(compile).collect();
    let (rules, idle) = findings.none_in(rules)?;
    let disagreements = agree::disagreements(builders, &rules)?;
    let mut rules = rules.into_iter();
    let Some(first) = rules.next() else {
        return Err(PolicyErrors::of_rules(name, PolicyError::NoRules));
    };
    let name = name.map(str::to_owned);
    Ok((Policy::new(name, first, rules.collect(), idle), disagreements))
}

const RULES: Place = Place { rule: None, setting: "rules" };
