//! The targets: what was wanted of the costs, as numbers, in cargo's release profile.

use std::fmt;

use super::Results;
use super::scenario::subject::Mode::{Call, CloneCall};
use super::scenario::subject::Subject::{Ours, Theirs};

/// A number that the costs are held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) number: &'static str,
    pub(crate) what: &'static str,
    pub(crate) measure: fn(&Results) -> f64,
    /// What was wanted.
    pub(crate) wanted: Limit,
    /// What is checked.
    pub(crate) bound: Limit,
}

/// A limit of a number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

use Limit::{AtLeast, AtMost};

impl Limit {
    pub(crate) fn holds(self, number: f64) -> bool {
        match self {
            AtMost(limit) => number <= limit,
            AtLeast(limit) => number >= limit,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AtMost(limit) => write!(f, "≤ {}", show(*limit)),
            AtLeast(limit) => write!(f, "≥ {}", show(*limit)),
        }
    }
}

/// A count without decimals, and a small ratio with two.
pub(crate) fn show(number: f64) -> String {
    if number.fract() == 0.0 || number.abs() >= 100.0 {
        #[expect(clippy::cast_possible_truncation, reason = "it is shown rounded")]
        let rounded = number.round() as i64;
        super::thousands(rounded)
    } else {
        format!("{number:.2}")
    }
}

/// The scenarios in which the peer is needed.
pub(crate) fn need_peer(scenario: &str) -> bool {
    matches!(scenario, "2 origins, allowed" | "100,000 origins, denied")
}

fn instructions(results: &Results, scenario: &str) -> f64 {
    results.over(scenario, Ours, Call).instructions as f64
}

fn in_all(results: &Results, scenario: &str) -> f64 {
    results.total(scenario, Ours, Call).instructions as f64
}

fn allocations(results: &Results, scenarios: &[&str]) -> f64 {
    let counts = scenarios.iter().map(|scenario| results.over(scenario, Ours, Call).allocations);
    counts.max().unwrap_or_default() as f64
}

/// How many times fewer instructions than the peer.
fn fewer(results: &Results, scenario: &str, clone: bool) -> f64 {
    let mode = if clone { CloneCall } else { Call };
    let [ours, theirs] =
        [Ours, Theirs].map(|subject| results.over(scenario, subject, mode).instructions as f64);
    theirs / ours
}

/// As a part of a denial by header, the most of these.
fn hostile(results: &Results) -> f64 {
    let ordinary = instructions(results, "preflight, denied by header");
    [
        "preflight, 64 KiB of origin",
        "preflight, 64 KiB of commas",
        "preflight, 64 KiB of names",
        "preflight, 1,000 lines",
    ]
    .iter()
    .map(|scenario| instructions(results, scenario) / ordinary)
    .fold(0.0, f64::max)
}

fn dearest_clone(results: &Results) -> f64 {
    let scenarios = results.scenarios.iter();
    let counts = scenarios.map(|known| results.clone_cost(&known.name).instructions);
    counts.max().unwrap_or_default() as f64
}

fn allocations_of_clones(results: &Results) -> f64 {
    let scenarios = results.scenarios.iter();
    let counts = scenarios.map(|known| results.clone_cost(&known.name).allocations);
    counts.max().unwrap_or_default() as f64
}

