//! The compiled set of methods.

use crate::safelist::{is_forbidden_method, is_safelisted_method, is_token};

/// The most bytes of a method that is allowed by being any, so that reading it is bounded; the
/// longest registered one, `UPDATEREDIRECTREF`, has 17.
pub(crate) const MAX_METHOD: usize = 4096;

/// The methods that a preflight may ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Methods {
    any: bool,
    /// Sorted, none safelisted.
    listed: Vec<Box<str>>,
}

impl Methods {
    /// Compiles methods that were judged before.
    pub(crate) fn new<'a>(any: bool, methods: impl Iterator<Item = &'a str>) -> Self {
        let mut listed: Vec<Box<str>> = methods
            .filter(|method| !is_safelisted_method(method.as_bytes()))
            .map(Box::from)
            .collect();
        listed.sort_unstable();
        listed.dedup();
        Self { any, listed }
    }

    pub(crate) fn is_any(&self) -> bool {
        self.any
    }

    /// Whether a preflight for the method succeeds. Methods are case-sensitive.
    pub(crate) fn allows(&self, method: &[u8]) -> bool {
        is_safelisted_method(method)
            || self.listed.binary_search_by(|listed| listed.as_bytes().cmp(method)).is_ok()
            || self.any
                && method.len() <= MAX_METHOD
                && is_token(method)
                && !is_forbidden_method(method)
    }
}
