//! Which rules have an origin in common, found without comparing the patterns of each rule with those of each other one.
//!
//! Schemes, and under them domains, label by label from the right, are a tree. `https://*.a.example` stands at the node of
//! `a.example`, every origin of a scheme at that of the scheme, and a pattern with a `*` within a label at that of the domain
//! directly above. What two patterns have in common, the lower one stands for. So each looks for others where it stands and
//! above, and no pattern looks below.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use hashbrown::HashMap;

use super::Side;
use super::entry::Entry;
use crate::origin::pattern::Star;
use crate::origin::place::{Port, above};

/// The most patterns with a `*` within a label in a policy of several rules, since each is compared with
/// all others directly under its domain.
pub(super) const MAX_WITHIN_LABEL: usize = 1_000;

/// Why two rules may have an origin in common.
pub(super) enum Meeting<'a> {
    /// These patterns, the lower one first, have one in common, or may have.
    OfPatterns(&'a Entry<'a>, &'a Entry<'a>),
    /// One of the rules matches what nobody listed, or both match opaque origins, or local files.
    Open,
}

/// Asked of two rules, the earlier one first, and of why they may meet. Says whether they need not be asked about again.
pub(super) type Ask<'s, 'a> = &'s mut dyn FnMut(&Side<'a>, &Side<'a>, &Meeting<'a>) -> bool;

/// Asks about the rules that may have an origin in common. Says which of them are settled.
pub(super) fn settle<'a>(sides: &'a [Side<'a>], ask: Ask<'_, 'a>) -> Settled {
    let mut pairs = Pairs { sides, settled: Settled::new(sides.len()), ask };
    let mut tree = Tree::default();
    let entries = || sides.iter().flat_map(|side| &side.entries);
    entries().for_each(|entry| tree.enter(entry));
    entries().for_each(|entry| tree.look_up(entry, &mut pairs));
    for one in sides {
        for two in sides.iter().skip(one.index + 1) {
            if one.meets_openly(two) {
                pairs.ask(one.index, two.index, &Meeting::Open);
            }
        }
    }
    pairs.settled
}

/// For each two rules, whether they are settled.
pub(super) struct Settled(Vec<u8>);

impl Settled {
    fn new(rules: usize) -> Self {
        Self(vec![0; rules * rules.saturating_sub(1) / 2])
    }

    fn settle(&mut self, earlier: usize, later: usize) {
        if let Some(is) = self.0.get_mut(later * later.saturating_sub(1) / 2 + earlier) {
            *is = 1;
        }
    }

    /// Whether an earlier rule and a later one are settled.
    pub(super) fn has(&self, earlier: usize, later: usize) -> bool {
        self.0.get(later * later.saturating_sub(1) / 2 + earlier).is_none_or(|is| *is == 1)
    }
}

struct Pairs<'s, 'a> {
    sides: &'a [Side<'a>],
    settled: Settled,
    ask: Ask<'s, 'a>,
}

impl<'a> Pairs<'_, 'a> {
    /// Whether there is nothing to ask. No rule meets itself.
    fn are_settled(&self, one: usize, two: usize) -> bool {
        one == two || self.settled.has(one.min(two), one.max(two))
    }

    fn ask(&mut self, one: usize, two: usize, meeting: &Meeting<'a>) {
        if self.are_settled(one, two) {
            return;
        }
        let (earlier, later) = (one.min(two), one.max(two));
        let (Some(one), Some(two)) = (self.sides.get(earlier), self.sides.get(later)) else {
            return;
        };
        if (self.ask)(one, two, meeting) {
            self.settled.settle(earlier, later);
        }
    }
}

/// The patterns of all rules.
#[derive(Default)]
struct Tree<'a> {
    steps: HashMap<Step<'a>, usize, RandomState>,
    places: Vec<Place<'a>>,
    labels: RandomState,
}

