//! What becomes of preflights: whether they are answered before the application, and what they tell strangers.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, SET_COOKIE,
};
use http::{HeaderName, Method};

use super::Auditor;
use super::exchange::{Admits, Ask, Exchange};
use super::kind::{Kind, Severity};
use super::strangers::Seen;
use super::trials::STRANGER;
use crate::outcome::Failure;

/// What Chromium asked for in preflights to private networks.
const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

impl Auditor {
    pub(super) async fn preflights(&mut self, seen: &Seen) -> Result<(), Failure> {
        let method = self.target.method().to_string();
        let preflight = |origin: &str| {
            Ask::from(origin)
                .method(Method::OPTIONS)
                .field(ACCESS_CONTROL_REQUEST_METHOD, method.as_bytes())
        };
        let of_trusted = self.ask(preflight(&self.trusted_origin())).await?;
        let of_stranger =
            self.ask(preflight(STRANGER).field(REQUEST_PRIVATE_NETWORK, b"true")).await?;

        let is_admitted = seen.trusted.admits() != Admits::No || seen.trusted.is_open();
        if is_admitted && reaches_application(&of_trusted, &seen.plain) {
            self.find(Kind::PreflightReaches, Severity::Low, [of_trusted]);
        }
        if of_stranger.has(&ALLOW_PRIVATE_NETWORK) {
            self.find(Kind::PrivateNetwork, Severity::Medium, [of_stranger.clone()]);
        }
        self.judge(Kind::AnyOrigin, of_stranger.clone());
        for exchange in [seen.stranger.clone(), of_stranger] {
            if leaks(&exchange) {
                self.find(Kind::Leak, Severity::Low, [exchange]);
            }
        }
        Ok(())
    }
}

/// Whether the application answered, or what stands before it: an answer that no browser takes, one with a cookie, or one
/// with the body of the resource.
fn reaches_application(preflight: &Exchange, plain: &Exchange) -> bool {
    let is_resource = !preflight.body.is_empty() && preflight.body == plain.body;
    !preflight.is_success()
        || !preflight.has(&ACCESS_CONTROL_ALLOW_ORIGIN)
        || preflight.has(&SET_COOKIE)
        || is_resource
}

/// Whether a stranger is told what others may.
fn leaks(exchange: &Exchange) -> bool {
    const TELLING: [HeaderName; 5] = [
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        ACCESS_CONTROL_ALLOW_METHODS,
        ACCESS_CONTROL_ALLOW_HEADERS,
        ACCESS_CONTROL_EXPOSE_HEADERS,
        ACCESS_CONTROL_MAX_AGE,
    ];
    !exchange.has(&ACCESS_CONTROL_ALLOW_ORIGIN) && TELLING.iter().any(|name| exchange.has(name))
}
