//! Real browsers in front of the crate's layer: Chromium and Firefox do what `Browser` does, and what
//! the policy was meant to let them do.
//!
//! ```sh
//! cargo test --all-features --test browsers
//! ```
//!
//! `agreement.rs` runs every scenario (`scenario.rs`, `generate.rs`) three times: by a reading of its
//! plain data (`meaning.rs`), by `Browser`, and by the real browser over a socket, and compares what
//! script got, what arrived at the server, and what the browser's console says of why a fetch failed (`observed.rs`).
//! `answers/` does so without a policy, for random answers as any server might send them, and `odd.rs` for some
//! that depend on time. `serve_example.rs` opens the page of an example.
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

mod agreement;
mod answers;
mod chromium;
mod cookies;
mod coverage;
mod driver;
mod firefox;
mod generate;
mod meaning;
mod observed;
mod odd;
mod page;
mod process;
mod scenario;
mod serve_example;
mod server;
