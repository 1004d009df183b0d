//! A request through hyper and axum, with and without a layer: instructions, allocations, and time of
//! the processor.
//!
//! `cargo bench --bench end_to_end` drives hyper's server over a connection in memory, by hand and on
//! one thread, so that nothing but the server is measured: reading, routing, the handler, the layer,
//! writing. The tables are written to `benches/results/end_to_end.md`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark fails by panicking, and rounds"
)]

mod scenario;

use std::env;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use hyper::body::Incoming;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::service::TowerToHyperService;
use tower::{Layer, Service, ServiceExt};

use scenario::callgrind::{self, Cost};
use scenario::floor::Floor;
use scenario::plot::short;
use scenario::request::Asked;
use scenario::spread::median;
use scenario::{Origins, Setup, subject, table};

/// What stands before the handler.
#[derive(Clone, Copy)]
enum Layered {
    No,
    /// By `Router::layer`, which boxes each route anew, with a layer that does nothing.
    Nothing,
    /// By `Router::layer`.
    Ours(usize),
    /// By `Router::layer`.
    Theirs(usize),
    /// Around the whole router, where nothing is boxed.
    OursAround(usize),
    /// Around the whole router.
    TheirsAround(usize),
    /// Around the whole router, the least that a layer can do.
    FloorAround(usize),
}

/// A layer that does nothing, but holds a reference count, as any with a configuration does.
#[derive(Clone, Default)]
struct Nothing(Arc<()>);

impl<S> Layer<S> for Nothing {
    type Service = Idle<S>;

    fn layer(&self, inner: S) -> Idle<S> {
        Idle { inner, _held: Arc::clone(&self.0) }
    }
}

#[derive(Clone)]
struct Idle<S> {
    inner: S,
    _held: Arc<()>,
}

impl<S: Service<R>, R> Service<R> for Idle<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.inner.call(request)
    }
}

const LAYERS: [(&str, Layered); 13] = [
    ("none", Layered::No),
    ("one that does nothing", Layered::Nothing),
    ("tower-cors, 1 origin", Layered::Ours(1)),
    ("tower-cors, 2 origins", Layered::Ours(2)),
    ("tower-cors, 1,000 origins", Layered::Ours(1_000)),
    ("tower-http, 1 origin", Layered::Theirs(1)),
    ("tower-http, 1,000 origins", Layered::Theirs(1_000)),
    ("around the router: tower-cors, 1 origin", Layered::OursAround(1)),
    ("around the router: tower-cors, 2 origins", Layered::OursAround(2)),
    ("around the router: tower-cors, 1,000 origins", Layered::OursAround(1_000)),
    ("around the router: tower-http, 1 origin", Layered::TheirsAround(1)),
    ("around the router: tower-http, 1,000 origins", Layered::TheirsAround(1_000)),
    ("around the router: the least, 2 origins", Layered::FloorAround(2)),
];

const ASKED: [(&str, Asked); 3] = [
    ("GET, allowed", Asked::Simple),
    ("GET, plain", Asked::Plain),
    ("preflight", Asked::Preflight(3)),
];

/// Names those that are not compared with a layer that does nothing.
const AROUND: &str = "around the router";

const CHILD: &str = "--exchange";

/// The exchanges of the shorter of two runs, and of the longer, whose difference is counted.
const FEW: usize = 20;
const MANY: usize = 220;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, layer, asked, exchanges] = arguments.as_slice()
        && flag == CHILD
    {
        let [layer, asked, exchanges] =
            [layer, asked, exchanges].map(|number| number.parse::<usize>().unwrap());
        exchange(layer, ASKED[asked].1, exchanges);
        return;
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("end_to_end: run by `cargo bench --bench end_to_end`");
        return;
    }
    let columns = [
        "layer",
        "instructions, beyond none",
        "beyond one that does nothing",
        "allocations, beyond one that does nothing",
        "processor time, beyond one that does nothing",
        "instructions",
        "allocations",
        "processor time",
    ];
    let mut text = String::new();
    for (asked, (name, _)) in ASKED.iter().enumerate() {
        let costs: Vec<Cost> = (0..LAYERS.len()).map(|layer| cost(layer, asked)).collect();
        let times = times(asked);
        let row = |(layer, (name, _)): (usize, &(&str, Layered))| {
            let cost = costs[layer];
            // Around the router nothing is boxed, so that the layer is compared with none.
            let idle = usize::from(!name.starts_with(AROUND));
            let part =
                |of: usize| percent(cost.instructions as f64 / costs[of].instructions as f64);
            vec![
                (*name).to_owned(),
                format!("**{}**", part(0)),
                format!("**{}**", part(idle)),
                format!("**{:+}**", cost.allocations - costs[idle].allocations),
                format!("**{}**", percent(times[layer] / times[idle])),
                short(cost.instructions as f64),
                cost.allocations.to_string(),
                format!("{} ns", short(times[layer].round())),
            ]
        };
        let rows: Vec<_> = LAYERS.iter().enumerate().map(row).collect();
        let rows = table::table(&columns, &rows);
        text.extend(["### ", name, "\n\n", &rows, "\n"]);
    }
    table::write("end_to_end", text.trim_end());
}

