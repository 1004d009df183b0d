//! A policy that follows its file: when the file changes, the new policy answers; when the new file
//! is bad, the old policy stays, and the reason is reported.
//!
//! The file may be written in place, be replaced by a rename, as editors and careful programs do, or
//! be part of a mounted `ConfigMap`, where a symbolic link beside it is swapped. So it is the
//! directory that is watched; and if the file is a link, the directories that it leads to, too.
//!
//! ```sh
//! echo '{ "allow_origins": ["https://a.example"] }' > cors.json
//! cargo run --example reload -- cors.json
//! curl -i http://127.0.0.1:3000/ -H 'Origin: https://a.example'
//! echo '{ "allow_origins": ["https://b.example/"] }' > cors.json # bad: it has a path
//! echo '{ "allow_origins": ["https://b.example"] }' > cors.json
//! curl -i http://127.0.0.1:3000/ -H 'Origin: https://a.example'
//! ```

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{self, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tower_cors::{CorsLayer, Policy, Reload};
use tower_cors_recipes::listen;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let file = env::args_os().nth(1).ok_or("usage: reload FILE.json")?;
    let (policy, _watcher) = follow(Path::new(&file), |outcome| {
        // If nobody reads it, there is nobody to tell.
        let _ = match outcome {
            Ok(()) => writeln!(io::stdout(), "a new policy"),
            Err(error) => writeln!(io::stderr(), "the old policy stays: {error}"),
        };
    })?;
    let listener = listen().await?;
    axum::serve(listener, app(policy)).await?;
    Ok(())
}

/// The application, with a policy that may change.
pub(crate) fn app(policy: Reload) -> Router {
    Router::new().route("/", get(|| async { "hello\n" })).layer(CorsLayer::new(policy))
}

/// Why a file is no policy.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// How long a change takes at the most: a file that is written in place is empty for a moment.
const SETTLES: Duration = Duration::from_millis(50);

/// Reads a policy, and swaps it whenever its file has another content, for as long as the watcher is
/// kept. Each change is reported: what became of it.
///
/// # Errors
///
/// If the file cannot be read, is no policy, or cannot be watched. At start-up there is no old
/// policy that could stay.
pub(crate) fn follow(
    file: &Path,
    report: impl Fn(Result<(), Failure>) + Send + 'static,
) -> Result<(Reload, Watcher), Failure> {
    // Absolute, and through no link: a link is what may be swapped.
    let file = path::absolute(file)?;
    let (events, changes) = mpsc::channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // To open and to close is no change. An error may have swallowed one.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            // Nobody listens any more when the thread below has ended.
            let _ = events.send(());
        }
    })?;
    let watcher = Watcher(Arc::new(Mutex::new((watcher, BTreeSet::new()))));
    // Watched before it is read, so that no change falls between.
    watcher.watch(directories(&file))?;

    let text = fs::read_to_string(&file)?;
    let policy = Reload::new(Policy::from_json(&text)?);
    let handle = policy.clone();
    let mut last = Some(text);
    // Ends with the watcher, which holds the other end of the channel.
    let weak = Arc::downgrade(&watcher.0);
    thread::spawn(move || {
        while changes.recv().is_ok() {
            thread::sleep(SETTLES);
            changes.try_iter().for_each(drop);
            // A link may lead elsewhere now.
            let Some(watcher) = weak.upgrade().map(Watcher) else { return };
            if let Err(error) = watcher.watch(directories(&file)) {
                report(Err(error));
            }
            drop(watcher);
            let read = fs::read_to_string(&file);
            // Most changes of the directory are none of the file's, which may be gone, too.
            if read.as_ref().ok() != last.as_ref() {
                last = read.as_ref().ok().cloned();
                report(swap(read, &handle));
            }
        }
    });
    Ok((policy, watcher))
}

/// Watches directories, for as long as it is kept.
pub(crate) struct Watcher(Arc<Mutex<(RecommendedWatcher, BTreeSet<PathBuf>)>>);

impl Watcher {
    /// Watches these in place of those before.
    fn watch(&self, directories: BTreeSet<PathBuf>) -> Result<(), Failure> {
        let (watcher, before) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for gone in before.difference(&directories) {
            // It may not even be there any more.
            let _ = watcher.unwatch(gone);
        }
        for directory in &directories {
            watcher.watch(directory, RecursiveMode::NonRecursive)?;
        }
        *before = directories;
        Ok(())
    }
}

/// The most links that are followed to a file, as on Linux.
const MOST_LINKS: usize = 40;

/// The directory of a file, and if the file is a link, those of all that it leads to.
fn directories(file: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut next = Some(file.to_owned());
    for _ in 0..MOST_LINKS {
        let Some(file) = next else { break };
        let Some(directory) = file.parent() else { break };
        // A directory may be a link itself. Where it leads to is what is watched.
        found.extend(directory.canonicalize());
        next = fs::read_link(&file).ok().map(|target| directory.join(target));
    }
    found
}

/// Swaps the policy, if there is a new one.
fn swap(read: io::Result<String>, policy: &Reload) -> Result<(), Failure> {
    policy.swap(Policy::from_json(&read?)?);
    Ok(())
}
