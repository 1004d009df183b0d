//! Who is told of decisions: [`CorsLayer::observe`](crate::CorsLayer::observe), and observers for logs and metrics.
//!
//! ```
//! use tower_cors::{CorsLayer, Policy};
//!
//! let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
//! let layer = CorsLayer::new(policy).observe(|observation| {
//!     if observation.decision().denial().is_some() {
//!         eprintln!("{}", observation.explain());
//!     }
//! });
//! # Ok::<(), tower_cors::PolicyErrors>(())
//! ```
//!
//! `to_tracing` (feature `tracing`) writes a log of denials, `to_metrics` (feature `metrics`) counts them; a
//! layer takes several observers.

#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "tracing")]
mod tracing;

use std::fmt;

#[cfg(feature = "metrics")]
pub use self::metrics::to_metrics;
#[cfg(feature = "tracing")]
pub use self::tracing::to_tracing;
use crate::policy::Decision;
use crate::request::RequestHead;
use crate::review::Explanation;

/// What an observer is told of one request.
///
/// It borrows, so an observer copies what it keeps. It is told before the inner service is called.
#[derive(Clone, Copy)]
pub struct Observation<'a> {
    pub(crate) head: RequestHead<'a>,
    pub(crate) decision: &'a Decision,
    pub(crate) outcome: Outcome,
    pub(crate) candidate: Option<&'a Observation<'a>>,
    pub(crate) explain: &'a dyn Fn() -> Explanation,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing speaks against it.
    Allowed,
    /// The policy denies it: a preflight is answered so that the browser does not go on; any other request runs,
    /// and its browser keeps the response from the page.
    Denied,
    /// The server refuses it, by [`Enforcement`](crate::Enforcement): it does not run.
    Refused,
    /// The layer leaves it to the inner service.
    LeftAlone,
}

impl<'a> Observation<'a> {
    /// The head of the request, as the layer got it.
    #[must_use]
    pub fn head(&self) -> RequestHead<'a> {
        self.head
    }

    /// The decision on the request.
    pub fn decision(&self) -> &'a Decision {
        self.decision
    }

    /// What becomes of the request.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The same for the candidate of [`CorsLayer::report_only`](crate::CorsLayer::report_only), where it decides
    /// differently; nothing where it agrees, or there is none.
    #[must_use]
    pub fn candidate(&self) -> Option<&'a Observation<'a>> {
        self.candidate
    }

    /// Explains the decision. It is made now, by asking once more: of a `Reload` handle that was swapped in the
    /// meantime, the new policy.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        (self.explain)()
    }
}

impl Outcome {
    /// A name that stays the same, for logs and metrics: `allowed`, `denied`, `refused`, `left-alone`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Refused => "refused",
            Self::LeftAlone => "left-alone",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::LeftAlone => "left alone",
            other => other.as_str(),
        })
    }
}

impl fmt::Debug for Observation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Observation");
        debug.field("head", &self.head).field("decision", self.decision);
        debug.field("outcome", &self.outcome).field("candidate", &self.candidate);
        debug.finish_non_exhaustive()
    }
}
