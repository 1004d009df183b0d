//! A user agent for tests: it runs a page's `fetch` against any Tower service, as the Fetch Standard says.

mod agent;
mod blocked;
mod cookies;
mod cors_check;
mod error;
mod fetch;
mod filter;
mod header_list;
mod http_cache;
mod methods;
mod mime;
mod network;
mod page;
mod preflight;
mod preflight_cache;
mod redirect;
mod request;
mod request_headers;
mod seen;
mod user_agent;

pub use agent::Browser;
pub use blocked::{Answer, Blocked};
pub use error::FetchError;
pub use fetch::{Credentials, Fetch, Mode};
pub use seen::{ResponseType, Seen, Sent, Visible};
pub use user_agent::UserAgent;
