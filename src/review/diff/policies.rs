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
    compared(old, new).unwrap_or_else(|| vec![Change::of(Direction::Changed, About::TooMany)])
}

/// The same, unless it takes too long.
fn compared(old: &Policy, new: &Policy) -> Option<Vec<Change>> {
    let sides = Sides([old, new].map(Side::new));
    let mut budget = Budget::new();
    let mut groups: HashMap<Matches, Vec<Whom>> = HashMap::new();
    for whom in regions(old, new)? {
        budget.spend(sides.0.iter().map(|side| side.others.len() + 1).sum())?;
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
        let [before, after] = sides.0.each_ref().map(Side::asks);
        let direction = Direction::of(before, after).unwrap_or(Direction::Changed);
        let opens = is_hidden || hidden.contains(&Direction::Added);
        changes.push(Change::of(direction, About::Predicates(opens)));
    }
    Some(changes)
}

/// The rules of two policies.
struct Sides<'a>([Side<'a>; 2]);

/// The rules of a policy.
struct Side<'a> {
    rules: Vec<&'a Rule>,
    /// The rules that match nothing but exact origins, by each of these.
    exact: HashMap<String, Vec<usize>>,
    /// All others.
    others: Vec<usize>,
}

/// Which rules of each policy match an origin, by their indices, and which might, by their predicates.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Matches {
    listed: [Vec<usize>; 2],
    asked: [Vec<usize>; 2],
}

impl<'a> Sides<'a> {
    fn matches(&self, origin: &str) -> Matches {
        let matches = self.0.each_ref().map(|side| side.matches(origin));
        let (listed, asked) = (matches.each_ref().map(|it| it.0.clone()), matches.map(|it| it.1));
        Matches { listed, asked }
    }

    /// Compares the rules that match, if some predicates hold the origin, and no others.
    fn compare(
        &self,
        matches: &Matches,
        holding: &[&Predicate],
        budget: &mut Budget,
    ) -> Option<Compared> {
        let rules = |side: usize| -> Vec<&'a Rule> {
            let all = self.0.get(side).map(|side| side.rules.as_slice()).unwrap_or_default();
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

    /// The predicates of both policies, each once, if they are few.
    fn predicates(&self) -> Vec<&'a Predicate> {
        let mut all: Vec<&Predicate> = Vec::new();
        for predicate in self.0.iter().flat_map(|side| &side.rules).flat_map(|it| predicates(it)) {
            if all.len() <= MOST_PREDICATES && !all.contains(&predicate) {
                all.push(predicate);
            }
        }
        all
    }
}

impl<'a> Side<'a> {
    fn new(policy: &'a Policy) -> Self {
        let rules: Vec<&Rule> = policy.rules().collect();
        let mut side = Self { rules: Vec::new(), exact: HashMap::new(), others: Vec::new() };
        for (index, rule) in rules.iter().enumerate() {
            let written = rule.origins.written();
            let has_more = matches!(rule.origins, Origins::Any) || !predicates(rule).is_empty();
            if has_more || written.iter().any(|text| text.contains('*')) {
                side.others.push(index);
                continue;
            }
            for text in written {
                side.exact.entry(text).or_default().push(index);
            }
        }
        Self { rules, ..side }
    }

    /// The rules that list an origin, and those that ask predicates about it.
    fn matches(&self, origin: &str) -> (Vec<usize>, Vec<usize>) {
        let mut listed = self.exact.get(origin).cloned().unwrap_or_default();
        let mut asked = Vec::new();
        for &index in &self.others {
            match self.rules.get(index).map(|rule| &rule.origins) {
                Some(origins) if origins.lists(origin) => listed.push(index),
                Some(origins) if !origins.asked(origin).is_empty() => asked.push(index),
                _ => {}
            }
        }
        listed.sort_unstable();
        (listed, asked)
    }

    fn asks(&self) -> bool {
        self.rules.iter().any(|rule| !predicates(rule).is_empty())
    }
}

fn predicates(rule: &Rule) -> &[Predicate] {
    match &rule.origins {
        Origins::Listed(listed) => &listed.predicates,
        Origins::Any | Origins::One(_) => &[],
    }
}
