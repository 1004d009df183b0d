//! The server that the browsers fetch from: behind each path another policy, and a record of what
//! arrived in front of the layer.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::ready;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::{Html, IntoResponse, Response};
use axum::{Router, routing};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_cors::CorsLayer;

use crate::observed::Arrived;
use crate::page::{Ports, document};
use crate::scenario::{Inner, Scenario};

/// Listeners that nobody answers yet, so that policies can name their ports.
pub(crate) struct Listeners {
    runtime: Runtime,
    pages: [TcpListener; 2],
    api: TcpListener,
}

impl Listeners {
    pub(crate) fn bind() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let bind = || {
            let bound = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
            bound.expect("a free port")
        };
        let (pages, api) = ([bind(), bind()], bind());
        Self { runtime, pages, api }
    }

    pub(crate) fn ports(&self) -> Ports {
        let port = |listener: &TcpListener| listener.local_addr().expect("it is bound").port();
        let [page, other_page] = &self.pages;
        Ports { page: port(page), other_page: port(other_page), api: port(&self.api) }
    }

    /// Answers at all of them.
    pub(crate) fn serve(self, scenarios: &[Scenario]) -> Server {
        let ports = self.ports();
        let shared = Arc::new(Shared::new(scenarios, ports));
        let app = api(Arc::clone(&shared));
        self.runtime.spawn(serve(self.api, app.clone().merge(pages())));
        for listener in self.pages {
            self.runtime.spawn(serve(listener, pages()));
        }
        Server { runtime: self.runtime, ports, app, shared }
    }
}

async fn serve(listener: TcpListener, app: Router) {
    axum::serve(listener, app).await.expect("a server runs until it is dropped");
}

/// It ends with this value.
pub(crate) struct Server {
    pub(crate) runtime: Runtime,
    pub(crate) ports: Ports,
    /// The very service that answers to the browsers' fetches.
    pub(crate) app: Router,
    shared: Arc<Shared>,
}

impl Server {
    /// What arrived since the last call, by scenario.
    pub(crate) fn take_arrived(&self) -> BTreeMap<usize, Vec<Arrived>> {
        let mut arrived = self.shared.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *arrived)
    }
}

struct Shared {
    scenarios: Vec<(CorsLayer, Inner)>,
    arrived: Mutex<BTreeMap<usize, Vec<Arrived>>>,
}

impl Shared {
    fn new(scenarios: &[Scenario], ports: Ports) -> Self {
        let layer = |scenario: &Scenario| scenario.layer.build(scenario.policy.build(ports));
        Self {
            scenarios: scenarios.iter().map(|scenario| (layer(scenario), scenario.inner)).collect(),
            arrived: Mutex::default(),
        }
    }
}

fn pages() -> Router {
    let sandbox = [(header::CONTENT_SECURITY_POLICY, "sandbox allow-scripts")];
    Router::new()
        .route("/page", routing::get(async || Html(document())))
        .route("/sandboxed", routing::get(async move || (sandbox, Html(document()))))
}

fn api(shared: Arc<Shared>) -> Router {
    Router::new().route("/s/{id}", routing::any(answer)).with_state(shared)
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<usize>,
    request: Request,
) -> Response {
    let Some((layer, inner)) = shared.scenarios.get(id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let arrived = Arrived::from(&request);
    shared
        .arrived
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(id)
        .or_default()
        .push(arrived);
    let Ok(response) = layer.layer(service(*inner)).oneshot(request).await;
    response
}

/// The names of the headers that the inner service has of its own, in any case.
pub(crate) const INNER_HEADERS: [(&str, &str); 7] = [
    ("cache-control", "no-store"),
    ("content-type", "text/plain"),
    ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("set-cookie", "from=inner"),
    ("x-also", "2"),
    ("x-exposed", "1"),
    ("x-hidden", "3"),
];

/// What an open inner service says to everybody, and the layer must not let pass.
const OPEN: [(HeaderName, &str); 3] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, "x-hidden"),
];

fn service(
    inner: Inner,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone {
    service_fn(move |_: Request| {
        let mut response = Response::new(Body::from("ok"));
        *response.status_mut() = StatusCode::from_u16(inner.status).expect("it is a status");
        *response.headers_mut() = inner_headers(inner.is_open);
        ready(Ok(response))
    })
}

fn inner_headers(is_open: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in INNER_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_open {
        headers.extend(OPEN.map(|(name, value)| (name, HeaderValue::from_static(value))));
    }
    headers
}
