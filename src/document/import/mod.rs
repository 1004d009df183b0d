//! CORS configurations of other systems, read into policies that are never more open.

mod elsewhere;
mod gateway;
#[cfg(feature = "routes")]
mod http_route;
mod s3;
mod warning;

pub use self::warning::DocumentWarning;
