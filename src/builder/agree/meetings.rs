//! Which rules have an origin in common, found without comparing the patterns of each rule with those of each other one.
//!
//! What a pattern stands for is under one *tail*: the host, or what follows the `*` of the leading label.
//! `https://*.a.example` and `https://x.a.example` meet, because `.a.example` is also an end of `x.a.example`.
//! So a pattern is looked for under its own tail and under each shorter one, and a pattern with subdomains
//! under the longer ones, too, where the others were entered before.
//!
//! A `*` within a label stands for names directly under one domain, so such a pattern meets others that name
//! something directly under the same one, and patterns with subdomains over it.

use std::collections::HashMap;

use super::Side;
use super::entry::{Entry, matched_sample};
use crate::origin::pattern::Star;
use crate::origin::place::{Port, above, ends};

/// The most patterns with a `*` within a label in a policy of several rules, since each is compared with
/// all others under its domain.
pub(super) const MAX_WITHIN_LABEL: usize = 1_000;

/// Why two rules may have an origin in common.
pub(super) enum Meeting<'a> {
    /// These patterns, one of each rule, have one in common.
    OfPatterns(&'a Entry<'a>, &'a Entry<'a>),
    /// This one is.
    At(String),
    /// One of the rules matches what nobody listed, or both match opaque origins, or local files.
    Open,
}

/// The patterns of the rules so far, by where they stand.
pub(super) struct Meetings<'a> {
    table: HashMap<Key<'a>, Vec<&'a Entry<'a>>>,
    earlier: Vec<&'a Side<'a>>,
    /// Whether a rule has a pattern with a `*` within a label, or one for a whole scheme.
    has_starred: bool,
}

/// How an entry stands somewhere, the scheme, the domain, and the port where that matters.
type Key<'a> = (Standing, &'a str, &'a str, Port<'a>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Standing {
    /// A pattern with subdomains, of any rule, by its tail.
    Wild,
    /// The first pattern of each rule at a tail.
    At,
    /// The same, by each end of the tail that is that of a pattern with subdomains.
    Below,
    /// A host, by the domain directly above; a pattern with subdomains, by its own.
    Host,
    Subdomains,
    /// A pattern with a `*` within a label, by the domain directly above, and by each end of that as before.
    WithinLabel,
    BelowLabel,
    /// One for a whole scheme, and the first of each rule, whatever it is.
    Whole,
    Scheme,
}

