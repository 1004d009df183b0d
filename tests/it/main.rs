//! The behaviour of the crate, a file per behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "browser")]
mod browser;
#[cfg(feature = "browser")]
mod browser_fetch;
#[cfg(feature = "browser")]
mod browser_http_cache;
#[cfg(feature = "browser")]
mod browser_messages;
#[cfg(feature = "browser")]
mod browser_observations;
#[cfg(feature = "browser")]
mod browser_preflight;
#[cfg(feature = "browser")]
mod browser_preflight_cache;
#[cfg(feature = "browser")]
mod browser_redirects;
#[cfg(feature = "browser")]
mod browser_request_headers;
#[cfg(feature = "browser")]
mod browser_response;
#[cfg(feature = "browser")]
mod browser_services;
#[cfg(feature = "browser")]
mod browser_vary;
