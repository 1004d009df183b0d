//! What goes on the wire, row by row, through the real layer.
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>
//!
//! A row is text, and its answer is the whole answer. `GET; origin: https://a.example` is a request;
//! `200; vary: accept` a response of the inner service; an answer begins with who gave it:
//!
//! - `ran 200` the inner service, with its body;
//! - `answered 204` the layer, and the inner service did not run;
//! - `overruled 204` the layer, after the inner service had run;
//!
//! and goes on with why the policy denies the request, if it does, and with every header line. The
//! names of CORS headers stand without their `access-control-`; `\x` begins an escaped byte.

mod decoration;
mod denials;
#[cfg(all(feature = "reload", feature = "routes"))]
mod hidden;
mod inner;
mod names;
#[cfg(feature = "routes")]
mod options;
mod predicate;
mod preflight;
mod vary;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Policy, PolicyErrors};

use crate::oracle::{self, Answer, Config, Line, Request, Response};

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) config: Config,
    pub(crate) request: String,
    pub(crate) inner: String,
    pub(crate) answer: String,
}

/// A row whose inner service has no header lines.
pub(crate) fn row(
    name: &'static str,
    config: Config,
    request: impl Into<String>,
    answer: impl Into<String>,
) -> Row {
    row_over(name, config, request, "200", answer)
}

/// A row that says what the inner service responds.
pub(crate) fn row_over(
    name: &'static str,
    config: Config,
    request: impl Into<String>,
    inner: impl Into<String>,
    answer: impl Into<String>,
) -> Row {
    let (request, inner, answer) = (request.into(), inner.into(), answer.into());
    Row { name, config, request, inner, answer }
}

/// Runs all rows, and lists all that fail. The oracle is held to them as the crate is.
#[track_caller]
pub(crate) fn check(rows: &[Row]) {
    let mut failures = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        assert!(!rows[..at].iter().any(|other| other.name == row.name), "twice: {}", row.name);
        let (request, inner) = (parse_request(&row.request), parse_response(&row.inner));
        let actual = show(&answer(&row.config, &request, &inner));
        let oracle = show(&oracle::answer(&row.config, &request, &inner));
        for (who, said) in [("actual", actual), ("oracle", oracle)] {
            if said != row.answer {
                let Row { name, answer, .. } = row;
                let asked = clip(&row.request);
                let expected = format!("{name}\n  asked:    {asked}\n  expected: {answer}");
                failures.push(format!("{expected}\n  {who}:   {said}"));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

/// The policy in the crate's own terms. Public suffixes are allowed, since a build without the
/// feature `public-suffix` takes every domain for one.
pub(crate) fn build(config: &Config) -> Result<Policy, PolicyErrors> {
    let mut builder = Policy::builder()
        .allow_origins(config.origins)
        .allow_credentials(config.credentials)
        .allow_headers(config.headers)
        .expose_headers(config.exposed)
        .dangerously_allow_null_origin(config.null)
        .dangerously_allow_public_suffixes(true)
        .dangerously_allow_insecure_origins(config.insecure);
    builder = if config.only {
        builder.only_methods(config.methods)
    } else {
        builder.allow_methods(config.methods)
    };
    if let Some(predicate) = config.predicate {
        builder = builder.allow_origins_if(move |origin, method, _uri| {
            predicate(origin.as_str(), method.as_str())
        });
    }
    if let Some(seconds) = config.max_age {
        builder = builder.max_age(Duration::from_secs(seconds));
    }
    builder.build()
}

pub(crate) fn layer(config: &Config, policy: Policy) -> CorsLayer {
    CorsLayer::new(policy)
        .preflight_status(StatusCode::from_u16(config.preflight_status).unwrap())
        .unwrap()
        .pass_on_preflights(config.pass_on)
        .keep_inner_headers(config.keep)
        .hide_denials(config.hide)
}

/// What the layer answers, and what the policy says by itself.
#[track_caller]
pub(crate) fn answer(config: &Config, request: &Request, inner: &Response) -> Answer {
    let policy = build(config).unwrap();
    let denial = policy.decide(&to_http(request)).denial();
    Answer { denial, ..send(&layer(config, policy), request, inner) }
}

/// What is behind the layer.
pub(crate) type Spy =
    BoxCloneSyncService<http::Request<&'static str>, http::Response<&'static str>, Infallible>;

/// Sends a request through the layer to a spy that gives the response.
pub(crate) fn send<L>(layer: &L, request: &Request, inner: &Response) -> Answer
where
    L: Layer<Spy>,
    L::Service: Service<
            http::Request<&'static str>,
            Response = http::Response<&'static str>,
            Error = Infallible,
        >,
{
    let ran = Arc::new(AtomicBool::new(false));
    let spy = {
        let (ran, inner) = (Arc::clone(&ran), inner.clone());
        service_fn(move |request: http::Request<&'static str>| {
            assert!(!ran.swap(true, Ordering::Relaxed), "the inner service ran twice");
            assert_eq!(*request.body(), "asked", "the body of the request is passed on");
            let mut response = http::Response::new("said");
            *response.status_mut() = StatusCode::from_u16(inner.status).unwrap();
            *response.headers_mut() = to_map(&inner.lines);
            async { Ok::<_, Infallible>(response) }
        })
    };
    let spy = BoxCloneSyncService::new(spy);
    let response = layer.layer(spy).call(to_http(request)).now_or_never().unwrap().unwrap();
    assert!(["said", ""].contains(response.body()));
    Answer {
        inner_ran: ran.load(Ordering::Relaxed),
        inner_body: *response.body() == "said",
        denial: None,
        response: Response {
            status: response.status().as_u16(),
            lines: from_map(response.headers()),
        },
    }
}

pub(crate) fn to_http(request: &Request) -> http::Request<&'static str> {
    let mut message = http::Request::new("asked");
    *message.method_mut() = Method::from_bytes(request.method.as_bytes()).unwrap();
    *message.headers_mut() = to_map(&request.lines);
    message
}

pub(crate) fn to_map(lines: &[Line]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        map.append(name, HeaderValue::from_bytes(value).unwrap());
    }
    map
}

