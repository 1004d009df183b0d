//! The behaviour of the crate, a file per behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod agreement;
mod allocations;
mod api;
mod axum_routing;
#[cfg(feature = "browser")]
mod browser;
mod diagnostics;
#[cfg(all(feature = "diff", feature = "public-suffix"))]
mod diff;
#[cfg(feature = "serde")]
mod documents;
#[cfg(all(feature = "routes", feature = "toml", feature = "yaml"))]
mod documents_formats;
#[cfg(feature = "serde")]
mod documents_gateway;
#[cfg(feature = "serde")]
mod documents_hints;
#[cfg(all(feature = "toml", feature = "yaml", feature = "routes"))]
mod documents_hostile;
#[cfg(all(feature = "routes", feature = "yaml"))]
mod documents_http_route;
#[cfg(all(feature = "serde", feature = "routes"))]
mod documents_round_trip;
#[cfg(feature = "serde")]
mod documents_s3;
#[cfg(all(feature = "schema", feature = "routes"))]
mod documents_schema;
#[cfg(all(feature = "routes", feature = "yaml"))]
mod documents_stream;
mod domains;
#[cfg(all(feature = "reload", feature = "routes"))]
mod enforcement;
mod errors;
mod examples;
#[cfg(all(
    feature = "browser",
    feature = "diff",
    feature = "public-suffix",
    feature = "reload",
    feature = "routes",
    feature = "toml",
    feature = "tracing",
    feature = "yaml"
))]
mod examples_serve;
#[cfg(feature = "browser")]
mod exhaustive;
#[cfg(feature = "review")]
mod explain;
#[cfg(all(feature = "export", feature = "toml", feature = "yaml"))]
mod export;
mod field;
#[cfg(unix)]
mod growth;
mod invariants;
#[cfg(feature = "review")]
mod lint;
mod manifest;
mod messages;
#[cfg(feature = "browser")]
mod migrating;
#[cfg(all(feature = "reload", feature = "review", feature = "routes"))]
mod observe;
mod oracle;
mod origin_set;
mod pains;
mod peer;
mod presets;
#[cfg(feature = "routes")]
mod process;
#[cfg(all(feature = "browser", feature = "export", feature = "toml", feature = "yaml"))]
mod proxies;
mod readme;
#[cfg(feature = "reload")]
mod reload;
mod resolver;
#[cfg(feature = "routes")]
mod routes;
mod rules;
mod security;
mod shown;
mod sockets;
mod suffixes;
#[cfg(all(feature = "routes", feature = "serde"))]
mod systems;
#[cfg(feature = "review")]
mod tables;
mod threads;
mod tower_rules;
mod walk;
mod wire;
mod words;
