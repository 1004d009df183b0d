//! What a person asks of a policy: why a request is decided as it is.
//!
//! Whatever is asked, the code that decides answers.

mod explain;

pub(crate) use self::explain::Decided;
pub use self::explain::{EnforcementStep, Explanation, Hint, Next};
