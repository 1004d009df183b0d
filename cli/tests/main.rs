//! The tool as a process: its text, its JSON, and its exit status.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

mod audit;
mod check;
mod convert;
mod curl;
mod diff;
mod explain;
mod har;
mod pages;
mod probe;
mod program;
mod serve;
mod server;
mod shell;
mod terminal;
