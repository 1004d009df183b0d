//! The compiled set of methods.

use std::iter;

use http::Method;

use crate::safelist::{STANDARD_METHODS, is_forbidden_method, is_safelisted_method, is_token};

/// The most bytes of a method that is allowed by being any, so that reading it is bounded; the
/// longest registered one, `UPDATEREDIRECTREF`, has 17.
pub(crate) const MAX_METHOD: usize = 4096;

/// The methods that a preflight may ask for, and whose responses are shared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Methods {
    any: bool,
    /// Whether those listed are all, so that the safelisted ones are no exception.
    only: bool,
    /// Sorted. None is safelisted, unless those listed are all.
    listed: Vec<Box<str>>,
}

impl Methods {
    /// Compiles methods that were judged before, besides the safelisted ones.
    pub(crate) fn new<'a>(any: bool, methods: impl Iterator<Item = &'a str>) -> Self {
        let unsafelisted = methods.filter(|method| !is_safelisted_method(method.as_bytes()));
        Self { any, only: false, listed: sorted(unsafelisted) }
    }

    /// Compiles methods that were judged before, and no others.
    pub(crate) fn only<'a>(methods: impl Iterator<Item = &'a str>) -> Self {
        Self { any: false, only: true, listed: sorted(methods) }
    }

    pub(crate) fn is_any(&self) -> bool {
        self.any
    }

    /// Whether those listed are all.
    #[cfg(feature = "serde")]
    pub(crate) fn are_only(&self) -> bool {
        self.only
    }

    /// What compiles into the same set.
    pub(crate) fn written(&self) -> Vec<String> {
        let any = self.any.then(|| "*".to_owned());
        any.into_iter().chain(self.listed.iter().map(ToString::to_string)).collect()
    }

    /// Whether a preflight for the method succeeds. Methods are case-sensitive.
    pub(crate) fn allows(&self, method: &[u8]) -> bool {
        !self.only && is_safelisted_method(method)
            || self.lists(method)
            || self.any
                && method.len() <= MAX_METHOD
                && is_token(method)
                && !is_forbidden_method(method)
    }

    /// Whether responses to every method are shared.
    pub(crate) fn share_all(&self) -> bool {
        !self.only
    }

    /// Whether responses to the method are shared. An extended CONNECT opens a WebSocket, as GET does
    /// over HTTP/1.1, and a page has no other: <https://www.rfc-editor.org/rfc/rfc8441#section-5>
    pub(crate) fn shares(&self, method: &Method) -> bool {
        self.share_all() || self.lists_method(method)
    }

    /// Apart, so that the usual answer costs no call.
    #[inline(never)]
    fn lists_method(&self, method: &Method) -> bool {
        let method = if *method == Method::CONNECT { &Method::GET } else { method };
        self.lists(method.as_str().as_bytes())
    }

    /// A method whose responses are shared, and which the other set allows.
    pub(crate) fn shared_with<'a>(&'a self, other: &'a Self) -> Option<&'a str> {
        self.shares_with(other).next()
    }

    /// One that this set does not allow besides.
    pub(crate) fn shared_but_not_allowed<'a>(&'a self, other: &'a Self) -> Option<&'a str> {
        self.shares_with(other).find(|method| !self.allows(method.as_bytes()))
    }

    fn shares_with<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> {
        let listed = |one: &'a Self| one.listed.iter().map(|method| &**method);
        let known = STANDARD_METHODS.into_iter().chain(listed(self)).chain(listed(other));
        known.chain(iter::once("ANOTHER")).filter(|method| {
            (!self.only || self.lists(method.as_bytes())) && other.allows(method.as_bytes())
        })
    }

    /// One by one, since policies list few, and two of the same length are rare among them.
    fn lists(&self, method: &[u8]) -> bool {
        self.listed.iter().any(|listed| listed.as_bytes() == method)
    }
}

fn sorted<'a>(methods: impl Iterator<Item = &'a str>) -> Vec<Box<str>> {
    let mut methods: Vec<Box<str>> = methods.map(Box::from).collect();
    methods.sort_unstable();
    methods.dedup();
    methods
}
