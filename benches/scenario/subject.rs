//! What is measured: the inner service alone, and behind the layers of this crate, of tower-http, and
//! one that does the least.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, VARY};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use tower::{Layer, Service};
use tower_cors::{CorsLayer, Policy};
use tower_http::cors::{self, AllowOrigin};

use super::floor::Floor;
use super::{Origins, Scenario, Settings, Setup, names};

/// Whose layer stands before the inner service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// Nobody's.
    Bare,
    /// One that does the least.
    Floor,
    /// This crate's.
    Ours,
    /// tower-http's.
    Theirs,
}

/// What of a service is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mode {
    /// `poll_ready`, `call`, one poll, and the drop of the response.
    Call,
    /// The same on a clone of the service, which is dropped after it: what axum and hyper-util's
    /// adapter do for every request.
    CloneCall,
    /// The clone alone, and its drop.
    Clone,
}

/// The inner service, by the fields of its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Inner {
    /// `content-type` and `content-length`.
    Typed,
    /// None, so that the map has no room.
    Empty,
    /// These two, and a `Vary` of its own.
    Varying,
}

impl Service<Request<()>> for Inner {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        drop(request);
        let mut response = Response::new(());
        let headers = response.headers_mut();
        if !matches!(self, Self::Empty) {
            headers.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.append(CONTENT_LENGTH, HeaderValue::from_static("2"));
        }
        if matches!(self, Self::Varying) {
            headers.append(VARY, HeaderValue::from_static("accept-encoding"));
        }
        ready(Ok(response))
    }
}

/// This crate's layer of that setup.
pub(crate) fn ours(setup: Setup) -> CorsLayer {
    let mut policy = Policy::builder()
        .allow_origins(setup.origins.texts())
        .allow_methods(["PUT"])
        .allow_headers(names(setup.names))
        .max_age(Duration::from_secs(600))
        // For a build without the list of suffixes.
        .dangerously_allow_public_suffixes(true);
    if setup.credentials {
        policy = policy.allow_credentials(true);
    }
    if setup.exposed {
        policy = policy.expose_headers(["x-request-id"]);
    }
    let layer = CorsLayer::new(policy.build().unwrap());
    match setup.settings {
        Settings::Usual => layer,
        Settings::Observed => layer.observe(|observation| {
            black_box(observation.decision().denial());
        }),
        Settings::Hidden => layer.hide_denials(true),
    }
}

/// tower-http's layer of that setup. It knows no patterns, so a predicate looks through them.
pub(crate) fn theirs(setup: Setup) -> cors::CorsLayer {
    let value = |text: &String| HeaderValue::try_from(text).unwrap();
    let texts = setup.origins.texts();
    let origins = match setup.origins {
        Origins::Any => AllowOrigin::any(),
        Origins::Listed(1) => AllowOrigin::exact(value(&texts[0])),
        Origins::Listed(_) => AllowOrigin::list(texts.iter().map(value)),
        Origins::Patterns(_) | Origins::WithinLabel(_) => {
            let cut = |text: &String| {
                let (start, end) = text.split_once('*').unwrap();
                (start.as_bytes().to_vec(), end.as_bytes().to_vec())
            };
            let patterns: Vec<_> = texts.iter().map(cut).collect();
            AllowOrigin::predicate(move |origin, _| {
                let origin = origin.as_bytes();
                patterns
                    .iter()
                    .any(|(start, end)| origin.starts_with(start) && origin.ends_with(end))
            })
        }
    };
    let names = names(setup.names).into_iter().map(|name| HeaderName::try_from(name).unwrap());
    let mut layer = cors::CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::PUT])
        .allow_headers(names.collect::<Vec<_>>())
        .max_age(Duration::from_secs(600));
    if setup.credentials {
        layer = layer.allow_credentials(true);
    }
    if setup.exposed {
        layer = layer.expose_headers([HeaderName::from_static("x-request-id")]);
    }
    layer
}

/// Runs requests of the scenario, the last of them measured.
pub(crate) fn run(scenario: &Scenario, subject: Subject, mode: Mode) {
    match subject {
        Subject::Bare => warm_and_measure(scenario.inner, scenario, mode),
        Subject::Floor => {
            let floor = Floor::new(scenario.setup.origins);
            warm_and_measure(floor.layer(scenario.inner), scenario, mode);
        }
        Subject::Ours => {
            warm_and_measure(ours(scenario.setup).layer(scenario.inner), scenario, mode);
        }
        Subject::Theirs => {
            warm_and_measure(theirs(scenario.setup).layer(scenario.inner), scenario, mode);
        }
    }
}

fn warm_and_measure<S>(mut service: S, scenario: &Scenario, mode: Mode)
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone,
{
    // What is freed while it is measured lies between blocks that stay, so that the allocator has
    // nothing to merge, and warm caches.
    let mut kept = Vec::with_capacity(2 * ROUNDS);
    drop(service.clone());
    for round in 1..=ROUNDS {
        kept.push(vec![0u8; 2048]);
        let request = scenario.asked.request();
        kept.push(vec![0u8; 2048]);
        match mode {
            _ if round < ROUNDS => drive(&mut service, request),
            Mode::Call => measured_call(&mut service, request),
            Mode::CloneCall => measured_clone_call(&service, request),
            Mode::Clone => measured_clone(&service),
        }
    }
    black_box(kept);
}

/// How many requests run, of which the last is measured.
const ROUNDS: usize = 4;

/// One request, driven by hand.
#[inline]
pub(crate) fn drive<S>(service: &mut S, request: Request<()>)
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    let mut context = Context::from_waker(Waker::noop());
    let _ready = service.poll_ready(&mut context);
    let Poll::Ready(Ok(response)) = pin!(service.call(request)).poll(&mut context) else {
        unreachable!("no service here waits");
    };
    drop(black_box(response));
}

// Instructions are counted while a function runs whose name begins so: `callgrind::REGION`.

#[inline(never)]
fn measured_call<S>(service: &mut S, request: Request<()>)
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    drive(service, request);
}

#[inline(never)]
fn measured_clone_call<S>(service: &S, request: Request<()>)
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone,
{
    drive(&mut service.clone(), request);
}

#[inline(never)]
fn measured_clone<S: Clone>(service: &S) {
    drop(black_box(service.clone()));
}
