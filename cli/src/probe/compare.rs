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

use crate::explain::{self, head};
use crate::outcome::Failure;
use crate::page::{PageRequest, Shipped};

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
    pub(super) fn new(
        request: &PageRequest,
        seen: &Seen,
        routes: &Routes,
        browser: Shipped,
    ) -> Result<Self, Failure> {
        let mut compared = Self::default();
        let first = seen.exchanges().first().map(|exchange| authority(exchange.request()));
        let is_own = |exchange: &Exchange| Some(authority(exchange.request())) == first;
        for exchange in seen.exchanges().iter().filter(|it| is_own(it) && !it.is_cached()) {
            compared.add(exchange, routes, request.credentials);
        }
        // Whatever the fields are: where a server of the document would have been read, this one must be.
        let last = seen.exchanges().last().filter(|exchange| is_own(exchange));
        if let (Some(blocked), Some(last), false) = (seen.blocked(), last, compared.is_left_alone) {
            let is_allowed = routes.explain(&head(last.request(), false)).decision().is_allowed();
            if is_allowed && explain::fetch(request, routes, browser)?.blocked().is_none() {
                let (method, url) = (last.request().method(), last.request().url());
                let line =
                    format!("{method} {url}: the page should not be blocked, and is: {blocked}");
                compared.differences.push(line);
            }
        }
        Ok(compared)
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

    fn add(&mut self, exchange: &Exchange, routes: &Routes, with_credentials: bool) {
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
            let values = (said.as_deref(), answered.as_deref());
            if !is_alike(name, sent, values, with_credentials) {
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
        let varies =
            names(joined(&said, &VARY).as_deref()).into_iter().filter(|_| !sent.is_preflight());
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
fn is_alike(
    name: &HeaderName,
    sent: &Sent,
    (said, answered): (Option<&str>, Option<&str>),
    with_credentials: bool,
) -> bool {
    // `*` is a name as any other where credentials go along.
    let lists = |listed: &[String], name: &String, has_wildcard: bool| {
        listed.contains(name)
            || has_wildcard && !with_credentials && listed.iter().any(|it| it == "*")
    };
    match name {
        name if *name == ACCESS_CONTROL_ALLOW_METHODS => {
            let (said, answered) = (elements(said), elements(answered));
            let asked = elements(joined(sent.headers(), &ACCESS_CONTROL_REQUEST_METHOD).as_deref());
            let is_safe = |method: &&String| matches!(method.as_str(), "GET" | "HEAD" | "POST");
            let mut asked = asked.iter().filter(|method| !is_safe(method));
            asked.all(|method| lists(&said, method, true) == lists(&answered, method, true))
        }
        name if *name == ACCESS_CONTROL_ALLOW_HEADERS => {
            let (said, answered) = (names(said), names(answered));
            let asked = names(joined(sent.headers(), &ACCESS_CONTROL_REQUEST_HEADERS).as_deref());
            // `*` is not `authorization`.
            asked.iter().all(|name| {
                let has_wildcard = name != "authorization";
                lists(&said, name, has_wildcard) == lists(&answered, name, has_wildcard)
            })
        }
        name if *name == ACCESS_CONTROL_EXPOSE_HEADERS => sorted(said) == sorted(answered),
        _ => said == answered,
    }
}

fn sorted(value: Option<&str>) -> Vec<String> {
    let mut names = names(value);
    names.sort();
    names
}

/// The elements of a value, as they are written: methods differ by case.
fn elements(value: Option<&str>) -> Vec<String> {
    let elements = value.unwrap_or_default().split(',').map(|it| it.trim().to_owned());
    elements.filter(|it| !it.is_empty()).collect()
}

/// The elements of a value, in lower case: names of fields do not differ by it.
fn names(value: Option<&str>) -> Vec<String> {
    elements(value).iter().map(|it| it.to_ascii_lowercase()).collect()
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

fn varies_on(headers: &HeaderMap, name: &str) -> bool {
    names(joined(headers, &VARY).as_deref()).iter().any(|named| named == name || named == "*")
}

/// Scheme, host and port.
fn authority(sent: &Sent) -> &str {
    let url = sent.url();
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(start..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or(url)
}
