//! The names of one preflight, as several rules are asked about them.

use http::HeaderMap;

use super::super::decision::Denial;
use super::{Names, Refusal};

/// What rules have denied of the names that a preflight asks for.
///
/// A list is read as a whole by one rule. The next one reads it if it allows the names that stopped those before it, and none
/// does where no rule can allow the list. So what a long list costs hardly grows with the number of rules.
pub(crate) struct Asked<'a> {
    headers: &'a HeaderMap,
    /// The last of them; an empty text is none.
    denied: [&'a [u8]; 4],
    next: usize,
    /// Whether the list is over its bounds, or has what is no name.
    is_hopeless: bool,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        Self { headers, denied: [&[]; 4], next: 0, is_hopeless: false }
    }

    /// Whether a rule with these names cannot allow the list, and so comes no nearer to that than those before it.
    pub(crate) fn are_denied_by(&self, names: &Names) -> bool {
        self.is_hopeless || self.denied.iter().any(|name| !name.is_empty() && !names.allows(name))
    }

    /// Keeps what has stopped a rule with these names.
    pub(crate) fn keep(&mut self, names: &Names, refusal: Refusal<'_>) {
        match refusal.denial {
            Denial::HeaderListTooLong => self.is_hopeless = true,
            Denial::HeaderNotAllowed => {
                let mut first = None;
                let told = names.tell_apart(self.headers, |name, is_allowed| {
                    if !is_allowed {
                        first = first.or(Some(name));
                    }
                });
                self.is_hopeless |= told.is_none();
                if let (Some(first), Some(place)) = (first, self.denied.get_mut(self.next)) {
                    *place = first;
                    self.next = (self.next + 1) % self.denied.len();
                }
            }
            _ => {}
        }
    }
}
