//! Which origins stand for all others when two policies are compared.
//!
//! The patterns of both policies cut the space of origins into regions, in each of which every rule of both
//! matches all origins or none. Here each region gets one origin that is in it, and the pattern that it is
//! told by, which may be narrower than any that is written: what `https://*.a.example:*` and
//! `https://*.b.a.example:81` have in common is told as `https://*.b.a.example:81`.

mod index;
mod label;
mod merge;
mod ports;

use std::collections::BTreeSet;

use self::index::Index;
pub(super) use self::merge::without_covered;
use crate::origin::pattern::{OriginPattern, Pattern};
use crate::origin::set::OriginSet;
use crate::policy::Policy;

/// The pattern of every origin.
pub(super) const ANY: &str = "*";
pub(super) const NULL: &str = "null";
pub(super) const FILE: &str = "file://";

/// Some origins, and one that stands for them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Whom {
    /// The pattern that they are told by.
    pub(super) text: String,
    /// The one that stands for them.
    pub(super) origin: String,
}

impl Whom {
    fn exact(origin: &str) -> Self {
        Self { text: origin.to_owned(), origin: origin.to_owned() }
    }
}

/// One origin of each region; nothing if there are too many.
pub(super) fn regions(old: &Policy, new: &Policy) -> Option<Vec<Whom>> {
    let written: BTreeSet<String> =
        old.rules().chain(new.rules()).flat_map(|rule| rule.origins.written()).collect();
    let patterns: Vec<_> = written.iter().filter_map(|text| parse(text)).collect();
    let index = Index::new(&patterns);
    let mut regions = index.regions()?;
    regions.extend([NULL, FILE].map(Whom::exact));
    // Of two schemes, since predicates may not be asked about origins that are insecure.
    for scheme in ["https", "http"] {
        regions.extend(index.stranger(scheme).map(|origin| Whom { text: ANY.to_owned(), origin }));
    }
    Some(regions)
}

/// What is neither any origin nor of an opaque one, nor of local files.
pub(super) fn parse(text: &str) -> Option<OriginPattern<'_>> {
    match Pattern::parse(text) {
        Ok(Pattern::Origins(pattern)) => Some(pattern),
        Ok(Pattern::Any) | Err(_) => None,
    }
}

/// The set of the origins that are told by some patterns, which are not [`ANY`].
pub(super) fn set_of<'a>(texts: impl Iterator<Item = &'a str>) -> OriginSet {
    let mut patterns = Vec::new();
    let mut has_null = false;
    for text in texts {
        match text {
            NULL => has_null = true,
            FILE => patterns.push(OriginPattern::file()),
            _ => patterns.extend(parse(text)),
        }
    }
    OriginSet::new(&patterns, has_null)
}
