//! Whatever can be wrong with a configuration, as one type.

use std::error;
use std::fmt;

use crate::builder::PolicyErrors;
#[cfg(feature = "serde")]
use crate::document::DocumentErrors;
#[cfg(feature = "routes")]
use crate::select::RouteErrors;

/// Whatever can be wrong with a configuration: of a policy or a layer, of routes, or of a document.
///
/// `?` turns each of these into it, so that one function can build them all:
///
/// ```
/// use tower_cors::{CorsLayer, Enforcement, Error, Policy};
///
/// fn layer() -> Result<CorsLayer, Error> {
///     let policy = Policy::builder().allow_origins(["https://partner.example"]).build()?;
///     let own = Enforcement::unsafe_requests().own_origins(["https://shop.example"]);
///     Ok(CorsLayer::new(policy).enforce(own)?)
/// }
/// # layer()?;
/// # Ok::<(), Error>(())
/// ```
///
/// Both `Display` and `Debug` print one message a line.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Of a policy, or of a layer.
    Policy(PolicyErrors),
    /// Of a table of routes.
    #[cfg(feature = "routes")]
    Routes(RouteErrors),
    /// Of a document.
    #[cfg(feature = "serde")]
    Document(DocumentErrors),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(errors) => errors.fmt(f),
            #[cfg(feature = "routes")]
            Self::Routes(errors) => errors.fmt(f),
            #[cfg(feature = "serde")]
            Self::Document(errors) => errors.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// It has no source: its message says all.
impl error::Error for Error {}

impl From<PolicyErrors> for Error {
    fn from(errors: PolicyErrors) -> Self {
        Self::Policy(errors)
    }
}

#[cfg(feature = "routes")]
impl From<RouteErrors> for Error {
    fn from(errors: RouteErrors) -> Self {
        Self::Routes(errors)
    }
}

#[cfg(feature = "serde")]
impl From<DocumentErrors> for Error {
    fn from(errors: DocumentErrors) -> Self {
        Self::Document(errors)
    }
}
