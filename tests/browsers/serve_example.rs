//! The page of the example `serve`, in real browsers: what it shows, and that what happens is what
//! it expects.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::driver::{self, Driver};

/// The page sends some thirty requests, one after the other.
const DONE_WITHIN: Duration = Duration::from_secs(60);

/// What the page shows: nothing till it is done.
const READ_PAGE: &str = r#"(() => {
  if (document.body?.dataset.done !== "true") {
    return "null";
  }
  const shown = (article) => ({ ...article.dataset, text: article.innerText });
  return JSON.stringify({
    cases: [...document.querySelectorAll("[data-case]")].map(shown),
    summary: document.querySelector("[role=status]").innerText,
  });
})"#;

#[test]
fn chromium_shows_the_page_of_the_example_as_expected() {
    if let Some(mut chromium) = driver::chromium() {
        check(&mut chromium);
    }
}

#[test]
fn firefox_shows_the_page_of_the_example_as_expected() {
    if let Some(mut firefox) = driver::firefox() {
        check(&mut firefox);
    }
}

#[track_caller]
fn check(driver: &mut impl Driver) {
    let serve = Serve::start();
    driver.open(&serve.page);
    let shown = wait_until_done(driver);
    let cases = shown["cases"].as_array().expect("cases");
    let text = |case: &Value, name: &str| case[name].as_str().unwrap_or_default().to_owned();
    let surprises: Vec<_> = cases
        .iter()
        .filter(|case| case["agrees"] != "true" || case["expected"] != case["outcome"])
        .map(|case| text(case, "text"))
        .collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n\n"));
    let names: BTreeSet<_> = cases.iter().map(|case| text(case, "case")).collect();
    assert!(names.len() >= 10 && names.len() == cases.len(), "{names:?}");
    let outcomes: BTreeSet<_> = cases.iter().map(|case| text(case, "outcome")).collect();
    assert_eq!(Vec::from_iter(outcomes), ["blocked", "opaque", "readable"]);
    let count = cases.len();
    assert!(
        shown["summary"].as_str().is_some_and(|it| it.starts_with(&format!("{count} of {count} "))),
        "{}",
        shown["summary"],
    );
}

fn wait_until_done(driver: &mut impl Driver) -> Value {
    let start = Instant::now();
    while start.elapsed() < DONE_WITHIN {
        let shown = serde_json::from_str(&driver.call(READ_PAGE, "")).expect("JSON");
        if shown != Value::Null {
            return shown;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("the page is not done within {DONE_WITHIN:?}");
}

/// The running example; it ends with this value.
struct Serve {
    child: Child,
    page: String,
}

impl Serve {
    fn start() -> Self {
        let mut command = Command::new(program());
        command.args(["--api", "127.0.0.1:0", "--page", "127.0.0.1:0"]).stdout(Stdio::piped());
        let child = command.spawn().expect("the example starts");
        // From here on, a panic ends the child too.
        let mut serve = Self { child, page: String::new() };
        let output = serve.child.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        serve.page = lines
            .find_map(|line| line.strip_prefix("page ").map(str::to_owned))
            .expect("the example prints where its page is");
        serve
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The example that `cargo test` built. `cargo test --test browsers` builds none: that is done here.
fn program() -> PathBuf {
    let test = env::current_exe().expect("a test has a path");
    let built = test.parent().and_then(Path::parent).expect("cargo has directories");
    let program = built.join("examples").join("serve");
    if !program.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--all-features", "--example", "serve"]);
        cargo.arg("--target-dir").arg(built.parent().expect("cargo has directories"));
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(status.is_ok_and(|status| status.success()), "the example does not build");
    }
    program
}
