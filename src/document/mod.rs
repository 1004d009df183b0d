//! Policies and routes as documents: JSON, TOML, YAML, and back.
//!
//! A text is read into a value, a value into a document, and that is built by the builder; so all
//! formats have the same keys, and all errors are found at once.
//!
//! A document may be a stranger's. So how much is read, how many rules a policy has, how many errors are
//! told, and how much of a value a message shows: each has a bound.

mod error;
mod errors;
#[cfg(feature = "export")]
pub mod export;
mod format;
mod import;
mod lint;
mod locate;
mod model;
mod path;
mod policy;
mod reader;
#[cfg(feature = "routes")]
mod routes;
mod section;
#[cfg(all(feature = "routes", feature = "yaml"))]
mod stream;
#[cfg(feature = "routes")]
mod table;
mod value;
mod write;

pub use self::error::{DocumentError, DocumentErrors};
pub use self::import::DocumentWarning;
pub use self::section::Document;
