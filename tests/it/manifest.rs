//! What the manifest declares: the oldest Rust, and what is published.

use std::collections::{HashMap, HashSet};
use std::process::Command;

use serde_json::Value;

use crate::invariants::sources;

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

/// The crate, and no test, benchmark or script: who wants those has the repository.
#[test]
fn the_package_holds_what_its_users_need_and_nothing_else() {
    let output = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline", "--package", "tower-cors"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).unwrap();
    let (code, rest): (Vec<&str>, Vec<&str>) =
        listed.lines().partition(|path| path.starts_with("src/"));
    let by_cargo = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"];
    let ours = ["CHANGELOG.md", "LICENSE", "README.md", "examples/hyper.rs", "examples/policy.rs"];
    for path in ours {
        assert!(rest.contains(&path), "{path} is missing");
    }
    for path in &rest {
        assert!(ours.contains(path) || by_cargo.contains(path), "{path} is published");
    }
    let names = sources().into_iter().map(|(name, _)| format!("src/{name}"));
    for path in names.chain(["src/origin/suffix/list.txt".to_owned()]) {
        assert!(code.contains(&&*path), "{path} is missing");
    }
}
