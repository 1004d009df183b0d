//! What a person asks of a policy: why a request is decided as it is ([`Explanation`]), and what in a policy is
//! valid and unwise ([`Lint`]).
//!
//! Whatever is asked, the code that decides answers.

mod explain;
mod lint;

pub(crate) use self::explain::Decided;
pub use self::explain::{EnforcementStep, Explanation, Hint, Next};
pub use self::lint::{Finding, Findings, Lint, Severity, UnknownLint};
#[cfg(feature = "serde")]
pub(crate) use self::lint::{lint_of, message_of};
