//! A policy that can be swapped while requests are answered.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::PolicySource;
use super::sealed::{Choice, Choose, Judge, Seal};
use crate::policy::Policy;
use crate::request::RequestHead;

/// A handle on a policy, or on a whole table of routes, that swaps it while requests are answered.
///
/// Its clones share what is swapped: one goes into the layer, another is kept. Only what was built can
/// be swapped in, so that an error in a new configuration leaves the old one in place. A request is
/// decided on once, by the policy of that moment. Reading takes no lock.
///
/// A swap does not reach what browsers and caches keep. Browsers keep answers to preflights for as long as the
/// old policy's [`max_age`](crate::PolicyBuilder::max_age) says, and caches keep responses while these are fresh.
///
/// ```
/// use tower_cors::{CorsLayer, Policy, Reload};
///
/// let build = |origin: &str| Policy::builder().allow_origins([origin]).build();
/// let policy = Reload::new(build("https://old.example")?);
/// let layer = CorsLayer::new(policy.clone());
///
/// match build("https://new.example/") {
///     Ok(new) => policy.swap(new),
///     Err(errors) => eprintln!("the old policy stays: {errors}"),
/// }
/// # Ok::<(), tower_cors::PolicyErrors>(())
/// ```
///
/// What is swapped in has the type of what was there. Where a new configuration may be one policy or a
/// table of routes, the handle holds `Routes`, and a policy becomes a table in which every path has it:
#[cfg_attr(feature = "routes", doc = "```")]
#[cfg_attr(not(feature = "routes"), doc = "```ignore")]
/// use tower_cors::{CorsLayer, Policy, Reload, Route, Routes};
///
/// let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
/// let routes = Reload::<Routes>::new(policy.clone().into());
/// let layer = CorsLayer::new(routes.clone());
///
/// let new = Routes::builder().route("/internal/{*rest}", Route::NoCors).fallback(policy).build()?;
/// // A file that was written again need not have changed.
/// if routes.current() != new {
///     routes.swap(new);
/// }
/// # Ok::<(), tower_cors::Error>(())
/// ```
pub struct Reload<P = Policy>(Arc<ArcSwap<P>>);

impl<P: PolicySource> Reload<P> {
    /// A handle on a policy.
    pub fn new(policy: P) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(policy)))
    }

    /// Swaps the policy: for all requests that come from now on, to all services with this handle.
    pub fn swap(&self, policy: P) {
        self.0.store(Arc::new(policy));
    }

    /// The policy of this moment.
    #[must_use]
    pub fn current(&self) -> P {
        P::clone(&self.0.load())
    }
}

impl<P: PolicySource> PolicySource for Reload<P> {}

impl<P: PolicySource> Choose for Reload<P> {
    fn choose<T>(
        &self,
        seal: Seal,
        head: RequestHead<'_>,
        decide: impl FnOnce(Choice<'_>) -> T,
    ) -> T {
        self.0.load().choose(seal, head, decide)
    }

    #[cfg(feature = "review")]
    fn near(&self, seal: Seal, path: &str) -> Option<(String, String)> {
        self.0.load().near(seal, path)
    }
}

impl<P: PolicySource> Judge for Reload<P> {
    fn admits_everybody(&self, seal: Seal) -> bool {
        self.0.load().admits_everybody(seal)
    }
}

impl<P> Clone for Reload<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: fmt::Debug> fmt::Debug for Reload<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reload").field(&self.0.load()).finish()
    }
}
