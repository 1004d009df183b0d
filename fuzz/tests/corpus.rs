//! Every input of the corpus, held to the law of its target, without the engine.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use tower_cors_fuzz::TARGETS;

/// The names of what a folder of the package holds, without what follows a dot.
fn names(folder: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_law_has_a_target_and_a_corpus() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("fuzz_targets"), targets);
    assert_eq!(names("corpus"), targets);
}

#[test]
fn every_input_of_the_corpus_keeps_its_law() {
    let mut failures = Vec::new();
    for (target, law) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        let (mut inputs, mut kept) = (0, 0);
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let input = fs::read(&path).unwrap();
            inputs += 1;
            match catch_unwind(|| law(&input)) {
                Ok(held) => kept += usize::from(held.is_some()),
                Err(panic) => {
                    let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                    failures.push(format!("{}: {said}", path.display()));
                }
            }
        }
        assert!(kept > 50 && kept > inputs / 2, "{target}: {kept} of {inputs} are of its form");
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