#[rustfmt::skip]
pub(crate) const TARGETS: &[Target] = &[
    Target {
        number: "P1", what: "2 origins, allowed: instructions",
        measure: |results| instructions(results, "2 origins, allowed"),
        wanted: AtMost(900.0), bound: AtMost(970.0),
    },
    Target {
        number: "P1", what: "2 origins, allowed: times fewer than tower-http",
        measure: |results| fewer(results, "2 origins, allowed", false),
        wanted: AtLeast(4.3), bound: AtLeast(4.0),
    },
    Target {
        number: "P2", what: "2 origins, plain: instructions",
        measure: |results| instructions(results, "2 origins, plain"),
        wanted: AtMost(600.0), bound: AtMost(640.0),
    },
    Target {
        number: "P2", what: "any origin, plain: instructions",
        measure: |results| instructions(results, "any origin, plain"),
        wanted: AtMost(520.0), bound: AtMost(540.0),
    },
    Target {
        number: "P2", what: "any origin, allowed: instructions",
        measure: |results| instructions(results, "any origin, allowed"),
        wanted: AtMost(520.0), bound: AtMost(540.0),
    },
    Target {
        number: "P2", what: "1 origin, plain: instructions",
        measure: |results| instructions(results, "1 origin, plain"),
        wanted: AtMost(520.0), bound: AtMost(580.0),
    },
    Target {
        number: "P2", what: "1 origin, allowed: instructions",
        measure: |results| instructions(results, "1 origin, allowed"),
        wanted: AtMost(520.0), bound: AtMost(580.0),
    },
    Target {
        number: "P2", what: "2 origins, credentials: instructions",
        measure: |results| instructions(results, "2 origins, credentials"),
        wanted: AtMost(1_080.0), bound: AtMost(1_180.0),
    },
    Target {
        number: "P2", what: "1 pattern, allowed: instructions",
        measure: |results| instructions(results, "1 pattern, allowed"),
        wanted: AtMost(1_100.0), bound: AtMost(1_180.0),
    },
    Target {
        number: "P3", what: "allocations where the map has room",
        measure: |results| allocations(results, &[
            "any origin, plain", "any origin, allowed", "1 origin, plain", "1 origin, allowed",
            "2 origins, plain", "2 origins, allowed", "2 origins, denied", "2 origins, credentials",
            "1,000,000 origins, allowed", "1 pattern, allowed", "10,000 patterns, denied",
        ]),
        wanted: AtMost(0.0), bound: AtMost(0.0),
    },
    Target {
        number: "P3", what: "allocations beside another `Vary`",
        measure: |results| allocations(results, &[
            "2 origins, plain, other Vary", "2 origins, allowed, other Vary",
        ]),
        wanted: AtMost(1.0), bound: AtMost(1.0),
    },
    Target {
        number: "P3", what: "allocations in an empty map",
        measure: |results| allocations(results, &[
            "2 origins, plain, empty map", "2 origins, allowed, empty map",
            "any origin, allowed, empty map",
        ]),
        wanted: AtMost(2.0), bound: AtMost(2.0),
    },
    Target {
        number: "P4", what: "1,000,000 origins, in instructions of 10",
        measure: |results| {
            instructions(results, "1,000,000 origins, allowed")
                / instructions(results, "10 origins, allowed")
        },
        wanted: AtMost(1.25), bound: AtMost(1.25),
    },
    Target {
        number: "P4", what: "100,000 origins, in instructions of 10",
        measure: |results| {
            instructions(results, "100,000 origins, allowed")
                / instructions(results, "10 origins, allowed")
        },
        wanted: AtMost(1.10), bound: AtMost(1.20),
    },
    Target {
        number: "P5", what: "100,000 origins, denied: times fewer than tower-http, call",
        measure: |results| fewer(results, "100,000 origins, denied", false),
        wanted: AtLeast(1_150.0), bound: AtLeast(500.0),
    },
    Target {
        number: "P5", what: "100,000 origins, denied: times fewer than tower-http, clone + call",
        measure: |results| fewer(results, "100,000 origins, denied", true),
        wanted: AtLeast(7_500.0), bound: AtLeast(5_000.0),
    },
    Target {
        number: "P6", what: "clone and drop, the dearest: instructions",
        measure: dearest_clone,
        wanted: AtMost(15.0), bound: AtMost(25.0),
    },
    Target {
        number: "P6", what: "clone and drop, the dearest: allocations",
        measure: allocations_of_clones,
        wanted: AtMost(0.0), bound: AtMost(0.0),
    },
    Target {
        number: "P7", what: "preflight, allowed, 3 of 10 names: instructions in all",
        measure: |results| in_all(results, "preflight, allowed, 3 of 10 names"),
        wanted: AtMost(3_300.0), bound: AtMost(3_530.0),
    },
    Target {
        number: "P7", what: "preflight, allowed: allocations",
        measure: |results| allocations(results, &[
            "preflight, allowed, 3 names", "preflight, allowed, 3 of 10 names",
            "preflight, allowed, 10 names",
            "preflight, allowed, 50 names",
        ]),
        wanted: AtMost(0.0), bound: AtMost(0.0),
    },
    Target {
        number: "P8", what: "preflight, denied by origin: instructions in all",
        measure: |results| in_all(results, "preflight, denied by origin"),
        wanted: AtMost(1_850.0), bound: AtMost(1_920.0),
    },
    Target {
        number: "P8", what: "preflight, denied by method: instructions in all",
        measure: |results| in_all(results, "preflight, denied by method"),
        wanted: AtMost(2_300.0), bound: AtMost(2_550.0),
    },
    Target {
        number: "P8", what: "preflight, denied by header: instructions in all",
        measure: |results| in_all(results, "preflight, denied by header"),
        wanted: AtMost(2_700.0), bound: AtMost(4_090.0),
    },
    Target {
        number: "P8", what: "preflight, denied by header, hidden: instructions in all",
        measure: |results| in_all(results, "preflight, denied by header, hidden"),
        wanted: AtMost(2_700.0), bound: AtMost(2_700.0),
    },
    Target {
        number: "P8", what: "preflight, denied: allocations",
        measure: |results| allocations(results, &[
            "preflight, denied by origin", "preflight, denied by method",
        ]),
        wanted: AtMost(-2.0), bound: AtMost(-2.0),
    },
    Target {
        number: "P8", what: "preflight, denied by header: allocations",
        measure: |results| allocations(results, &["preflight, denied by header"]),
        wanted: AtMost(-1.0), bound: AtMost(-1.0),
    },
    Target {
        number: "P9", what: "hostile preflights, the dearest, in denials by header",
        measure: hostile,
        wanted: AtMost(1.05), bound: AtMost(0.75),
    },
    Target {
        number: "P10", what: "instructions per requested name",
        measure: |results| {
            let [few, many] = ["preflight, allowed, 10 names", "preflight, allowed, 50 names"]
                .map(|scenario| in_all(results, scenario));
            (many - few) / 40.0
        },
        wanted: AtMost(50.0), bound: AtMost(55.0),
    },
    Target {
        number: "P13", what: "1 pattern: instructions beyond an exact origin",
        measure: |results| {
            instructions(results, "1 pattern, allowed") - instructions(results, "2 origins, allowed")
        },
        wanted: AtMost(250.0), bound: AtMost(290.0),
    },
    Target {
        number: "P13", what: "10,000 patterns: instructions beyond an exact origin",
        measure: |results| {
            instructions(results, "10,000 patterns, allowed")
                - instructions(results, "2 origins, allowed")
        },
        wanted: AtMost(450.0), bound: AtMost(500.0),
    },
];
