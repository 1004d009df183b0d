//! The rules of a policy that are written, by how a target chooses among them.

use std::collections::HashSet;

use super::rule::Said;
use super::warning::{Loss, Warnings};
use crate::document::path::Path;
use crate::origin::pattern::{OriginPattern, Pattern};
use crate::origin::place::{Place, Port};
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
    let mut kept: Vec<Said> = Vec::new();
    let (mut is_behind, mut lookups) = (false, MOST_LOOKUPS);
    for (index, said) in all(policy, path, warnings).into_iter().enumerate() {
        let (earlier, this) = rules.split_at_checked(index).unwrap_or_default();
        let last = kept.last_mut();
        let is_alike = last.as_ref().is_some_and(|last| last.differs_in_origins_only(&said));
        // It would answer the origins that a predicate has let in.
        is_behind |= last.as_ref().is_some_and(|last| last.has_predicates) && !is_alike;
        let is_shared = |it: &&Rule| this.first().is_some_and(|this| loses(it, this, &mut lookups));
        if is_behind {
            warnings.push(&said.path, Loss::Behind);
            continue;
        } else if earlier.iter().any(is_shared) {
            warnings.push(&said.path, Loss::SharedOrigins);
        }
        match last {
            Some(last) if is_alike => last.join(said),
            // No origin is left for it.
            Some(_) if earlier.iter().any(|it| matches!(it.origins, Origins::Any)) => {}
            _ => kept.push(said),
        }
    }
    kept
}

/// The most pairs of origins of a policy that are compared. What would take more is taken to be shared.
const MOST_LOOKUPS: usize = 1 << 20;

/// Whether the later rule may allow something that the earlier one does not, to an origin that both have.
fn loses(earlier: &Rule, later: &Rule, lookups: &mut usize) -> bool {
    let is_covered =
        earlier.methods.cover(&later.methods) && earlier.headers.covers(&later.headers);
    !is_covered && may_share(&earlier.origins, &later.origins, lookups)
}

fn may_share(one: &Origins, two: &Origins, lookups: &mut usize) -> bool {
    if matches!(one, Origins::Any) || matches!(two, Origins::Any) {
        return true;
    }
    let (one, two) = (one.written(), two.written());
    let Some(left) = lookups.checked_sub(one.len().saturating_mul(two.len())) else {
        return true;
    };
    *lookups = left;
    one.iter().any(|one| two.iter().any(|two| one == two || may_meet(one, two)))
}

/// Whether there may be an origin that two patterns stand for.
fn may_meet(one: &str, two: &str) -> bool {
    match (Pattern::parse(one), Pattern::parse(two)) {
        (Ok(Pattern::Origins(one)), Ok(Pattern::Origins(two))) => patterns_may_meet(&one, &two),
        _ => false,
    }
}

fn patterns_may_meet(one: &OriginPattern<'_>, two: &OriginPattern<'_>) -> bool {
    let places = [one, two].map(Place::of);
    if let [Port::Written(port), Port::Written(other)] = places.map(|place| place.port) {
        if port != other {
            return false;
        }
    }
    // Without a `*` both are the whole.
    let ends = |pattern: &OriginPattern<'_>| {
        let Place { scheme, tail, .. } = Place::of(pattern);
        let whole = [scheme, tail].concat();
        if pattern.star().is_none() {
            (whole.clone(), whole)
        } else {
            (scheme.to_owned(), tail.to_owned())
        }
    };
    let ((start, end), (other_start, other_end)) = (ends(one), ends(two));
    let is_within = |text: &str, start: &str, end: &str| {
        text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
    };
    match (one.star(), two.star()) {
        (None, None) => start == other_start,
        (None, Some(_)) => is_within(&start, &other_start, &other_end),
        (Some(_), None) => is_within(&other_start, &start, &end),
        (Some(_), Some(_)) => {
            (start.starts_with(&other_start) || other_start.starts_with(&start))
                && (end.ends_with(&other_end) || other_end.ends_with(&end))
        }
    }
}

impl Said {
    /// Takes in the origins of a rule that differs in nothing else. A target may refuse what it is told twice.
    fn join(&mut self, other: Self) {
        let known: HashSet<String> = self.origins.iter().map(|it| it.1.clone()).collect();
        self.has_predicates |= other.has_predicates;
        let origins = other.origins.into_iter();
        self.origins.extend(origins.filter(|(_, origin)| !known.contains(origin)));
    }
}
