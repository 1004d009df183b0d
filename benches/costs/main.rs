//! Counts the instructions, allocations and locked instructions of every scenario by callgrind.
//!
//! `cargo bench --bench costs` prints them beside those of tower-http, in cargo's release profile. With `-- --check` it
//! fails if one is over its recorded bound, and with `-- --record` it prints the bounds anew, too. With `--profile lto` it
//! prints what they are with link-time optimization.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark fails by panicking, and rounds"
)]

mod bounds;
#[path = "../scenario/mod.rs"]
mod scenario;
mod targets;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use bounds::BOUNDS;
use scenario::callgrind::{self, Cost, Run};
use scenario::plot::{self, Pair};
use scenario::subject::{Mode, Subject};
use scenario::{Basis, Scenario, table};
use targets::{TARGETS, Target};

use Mode::{Call, Clone, CloneCall};
use Subject::{Bare, Floor, Ours, Theirs};

fn main() -> ExitCode {
    let scenarios = scenario::all();
    if callgrind::is_child(&scenarios) {
        return ExitCode::SUCCESS;
    }
    let flags: HashSet<String> = env::args().skip(1).collect();
    if !flags.contains("--bench") {
        println!("costs: run by `cargo bench --bench costs`");
        return ExitCode::SUCCESS;
    }
    let check = flags.contains("--check");
    if check && profile() != RELEASE {
        return fail(&["The bounds are those of cargo's release profile.".to_owned()]);
    }
    let unmatched = bounds::unmatched(&scenarios);
    if check && !unmatched.is_empty() {
        return fail(&unmatched);
    }
    let results = Results::measure(scenarios, check);
    if !check {
        results.print_scenarios();
        results.write();
        table::write(&file_of("targets"), &results.targets());
    }
    if flags.contains("--record") {
        results.print_bounds();
    }
    let failures = if check { results.failures() } else { Vec::new() };
    if !failures.is_empty() {
        return fail(&failures);
    }
    if check {
        println!("All {} scenarios are within their bounds.", BOUNDS.len());
    }
    ExitCode::SUCCESS
}

fn fail(failures: &[String]) -> ExitCode {
    for failure in failures {
        eprintln!("{failure}");
    }
    eprintln!("\nIf that is as it should be, print the bounds anew: {RECORD}");
    ExitCode::FAILURE
}

const RECORD: &str = "cargo bench -p tower-cors-benches --bench costs -- --record";

/// The profile of `cargo bench` is built where cargo's release profile is, from which it inherits.
const RELEASE: &str = "release";

/// The profile that this was built in, by the directory that cargo names after it: `release/deps/costs-0123456789abcdef`.
fn profile() -> String {
    let program = env::current_exe().unwrap();
    let directory = program.ancestors().nth(2).and_then(Path::file_name).unwrap();
    directory.to_string_lossy().into_owned()
}

/// The name of a file of results, which each profile has of its own.
fn file_of(results: &str) -> String {
    let profile = profile();
    if profile == RELEASE { results.to_owned() } else { format!("{results}-{profile}") }
}

struct Results {
    scenarios: Vec<Scenario>,
    costs: HashMap<Run, Cost>,
}

impl Results {
    /// Runs all, or only what the bounds and targets need.
    fn measure(scenarios: Vec<Scenario>, check: bool) -> Self {
        let mut runs = HashSet::new();
        for (place, scenario) in scenarios.iter().enumerate() {
            let peer = has_peer(scenario) && (!check || targets::need_peer(&scenario.name));
            let clone = has_peer(scenario);
            let floor = !check && has_floor(scenario);
            let wanted = [
                (Bare, Call, true),
                (Bare, Clone, true),
                (Floor, Call, floor),
                (Ours, Call, true),
                (Ours, CloneCall, peer),
                (Ours, Clone, clone),
                (Theirs, Call, peer),
                (Theirs, CloneCall, peer),
            ];
            let wanted = wanted.into_iter().filter(|(.., wanted)| *wanted);
            runs.extend(
                wanted.map(|(subject, mode, _)| same_run(&scenarios, (place, subject, mode))),
            );
        }
        let mut runs: Vec<Run> = runs.into_iter().collect();
        // The seed of a table is random. By one in ten of them a place looks as if the origin stood there, and is compared.
        let by_table = |(place, subject, mode): &Run| {
            let count = scenarios[*place].setup.origins.count();
            (*subject, *mode) == (Ours, Call) && (1_000..=100_000).contains(&count)
        };
        let again: Vec<Run> = runs.iter().filter(|run| by_table(run)).copied().collect();
        runs.extend([again.clone(), again].concat());
        // The slow ones first.
        runs.sort_by_key(|(place, ..)| Reverse(scenarios[*place].setup.origins.count()));
        let costs = callgrind::costs(&runs);
        Self { scenarios, costs }
    }

