//! Which policy answers a request.

#[cfg(feature = "reload")]
mod reload;
mod resolver;
#[cfg(feature = "routes")]
mod routes;

#[cfg(feature = "reload")]
pub use self::reload::Reload;
pub use self::resolver::{Resolver, ResolverFuture};
#[cfg(feature = "routes")]
pub use self::routes::{RouteError, RouteErrors, Routes, RoutesBuilder};
use crate::policy::Policy;
use crate::request::RequestHead;

/// Where a layer finds the policy for a request: a [`Policy`] itself, `Routes`, a `Reload` handle, or
/// a [`Resolver`]. No other type can be one.
pub trait PolicySource: Clone + sealed::Sealed {}

impl PolicySource for Policy {}

impl sealed::Sealed for Policy {}

impl sealed::Find for Policy {
    const DYNAMIC: bool = false;

    fn with_policy<T>(
        &self,
        _head: RequestHead<'_>,
        decide: impl FnOnce(Option<&Policy>) -> T,
    ) -> T {
        decide(Some(self))
    }
}

pub(crate) mod sealed {
    use super::{Policy, RequestHead};

    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub trait Sealed {}

    /// A source that has the policy at once.
    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub trait Find: super::PolicySource {
        /// Whether the choice depends on more of the request than what is in a cache's key.
        const DYNAMIC: bool;

        /// Calls `decide` with the policy for the request, if there is one.
        fn with_policy<T>(
            &self,
            head: RequestHead<'_>,
            decide: impl FnOnce(Option<&Policy>) -> T,
        ) -> T;
    }
}
