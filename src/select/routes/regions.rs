//! Which paths stand for all others when two tables are compared.
//!
//! The routes of both tables cut the space of paths into regions, in each of which every route matches all paths
//! or none. They are found segment by segment: those that some route writes out, and one that stands for all
//! others, behind each text that comes before a parameter. Empty segments within a path are left out, since
//! servers read such paths as others.

use std::collections::{BTreeSet, HashMap};
use std::{iter, mem};

use super::Routes;
use super::pattern::{Pattern, Segment, Wildcard};
use super::router::Router;

/// What is told of the paths that no route matches.
pub(crate) const OTHER: &str = "*";

/// So many steps are taken, each of which looks at one route with a parameter.
const MOST_STEPS: usize = 5_000_000;
/// A route has no more parameters than this, and so no more segments that take whatever comes.
const MOST_SEGMENTS: usize = 30;
/// So many regions more than there are routes.
const MOST_MEETINGS: usize = 20_000;

/// Some paths, as a route is written, and one that stands for them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Region {
    pub(crate) told: String,
    pub(crate) path: String,
}

/// A path of each region; nothing if there are too many.
pub(crate) fn regions(old: &Routes, new: &Routes) -> Option<Vec<Region>> {
    let written: BTreeSet<&str> = old.iter().chain(new.iter()).map(|(path, _)| path).collect();
    let patterns = written.iter().filter_map(|path| Some((*path, Pattern::parse(path).ok()?)));
    let patterns: Vec<(&str, Pattern)> = patterns.collect();
    let active: Vec<&[Segment]> = patterns.iter().map(|(_, pattern)| pattern.segments()).collect();
    let mut walk =
        Walk { found: Vec::new(), has_other: false, steps: MOST_STEPS, routes: active.len() };
    walk.go(&Region { told: String::new(), path: String::new() }, &active, None)?;
    // With the names of parameters that somebody wrote, where it is one of the routes.
    let names: HashMap<String, &str> =
        patterns.iter().map(|(path, pattern)| (pattern.filled(PARAMETER, REST), *path)).collect();
    for region in &mut walk.found {
        if let Some(path) = names.get(&region.told) {
            (*path).clone_into(&mut region.told);
        }
    }
    Some(walk.found)
}

const PARAMETER: &str = "{any}";
const REST: &str = "{*rest}";

/// Whether a route, by itself, matches a path.
pub(crate) fn matches(route: &str, path: &str) -> bool {
    let mut router = Router::default();
    route == OTHER
        || Pattern::parse(route)
            .is_ok_and(|pattern| router.insert(&pattern, 0).is_ok() && router.find(path).is_some())
}

/// Without those that a wider one of them covers, and each once.
pub(crate) fn without_covered(mut regions: Vec<Region>) -> Vec<Region> {
    let is_wide = |region: &Region| region.told.contains('{');
    let count = regions.len() * regions.iter().filter(|region| is_wide(region)).count();
    regions.sort_by_cached_key(|region| {
        let wildcards = (region.told.contains("{*"), is_wide(region));
        (!wildcards.0, !wildcards.1, region.told.split('/').count(), region.told.clone())
    });
    regions.dedup_by(|one, other| one.told == other.told);
    // Rather a long list than a long wait.
    if count > 100_000 {
        return regions;
    }
    let mut kept: Vec<Region> = Vec::new();
    // Longer than any route without a rest.
    let rest = format!("~{}", "/~".repeat(MOST_SEGMENTS));
    for region in regions {
        let path = Pattern::parse(&region.told).map(|pattern| pattern.filled("~", &rest));
        let path = path.unwrap_or_else(|_| region.path.clone());
        let is_covered = |wide: &Region| is_wide(wide) && matches(&wide.told, &path);
        if region.told == OTHER || !kept.iter().any(is_covered) {
            kept.push(region);
        }
    }
    kept.sort_by(|one, other| (one.told == OTHER, one).cmp(&(other.told == OTHER, other)));
    kept
}

struct Walk {
    found: Vec<Region>,
    has_other: bool,
    /// How many more are taken.
    steps: usize,
    routes: usize,
}

