//! Which mutants the tests notice: each is tried by the tests that pass by it, the fastest first.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use wait_timeout::ChildExt;

use crate::build::{Built, FATES};
use crate::mutant::Mutant;
use crate::{Arguments, Result};

/// What a test does when no mutant acts.
#[derive(Debug, Serialize, Deserialize)]
struct Test {
    name: String,
    passes: bool,
    took: Duration,
    /// Mutants that it passes by.
    mutants: BTreeSet<usize>,
}

/// How one mutant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Caught,
    /// The tests did not end.
    Endless,
    /// All of its tests passed.
    Missed,
    /// Those of its tests passed for which there was time; or they fail without it as well.
    Unfinished,
    /// No test passes by.
    Unreached,
}

impl Fate {
    fn is_caught(self) -> bool {
        matches!(self, Self::Caught | Self::Endless)
    }
}

impl Arguments {
    fn ask_for(&self, mutant: &Mutant) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|part| mutant.name.contains(part))
    }
}

/// Tries the mutants that are asked for, and appends what becomes of them to `fates.txt`. Whether all were tried, and none is
/// missed.
pub fn hunt(built: &Built, mutants: &[Mutant], arguments: &Arguments) -> Result<bool> {
    let tests = tests(built)?;
    for test in tests.iter().filter(|test| !test.passes) {
        eprintln!("fails without a mutant, and is left out: {}", test.name);
    }
    let file = built.output.join(FATES);
    let caught = caught(&fs::read_to_string(&file).unwrap_or_default());
    let left: Vec<usize> = (0..mutants.len())
        .filter(|number| !built.unviable.contains(number) && !built.apart.contains(number))
        .filter(|&number| {
            arguments.ask_for(&mutants[number]) && !caught.contains(&mutants[number].name)
        })
        .collect();
    println!("{} mutants to try", left.len());

    let file = Mutex::new(OpenOptions::new().create(true).append(true).open(file)?);
    let fates = Mutex::new(BTreeMap::<Fate, Vec<&str>>::new());
    let begin = Instant::now();
    // Many tests wait more than they compute.
    side_by_side(3, &left, |_, &number| {
        if arguments.within.is_some_and(|within| begin.elapsed() > within) {
            return;
        }
        let (fate, by) = fate(built, &tests, number, arguments.each);
        let name = mutants[number].name.as_str();
        lock(&fates).entry(fate).or_default().push(name);
        if let Err(error) = lock(&file).write_all(format!("{fate:?}\t{name}\t{by}\n").as_bytes()) {
            eprintln!("{name}: {error}");
        }
    });

    let fates = lock(&fates);
    for (fate, names) in fates.iter() {
        println!("{fate:?}: {}", names.len());
        if !fate.is_caught() {
            for name in names {
                println!("    {name}");
            }
        }
    }
    let tried: usize = fates.values().map(Vec::len).sum();
    let untried = left.len() - tried;
    println!("not tried: {untried}");
    for &number in built.apart.iter().filter(|&&number| arguments.ask_for(&mutants[number])) {
        println!("for `cargo mutants`, since it acts at compile time: {}", mutants[number].name);
    }
    Ok(untried == 0 && fates.keys().all(|fate| fate.is_caught()))
}

/// The names of those that were caught before.
fn caught(fates: &str) -> BTreeSet<String> {
    let fields = fates.lines().filter_map(|line| line.split_once('\t'));
    let caught = fields.filter(|(fate, _)| ["Caught", "Endless"].contains(fate));
    caught.filter_map(|(_, rest)| rest.split('\t').next().map(str::to_owned)).collect()
}

