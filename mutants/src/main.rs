//! All mutants of the crate in one program, and which of them its tests notice.
//!
//! `cargo mutants` builds the crate anew for each mutant, which takes days for all of them. This builds once: each place
//! that a mutant changes asks at run time whether that mutant acts. What the mutants are is `cargo mutants`' own list.

mod build;
mod constants;
mod hunt;
mod library;
mod mutant;
mod reasons;
mod weave;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const HELP: &str = "\
Changes the library in small ways, one at a time, and tells what no test notices. Needs `cargo-mutants`.

    cargo run --release --manifest-path mutants/Cargo.toml -- [OPTION …] [PART …]

Tries the mutants whose names contain one of the parts, such as `src/origin/`, all if there is none. What was caught is in
`target/mutants/fates.txt`, and not tried again until the code or the tests change.

    --changed COMMIT    only the lines that differ from a commit
    --each SECONDS      no more than about these for the tests of one mutant
    --within SECONDS    begins no mutant after these
";

/// What to try, and for how long.
#[derive(Debug, Default)]
struct Arguments {
    changed: Option<String>,
    each: Option<Duration>,
    within: Option<Duration>,
    parts: Vec<String>,
}

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all were tried, and none is missed.
fn run(arguments: &Arguments) -> Result<bool> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the repository has no directory")?;
    reasons::hold(root, &mutant::list(root, &["--no-config"])?)?;
    let mutants = match &arguments.changed {
        Some(base) => mutant::list(root, &["--in-diff", diff(root, base)?])?,
        None => mutant::list(root, &[])?,
    };
    if mutants.is_empty() {
        println!("there is nothing to change");
        return Ok(true);
    }
    let built = build::build(root, &mutants)?;
    hunt::hunt(&built, &mutants, arguments)
}

/// A file with what differs from a commit.
fn diff(root: &Path, base: &str) -> Result<&'static str> {
    let output =
        Command::new("git").args(["diff", base, "--", "src"]).current_dir(root).output()?;
    if !output.status.success() {
        return Err(format!("git diff: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let path = "target/mutants/changed.diff";
    std::fs::create_dir_all(root.join("target/mutants"))?;
    std::fs::write(root.join(path), output.stdout)?;
    Ok(path)
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let mut value =
                || words.next().ok_or_else(|| format!("{word} needs a value\n\n{HELP}"));
            match word.as_str() {
                "--changed" => arguments.changed = Some(value()?),
                "--each" => arguments.each = Some(Duration::from_secs(value()?.parse()?)),
                "--within" => arguments.within = Some(Duration::from_secs(value()?.parse()?)),
                option if option.starts_with('-') => return Err(HELP.into()),
                _ => arguments.parts.push(word),
            }
        }
        Ok(arguments)
    }
}
