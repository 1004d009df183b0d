//! A policy follows its file, however that is replaced, and stays when the file is bad.

use std::fs;
use std::path::Path;

use axum::Router;
use tempfile::TempDir;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::{Duration, timeout};

use super::{reader, request, send};

#[path = "../reload.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod example;

const OLD: &str = "https://old.example";
const NEW: &str = "https://new.example";

/// The application, its directory, and what is reported.
struct Running {
    app: Router,
    directory: TempDir,
    reports: UnboundedReceiver<Result<(), String>>,
    _watcher: example::Watcher,
}

/// A policy that answers with its origin, whoever asks.
fn policy(origin: &str) -> String {
    format!(r#"{{ "allow_origins": ["{origin}"] }}"#)
}

/// Replaces a file as careful programs do.
fn rename_onto(file: &Path, text: &str) {
    let new = file.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, file).unwrap();
}

impl Running {
    fn start(directory: TempDir) -> Self {
        let file = directory.path().join("cors.json");
        Self::start_at(directory, &file)
    }

    fn start_at(directory: TempDir, file: &Path) -> Self {
        let (sender, reports) = mpsc::unbounded_channel();
        let (policy, watcher) = example::follow(file, move |outcome| {
            sender.send(outcome.map_err(|error| error.to_string())).unwrap();
        })
        .unwrap();
        Self { app: example::app(policy), directory, reports, _watcher: watcher }
    }

    /// What became of the next change.
    async fn report(&mut self) -> Result<(), String> {
        timeout(Duration::from_secs(30), self.reports.recv()).await.unwrap().unwrap()
    }

    /// The origin that the policy of this moment names.
    async fn answers(&self) -> String {
        reader(&send(&self.app, request("GET", "/", OLD, &[])).await).unwrap()
    }
}

#[tokio::test]
async fn a_file_is_replaced_by_a_rename() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("cors.json");
    fs::write(&file, policy(OLD)).unwrap();
    let mut running = Running::start(directory);
    assert_eq!(running.answers().await, OLD);

    rename_onto(&file, &policy(NEW));
    running.report().await.unwrap();
    assert_eq!(running.answers().await, NEW);

    rename_onto(&file, &policy("https://a.example/"));
    assert_eq!(
        running.report().await.unwrap_err(),
        r#"allow_origins[0]: origin "https://a.example/" has a path; write "https://a.example" at line 1 column 40"#
    );
    assert_eq!(running.answers().await, NEW, "the old policy stays");

    fs::remove_file(&file).unwrap();
    running.report().await.unwrap_err();
    assert_eq!(running.answers().await, NEW, "the old policy stays");

    // The same as before, and as another.
    rename_onto(&file, &policy(NEW));
    running.report().await.unwrap();
    rename_onto(&file, &policy(OLD));
    running.report().await.unwrap();
    assert_eq!(running.answers().await, OLD);
}

/// As in a mounted `ConfigMap`: `cors.json` is a link to `..data/cors.json`, and `..data` to a directory
/// with the time in its name. A new one is made, and `..data` is replaced by a rename.
///
/// <https://pkg.go.dev/k8s.io/kubernetes/pkg/volume/util#AtomicWriter>
#[cfg(unix)]
#[tokio::test]
async fn a_config_map_is_swapped() {
    use std::os::unix::fs::symlink;

    fn publish(root: &Path, version: &str, text: &str) {
        fs::create_dir(root.join(version)).unwrap();
        fs::write(root.join(version).join("cors.json"), text).unwrap();
        symlink(version, root.join("..data_tmp")).unwrap();
        fs::rename(root.join("..data_tmp"), root.join("..data")).unwrap();
    }

    let directory = tempfile::tempdir().unwrap();
    publish(directory.path(), "..2026_01", &policy(OLD));
    symlink("..data/cors.json", directory.path().join("cors.json")).unwrap();
    let mut running = Running::start(directory);
    assert_eq!(running.answers().await, OLD);

    publish(running.directory.path(), "..2026_02", &policy(NEW));
    running.report().await.unwrap();
    assert_eq!(running.answers().await, NEW);

    publish(running.directory.path(), "..2026_03", "{");
    running.report().await.unwrap_err();
    assert_eq!(running.answers().await, NEW, "the old policy stays");

    publish(running.directory.path(), "..2026_04", &policy(OLD));
    running.report().await.unwrap();
    assert_eq!(running.answers().await, OLD);
}

/// A link to a link to a file, each in a directory of its own: what changes is the file, then either link.
#[cfg(unix)]
#[tokio::test]
async fn what_a_link_leads_to_is_seen() {
    use std::os::unix::fs::symlink;

    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().to_owned();
    for name in ["site", "shared", "store", "other"] {
        fs::create_dir(root.join(name)).unwrap();
    }
    let [link, middle] = ["site/cors.json", "shared/current.json"].map(|name| root.join(name));
    let [stored, other] = ["store/policy.json", "other/policy.json"].map(|name| root.join(name));
    fs::write(&stored, policy(OLD)).unwrap();
    fs::write(&other, policy("https://third.example")).unwrap();
    symlink("../store/policy.json", &middle).unwrap();
    symlink(&middle, &link).unwrap();
    let mut running = Running::start_at(directory, &link);
    assert_eq!(running.answers().await, OLD);

    // In place, and by a rename, where the last link leads to.
    fs::write(&stored, policy(NEW)).unwrap();
    running.report().await.unwrap();
    assert_eq!(running.answers().await, NEW);
    rename_onto(&stored, &policy(OLD));
    running.report().await.unwrap();
    assert_eq!(running.answers().await, OLD);

    // The link in the middle leads elsewhere, and from then on it is that file which is followed.
    symlink(&other, root.join("shared/next")).unwrap();
    fs::rename(root.join("shared/next"), &middle).unwrap();
    running.report().await.unwrap();
    assert_eq!(running.answers().await, "https://third.example");
    fs::write(&other, policy(NEW)).unwrap();
    running.report().await.unwrap();
    assert_eq!(running.answers().await, NEW);

    // So does the first one.
    symlink(&stored, root.join("site/next")).unwrap();
    fs::rename(root.join("site/next"), &link).unwrap();
    running.report().await.unwrap();
    assert_eq!(running.answers().await, OLD);
    fs::write(&stored, policy(NEW)).unwrap();
    running.report().await.unwrap();
    assert_eq!(running.answers().await, NEW);
}

#[tokio::test]
async fn at_start_up_a_bad_file_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("cors.json");
    assert!(example::follow(&file, |_| {}).is_err());
    fs::write(&file, "{}").unwrap();
    assert!(example::follow(&file, |_| {}).is_err());
}
