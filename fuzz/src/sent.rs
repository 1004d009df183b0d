//! What browsers could send to a server with a document: made of the words that stand in it.

use http::{HeaderMap, HeaderValue, Method, Request};
use serde_json::Value;
use tower_cors::{Denial, Policy};

/// Origin, method, names of a preflight if it is one, and the request.
pub(crate) struct Sent {
    pub(crate) origin: String,
    pub(crate) method: String,
    pub(crate) names: Option<Vec<String>>,
    pub(crate) request: Request<()>,
}

/// The most words of a kind that are taken.
const MOST: usize = 6;

/// Every origin with every method and all names.
pub(crate) fn sent(document: &Value) -> Vec<Sent> {
    let mut words = Vec::new();
    collect(document, &mut words);
    let mut origins = vec!["https://other.example".to_owned(), "null".to_owned()];
    for word in words.iter().filter(|word| word.contains("://")).take(MOST) {
        for port in ["", ":1"] {
            let origin =
                word.strip_suffix(":*").map_or((*word).to_owned(), |start| start.to_owned() + port);
            origins.push(origin.replace('*', "x"));
            if origin.contains("*.") {
                origins.push(origin.replace('*', "x.y"));
            }
        }
    }
    let tokens = words.iter().filter(|word| !word.contains("://"));
    let tokens = tokens.filter(|word| Method::from_bytes(word.as_bytes()).is_ok());
    let tokens: Vec<String> = tokens.take(2 * MOST).map(|word| word.replace('*', "x")).collect();
    let methods = ["GET", "POST", "PUT"].into_iter().map(str::to_owned);
    let methods: Vec<String> = methods.chain(tokens.iter().take(MOST).cloned()).collect();
    let mut lists = vec![vec![], vec!["authorization".to_owned()], vec!["x-other".to_owned()]];
    lists.extend(tokens.iter().map(|name| vec![name.clone()]));
    lists.push(tokens);

    let mut all = Vec::new();
    for origin in origins.iter().filter(|origin| HeaderValue::from_str(origin).is_ok()) {
        for method in &methods {
            let names = lists.iter().map(|names| Some(names.clone()));
            for names in names.chain([None]) {
                let request = head(origin, method, names.as_deref());
                all.push(Sent { origin: origin.clone(), method: method.clone(), names, request });
            }
        }
    }
    all
}

fn head(origin: &str, method: &str, names: Option<&[String]>) -> Request<()> {
    let Some(names) = names else {
        let request = Request::builder().method(method).header("origin", origin);
        return request.body(()).expect("a sound head");
    };
    let preflight = Request::options("/")
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", names.join(","));
    preflight.body(()).expect("a sound head")
}

/// All strings.
fn collect<'a>(value: &'a Value, words: &mut Vec<&'a str>) {
    match value {
        Value::String(word) => words.push(word),
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(entries) => entries.values().for_each(|item| collect(item, words)),
        _ => {}
    }
}

/// All that a policy says of them.
pub(crate) fn decisions(policy: &Policy, sent: &[Sent]) -> Vec<(Option<Denial>, HeaderMap)> {
    let decide = |sent: &Sent| {
        let decision = policy.decide(&sent.request);
        (decision.denial(), decision.headers())
    };
    sent.iter().map(decide).collect()
}
