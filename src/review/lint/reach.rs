//! Rules that no request reaches, since an earlier one allows all that they allow.

use super::catalogue::Lint;
use super::finding::Finding;
use super::list::OriginList;
use crate::policy::Place;
use crate::policy::rule::{Origins, Rule};

/// The most look-ups for all rules of a policy. Rules are compared with all before them, which with many rules
/// of many origins would take too long. What would take more is not found.
const MOST_LOOKUPS: usize = 1 << 20;

/// A rule, and its origins as they were written.
pub(super) struct Side<'a> {
    pub(super) rule: &'a Rule,
    pub(super) list: OriginList<'a>,
}

pub(super) fn lint(sides: &mut [Side<'_>], found: &mut Vec<Finding>) {
    let mut lookups = MOST_LOOKUPS;
    for later in 1..sides.len() {
        let Some((earlier_rules, [this, ..])) = sides.split_at_mut_checked(later) else { return };
        let mut all = earlier_rules.iter_mut();
        if let Some(earlier) = all.position(|one| allows_all_of(one, this, &mut lookups)) {
            let place = Place { rule: Some(later), setting: "" };
            let message = format!(
                "no request reaches the rule, since rules[{earlier}] allows all that it allows; \
                 remove it"
            );
            found.push(Finding::new(Lint::UnreachableRule, place, message));
        }
    }
}

/// Whether it is certain that the earlier rule allows every request that the later one allows.
fn allows_all_of(earlier: &mut Side<'_>, later: &Side<'_>, lookups: &mut usize) -> bool {
    let (one, two) = (earlier.rule, later.rule);
    if !(one.methods.cover(&two.methods) && one.headers.covers(&two.headers)) {
        return false;
    }
    match (&one.origins, &two.origins) {
        (Origins::Any, _) => true,
        // Nobody knows what a predicate allows.
        (_, Origins::Any) => false,
        (_, Origins::Listed(listed)) if !listed.predicates.is_empty() => false,
        _ => lists_all_of(earlier, &later.list, lookups),
    }
}

fn lists_all_of(earlier: &mut Side<'_>, later: &OriginList<'_>, lookups: &mut usize) -> bool {
    let list = &mut earlier.list;
    let mut spend = || {
        let left = lookups.checked_sub(1);
        *lookups = left.unwrap_or_default();
        left.is_some()
    };
    // `null` and `file://` are no patterns.
    let no_pattern = later.no_patterns().all(|origin| spend() && list.written.contains(origin));
    no_pattern
        && later.entries().all(|(value, pattern)| {
            spend() && (list.written.contains(value) || list.cover.of(pattern).is_some())
        })
}
