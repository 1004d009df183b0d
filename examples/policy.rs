//! A policy tested in isolation: no server, no service, only what it decides.
//!
//! ```sh
//! cargo run --example policy
//! cargo test --example policy
//! ```

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use http::Request;
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use tower_cors::{Policy, PolicyErrors};

/// The policy of an application, in a function of its own so that tests have it too.
///
/// # Errors
///
/// Every error in it.
pub(crate) fn policy() -> Result<Policy, PolicyErrors> {
    Policy::builder()
        .allow_origins(["https://app.example.com", "https://*.partner.example"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .expose_headers(["x-request-id"])
        .max_age(Duration::from_secs(600))
        .build()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut stdout = io::stdout().lock();
    for line in table(&policy()?)? {
        writeln!(stdout, "{line}")?;
    }
    Ok(())
}

/// What a policy decides of a few requests, a line for each.
///
/// # Errors
///
/// If one of them is no request.
pub(crate) fn table(policy: &Policy) -> http::Result<Vec<String>> {
    const APP: &str = "https://app.example.com";
    let mut lines = Vec::new();
    for (origin, method, names) in [
        (APP, "GET", ""),
        ("https://eu.partner.example", "GET", ""),
        ("https://partner.example", "GET", ""),
        ("null", "GET", ""),
        (APP, "PUT", ""),
        (APP, "PUT", "content-type"),
        (APP, "PUT", "authorization,content-type"),
        (APP, "PATCH", ""),
    ] {
        let decision = if method == "GET" {
            policy.decide(&simple(origin)?)
        } else {
            policy.decide(&preflight(origin, method, names)?)
        };
        let kind = format!("{:?}", decision.kind());
        let verdict = match decision.denial() {
            None => "allowed".to_owned(),
            Some(denial) => format!("denied: {denial}"),
        };
        lines.push(format!("{kind:<10} {origin:<27} {method:<6} {names:<27} {verdict}"));
    }
    Ok(lines)
}

/// The request of a page's script that needs no preflight.
fn simple(origin: &str) -> http::Result<Request<()>> {
    Request::get("/").header(ORIGIN, origin).body(())
}

/// What a browser asks before it sends any other.
fn preflight(origin: &str, method: &str, names: &str) -> http::Result<Request<()>> {
    let mut request =
        Request::options("/").header(ORIGIN, origin).header(ACCESS_CONTROL_REQUEST_METHOD, method);
    if !names.is_empty() {
        request = request.header(ACCESS_CONTROL_REQUEST_HEADERS, names);
    }
    request.body(())
}

#[cfg(test)]
mod tests {
    use tower_cors::Denial;

    use super::{Error, policy, preflight, simple};

    #[test]
    fn partners_may_read_and_nobody_else() -> Result<(), Box<dyn Error>> {
        let policy = policy()?;
        assert!(policy.decide(&simple("https://eu.partner.example")?).is_allowed());
        let stranger = policy.decide(&simple("https://other.example")?);
        assert_eq!(stranger.denial(), Some(Denial::OriginNotAllowed));
        Ok(())
    }

    #[test]
    fn the_app_may_write_json() -> Result<(), Box<dyn Error>> {
        let decision =
            policy()?.decide(&preflight("https://app.example.com", "PUT", "content-type")?);
        assert!(decision.is_allowed());
        let headers = decision.headers();
        assert_eq!(headers["access-control-allow-origin"], "https://app.example.com");
        assert_eq!(headers["access-control-max-age"], "600");
        Ok(())
    }

    /// The explanation says what is missing, so that a test that fails says it, too.
    #[test]
    fn a_trace_header_is_missing() -> Result<(), Box<dyn Error>> {
        let traced = preflight("https://app.example.com", "PUT", "content-type,traceparent")?;
        let explanation = policy()?.explain(&traced);
        assert!(!explanation.decision().is_allowed());
        assert_eq!(
            explanation.hint().map(ToString::to_string).as_deref(),
            Some("add to `allow_headers`: \"traceparent\""),
            "{explanation}"
        );
        Ok(())
    }

    #[test]
    fn nobody_may_delete() -> Result<(), Box<dyn Error>> {
        let decision = policy()?.decide(&preflight("https://app.example.com", "DELETE", "")?);
        assert_eq!(decision.denial(), Some(Denial::MethodNotAllowed));
        Ok(())
    }
}
