//! What crossed the wire: the requests that the API got, and its answers.
//!
//! A page cannot see preflights, nor the answers that its browser hides. So the server keeps them, and the page asks for
//! them afterwards, by the key that stands in the query of its requests: `/echo?try=KEY`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{self, HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use tower_cors::browser::{self, Line};

/// A request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Exchange {
    method: String,
    /// The path, and the query without the key.
    path: String,
    request: Vec<Field>,
    /// None if the server failed.
    status: Option<u16>,
    answered_by: &'static str,
    answer: Vec<Field>,
    /// What of the answer decided: `status`, or the name of a field, which may be missing. Only a model knows it.
    decided_by: Option<String>,
    /// What became of each cookie, and why. Only a model knows that, too.
    cookies: Vec<String>,
}

/// A header field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Field {
    name: String,
    value: String,
    /// Whether it is of the CORS protocol, or decides in it.
    matters: bool,
}

impl Exchange {
    fn new<B>(sent: &http::Request<()>, answer: &http::Response<B>) -> Self {
        Self {
            method: sent.method().to_string(),
            path: without_key(sent.uri()),
            request: fields(sent.headers()),
            status: Some(answer.status().as_u16()),
            answered_by: answered_by(answer.headers()),
            answer: fields(answer.headers()),
            decided_by: None,
            cookies: Vec::new(),
        }
    }

    /// One of a model of a browser.
    pub(crate) fn of_model(exchange: &browser::Exchange) -> Self {
        let (sent, answer) = (exchange.request(), exchange.response());
        let uri: Uri = sent.url().parse().unwrap_or_default();
        Self {
            method: sent.method().to_string(),
            path: without_key(&uri),
            request: fields(sent.headers()),
            status: answer.map(|answer| answer.status().as_u16()),
            answered_by: answer.map_or("nobody", |answer| answered_by(answer.headers())),
            answer: answer.map(|answer| fields(answer.headers())).unwrap_or_default(),
            decided_by: exchange.decided_by().and_then(|line| match line {
                Line::Status => Some("status".to_owned()),
                Line::Header(name) | Line::Missing(name) => Some(name.to_string()),
                _ => None,
            }),
            cookies: exchange.cookies().iter().map(ToString::to_string).collect(),
        }
    }
}

/// The inner service signs what it answers.
fn answered_by(answer: &HeaderMap) -> &'static str {
    if answer.contains_key("x-inner") { "the API" } else { "the layer" }
}

/// The fields but those that are in every request or answer, and say nothing here.
fn fields(headers: &HeaderMap) -> Vec<Field> {
    const NOISE: [&str; 20] = [
        "accept",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "content-length",
        "date",
        "dnt",
        "host",
        "keep-alive",
        "pragma",
        "priority",
        "referer",
        "sec-gpc",
        "te",
        "transfer-encoding",
        "upgrade-insecure-requests",
        "user-agent",
        "purpose",
        "allow",
    ];
    let is_noise = |name: &str| {
        NOISE.contains(&name) || name.starts_with("sec-ch-") || name.starts_with("sec-fetch-")
    };
    let told = headers.iter().filter(|(name, _)| !is_noise(name.as_str()));
    let mut fields: Vec<Field> = told
        .map(|(name, value)| Field {
            name: name.to_string(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
            matters: matters(name.as_str()),
        })
        .collect();
    // First what matters, and in one order, whoever sent it.
    fields.sort_by(|one, other| (!one.matters, &one.name).cmp(&(!other.matters, &other.name)));
    fields
}

fn matters(name: &str) -> bool {
    const OTHERS: [&str; 5] = ["origin", "vary", "cookie", "set-cookie", "location"];
    name.starts_with("access-control-") || OTHERS.contains(&name)
}

const KEY: &str = "try=";

/// The key in the query.
fn key(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix(KEY))
}

/// Whether a request is one that a page tries.
pub(crate) fn is_try(uri: &Uri) -> bool {
    key(uri).is_some()
}

fn without_key(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default();
    let others: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with(KEY)).collect();
    match others.join("&") {
        none if none.is_empty() => uri.path().to_owned(),
        query => format!("{}?{query}", uri.path()),
    }
}

/// The latest exchanges, each with its key. Its clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record(Arc<Mutex<VecDeque<(String, Exchange)>>>);

/// A page asks right after its requests. It sends a hundred at a time at the most.
const KEPT: usize = 1_000;
/// Longer keys are not those of a page.
const LONGEST_KEY: usize = 64;

impl Record {
    /// The exchanges with a key, in their order.
    pub(crate) fn of(&self, wanted: &str) -> Vec<Exchange> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().filter(|(key, _)| key == wanted).map(|(_, it)| it.clone()).collect()
    }

    fn keep(&self, key: &str, exchange: Exchange) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((key.to_owned(), exchange));
    }
}

/// Keeps each request that has a key, with its answer.
pub(crate) async fn keep(State(record): State<Record>, request: Request, next: Next) -> Response {
    let Some(key) = key(request.uri()).filter(|key| key.len() <= LONGEST_KEY).map(str::to_owned)
    else {
        return next.run(request).await;
    };
    let (head, body) = request.into_parts();
    let sent = http::Request::from_parts(head.clone(), ());
    let response = next.run(Request::from_parts(head, body)).await;
    record.keep(&key, Exchange::new(&sent, &response));
    response
}