/// The routes that go on with a segment.
#[derive(Default)]
struct Next<'a> {
    literals: HashMap<&'a str, Vec<&'a [Segment]>>,
    wild: Vec<(&'a Segment, &'a [Segment])>,
}

impl Walk {
    /// The regions behind the beginning of a path, by what is left of the routes that match it. `rest` tells of
    /// a route that matches whatever goes on.
    fn go(&mut self, at: &Region, active: &[&[Segment]], rest: Option<&str>) -> Option<()> {
        // What goes on has an empty segment within it.
        if at.path.ends_with('/') {
            return Some(());
        }
        let mut next = Next::default();
        for (segment, behind) in active.iter().filter_map(|left| left.split_first()) {
            match segment.wildcard {
                None => next.literals.entry(&segment.literal).or_default().push(behind),
                Some(_) => next.wild.push((segment, behind)),
            }
        }
        if !next.literals.contains_key("") {
            self.push(rest, &format!("{}/", at.path));
        }
        let literals: BTreeSet<&str> = next.literals.keys().copied().collect();
        for literal in &literals {
            let told = format!("{}/{literal}", at.told);
            self.descend(at, told, literal, &next, rest)?;
        }
        let mut prefixes: BTreeSet<&str> = BTreeSet::from([""]);
        prefixes.extend(next.wild.iter().map(|(segment, _)| segment.literal.as_str()));
        for prefix in &prefixes {
            let numbers =
                || iter::once(String::new()).chain((0..=self.routes).map(|n| n.to_string()));
            let behind_numbers = numbers().map(|n| format!("{prefix}{n}~"));
            let mut values = numbers().map(|n| format!("{prefix}any{n}")).chain(behind_numbers);
            let is_free = |value: &String| {
                let is_longer = |it: &&&str| it.len() > prefix.len() && value.starts_with(**it);
                !literals.contains(&**value) && !prefixes.iter().any(|it| is_longer(&it))
            };
            let value = values.find(is_free)?;
            let told = format!("{}/{prefix}{PARAMETER}", at.told);
            self.descend(at, told, &value, &next, rest)?;
        }
        Some(())
    }

    /// Goes on with one segment.
    fn descend(
        &mut self,
        at: &Region,
        told: String,
        value: &str,
        next: &Next<'_>,
        rest: Option<&str>,
    ) -> Option<()> {
        self.steps = self.steps.checked_sub(1 + next.wild.len())?;
        if self.found.len() > 4 * self.routes + MOST_MEETINGS {
            return None;
        }
        let mut below = next.literals.get(value).cloned().unwrap_or_default();
        // What a rest stands for is not empty, but may begin with a slash.
        let (mut own_rest, mut rest) = (rest.map(str::to_owned), rest.map(str::to_owned));
        for (Segment { literal, wildcard }, behind) in &next.wild {
            let Some(parameter) = value.strip_prefix(literal.as_str()) else {
                continue;
            };
            match wildcard {
                Some(Wildcard::Rest) => {
                    rest = Some(format!("{}/{literal}{REST}", at.told));
                    if !parameter.is_empty() {
                        own_rest.clone_from(&rest);
                    }
                }
                Some(Wildcard::Parameter) if !parameter.is_empty() || !behind.is_empty() => {
                    below.push(behind);
                }
                _ => {}
            }
        }
        let path = format!("{}/{value}", at.path);
        let region = Region { told, path };
        if below.iter().any(|left| left.is_empty()) {
            self.found.push(region.clone());
        } else {
            self.push(own_rest.as_deref(), &region.path);
        }
        if below.is_empty() { Some(()) } else { self.go(&region, &below, rest.as_deref()) }
    }

    /// Of paths that go on for longer than any route without a rest.
    fn push(&mut self, rest: Option<&str>, path: &str) {
        if rest.is_none() && mem::replace(&mut self.has_other, true) {
            return;
        }
        let told = rest.unwrap_or(OTHER).to_owned();
        self.found.push(Region { told, path: path.to_owned() });
    }
}
