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
use tower_cors::{Policy, Route, Routes};

use super::api::inner;
use super::cases::{Case, Mode, Sender, Target};

/// What should happen, and why.
#[derive(Debug, Serialize)]
pub(crate) struct Expectation {
    pub(crate) outcome: Outcome,
    /// How far it gets: the preflight if there is one, the request, the answer.
    pub(crate) steps: Vec<Step>,
    /// Of the answer, if the script may read it.
    pub(crate) status: Option<u16>,
    /// The response headers that the script may read, by name.
    pub(crate) headers: BTreeMap<String, String>,
    /// The names of those that it may not, but for the protocol's own.
    pub(crate) hidden: Vec<String>,
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

/// One step of a request, and whether it succeeds; without a word on it, it is not reached.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) succeeds: Option<bool>,
}

/// The expectation of one case, for a page at `page_origin`.
///
/// # Errors
///
/// If a case is no request.
pub(crate) async fn expect(
    case: &Case,
    routes: &Routes,
    page_origin: &HeaderValue,
) -> Result<Expectation, http::Error> {
    let opaque = HeaderValue::from_static("null");
    let origin = if case.from == Sender::SandboxedFrame { &opaque } else { page_origin };
    let request = case.request(origin)?;
    if case.to == Target::OwnOrigin {
        let because = "No policy is asked.".to_owned();
        return Ok(readable(case, &answer(request).await, |_| true, because));
    }

    let preflight = case.preflight(origin)?;
    let Some(policy) = routes.find(request.uri().path()).and_then(Route::policy) else {
        return Ok(without_policy(case));
    };
    let mut said = String::new();
    if let Some(preflight) = &preflight {
        if let Err(fault) = permit(policy, preflight, origin, case.credentials) {
            let because = format!("The preflight {fault}. The {} is never sent.", case.method);
            return Ok(unreadable(case, Outcome::Blocked, [Some(false), None, None], because));
        }
        said.push_str("The preflight is allowed. ");
    }

    let decision = policy.decide(&request);
    let mut response = answer(request).await;
    decision.write_to(response.headers_mut());
    let sent = [Some(true), Some(true), Some(false)];
    if case.mode == Mode::NoCors {
        let because = "The policy has no say in it.".to_owned();
        return Ok(unreadable(case, Outcome::Opaque, sent, because));
    }
    if let Err(fault) = share(response.headers(), origin, case.credentials) {
        let because = format!("{said}The API answers, and the answer {fault}.");
        return Ok(unreadable(case, Outcome::Blocked, sent, because));
    }
    said.push_str("The answer allows this origin");
    said.push_str(if case.credentials { ", with credentials." } else { "." });
    let exposed = Exposed::read(response.headers(), case.credentials);
    Ok(readable(case, &response, |name| exposed.shows(name), said))
}

/// The expectation where there is no policy, and so no CORS.
fn without_policy(case: &Case) -> Expectation {
    let because = "No policy is for this path.".to_owned();
    let sent = [Some(true), Some(true), Some(false)];
    if case.asks_first() {
        unreadable(case, Outcome::Blocked, [Some(false), None, None], because)
    } else if case.mode == Mode::NoCors {
        unreadable(case, Outcome::Opaque, sent, because)
    } else {
        unreadable(case, Outcome::Blocked, sent, because)
    }
}

/// What the inner service answers. It cannot fail.
async fn answer(request: Request<Body>) -> Response<Body> {
    match inner().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Whether a preflight permits the request. That the policy allows it is not enough: an answer for
/// any origin does not do with credentials.
fn permit(
    policy: &Policy,
    preflight: &Request<()>,
    origin: &HeaderValue,
    credentials: bool,
) -> Result<(), String> {
    let decision = policy.decide(preflight);
    match decision.denial() {
        Some(denial) => Err(format!("is denied: {denial}")),
        None => share(&decision.headers(), origin, credentials).map_err(str::to_owned),
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
        let list = value(headers, &ACCESS_CONTROL_EXPOSE_HEADERS);
        let names: Vec<_> = list.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
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

/// The value of a field, its lines joined, as a script sees it.
fn value(headers: &HeaderMap, name: &HeaderName) -> String {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.collect::<Vec<_>>().join(", ")
}

fn readable(
    case: &Case,
    response: &Response<Body>,
    shows: impl Fn(&HeaderName) -> bool,
    because: String,
) -> Expectation {
    let headers = response.headers();
    let (told, hidden): (Vec<_>, Vec<_>) = headers.keys().partition(|name| shows(name));
    let hidden = hidden.into_iter().filter(|name| !name.as_str().starts_with("access-control-"));
    Expectation {
        outcome: Outcome::Readable,
        steps: steps(case, [Some(true); 3]),
        status: Some(response.status().as_u16()),
        headers: told.into_iter().map(|name| (name.to_string(), value(headers, name))).collect(),
        hidden: hidden.map(ToString::to_string).collect(),
        because,
    }
}

fn unreadable(
    case: &Case,
    outcome: Outcome,
    succeed: [Option<bool>; 3],
    because: String,
) -> Expectation {
    Expectation {
        outcome,
        steps: steps(case, succeed),
        status: None,
        headers: BTreeMap::new(),
        hidden: Vec::new(),
        because,
    }
}

fn steps(case: &Case, [asked, sent, read]: [Option<bool>; 3]) -> Vec<Step> {
    let mut steps = Vec::new();
    if case.asks_first() {
        steps.push(Step { name: "preflight", succeeds: asked });
    }
    steps.push(Step { name: case.method, succeeds: sent });
    steps.push(Step { name: "read", succeeds: read });
    steps
}
