//! Origins that stand for all that a pattern matches.

use super::pattern::{OriginPattern, Star};
use super::syntax::{MAX_HOST, MAX_LABEL};

impl OriginPattern<'_> {
    /// One of the origins that the pattern stands for: with the port, if it is for any.
    pub(crate) fn sample(&self, port: Option<&str>) -> String {
        let (start, end) = self.split_text();
        // A pattern leaves room for one letter.
        let letter = if self.star().is_some() { "a" } else { "" };
        self.with_port(format!("{start}{letter}{end}"), port)
    }

    /// Of two patterns with a `*` within a label, origins that both may stand for, where neither one's
    /// sample tells: one has more before its `*`, and the other more behind it.
    pub(crate) fn shared_samples(&self, other: &Self, port: Option<&str>) -> Vec<String> {
        let Some((start, end)) = self.both_ends(other) else {
            return Vec::new();
        };
        let (_, behind, own_port) = self.behind_star();
        let in_full = |start: &str, end: &str| {
            self.with_port(format!("{start}{end}{behind}{own_port}"), port)
        };
        let label = start.len() - self.host_start() + "a".len() + end.len();
        if label <= MAX_LABEL && label + behind.len() <= MAX_HOST {
            return vec![in_full(start, &format!("a{end}"))];
        }
        // There is no room for a letter between them. They may overlap.
        let overlaps = (0..=end.len()).filter_map(|len| end.split_at_checked(len));
        let overlaps = overlaps.filter(|(shared, _)| start.ends_with(shared));
        overlaps.map(|(_, rest)| in_full(start, rest)).collect()
    }

    /// What both have before the `*`, and behind it in the label.
    fn both_ends<'a>(&'a self, other: &'a Self) -> Option<(&'a str, &'a str)> {
        if !(self.is_star(Star::Characters) && other.is_star(Star::Characters)) {
            return None;
        }
        let ((start, _), (other_start, _)) = (self.split_text(), other.split_text());
        let (end, behind, _) = self.behind_star();
        let (other_end, other_behind, _) = other.behind_star();
        let is_mixed = (start.len() < other_start.len()) != (end.len() < other_end.len());
        if behind != other_behind || !is_mixed {
            return None;
        }
        let start = longer([start, other_start], |long, short| long.starts_with(short))?;
        let end = longer([end, other_end], |long, short| long.ends_with(short))?;
        Some((start, end))
    }

    fn with_port(&self, origin: String, port: Option<&str>) -> String {
        match port.filter(|_| self.has_any_port()) {
            Some(port) => format!("{origin}:{port}"),
            None => origin,
        }
    }
}

/// The longer of two texts, if it includes the other.
fn longer(texts: [&str; 2], includes: fn(&str, &str) -> bool) -> Option<&str> {
    let [one, two] = texts;
    let (long, short) = if one.len() < two.len() { (two, one) } else { (one, two) };
    includes(long, short).then_some(long)
}
