//! What a new policy decides differently.
//!
//! [`origins`] finds origins that stand for all others, [`compare`] what the rules of both policies that match
//! one of them decide differently. [`lines`] puts together what is told in one line, and keeps what a request
//! shows. [`paths`] does it for tables of policies.

#[cfg(feature = "routes")]
mod ambiguous;
mod change;
mod claim;
mod compare;
mod covers;
mod lines;
mod origins;
#[cfg(feature = "routes")]
mod paths;
mod policies;
mod text;
mod witness;

use std::fmt;
use std::slice;
use std::vec;

pub use self::change::{Aspect, Change, Direction};
use crate::policy::Policy;

/// What a new policy decides differently, as a reviewer reads it: by what it means, and not by how it is
/// written.
///
/// Its `Display` is a line for each [`Change`], and `no differences` if there is none.
///
/// # What is compared
///
/// Two policies decide a request differently if only one of them allows it; or if both do, but one of them with
/// credentials, with other exposed headers, or with another max-age. For each such request there is a change
/// that [covers](Change::covers) it, and for each change but those that say that they could not tell, there is a
/// request that [shows](Change::witness) it.
///
/// It is no difference which of several rules answers, for what reason a request is denied, what `Vary` says, or
/// whether an allowed preflight is answered with `*` or with what was asked for. Nor is what browsers do not
/// send: several `Origin` lines.
///
#[cfg_attr(
    feature = "routes",
    doc = "A path that [can be read as more than one](crate::Routes#paths-that-can-be-read-as-more-than-one), such as"
)]
#[cfg_attr(not(feature = "routes"), doc = "A path that can be read as more than one, such as")]
/// `//x` or `/x;a`, may have something in one table and nothing in the other one. That has
/// [lines of its own](Aspect::AmbiguousPaths), which cover every path that can be read as more than one. It is
/// tried with some of these paths for each route. They differ from the route in each way that makes a difference
/// to others, but not in all of them at once: so a path that differs in several ways, in tables where no simpler
/// one does, may be missed.
///
/// # Openings
///
/// What a reviewer must not miss is marked as an opening. It is an opening if there is newly
///
/// - an origin that strangers may have, or whose pages they may change: any origin; a pattern with a `*`, for a
///   domain, within a label, for a scheme or for the port; `null`; `file://`; `http`. Loopback is no such
///   origin;
/// - any method, any request header, or any exposed header, for whomever;
/// - credentials, for whomever, an exact origin that is newly admitted with them included;
/// - a path that is left alone, since the CORS of what is behind the layer passes;
/// - a predicate, or one that may admit more than before, since nobody can tell whom it admits;
/// - more than could be compared.
///
/// Methods and headers that are listed by name, and `https` origins that are written out, are no openings without
/// credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff(Vec<Change>);

impl Policy {
    /// What a new policy decides differently from this one, the old one.
    ///
    #[cfg_attr(feature = "public-suffix", doc = "```")]
    #[cfg_attr(not(feature = "public-suffix"), doc = "```ignore")]
    /// use tower_cors::Policy;
    ///
    /// let old = Policy::builder()
    ///     .allow_origins(["https://app.example", "https://shop.partner.example"])
    ///     .allow_credentials(true)
    ///     .build()?;
    /// let new = Policy::builder()
    ///     .allow_origins(["https://app.example", "https://*.partner.example"])
    ///     .allow_credentials(true)
    ///     .allow_methods(["PUT"])
    ///     .build()?;
    ///
    /// let diff = old.diff(&new);
    /// assert!(diff.opens());
    /// assert_eq!(
    ///     diff.to_string(),
    ///     "+ newly admits https://*.partner.example, with credentials (opening)\n\
    ///      + newly allows the method PUT"
    /// );
    /// # Ok::<(), tower_cors::PolicyErrors>(())
    /// ```
    ///
    /// What it costs grows with the number of origins, not with its square: two lists of 10,000 take a few
    /// hundredths of a second. Where very many patterns meet, they are not compared, and one change says so.
    #[must_use]
    pub fn diff(&self, new: &Self) -> Diff {
        Diff::new(policies::changes(self, new))
    }
}

impl Diff {
    fn new(mut changes: Vec<Change>) -> Self {
        changes.sort_by_key(|change| (change.aspect(), change.direction()));
        Self(changes)
    }

    /// The changes: first what has changed about whole paths, then origins, credentials, methods, names, and the
    /// rest.
    pub fn iter(&self) -> slice::Iter<'_, Change> {
        self.0.iter()
    }

    /// How many changes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no request is decided differently.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any change is an [opening](Self#openings).
    #[must_use]
    pub fn opens(&self) -> bool {
        self.iter().any(Change::is_opening)
    }
}

impl<'a> IntoIterator for &'a Diff {
    type Item = &'a Change;
    type IntoIter = slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diff {
    type Item = Change;
    type IntoIter = vec::IntoIter<Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, change) in self.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{change}")?;
        }
        if self.is_empty() { f.write_str("no differences") } else { Ok(()) }
    }
}