    fn place(&self, name: &str) -> usize {
        let place = self.scenarios.iter().position(|scenario| scenario.name == name);
        place.unwrap_or_else(|| panic!("no scenario is named {name:?}"))
    }

    /// The cost in all, if it was measured.
    fn try_total(&self, name: &str, subject: Subject, mode: Mode) -> Option<Cost> {
        let run = |mode| {
            let run = same_run(&self.scenarios, (self.place(name), subject, mode));
            self.costs.get(&run).copied()
        };
        match (subject, mode) {
            (Bare, CloneCall) => Some(run(Call)? + run(Clone)?),
            _ => run(mode),
        }
    }

    /// The cost beyond that of the inner service alone, if it was measured.
    fn try_over(&self, name: &str, subject: Subject, mode: Mode) -> Option<Cost> {
        Some(self.try_total(name, subject, mode)? - self.try_total(name, Bare, mode)?)
    }

    /// The cost in all.
    fn total(&self, name: &str, subject: Subject, mode: Mode) -> Cost {
        let cost = self.try_total(name, subject, mode);
        cost.unwrap_or_else(|| panic!("{name:?} was not measured: {subject:?}, {mode:?}"))
    }

    /// The cost beyond that of the inner service alone.
    fn over(&self, name: &str, subject: Subject, mode: Mode) -> Cost {
        self.total(name, subject, mode) - self.total(name, Bare, mode)
    }

    /// The instructions and allocations of a clone and its drop.
    fn clone_cost(&self, name: &str) -> Cost {
        self.try_over(name, Ours, Clone).unwrap_or_default()
    }

    fn print_scenarios(&self) {
        let tables = [
            (Basis::Get, "GET: beyond the inner service alone"),
            (Basis::Preflight, "Preflights: in all"),
            (Basis::Hostile, "Hostile preflights: beyond the inner service alone"),
        ];
        for (basis, title) in tables {
            println!("\n### {title}\n");
            println!(
                "| scenario | times fewer: call | clone + call | instructions: call | clone + call \
                 | allocations | tower-http: call | clone + call | allocations |"
            );
            println!("|---|---|---|---|---|---|---|---|---|");
            for scenario in self.scenarios.iter().filter(|scenario| scenario.basis() == basis) {
                self.print_scenario(&scenario.name, basis);
            }
        }
    }

    fn print_scenario(&self, name: &str, basis: Basis) {
        let cost = |subject, mode| match basis {
            Basis::Preflight => self.try_total(name, subject, mode),
            Basis::Get | Basis::Hostile => self.try_over(name, subject, mode),
        };
        let times = |mode| {
            let [ours, theirs] = [Ours, Theirs].map(|subject| cost(subject, mode));
            let times = |(ours, theirs): (Cost, Cost)| {
                let times = theirs.instructions as f64 / ours.instructions as f64;
                format!("**{}**", plot::short(if times < 100.0 { times } else { times.round() }))
            };
            ours.zip(theirs).map(times).unwrap_or_default()
        };
        let count = |subject, mode| {
            cost(subject, mode).map(|cost| thousands(cost.instructions)).unwrap_or_default()
        };
        let allocations = |subject| {
            cost(subject, Call).map(|cost| cost.allocations.to_string()).unwrap_or_default()
        };
        let cells = [
            name.to_owned(),
            times(Call),
            times(CloneCall),
            count(Ours, Call),
            count(Ours, CloneCall),
            allocations(Ours),
            count(Theirs, Call),
            count(Theirs, CloneCall),
            allocations(Theirs),
        ];
        println!("| {} |", cells.join(" | "));
    }

    fn targets(&self) -> String {
        let row = |target: &Target| {
            let measured = (target.measure)(self);
            let verdict = if target.wanted.holds(measured) { "reached" } else { "**missed**" };
            let Target { number, what, wanted, .. } = target;
            let cells = [*number, *what, &wanted.to_string(), &targets::show(measured), verdict];
            cells.map(str::to_owned).to_vec()
        };
        let rows: Vec<_> = TARGETS.iter().map(row).collect();
        table::table(&["target", "what", "wanted", "measured", ""], &rows)
    }

