//! Origins that stand for all that a pattern matches.

use std::iter;

use super::pattern::OriginPattern;

impl OriginPattern<'_> {
    /// One of the origins that the pattern stands for: with the port, if it is for any.
    pub(crate) fn sample(&self, port: Option<&str>) -> String {
        let (start, end) = self.split_text();
        // A pattern leaves room for one letter.
        let letter = if self.star().is_some() { "a" } else { "" };
        self.with_port(format!("{start}{letter}{end}"), port)
    }

    /// Of two patterns with a `*` within a label, what both may stand for, where neither one's sample tells: one
    /// has more before its `*`, and the other more behind it.
    pub(crate) fn shared_samples(&self, other: &Self, port: Option<&str>) -> Vec<String> {
        let (Some(own), Some(other)) = (self.in_label(), other.in_label()) else {
            return Vec::new();
        };
        let ((own_start, own_end, above), (start, end, _)) = (own, other);
        let start = if start.starts_with(own_start) { start } else { own_start };
        let end = if end.ends_with(own_end) { end } else { own_end };
        // If there is no room for a letter between them, they may overlap.
        let overlaps = (0..=end.len()).filter_map(|len| end.split_at_checked(len));
        let overlaps = overlaps.filter(|(shared, _)| start.ends_with(shared));
        let rests = iter::once(("a", end)).chain(overlaps.map(|(_, rest)| ("", rest)));
        let (scheme, (_, _, own_port)) = (self.scheme(), self.behind_star());
        let in_full = |(letter, rest)| format!("{scheme}://{start}{letter}{rest}{above}{own_port}");
        rests.map(|rest| self.with_port(in_full(rest), port)).collect()
    }

    fn with_port(&self, origin: String, port: Option<&str>) -> String {
        match port.filter(|_| self.has_any_port()) {
            Some(port) => format!("{origin}:{port}"),
            None => origin,
        }
    }
}
