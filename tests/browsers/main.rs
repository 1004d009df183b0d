//! Real browsers, Chromium and Firefox, in front of the crate's layer.
//!
//! ```sh
//! cargo test --all-features --test browsers
//! ```
//!
//! `serve_example.rs` opens the page of an example.
//!
//! A browser that is not in `PATH` is skipped, and a line says so; with `REQUIRE_BROWSERS=1` that is a
//! failure. Debian has both: `apt-get install chromium-headless-shell firefox-esr`. Nothing but
//! loopback is contacted.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod chromium;
mod driver;
mod firefox;
mod process;
mod serve_example;
