//! `Browser` does what Chromium and Firefox did, scenario by scenario, and where the standard differs
//! from a browser a row here says so (`tests/data/README.md`).
//!
//! `BROWSER_OBSERVATIONS` may name another file of the same form.

use std::{
    collections::BTreeSet,
    env, fmt, fs,
    future::ready,
    sync::{Arc, Mutex},
};

use axum::body::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::{Map, Value};
use tower::service_fn;
use tower_cors::browser::{Body, Browser, Credentials, Fetch, Mode, ResponseType, Seen, UserAgent};

const OBSERVATIONS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/browser-observations.jsonl");
const PAGE: &str = "http://localhost:8001";
const PAGE_PORT: &str = "8001";
const API: &str = "http://localhost:8002";

/// Where `Browser` as `user_agent` does otherwise than the real browser did, and why.
struct Difference {
    user_agent: UserAgent,
    browser: &'static str,
    id: &'static str,
    reason: &'static str,
}

const AUTHORIZATION: &str =
    "the standard asks that `authorization` be named, browsers let `*` stand for it";
const CLIENT_HINT: &str = "the standard has no client hints on its safelist, Chromium has";

const DIFFERENCES: [Difference; 5] = [
    Difference {
        user_agent: UserAgent::Standard,
        browser: "chromium",
        id: "ah-auth-star",
        reason: AUTHORIZATION,
    },
    Difference {
        user_agent: UserAgent::Standard,
        browser: "firefox",
        id: "ah-auth-star",
        reason: AUTHORIZATION,
    },
    Difference {
        user_agent: UserAgent::Standard,
        browser: "chromium",
        id: "rh-dpr",
        reason: CLIENT_HINT,
    },
    Difference {
        user_agent: UserAgent::Standard,
        browser: "chromium",
        id: "rh-savedata",
        reason: CLIENT_HINT,
    },
    Difference {
        user_agent: UserAgent::Standard,
        browser: "chromium",
        id: "rh-ect",
        reason: CLIENT_HINT,
    },
];

#[tokio::test]
async fn the_standard_does_what_chromium_did() {
    check(UserAgent::Standard, "chromium").await;
}

#[tokio::test]
async fn the_standard_does_what_firefox_did() {
    check(UserAgent::Standard, "firefox").await;
}

#[tokio::test]
async fn the_chromium_mode_does_what_chromium_did() {
    check(UserAgent::Chromium, "chromium").await;
}

#[tokio::test]
async fn the_firefox_mode_does_what_firefox_did() {
    check(UserAgent::Firefox, "firefox").await;
}

/// The differences are declared of the rows in the repository; another file need not have them.
#[test]
fn every_declared_difference_names_a_row() {
    let rows = rows(OBSERVATIONS);
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "ids are unique");
    for Difference { id, .. } in &DIFFERENCES {
        assert!(ids.contains(id), "no row {id}");
    }
}

/// Replays all rows and lists all surprises. A row that does not tell what the browser did is one.
async fn check(user_agent: UserAgent, browser: &str) {
    let path = env::var("BROWSER_OBSERVATIONS").unwrap_or_else(|_| OBSERVATIONS.to_owned());
    let rows = rows(&path);
    let (mut replays, mut surprises) = (0, Vec::new());
    for row in &rows {
        let Some(observed) = row.observed(browser) else {
            surprises.push(format!("{}: no observation of {browser}", row.id));
            continue;
        };
        replays += 1;
        let replayed = match replay(row, user_agent).await {
            Ok(replayed) => replayed,
            Err(Uncarried { name, value }) => {
                let id = &row.id;
                surprises.push(format!("{id}: `http` cannot carry {name}: {value:?}"));
                continue;
            }
        };
        let declared = DIFFERENCES.iter().find(|difference| {
            difference.user_agent == user_agent
                && difference.browser == browser
                && difference.id == row.id
        });
        match (replayed == observed, declared) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(Difference { reason, .. })) => {
                surprises.push(format!("{}: declared to differ ({reason}), and does not", row.id));
            }
            (false, None) => {
                surprises.push(format!(
                    "{}:\n  {browser} did {observed}\n  {user_agent:?} does {replayed}",
                    row.id
                ));
            }
        }
    }
    println!("{user_agent:?} as {browser}: {replays} rows of {path} replayed");
    assert!(surprises.is_empty(), "{} rows of {path}:\n{}", surprises.len(), surprises.join("\n"));
    assert_eq!(replays, rows.len(), "all rows of {path} are replayed");
}

