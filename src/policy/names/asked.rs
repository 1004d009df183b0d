//! The names of one preflight, as several rules are asked about them.

use http::HeaderMap;

use super::super::decision::Denial;
use super::{Names, Refusal};

/// What has stopped rules among the names that a preflight asks for.
///
/// A rule that allows a list reads it as a whole. Later rules are skipped if they do not allow a name that stopped an earlier
/// one, or if no rule can allow the list. So a long list is read once, and not once for each rule, unless rules differ in many
/// names.
pub(crate) struct Asked<'a> {
    headers: &'a HeaderMap,
    /// The names that stopped the last rules. A place that is empty is unused.
    denied: [&'a [u8]; 16],
    next: usize,
    /// Whether the list is over its bounds.
    is_too_long: bool,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        Self { headers, denied: [&[]; 16], next: 0, is_too_long: false }
    }

    /// Whether a rule with these names cannot allow the list.
    pub(crate) fn are_denied_by(&self, names: &Names) -> bool {
        let is_denied = |name: &&[u8]| !name.is_empty() && !names.allows(name);
        self.is_too_long || self.denied.iter().any(is_denied)
    }

    /// Keeps what has stopped a rule with these names.
    pub(crate) fn keep(&mut self, names: &Names, refusal: Refusal<'a>) {
        self.is_too_long |= refusal.denial == Denial::HeaderListTooLong;
        if refusal.denial != Denial::HeaderNotAllowed {
            return;
        }
        let denied = match refusal.read {
            Some(read) => Some(read.denied_element()),
            None => self.first_denied_by(names),
        };
        if let (Some(denied), Some(place)) = (denied, self.denied.get_mut(self.next)) {
            *place = denied;
            self.next = (self.next + 1) % self.denied.len();
        }
    }

    /// Of several lines.
    fn first_denied_by(&self, names: &Names) -> Option<&'a [u8]> {
        let mut first = None;
        let is_list = names.tell_apart(self.headers, |name, is_allowed| {
            if !is_allowed {
                first = first.or(Some(name));
            }
        });
        // What is no name is denied by all.
        first.or(is_list.is_none().then_some(b","))
    }
}
