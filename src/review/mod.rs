//! What a person asks of a policy: it reads compiled policies, and asks the code that decides.

mod lint;

pub use self::lint::{Finding, Findings, Lint, Severity, UnknownLint};
#[cfg(feature = "serde")]
pub(crate) use self::lint::{lint_of, message_of};
