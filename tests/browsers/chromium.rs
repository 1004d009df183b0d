//! Chromium, by `DevTools` messages over two pipes: JSON, each ended by a zero byte.
//!
//! <https://chromedevtools.github.io/devtools-protocol/>

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use serde_json::{Value, json};

use crate::driver::{Driver, receive};
use crate::observed::{HEADER_DISALLOWED, METHOD_DISALLOWED};
use crate::process::{Process, empty_profile};

/// Chromium reads messages at descriptor 3 and writes them at 4.
const MAP_DESCRIPTORS: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#;

const FLAGS: [&str; 12] = [
    "--remote-debugging-pipe",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    // The address of a page that has none counts as public, and this machine's as local: without
    // this flag, a user would be asked whether the page at a `data:` URL may fetch.
    "--disable-features=LocalNetworkAccessChecks",
    // Every name leads to this machine, or nowhere.
    "--host-resolver-rules=MAP *.example.com 127.0.0.1, MAP *.co.uk 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, \
     EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
];

pub(crate) struct Chromium {
    pipe: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
    context: Option<Value>,
    /// The session with a tab; without it, commands go to the browser itself.
    session: Option<String>,
    /// The URLs of requests, by the id that `DevTools` gave them.
    urls: BTreeMap<String, String>,
    reasons: BTreeMap<String, String>,
    console: Vec<String>,
    _process: Process,
}

impl Chromium {
    pub(crate) fn start(program: &Path) -> Self {
        let profile = empty_profile();
        let mut command = Command::new("sh");
        command.args(["-c", MAP_DESCRIPTORS]).arg(program).args(FLAGS);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Process::start(&mut command, profile);
        let pipe = process.child.stdin.take().expect("stdin is piped");
        let output = process.child.stdout.take().expect("stdout is piped");
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || read(output, &sender));
        Self {
            pipe,
            messages,
            last_id: 0,
            context: None,
            session: None,
            urls: BTreeMap::new(),
            reasons: BTreeMap::new(),
            console: Vec::new(),
            _process: process,
        }
    }

    /// Opens a tab and a session with it, in a context of its own: all caches are empty, so that
    /// the preflight cache, which forgets at random once it has 1,024 entries, never has so many.
    fn open_tab(&mut self) {
        self.session = None;
        if let Some(context) = self.context.take() {
            self.send("Target.disposeBrowserContext", &json!({"browserContextId": context}));
        }
        let context =
            self.send("Target.createBrowserContext", &json!({}))["browserContextId"].take();
        let tab = json!({"url": "about:blank", "browserContextId": context});
        let target = self.send("Target.createTarget", &tab)["targetId"].take();
        let attached =
            self.send("Target.attachToTarget", &json!({"targetId": target, "flatten": true}));
        self.context = Some(context);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        self.send("Page.enable", &json!({}));
        self.send("Network.enable", &json!({}));
        self.send("Log.enable", &json!({}));
    }

    /// Sends a command, and returns its result. Events that come before it are noted.
    fn send(&mut self, method: &str, parameters: &Value) -> Value {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        write!(self.pipe, "{message}\0").expect("Chromium reads");
        loop {
            let mut message = receive(&self.messages);
            if message["id"] == self.last_id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            self.note(&message);
        }
    }

    fn note(&mut self, event: &Value) {
        let parameters = &event["params"];
        let id = || parameters["requestId"].as_str().unwrap_or_default().to_owned();
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                let url = parameters["request"]["url"].as_str().unwrap_or_default();
                self.urls.insert(id(), url.to_owned());
            }
            Some("Log.entryAdded") => {
                let text = parameters["entry"]["text"].as_str().unwrap_or_default();
                if text.starts_with("Access to fetch at ") {
                    self.console.push(text.to_owned());
                }
            }
            Some("Network.loadingFailed") => {
                let status = &parameters["corsErrorStatus"];
                if let (Some(reason), Some(url)) =
                    (status["corsError"].as_str(), self.urls.get(&id()))
                {
                    // Of other reasons the parameter is the value of a field.
                    let name = status["failedParameter"].as_str().unwrap_or_default();
                    let reason = match reason {
                        METHOD_DISALLOWED | HEADER_DISALLOWED => format!("{reason} {name}"),
                        _ => reason.to_owned(),
                    };
                    self.reasons.insert(url.clone(), reason);
                }
            }
            _ => {}
        }
    }
}

impl Driver for Chromium {
    fn open(&mut self, url: &str) {
        self.open_tab();
        self.navigate(url);
    }

    fn navigate(&mut self, url: &str) {
        let opened = self.send("Page.navigate", &json!({"url": url}));
        assert!(opened["errorText"].is_null(), "{url}: {}", opened["errorText"]);
        loop {
            let message = receive(&self.messages);
            self.note(&message);
            if message["method"] == "Page.loadEventFired" {
                return;
            }
        }
    }

    fn call(&mut self, function: &str, argument: &str) -> String {
        let expression = format!("{function}({})", json!(argument));
        let evaluation =
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let evaluated = self.send("Runtime.evaluate", &evaluation);
        let failure = &evaluated["exceptionDetails"];
        assert!(failure.is_null(), "{function}: {failure}");
        evaluated["result"]["value"].as_str().expect("a text").to_owned()
    }

    fn take_reasons(&mut self) -> BTreeMap<String, String> {
        self.urls.clear();
        std::mem::take(&mut self.reasons)
    }

    fn take_console(&mut self) -> Vec<String> {
        std::mem::take(&mut self.console)
    }
}

/// Passes on the messages until Chromium ends.
fn read(output: ChildStdout, messages: &Sender<Value>) {
    let mut output = BufReader::new(output);
    let mut bytes = Vec::new();
    while output.read_until(0, &mut bytes).is_ok_and(|count| count > 0) {
        bytes.pop();
        let message = serde_json::from_slice(&bytes).expect("DevTools speaks JSON");
        if messages.send(message).is_err() {
            return;
        }
        bytes.clear();
    }
}
