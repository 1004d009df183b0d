//! Counts by callgrind: each scenario in a process of its own, this program run again.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::env;
use std::fs;
use std::ops::{Add, Sub};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use super::Scenario;
use super::subject::{self, Mode, Subject};

/// The functions while which run events are counted.
const REGION: &str = "*measured_*";

/// The functions by which memory is allocated.
const ALLOCATE: [&str; 5] = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"];

const CHILD: &str = "--measure";

/// What a run costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) instructions: i64,
    /// How often memory was allocated or reallocated.
    pub(crate) allocations: i64,
    /// How many instructions locked memory: writes to counters that threads might share.
    pub(crate) atomics: i64,
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            instructions: self.instructions + other.instructions,
            allocations: self.allocations + other.allocations,
            atomics: self.atomics + other.atomics,
        }
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            instructions: self.instructions - other.instructions,
            allocations: self.allocations - other.allocations,
            atomics: self.atomics - other.atomics,
        }
    }
}

/// A run to be measured: the scenario's place in the list, whose layer, and what of it.
pub(crate) type Run = (usize, Subject, Mode);

/// Whether this process is one whose costs are counted; if so, what is measured has been run.
pub(crate) fn is_child(scenarios: &[Scenario]) -> bool {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [flag, place, subject, mode] = arguments.as_slice() else { return false };
    if flag != CHILD {
        return false;
    }
    let place: usize = place.parse().unwrap();
    let subjects = [Subject::Bare, Subject::Floor, Subject::Ours, Subject::Theirs];
    let modes = [Mode::Call, Mode::CloneCall, Mode::Clone];
    let subject = subjects.into_iter().find(|known| format!("{known:?}") == *subject).unwrap();
    let mode = modes.into_iter().find(|known| format!("{known:?}") == *mode).unwrap();
    subject::run(&scenarios[place], subject, mode);
    true
}

/// The costs of all runs, as many at a time as there are processors. Of one that is there several times, the least.
pub(crate) fn costs(runs: &[Run]) -> HashMap<Run, Cost> {
    let next = AtomicUsize::new(0);
    let costs = Mutex::new(HashMap::new());
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(run) = runs.get(next.fetch_add(1, Relaxed)) {
                    let (place, subject, mode) = run;
                    let arguments =
                        [CHILD, &place.to_string(), &format!("{subject:?}"), &format!("{mode:?}")];
                    let cost = cost_of(&arguments);
                    let mut costs = costs.lock().unwrap();
                    let known = costs.entry(*run).or_insert(cost);
                    if cost.instructions < known.instructions {
                        *known = cost;
                    }
                }
            });
        }
    });
    costs.into_inner().unwrap()
}

/// What this program costs when it is run with these arguments.
///
/// The environment is empty but for what finds valgrind, symbols are bound at start, and glibc's
/// `free` keeps no list that it would put in order at some later time, so that none of these moves
/// the counts.
pub(crate) fn cost_of(arguments: &[&str]) -> Cost {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Relaxed);
    let name = format!("callgrind.{}.{number}", std::process::id());
    let counts = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);

    let mut command = Command::new("valgrind");
    command
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("LD_BIND_NOW", "1")
        .env("GLIBC_TUNABLES", "glibc.malloc.mxfast=0");
    command.args(["--tool=callgrind", "--collect-bus=yes", "--dump-instr=yes"]);
    command.args(["--compress-strings=no", "--compress-pos=no"]);
    command.arg(format!("--callgrind-out-file={}", counts.display()));
    command.arg(format!("--toggle-collect={REGION}"));
    command.arg(env::current_exe().unwrap()).args(arguments);
    let output = command.output().unwrap_or_else(|error| {
        panic!(
            "valgrind cannot be run ({error}); install it, such as by `apt-get install valgrind`"
        )
    });
    assert!(
        output.status.success(),
        "{arguments:?} failed under valgrind:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = fs::read_to_string(&counts).unwrap();
    fs::remove_file(&counts).unwrap();
    read(&text)
}

/// Reads callgrind's format, by instruction and uncompressed:
/// <https://valgrind.org/docs/manual/cl-format.html>.
///
/// The calls that it lists count those outside of the region, too, so the calls of a function are
/// counted as the runs of its first instruction.
fn read(text: &str) -> Cost {
    let mut cost = Cost::default();
    let mut entries: HashMap<&str, (&str, i64)> = HashMap::new();
    let mut function = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(totals) = line.strip_prefix("totals: ") {
            let mut totals = totals.split(' ').map(|total| total.parse().unwrap());
            cost.instructions = totals.next().unwrap_or_default();
            cost.atomics = totals.next().unwrap_or_default();
        } else if let Some(name) = line.strip_prefix("fn=") {
            function = name;
        } else if line.starts_with("calls=") {
            // What the callee cost.
            lines.next();
        } else if line.starts_with("0x") && ALLOCATE.contains(&function) {
            let mut cells = line.split(' ');
            let address = cells.next().unwrap_or_default();
            let runs = cells.nth(1).map_or(0, |runs| runs.parse().unwrap());
            let entry = entries.entry(function).or_insert((address, 0));
            match (address.len(), address).cmp(&(entry.0.len(), entry.0)) {
                Ordering::Less => *entry = (address, runs),
                Ordering::Equal => entry.1 += runs,
                Ordering::Greater => {}
            }
        }
    }
    cost.allocations = entries.values().map(|entry| entry.1).sum();
    cost
}
