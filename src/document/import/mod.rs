//! CORS configurations of other systems, read into policies that are never more open.

mod elsewhere;
#[cfg(feature = "routes")]
mod filters;
mod gateway;
#[cfg(feature = "routes")]
mod http_route;
mod message;
#[cfg(feature = "routes")]
mod resources;
mod s3;
mod warning;
pub(super) mod words;

pub use self::warning::DocumentWarning;
