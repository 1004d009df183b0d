//! Which policy answers a request.

use crate::policy::Policy;
use crate::request::RequestHead;

/// Where a layer finds the policy for a request. The crate's own types implement it, and no other
/// can.
pub trait PolicySource: Clone + sealed::Find {}

impl PolicySource for Policy {}

impl sealed::Find for Policy {
    fn with_policy<T>(&self, _head: RequestHead<'_>, decide: impl FnOnce(&Policy) -> T) -> T {
        decide(self)
    }
}

pub(crate) mod sealed {
    use super::{Policy, RequestHead};

    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub trait Find {
        /// Calls `decide` with the policy for the request.
        fn with_policy<T>(&self, head: RequestHead<'_>, decide: impl FnOnce(&Policy) -> T) -> T;
    }
}
