//! What the tests need of a real browser: to open a page, and to run script in it.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::chromium::Chromium;
use crate::firefox::Firefox;
use crate::process::find;

/// The longest that a browser may take for one answer, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) trait Driver {
    /// Opens a page in the one tab, and returns when it has loaded. Chromium knows nothing then of pages before.
    fn open(&mut self, url: &str);

    /// Opens a page as well, and the browser keeps what it knows.
    fn navigate(&mut self, url: &str);

    /// Calls a function of the page with one text, awaits its promise, and returns the text that
    /// comes of it.
    fn call(&mut self, function: &str, argument: &str) -> String;

    /// The reasons of the fetches that failed since the last call, as Chromium's codes, by URL.
    fn take_reasons(&mut self) -> BTreeMap<String, String>;

    /// What the console said of CORS since the last call, if [`take_reasons`](Self::take_reasons) was called first.
    fn take_console(&mut self) -> Vec<String>;
}

/// Starts Chromium, or says that it is not there.
pub(crate) fn chromium() -> Option<Chromium> {
    const PROGRAMS: [&str; 4] =
        ["chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome"];
    or_skip("Chromium", &PROGRAMS).map(|program| Chromium::start(&program))
}

/// Starts Firefox, or says that it is not there.
pub(crate) fn firefox() -> Option<Firefox> {
    or_skip("Firefox", &["firefox-esr", "firefox"]).map(|program| Firefox::start(&program))
}

fn or_skip(name: &str, programs: &[&str]) -> Option<PathBuf> {
    let found = find(programs);
    if found.is_none() {
        let missing = format!("no {name}: none of {} is in PATH", programs.join(", "));
        let required = env::var_os("REQUIRE_BROWSERS").is_some_and(|value| value != "0");
        assert!(!required, "{missing}, and REQUIRE_BROWSERS is set");
        // Not by `eprintln!`, which the test harness hides if the test passes.
        let test = thread::current().name().unwrap_or_default().to_owned();
        let _ = writeln!(io::stderr(), "skipped {test}: {missing}");
    }
    found
}

/// The next message of a browser.
pub(crate) fn receive(messages: &Receiver<Value>) -> Value {
    match messages.recv_timeout(PATIENCE) {
        Ok(message) => message,
        Err(RecvTimeoutError::Timeout) => panic!("no answer within {PATIENCE:?}"),
        Err(RecvTimeoutError::Disconnected) => panic!("the browser has ended"),
    }
}