fn rows(path: &str) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let rows: Vec<_> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{path}:{}: {error}", index + 1))
        })
        .collect();
    assert!(!rows.is_empty(), "{path} has rows");
    rows
}

#[derive(Deserialize)]
struct Row {
    id: String,
    target: String,
    init: Map<String, Value>,
    server: Server,
    #[serde(flatten)]
    observed: Map<String, Value>,
}

#[derive(Clone, Deserialize)]
struct Server {
    #[serde(rename = "OPTIONS")]
    options: Answer,
    otherwise: Answer,
}

#[derive(Clone, Deserialize)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
}

/// What script saw, and what the server got. `status`, `kind` and `visible_headers` are nothing, or
/// none, if the fetch failed.
#[derive(PartialEq, Eq, Deserialize)]
struct Observed {
    outcome: String,
    status: Option<u16>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    visible_headers: Vec<String>,
    requests: Vec<ObservedRequest>,
}

#[derive(PartialEq, Eq, Deserialize)]
struct ObservedRequest {
    method: String,
    headers: Vec<(String, String)>,
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {:?} {:?}", self.outcome, self.status, self.kind, self.visible_headers)?;
        self.requests
            .iter()
            .try_for_each(|request| write!(f, " | {} {:?}", request.method, request.headers))
    }
}

impl Row {
    fn observed(&self, browser: &str) -> Option<Observed> {
        let mut observed: Observed = serde_json::from_value(self.observed.get(browser)?.clone())
            .unwrap_or_else(|error| panic!("{}: {browser}: {error}", self.id));
        observed.visible_headers.sort();
        for request in &mut observed.requests {
            request.headers.sort();
        }
        Some(observed)
    }

    fn fetch(&self) -> Fetch {
        let text = |key: &str| self.init.get(key).map(|value| value.as_str().unwrap());
        let url = self.target.replace("{api}", API).replace("{page}", PAGE);
        let mut fetch = Fetch::new(text("method").unwrap_or("GET"), url);
        for (key, value) in &self.init {
            fetch = match (key.as_str(), value.as_str()) {
                ("method", Some(_)) => fetch,
                ("credentials", Some("omit")) => fetch.credentials(Credentials::Omit),
                ("credentials", Some("same-origin")) => fetch.credentials(Credentials::SameOrigin),
                ("credentials", Some("include")) => fetch.credentials(Credentials::Include),
                ("mode", Some("cors")) => fetch.mode(Mode::Cors),
                ("mode", Some("no-cors")) => fetch.mode(Mode::NoCors),
                ("mode", Some("same-origin")) => fetch.mode(Mode::SameOrigin),
                ("body", Some(body)) => fetch.body(body.to_owned()),
                ("headers", None) => add_headers(fetch, value),
                _ => panic!("{}: init has {key:?}: {value}, which cannot be replayed", self.id),
            };
        }
        let brings_type = self.init.contains_key("body") && !has_content_type(&self.init);
        // A string as body brings a type of its own.
        if brings_type { fetch.header("content-type", "text/plain;charset=UTF-8") } else { fetch }
    }
}

/// Headers are an object, or a list of pairs.
fn add_headers(fetch: Fetch, headers: &Value) -> Fetch {
    pairs(headers).into_iter().fold(fetch, |fetch, (name, value)| fetch.header(name, value))
}

fn has_content_type(init: &Map<String, Value>) -> bool {
    init.get("headers").is_some_and(|headers| {
        pairs(headers).iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
    })
}

fn pairs(headers: &Value) -> Vec<(String, String)> {
    match headers {
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
        list => serde_json::from_value(list.clone()).unwrap(),
    }
}

/// A field of a response that `http` cannot carry, though a browser was sent it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Uncarried {
    name: String,
    value: String,
}

