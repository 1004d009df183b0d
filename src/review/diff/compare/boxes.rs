//! Which names are asked for to tell two lists of rules apart.

use std::collections::{BTreeMap, BTreeSet};

use super::super::change::Direction;
use super::super::claim::Fact;
use super::{Budget, seconds};
use crate::policy::names::Names as Set;
use crate::policy::rule::Rule;

/// The rules of a list that answer preflights for a method, but for those that have nothing left to answer.
pub(super) struct Boxes<'a>(Vec<&'a Rule>);

impl<'a> Boxes<'a> {
    pub(super) fn new(rules: impl Iterator<Item = &'a Rule>) -> Self {
        let mut kept: Vec<&Rule> = Vec::new();
        for rule in rules {
            if !kept.iter().any(|earlier| earlier.headers.covers(&rule.headers)) {
                kept.push(rule);
            }
        }
        Self(kept)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = &'a Rule> {
        self.0.iter().copied()
    }

    fn sets(&self) -> impl Iterator<Item = &'a Set> + Clone {
        self.0.iter().map(|rule| &rule.headers)
    }

    fn allow(&self, name: &str) -> bool {
        self.sets().any(|set| set.allows(name.as_bytes()))
    }
}

/// Names that stand for all others, as far as some sets can tell them apart.
pub(super) struct Names {
    /// By what is written.
    samples: BTreeMap<String, String>,
    /// Those that are written out first.
    all: Vec<String>,
}

type Told = (Direction, Fact, Vec<String>);

impl Names {
    pub(super) fn new<'a>(sets: impl Iterator<Item = &'a Set>) -> Self {
        let elements: BTreeSet<String> = sets.flat_map(Set::written).collect();
        let samples: BTreeMap<String, String> =
            elements.iter().map(|it| (it.clone(), sample(it, &elements))).collect();
        let (prefixes, exact): (Vec<_>, Vec<_>) =
            samples.iter().partition(|(element, _)| element.ends_with('*'));
        let all = exact.into_iter().chain(prefixes).map(|(_, sample)| sample.clone()).collect();
        Self { samples, all }
    }

    /// What the answers of two lists differ in, and the names that show it.
    pub(super) fn compare(
        &self,
        old: &Boxes<'_>,
        new: &Boxes<'_>,
        budget: &mut Budget,
    ) -> Option<Vec<Told>> {
        let alike = |(one, other): (&Rule, &Rule)| {
            let [one, other] = [one, other].map(|it| (it.credentials, &it.max_age, &it.headers));
            one == other
        };
        if old.0.len() == new.0.len() && old.rules().zip(new.rules()).all(alike) {
            return Some(Vec::new());
        }
        let mut told = Vec::new();
        for (direction, wide, narrow) in
            [(Direction::Added, new, old), (Direction::Removed, old, new)]
        {
            let beyond = self.beyond(wide, narrow, budget)?;
            told.extend(beyond.into_iter().map(|(fact, asked)| (direction, fact, asked)));
        }
        self.compare_answers(old, new, budget, &mut told)?;
        Some(told)
    }

    /// What one list allows and the other does not.
    fn beyond(
        &self,
        wide: &Boxes<'_>,
        narrow: &Boxes<'_>,
        budget: &mut Budget,
    ) -> Option<Vec<(Fact, Vec<String>)>> {
        let mut told = Vec::new();
        for set in wide.sets() {
            let elements = set.written();
            budget.spend((elements.len() + self.all.len()) * narrow.0.len())?;
            let samples = elements
                .into_iter()
                .filter_map(|element| Some((self.samples.get(&element)?.clone(), element)));
            let beyond = samples.filter(|(sample, _)| !narrow.allow(sample));
            told.extend(beyond.map(|(sample, element)| (Fact::Header(element), vec![sample])));
            // Each of these is allowed by some rule, and no rule allows all of them.
            let outside = |other: &Set| {
                let is_outside = |name: &&String| {
                    set.allows(name.as_bytes())
                        && !other.allows(name.as_bytes())
                        && narrow.allow(name)
                };
                self.all.iter().find(is_outside).cloned()
            };
            let together: Option<BTreeSet<String>> = narrow.sets().map(outside).collect();
            if let Some(names) = together {
                let names: Vec<String> = names.into_iter().collect();
                told.push((Fact::Together(names.clone()), names));
            }
        }
        Some(super::names::without_covered(told))
    }

    /// Which rules answer the same preflight, and say other things.
    fn compare_answers(
        &self,
        old: &Boxes<'_>,
        new: &Boxes<'_>,
        budget: &mut Budget,
        told: &mut Vec<Told>,
    ) -> Option<()> {
        for (at, one) in old.rules().enumerate() {
            for (at_new, other) in new.rules().enumerate() {
                let facts = facts(one, other);
                if facts.is_empty() {
                    continue;
                }
                budget.spend((at + at_new + 1) * self.all.len().max(1))?;
                let earlier = old.sets().take(at).chain(new.sets().take(at_new));
                let outside = |earlier: &Set| {
                    let is_outside = |name: &&String| {
                        one.headers.allows(name.as_bytes())
                            && other.headers.allows(name.as_bytes())
                            && !earlier.allows(name.as_bytes())
                    };
                    self.all.iter().find(is_outside).cloned()
                };
                let names: Option<BTreeSet<String>> = earlier.map(outside).collect();
                if let Some(names) = names {
                    let names: Vec<String> = names.into_iter().collect();
                    let facts = facts.into_iter().map(|(how, fact)| (how, fact, names.clone()));
                    told.extend(facts);
                }
            }
        }
        Some(())
    }
}

/// A name that stands for one of the elements that are written.
fn sample(element: &str, written: &BTreeSet<String>) -> String {
    let Some(prefix) = element.strip_suffix('*') else {
        return element.to_owned();
    };
    let longer: Vec<&str> = written
        .iter()
        .filter_map(|other| other.strip_suffix('*'))
        .filter(|other| other.len() > prefix.len())
        .collect();
    let is_free = |name: &String| {
        !written.contains(name) && !longer.iter().any(|longer| name.starts_with(longer))
    };
    let words = ["x-any", "any", "other"].into_iter().skip(usize::from(!prefix.is_empty()));
    let letters = ('a'..='z').chain('0'..='9').map(|letter| format!("{letter}-any"));
    let numbers = (0..=written.len()).map(|n| format!("any-{n}"));
    let names = words.map(str::to_owned).chain(letters).chain(numbers);
    let mut names = names.map(|name| format!("{prefix}{name}"));
    names.find(is_free).unwrap_or_else(|| format!("{prefix}any"))
}

/// What two rules say differently to the same preflight.
fn facts(old: &Rule, new: &Rule) -> Vec<(Direction, Fact)> {
    let credentials = Direction::of(old.credentials, new.credentials);
    let [before, after] = [old, new].map(|rule| seconds(rule.max_age.as_ref()));
    let max_age = (before != after).then_some((Direction::Changed, Fact::MaxAge(before, after)));
    credentials.map(|direction| (direction, Fact::Credentials)).into_iter().chain(max_age).collect()
}