impl<'a> Meetings<'a> {
    pub(super) fn new(sides: &'a [Side<'a>]) -> Self {
        let mut new = Self { table: HashMap::new(), earlier: Vec::new(), has_starred: false };
        for side in sides {
            for entry in &side.entries {
                new.has_starred |= !entry.is_under_tail();
                if entry.pattern.is_star(Star::Labels) {
                    new.add_first(entry, Standing::Wild, entry.place.tail, Port::Either);
                }
            }
        }
        new
    }

    /// Writes for each of the earlier rules why the next one meets it, if it does; then it is one of them.
    pub(super) fn next(&mut self, side: &'a Side<'a>, met: &mut Vec<Option<Meeting<'a>>>) {
        met.clear();
        met.resize_with(self.earlier.len(), || None);
        for entry in &side.entries {
            self.look_up(entry, met);
        }
        for (earlier, meeting) in self.earlier.iter().zip(met) {
            if meeting.is_none() && earlier.meets_openly(side) {
                *meeting = Some(Meeting::Open);
            }
        }
        for entry in &side.entries {
            self.enter(entry);
        }
        self.earlier.push(side);
    }

    /// Looks for the earlier rules that one pattern of the next rule meets, but for those that are met.
    fn look_up(&self, entry: &'a Entry<'a>, met: &mut [Option<Meeting<'a>>]) {
        for other in self.at_tail(entry) {
            if let Some(meeting @ None) = met.get_mut(other.index) {
                *meeting = Some(Meeting::OfPatterns(other, entry));
            }
        }
        for other in self.starred(entry) {
            if let Some(meeting @ None) = met.get_mut(other.index) {
                *meeting = matched_sample(other, entry).map(Meeting::At);
            }
        }
    }

    /// The entries under the same tail, under a shorter one, or under a longer one.
    fn at_tail(&self, entry: &Entry<'a>) -> Vec<&'a Entry<'a>> {
        let mut found = Vec::new();
        if !entry.is_under_tail() {
            return found;
        }
        let (scheme, place) = (entry.pattern.scheme(), entry.place);
        let wild_ends = self.wild_ends(scheme, place.tail);
        let ports: &[Port<'_>] = match place.port {
            Port::Any => &[Port::Either],
            port => &[port, Port::Any],
        };
        for &port in ports {
            let mut find = |standing, domain| {
                found.extend_from_slice(self.get((standing, scheme, domain, port)));
            };
            for &end in &wild_ends {
                find(Standing::At, end);
            }
            find(Standing::At, place.tail);
            if entry.pattern.is_star(Star::Labels) {
                find(Standing::Below, place.tail);
            }
        }
        found
    }

    /// The entries that may meet this one, where one of both has a `*` within a label or is for a whole scheme.
    fn starred(&self, entry: &Entry<'a>) -> Vec<&'a Entry<'a>> {
        let mut found = Vec::new();
        if !self.has_starred {
            return found;
        }
        let (scheme, above) = (entry.pattern.scheme(), above(entry.pattern));
        let mut find = |standing, domain| {
            for other in self.get((standing, scheme, domain, Port::Either)) {
                if entry.may_meet(other) {
                    found.push(*other);
                }
            }
        };
        match entry.pattern.star() {
            None => find(Standing::WithinLabel, above),
            Some(Star::Labels) => find(Standing::BelowLabel, above),
            Some(Star::Characters) => {
                find(Standing::Host, above);
                find(Standing::WithinLabel, above);
                for end in self.wild_ends(scheme, above) {
                    find(Standing::Subdomains, end);
                }
            }
            Some(Star::Everything) => find(Standing::Scheme, ""),
        }
        if !entry.pattern.is_star(Star::Everything) {
            find(Standing::Whole, "");
        }
        found
    }

    fn enter(&mut self, entry: &'a Entry<'a>) {
        let (scheme, tail) = (entry.pattern.scheme(), entry.place.tail);
        if entry.is_under_tail() {
            let wild_ends = self.wild_ends(scheme, tail);
            for port in [entry.place.port, Port::Either] {
                self.add_first(entry, Standing::At, tail, port);
                for &end in &wild_ends {
                    self.add_first(entry, Standing::Below, end, port);
                }
            }
        }
        if !self.has_starred {
            return;
        }
        self.add_first(entry, Standing::Scheme, "", Port::Either);
        let above = above(entry.pattern);
        match entry.pattern.star() {
            None => self.add(entry, Standing::Host, above),
            Some(Star::Labels) => self.add(entry, Standing::Subdomains, above),
            Some(Star::Everything) => self.add(entry, Standing::Whole, ""),
            Some(Star::Characters) => {
                self.add(entry, Standing::WithinLabel, above);
                for end in self.wild_ends(scheme, above) {
                    self.add(entry, Standing::BelowLabel, end);
                }
            }
        }
    }

    fn add(&mut self, entry: &'a Entry<'a>, standing: Standing, domain: &'a str) {
        let key = (standing, entry.pattern.scheme(), domain, Port::Either);
        self.table.entry(key).or_default().push(entry);
    }

    /// The same, unless another pattern of the rule stands there.
    fn add_first(
        &mut self,
        entry: &'a Entry<'a>,
        standing: Standing,
        domain: &'a str,
        port: Port<'a>,
    ) {
        let key = (standing, entry.pattern.scheme(), domain, port);
        let entries = self.table.entry(key).or_default();
        if entries.last().is_none_or(|last| last.index != entry.index) {
            entries.push(entry);
        }
    }

    fn get(&self, key: Key<'a>) -> &[&'a Entry<'a>] {
        self.table.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The ends of a domain that are tails of patterns with subdomains.
    fn wild_ends(&self, scheme: &'a str, domain: &'a str) -> Vec<&'a str> {
        let is_wild =
            |end: &&'a str| !self.get((Standing::Wild, scheme, end, Port::Either)).is_empty();
        ends(domain).filter(is_wild).collect()
    }
}
