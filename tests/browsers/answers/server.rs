//! The server of the cases: it answers as they say, at three ports, and keeps a record.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::response::{Html, Response};
use axum::{Router, body::Body, routing};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::case::{Case, Reply};
use super::told::arrived;
use crate::page::{Ports, document};

/// It ends with this value.
pub(crate) struct Server {
    pub(crate) runtime: Runtime,
    pub(crate) ports: Ports,
    /// The very service that answers to the browsers' fetches.
    pub(crate) app: Router,
    shared: Arc<Shared>,
}

struct Shared {
    cases: Vec<Case>,
    arrived: Mutex<BTreeMap<usize, Vec<String>>>,
}

impl Server {
    pub(crate) fn start(cases: impl FnOnce(Ports) -> Vec<Case>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let bind = || {
            let bound = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
            bound.expect("a free port")
        };
        let listeners = [bind(), bind(), bind()];
        let [page, other_page, api] =
            listeners.each_ref().map(|listener| listener.local_addr().expect("it is bound").port());
        let ports = Ports { page, other_page, api };
        let shared = Arc::new(Shared { cases: cases(ports), arrived: Mutex::default() });
        let app = app(Arc::clone(&shared));
        for listener in listeners {
            let app = app.clone();
            runtime.spawn(async { axum::serve(listener, app).await });
        }
        Self { runtime, ports, app, shared }
    }

    pub(crate) fn cases(&self) -> &[Case] {
        &self.shared.cases
    }

    /// What arrived since the last call, by case.
    pub(crate) fn take_arrived(&self) -> BTreeMap<usize, Vec<String>> {
        std::mem::take(&mut *self.shared.arrived.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn app(shared: Arc<Shared>) -> Router {
    let sandbox = [(header::CONTENT_SECURITY_POLICY, "sandbox allow-scripts")];
    Router::new()
        .route("/page", routing::get(async || Html(document())))
        .route("/sandboxed", routing::get(async move || (sandbox, Html(document()))))
        .fallback(answer)
        .with_state(shared)
}

/// Answers `/c/12/0` as the first hop of case 12, and whatever else is below `/c/12` as anybody's.
async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let mut parts = request.uri().path().split('/').skip(1);
    let (start, id, hop) = (parts.next(), parts.next(), parts.next());
    let id = id.and_then(|id| id.parse::<usize>().ok()).filter(|_| start == Some("c"));
    let Some((id, case)) = id.and_then(|id| Some((id, shared.cases.get(id)?))) else {
        return respond(&Reply { status: 404, lines: Vec::new() }, &request);
    };
    shared
        .arrived
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(id)
        .or_default()
        .push(arrived(&request));
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    match hop.and_then(|hop| case.hops.get(hop.parse::<usize>().ok()?)) {
        Some(hop) if is_preflight => respond(&hop.to_preflight, &request),
        Some(hop) => respond(&hop.to_request, &request),
        None => respond(&open(), &request),
    }
}

/// Shares everything with everybody.
fn open() -> Reply {
    let line = |name, value: &str| (name, value.to_owned());
    Reply {
        status: 200,
        lines: vec![
            line("access-control-allow-origin", "{origin}"),
            line("access-control-allow-credentials", "true"),
            line("access-control-allow-methods", "{method}"),
            line("access-control-allow-headers", "{headers}"),
        ],
    }
}

fn respond(reply: &Reply, request: &Request) -> Response {
    let mut response = Response::new(Body::from("ok"));
    *response.status_mut() = StatusCode::from_u16(reply.status).expect("a status");
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::DATE, HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"));
    for (name, template) in &reply.lines {
        if let Some(value) = fill(template, request.headers()) {
            let bytes: Vec<u8> = value
                .chars()
                .map(|character| u8::try_from(u32::from(character)).expect("a byte"))
                .collect();
            let value = HeaderValue::from_bytes(&bytes).expect("`http` carries it");
            headers.append(HeaderName::from_static(name), value);
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
        Some(value.replace(variable, headers.get(*name)?.to_str().ok()?))
    })
}
