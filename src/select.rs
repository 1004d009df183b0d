//! Which policy answers a request.

use crate::policy::Policy;
use crate::request::RequestHead;

/// Where a layer finds the policy for a request. The crate's own types implement it, and no other
/// can.
pub trait PolicySource: Clone + Sealed {
    /// Calls `decide` with the policy for the request.
    #[doc(hidden)]
    fn with_policy<T>(&self, head: RequestHead<'_>, decide: impl FnOnce(&Policy) -> T) -> T;
}

impl PolicySource for Policy {
    fn with_policy<T>(&self, _head: RequestHead<'_>, decide: impl FnOnce(&Policy) -> T) -> T {
        decide(self)
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub trait Sealed {}
    impl Sealed for crate::policy::Policy {}
}
use sealed::Sealed;
