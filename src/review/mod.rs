//! What a person asks of a policy: why a request is decided as it is ([`Explanation`]), what in a policy is
//! valid and unwise ([`Lint`]), and what a new policy decides differently ([`Diff`]).
//!
//! Whatever is asked, the code that decides answers.

#[cfg(feature = "diff")]
mod diff;
mod explain;
mod lint;

#[cfg(feature = "diff")]
pub use self::diff::{Aspect, Change, Diff, Direction};
pub(crate) use self::explain::Decided;
pub use self::explain::{EnforcementStep, Explanation, Hint, Next, RuleSays};
pub use self::lint::{Finding, Findings, Lint, Severity, UnknownLint};
#[cfg(feature = "serde")]
pub(crate) use self::lint::{lint_of, message_of};
