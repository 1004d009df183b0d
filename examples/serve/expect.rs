//! What a browser does with the answers of a policy: that is what the page expects to see.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    HeaderMap, HeaderName, HeaderValue,
};
use axum::http::{self, Request, Response};
use serde::Serialize;
use tower::ServiceExt;
use tower_cors::Policy;

use super::api::inner;
use super::cases::{Case, Mode, Sender, Target};

/// What should happen, and why.
#[derive(Debug, Serialize)]
pub(crate) struct Expectation {
    pub(crate) outcome: Outcome,
    /// Of the answer, if the script may read it.
    pub(crate) status: Option<u16>,
    /// The response headers that the script may read, by name.
    pub(crate) headers: BTreeMap<String, String>,
    /// What the policy says of this request.
    pub(crate) because: String,
}

/// What the page's script gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// The answer.
    Readable,
    /// An error that says nothing.
    Blocked,
    /// An answer that it cannot look into.
    Opaque,
}

/// The expectation of one case, for a page at `page_origin`.
///
/// # Errors
///
/// If a case is no request.
pub(crate) async fn expect(
    case: &Case,
    policy: &Policy,
    page_origin: &HeaderValue,
) -> Result<Expectation, http::Error> {
    let opaque = HeaderValue::from_static("null");
    let origin = if case.from == Sender::SandboxedFrame { &opaque } else { page_origin };
    let request = case.request(origin)?;
    if case.to == Target::OwnOrigin {
        return Ok(readable(&answer(request).await, |_| true, "No policy is asked.".to_owned()));
    }
    let mut said = String::new();
    if let Some(preflight) = case.preflight(origin)? {
        let decision = policy.decide(&preflight);
        if let Some(denial) = decision.denial() {
            return Ok(blocked(format!(
                "The preflight is denied: {denial}. The {} is never sent.",
                case.method
            )));
        }
        if let Err(fault) = share(&decision.headers(), origin, case.credentials) {
            return Ok(blocked(format!(
                "The preflight's answer {fault}. The {} is never sent.",
                case.method
            )));
        }
        said.push_str("The preflight is allowed. ");
    }
    let decision = policy.decide(&request);
    let mut response = answer(request).await;
    decision.write_to(response.headers_mut());
    if case.mode == Mode::NoCors {
        return Ok(Expectation {
            outcome: Outcome::Opaque,
            ..blocked("The policy is not asked who may read.".to_owned())
        });
    }
    if let Err(fault) = share(response.headers(), origin, case.credentials) {
        return Ok(blocked(format!("{said}The API answers, but its answer {fault}.")));
    }
    said.push_str("The answer allows this origin");
    said.push_str(if case.credentials { ", with credentials." } else { "." });
    let exposed = Exposed::read(response.headers(), case.credentials);
    Ok(readable(&response, |name| exposed.shows(name), said))
}

/// What the inner service answers. It cannot fail.
async fn answer(request: Request<Body>) -> Response<Body> {
    match inner().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn blocked(because: String) -> Expectation {
    Expectation { outcome: Outcome::Blocked, status: None, headers: BTreeMap::new(), because }
}

fn readable(
    response: &Response<Body>,
    shows: impl Fn(&HeaderName) -> bool,
    because: String,
) -> Expectation {
    let headers = response.headers();
    let names = headers.keys().filter(|name| shows(name));
    Expectation {
        outcome: Outcome::Readable,
        status: Some(response.status().as_u16()),
        headers: names.map(|name| (name.to_string(), lines(headers, name).join(", "))).collect(),
        because,
    }
}

/// The CORS check, <https://fetch.spec.whatwg.org/#concept-cors-check>.
fn share(headers: &HeaderMap, origin: &HeaderValue, credentials: bool) -> Result<(), &'static str> {
    match headers.get(ACCESS_CONTROL_ALLOW_ORIGIN) {
        None => Err("allows no origin"),
        Some(any) if any == "*" && !credentials => Ok(()),
        Some(any) if any == "*" => Err("allows any origin, which does not do with credentials"),
        Some(allowed) if allowed != origin => Err("allows another origin"),
        Some(_) if !credentials => Ok(()),
        Some(_) => match headers.get(ACCESS_CONTROL_ALLOW_CREDENTIALS) {
            Some(allowed) if allowed == "true" => Ok(()),
            _ => Err("does not allow credentials"),
        },
    }
}

/// Which response headers a script may read.
struct Exposed {
    any: bool,
    names: Vec<String>,
}

impl Exposed {
    /// The names in `Access-Control-Expose-Headers`; `*` is any, if there are no credentials.
    fn read(headers: &HeaderMap, credentials: bool) -> Self {
        let lines = lines(headers, &ACCESS_CONTROL_EXPOSE_HEADERS).join(",");
        let names: Vec<_> = lines.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
        Self { any: !credentials && names.iter().any(|name| name == "*"), names }
    }

    /// Fetch: <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
    fn shows(&self, name: &HeaderName) -> bool {
        const SAFELISTED: [&str; 7] = [
            "cache-control",
            "content-language",
            "content-length",
            "content-type",
            "expires",
            "last-modified",
            "pragma",
        ];
        self.any
            || SAFELISTED.contains(&name.as_str())
            || self.names.iter().any(|exposed| exposed == name.as_str())
    }
}

fn lines<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a str> {
    headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect()
}
