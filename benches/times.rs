//! Times, tower-http's layer beside this crate's.
//!
//! `cargo bench --bench times` measures all, and writes `benches/results/times.md`: ratios within
//! one run, the only thing about times that another machine can be compared with. A round measures all layers
//! by turns, so that what else the machine does meets them alike; criterion measures one after the other, and its
//! differences came out below zero.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a benchmark fails by panicking, and rounds"
)]

mod scenario;

use std::convert::Infallible;
use std::time::Instant;

use http::{Request, Response};
use tower::{Layer, Service};

use scenario::spread::quartiles;
use scenario::{Scenario, plot, subject, table};

const ROUNDS: usize = 101;

/// How long the requests between two looks at the clock take, and how many they are at most.
const BATCH_NANOSECONDS: f64 = 50_000.0;
const MOST: f64 = 128.0;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("times: run by `cargo bench --bench times`");
        return;
    }
    let columns = [
        "scenario",
        "times faster: call",
        "clone + call",
        "tower-cors: call",
        "clone + call",
        "tower-http: call",
        "clone + call",
    ];
    let rows: Vec<_> = scenario::all().iter().map(row).collect();
    table::write("times", &table::table(&columns, &rows));
}

fn row(scenario: &Scenario) -> Vec<String> {
    let ours = subject::ours(scenario.setup).layer(scenario.inner);
    let theirs = subject::theirs(scenario.setup).layer(scenario.inner);
    let [call, clone_call] = [false, true].map(|cloning| {
        let mut bare = Timed::new(scenario, scenario.inner, cloning);
        let mut ours = Timed::new(scenario, ours.clone(), cloning);
        let mut theirs = Timed::new(scenario, theirs.clone(), cloning);
        // Beyond the inner service alone.
        let rounds = (0..ROUNDS).map(|_| {
            let bare = bare.batch();
            (ours.batch() - bare, theirs.batch() - bare)
        });
        let (ours, theirs) = rounds.unzip();
        [quartiles(ours), quartiles(theirs)]
    });
    let mut row = vec![scenario.name.clone()];
    row.extend([call, clone_call].map(ratio));
    row.extend([call[0], clone_call[0], call[1], clone_call[1]].map(time));
    row
}

/// Of the medians, if both stand out of the noise.
fn ratio([ours, theirs]: [[f64; 3]; 2]) -> String {
    if stands_out(ours) && stands_out(theirs) {
        format!("**{}**", plot::short(theirs[1] / ours[1]))
    } else {
        String::new()
    }
}

fn time(quartiles: [f64; 3]) -> String {
    if stands_out(quartiles) {
        format!("{} ns", plot::short(quartiles[1].round()))
    } else {
        "below noise".to_owned()
    }
}

/// Whether three rounds of four measured more than nothing.
fn stands_out([first, ..]: [f64; 3]) -> bool {
    first > 0.0
}

/// A service that is timed.
struct Timed<'a, S> {
    scenario: &'a Scenario,
    service: S,
    /// Whether each request goes to a clone.
    cloning: bool,
    requests: usize,
}

impl<'a, S> Timed<'a, S>
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone,
{
    fn new(scenario: &'a Scenario, service: S, cloning: bool) -> Self {
        let mut timed = Self { scenario, service, cloning, requests: 1 };
        timed.batch();
        timed.requests = (BATCH_NANOSECONDS / timed.batch()).clamp(1.0, MOST) as usize;
        timed
    }

    /// The nanoseconds of a request.
    fn batch(&mut self) -> f64 {
        let requests: Vec<_> = (0..self.requests).map(|_| self.scenario.asked.request()).collect();
        let start = Instant::now();
        for request in requests {
            if self.cloning {
                subject::drive(&mut self.service.clone(), request);
            } else {
                subject::drive(&mut self.service, request);
            }
        }
        start.elapsed().as_nanos() as f64 / self.requests as f64
    }
}
