//! What two tables decide differently of paths that can be read as more than one.
//!
//! They differ where such a path has something in one table, since all that it is read as has it there, and
//! nothing in the other one. Where it has something in both, that is told of the paths that it is read as.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{About, Change, Direction};
use super::paths::Has;
use crate::select::routes::ambiguous::{detour, endless, read_in_variants, variants};
use crate::select::routes::regions::{OTHER, Region};
use crate::select::{Route, Routes};

/// So many paths are looked up in both tables.
const MOST_LOOKED_UP: usize = 50_000;

/// What paths have in one table, by its number there, and nothing in the other one.
type Lost = (Direction, usize);

pub(super) fn changes(old: &Routes, new: &Routes, regions: &BTreeSet<&Region>) -> Vec<Change> {
    let mut search =
        Search { old, new, wanted: BTreeSet::new(), found: Vec::new(), left: MOST_LOOKED_UP };
    let is_done = search.go(regions).is_some();
    let mut changes: Vec<Change> = Vec::new();
    for (direction, path, route) in search.found {
        let has = match direction {
            Direction::Added => Has(None, Some(route)),
            Direction::Removed | Direction::Changed => Has(Some(route), None),
        };
        for change in has.changes() {
            let change = Change { is_ambiguous: true, path: path.clone(), ..change };
            // One example is enough of what is told in the same words.
            let is_told =
                |told: &Change| *told == Change { path: told.path.clone(), ..change.clone() };
            if !changes.iter().any(is_told) {
                changes.push(change);
            }
        }
    }
    if !is_done {
        let path = "//x".to_owned();
        let not_compared = Change::of(Direction::Changed, About::TooMany);
        changes.push(Change { is_ambiguous: true, path, ..not_compared });
    }
    changes
}

struct Search<'a> {
    old: &'a Routes,
    new: &'a Routes,
    /// What could be lost, and was not found to be yet.
    wanted: BTreeSet<Lost>,
    found: Vec<(Direction, String, &'a Route)>,
    left: usize,
}

impl Search<'_> {
    /// Nothing if it takes too long.
    fn go(&mut self, regions: &BTreeSet<&Region>) -> Option<()> {
        // Of each two numbers one path that has what they are for.
        let mut pairs: BTreeMap<(usize, usize), &str> = BTreeMap::new();
        for region in regions {
            pairs.entry(self.numbers(&region.path)).or_insert(&region.path);
        }
        // All that a path is read as has the same in one table, but not in the other one.
        let mut counts: BTreeMap<Lost, usize> = BTreeMap::new();
        for &(before, after) in pairs.keys() {
            for lost in [(Direction::Removed, before), (Direction::Added, after)] {
                *counts.entry(lost).or_default() += 1;
            }
        }
        self.wanted =
            counts.into_iter().filter(|(_, count)| *count > 1).map(|(it, _)| it).collect();
        // A table in which all paths have the same has it for paths with too many readings, too.
        match (self.old.sole_number(), self.new.sole_number()) {
            (Some(number), None) => _ = self.wanted.insert((Direction::Removed, number)),
            (None, Some(number)) => _ = self.wanted.insert((Direction::Added, number)),
            _ => {}
        }
        // Those that are written out first, since these are the better examples.
        let is_wide = |region: &Region| region.told == OTHER || region.told.contains('{');
        let (wide, exact): (Vec<&Region>, Vec<_>) =
            regions.iter().partition(|region| is_wide(region));
        for region in exact.iter().chain(&wide) {
            if self.wanted.is_empty() {
                return Some(());
            }
            let read = read_in_variants(&region.path);
            let read: BTreeSet<_> = read.iter().map(|path| self.numbers(path)).collect();
            for path in variants(&region.path) {
                let (before, after) = self.numbers(&path);
                // Most are read as what has the same in both tables, or differs in both.
                let is_one = |it: &(usize, usize)| (it.0 == before) != (it.1 == after);
                if read.iter().any(is_one) {
                    self.look_up(&path)?;
                }
            }
        }
        // What takes paths of any length may be read as all else.
        let segments = regions.iter().map(|region| region.path.split('/').count());
        let longest = segments.max().unwrap_or_default();
        let is_long = |region: &&&Region| region.told == OTHER || region.told.contains("{*");
        for region in wide.iter().filter(is_long) {
            let (before, after) = self.numbers(&detour(&region.path, longest, "/"));
            for (&(other_before, other_after), path) in &pairs {
                let lost = match (before == other_before, after == other_after) {
                    (true, false) => (Direction::Removed, before),
                    (false, true) => (Direction::Added, after),
                    _ => continue,
                };
                if self.wanted.contains(&lost) {
                    self.look_up(&detour(&region.path, longest, path))?;
                }
            }
        }
        self.look_up(&endless())
    }

    /// What a path has in each table, as it stands.
    fn numbers(&self, path: &str) -> (usize, usize) {
        (self.old.number_as_it_stands(path), self.new.number_as_it_stands(path))
    }

    fn look_up(&mut self, path: &str) -> Option<()> {
        let (before, after) = self.numbers(path);
        let [removed, added] = [(Direction::Removed, before), (Direction::Added, after)];
        if !self.wanted.contains(&removed) && !self.wanted.contains(&added) {
            return Some(());
        }
        self.left = self.left.checked_sub(1)?;
        let (lost, route) = match (self.old.find(path), self.new.find(path)) {
            (Some(route), None) => (removed, route),
            (None, Some(route)) => (added, route),
            _ => return Some(()),
        };
        if self.wanted.remove(&lost) {
            self.found.push((lost.0, path.to_owned(), route));
        }
        Some(())
    }
}