    /// What is over its bound, and by how much.
    fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        for bound in BOUNDS {
            let call = self.over(bound.scenario, Ours, Call);
            let clone = self.clone_cost(bound.scenario);
            let counts = [
                ("instructions of a call", call.instructions, bounds::with_room(bound.call)),
                ("instructions of a clone", clone.instructions, bounds::with_room(bound.clone)),
                ("allocations of a call", call.allocations, bound.allocations),
                ("allocations of a clone", clone.allocations, 0),
                ("locked instructions of a call", call.atomics, bound.atomics),
            ];
            for (what, count, most) in counts {
                if count > most {
                    failures.push(format!(
                        "{}: {} {what} beyond the inner service alone, at most {}",
                        bound.scenario,
                        thousands(count),
                        thousands(most)
                    ));
                }
            }
        }
        for target in TARGETS {
            let measured = (target.measure)(self);
            if !target.bound.holds(measured) {
                let Target { number, what, bound, .. } = target;
                let measured = targets::show(measured);
                failures.push(format!("{number}, {what}: {measured}, bound {bound}"));
            }
        }
        failures
    }

    /// Writes all counts, beyond the inner service alone, and plots those of a call.
    fn write(&self) {
        let mut csv = String::from("scenario,subject,what,instructions,allocations,locked\n");
        let mut pairs = Vec::new();
        for Scenario { name, .. } in &self.scenarios {
            for (subject, mode) in [
                (Ours, Call),
                (Ours, CloneCall),
                (Ours, Clone),
                (Theirs, Call),
                (Theirs, CloneCall),
                (Floor, Call),
            ] {
                if let Some(cost) = self.try_over(name, subject, mode) {
                    let Cost { instructions, allocations, atomics } = cost;
                    let row = format!("{instructions},{allocations},{atomics}");
                    writeln!(csv, "\"{name}\",{subject:?},{mode:?},{row}").unwrap();
                }
            }
            let [ours, theirs] = [Ours, Theirs].map(|subject| self.try_over(name, subject, Call));
            if let Some((ours, theirs)) = ours.zip(theirs)
                && !name.contains("map")
                && !name.contains("Vary")
            {
                let [ours, theirs] = [ours, theirs].map(|cost| cost.instructions as f64);
                pairs.push(Pair { name: name.clone(), ours, theirs });
            }
        }
        fs::write(plot::results(&format!("{}.csv", file_of("costs"))), csv).unwrap();
        plot::write_pairs(
            &file_of("costs"),
            "Instructions that the layer adds to a request",
            "One call, beyond what the inner service alone costs for the same request. Each step of the \
             axis is ten times the one before.",
            &pairs,
        );
    }

    fn print_bounds(&self) {
        for Scenario { name, .. } in &self.scenarios {
            let Cost { instructions, allocations, atomics } = self.over(name, Ours, Call);
            let clone = self.clone_cost(name).instructions;
            let instructions = thousands(instructions).replace(',', "_");
            println!("    bound({name:?}, {instructions}, {clone}, {allocations}, {atomics}),");
        }
    }
}

/// Whether the peer runs, and clones are counted: building a million origins is slow in callgrind, so
/// that it is done once.
fn has_peer(scenario: &Scenario) -> bool {
    scenario.setup.origins.count() <= 100_000
}

/// Whether the least that a layer can do is done, too: the same is asked of it.
fn has_floor(scenario: &Scenario) -> bool {
    matches!(scenario.name.as_str(), "2 origins, plain" | "2 origins, allowed")
}

/// The first run of the list that does the same: the inner service knows no origins, and a clone no
/// request.
fn same_run(scenarios: &[Scenario], (place, subject, mode): Run) -> Run {
    let same = |other: &Scenario| {
        let this = &scenarios[place];
        (subject == Bare || format!("{:?}", other.setup) == format!("{:?}", this.setup))
            && (mode == Clone || (other.asked, other.inner) == (this.asked, this.inner))
    };
    (scenarios.iter().position(same).unwrap_or(place), subject, mode)
}

fn thousands(number: i64) -> String {
    plot::short(number as f64)
}
