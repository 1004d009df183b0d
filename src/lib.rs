//! Tower middleware for Cross-Origin Resource Sharing (CORS).

#[cfg(feature = "browser")]
pub mod browser;
