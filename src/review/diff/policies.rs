//! What two policies decide differently.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::change::{About, Change, Direction};
use super::claim::{Asked, Claim, Fact, Item};
use super::compare::{Budget, Compared, compare};
use super::lines::Lines;
use super::origins::{Whom, regions};
use crate::policy::Policy;
use crate::policy::rule::{Origins, Predicate, Rule};

/// More predicates than this are not tried in all combinations.
const MOST_PREDICATES: usize = 4;

/// What two policies decide differently, on whatever path.
pub(super) fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    if old.decides_as(new) {
        return Vec::new();
    }
    compared(old, new).unwrap_or_else(|| vec![Change::of(Direction::Changed, About::TooMuch)])
}

/// The same, unless it takes too long.
fn compared(old: &Policy, new: &Policy) -> Option<Vec<Change>> {
    let sides = Sides([old, new].map(|policy| policy.rules().collect()));
    let mut budget = Budget::new();
    let mut groups: HashMap<Matches, Vec<Whom>> = HashMap::new();
    for whom in regions(old, new)? {
        budget.spend(sides.0.iter().map(Vec::len).sum())?;
        groups.entry(sides.matches(&whom.origin)).or_default().push(whom);
    }
    let mut groups: Vec<(Matches, Vec<Whom>)> = groups.into_iter().collect();
    // So that the same policies have the same changes, in the same order.
    groups.sort();
    let mut both = BTreeSet::new();
    let mut claims: BTreeMap<Claim, Vec<(usize, Asked)>> = BTreeMap::new();
    let mut hidden = BTreeSet::new();
    for (number, (matches, _)) in groups.iter().enumerate() {
        let found = sides.compare(matches, &[], &mut budget)?;
        sides.compare_hidden(matches, &found.items, &mut hidden, &mut budget)?;
        both.extend(found.both.then_some(number));
        for Item { claim, asked } in found.items {
            claims.entry(claim).or_default().push((number, asked));
        }
    }
    let groups = groups.into_iter().map(|(_, whom)| whom).collect();
    let lines = Lines { old, new, groups, both };
    let (mut changes, are_all_shown) = lines.changes(claims);
    // What predicates say of the origin that stands for others, they may not say of those.
    let is_hidden = !are_all_shown && !(sides.predicates().is_empty());
    if is_hidden || !hidden.is_empty() {
        let [before, after] = [0, 1].map(|side| sides.asks(side));
        let direction = Direction::of(before, after).unwrap_or(Direction::Changed);
        let opens = is_hidden || hidden.contains(&Direction::Added);
        changes.push(Change::of(direction, About::Predicates(opens)));
    }
    Some(changes)
}

/// The rules of two policies.
struct Sides<'a>([Vec<&'a Rule>; 2]);

/// Which rules of each policy match an origin, by their indices, and which might, by their predicates.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Matches {
    listed: [Vec<usize>; 2],
    asked: [Vec<usize>; 2],
}

impl<'a> Sides<'a> {
    fn matches(&self, origin: &str) -> Matches {
        let by = |is_such: &dyn Fn(&Origins) -> bool| {
            [0, 1].map(|side| {
                let rules = self.0.get(side).into_iter().flatten().enumerate();
                let matching = rules.filter(|(_, rule)| is_such(&rule.origins));
                matching.map(|(index, _)| index).collect()
            })
        };
        Matches {
            listed: by(&|origins| origins.lists(origin)),
            asked: by(&|origins| !origins.lists(origin) && !origins.asked(origin).is_empty()),
        }
    }

    /// Compares the rules that match, if some predicates hold the origin, and no others.
    fn compare(
        &self,
        matches: &Matches,
        holding: &[&Predicate],
        budget: &mut Budget,
    ) -> Option<Compared> {
        let rules = |side: usize| -> Vec<&'a Rule> {
            let all = self.0.get(side).map(Vec::as_slice).unwrap_or_default();
            let of = |all: &'_ [Vec<usize>; 2]| all.get(side).cloned().unwrap_or_default();
            let holds = |index: &usize| {
                let predicates = all.get(*index).copied().map(predicates).unwrap_or_default();
                predicates.iter().any(|it| holding.contains(&it))
            };
            let asked = of(&matches.asked).into_iter().filter(holds);
            let indices: BTreeSet<usize> = of(&matches.listed).into_iter().chain(asked).collect();
            indices.into_iter().filter_map(|index| all.get(index).copied()).collect()
        };
        compare(&rules(0), &rules(1), budget)
    }

    /// Which ways the policies differ where predicates hold an origin, and do not where none does.
    fn compare_hidden(
        &self,
        matches: &Matches,
        items: &[Item],
        hidden: &mut BTreeSet<Direction>,
        budget: &mut Budget,
    ) -> Option<()> {
        let is_all_told = items.iter().any(|it| matches!(it.claim.fact, Fact::Admitted { .. }));
        if is_all_told || matches.asked.iter().all(Vec::is_empty) {
            return Some(());
        }
        let predicates = self.predicates();
        if predicates.len() > MOST_PREDICATES {
            hidden.insert(Direction::Added);
            return Some(());
        }
        for combination in 1..1_usize << predicates.len() {
            let holding = predicates.iter().enumerate();
            let holding = holding.filter(|(bit, _)| combination >> bit & 1 == 1);
            let holding: Vec<&Predicate> = holding.map(|(_, predicate)| *predicate).collect();
            let found = self.compare(matches, &holding, budget)?;
            let is_told = |item: &&Item| !items.iter().any(|told| told.claim == item.claim);
            hidden.extend(found.items.iter().filter(is_told).map(|item| item.claim.direction));
        }
        Some(())
    }

    fn asks(&self, side: usize) -> bool {
        self.0.get(side).into_iter().flatten().any(|rule| !predicates(rule).is_empty())
    }

    /// The predicates of both policies, each once, if they are few.
    fn predicates(&self) -> Vec<&'a Predicate> {
        let mut all: Vec<&Predicate> = Vec::new();
        for predicate in self.0.iter().flatten().flat_map(|rule| predicates(rule)) {
            if all.len() <= MOST_PREDICATES && !all.contains(&predicate) {
                all.push(predicate);
            }
        }
        all
    }
}

fn predicates(rule: &Rule) -> &[Predicate] {
    match &rule.origins {
        Origins::Listed(listed) => &listed.predicates,
        Origins::Any | Origins::One(_) => &[],
    }
}
