//! What two policies decide differently, as lines and as data.

mod random;

use tower_cors::{Policy, PolicyBuilder};