pub(crate) fn from_map(map: &HeaderMap) -> Vec<Line> {
    map.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}

/// The order in which a row lists what it lists; other names follow.
const NAMES: [&str; 8] = [
    "allow-origin",
    "allow-credentials",
    "allow-methods",
    "allow-headers",
    "expose-headers",
    "max-age",
    "request-method",
    "request-headers",
];

pub(crate) fn parse_request(text: &str) -> Request {
    let (method, lines) = parse(text);
    Request { method, lines }
}

pub(crate) fn parse_response(text: &str) -> Response {
    let (status, lines) = parse(text);
    Response { status: status.parse().unwrap(), lines }
}

fn parse(text: &str) -> (String, Vec<Line>) {
    let mut parts = text.split("; ");
    let first = parts.next().unwrap().to_owned();
    let lines = parts.map(|part| {
        let (name, value) = part.split_once(':').expect(part);
        let prefix = if NAMES.contains(&name) { "access-control-" } else { "" };
        (format!("{prefix}{name}"), unescape(value.strip_prefix(' ').unwrap_or(value)))
    });
    (first, lines.collect())
}

fn unescape(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    bytes
}

pub(crate) fn show(answer: &Answer) -> String {
    let who = match (answer.inner_ran, answer.inner_body) {
        (true, true) => "ran",
        (false, false) => "answered",
        (true, false) => "overruled",
        (false, true) => "dreamt",
    };
    let denial = answer.denial.map(|denial| format!(" {denial:?}")).unwrap_or_default();
    format!("{who} {}{denial}{}", answer.response.status, show_lines(&answer.response.lines))
}

/// All lines: those of CORS in the order of the table, the others by name, `Vary` last.
pub(crate) fn show_lines(lines: &[Line]) -> String {
    let mut lines: Vec<_> = lines
        .iter()
        .map(|(name, value)| (name.strip_prefix("access-control-").unwrap_or(name), value))
        .collect();
    let place = |name: &str| NAMES.iter().position(|other| *other == name).unwrap_or(NAMES.len());
    lines.sort_by_key(|(name, _)| (*name == "vary", place(name), *name));
    let show = |(name, value): &(&str, &Vec<u8>)| format!("; {name}: {}", escape(value));
    lines.iter().map(show).collect::<Vec<_>>().concat()
}

fn escape(value: &[u8]) -> String {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let show = |byte: &u8| {
        if is_text(byte) { char::from(*byte).to_string() } else { format!("\\x{byte:02x}") }
    };
    value.iter().map(show).collect()
}

fn clip(text: &str) -> String {
    if text.len() <= 300 {
        return text.to_owned();
    }
    format!("{}… ({} bytes)", text.chars().take(300).collect::<String>(), text.len())
}
