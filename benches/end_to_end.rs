//! A request through hyper and axum, with and without a layer: instructions, allocations, and time of
//! the processor.
//!
//! `cargo bench --bench end_to_end` drives hyper's server over a connection in memory, by hand and on
//! one thread, so that nothing but the server is measured: reading, routing, the handler, the layer,
//! writing.
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
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use hyper::body::Incoming;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::service::TowerToHyperService;
use tower::layer::util::Identity;
use tower::{Layer, ServiceExt};

use scenario::callgrind::{self, Cost};
use scenario::plot::short;
use scenario::request::Asked;
use scenario::subject;
use scenario::{Origins, Setup};

/// How an app is layered: by `Router::layer`, which boxes each route anew, or around the router.
const LAYERS: [&str; 8] = [
    "none",
    "one that does nothing",
    "tower-cors, 2 origins",
    "tower-cors, 1,000 origins",
    "tower-http, 2 origins",
    "tower-http, 1,000 origins",
    "around the router: tower-cors, 2 origins",
    "around the router: tower-cors, 1,000 origins",
];

const ASKED: [(&str, Asked); 3] = [
    ("GET, allowed", Asked::Simple),
    ("GET, plain", Asked::Plain),
    ("preflight", Asked::Preflight(3)),
];

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
    for (asked, (name, _)) in ASKED.iter().enumerate() {
        println!("\n### {name}\n");
        println!(
            "| layer | instructions, in parts of none | of one that does nothing | instructions \
             | allocations | processor time |"
        );
        println!("|---|---|---|---|---|---|");
        let costs: Vec<Cost> = (0..LAYERS.len()).map(|layer| cost(layer, asked)).collect();
        let times = times(asked);
        for (layer, name) in LAYERS.iter().enumerate() {
            let cost = costs[layer];
            let part = |of: usize| {
                let part = cost.instructions as f64 / costs[of].instructions as f64;
                format!("{:+.1} %", (part - 1.0) * 100.0)
            };
            println!(
                "| {name} | **{}** | **{}** | {} | {} | {} ns |",
                part(0),
                part(1),
                short(cost.instructions as f64),
                cost.allocations,
                short(times[layer].round())
            );
        }
    }
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
    times
        .into_iter()
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect()
}

fn exchange(layer: usize, asked: Asked, exchanges: usize) -> f64 {
    let setup = |count| Setup { origins: Origins::Listed(count), credentials: false, names: 3 };
    let count = if LAYERS[layer].contains("1,000") { 1_000 } else { 2 };
    let app = Router::new().route("/items/{id}", get(async || "hello").options(async || "hello"));
    match layer {
        0 => serve(app, asked, exchanges),
        1 => serve(app.layer(Identity::new()), asked, exchanges),
        2 | 3 => serve(app.layer(subject::ours(setup(count))), asked, exchanges),
        4 | 5 => serve(app.layer(subject::theirs(setup(count))), asked, exchanges),
        _ => serve(subject::ours(setup(count)).layer(app), asked, exchanges),
    }
}

/// Serves so many exchanges on one connection. In nanoseconds.
fn serve<S>(app: S, asked: Asked, exchanges: usize) -> f64
where
    S: tower::Service<
            axum::extract::Request,
            Response = axum::response::Response,
            Error = std::convert::Infallible,
        > + Clone,
{
    let app = app.map_request(|request: http::Request<Incoming>| request.map(Body::new));
    let wire = Wire { request: asked.text().into_bytes(), left: exchanges, answered: 0 };
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

/// The client's end of a connection: sends the same request again and again, and throws away what
/// it gets.
struct Wire {
    request: Vec<u8>,
    left: usize,
    answered: usize,
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left > 0 {
            self.left -= 1;
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
        self.answered += bytes.len();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
