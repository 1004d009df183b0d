//! What came of a case, in words that are the same for script and for `Browser`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use http::{HeaderName, Request};
use serde_json::Value;
use tower_cors::browser::{ResponseType, Seen};

/// How many requests of a case are shown.
const MOST: usize = 50;

#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// What script got of each fetch.
    results: Vec<Outcome>,
    /// Every request, in order.
    requests: Vec<String>,
    /// What the console said of CORS, each sentence once.
    console: BTreeSet<String>,
}

/// What script got, and why, if somebody knows; the reason is not compared.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    text: String,
    reason: String,
}

impl Told {
    /// Whether another one, of the model, has the same; and whatever sentence this console has, its console has, too.
    pub(crate) fn is_told_by(&self, model: &Self) -> bool {
        let texts = |told: &Self| {
            told.results.iter().map(|outcome| outcome.text.clone()).collect::<Vec<_>>()
        };
        texts(self) == texts(model)
            && self.requests == model.requests
            && self.console.is_subset(&model.console)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.console.iter().try_for_each(|sentence| write!(f, "\n    console: {sentence}"))?;
        for Outcome { text, reason } in &self.results {
            write!(f, "\n    {text} {reason}")?;
        }
        let (first, rest) = self.requests.split_at(self.requests.len().min(MOST));
        first.iter().try_for_each(|request| write!(f, "\n      {request}"))?;
        if rest.is_empty() { Ok(()) } else { write!(f, "\n      and {} more", rest.len()) }
    }
}

/// Joins what script got with what arrived, by case.
pub(crate) fn join(
    results: BTreeMap<usize, Vec<Outcome>>,
    mut arrived: BTreeMap<usize, Vec<String>>,
    console: Vec<String>,
) -> BTreeMap<usize, Told> {
    let mut sentences: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for sentence in console {
        let mut ids = sentence.split("/c/").skip(1).filter_map(|rest| rest.split_once('/'));
        if let Some(id) = ids.find_map(|(id, _)| id.parse().ok()) {
            sentences.entry(id).or_default().extend(without_details(&sentence));
        }
    }
    let join = |(id, results)| {
        let requests = arrived.remove(&id).unwrap_or_default();
        let console = sentences.remove(&id).unwrap_or_default();
        (id, Told { results, requests, console })
    };
    results.into_iter().map(join).collect()
}

/// A sentence without the one of several names that Chromium picks, without bytes that are not ASCII, which it
/// escapes, and without the fragment of a URL. Which schemes there are depends on how Chromium was built.
fn without_details(sentence: &str) -> Option<String> {
    const START: &str = ": Request header field ";
    if sentence.contains(" only supported for protocol schemes: ") {
        return None;
    }
    let named =
        sentence.split_once(START).and_then(|(start, name)| Some((start, name.split_once(' ')?)));
    let text =
        named.map_or(sentence.to_owned(), |(start, (_, rest))| format!("{start}{START}… {rest}"));
    let (url, fragment) = text.split_once('#').unwrap_or((&text, ""));
    let ends = [". (", "'", "’"].into_iter().filter_map(|end| fragment.find(end));
    let end = ends.min().unwrap_or(0);
    let escaped = |text: String, byte| text.replace(byte, "\u{fffd}");
    Some(["\\u00E9", "\\u00FF"].into_iter().fold(format!("{url}{}", &fragment[end..]), escaped))
}

/// What `page.js` told.
pub(crate) fn of_script(result: &Value) -> Outcome {
    if let Some(error) = result["error"].as_str() {
        let is_timeout = error.contains("Timeout") || error.contains("timed out");
        let text = if is_timeout { "no end" } else { "network error" };
        return Outcome { text: text.to_owned(), reason: error.to_owned() };
    }
    let headers: Vec<(String, String)> =
        serde_json::from_value(result["headers"].clone()).expect("pairs");
    let text = |key: &str| result[key].as_str().expect("a text");
    let status = result["status"].as_u64().expect("a status");
    response(text("type"), status, headers, text("body"))
}

/// What `Browser` saw.
pub(crate) fn of_model(seen: &Seen) -> Outcome {
    let visible = match seen.response() {
        Ok(visible) => visible,
        Err(blocked) => {
            return Outcome { text: "network error".to_owned(), reason: blocked.to_string() };
        }
    };
    let kind = match visible.kind() {
        ResponseType::Basic => "basic",
        ResponseType::Cors => "cors",
        ResponseType::Opaque => "opaque",
        ResponseType::OpaqueRedirect => "opaqueredirect",
        _ => "unknown",
    };
    let names = visible.headers().keys().map(HeaderName::as_str);
    let headers =
        names.map(|name| (name.to_owned(), visible.header(name).unwrap_or_default().to_owned()));
    let body = String::from_utf8_lossy(visible.body().expect("a whole body")).into_owned();
    response(kind, visible.status().into(), headers.collect(), &body)
}

/// Without `Content-Length`, which hyper may leave out where axum has it.
fn response(kind: &str, status: u64, mut headers: Vec<(String, String)>, body: &str) -> Outcome {
    headers.retain(|(name, _)| name != "content-length");
    headers.sort();
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    let text = format!("{kind} {status} {body:?} [{}]", headers.join(", "));
    Outcome { text, reason: String::new() }
}

/// The fields that are told of a request, if it has them. Of others a browser has values of its own.
const FIELDS: [&str; 30] = [
    "device-memory",
    "downlink",
    "ect",
    "rtt",
    "viewport-width",
    "width",
    "lang",
    "intervention",
    "origin",
    "access-control-request-method",
    "access-control-request-headers",
    "accept",
    "accept-language",
    "authorization",
    "cache-control",
    "content-encoding",
    "content-language",
    "content-type",
    "dpr",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "pragma",
    "range",
    "save-data",
    "user-agent",
    "x-alpha",
    "x-beta",
    "x-http-method-override",
    "content-location",
];

/// What every value of script has that browsers have values of their own for.
pub(crate) const OF_SCRIPT: &str = "script";

/// A request as it arrived.
pub(crate) fn arrived<B>(request: &Request<B>) -> String {
    let field = |name: &str| {
        let lines: Vec<_> = request
            .headers()
            .get_all(name)
            .iter()
            .map(|line| line.as_bytes().iter().copied().map(char::from).collect::<String>())
            .collect();
        (!lines.is_empty()).then(|| lines.join(", ").trim().to_owned())
    };
    let mut text =
        format!("{} {}{}", request.method(), field("host").unwrap_or_default(), request.uri());
    for name in FIELDS {
        let is_own = ["user-agent", "accept-language"].contains(&name);
        if let Some(value) = field(name).filter(|value| !is_own || value.contains(OF_SCRIPT)) {
            text.extend([" ", name, "=", &value]);
        }
    }
    // Compression is no part of the model, but parts are asked for without.
    if request.headers().contains_key("range") {
        text.extend([" accept-encoding=", &field("accept-encoding").unwrap_or_default()]);
    }
    text
}
