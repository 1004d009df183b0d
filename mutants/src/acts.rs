//! Which mutant acts, and which are passed by. This file becomes a module of the crate and of its tests.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// More than there are mutants.
const MANY: usize = 1 << 14;

static ACTIVE: LazyLock<Option<usize>> = LazyLock::new(|| std::env::var("MUTANT").ok()?.parse().ok());
static TRACE: LazyLock<Option<PathBuf>> = LazyLock::new(|| Some(std::env::var_os("MUTANT_TRACE")?.into()));
static PASSED: [AtomicBool; MANY] = [const { AtomicBool::new(false) }; MANY];

/// Whether this is the mutant that the environment's `MUTANT` names. With `MUTANT_TRACE` its number is written into
/// the file of that name, once.
pub(crate) fn acts(number: usize) -> bool {
    if let Some(path) = &*TRACE {
        if !PASSED[number].swap(true, Ordering::Relaxed) {
            let file = OpenOptions::new().append(true).create(true).open(path);
            let _ = file.and_then(|mut file| file.write_all(format!("{number}\n").as_bytes()));
        }
    }
    *ACTIVE == Some(number)
}

/// One of two iterators: the mutant's, or that of the function.
#[derive(Clone)]
pub(crate) enum Either<L, R> {
    Mutant(L),
    Own(R),
}

impl<T, L: Iterator<Item = T>, R: Iterator<Item = T>> Iterator for Either<L, R> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self {
            Self::Mutant(iterator) => iterator.next(),
            Self::Own(iterator) => iterator.next(),
        }
    }
}
