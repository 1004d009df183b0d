//! Tower middleware for Cross-Origin Resource Sharing (CORS).
//!
//! A [`Policy`] says which cross-origin requests are allowed. [`CorsLayer`] applies it to any Tower
//! service: it answers preflights, and decorates the responses to all other requests with what the
//! policy says of them.
//!
//! ```
//! use std::time::Duration;
//!
//! use axum::{Router, routing::get};
//! use tower_cors::{CorsLayer, Policy};
//!
//! let policy = Policy::builder()
//!     .allow_origins(["https://app.example.com", "http://localhost:3000"])
//!     .allow_credentials(true)
//!     .allow_methods(["PUT", "DELETE"])
//!     .allow_headers(["content-type", "authorization"])
//!     .expose_headers(["x-request-id"])
//!     .max_age(Duration::from_secs(600))
//!     .build()?; // every error, in one error
//!
//! let app: Router =
//!     Router::new().route("/", get(|| async { "hello" })).layer(CorsLayer::new(policy));
//! # Ok::<(), tower_cors::PolicyErrors>(())
//! ```
//!
//! # What goes on the wire
//!
//! The normative source is the Fetch Standard, <https://fetch.spec.whatwg.org/#http-cors-protocol>.
//! The guide has the answers as a table, on its page `wire`.
//!
//! # Which policy
//!
//! A layer takes a [`PolicySource`]: one [`Policy`], of one rule or of several
//! ([`Policy::from_rules`]); `Routes`, policies by path; `Reload`, a handle that swaps either under
//! load; or a [`Resolver`], an asynchronous function, as for tenants in a database.
//! [`CorsLayer::enforce`] refuses at the server what the policy denies.
//!
//! # Knowing what it does
//!
//! - [`Policy::explain`] says why a request is decided as it is, and what to write to allow it.
//! - [`Policy::lint`] finds what is valid and unwise: entries that have no effect, origins that others can write
//!   into, what pages will miss.
//! - `Policy::diff` says what a new policy newly admits, and what it no longer admits, for whoever reviews the
//!   change.
//! - [`CorsLayer::observe`] tells a function of yours of each decision, and [`CorsLayer::report_only`] tries a policy
//!   beside the one that answers: [`observe`].
//!
//! # Features
//!
//! A feature adds to what can be written. No answer on the wire depends on one.
//!
//! - `public-suffix` (default): tells public suffixes, under which anybody may have a name, from
//!   other domains, by a copy of the [Public Suffix List](https://publicsuffix.org). Without it, credentials for any `*.` pattern, and any pattern with a `*` within a
//!   label, need
//!   [`dangerously_allow_public_suffixes`](PolicyBuilder::dangerously_allow_public_suffixes).
//! - `diff`: `Policy::diff` and `Routes::diff`, what a new policy newly admits.
//! - `routes`: `Routes`, policies by path, in axum's syntax.
//! - `reload`: `Reload`, which swaps a policy while requests are answered.
//! - `serde`: [`Policy`] and `Routes` from JSON and back, and from whatever else `serde` reads; Amazon
//!   S3's and the Kubernetes Gateway API's CORS configurations.
//! - `toml`, `yaml`: the same documents in TOML and YAML.
//! - `schema`: the JSON Schema of the documents.
//! - `tracing`: `observe::to_tracing`, an observer that logs decisions.
//! - `metrics`: `observe::to_metrics`, an observer that counts them.
//! - `browser`: a user agent for tests, which runs a page's `fetch` against any Tower service. It
//!   shares no code with the rest of the crate: it is the other half of the protocol.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
#[cfg(feature = "serde")]
mod document;
mod enforce;
mod error;
mod layer;
mod nearest;
mod origin;
mod policy;
mod request;
mod safelist;
mod select;

#[cfg(feature = "browser")]
pub mod browser;
#[cfg(all(
    feature = "browser",
    feature = "diff",
    feature = "metrics",
    feature = "reload",
    feature = "routes",
    feature = "toml",
    feature = "tracing",
    feature = "yaml"
))]
pub mod guide;
pub mod observe;
pub mod presets;
pub mod review;

pub use builder::{ErrorsIntoIter, ErrorsIter, PolicyBuilder, PolicyError, PolicyErrors, Values};
#[cfg(feature = "serde")]
pub use document::{Document, DocumentError, DocumentErrors, DocumentWarning};
pub use enforce::Enforcement;
pub use error::Error;
pub use layer::{Cors, CorsLayer, ResolverFuture, ResponseFuture};
pub use origin::{Origin, OriginFault};
pub use policy::{Decision, Denial, Place, Policy, Position};
pub use request::{RequestHead, RequestKind};
#[cfg(feature = "reload")]
pub use select::Reload;
pub use select::Resolver;
pub use select::{Enforceable, PolicySource};
#[cfg(feature = "routes")]
pub use select::{Route, RouteError, RouteErrors, RouteFault, Routes, RoutesBuilder};
