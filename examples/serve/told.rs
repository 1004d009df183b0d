//! What the library makes of a request: the policy, which decides and explains, and the model of each browser.

use std::collections::BTreeMap;

use axum::Router;
use axum::http::header::HOST;
use axum::http::{Request, Uri};
use serde::Serialize;
use tower::{ServiceExt, service_fn};
use tower_cors::browser::{Body, Browser, FetchError, Seen, Sent, UserAgent};
use tower_cors::review::Explanation;
use tower_cors::{Denial, RequestKind, Routes};

use super::api::{api, inner};
use super::attempt::Attempt;
use super::record::Exchange;

/// All that is told of a request before it is sent.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    /// What the policy says of each request that is sent, the preflight included.
    pub(crate) policy: Vec<Explained>,
    /// What each browser makes of it.
    pub(crate) models: Vec<Model>,
}

/// What a policy says of one request.
#[derive(Debug, Serialize)]
pub(crate) struct Explained {
    pub(crate) request: String,
    pub(crate) is_allowed: bool,
    pub(crate) decision: String,
    pub(crate) at_fault: Vec<String>,
    /// What to write to allow it.
    pub(crate) hint: Option<String>,
    /// What the browser does next.
    pub(crate) next: String,
    /// What each of several rules says.
    pub(crate) rules: Vec<String>,
}

/// What a browser makes of a request.
#[derive(Debug, Serialize)]
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) outcome: Outcome,
    /// Of the answer, if script may read it.
    pub(crate) status: Option<u16>,
    /// The response headers that script may read.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<String>,
    /// Why script may not read it.
    pub(crate) reason: Option<String>,
    /// What the browser prints on its console.
    pub(crate) console: Option<String>,
    pub(crate) exchanges: Vec<Exchange>,
}

/// What a page's script gets.
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

/// The models, by the names under which the page shows them.
const USER_AGENTS: [(&str, UserAgent); 4] = [
    ("Standard", UserAgent::Standard),
    ("Chromium", UserAgent::Chromium),
    ("Firefox", UserAgent::Firefox),
    ("WebKit", UserAgent::WebKit),
];

impl Told {
    /// Of a request to the API. `pages` are the origins of the page's own servers, which have no layer.
    pub(crate) async fn new(attempt: &Attempt, routes: &Routes, pages: &[String]) -> Self {
        let mut models = Vec::new();
        let mut policy = Vec::new();
        for (name, user_agent) in USER_AGENTS {
            let (seen, exchanges) = run(attempt, user_agent, routes, pages).await;
            if let (UserAgent::Standard, Ok(seen)) = (user_agent, &seen) {
                let to_api = seen.sent().into_iter().filter(|sent| !is_of(sent.url(), pages));
                policy = to_api.filter_map(|sent| Explained::new(sent, routes)).collect();
            }
            models.push(Model::new(name, &seen, exchanges));
        }
        Self { policy, models }
    }
}

/// Whether a URL is of one of these origins.
fn is_of(url: &str, origins: &[String]) -> bool {
    origins.iter().any(|origin| url.strip_prefix(&**origin).is_some_and(|it| it.starts_with('/')))
}

/// Runs the request in a new browser, in front of servers as they run here. With what crossed the wire.
async fn run(
    attempt: &Attempt,
    user_agent: UserAgent,
    routes: &Routes,
    pages: &[String],
) -> (Result<Seen, FetchError>, Vec<Exchange>) {
    let (api, own) = (api(routes.clone()), inner());
    let servers = service_fn(move |request: Request<Body>| {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let is_own = is_of(&format!("http://{}/", host.unwrap_or_default()), pages);
        let server: Router = if is_own { own.clone() } else { api.clone() };
        server.oneshot(request)
    });
    let mut browser = Browser::new(servers).user_agent(user_agent);
    let mut exchanges = Vec::new();
    if let Some(first) = attempt.first() {
        // Whether it may be read makes no difference to what it sets.
        exchanges.push(browser.fetch_from(&attempt.from, first).await);
    }
    let seen = browser.fetch_from(&attempt.from, attempt.fetch()).await;
    exchanges.push(seen.clone());
    let all = exchanges.iter().flatten().flat_map(Seen::exchanges);
    (seen, all.map(Exchange::of_model).collect())
}

impl Explained {
    fn new(sent: &Sent, routes: &Routes) -> Option<Self> {
        let uri: Uri = sent.url().parse().ok()?;
        let mut request = Request::builder().method(sent.method()).uri(uri.path());
        request.headers_mut()?.clone_from(sent.headers());
        let request = request.body(()).ok()?;
        let explanation: Explanation = routes.explain(&request);
        let decision = explanation.decision();
        let is_preflight = decision.kind() == RequestKind::Preflight;
        let rules = explanation.rules().iter().map(|rule| match rule.denial() {
            Some(denial) => denial.to_string(),
            None => "allowed".to_owned(),
        });
        Some(Self {
            request: if is_preflight { "the preflight" } else { "the request" }.to_owned(),
            is_allowed: decision.is_allowed(),
            decision: decision.to_string(),
            at_fault: explanation.at_fault().to_vec(),
            hint: explanation.hint().map(ToString::to_string).or_else(|| stranger(&explanation)),
            next: explanation.next().to_string(),
            rules: if explanation.rules().len() > 1 { rules.collect() } else { Vec::new() },
        })
    }
}

/// Where no origin that is allowed comes near the one that is denied.
fn stranger(explanation: &Explanation) -> Option<String> {
    let is_stranger = explanation.decision().denial() == Some(Denial::OriginNotAllowed);
    let origin = explanation.at_fault().first().filter(|_| is_stranger)?;
    Some(format!("if this origin may read it, add to `allow_origins`: {origin:?}"))
}

impl Model {
    fn new(name: &'static str, seen: &Result<Seen, FetchError>, exchanges: Vec<Exchange>) -> Self {
        let mut model = Self {
            name,
            outcome: Outcome::Blocked,
            status: None,
            headers: BTreeMap::new(),
            body: None,
            reason: None,
            console: seen.as_ref().ok().and_then(Seen::console).map(str::to_owned),
            exchanges,
        };
        match seen.as_ref().map(Seen::response) {
            Ok(Ok(visible)) if seen.as_ref().is_ok_and(Seen::is_readable) => {
                model.outcome = Outcome::Readable;
                model.status = Some(visible.status());
                let names = visible.headers().keys();
                let values =
                    names.filter_map(|it| Some((it.to_string(), visible.header(it.as_str())?)));
                model.headers = values.map(|(name, value)| (name, value.to_owned())).collect();
                let body = visible.body().unwrap_or_default();
                model.body = Some(String::from_utf8_lossy(body).into_owned());
            }
            Ok(Ok(_)) => model.outcome = Outcome::Opaque,
            Ok(Err(blocked)) => model.reason = Some(blocked.to_string()),
            Err(error) => model.reason = Some(error.to_string()),
        }
        model
    }
}
