//! What a person asks of policies. It asks the code that decides, and decides nothing by itself.

mod diff;

pub use self::diff::{Aspect, Change, Diff, Direction};