async fn replay(row: &Row, user_agent: UserAgent) -> Result<Observed, Uncarried> {
    let server = row.server.clone();
    let uncarried = Arc::new(Mutex::new(None));
    let noted = Arc::clone(&uncarried);
    let service = service_fn(move |request: Request<Body>| {
        let response = respond(&server, &request);
        ready(response.map_err(|field| {
            *noted.lock().unwrap() = Some(field);
            "uncarried"
        }))
    });
    let browser = Browser::new(service).user_agent(user_agent);
    let observed = match { browser }.fetch_from(PAGE, row.fetch()).await {
        Ok(seen) => record(&seen),
        Err(_) => failure(Vec::new()),
    };
    let uncarried = uncarried.lock().unwrap().take();
    uncarried.map_or(Ok(observed), Err)
}

/// What the server of the observations did.
fn respond(server: &Server, request: &Request<Body>) -> Result<Response<Full<Bytes>>, Uncarried> {
    let is_options = request.method() == Method::OPTIONS;
    let answer = if is_options { &server.options } else { &server.otherwise };
    let has_body = !is_options && !matches!(answer.status, 204 | 304);
    let mut response = Response::new(Full::from(if has_body { "ok" } else { "" }));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
    if has_body {
        response.headers_mut().insert("content-length", HeaderValue::from_static("2"));
    }
    for (name, template) in &answer.headers {
        if let Some(value) = fill(template, request.headers()) {
            let field = HeaderName::from_bytes(name.as_bytes()).ok();
            let line = field.zip(HeaderValue::from_str(&value).ok());
            let (field, line) = line.ok_or(Uncarried { name: name.clone(), value })?;
            response.headers_mut().append(field, line);
        }
    }
    Ok(response)
}

/// A header's value, or nothing if it needs a line that the request does not have.
fn fill(template: &str, headers: &HeaderMap) -> Option<String> {
    let mut value =
        template.replace("{page}", PAGE).replace("{api}", API).replace("{P}", PAGE_PORT);
    for (variable, name) in [
        ("{O}", "origin"),
        ("{ACRM}", "access-control-request-method"),
        ("{ACRH}", "access-control-request-headers"),
    ] {
        if value.contains(variable) {
            value = value.replace(variable, headers.get(name)?.to_str().unwrap());
        }
    }
    Some(value)
}

fn record(seen: &Seen) -> Observed {
    let requests = seen.sent().into_iter().map(|sent| ObservedRequest {
        method: sent.method().to_string(),
        headers: observed_lines(sent.headers()),
    });
    let Ok(visible) = seen.response() else {
        return failure(requests.collect());
    };
    let names: BTreeSet<_> =
        visible.headers().keys().map(|name| name.as_str().to_owned()).collect();
    Observed {
        outcome: if seen.is_readable() { "readable" } else { "opaque" }.to_owned(),
        status: Some(visible.status()),
        kind: Some(match visible.kind() {
            ResponseType::Basic => "basic".to_owned(),
            ResponseType::Cors => "cors".to_owned(),
            _ => "opaque".to_owned(),
        }),
        visible_headers: names.into_iter().collect(),
        requests: requests.collect(),
    }
}

fn failure(requests: Vec<ObservedRequest>) -> Observed {
    Observed {
        outcome: "network error".to_owned(),
        status: None,
        kind: None,
        visible_headers: Vec::new(),
        requests,
    }
}

fn observed_lines(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut lines: Vec<_> = headers
        .iter()
        .filter(|(name, _)| {
            *name == "origin" || name.as_str().starts_with("access-control-request-")
        })
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().replace(PAGE, "{page}")))
        .collect();
    lines.sort();
    lines
}

/// Such a row is named, and the others are replayed all the same.
#[tokio::test]
async fn a_row_that_http_cannot_carry_is_named() {
    for (name, value) in [("x-a", "a\u{b}b"), ("x-a", "a\nb"), ("x a", "1")] {
        let server = serde_json::json!({"status": 200, "headers": [[name, value]]});
        let row = serde_json::json!({
            "id": "a", "target": "{api}/", "init": {},
            "server": {"OPTIONS": server, "otherwise": server},
        });
        let row: Row = serde_json::from_value(row).unwrap();
        let uncarried = replay(&row, UserAgent::Standard).await.err();
        assert_eq!(uncarried, Some(Uncarried { name: name.into(), value: value.into() }));
    }
}
