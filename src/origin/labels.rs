//! The patterns with a `*` within the leading label, compiled.

use super::strings::{Key, Pairs, StringSet};
use super::syntax;
use crate::sorted::{distinct, sorted};

/// Patterns like `https://pr-*.a.example:8443`, each as the text before its `*` and that behind it.
///
/// Of an origin, the `*` can only stand for characters of the leading label. So a look-up tries, of the
/// lengths that what stands before a `*` has in some pattern, those that the label has room for; and of
/// each start that it finds so, the lengths that what stands behind a `*` has in that label. A label has
/// at most 63 characters, or as many as an origin if its host is opaque, so the number of tries has a bound, however many
/// patterns there are; and mostly there are one or two of each length.
#[derive(Clone, Debug)]
pub(super) struct WithinLabel {
    /// `https://pr-`, of every scheme.
    starts: StringSet,
    /// `.a.example:8443`, `-team.vercel.app`.
    ends: StringSet,
    /// How many characters of the leading label stand before and behind the `*`: each number once.
    start_lengths: Vec<usize>,
    end_lengths: Vec<usize>,
    /// Which of them belong together.
    pairs: Pairs,
}

/// By what is in them. The keys of one are not those of the other.
impl PartialEq for WithinLabel {
    fn eq(&self, other: &Self) -> bool {
        let is_in_other = |(start, end)| {
            let [start, end] = [self.starts.get(start), self.ends.get(end)];
            let start = start.and_then(|it| other.starts.find(it.as_bytes()));
            let end = end.and_then(|it| other.ends.find(it.as_bytes()));
            start.zip(end).is_some_and(|pair| other.pairs.contains(pair))
        };
        self.pairs.len() == other.pairs.len() && self.pairs.all().into_iter().all(is_in_other)
    }
}

impl WithinLabel {
    /// Compiles patterns that are cut where their `*` stood.
    pub(super) fn new(patterns: &[(&str, &str)]) -> Self {
        // Many may be the same. They are folded first, so that few are scanned.
        let (starts, ends) = patterns.iter().copied().unzip();
        let (starts, ends) = (sorted(starts), sorted(ends));
        let start_lengths = lengths(&starts, |start| start.len() - scheme_len(start.as_bytes()));
        let end_lengths = lengths(&ends, |end| label_len(end.as_bytes()));
        let (starts, ends) = (StringSet::new(&starts), StringSet::new(&ends));
        let mut pairs = Vec::new();
        for (start, end) in patterns {
            pairs.extend(starts.find(start.as_bytes()).zip(ends.find(end.as_bytes())));
        }
        Self { starts, ends, start_lengths, end_lengths, pairs: Pairs::new(pairs) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start_lengths.is_empty()
    }

    /// The patterns, each with its `*`, in no order.
    pub(super) fn written(&self) -> Vec<String> {
        let mut written = Vec::new();
        for (start, end) in self.pairs.all() {
            if let (Some(start), Some(end)) = (self.starts.get(start), self.ends.get(end)) {
                written.push([start, "*", end].concat());
            }
        }
        written
    }

    pub(super) fn contains(&self, origin: &[u8]) -> bool {
        let host_start = scheme_len(origin);
        let Some(host) = origin.get(host_start..) else {
            return false;
        };
        let label_end = host_start + label_len(host);
        let places = self.start_lengths.iter().map(|length| host_start + length);
        let is_listed = places.take_while(|place| *place < label_end).any(|place| {
            let start = origin.get(..place).and_then(|start| self.starts.find(start));
            start.is_some_and(|start| self.ends_with(origin, start, place, label_end))
        });
        is_listed && is_sound(origin, host, label_end)
    }

    /// Whether the rest of the label, from a place to its end, has one of the ends that belong to the
    /// start before it, and more.
    fn ends_with(&self, origin: &[u8], start: Key, place: usize, label_end: usize) -> bool {
        let mut lengths = self.end_lengths.iter().take_while(|length| place + **length < label_end);
        lengths.any(|length| {
            let end = origin.get(label_end - length..).and_then(|end| self.ends.find(end));
            end.is_some_and(|end| self.pairs.contains((start, end)))
        })
    }
}

/// The lengths that the texts have by some measure, each once.
fn lengths(texts: &[&str], measure: fn(&str) -> usize) -> Vec<usize> {
    distinct(texts.iter().map(|text| measure(text)))
}

/// Whether the leading label may stand in a serialized origin. The rest is that of a pattern.
fn is_sound(origin: &[u8], host: &[u8], label_end: usize) -> bool {
    let is_web = origin.starts_with(b"http://") || origin.starts_with(b"https://");
    let label = host.get(..label_end + host.len() - origin.len()).unwrap_or_default();
    syntax::are_labels(is_web, label) && (!is_web || syntax::has_room(host))
}

/// The length of the scheme and of what follows it: of `https://`.
pub(super) fn scheme_len(origin: &[u8]) -> usize {
    origin.iter().position(|&byte| byte == b':').map_or(0, |colon| colon + "://".len())
}

/// The length up to the first dot or to the port.
fn label_len(host: &[u8]) -> usize {
    host.iter().position(|byte| matches!(byte, b'.' | b':')).unwrap_or(host.len())
}
