//! How the cost of a request grows: with the origins, the patterns, the allowed names, the requested
//! names, and the lines and bytes of the request.
//!
//! `cargo bench --bench growth` counts instructions by callgrind, and writes a plot and its numbers
//! for each into `benches/results`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark fails by panicking, and rounds"
)]

mod scenario;

use std::collections::HashMap;

use scenario::callgrind::{self, Cost, Run};
use scenario::plot::{Line, OTHER, OURS, Plot, Scale, THEIRS, THEIRS_TOO};
use scenario::request::Asked;
use scenario::subject::{Inner, Mode, Subject};
use scenario::{Origins, Scenario, Setup};

/// What grows, and how far.
struct Family {
    file: &'static str,
    title: &'static str,
    subtitle: &'static str,
    x: (&'static str, Scale),
    y: Scale,
    counts: &'static [usize],
    scenario: fn(usize) -> Scenario,
    lines: &'static [(&'static str, &'static str, Subject, Mode)],
}

const TENS: &[usize] = &[1, 2, 4, 5, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];

const CALLS: &[(&str, &str, Subject, Mode)] = &[
    ("tower-cors", OURS, Subject::Ours, Mode::Call),
    ("tower-http", THEIRS, Subject::Theirs, Mode::Call),
];

const CALLS_AND_CLONES: &[(&str, &str, Subject, Mode)] = &[
    ("tower-cors, clone + call", OTHER, Subject::Ours, Mode::CloneCall),
    ("tower-cors, call", OURS, Subject::Ours, Mode::Call),
    ("tower-http, call", THEIRS, Subject::Theirs, Mode::Call),
    ("tower-http, clone + call", THEIRS_TOO, Subject::Theirs, Mode::CloneCall),
];

const FAMILIES: &[Family] = &[
    Family {
        file: "growth-origins",
        title: "A look-up costs the same among ten origins and among 100,000",
        subtitle: "An allowed GET. A policy of one origin is static: it looks nothing up.",
        x: ("listed origins", Scale::Logarithmic),
        y: Scale::Logarithmic,
        counts: TENS,
        scenario: |count| scenario(Origins::Listed(count), 3, Asked::Simple),
        lines: CALLS_AND_CLONES,
    },
    Family {
        file: "growth-patterns",
        title: "Patterns cost a few hundred instructions, however many there are",
        subtitle: "An allowed GET from a subdomain. tower-http has no patterns: a predicate searches a list.",
        x: ("subdomain patterns", Scale::Logarithmic),
        y: Scale::Logarithmic,
        counts: &[1, 2, 4, 5, 10, 30, 100, 300, 1_000, 3_000, 10_000],
        scenario: |count| scenario(Origins::Patterns(count), 3, Asked::Subdomain),
        lines: CALLS,
    },
    Family {
        file: "growth-patterns-within-label",
        title: "Patterns with a star within a label cost as much",
        subtitle: "An allowed GET from a preview deployment. For tower-http a predicate searches a list.",
        x: ("patterns with a star within a label", Scale::Logarithmic),
        y: Scale::Logarithmic,
        counts: &[1, 2, 4, 5, 10, 30, 100, 300, 1_000, 3_000, 10_000],
        scenario: |count| scenario(Origins::WithinLabel(count), 3, Asked::Deployment),
        lines: CALLS,
    },
    Family {
        file: "growth-allowed-names",
        title: "Allowed names that are not asked for cost next to nothing",
        subtitle: "An allowed preflight with three names. tower-http checks none, and sends them all.",
        x: ("allowed request-header names", Scale::Logarithmic),
        y: Scale::Linear,
        counts: &[3, 10, 30, 100, 300, 1_000],
        scenario: |count| scenario(Origins::Listed(2), count, Asked::Preflight(3)),
        lines: CALLS,
    },
    Family {
        file: "growth-requested-names",
        title: "Each requested name costs the same",
        subtitle: "An allowed preflight, all of whose names are checked. tower-http checks none.",
        x: ("requested names, all allowed", Scale::Linear),
        y: Scale::Linear,
        counts: &[1, 3, 10, 50, 100, 200, 300],
        scenario: |count| scenario(Origins::Listed(2), 300, Asked::Preflight(count)),
        lines: CALLS,
    },
    Family {
        file: "growth-lines",
        title: "Lines beyond the bound cost nothing",
        subtitle: "A preflight whose names come in so many lines. From the 17th on it is denied unread.",
        x: ("lines of Access-Control-Request-Headers", Scale::Logarithmic),
        y: Scale::Linear,
        counts: &[1, 2, 4, 8, 16, 17, 30, 100, 300, 1_000, 10_000],
        scenario: |count| scenario(Origins::Listed(2), 3, Asked::Lines(count)),
        lines: CALLS,
    },
    Family {
        file: "growth-fields",
        title: "Fields that are none of ours cost nothing",
        subtitle: "An allowed GET with so many other fields.",
        x: ("other header fields", Scale::Logarithmic),
        y: Scale::Linear,
        counts: &[1, 3, 10, 30, 100, 300, 1_000],
        scenario: |count| scenario(Origins::Listed(2), 3, Asked::Unrelated(count)),
        lines: CALLS,
    },
    Family {
        file: "growth-bytes",
        title: "Bytes beyond the bound cost nothing",
        subtitle: "A preflight that asks for so many bytes of names, none of which is allowed.",
        x: ("bytes of Access-Control-Request-Headers", Scale::Logarithmic),
        y: Scale::Linear,
        counts: &[16, 64, 256, 1_024, 4_096, 4_100, 16_384, 65_536],
        scenario: |count| scenario(Origins::Listed(2), 3, Asked::Bytes(count)),
        lines: CALLS,
    },
];

fn scenario(origins: Origins, names: usize, asked: Asked) -> Scenario {
    let setup = Setup::of(origins, names);
    Scenario { name: String::new(), setup, asked, inner: Inner::Typed }
}

fn main() {
    let places: Vec<(&Family, usize)> = FAMILIES
        .iter()
        .flat_map(|family| family.counts.iter().map(move |&count| (family, count)))
        .collect();
    let scenarios: Vec<Scenario> =
        places.iter().map(|(family, count)| (family.scenario)(*count)).collect();
    if callgrind::is_child(&scenarios) {
        return;
    }
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("growth: run by `cargo bench --bench growth`");
        return;
    }
    let mut runs: Vec<Run> = Vec::new();
    for (place, (family, _)) in places.iter().enumerate() {
        runs.push((place, Subject::Bare, Mode::Call));
        runs.extend(family.lines.iter().map(|(.., subject, mode)| (place, *subject, *mode)));
    }
    let costs = callgrind::costs(&runs);
    let mut place = 0;
    for family in FAMILIES {
        plot(family, place, &costs).write(family.file);
        place += family.counts.len();
    }
}

fn plot(family: &Family, first: usize, costs: &HashMap<Run, Cost>) -> Plot {
    let line = |&(label, color, subject, mode): &(&str, &'static str, Subject, Mode)| {
        let points = family.counts.iter().enumerate().map(|(place, &count)| {
            let run = |subject, mode| costs[&(first + place, subject, mode)];
            let over = run(subject, mode) - run(Subject::Bare, Mode::Call);
            (count as f64, over.instructions as f64)
        });
        Line { label: label.to_owned(), color, points: points.collect() }
    };
    Plot {
        title: family.title.to_owned(),
        subtitle: family.subtitle.to_owned(),
        x: (family.x.0.to_owned(), family.x.1),
        y: ("instructions beyond the inner service alone".to_owned(), family.y),
        lines: family.lines.iter().map(line).collect(),
    }
}
