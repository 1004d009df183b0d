//! How to: pages on what to do, beside the reference of the types.
//!
//! - [`troubleshooting`]: why is my request blocked?
//! - [`placement`]: where to put the layer.
//! - [`policies`]: policies for common cases.
//! - [`paths`]: policies by path, by rule and per tenant.
//! - [`enforcement`]: refusing at the server.
//! - [`documents`]: policies from documents, and reloading them.
//! - [`edge`]: the same policy in Envoy, a gateway, nginx and S3.
//! - [`operating`]: logs, metrics, rolling out a change, several places.
//! - [`testing`]: testing a policy, and an app.
//! - [`workbench`]: trying a policy in your own browser.
//! - [`tool`]: the tool for the shell.
//! - [`wire`]: what goes on the wire.
//! - [`refused`]: what is refused when a policy is built, and why.
//! - [`migrating`]: coming from other middleware.

#[doc = include_str!("troubleshooting.md")]
pub mod troubleshooting {}
#[doc = include_str!("placement.md")]
pub mod placement {}
#[doc = include_str!("policies.md")]
pub mod policies {}
#[doc = include_str!("paths.md")]
pub mod paths {}
#[doc = include_str!("enforcement.md")]
pub mod enforcement {}
#[doc = include_str!("documents.md")]
pub mod documents {}
#[doc = include_str!("edge.md")]
pub mod edge {}
#[doc = include_str!("operating.md")]
pub mod operating {}
#[doc = include_str!("testing.md")]
pub mod testing {}
#[doc = include_str!("workbench.md")]
pub mod workbench {}
#[doc = include_str!("tool.md")]
pub mod tool {}
#[doc = include_str!("wire.md")]
pub mod wire {}
#[doc = include_str!("refused.md")]
pub mod refused {}
#[doc = include_str!("migrating.md")]
pub mod migrating {}
