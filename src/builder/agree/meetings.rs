//! Which rules have an origin in common, found without comparing the patterns of each rule with those of each other one.
//!
//! Schemes, and under them domains, label by label from the right, are a tree. A pattern stands at a node of it: a host at its
//! own, `https://*.a.example` at that of `a.example`, every origin of a scheme at that of the scheme, and a pattern with a `*`
//! within a label at that of the domain directly above. What two patterns have in common, the lower one stands for. So each
//! looks for others at its node and at those above, and no pattern looks below.

use std::hash::RandomState;

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
    let (mut tree, mut nodes) = (Tree::default(), Vec::new());
    for side in sides {
        for entry in &side.entries {
            nodes.push(tree.enter(entry));
        }
    }
    let mut nodes = nodes.iter();
    for side in sides {
        for entry in &side.entries {
            if let Some(node) = nodes.next() {
                tree.look_up(*node, entry, &mut pairs);
            }
        }
    }
    for one in sides {
        for two in sides {
            if one.index < two.index && one.meets_openly(two) {
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
    steps: HashMap<(usize, Step<'a>), usize, RandomState>,
    /// The first is behind the first step, since nothing is before it.
    places: Vec<Place<'a>>,
}

/// A node, or the patterns that stand there in one way.
struct Place<'a> {
    from: usize,
    /// Of a node: whether there are patterns for what is below.
    is_starred: bool,
    /// Each with its rule.
    entries: Vec<(usize, &'a Entry<'a>)>,
    /// The rule that was here last.
    visitor: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Step<'a> {
    /// To a scheme, or down to a domain.
    Down(&'a str),
    /// To the first host of each rule, by its port.
    Host(Port<'a>),
    /// To the first pattern of each rule for all below, by its port.
    Below(Port<'a>),
    /// To every pattern with a `*` within a label directly below, by what stands before the `*`.
    Within(&'a str),
}

/// From where a step leads to a scheme.
const OUTSIDE: usize = 0;

impl<'a> Tree<'a> {
    fn step(&mut self, from: usize, step: Step<'a>) -> usize {
        let next = self.places.len() + 1;
        let to = *self.steps.entry((from, step)).or_insert(next);
        if to == next {
            self.places.push(Place { from, is_starred: false, entries: Vec::new(), visitor: None });
        }
        to
    }

    fn place(&mut self, at: usize) -> Option<&mut Place<'a>> {
        self.places.get_mut(at.checked_sub(1)?)
    }

    /// Enters a pattern. Says at which node it stands.
    fn enter(&mut self, entry: &'a Entry<'a>) -> usize {
        let (star, port) = (entry.pattern.star(), entry.port);
        let mut node = self.step(OUTSIDE, Step::Down(entry.pattern.scheme()));
        let domain = match star {
            None => Some(entry.host),
            Some(_) => above(entry.pattern).strip_prefix('.'),
        };
        if let Some(domain) = domain {
            for label in domain.rsplit('.') {
                node = self.step(node, Step::Down(label));
            }
        }
        let steps: &[Step<'a>] = match star {
            None => &[Step::Host(port), Step::Host(Port::Either)],
            Some(Star::Characters) => &[Step::Within(entry.start())],
            Some(Star::Labels | Star::Everything) => {
                &[Step::Below(port), Step::Below(Port::Either)]
            }
        };
        for step in steps {
            let at = self.step(node, *step);
            let Some(place) = self.place(at) else { continue };
            let is_first = place.entries.last().is_none_or(|(rule, _)| *rule != entry.index);
            if is_first || matches!(step, Step::Within(_)) {
                place.entries.push((entry.index, entry));
            }
        }
        if let Some(place) = self.place(node) {
            place.is_starred |= star.is_some();
        }
        node
    }

    /// Asks about the rules that one pattern meets at its node and above.
    fn look_up(&mut self, node: usize, entry: &'a Entry<'a>, pairs: &mut Pairs<'_, 'a>) {
        let mut node = node;
        if entry.pattern.star().is_none() {
            self.visit(node, Step::Host, entry, pairs);
            node = self.place(node).map_or(OUTSIDE, |place| place.from);
        }
        self.compare(node, entry, pairs);
        while let Some(&mut Place { from, is_starred, .. }) = self.place(node) {
            // Where the rule was before, it went on from there.
            if is_starred && self.visit(node, Step::Below, entry, pairs) {
                break;
            }
            node = from;
        }
    }

    /// Asks about the rules that have patterns there for a port of this one. Says whether its rule looked there before for the
    /// same port.
    fn visit(
        &mut self,
        node: usize,
        step: fn(Port<'a>) -> Step<'a>,
        entry: &'a Entry<'a>,
        pairs: &mut Pairs<'_, 'a>,
    ) -> bool {
        if entry.port == Port::Any {
            return self.ask((node, step(Port::Either)), entry, pairs);
        }
        self.ask((node, step(Port::Any)), entry, pairs);
        self.ask((node, step(entry.port)), entry, pairs)
    }

    fn ask(
        &mut self,
        step: (usize, Step<'a>),
        entry: &'a Entry<'a>,
        pairs: &mut Pairs<'_, 'a>,
    ) -> bool {
        let at = self.steps.get(&step).copied();
        let Some(place) = at.and_then(|at| self.place(at)) else { return false };
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
    fn compare(&mut self, node: usize, entry: &'a Entry<'a>, pairs: &mut Pairs<'_, 'a>) {
        let is_starred = self.place(node).is_some_and(|place| place.is_starred);
        if !is_starred || !matches!(entry.pattern.star(), None | Some(Star::Characters)) {
            return;
        }
        let mut start = entry.start().chars();
        loop {
            let at = self.steps.get(&(node, Step::Within(start.as_str()))).copied();
            if let Some(place) = at.and_then(|at| self.place(at)) {
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
