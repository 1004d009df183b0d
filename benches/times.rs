//! Times by criterion, tower-http's layer beside this crate's in each group.
//!
//! `cargo bench --bench times` measures all, and writes `benches/results/times.md`: ratios of medians
//! of one run, the only thing about times that another machine can be compared with.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark fails by panicking, and rounds"
)]

mod scenario;

use std::convert::Infallible;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion};
use http::{Request, Response};
use tower::{Layer, Service};

use scenario::{Scenario, plot, subject};

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
        .sample_size(15)
        .warm_up_time(Duration::from_millis(150))
        .measurement_time(Duration::from_millis(500))
        .without_plots()
        .configure_from_args();
    for scenario in &scenarios {
        measure(&mut criterion, scenario);
    }
    criterion.final_summary();
    let table = table(&scenarios);
    print!("{table}");
    fs::write(plot::results("times.md"), table).unwrap();
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

/// The medians that criterion left, as ratios.
fn table(scenarios: &[Scenario]) -> String {
    let mut table = String::from(
        "| scenario | times faster: call | clone + call | tower-cors: call | clone + call \
         | tower-http: call | clone + call |\n|---|---|---|---|---|---|---|\n",
    );
    for Scenario { name, .. } in scenarios {
        // Beyond the inner service alone.
        let over = |who: &str, mode: &str| {
            Some(median(name, &format!("{who} {mode}"))? - median(name, &format!("{BARE} {mode}"))?)
        };
        let cells = || {
            let [call, clone] =
                ["call", "clone"].map(|mode| Some((over(OURS, mode)?, over(THEIRS, mode)?)));
            let ((ours, theirs), (ours_clone, theirs_clone)) = (call?, clone?);
            Some([ours, ours_clone, theirs, theirs_clone])
        };
        let Some([ours, ours_clone, theirs, theirs_clone]) = cells() else { continue };
        writeln!(
            table,
            "| {name} | **{}** | **{}** | {} ns | {} ns | {} ns | {} ns |",
            plot::short(theirs / ours),
            plot::short(theirs_clone / ours_clone),
            plot::short(ours.round()),
            plot::short(ours_clone.round()),
            plot::short(theirs.round()),
            plot::short(theirs_clone.round()),
        )
        .unwrap();
    }
    table
}

/// In nanoseconds.
fn median(group: &str, function: &str) -> Option<f64> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("criterion");
    let file = directory.join(group).join(function).join("new/estimates.json");
    let estimates: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
