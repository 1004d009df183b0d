//! Meetings of patterns with a `*` within a label, and of those for a whole scheme.
//!
//! A `*` within a label stands for names directly under one domain, so such a pattern meets others that name
//! something directly under the same one, and patterns with subdomains over it.

use std::collections::HashMap;

use super::Side;
use crate::origin::pattern::{OriginPattern, Star};
use crate::origin::place::{Place, Port, above, ends, split_label};

/// The most patterns with a `*` within a label in a policy of several rules, since each is compared with
/// all others under its domain.
pub(crate) const MAX_WITHIN_LABEL: usize = 1_000;

/// The patterns of the rules so far, if there is any of these kinds among all rules.
#[derive(Default)]
pub(super) struct Starred<'a> {
    is_needed: bool,
    /// Those without a `*` in the host, by the domain directly above; with subdomains, by their own.
    hosts: Entries<'a>,
    subdomains: Entries<'a>,
    /// Those with a `*` within a label, by the domain directly above, and by that and each one above it.
    within_label: Entries<'a>,
    below: Entries<'a>,
    /// Those for a whole scheme, and the first of each rule, whatever it is.
    whole: Entries<'a>,
    schemes: Entries<'a>,
}

/// One of the patterns of a rule, and what of it can be compared at a glance.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) rule: usize,
    pub(super) pattern: &'a OriginPattern<'a>,
    port: Port<'a>,
    label: Label<'a>,
}

/// The leading label.
#[derive(Clone, Copy)]
enum Label<'a> {
    Written(&'a str),
    /// What stands before a `*`, and behind it.
    Within(&'a str, &'a str),
    Any,
}

/// By scheme and domain; those for a whole scheme have no domain.
type Entries<'a> = HashMap<(&'a str, &'a str), Vec<Entry<'a>>>;

impl<'a> Starred<'a> {
    pub(super) fn new(sides: &'a [Side<'a>]) -> Self {
        let is_needed = sides.iter().any(|side| side.patterns.iter().any(is_starred));
        Self { is_needed, ..Self::default() }
    }

    /// The patterns of earlier rules that one of the next rule may meet.
    pub(super) fn look_up(&self, pattern: &'a OriginPattern<'a>) -> Vec<Entry<'a>> {
        let mut found = Vec::new();
        if !self.is_needed {
            return found;
        }
        let (scheme, above, own) = (pattern.scheme(), above(pattern), Entry::new(0, pattern));
        let mut find = |entries: &Entries<'a>, place| {
            let entries = entries.get(&(scheme, place)).map(Vec::as_slice).unwrap_or_default();
            found.extend(entries.iter().filter(|other| own.may_meet(other)));
        };
        match pattern.star() {
            None => find(&self.within_label, above),
            Some(Star::Labels) => find(&self.below, above),
            Some(Star::Characters) => {
                find(&self.hosts, above);
                find(&self.within_label, above);
                ends(above).for_each(|end| find(&self.subdomains, end));
            }
            Some(Star::Everything) => {
                return self.schemes.get(&(scheme, "")).cloned().unwrap_or_default();
            }
        }
        found.extend_from_slice(
            self.whole.get(&(scheme, "")).map(Vec::as_slice).unwrap_or_default(),
        );
        found
    }

    pub(super) fn enter(&mut self, rule: usize, pattern: &'a OriginPattern<'a>) {
        if !self.is_needed {
            return;
        }
        let (scheme, above, entry) = (pattern.scheme(), above(pattern), Entry::new(rule, pattern));
        let of_scheme = self.schemes.entry((scheme, "")).or_default();
        if of_scheme.last().is_none_or(|last| last.rule != rule) {
            of_scheme.push(entry);
        }
        let add = |entries: &mut Entries<'a>, place| {
            entries.entry((scheme, place)).or_default().push(entry);
        };
        match pattern.star() {
            None => add(&mut self.hosts, above),
            Some(Star::Labels) => add(&mut self.subdomains, above),
            Some(Star::Everything) => add(&mut self.whole, ""),
            Some(Star::Characters) => {
                add(&mut self.within_label, above);
                ends(above).for_each(|end| add(&mut self.below, end));
            }
        }
    }
}

impl<'a> Entry<'a> {
    fn new(rule: usize, pattern: &'a OriginPattern<'a>) -> Self {
        let place = Place::of(pattern);
        let label = match pattern.in_label() {
            Some((start, end, _)) => Label::Within(start, end),
            None if pattern.star().is_some() => Label::Any,
            None => Label::Written(split_label(place.tail).0),
        };
        Self { rule, pattern, port: place.port, label }
    }

    /// Whether ports and labels leave room for an origin in common, as far as can be told at a glance.
    fn may_meet(&self, other: &Self) -> bool {
        let ports = self.port == other.port || [self.port, other.port].contains(&Port::Any);
        ports && self.label.may_meet(other.label)
    }
}

impl Label<'_> {
    fn may_meet(self, other: Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) | (Self::Written(_), Self::Written(_)) => true,
            (Self::Within(start, end), Self::Within(other_start, other_end)) => {
                (start.starts_with(other_start) || other_start.starts_with(start))
                    && (end.ends_with(other_end) || other_end.ends_with(end))
            }
            (Self::Within(start, end), Self::Written(label))
            | (Self::Written(label), Self::Within(start, end)) => {
                label.starts_with(start) && label.ends_with(end)
            }
        }
    }
}

fn is_starred(pattern: &OriginPattern<'_>) -> bool {
    matches!(pattern.star(), Some(Star::Characters | Star::Everything))
}

/// An origin that both rules match, by patterns of both that may meet.
pub(super) fn sample(
    (one, of_one): (&Side<'_>, &OriginPattern<'_>),
    (two, of_two): (&Side<'_>, &OriginPattern<'_>),
) -> Option<String> {
    let written = |pattern| match Place::of(pattern).port {
        Port::Written(port) => port,
        Port::Any | Port::Either => "",
    };
    ["", written(of_one), written(of_two)].into_iter().find_map(|port| {
        let port = Some(port).filter(|port| !port.is_empty());
        let mut samples = vec![of_one.sample(port), of_two.sample(port)];
        samples.extend(of_one.shared_samples(of_two, port));
        let is_matched =
            |origin: &String| [one, two].iter().all(|it| it.rule.origins.may_match(origin));
        samples.into_iter().find(is_matched)
    })
}
