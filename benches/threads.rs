//! Whether two threads that share a policy pay for it.
//!
//! `cargo bench --bench threads` takes the time of a request with one thread and with two, each with a
//! clone of the service, and writes `benches/results/threads.md`. It needs two processors that nothing
//! else uses. What a request writes of counters is counted by `--bench costs`, as locked instructions.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark fails by panicking, and rounds"
)]

mod scenario;

use std::convert::Infallible;
use std::hint::spin_loop;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

use http::{Request, Response};
use tower::{Layer, Service, ServiceExt};

use scenario::plot::short;
use scenario::spread::median;
use scenario::{Scenario, subject, table};

/// The requests between two looks at the clock, and how often that is done in a round.
const BATCH: usize = 256;
const BATCHES: usize = 40;
const ROUNDS: usize = 41;

/// How often the control writes its counter for a request.
const WRITES: usize = 8;

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
        // What two threads would pay for a counter that they share.
        let counter = Arc::new(AtomicUsize::new(0));
        let control = scenario.inner.map_request(move |request: Request<()>| {
            for _ in 0..WRITES {
                counter.fetch_add(1, Relaxed);
            }
            request
        });
        all.extend(rows("none", scenario, &scenario.inner));
        all.extend(rows("a shared counter", scenario, &control));
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
        let rounds: Vec<(f64, f64)> = (0..ROUNDS)
            .map(|_| {
                let [one, two] = [1, 2].map(|threads| batches(threads, scenario, service, cloning));
                (median(one), median(two))
            })
            .collect();
        let ratio = median(rounds.iter().map(|(one, two)| two / one).collect());
        let one = median(rounds.iter().map(|round| round.0).collect());
        let two = median(rounds.iter().map(|round| round.1).collect());
        let time = |nanoseconds: f64| format!("{} ns", short(nanoseconds.round()));
        let (name, ratio) = (scenario.name.clone(), format!("**{ratio:.2}**"));
        vec![name, layer.to_owned(), what.to_owned(), ratio, time(one), time(two)]
    })
}

/// The nanoseconds of a request, batch by batch, of so many threads that begin each batch at once.
fn batches<S>(threads: usize, scenario: &Scenario, service: &S, cloning: bool) -> Vec<f64>
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone + Send + Sync,
{
    let arrived = AtomicUsize::new(0);
    let work = || {
        let mut own = service.clone();
        let mut times = Vec::with_capacity(BATCHES);
        for batch in 1..=BATCHES {
            let requests: Vec<Request<()>> = (0..BATCH).map(|_| scenario.asked.request()).collect();
            // Who waits does not sleep, since to wake up takes as long as a batch.
            arrived.fetch_add(1, Relaxed);
            while arrived.load(Relaxed) < batch * threads {
                spin_loop();
            }
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
