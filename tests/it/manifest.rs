//! What the manifest declares: the oldest Rust, and whose it is.

use std::collections::{HashMap, HashSet};
use std::process::Command;

use serde_json::Value;

/// This machine, as rustc names it.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

/// What cargo says of the crate and of all that it depends on here, with all features. What other systems
/// need was never downloaded.
pub(crate) fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--all-features", "--offline"])
        .args(["--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A version of Rust, as in `1.85` and `1.85.0`.
fn version(text: &str) -> Vec<u32> {
    text.split('.').take(2).map(|part| part.parse().unwrap()).collect()
}

/// Tests, benchmarks and examples may ask for more.
#[test]
fn no_dependency_needs_a_newer_rust_than_is_declared() {
    let metadata = metadata();
    let packages: HashMap<&str, &Value> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["id"].as_str().unwrap(), package))
        .collect();
    let depends_on: HashMap<&str, Vec<&str>> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let is_normal = |dependency: &&Value| {
                let kinds = dependency["dep_kinds"].as_array().unwrap();
                kinds.iter().any(|kind| kind["kind"].is_null())
            };
            let dependencies = node["deps"].as_array().unwrap().iter().filter(is_normal);
            let ids = dependencies.map(|dependency| dependency["pkg"].as_str().unwrap());
            (node["id"].as_str().unwrap(), ids.collect())
        })
        .collect();
    let root = metadata["resolve"]["root"].as_str().unwrap();
    let declared = packages[root]["rust_version"].as_str().unwrap();

    let (mut seen, mut left) = (HashSet::from([root]), vec![root]);
    while let Some(id) = left.pop() {
        left.extend(depends_on[id].iter().filter(|dependency| seen.insert(dependency)));
    }
    assert!(seen.len() > 30, "{seen:?}");
    for id in seen {
        if let Some(needed) = packages[id]["rust_version"].as_str() {
            assert!(version(needed) <= version(declared), "{id} needs Rust {needed}");
        }
    }
}
