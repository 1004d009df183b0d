//! Every input of the corpus, held to the law of its target, without the engine.

use std::panic::catch_unwind;
use std::path::Path;
use std::{env, fs};

use tower_cors_fuzz::TARGETS;

#[test]
fn every_input_of_the_corpus_keeps_its_law() {
    let corpus =
        env::var("CORPUS").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus").to_owned());
    let mut failures = Vec::new();
    for (target, law) in TARGETS {
        let (mut inputs, mut kept) = (0, 0);
        for file in fs::read_dir(Path::new(&corpus).join(target)).unwrap() {
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
        assert!(kept > 20 && kept > inputs / 2, "{target}: {kept} of {inputs} are of its form");
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
