//! A copy of the repository with all mutants woven in, and the program of its tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::Result;
use crate::library::{Library, Said};
use crate::mutant::Mutant;

/// The file in which it is kept what became of each mutant.
pub const FATES: &str = "fates.txt";
/// The file in which it is kept what the compiler said.
const SAID: &str = "said.json";

/// What is run.
#[derive(Debug)]
pub struct Built {
    /// The copy of the repository.
    pub copy: PathBuf,
    /// Where what is found is kept.
    pub output: PathBuf,
    /// The program of the tests.
    pub program: PathBuf,
    /// Mutants that do not compile.
    pub unviable: BTreeSet<usize>,
    /// Mutants that cannot act at run time.
    pub apart: BTreeSet<usize>,
}

/// Weaves, and leaves out what does not compile until the rest does.
pub fn build(root: &Path, mutants: &[Mutant]) -> Result<Built> {
    let output = root.join("target/mutants");
    let (copy, target) = (output.join("woven"), output.join("build"));
    let files = files(root)?;
    fs::create_dir_all(&copy)?;
    forget_what_was_of_others(&output, &files)?;
    remove_others(&copy, &copy, &files)?;

    // What did not compile before does not now.
    let known = output.join(SAID);
    let mut said = match fs::read(&known) {
        Ok(bytes) => serde_json::from_slice(&bytes)?,
        Err(_) => Said::default(),
    };
    loop {
        let library = Library::weave(&files, mutants, &said)?;
        for (name, bytes) in &files {
            let woven = library.files.get(name).map(|woven| woven.text.as_bytes());
            let mut bytes = woven.unwrap_or(bytes).to_vec();
            // Some files of the crate are modules of the tests as well.
            match name.as_str() {
                "src/lib.rs" => bytes.extend(b"\nmod mutant;\n"),
                "tests/it/main.rs" => {
                    bytes.extend(b"\n#[path = \"../../src/mutant.rs\"]\nmod mutant;\n");
                }
                _ => {}
            }
            write_changed(&copy.join(name), &bytes)?;
        }
        write_changed(&copy.join("src/mutant.rs"), include_bytes!("acts.rs"))?;

        let before = said.clone();
        for error in cargo(&copy, &target, &["check", "--lib"])?.errors {
            library.blame(&error, mutants, &mut said)?;
        }
        eprintln!("{} of {} mutants do not compile", said.unviable.len(), mutants.len());
        if said == before {
            break;
        }
    }
    fs::write(&known, serde_json::to_vec(&said)?)?;
    let tests = cargo(&copy, &target, &["test", "--no-run", "--test", "it", "--examples"])?;
    let program = tests.program.ok_or("the tests do not build")?;
    let numbers = |names: &BTreeSet<String>| {
        (0..mutants.len()).filter(|&number| names.contains(&mutants[number].name)).collect()
    };
    let (unviable, apart) = (numbers(&said.unviable), numbers(&said.apart));
    Ok(Built { copy, output, program, unviable, apart })
}

/// All that git has or would have, by its name.
fn files(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()?;
    let names = String::from_utf8(listed.stdout)?;
    let names = names.split('\0').filter(|name| root.join(name).is_file());
    names.map(|name| Ok((name.to_owned(), fs::read(root.join(name))?))).collect()
}

/// What is known of mutants is of the code and the tests as they are.
fn forget_what_was_of_others(output: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    let mut hasher = DefaultHasher::new();
    let is_code = |name: &str| name.starts_with("src/") || name.starts_with("tests/");
    files.iter().filter(|(name, _)| is_code(name)).for_each(|file| file.hash(&mut hasher));
    let (kept, hash) = (output.join("of.txt"), hasher.finish().to_string());
    if fs::read_to_string(&kept).ok().as_ref() != Some(&hash) {
        for known in [FATES, SAID] {
            let path = output.join(known);
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
        fs::write(kept, hash)?;
    }
    Ok(())
}

/// Removes from the copy what the repository does not have any more.
fn remove_others(copy: &Path, folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(copy, &path, files)?;
        } else if !path.strip_prefix(copy)?.to_str().is_some_and(|name| files.contains_key(name)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn write_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).ok().as_deref() != Some(bytes) {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::write(path, bytes)?;
    }
    Ok(())
}

struct Cargo {
    errors: Vec<Diagnostic>,
    program: Option<PathBuf>,
}

fn cargo(copy: &Path, target: &Path, arguments: &[&str]) -> Result<Cargo> {
    let output = Command::new("cargo")
        .args(arguments)
        .args(["--package", "tower-cors", "--all-features", "--message-format", "json"])
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", "--cap-lints allow")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_TEST_OPT_LEVEL", "1")
        .stderr(Stdio::inherit())
        .output()?;
    let mut found = Cargo { errors: Vec::new(), program: None };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        match serde_json::from_str(line)? {
            Line { message: Some(message), .. }
                if message.level == "error" && !message.spans.is_empty() =>
            {
                found.errors.push(message);
            }
            Line { executable: Some(program), target: Some(Target { name }), .. }
                if name == "it" =>
            {
                found.program = Some(program);
            }
            _ => {}
        }
    }
    if !output.status.success() && found.errors.is_empty() {
        return Err("cargo fails, and says of no place why".into());
    }
    Ok(found)
}

/// A line of what cargo says with `--message-format json`.
#[derive(Deserialize)]
struct Line {
    message: Option<Diagnostic>,
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
pub struct Diagnostic {
    pub code: Option<Code>,
    pub level: String,
    pub rendered: String,
    pub spans: Vec<DiagnosticSpan>,
}

#[derive(Deserialize)]
pub struct Code {
    pub code: String,
}

#[derive(Deserialize)]
pub struct DiagnosticSpan {
    pub file_name: String,
    pub byte_start: usize,
    pub byte_end: usize,
    pub is_primary: bool,
}
