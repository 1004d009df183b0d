//! What the tests of `Browser` share: a scripted server, and one line for whatever happened.

mod console;
mod cookies;
mod exchange;
mod fetch;
mod http_cache;
mod live;
mod location;
mod messages;
mod observations;
mod predicates;
mod preflight;
mod preflight_cache;
mod reasons;
mod redirect_modes;
mod redirects;
mod request_headers;
mod response;
mod services;
mod shipped;
mod sites;
mod structure;
mod vary;

use std::{convert::Infallible, time::Duration};

use axum::body::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use tower::{Service, service_fn};
use tower_cors::browser::{Body, Browser, Fetch, FetchError, Seen, Sent, UserAgent};

pub(crate) const APP: &str = "https://app.example";
pub(crate) const OTHER: &str = "https://other.example";
pub(crate) const API: &str = "https://api.example/";

/// What the server answers to a request: `GET api.example/a`, or `GET` to any other GET, or `*` to
/// anything else; then status and headers. In a value, `{origin}`, `{method}` and `{headers}` stand
/// for the request's `Origin` and `Access-Control-Request-*`. The body is `ok`.
pub(crate) type Answer = (&'static str, u16, &'static [(&'static str, &'static str)]);

/// Shares everything with everybody who asks, by name.
pub(crate) const SHARE: &[(&str, &str)] = &[
    ("access-control-allow-origin", "{origin}"),
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-methods", "{method}"),
    ("access-control-allow-headers", "{headers}"),
];

pub(crate) type Req = Request<Body>;
pub(crate) type Res = Response<Full<Bytes>>;

/// A server that answers as scripted.
pub(crate) fn server(
    answers: &'static [Answer],
) -> impl Service<Req, Response = Res, Error = Infallible, Future: Send> + Clone + Send {
    service_fn(move |request: Req| {
        let response = respond(answers, &request);
        async move { Ok(response) }
    })
}

fn respond(answers: &'static [Answer], request: &Req) -> Res {
    let host = request.headers()["host"].to_str().unwrap();
    let exact = format!("{} {host}{}", request.method(), request.uri());
    let (_, status, headers) = [exact.as_str(), request.method().as_str(), "*"]
        .iter()
        .find_map(|key| answers.iter().find(|(route, ..)| route == key))
        .unwrap_or_else(|| panic!("no answer to {exact}"));
    let mut response = Response::new(Full::from("ok"));
    *response.status_mut() = StatusCode::from_u16(*status).unwrap();
    for (name, template) in *headers {
        if let Some(value) = fill(template, request.headers()) {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            response.headers_mut().append(name, HeaderValue::from_str(&value).unwrap());
        }
    }
    response
}

fn fill(template: &str, headers: &HeaderMap) -> Option<String> {
    let variables = [
        ("{origin}", "origin"),
        ("{method}", "access-control-request-method"),
        ("{headers}", "access-control-request-headers"),
    ];
    variables.iter().try_fold(template.to_owned(), |value, (variable, name)| {
        if !value.contains(variable) {
            return Some(value);
        }
        Some(value.replace(variable, headers.get(*name)?.to_str().unwrap()))
    })
}

/// One fetch with a browser of its own.
pub(crate) async fn fetch(
    answers: &'static [Answer],
    page: &str,
    fetch: Fetch,
) -> Result<Seen, FetchError> {
    Browser::new(server(answers)).fetch_from(page, fetch).await
}

/// What script sees: `200 cors content-type x-a`, or why it sees nothing.
pub(crate) fn outcome(seen: &Seen) -> String {
    match seen.response() {
        Ok(visible) => {
            let mut names: Vec<_> = visible.headers().keys().map(HeaderName::as_str).collect();
            names.sort_unstable();
            let kind = format!("{:?}", visible.kind()).to_lowercase();
            format!("{} {kind} {}", visible.status(), names.join(" ")).trim_end().to_owned()
        }
        Err(blocked) => blocked.to_string(),
    }
}

/// A request that was sent: method, URL, and every field but those that every request has.
pub(crate) fn line(sent: &Sent) -> String {
    let mut fields: Vec<_> = sent
        .headers()
        .iter()
        .filter(|(name, _)| !["accept", "content-length", "host"].contains(&name.as_str()))
        .map(|(name, value)| format!("; {name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    fields.sort_unstable();
    format!("{sent}{}", fields.concat())
}

/// A scenario of one fetch: everything that script sees, and everything that was sent.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) page: &'static str,
    pub(crate) fetch: Fetch,
    pub(crate) answers: &'static [Answer],
    pub(crate) sees: &'static str,
    pub(crate) sent: &'static [&'static str],
}

/// Runs all rows, and lists all that fail.
#[track_caller]
pub(crate) fn check(rows: Vec<Row>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut names: Vec<_> = rows.iter().map(|row| row.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "names are unique: {names:?}");
    let mut failures = Vec::new();
    for row in rows {
        let (sees, sent) = match runtime.block_on(fetch(row.answers, row.page, row.fetch)) {
            Ok(seen) => (outcome(&seen), seen.sent().into_iter().map(line).collect()),
            Err(error) => (format!("TypeError: {error}"), Vec::new()),
        };
        if sees != row.sees || sent != row.sent {
            let expected = (row.sees, row.sent);
            failures.push(format!(
                "{}\n  expected {expected:?}\n       got {:?}",
                row.name,
                (sees, sent)
            ));
        }
    }
    assert!(failures.is_empty(), "{} rows:\n{}", failures.len(), failures.join("\n"));
}

/// What happens to the one browser of a scenario, in order.
pub(crate) enum Step {
    /// A page's fetch, and the methods that it sends, joined by a space.
    Fetch(&'static str, Fetch, &'static str),
    /// Time passes, in seconds.
    Wait(u64),
}

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) answers: &'static [Answer],
    pub(crate) steps: Vec<Step>,
}

#[track_caller]
pub(crate) fn check_scenarios(user_agent: UserAgent, scenarios: Vec<Scenario>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut failures = Vec::new();
    for Scenario { name, answers, steps } in scenarios {
        let mut browser = Browser::new(server(answers)).user_agent(user_agent);
        for (index, step) in steps.into_iter().enumerate() {
            match step {
                Step::Wait(seconds) => browser.advance(Duration::from_secs(seconds)),
                Step::Fetch(page, fetch, expected) => {
                    let seen = runtime.block_on(browser.fetch_from(page, fetch)).unwrap();
                    let methods: Vec<_> =
                        seen.sent().iter().map(|sent| sent.method().as_str()).collect();
                    if methods.join(" ") != expected {
                        failures.push(format!(
                            "{name}, step {index}: expected {expected:?}, got {methods:?}, {}",
                            outcome(&seen)
                        ));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} steps:\n{}", failures.len(), failures.join("\n"));
}
