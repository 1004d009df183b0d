//! What holds for the source as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every source file by its path under `src`, and its text without comments.
pub(crate) fn sources() -> Vec<(String, String)> {
    let code = |text: String| {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        code.collect::<Vec<_>>().join("\n")
    };
    texts("src").into_iter().map(|(name, text)| (name, code(text))).collect()
}

/// Every file of code by its path under a folder.
fn texts(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), files);
            } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
                files.push(entry.path());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = Vec::new();
    walk(&root, &mut files);
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        Some((name, fs::read_to_string(&path).ok()?))
    };
    files.into_iter().filter_map(read).collect()
}

#[track_caller]
fn none_names(files: impl Fn(&str) -> bool, words: &[&str]) {
    let sources = sources();
    let held: Vec<_> = sources.iter().filter(|(name, _)| files(name)).collect();
    assert!(!held.is_empty() && sources.len() > 30);
    for (name, code) in held {
        for word in words {
            assert!(!code.contains(word), "src/{name} names {word}");
        }
    }
}

/// Observers give logs and counters names that begin with that of the crate.
fn is_observer(name: &str) -> bool {
    name.starts_with("observe/")
}

#[test]
fn only_the_adapters_name_tower_futures_or_bodies() {
    let is_pure = |name: &str| {
        name != "lib.rs"
            && !["layer/", "select/", "browser/"].iter().any(|room| name.starts_with(room))
    };
    let words = ["tower_", "Future", "std::task", "std::pin", "http_body", "async "];
    none_names(|name| is_pure(name) && !is_observer(name), &words);
    none_names(is_observer, &[&["tower_layer", "tower_service"], &words[1..]].concat());
}

/// It reads policies, and asks them. Nothing that decides knows that it is asked. The layer hands on what
/// observers ask.
#[test]
fn what_decides_does_not_know_what_reviews() {
    let decides = ["policy/", "origin/", "builder/", "select/", "enforce/"];
    let is_below = |name: &str| decides.iter().any(|room| name.starts_with(room));
    none_names(is_below, &["crate::review", "review::", "Lint"]);
}

#[test]
fn origins_do_not_name_http() {
    none_names(|name| name.starts_with("origin/"), &["use http", "http::"]);
}

#[test]
fn only_the_limit_of_a_log_knows_a_clock_and_there_is_no_environment_and_no_mutable_global() {
    let clocks = ["Instant", "SystemTime", "std::env", "env!"];
    let globals = ["static mut", "thread_local", "LazyLock"];
    none_names(|name| name != "observe/tracing/limit.rs", &clocks[..1]);
    none_names(|_| true, &[&clocks[1..], &globals[..]].concat());
    let cells = ["Atomic", "OnceLock", "OnceCell", "Mutex", "RwLock", "RefCell", "Cell<"];
    for (name, code) in sources() {
        for line in code.lines().filter(|line| line.trim_start().contains("static ")) {
            let is_cell = cells.iter().any(|cell| line.contains(cell));
            assert!(!is_cell, "src/{name} has a mutable global: {line}");
        }
    }
}

/// The other half of the protocol has no part in this one, nor this one in it. What the layer says of a request beside
/// its answer is of neither.
#[test]
fn the_browser_shares_no_code_with_the_server() {
    let sources = sources();
    let rooms: BTreeSet<String> = sources
        .iter()
        .map(|(name, _)| format!("crate::{}", room(name)))
        .filter(|room| !["crate::lib", "crate::browser", "crate::remark"].contains(&room.as_str()))
        .collect();
    assert!(rooms.contains("crate::policy") && rooms.contains("crate::safelist"));
    let rooms: Vec<&str> = rooms.iter().map(String::as_str).collect();
    none_names(|name| name.starts_with("browser/"), &rooms);
    none_names(|name| !name.starts_with("browser/"), &["crate::browser"]);
}

/// The room of a file: its folder, or the file itself if that stands at the top.
fn room(name: &str) -> &str {
    name.split('/').next().unwrap().trim_end_matches(".rs")
}

/// A room that knows another one is not known by it, directly or by way of others.
#[test]
fn rooms_make_no_circle() {
    let sources = sources();
    let rooms: BTreeSet<&str> =
        sources.iter().map(|(name, _)| room(name)).filter(|room| *room != "lib").collect();
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, code) in &sources {
        for path in code.split("crate::").skip(1) {
            let end =
                path.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(path.len());
            match rooms.get(&path[..end]) {
                Some(other) if *other != room(name) => {
                    known.entry(room(name)).or_default().insert(other);
                }
                _ => {}
            }
        }
        assert!(
            !code.contains("crate::{"),
            "src/{name}: one path a line, so that this test reads it"
        );
    }
    assert!(known["layer"].contains("observe") && known["observe"].contains("review"), "{known:?}");
    assert!(known["layer"].contains("policy") && known["builder"].contains("origin"), "{known:?}");
    assert!(known["review"].contains("policy"), "{known:?}");
    // Rooms that know only rooms that are gone go, until none is left.
    while let Some(room) = known
        .keys()
        .copied()
        .find(|room| known[room].iter().all(|other| !known.contains_key(other)))
    {
        known.remove(room);
    }
    assert!(known.is_empty(), "rooms that know each other: {known:?}");
}

/// What threads share and write is of std and of arc-swap, and stands in few files. So there are no steps of
/// ours whose orders could be wrong; `threads.rs` and `reload.rs` hold the laws.
#[test]
fn few_files_share_what_is_written() {
    let words =
        ["Atomic", "Mutex", "RwLock", "OnceLock", "LazyLock", "Condvar", "ArcSwap", "thread_local"];
    let found: BTreeSet<(String, &str)> = sources()
        .into_iter()
        .flat_map(|(name, code)| {
            let words = words.into_iter().filter(move |word| code.contains(word));
            words.map(move |word| (name.clone(), word))
        })
        .collect();
    let known = [
        ("observe/tracing/limit.rs", "Mutex"),
        ("policy/sent.rs", "OnceLock"),
        ("remark.rs", "Mutex"),
        ("select/reload.rs", "ArcSwap"),
    ];
    assert_eq!(found, known.map(|(name, word)| (name.to_owned(), word)).into());
}

/// Rust 1.85, which the manifest declares, knows no chain of `let` in a condition. What else is newer,
/// clippy tells, by `clippy::incompatible_msrv`.
#[test]
fn no_syntax_is_newer_than_the_declared_rust() {
    for (name, code) in sources() {
        for condition in code.split("if let ").chain(code.split("while let ")).skip(1) {
            let end = condition.find(" {\n").unwrap_or(condition.len());
            assert!(!condition[..end].contains("&&"), "src/{name}: if let {}", &condition[..end]);
        }
        assert!(!code.contains("&& let "), "src/{name} has a chain of let");
    }
}

/// So that a file fits in a head.
#[test]
fn no_file_is_long() {
    let folders = [
        "src",
        "tests",
        "examples",
        "benches",
        "cli",
        "fuzz/src",
        "fuzz/fuzz_targets",
        "fuzz/tests",
        "mutants/src",
    ];
    for (name, text) in folders.into_iter().flat_map(texts) {
        let lines = text.lines().count();
        assert!(lines <= 400, "{name} has {lines} lines");
    }
}
