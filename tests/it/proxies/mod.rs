//! What is exported, in the real proxies: to a page's browser they are never more open than the layer, and the same where no
//! warning was given.
//!
//! Each proxy is started once, with every policy for a host of its own, in front of a service that sends CORS headers of its
//! own. Each fetch runs through the proxy, and through the layer around the same service.

mod backend;
mod browsers;
mod cases;
mod envoy;
mod nginx;
mod report_only;
mod rules;
mod tables;
