//! Whether a server's answers are those of a document.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, VARY,
};
use http::{HeaderMap, HeaderName};
use tower_cors::Routes;
use tower_cors::browser::{Exchange, Seen, Sent};
use tower_cors::review::Next;

use crate::explain::head;

/// What a document says of the requests, and the server does otherwise.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) differences: Vec<String>,
    /// Whether the document leaves it to the application.
    is_left_alone: bool,
}

const COMPARED: [HeaderName; 6] = [
    ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_ALLOW_CREDENTIALS,
    ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE,
];

impl Compared {
    /// Compares the answers of the server that was asked first; another one has its own policy.
    pub(super) fn new(seen: &Seen, routes: &Routes) -> Self {
        let mut compared = Self::default();
        let first = seen.exchanges().first().map(|exchange| authority(exchange.request()));
        let own = seen.exchanges().iter().filter(|exchange| {
            !exchange.is_cached() && Some(authority(exchange.request())) == first
        });
        for exchange in own {
            compared.add(exchange, routes);
        }
        compared
    }

    pub(super) fn agrees(&self) -> bool {
        self.differences.is_empty()
    }

    pub(super) fn verdict(&self) -> &'static str {
        match (self.is_left_alone, self.agrees()) {
            (true, _) => "the document leaves the path to the application",
            (false, true) => "the server does what the document says",
            (false, false) => "the server does not do what the document says",
        }
    }

    fn add(&mut self, exchange: &Exchange, routes: &Routes) {
        let (sent, Some(response)) = (exchange.request(), exchange.response()) else {
            return;
        };
        let explanation = routes.explain(&head(sent, false));
        if explanation.next() == Next::AsTheInnerServiceSays {
            self.is_left_alone = true;
            return;
        }
        let (said, answered) = (explanation.decision().headers(), response.headers());
        let place = format!("{} {}", sent.method(), sent.url());
        let is_denied = !explanation.decision().is_allowed();
        let names_nobody = |headers: &HeaderMap| !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
        // Where no origin is named, nothing else counts; nor does how long a denial is kept.
        let nothing_else = names_nobody(&said) && names_nobody(answered);
        let counts =
            |name: &&HeaderName| !(nothing_else || is_denied && **name == ACCESS_CONTROL_MAX_AGE);
        for name in COMPARED.iter().filter(counts) {
            let (said, answered) = (joined(&said, name), joined(answered, name));
            if !is_alike(name, sent, said.as_deref(), answered.as_deref()) {
                let shown = |value: Option<String>| match value {
                    Some(value) => format!("\"{}\"", value.escape_debug()),
                    None => "nothing".to_owned(),
                };
                let (said, answered) = (shown(said), shown(answered));
                let line = format!("{place}: {name} should be {said}, and is {answered}");
                self.differences.push(line);
            }
        }
        // Caches keep no answer to a preflight.
        let varies = names(&said, &VARY).into_iter().filter(|_| !sent.is_preflight());
        let missing: Vec<String> = varies.filter(|name| !varies_on(answered, name)).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            self.differences.push(format!("{place}: vary should name {missing}, and does not"));
        }
        if sent.is_preflight() && !is_denied && !response.status().is_success() {
            let status = response.status();
            self.differences
                .push(format!("{place}: the status should be a success, and is {status}"));
        }
    }
}

/// Whether two values of a field mean the same for what was asked. A server may list what it allows, where a document is
/// answered with what was asked.
fn is_alike(name: &HeaderName, sent: &Sent, said: Option<&str>, answered: Option<&str>) -> bool {
    let asked = |field: &HeaderName| names(sent.headers(), field);
    match name {
        name if *name == ACCESS_CONTROL_ALLOW_METHODS => {
            let is_safe = |method: &String| matches!(method.as_str(), "get" | "head" | "post");
            let mut asked =
                asked(&ACCESS_CONTROL_REQUEST_METHOD).into_iter().filter(|it| !is_safe(it));
            asked.all(|method| lists(said, &method) == lists(answered, &method))
        }
        name if *name == ACCESS_CONTROL_ALLOW_HEADERS => {
            let mut asked = asked(&ACCESS_CONTROL_REQUEST_HEADERS).into_iter();
            asked.all(|name| lists(said, &name) == lists(answered, &name))
        }
        name if *name == ACCESS_CONTROL_EXPOSE_HEADERS => sorted(said) == sorted(answered),
        _ => said == answered,
    }
}

fn lists(value: Option<&str>, name: &str) -> bool {
    let listed = elements(value.unwrap_or_default());
    // `*` is not `authorization`.
    listed.iter().any(|it| it == name)
        || listed.iter().any(|it| it == "*") && name != "authorization"
}

fn sorted(value: Option<&str>) -> Vec<String> {
    let mut elements = elements(value.unwrap_or_default());
    elements.sort();
    elements
}

fn elements(value: &str) -> Vec<String> {
    let elements = value.split(',').map(|it| it.trim().to_ascii_lowercase());
    elements.filter(|it| !it.is_empty()).collect()
}

/// The elements of a field, in lower case.
fn names(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    elements(&joined(headers, name).unwrap_or_default())
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

fn varies_on(headers: &HeaderMap, name: &str) -> bool {
    names(headers, &VARY).iter().any(|named| named == name || named == "*")
}

/// Scheme, host and port.
fn authority(sent: &Sent) -> &str {
    let url = sent.url();
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(start..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or(url)
}