/// A node, or the patterns that stand somewhere in one way.
#[derive(Default)]
struct Place<'a> {
    /// Each with its rule. None at a node.
    entries: Vec<(usize, &'a Entry<'a>)>,
    /// The rule that was here last.
    visitor: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Step<'a> {
    /// To a node: only where there are patterns for what is below, so that long hosts need no more than short ones.
    Node(Domain<'a>),
    /// To the first pattern of each rule for a host of a scheme, by its port.
    Host(&'a str, &'a str, Port<'a>),
    /// From a node to the first pattern of each rule for all below, by its port.
    Below(usize, Port<'a>),
    /// From a node to every pattern with a `*` within a label directly below, by what stands before the `*`.
    Within(usize, &'a str),
}

/// A domain of a scheme, or, without a name, all of the scheme.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Domain<'a> {
    /// Of the labels so far, from the right, so that no label is hashed again for each domain below.
    hash: u64,
    scheme: &'a str,
    name: Option<&'a str>,
}

impl Hash for Domain<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl<'a> Entry<'a> {
    fn host_step(&self, port: Port<'a>) -> Step<'a> {
        Step::Host(self.pattern.scheme(), self.host, port)
    }
}

/// Whether the leading label of a domain is empty.
fn has_empty_label(domain: &str) -> bool {
    domain.is_empty() || domain.starts_with('.')
}

impl<'a> Tree<'a> {
    fn step(&mut self, step: Step<'a>) -> usize {
        let next = self.places.len();
        let to = *self.steps.entry(step).or_insert(next);
        if to == next {
            self.places.push(Place::default());
        }
        to
    }

    fn node(&self, domain: Domain<'a>) -> Option<usize> {
        self.steps.get(&Step::Node(domain)).copied()
    }

    /// The scheme of a pattern, and the domains down to the one directly above what it stands for.
    fn domains(&self, entry: &Entry<'a>) -> Vec<Domain<'a>> {
        let scheme = entry.pattern.scheme();
        let mut domain = Domain { hash: self.labels.hash_one(scheme), scheme, name: None };
        let mut domains = vec![domain];
        let Some(name) = above(entry.pattern).strip_prefix('.') else { return domains };
        let mut end = name.len();
        for label in name.rsplit('.') {
            let start = end - label.len();
            domain.hash = self.labels.hash_one((domain.hash, label));
            domain.name = name.get(start..);
            domains.push(domain);
            end = start.saturating_sub(1);
        }
        domains
    }

    fn enter(&mut self, entry: &'a Entry<'a>) {
        let port = entry.port;
        let steps = if let Some(star) = entry.pattern.star() {
            let Some(domain) = self.domains(entry).pop() else { return };
            let node = self.step(Step::Node(domain));
            if star == Star::Characters {
                [Some(Step::Within(node, entry.start())), None]
            } else {
                [Some(Step::Below(node, port)), Some(Step::Below(node, Port::Either))]
            }
        } else {
            [port, Port::Either].map(|port| Some(entry.host_step(port)))
        };
        for step in steps.into_iter().flatten() {
            let at = self.step(step);
            let Some(place) = self.places.get_mut(at) else { continue };
            let is_first = place.entries.last().is_none_or(|(rule, _)| *rule != entry.index);
            if is_first || matches!(step, Step::Within(..)) {
                place.entries.push((entry.index, entry));
            }
        }
    }

    /// Asks about the rules that one pattern meets where it stands and above.
    fn look_up(&mut self, entry: &'a Entry<'a>, pairs: &mut Pairs<'_, 'a>) {
        let (mut nodes, mut last) = (Vec::new(), None);
        for domain in self.domains(entry) {
            // A `*` stands for no empty label, but for that of a whole scheme.
            if domain.name.is_some_and(has_empty_label) {
                nodes.retain(|(_, is_scheme)| *is_scheme);
            }
            last = self.node(domain);
            nodes.extend(last.map(|node| (node, domain.name.is_none())));
        }
        if entry.pattern.star().is_none() {
            if has_empty_label(entry.host) {
                nodes.retain(|(_, is_scheme)| *is_scheme);
            }
            self.visit(|port| entry.host_step(port), entry, pairs);
        }
        if let Some(node) = last {
            self.compare(node, entry, pairs);
        }
        while let Some((node, _)) = nodes.pop() {
            // Where the rule was before, it went on from there.
            if self.visit(|port| Step::Below(node, port), entry, pairs) {
                break;
            }
        }
    }

    /// Asks about the rules that have patterns there for a port of this one. Says whether its rule looked there before for the
    /// same port.
    fn visit(
        &mut self,
        step: impl Fn(Port<'a>) -> Step<'a>,
        entry: &'a Entry<'a>,
        pairs: &mut Pairs<'_, 'a>,
    ) -> bool {
        if entry.port == Port::Any {
            return self.ask(step(Port::Either), entry, pairs);
        }
        self.ask(step(Port::Any), entry, pairs);
        self.ask(step(entry.port), entry, pairs)
    }

    fn ask(&mut self, step: Step<'a>, entry: &'a Entry<'a>, pairs: &mut Pairs<'_, 'a>) -> bool {
        let at = self.steps.get(&step).copied();
        let Some(place) = at.and_then(|at| self.places.get_mut(at)) else { return false };
        let was_here = place.visitor == Some(entry.index);
        place.visitor = Some(entry.index);
        for (rule, other) in &place.entries {
            if was_here {
                break;
            }
            pairs.ask(entry.index, *rule, &Meeting::OfPatterns(entry, other));
        }
        was_here
    }

    /// Asks about the rules that have a pattern with a `*` within a label which this one meets, and no more before the `*`.
    fn compare(&self, node: usize, entry: &'a Entry<'a>, pairs: &mut Pairs<'_, 'a>) {
        if !matches!(entry.pattern.star(), None | Some(Star::Characters)) {
            return;
        }
        let mut start = entry.start().chars();
        loop {
            let at = self.steps.get(&Step::Within(node, start.as_str())).copied();
            if let Some(place) = at.and_then(|at| self.places.get(at)) {
                for (rule, other) in &place.entries {
                    if !pairs.are_settled(entry.index, *rule) && entry.may_meet(other) {
                        pairs.ask(entry.index, *rule, &Meeting::OfPatterns(entry, other));
                    }
                }
            }
            if start.next_back().is_none() {
                break;
            }
        }
    }
}
