//! A law for each target: what holds of every input, asserted. An input that is not of the target's form gives
//! `None`, and is not kept.
#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a law that is broken panics, and nobody needs its result"
)]

pub mod browser;
pub mod decide;
pub mod document;
pub mod enforce;
pub mod lists;
pub mod origin;
pub mod pattern;
pub mod routes;

#[path = "../../tests/it/documents_s3/bucket.rs"]
mod bucket;
#[path = "../../tests/it/enforcement"]
mod enforcement {
    pub(crate) mod subject;
    pub(crate) mod table;
}
#[path = "../../tests/it/routes/naive.rs"]
mod naive;
#[path = "../../tests/it/oracle/mod.rs"]
mod oracle;
#[path = "../../tests/it/wire/subject.rs"]
mod subject;

mod cached;
mod envoy;
mod export;
mod http_route;
mod import;
mod policy;
mod sent;
mod text;

use libfuzzer_sys::Corpus;

/// What holds of every input.
pub type Law = fn(&[u8]) -> Option<()>;

/// The targets by their names, which are those of the folders of `corpus`.
pub const TARGETS: [(&str, Law); 8] = [
    ("browser", browser::check),
    ("decide", decide::check),
    ("document", document::check),
    ("enforce", enforce::check),
    ("lists", lists::check),
    ("origin", origin::check),
    ("pattern", pattern::check),
    ("routes", routes::check),
];

/// Whether the input is worth to be kept.
pub fn run(law: Law, input: &[u8]) -> Corpus {
    match law(input) {
        Some(()) => Corpus::Keep,
        None => Corpus::Reject,
    }
}
