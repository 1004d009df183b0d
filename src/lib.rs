//! Tower middleware for Cross-Origin Resource Sharing (CORS).

mod builder;
mod decision;
#[cfg(feature = "serde")]
mod document;
mod error;
mod layer;
mod methods;
mod names;
mod origin;
mod policy;
mod request;
mod safelist;
mod select;
mod service;
mod vary;

#[cfg(feature = "browser")]
pub mod browser;

pub use builder::PolicyBuilder;
pub use decision::{Decision, Denial};
#[cfg(feature = "serde")]
pub use document::DocumentError;
pub use error::{PolicyError, PolicyErrors};
pub use layer::CorsLayer;
pub use origin::{Origin, OriginFault};
pub use policy::Policy;
pub use request::{RequestHead, RequestKind};
pub use select::PolicySource;
pub use service::{Cors, ResponseFuture};
