//! Whether two threads that share a policy pay for it.
//!
//! `cargo bench --bench threads` takes the time of a request with one thread and with two, each with a
//! clone of the service, and writes `benches/results/threads.md`. It needs two processors that nothing
//! else uses. That no request writes a shared counter is counted by `--bench costs`, as locked
//! instructions.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark fails by panicking, and rounds"
)]

mod scenario;

use std::convert::Infallible;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use http::{Request, Response};
use tower::{Layer, Service};

use scenario::plot::short;
use scenario::{Scenario, subject, table};

/// The requests between two looks at the clock, and how often that is done in a round.
const BATCH: usize = 64;
const BATCHES: usize = 200;
const ROUNDS: usize = 41;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("threads: run by `cargo bench --bench threads`");
        return;
    }
    let wanted = [
        "any origin, allowed",
        "1 origin, allowed",
        "2 origins, plain",
        "1,000 origins, allowed",
        "2 origins, credentials",
        "preflight, allowed, 3 names",
    ];
    let mut all = Vec::new();
    for scenario in scenario::all().iter().filter(|known| wanted.contains(&known.name.as_str())) {
        let (ours, theirs) = (subject::ours(scenario.setup), subject::theirs(scenario.setup));
        all.extend(rows("none", scenario, &scenario.inner));
        all.extend(rows("tower-cors", scenario, &ours.layer(scenario.inner)));
        all.extend(rows("tower-http", scenario, &theirs.layer(scenario.inner)));
    }
    let columns =
        ["scenario", "layer", "", "two threads, in times of one", "one thread", "two threads"];
    table::write("threads", &table::table(&columns, &all));
}

fn rows<S>(layer: &str, scenario: &Scenario, service: &S) -> [Vec<String>; 2]
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone + Send + Sync,
{
    [("call", false), ("clone + call", true)].map(|(what, cloning)| {
        // Alternating, so that what else the machine does meets both alike.
        let (mut one, mut two) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            one.extend(batches(1, scenario, service, cloning));
            two.extend(batches(2, scenario, service, cloning));
        }
        let (one, two) = (undisturbed(one), undisturbed(two));
        let time = |nanoseconds: f64| format!("{} ns", short(nanoseconds.round()));
        let (name, ratio) = (scenario.name.clone(), format!("**{:.2}**", two / one));
        vec![name, layer.to_owned(), what.to_owned(), ratio, time(one), time(two)]
    })
}

/// The nanoseconds of a request, batch by batch, of so many threads that run at once.
fn batches<S>(threads: usize, scenario: &Scenario, service: &S, cloning: bool) -> Vec<f64>
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone + Send + Sync,
{
    let barrier = Barrier::new(threads);
    let work = || {
        let mut own = service.clone();
        let mut times = Vec::with_capacity(BATCHES);
        barrier.wait();
        for _ in 0..BATCHES {
            let requests: Vec<Request<()>> = (0..BATCH).map(|_| scenario.asked.request()).collect();
            let start = Instant::now();
            for request in requests {
                if cloning {
                    subject::drive(&mut service.clone(), request);
                } else {
                    subject::drive(&mut own, request);
                }
            }
            times.push(start.elapsed().as_nanos() as f64 / BATCH as f64);
        }
        times
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

/// What nine in ten batches took longer than: the machine disturbs many, while a counter that is
/// shared would slow all of them.
fn undisturbed(mut batches: Vec<f64>) -> f64 {
    batches.sort_by(f64::total_cmp);
    batches[batches.len() / 10]
}
