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
//! # The guide
//!
//! - [Why is my request blocked?](https://docs.rs/tower-cors/latest/tower_cors/guide/troubleshooting/)
//! - [Where to put the layer](https://docs.rs/tower-cors/latest/tower_cors/guide/placement/)
//! - [Policies for common cases](https://docs.rs/tower-cors/latest/tower_cors/guide/policies/), [by path and per tenant](https://docs.rs/tower-cors/latest/tower_cors/guide/paths/),
//!   [from documents](https://docs.rs/tower-cors/latest/tower_cors/guide/documents/)
//! - [Refusing at the server](https://docs.rs/tower-cors/latest/tower_cors/guide/enforcement/): CORS hides responses from pages, and keeps no
//!   request from your server.
//! - [At the edge](https://docs.rs/tower-cors/latest/tower_cors/guide/edge/): the same policy in Envoy, a gateway, nginx and S3
//! - [Operating](https://docs.rs/tower-cors/latest/tower_cors/guide/operating/), [testing](https://docs.rs/tower-cors/latest/tower_cors/guide/testing/),
//!   [trying a policy in your browser](https://docs.rs/tower-cors/latest/tower_cors/guide/workbench/),
//!   [the tool for the shell](https://docs.rs/tower-cors/latest/tower_cors/guide/tool/)
//! - [What goes on the wire](https://docs.rs/tower-cors/latest/tower_cors/guide/wire/), [what is refused, and why](https://docs.rs/tower-cors/latest/tower_cors/guide/refused/)
//! - [Coming from tower-http and others](https://docs.rs/tower-cors/latest/tower_cors/guide/migrating/)
//!
//! # The types
//!
//! A layer takes a [`PolicySource`]: one [`Policy`], of one rule or of several ([`Policy::from_rules`]);
//! [`Routes`](https://docs.rs/tower-cors/latest/tower_cors/struct.Routes.html), policies by path; or
//! [`Reload`](https://docs.rs/tower-cors/latest/tower_cors/struct.Reload.html), a handle that swaps either while requests are answered. A
//! [`Resolver`] finds the policy by an asynchronous function. [`CorsLayer::enforce`] refuses at the server what the policy
//! denies.
//!
//! To know what a policy does:
//!
//! - [`Policy::decide`] decides on a request, without a server;
//!   [`Policy::explain`](https://docs.rs/tower-cors/latest/tower_cors/struct.Policy.html#method.explain) says why, and what to write to
//!   allow it.
//! - [`Policy::lint`](https://docs.rs/tower-cors/latest/tower_cors/struct.Policy.html#method.lint) warns about settings that work but
//!   are risky or useless.
//! - [`Policy::diff`](https://docs.rs/tower-cors/latest/tower_cors/struct.Policy.html#method.diff) lists what a new policy allows and the old
//!   one did not, and the other way.
//! - [`CorsLayer::observe`] tells a function of yours of each decision, and [`CorsLayer::report_only`] tries a policy
//!   beside the one that answers: [`observe`].
//!
//! # Features
//!
//! Features add functions. The same policy gives the same headers with any of them.
//!
//! | Feature | What it adds | Brings |
//! |---|---|---|
//! | `public-suffix` (default) | It tells public suffixes, under which anybody may have a name, from other domains, by a copy of the [Public Suffix List](https://publicsuffix.org). Without it, credentials for any `*.` pattern, and any pattern with a `*` within a label, need [`dangerously_allow_public_suffixes`](PolicyBuilder::dangerously_allow_public_suffixes) | |
//! | `review` | What a person asks of a policy, in tests and tools more than in servers. `explain` of policies, layers and observations says why a request is decided as it is; `lint` warns | |
//! | `diff` | `Policy::diff` and `Routes::diff`: what a new policy newly admits | `review` |
//! | `routes` | `Routes`: policies by path, in axum's syntax | |
//! | `reload` | `Reload`: swaps a policy while requests are answered | |
//! | `serde` | [`Policy`] and `Routes` from JSON and back, and from whatever else `serde` reads; the CORS configurations of Amazon S3 and of the Kubernetes Gateway API, whole `HTTPRoute`s included | `review` |
//! | `toml`, `yaml` | The same documents in TOML and in YAML | `serde` |
//! | `schema` | The JSON Schema of the documents | `serde` |
//! | `export` | Policies and routes as configurations of Envoy, the Kubernetes Gateway API, nginx and Amazon S3 | `routes`, `serde` |
//! | `tracing` | `observe::to_tracing`: an observer that logs decisions | `review` |
//! | `metrics` | `observe::to_metrics`: an observer that counts them | |
//! | `browser` | `Browser`: a user agent for tests, which runs a page's `fetch` against any Tower service. It decides by code of its own | `review` |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "review"),
    allow(
        dead_code,
        unreachable_pub,
        unused_imports,
        reason = "what only reviews ask of policies"
    )
)]

mod builder;
#[cfg(feature = "serde")]
mod document;
mod enforce;
mod error;
mod layer;
mod nearest;
mod origin;
mod policy;
#[cfg(feature = "browser")]
mod remark;
mod request;
mod safelist;
mod search;
mod select;
mod sorted;

#[cfg(feature = "browser")]
pub mod browser;
#[cfg(all(
    feature = "browser",
    feature = "diff",
    feature = "export",
    feature = "metrics",
    feature = "public-suffix",
    feature = "reload",
    feature = "routes",
    feature = "toml",
    feature = "tracing",
    feature = "yaml"
))]
pub mod guide;
pub mod observe;
pub mod presets;
#[cfg(feature = "review")]
pub mod review;

pub use builder::{ErrorsIntoIter, ErrorsIter, PolicyBuilder, PolicyError, PolicyErrors, Values};
#[cfg(feature = "export")]
pub use document::export;
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
