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

/// Where a layer finds the policy for a request, at once: a [`Policy`] itself, `Routes`, or a `Reload`
/// handle. No other type can be one. A [`Resolver`], which takes its time, has a constructor of its own,
/// [`CorsLayer::with_resolver`](crate::CorsLayer::with_resolver).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no source of policies",
    note = "a `Policy`, `Routes` and `Reload` are; call `.build()?` on a builder, and give a \
            `Resolver` to `CorsLayer::with_resolver`"
)]
pub trait PolicySource: Clone + sealed::Find {}

impl PolicySource for Policy {}

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
    pub trait Find {
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
