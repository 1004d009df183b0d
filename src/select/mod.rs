//! Which policy answers a request.

#[cfg(feature = "reload")]
mod reload;
mod resolver;
#[cfg(feature = "routes")]
pub(crate) mod routes;

#[cfg(feature = "reload")]
pub use self::reload::Reload;
pub(crate) use self::resolver::Resolved;
pub use self::resolver::Resolver;
#[cfg(feature = "export")]
pub(crate) use self::routes::pattern::{Pattern as RoutePattern, Segment, Wildcard};
#[cfg(feature = "routes")]
pub use self::routes::{Route, RouteError, RouteErrors, RouteFault, Routes, RoutesBuilder};
use self::sealed::{Choice, Seal};
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
pub trait PolicySource: Clone + Send + Sync + 'static + sealed::Choose {}

/// What a layer can be made of that enforces: a [`PolicySource`], or a [`Resolver`]. No other type can be one.
///
/// It is the bound of [`CorsLayer::enforce`](crate::CorsLayer::enforce), for helpers that are generic over all
/// of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a source of policies nor a resolver",
    note = "a `Policy`, `Routes`, `Reload` and `Resolver` are"
)]
pub trait Enforceable: sealed::Judge {}

impl<P: sealed::Judge> Enforceable for P {}

impl PolicySource for Policy {}

impl sealed::Choose for Policy {
    #[inline]
    fn choose<T>(
        &self,
        _seal: Seal,
        _head: RequestHead<'_>,
        decide: impl FnOnce(Choice<'_>) -> T,
    ) -> T {
        decide(Choice::Policy(self))
    }
}

impl sealed::Judge for Policy {
    fn admits_everybody(&self, _seal: Seal) -> bool {
        self.admits_everybody()
    }
}

pub(crate) mod sealed {
    use super::{Policy, RequestHead};
    use crate::policy::Denial;

    /// What a source has for a request.
    #[derive(Debug)]
    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub enum Choice<'a> {
        /// A policy.
        Policy(&'a Policy),
        /// No CORS: what the denial is of everything but plain requests.
        NoCors(Denial),
        /// The request is none of the layer's business.
        LeftAlone,
    }

    /// What it takes to ask a source; only this crate can make one.
    #[derive(Debug)]
    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub struct Seal;

    /// Chooses the policy for a request.
    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub trait Choose: Judge {
        /// Whether the choice depends on more of the request than what is in a cache's key, as its path is.
        fn is_dynamic(_seal: Seal) -> bool {
            false
        }

        /// Calls `decide` with what there is for the request.
        fn choose<T>(
            &self,
            seal: Seal,
            head: RequestHead<'_>,
            decide: impl FnOnce(Choice<'_>) -> T,
        ) -> T;

        /// The route that comes nearest to a path that none takes, and one to add that takes it.
        #[cfg(feature = "review")]
        fn near(&self, _seal: Seal, _path: &str) -> Option<(String, String)> {
            None
        }
    }

    /// Judges a source, or a resolver, before any request.
    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub trait Judge {
        /// Whether no policy of it denies anybody but for credentials, as far as that is known.
        fn admits_everybody(&self, _seal: Seal) -> bool {
            false
        }
    }
}
