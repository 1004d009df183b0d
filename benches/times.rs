//! Times by criterion, tower-http's layer beside this crate's in each group.
//!
//! `cargo bench --bench times` measures all, and writes `benches/results/times.md`: ratios within
//! one run, the only thing about times that another machine can be compared with.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark fails by panicking, and rounds"
)]

mod scenario;

use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion};
use http::{Request, Response};
use serde::Deserialize;
use tower::{Layer, Service};

use scenario::{Scenario, plot, subject, table};

const OURS: &str = "tower-cors";
const THEIRS: &str = "tower-http";
const BARE: &str = "bare";

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("times: run by `cargo bench --bench times`");
        return;
    }
    let scenarios = scenario::all();
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(150))
        .measurement_time(Duration::from_millis(500))
        .without_plots()
        .configure_from_args();
    for scenario in &scenarios {
        measure(&mut criterion, scenario);
    }
    criterion.final_summary();
    table::write("times", &ratios(&scenarios));
}

fn measure(criterion: &mut Criterion, scenario: &Scenario) {
    let mut group = criterion.benchmark_group(&scenario.name);
    both(&mut group, BARE, scenario, &scenario.inner);
    both(&mut group, OURS, scenario, &subject::ours(scenario.setup).layer(scenario.inner));
    both(&mut group, THEIRS, scenario, &subject::theirs(scenario.setup).layer(scenario.inner));
    group.finish();
}

fn both<S>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, scenario: &Scenario, service: &S)
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone,
{
    let request = || scenario.asked.request();
    let batch = BatchSize::NumIterations(64);
    let mut called = service.clone();
    group.bench_function(format!("{name} call"), |bencher| {
        bencher.iter_batched(request, |request| subject::drive(&mut called, request), batch);
    });
    group.bench_function(format!("{name} clone"), |bencher| {
        let run = |request| subject::drive(&mut service.clone(), request);
        bencher.iter_batched(request, run, batch);
    });
}

/// What criterion measured, as ratios.
fn ratios(scenarios: &[Scenario]) -> String {
    // Beyond the inner service alone.
    let over = |name: &str, who: &str, mode: &str| {
        let [all, bare] = [who, BARE].map(|who| least(name, &format!("{who} {mode}")));
        Some(all? - bare?)
    };
    let row = |Scenario { name, .. }: &Scenario| {
        let [ours, theirs, ours_clone, theirs_clone] =
            [(OURS, "call"), (THEIRS, "call"), (OURS, "clone"), (THEIRS, "clone")]
                .map(|(who, mode)| over(name, who, mode));
        let ratio = |ours, theirs| format!("**{}**", plot::short(theirs / ours));
        let time = |nanoseconds: f64| format!("{} ns", plot::short(nanoseconds.round()));
        Some(vec![
            name.clone(),
            ratio(ours?, theirs?),
            ratio(ours_clone?, theirs_clone?),
            time(ours?),
            time(ours_clone?),
            time(theirs?),
            time(theirs_clone?),
        ])
    };
    let columns = [
        "scenario",
        "times faster: call",
        "clone + call",
        "tower-cors: call",
        "clone + call",
        "tower-http: call",
        "clone + call",
    ];
    table::table(&columns, &scenarios.iter().filter_map(row).collect::<Vec<_>>())
}

/// In nanoseconds: the least of criterion's samples, which is the one that was disturbed least.
fn least(group: &str, function: &str) -> Option<f64> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("criterion");
    let file = directory.join(group).join(function).join("new/sample.json");
    let sample: Sample = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    sample
        .times
        .iter()
        .zip(&sample.iters)
        .map(|(time, iterations)| time / iterations)
        .reduce(f64::min)
}

/// What criterion measured: nanoseconds, and how many iterations took them.
#[derive(Deserialize)]
struct Sample {
    iters: Vec<f64>,
    times: Vec<f64>,
}
