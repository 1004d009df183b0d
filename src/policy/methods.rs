//! The compiled set of methods.

use std::borrow::Cow;
use std::iter;

use http::Method;

use crate::safelist::{STANDARD_METHODS, is_forbidden_method, is_safelisted_method, is_token};
use crate::sorted::{boxed, sorted};

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
    pub(crate) fn new(any: bool, mut methods: Vec<&str>) -> Self {
        methods.retain(|method| !is_safelisted_method(method.as_bytes()));
        Self { any, only: false, ..Self::only(methods) }
    }

    /// Compiles methods that were judged before, and no others.
    pub(crate) fn only(methods: Vec<&str>) -> Self {
        Self { any: false, only: true, listed: boxed(sorted(methods)) }
    }

    pub(crate) fn is_any(&self) -> bool {
        self.any
    }

    /// Whether those listed are all.
    pub(crate) fn are_only(&self) -> bool {
        self.only
    }

    /// What compiles into the same set.
    pub(crate) fn written(&self) -> Vec<String> {
        let any = self.any.then(|| "*".to_owned());
        any.into_iter().chain(self.listed.iter().map(ToString::to_string)).collect()
    }

    /// Whether a preflight for the method succeeds. Methods are case-sensitive.
    #[inline]
    pub(crate) fn allows(&self, method: &[u8]) -> bool {
        !self.only && is_safelisted_method(method)
            || self.lists(method)
            || self.any && Self::could_allow(method)
    }

    /// Whether some policy could allow the method.
    pub(crate) fn could_allow(method: &[u8]) -> bool {
        method.len() <= MAX_METHOD && is_token(method) && !is_forbidden_method(method)
    }

    /// The method as it is allowed, in another case than this.
    pub(crate) fn in_another_case(&self, method: &[u8]) -> Option<&str> {
        let safelisted = ["GET", "HEAD", "POST"].into_iter().filter(|_| !self.only);
        let mut allowed = self.listed.iter().map(|method| &**method).chain(safelisted);
        allowed.find(|allowed| allowed.as_bytes().eq_ignore_ascii_case(method))
    }

    /// Whether a browser that is not told of the method, which is not allowed, goes no further. It does where
    /// the method is safelisted; and none ever asks for one that is forbidden, or is none.
    pub(crate) fn is_looked_for(method: &[u8]) -> bool {
        Self::could_allow(method) && !is_safelisted_method(method)
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

    /// Whether every method that the other set allows is allowed, and shared if the other one shares it.
    pub(crate) fn cover(&self, other: &Self) -> bool {
        let allowed = other.listed.iter().all(|method| self.allows(method.as_bytes()));
        // Without limits the safelisted methods are allowed, and the responses to all methods are shared.
        (self.any || !other.any) && allowed && (self.share_all() || other.only)
    }

    /// A method whose responses are shared, and which the other set allows; if only those are wanted, one that this
    /// set does not allow.
    pub(crate) fn shared_with<'a>(
        &'a self,
        other: &'a Self,
        only_others: bool,
    ) -> Option<Cow<'a, str>> {
        let is_wanted = |method: &Cow<'_, str>| {
            let method = method.as_bytes();
            let is_shared = !self.only || self.lists(method);
            is_shared && other.allows(method) && !(only_others && self.allows(method))
        };
        let listed = self.listed.iter().chain(&other.listed).map(|method| &**method);
        let mut known = STANDARD_METHODS.into_iter().chain(listed).map(Cow::Borrowed);
        known.find(is_wanted).or_else(|| self.listed_by_neither(other).filter(is_wanted))
    }

    /// A method that stands for all that neither set lists.
    fn listed_by_neither(&self, other: &Self) -> Option<Cow<'static, str>> {
        let numbered = (1..).map(|number: u64| Cow::Owned(format!("ANOTHER{number}")));
        let mut others = iter::once(Cow::Borrowed("ANOTHER")).chain(numbered);
        others.find(|method| ![self, other].iter().any(|set| set.lists(method.as_bytes())))
    }

    /// Few one by one, since two of the same length are rare among them.
    #[inline]
    fn lists(&self, method: &[u8]) -> bool {
        const FEW: usize = 16;
        if self.listed.len() > FEW {
            return self.lists_among_many(method);
        }
        self.listed.iter().any(|listed| listed.as_bytes() == method)
    }

    /// Apart, so that few cost less.
    #[inline(never)]
    fn lists_among_many(&self, method: &[u8]) -> bool {
        self.listed.binary_search_by(|listed| listed.as_bytes().cmp(method)).is_ok()
    }
}
