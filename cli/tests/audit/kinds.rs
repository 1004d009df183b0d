//! Each kind of mistake that can be seen from outside, on a server that makes it by hand-written headers.

mod fields;
mod origins;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use super::audit;
use crate::program::Files;
use crate::server::Server;

/// What a server reads of a request.
pub(super) struct Asked {
    origin: Option<String>,
    path: String,
    query: String,
    is_preflight: bool,
    headers: HeaderMap,
}

/// Status and fields of an answer.
type Answer = (u16, Vec<(&'static str, String)>);

/// A mistake: its source, where it stands, what the audit is told, what the server does, and what is found.
pub(super) struct Row(
    pub(super) &'static str,
    &'static str,
    &'static [&'static str],
    fn(&Asked) -> Answer,
    &'static [&'static str],
);

impl Asked {
    fn origin(&self) -> &str {
        self.origin.as_deref().unwrap_or_default()
    }

    fn is_from(&self, origins: &[&str]) -> bool {
        origins.contains(&self.origin())
    }
}

fn nothing() -> Answer {
    (200, vec![("vary", "Origin".to_owned())])
}

/// Reflects the origin, with credentials or without.
fn reflects(asked: &Asked, credentials: bool) -> Answer {
    let (status, mut fields) = nothing();
    if let Some(origin) = &asked.origin {
        fields.push(("access-control-allow-origin", origin.clone()));
        if credentials {
            fields.push(("access-control-allow-credentials", "true".to_owned()));
        }
    }
    (status, fields)
}

fn reflects_if(asked: &Asked, is_admitted: bool) -> Answer {
    if is_admitted { reflects(asked, true) } else { nothing() }
}

fn with(answer: Answer, name: &'static str, value: &str) -> Answer {
    let (status, mut fields) = answer;
    fields.push((name, value.to_owned()));
    (status, fields)
}

const APP: &[&str] = &["--from", "https://app.example"];
const COM: &[&str] = &["--from", "https://example.com"];

fn answer(row: &'static Row, request: &Request) -> Response<Body> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let asked = Asked {
        origin: request.headers().get(header::ORIGIN).map(text),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        is_preflight: request.headers().contains_key("access-control-request-method"),
        headers: request.headers().clone(),
    };
    let (status, fields) = row.3(&asked);
    let body = if asked.is_preflight { "" } else { "the resource" };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in fields {
        let value = HeaderValue::from_str(&value).unwrap();
        response.headers_mut().append(HeaderName::from_static(name), value);
    }
    response
}

/// All of them.
pub(super) fn seen() -> impl Iterator<Item = &'static Row> {
    origins::ROWS.iter().chain(fields::ROWS)
}

#[test]
fn each_kind_that_can_be_seen_is_found() {
    let mut failures = Vec::new();
    for row in seen() {
        let app =
            Router::new().fallback(move |request: Request| async move { answer(row, &request) });
        let server = Server::new(app);
        let (findings, notes, _) = audit(&server.url(row.1), row.2);
        let expected: Vec<&str> = row.4.iter().copied().filter(|id| !id.ends_with(')')).collect();
        let in_notes = row.4.iter().filter_map(|id| id.strip_suffix(" (note)"));
        let has_notes = in_notes.into_iter().all(|id| notes.iter().any(|note| note == id));
        if findings != expected || !has_notes {
            failures.push(format!("{}: {findings:?}, {notes:?}; expected {:?}", row.0, row.4));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

const REFLECTED: &str = "\
high: any origin is reflected [any-origin]
  sent     GET URL?tower-cors-audit=2
           origin: https://tower-cors-audit.invalid
  answered 200 OK
           vary: Origin
           access-control-allow-origin: https://tower-cors-audit.invalid
           access-control-allow-credentials: true
  why      the page of any stranger may read the answer
  write    list the origins: `allow_origins([\"https://app.example\"])`; for public data write `*`, without credentials

note: a local server answers to any `Host` [any-host]
";

#[test]
fn a_finding_shows_what_was_sent_and_answered_and_what_to_write() {
    let row = seen().next().unwrap();
    let app = Router::new().fallback(move |request: Request| async move { answer(row, &request) });
    let server = Server::new(app);
    let url = server.url("/");
    let ran = Files::new(&[]).run(&["audit", &url, "--from", "https://app.example"]);
    let expected = REFLECTED.replace("URL", &url);
    assert_eq!(ran.text.get(..expected.len()), Some(&*expected), "{}", ran.text);
    assert_eq!(ran.status, 1);
    assert!(ran.notes.ends_with(" requests, 1 finding, 1 note\n"), "{}", ran.notes);
}