fn percent(part: f64) -> String {
    format!("{:+.1} %", (part - 1.0) * 100.0)
}

/// Of one exchange.
fn cost(layer: usize, asked: usize) -> Cost {
    let [few, many] = [FEW, MANY].map(|exchanges| {
        let arguments = [CHILD, &layer.to_string(), &asked.to_string(), &exchanges.to_string()];
        callgrind::cost_of(&arguments)
    });
    let all = many - few;
    let each = i64::try_from(MANY - FEW).unwrap();
    Cost {
        instructions: all.instructions / each,
        allocations: (all.allocations + each / 2) / each,
        atomics: all.atomics / each,
    }
}

/// The medians of the nanoseconds of an exchange, by layer, of rounds that alternate.
fn times(asked: usize) -> Vec<f64> {
    const ROUNDS: usize = 400;
    const EXCHANGES: usize = 64;
    let mut times = vec![Vec::new(); LAYERS.len()];
    for _ in 0..ROUNDS {
        for (layer, times) in times.iter_mut().enumerate() {
            times.push(exchange(layer, ASKED[asked].1, EXCHANGES) / EXCHANGES as f64);
        }
    }
    times.into_iter().map(median).collect()
}

fn exchange(layer: usize, asked: Asked, exchanges: usize) -> f64 {
    let setup = |count| Setup::of(Origins::Listed(count), 3);
    // With its state, as `axum::serve` gives it one, a router turns its handlers into routes once.
    let app: Router =
        Router::new().route("/items/{id}", get(async || "hello").options(async || "hello"));
    match LAYERS[layer].1 {
        Layered::No => serve(app.with_state(()), asked, exchanges),
        Layered::Nothing => serve(app.layer(Nothing::default()).with_state(()), asked, exchanges),
        Layered::Ours(count) => {
            serve(app.layer(subject::ours(setup(count))).with_state(()), asked, exchanges)
        }
        Layered::Theirs(count) => {
            serve(app.layer(subject::theirs(setup(count))).with_state(()), asked, exchanges)
        }
        Layered::OursAround(count) => {
            serve(subject::ours(setup(count)).layer(app.with_state(())), asked, exchanges)
        }
        Layered::TheirsAround(count) => {
            serve(subject::theirs(setup(count)).layer(app.with_state(())), asked, exchanges)
        }
        Layered::FloorAround(count) => {
            let floor = Floor::new(Origins::Listed(count));
            serve(floor.layer(app.with_state(())), asked, exchanges)
        }
    }
}

/// Serves so many exchanges on one connection. In nanoseconds.
fn serve<S>(app: S, asked: Asked, exchanges: usize) -> f64
where
    S: Service<
            axum::extract::Request,
            Response = axum::response::Response,
            Error = std::convert::Infallible,
        > + Clone,
{
    let app = app.map_request(|request: http::Request<Incoming>| request.map(Body::new));
    let wire = Wire { request: asked.text().into_bytes(), left: exchanges, busy: false };
    let server = hyper::server::conn::http1::Builder::new();
    measured_exchanges(pin!(server.serve_connection(wire, TowerToHyperService::new(app))))
}

#[inline(never)]
fn measured_exchanges<F, E>(mut connection: Pin<&mut F>) -> f64
where
    F: Future<Output = Result<(), E>>,
    E: std::fmt::Debug,
{
    let start = Instant::now();
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = connection.as_mut().poll(&mut context) {
            result.unwrap();
            return start.elapsed().as_nanos() as f64;
        }
    }
}

/// The client's end of a connection: sends the same request again and again, each after the answer to
/// the one before, and throws away what it gets.
struct Wire {
    request: Vec<u8>,
    left: usize,
    busy: bool,
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.busy {
            return Poll::Pending;
        }
        if self.left > 0 {
            self.left -= 1;
            self.busy = true;
            buffer.put_slice(&self.request);
        }
        Poll::Ready(Ok(()))
    }
}

impl Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.busy = false;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
