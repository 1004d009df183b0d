//! One pattern of a rule, and what of it can be compared at a glance.

use crate::origin::pattern::{OriginPattern, Star};
use crate::origin::place::{Place, Port, split_label};

/// One of the patterns of a rule.
pub(super) struct Entry<'a> {
    pub(super) index: usize,
    pub(super) pattern: &'a OriginPattern<'a>,
    /// What of it is written.
    pub(super) host: &'a str,
    /// Every origin of a scheme has any port.
    pub(super) port: Port<'a>,
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
    pub(super) fn new(index: usize, pattern: &'a OriginPattern<'a>) -> Self {
        let Place { tail, mut port } = Place::of(pattern);
        if pattern.is_star(Star::Everything) {
            port = Port::Any;
        }
        let label = match pattern.in_label() {
            Some((start, end, _)) => Label::Within(start, end),
            None if pattern.star().is_some() => Label::Any,
            None => Label::Written(split_label(tail).0),
        };
        Self { index, pattern, host: tail, port, label }
    }

    /// Whether ports and labels leave room for an origin in common, as far as can be told at a glance.
    pub(super) fn may_meet(&self, other: &Self) -> bool {
        self.label.may_meet(other.label)
            && (self.port == other.port || [self.port, other.port].contains(&Port::Any))
    }

    /// What is written of the leading label, before the `*` if it has one.
    pub(super) fn start(&self) -> &'a str {
        match self.label {
            Label::Written(start) | Label::Within(start, _) => start,
            Label::Any => "",
        }
    }

    /// The port, if one is written.
    fn written_port(&self) -> Option<&'a str> {
        match self.port {
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

/// An origin that two patterns have in common, of which the first is the lower one.
pub(super) fn shared_origin(
    lower: &Entry<'_>,
    other: &Entry<'_>,
    matched: &dyn Fn(&String) -> bool,
) -> Option<String> {
    let port = lower.written_port().or(other.written_port());
    let mut own = [lower, other].into_iter().map(|entry| entry.pattern.sample(port));
    own.find(matched)
        .or_else(|| lower.pattern.shared_samples(other.pattern, port).into_iter().find(matched))
}
