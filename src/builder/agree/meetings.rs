//! Which rules have an origin in common, found without comparing each rule with each.
//!
//! What a pattern stands for is under one *tail*: the host, or what follows the `*` of the leading label.
//! `https://*.a.example` and `https://x.a.example` meet, because `.a.example` is also an end of `x.a.example`.
//! So a pattern is looked for under its own tail and under each shorter one, and a pattern with subdomains
//! under the longer ones, too, where the others were entered before.

use std::collections::{HashMap, HashSet};

use super::Side;
use super::starred::{self, Entry, Starred};
use crate::origin::pattern::{OriginPattern, Star};
use crate::origin::place::{Place, Port, ends};

/// Why two rules may have an origin in common.
pub(super) enum Meeting<'a> {
    /// These patterns, one of each rule, have one in common.
    OfPatterns(&'a OriginPattern<'a>, &'a OriginPattern<'a>),
    /// This one is.
    At(String),
    /// One of the rules matches what nobody listed, or both match opaque origins, or local files.
    Open,
}

/// The patterns of the rules so far, by where they stand.
pub(super) struct Meetings<'a> {
    sides: &'a [Side<'a>],
    starred: Starred<'a>,
    /// The tails of patterns with subdomains, of all rules.
    wild: HashSet<(&'a str, &'a str)>,
    /// By their own tail.
    at: Entries<'a>,
    /// By each end of it that is in `wild`.
    below: Entries<'a>,
    /// Those that match what nobody listed, and those that match `null`, or `file://`.
    open: Vec<usize>,
    special: Vec<(&'static str, usize)>,
    /// For each rule, the last one that it met.
    last: Vec<usize>,
}

/// Of each rule the first pattern at that place.
type Entries<'a> = HashMap<(&'a str, &'a str, Port<'a>), Vec<(usize, &'a OriginPattern<'a>)>>;

impl<'a> Meetings<'a> {
    pub(super) fn new(sides: &'a [Side<'a>]) -> Self {
        let mut wild = HashSet::new();
        for side in sides {
            for pattern in side.patterns.iter().filter(|it| it.is_star(Star::Labels)) {
                let place = Place::of(pattern);
                wild.insert((place.scheme, place.tail));
            }
        }
        Self {
            sides,
            starred: Starred::new(sides),
            wild,
            at: HashMap::new(),
            below: HashMap::new(),
            open: Vec::new(),
            special: Vec::new(),
            last: Vec::new(),
        }
    }

    /// Which of the earlier rules the next one meets, in their order; then it is one of them.
    pub(super) fn next(&mut self, rule: usize, side: &'a Side<'a>) -> Vec<(usize, Meeting<'a>)> {
        let mut met = Vec::new();
        for pattern in &side.patterns {
            if is_under_tail(pattern) {
                self.look_up(rule, pattern, &mut met);
            }
            self.look_up_starred(rule, (side, pattern), &mut met);
        }
        let is_open = side.rule.origins.is_open();
        let special = self.special.iter().filter(|(origin, _)| side.special.contains(origin));
        let open = self.open.iter().chain(special.map(|(_, other)| other)).copied();
        let met_openly: Vec<usize> = if is_open { (0..rule).collect() } else { open.collect() };
        for other in met_openly {
            if let Some(last) = self.last.get_mut(other).filter(|last| **last != rule) {
                *last = rule;
                met.push((other, Meeting::Open));
            }
        }
        met.sort_unstable_by_key(|(other, _)| *other);
        for pattern in &side.patterns {
            if is_under_tail(pattern) {
                self.enter(rule, pattern);
            }
            self.starred.enter(rule, pattern);
        }
        self.open.extend(is_open.then_some(rule));
        self.special.extend(side.special.iter().map(|origin| (*origin, rule)));
        self.last.push(rule);
        met
    }

    fn look_up(
        &mut self,
        rule: usize,
        pattern: &'a OriginPattern<'a>,
        met: &mut Vec<(usize, Meeting<'a>)>,
    ) {
        let place = Place::of(pattern);
        let ports: &[Port<'_>] = match place.port {
            Port::Any => &[Port::Either],
            port => &[port, Port::Any],
        };
        let mut find = |entries: &Entries<'a>, tail, port| {
            let others = entries.get(&(place.scheme, tail, port));
            for (other, of_other) in others.map(Vec::as_slice).unwrap_or_default() {
                if let Some(last) = self.last.get_mut(*other).filter(|last| **last != rule) {
                    *last = rule;
                    met.push((*other, Meeting::OfPatterns(of_other, pattern)));
                }
            }
        };
        for &port in ports {
            for end in wild_ends(place, &self.wild) {
                find(&self.at, end, port);
            }
            find(&self.at, place.tail, port);
            if pattern.is_star(Star::Labels) {
                find(&self.below, place.tail, port);
            }
        }
    }

    fn look_up_starred(
        &mut self,
        rule: usize,
        (side, pattern): (&Side<'a>, &'a OriginPattern<'a>),
        met: &mut Vec<(usize, Meeting<'a>)>,
    ) {
        for Entry { rule: other, pattern: of_other, .. } in self.starred.look_up(pattern) {
            let side_of_other = self.sides.get(other);
            let last = self.last.get_mut(other).filter(|last| **last != rule);
            let Some((side_of_other, last)) = side_of_other.zip(last) else {
                continue;
            };
            if let Some(origin) = starred::sample((side_of_other, of_other), (side, pattern)) {
                *last = rule;
                met.push((other, Meeting::At(origin)));
            }
        }
    }

    fn enter(&mut self, rule: usize, pattern: &'a OriginPattern<'a>) {
        let place = Place::of(pattern);
        let add = |entries: &mut Entries<'a>, tail, port| {
            let rules = entries.entry((place.scheme, tail, port)).or_default();
            if rules.last().is_none_or(|(last, _)| *last != rule) {
                rules.push((rule, pattern));
            }
        };
        for port in [place.port, Port::Either] {
            add(&mut self.at, place.tail, port);
            for end in wild_ends(place, &self.wild) {
                add(&mut self.below, end, port);
            }
        }
    }
}

/// Whether all that a pattern stands for is under one tail, which can be looked up.
fn is_under_tail(pattern: &OriginPattern<'_>) -> bool {
    matches!(pattern.star(), None | Some(Star::Labels))
}

/// The ends of the tail that are tails of patterns with subdomains.
fn wild_ends<'a, 'b>(
    place: Place<'a>,
    wild: &'b HashSet<(&'a str, &'a str)>,
) -> impl Iterator<Item = &'a str> + 'b
where
    'a: 'b,
{
    ends(place.tail).filter(move |end| wild.contains(&(place.scheme, end)))
}

/// An origin that two patterns have in common, if one of them is under the tail of the other.
pub(super) fn sample(one: &OriginPattern<'_>, two: &OriginPattern<'_>) -> String {
    let places = [one, two].map(Place::of);
    let [length, length_of_two] = places.map(|place| place.tail.len());
    let written = places.iter().find_map(|place| match place.port {
        Port::Written(port) => Some(port),
        Port::Any | Port::Either => None,
    });
    let closer = if length >= length_of_two { one } else { two };
    closer.sample(written.filter(|port| !port.is_empty()))
}
