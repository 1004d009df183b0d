//! The rules of a policy that are written, by how a target chooses among them.

use super::rule::Said;
use super::warning::{Loss, Warnings};
use crate::builder::agree;
use crate::document::path::Path;
use crate::policy::Policy;
use crate::policy::rule::{Origins, Rule};

/// Every rule of a policy, for a target that asks one after the other, as the policy does.
pub(super) fn all(policy: &Policy, path: &Path, warnings: &mut Warnings) -> Vec<Said> {
    let several = policy.rules().nth(1).is_some();
    let place = |index| if several { path.key("rules").index(index) } else { path.clone() };
    let rules = policy.rules().enumerate();
    rules.map(|(index, rule)| Said::of(rule, place(index), warnings)).collect()
}

/// The rule for a target that has but one: the first, and those behind it that differ in nothing but origins.
pub(super) fn one(policy: &Policy, path: &Path, warnings: &mut Warnings) -> Option<Said> {
    let mut rules = all(policy, path, warnings).into_iter();
    let mut first = rules.next()?;
    let mut is_behind = false;
    for rule in rules {
        is_behind |= !first.differs_in_origins_only(&rule);
        if is_behind {
            warnings.push(&rule.path, Loss::Rules);
        } else {
            first.join(rule);
        }
    }
    Some(first)
}

/// The rules for a target that chooses one by the origin: the first that has it. Neighbours that differ in nothing but origins
/// are one.
///
/// The policy goes on to the next rule with an origin that the first one has, where that denies the method or a name. So what
/// only a later rule allows is lost, and nobody gets more.
pub(super) fn by_origin(policy: &Policy, path: &Path, warnings: &mut Warnings) -> Vec<Said> {
    let rules: Vec<&Rule> = policy.rules().collect();
    if rules.len() == 1 {
        return all(policy, path, warnings);
    }
    let sharing = agree::sharing(&rules).into_iter();
    let mut kept: Vec<Said> = Vec::new();
    let (mut is_behind, mut is_for_all) = (false, false);
    let written = all(policy, path, warnings).into_iter();
    for ((said, rule), shared) in written.zip(&rules).zip(sharing) {
        let last = kept.last_mut();
        let is_alike = last.as_ref().is_some_and(|last| last.differs_in_origins_only(&said));
        // It would answer the origins that a predicate has let in.
        is_behind |= last.as_ref().is_some_and(|last| last.has_predicates) && !is_alike;
        if is_behind {
            warnings.push(&said.path, Loss::Behind);
            continue;
        }
        let mut shared = shared.iter().filter_map(|earlier| rules.get(*earlier));
        if shared.any(|earlier| !covers(earlier, rule)) {
            warnings.push(&said.path, Loss::SharedOrigins);
        }
        match last {
            Some(last) if is_alike => last.join(said),
            // No origin is left for it.
            Some(_) if is_for_all => {}
            _ => kept.push(said),
        }
        is_for_all |= matches!(rule.origins, Origins::Any);
    }
    kept
}

/// Whether the earlier rule allows whatever the later one does, to an origin that both have.
fn covers(earlier: &Rule, later: &Rule) -> bool {
    earlier.methods.cover(&later.methods) && earlier.headers.covers(&later.headers)
}

impl Said {
    /// Takes in the origins of a rule that differs in nothing else.
    fn join(&mut self, other: Self) {
        self.has_predicates |= other.has_predicates;
        self.origins.extend(other.origins);
    }
}
