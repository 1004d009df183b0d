//! What observers are told, and that they change nothing.

use std::convert::Infallible;
use std::fmt::Write;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures_util::FutureExt;
use http::{Request, Response, StatusCode};
use tower::util::BoxCloneService;
use tower::{Layer, Service, ServiceExt};
use tower_cors::observe::Observation;
use tower_cors::{Cors, CorsLayer, Denial, Policy, PolicyBuilder};

mod calls;
#[cfg(feature = "metrics")]
mod counters;
#[cfg(feature = "tracing")]
mod flood;
#[cfg(feature = "tracing")]
mod hostile;
#[cfg(feature = "tracing")]
mod log;
mod report_only;
mod told;
mod walk;

/// What happened, in its order.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn push(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    /// What was logged since it was last taken.
    fn take(&self) -> Vec<String> {
        self.0.lock().unwrap().split_off(0)
    }

    /// An observer that writes a line for each observation.
    fn observer(&self) -> impl Fn(&Observation<'_>) + Send + Sync + 'static + use<> {
        let log = self.clone();
        move |observation| {
            let mut line = shown(observation);
            if let Some(candidate) = observation.candidate() {
                write!(line, " | {}", shown(candidate)).unwrap();
            }
            log.push(line);
        }
    }
}

/// An observation in few words: `preflight denied method-not-allowed rules[1]`.
fn shown(observation: &Observation<'_>) -> String {
    let decision = observation.decision();
    let mut line = format!("{} {}", decision.kind().as_str(), observation.outcome().as_str());
    if let Some(denial) = decision.denial() {
        write!(line, " {}", denial.as_str()).unwrap();
    }
    if let Some(rule) = decision.rule() {
        write!(line, " rules[{rule}]").unwrap();
    }
    line
}

/// An inner service that logs that it runs, and has a `Vary` and CORS headers of its own.
#[derive(Clone)]
struct Inner(Log);

impl Service<Request<()>> for Inner {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        self.0.push("inner");
        let response = Response::builder()
            .status(StatusCode::ACCEPTED)
            .header("vary", "accept")
            .header("access-control-expose-headers", "x-inner");
        // Whether there is one matters to a layer that keeps it.
        let response = if request.headers().contains_key("x-stray") {
            response
        } else {
            response.header("access-control-allow-origin", "https://inner.example")
        };
        ready(Ok(response.body("inner".to_owned()).unwrap()))
    }
}

/// A layer around the inner service, whatever its source of policies.
type Boxed = BoxCloneService<Request<()>, Response<String>, Infallible>;

fn boxed<P>(layer: &CorsLayer<P>, log: &Log) -> Boxed
where
    P: Clone + Send + Sync + 'static,
    Cors<Inner, P>:
        Service<Request<()>, Response = Response<String>, Error = Infallible, Future: Send>,
{
    Boxed::new(layer.layer(Inner(log.clone())))
}

/// All of a response: status, fields in their order, what refused it, and the body.
type Answer = (StatusCode, Vec<(String, Vec<u8>)>, Option<Denial>, String);

fn send(service: &Boxed, request: Request<()>) -> Answer {
    let response = service.clone().oneshot(request).now_or_never().unwrap().unwrap();
    let fields = response.headers().iter();
    let fields = fields.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    let refused = response.extensions().get::<Denial>().copied();
    (response.status(), fields.collect(), refused, response.body().clone())
}

/// A request in one line: `OPTIONS /items; origin: https://a.example; access-control-request-method: PUT`.
#[track_caller]
fn request(line: &str) -> Request<()> {
    let mut parts = line.split("; ");
    let (method, uri) = parts.next().unwrap().split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(uri);
    for field in parts {
        let (name, value) = field.split_once(": ").unwrap();
        // Short names for what every preflight has.
        let name = match name {
            "method" => "access-control-request-method",
            "names" => "access-control-request-headers",
            name => name,
        };
        request = request.header(name, value);
    }
    request.body(()).unwrap()
}

fn origins(origins: &[&str]) -> PolicyBuilder {
    Policy::builder().allow_origins(origins)
}

/// Two origins, PUT, and one header name.
fn two() -> PolicyBuilder {
    origins(&["https://a.example", "https://b.example"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
}