/// All tests, as they are without a mutant. Kept beside the program, since it takes minutes.
fn tests(built: &Built) -> Result<Vec<Test>> {
    let kept = built.program.with_extension("json");
    let is_fresh = || {
        Ok::<_, Box<dyn std::error::Error>>(
            kept.metadata()?.modified()? > built.program.metadata()?.modified()?,
        )
    };
    if is_fresh().unwrap_or(false) {
        return Ok(serde_json::from_reader(File::open(&kept)?)?);
    }
    let listed = Command::new(&built.program)
        .args(["--list", "--format", "terse"])
        .current_dir(&built.copy)
        .output()?;
    let listed = String::from_utf8(listed.stdout)?;
    let names: Vec<&str> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let tests = Mutex::new(Vec::new());
    side_by_side(1, &names, |worker, &name| {
        let trace = built.output.join(format!("trace-{worker}"));
        let _ = fs::remove_file(&trace);
        let patience = Duration::from_secs(300);
        let _ = run(built, &[name], &[("MUTANT_TRACE", trace.as_os_str())], patience);
        let traced = fs::read_to_string(&trace).unwrap_or_default();
        let mutants = traced.lines().filter_map(|line| line.parse().ok()).collect();
        // Once more, since tests that count what is allocated fail when they are traced.
        let begin = Instant::now();
        let passes = matches!(run(built, &[name], &[], patience), Ok(Some(true)));
        lock(&tests).push(Test { name: name.to_owned(), passes, took: begin.elapsed(), mutants });
    });
    let mut tests = std::mem::take(&mut *lock(&tests));
    tests.sort_by_key(|test| test.took);
    serde_json::to_writer(File::create(kept)?, &tests)?;
    Ok(tests)
}

/// What becomes of a mutant, and the tests that decided.
fn fate(built: &Built, tests: &[Test], number: usize, bound: Option<Duration>) -> (Fate, String) {
    let mut spent = Duration::ZERO;
    let mut batch: Vec<&str> = Vec::new();
    let mut batch_takes = Duration::ZERO;
    let mut tests =
        tests.iter().filter(|test| test.passes && test.mutants.contains(&number)).peekable();
    if tests.peek().is_none() {
        return (Fate::Unreached, String::new());
    }
    let active = number.to_string();
    while let Some(test) = tests.next() {
        batch.push(&test.name);
        batch_takes += test.took;
        // Each batch takes as long as all before it, so that what is caught early costs little.
        let is_full = batch_takes >= spent.max(Duration::from_millis(100));
        if !is_full && tests.peek().is_some() {
            continue;
        }
        let patience = batch_takes * 10 + Duration::from_secs(5);
        let ended = run(built, &batch, &[("MUTANT", OsStr::new(&active))], patience);
        if !matches!(ended, Ok(Some(true))) {
            // It is not for the mutant that the machine is busy.
            let fate = match (ended, run(built, &batch, &[], patience)) {
                (Ok(Some(_)), Ok(Some(true))) => Fate::Caught,
                (Ok(None), Ok(Some(true))) => Fate::Endless,
                _ => Fate::Unfinished,
            };
            return (fate, batch.join(" "));
        }
        spent += batch_takes;
        batch.clear();
        batch_takes = Duration::ZERO;
        if bound.is_some_and(|bound| spent > bound) && tests.peek().is_some() {
            return (Fate::Unfinished, format!("{spent:?}"));
        }
    }
    (Fate::Missed, format!("{spent:?}"))
}

/// Whether these tests pass, if they end.
fn run(
    built: &Built,
    tests: &[&str],
    environment: &[(&str, &OsStr)],
    patience: Duration,
) -> io::Result<Option<bool>> {
    let mut child = Command::new(&built.program)
        .args(["--exact", "--test-threads", "1", "--quiet"])
        .args(tests)
        .envs(environment.iter().copied())
        // Nobody reads what the smallest input is that fails.
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .env("RUST_BACKTRACE", "0")
        .current_dir(&built.copy)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // With what it starts.
        .process_group(0)
        .spawn()?;
    let status = child.wait_timeout(patience)?;
    if status.is_none() {
        Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status()?;
        child.wait()?;
    }
    Ok(status.map(|status| status.success()))
}

/// Gives each item to one of so many threads for each core, with the number of the thread.
fn side_by_side<T: Sync>(per_core: usize, items: &[T], each: impl Fn(usize, &T) + Sync) {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for worker in 0..cores * per_core {
            let (next, each) = (&next, &each);
            scope.spawn(move || {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    each(worker, item);
                }
            });
        }
    });
}

/// No thread panics with it in its hands and leaves it half written.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
