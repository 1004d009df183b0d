//! What it takes to build a policy of up to 1,000,000 origins: time, and memory.
//!
//! `cargo bench --bench building` takes both, beside those of tower-http's list, and writes tables and
//! plots of them into `benches/results`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark fails by panicking, and rounds"
)]

mod scenario;

use std::hint::black_box;
use std::time::Instant;

use http::HeaderValue;
use tower_cors::{CorsLayer, Origin, Policy};
use tower_http::cors::{self, AllowOrigin};

use scenario::plot::{Line, OTHER, OURS, Plot, Scale, THEIRS, short};
use scenario::{Origins, table};

/// With the hasher of this crate.
type HashSet<T> = hashbrown::HashSet<T, foldhash::fast::FixedState>;

const COUNTS: [usize; 6] = [10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// Nanoseconds, and bytes, per origin.
#[derive(Clone, Copy, Debug, Default)]
struct Built {
    /// The text of the origins alone.
    text: f64,
    /// Parsing them alone.
    parse: f64,
    /// All that `build` does, parsing included, and what it took in strings before.
    ours: f64,
    ours_bytes: f64,
    ours_peak: f64,
    /// A hash set of the texts where they stand: the least that a look-up by hash asks for.
    set: f64,
    /// The values of the list, made and checked by `http`.
    values: f64,
    /// The list, of values that are there.
    theirs: f64,
    theirs_bytes: f64,
}

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("building: run by `cargo bench --bench building`");
        return;
    }
    let all = COUNTS.map(|count| (count as f64, measure(count)));
    let columns = [
        "origins",
        "without parsing, in times of tower-http's",
        "a hash set, in times of tower-http's",
        "bytes per origin beyond its text",
        "at the most, while building",
        "tower-http, per clone",
        "in all, per origin",
        "of which parsing",
        "tower-http, per origin",
        "in all",
    ];
    let row = |(count, built): &(f64, Built)| {
        let list = built.values + built.theirs;
        let time = |nanoseconds: f64| format!("{} ns", short(nanoseconds.round()));
        vec![
            short(*count),
            format!("**{:.2}**", (built.ours - built.parse) / list),
            format!("**{:.2}**", built.set / list),
            format!("**{}**", short(built.ours_bytes - built.text)),
            short(built.ours_peak - built.text),
            short(built.theirs_bytes - built.text),
            time(built.ours),
            time(built.parse),
            time(list),
            format!("{} ms", short(built.ours * count / 1e6)),
        ]
    };
    table::write("building", &table::table(&columns, &all.iter().map(row).collect::<Vec<_>>()));
    let line = |label: &str, color, of: fn(&Built) -> f64| Line {
        label: label.to_owned(),
        color,
        points: all.iter().map(|(count, built)| (*count, of(built))).collect(),
    };
    let x = || ("listed origins".to_owned(), Scale::Logarithmic);
    Plot {
        title: "Memory grows with the text of the origins, and a few bytes for each".to_owned(),
        subtitle: "What the built policy holds, divided by its origins.".to_owned(),
        x: x(),
        y: ("bytes per origin".to_owned(), Scale::Linear),
        lines: vec![
            line("the text alone", OTHER, |built| built.text),
            line("tower-cors", OURS, |built| built.ours_bytes),
            line("tower-http, per clone", THEIRS, |built| built.theirs_bytes),
        ],
    }
    .write("building-memory");
    Plot {
        title: "Building takes the same time for each origin".to_owned(),
        subtitle: "Judged and compiled once, at start-up. tower-http only lists what is given."
            .to_owned(),
        x: x(),
        y: ("nanoseconds per origin".to_owned(), Scale::Linear),
        lines: vec![
            line("tower-cors", OURS, |built| built.ours),
            line("parsing alone", OTHER, |built| built.parse),
            line("tower-http", THEIRS, |built| built.values + built.theirs),
        ],
    }
    .write("building-time");
}

fn measure(count: usize) -> Built {
    let texts = Origins::Listed(count).texts();
    let each = count as f64;
    // The least of several rounds is the one that was disturbed least.
    let rounds = (300_000 / count).clamp(3, 200);
    let least = |run: &dyn Fn() -> f64| (0..rounds).map(|_| run()).fold(f64::MAX, f64::min) / each;
    let values = || -> Vec<HeaderValue> {
        texts.iter().map(|text| HeaderValue::from_str(text).unwrap()).collect()
    };
    let list = |values| cors::CorsLayer::new().allow_origin(AllowOrigin::list::<Vec<_>>(values));
    let builder = || Policy::builder().allow_origins(&texts);

    let mut built = Built {
        text: texts.iter().map(String::len).sum::<usize>() as f64 / each,
        parse: least(&|| time(|| texts.iter().filter(|text| Origin::parse(text).is_ok()).count())),
        ours: least(&|| time(|| builder().build().unwrap())),
        set: least(&|| time(|| texts.iter().map(String::as_str).collect::<HashSet<&str>>())),
        values: least(&|| time(values)),
        theirs: least(&|| {
            let values = values();
            time(|| list(values))
        }),
        ..Built::default()
    };
    let mut kept = None;
    let memory = allocation_counter::measure(|| {
        kept = Some(CorsLayer::new(builder().build().unwrap()));
    });
    built.ours_bytes = memory.bytes_current as f64 / each;
    built.ours_peak = memory.bytes_max as f64 / each;
    drop(kept);
    let mut kept = None;
    let memory = allocation_counter::measure(|| kept = Some(list(values())));
    built.theirs_bytes = memory.bytes_current as f64 / each;
    drop(kept);
    built
}

/// In nanoseconds, without the drop of what is made.
fn time<T>(run: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    let made = black_box(run());
    let nanoseconds = start.elapsed().as_nanos() as f64;
    drop(made);
    nanoseconds
}
