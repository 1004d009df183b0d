//! Who is told of decisions: [`CorsLayer::observe`](crate::CorsLayer::observe), and observers for logs and metrics.
//!
//! ```
//! use tower_cors::{CorsLayer, Policy};
//!
//! let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
//! let layer = CorsLayer::new(policy).observe(|observation| {
//!     if observation.decision().denial().is_some() {
//!         eprintln!("{}", observation.decision());
//!     }
//! });
//! # Ok::<(), tower_cors::PolicyErrors>(())
//! ```
//!
//! `to_tracing` (feature `tracing`) writes a log of denials, and `to_metrics` (feature `metrics`) counts all
//! decisions. A layer takes several observers. With the feature `review`, `Observation::explain` says why, and what to
//! write to allow the request.
//!
//! # What is told
//!
//! An observer is told once of each request that has an `Origin`, and of each that the server refuses, or that the
//! candidate of a report-only layer would refuse. It does not matter who answers: the layer or the inner service.
//! Other requests are not CORS requests, and no observer is told of them. A resolver finds the policy first; then
//! the observers are told.
//!
//! The observers are called before the inner service is, in the order in which they were added. The thread that
//! calls the service calls them too, or the one that polls its future if there is a resolver. So an observer must
//! not block, and a panic of it goes through the service. Predicates (`allow_origins_if`) are called in the same way.
//!
//! What an observer does changes no answer. A layer that has observers takes more time for a request. It does not
//! allocate for it, but an observer may: an explanation is made only when it asks for one, and `to_tracing` and
//! `to_metrics` write texts. A layer without observers takes no time for it.
//!
//! # Report-only
//!
//! [`CorsLayer::report_only`](crate::CorsLayer::report_only) has a candidate asked about each request, beside the
//! policy that answers. Where they differ, [`Observation::candidate`] has the decision of the candidate. They differ
//! if
//!
//! - one of them refuses the request, and the other one does not; or leaves it alone, and the other one does not;
//! - or one allows it, and the other one denies it;
//! - or both deny it for different reasons;
//! - or both allow it, it has cookies, and one of them lets the page use credentials while the other one does not.
//!
//! It is no difference how an answer is written (`*`, or the origin), for how long it is kept, which headers it
//! exposes, or which rule gave it: such a difference is one of the policies, and of every request; `Policy::diff`
//! tells it once. For a request whose response no browser checks, only a refusal is a difference.
//! Such a request has no `Origin`, or its page has the [same origin](Outcome::SameOrigin).
//!
//! ```
//! use tower_cors::{CorsLayer, Policy};
//!
//! let policy = Policy::permissive();
//! let stricter = Policy::builder().allow_origins(["https://app.example"]).build()?;
//! let layer = CorsLayer::new(policy).report_only(stricter).observe(|observation| {
//!     if let Some(candidate) = observation.candidate() {
//!         eprintln!("{}, but the candidate: {}", observation.decision(), candidate.decision());
//!     }
//! });
//! # Ok::<(), tower_cors::PolicyErrors>(())
//! ```

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
#[cfg(feature = "review")]
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
    /// Who is asked once more for an explanation.
    pub(crate) asked: &'a dyn Asked,
}

/// What can be asked once more about a request: the layer that decided on it.
pub(crate) trait Asked: Send + Sync {
    #[cfg(feature = "review")]
    fn explain(&self, head: RequestHead<'_>) -> Explanation;
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The policy allows it, or it is not judged.
    Allowed,
    /// The policy denies it. A preflight is answered so that the browser does not send the request. Any other
    /// request runs, and its browser keeps the response from the page.
    Denied,
    /// The policy denies it, and its page has the origin of the server: it runs, and the page may read the
    /// response, since browsers check only what other origins ask for. The pages of a server send such requests
    /// all the time, and its policy need not name its own origin. The browser says so by
    /// `Sec-Fetch-Site: same-origin`. To a server by plain `http`, unless that is on a
    /// loopback address, it says nothing; then host and port of the `Origin`
    /// count, which are those that the request is for.
    SameOrigin,
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
    /// [differently](self#report-only); `None` where it agrees, or where there is no candidate.
    #[must_use]
    pub fn candidate(&self) -> Option<&'a Observation<'a>> {
        self.candidate
    }

    /// Explains the decision. The explanation is made now, by asking once more. If a `Reload` handle was swapped in
    /// the meantime, it explains what the new policy says.
    #[cfg(feature = "review")]
    #[must_use]
    pub fn explain(&self) -> Explanation {
        self.asked.explain(self.head)
    }
}

impl Outcome {
    /// A name that stays the same, for logs and metrics: `allowed`, `denied`, `same-origin`, `refused`,
    /// `left-alone`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::SameOrigin => "same-origin",
            Self::Refused => "refused",
            Self::LeftAlone => "left-alone",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::SameOrigin => "denied, and not checked by the browser",
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
