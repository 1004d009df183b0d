//! One pattern of a rule, and what of it can be compared at a glance.

use crate::origin::pattern::{OriginPattern, Star};
use crate::origin::place::{Place, Port, split_label};
use crate::policy::rule::Rule;

/// One of the patterns of a rule.
pub(super) struct Entry<'a> {
    pub(super) index: usize,
    pub(super) rule: &'a Rule,
    pub(super) pattern: &'a OriginPattern<'a>,
    /// Every origin of a scheme has any port.
    pub(super) place: Place<'a>,
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

impl<'a> Entry<'a> {
    pub(super) fn new(index: usize, rule: &'a Rule, pattern: &'a OriginPattern<'a>) -> Self {
        let mut place = Place::of(pattern);
        if pattern.is_star(Star::Everything) {
            place.port = Port::Any;
        }
        let label = match pattern.in_label() {
            Some((start, end, _)) => Label::Within(start, end),
            None if pattern.star().is_some() => Label::Any,
            None => Label::Written(split_label(place.tail).0),
        };
        Self { index, rule, pattern, place, label }
    }

    /// Whether all that the pattern stands for is under one tail, which can be looked up.
    pub(super) fn is_under_tail(&self) -> bool {
        matches!(self.pattern.star(), None | Some(Star::Labels))
    }

    /// Whether ports and labels leave room for an origin in common, as far as can be told at a glance.
    pub(super) fn may_meet(&self, other: &Self) -> bool {
        let (port, other_port) = (self.place.port, other.place.port);
        let ports = port == other_port || [port, other_port].contains(&Port::Any);
        ports && self.label.may_meet(other.label)
    }

    /// The port, if one is written.
    fn port(&self) -> Option<&'a str> {
        match self.place.port {
            Port::Written("") | Port::Any | Port::Either => None,
            Port::Written(port) => Some(port),
        }
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

/// An origin that two patterns have in common, if one of them is under the tail of the other.
pub(super) fn sample(one: &Entry<'_>, two: &Entry<'_>) -> String {
    let closer = if one.place.tail.len() >= two.place.tail.len() { one } else { two };
    closer.pattern.sample(one.port().or(two.port()))
}

/// An origin that both rules match, by patterns of both that may meet.
pub(super) fn matched_sample(one: &Entry<'_>, two: &Entry<'_>) -> Option<String> {
    for port in [None, one.port(), two.port()] {
        let mut samples = vec![one.pattern.sample(port), two.pattern.sample(port)];
        samples.extend(one.pattern.shared_samples(two.pattern, port));
        for origin in samples {
            if one.rule.origins.may_match(&origin) && two.rule.origins.may_match(&origin) {
                return Some(origin);
            }
        }
    }
    None
}
