//! Firefox, by Marionette messages over TCP: JSON, each behind its length and a colon.
//!
//! <https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html>

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::str;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::driver::{Driver, receive};
use crate::observed::{HEADER_DISALLOWED, METHOD_DISALLOWED};
use crate::process::{Process, empty_profile};

/// Ends the group when the input ends: Firefox would outlive a test that is killed.
const END_WITH_INPUT: &str = r#""$0" "$@" </dev/null & read -r _; kill -KILL 0"#;

const PREFERENCES: &str = r#"
user_pref("marionette.port", 0);
// Every name leads to this machine, no name server is asked, and there is no proxy.
user_pref("network.dns.native-is-localhost", true);
user_pref("network.dns.native_https_query", false);
user_pref("network.proxy.type", 0);
// A person would be asked whether a URL with a name and a password is meant.
user_pref("network.http.phishy-userpass-length", 255);
user_pref("network.auth.confirmAuth.enabled", false);
"#;

/// Keeps what Firefox tells its console of the CORS protocol.
const LISTEN: &str = r#"
globalThis.told = [];
globalThis.listener = {
  observe(message) {
    if (message instanceof Ci.nsIScriptError && message.category.startsWith("CORS")) {
      globalThis.told.push(message.errorMessage);
    }
  },
};
Services.console.registerListener(globalThis.listener);
"#;

const TAKE: &str = "return globalThis.told.splice(0);";

const STARTED_WITHIN: Duration = Duration::from_secs(90);

pub(crate) struct Firefox {
    stream: TcpStream,
    messages: Receiver<Value>,
    last_id: u64,
    console: Vec<String>,
    _process: Process,
}

impl Firefox {
    pub(crate) fn start(program: &Path) -> Self {
        let profile = empty_profile();
        fs::write(profile.path().join("user.js"), PREFERENCES).expect("the profile is writable");
        let mut command = Command::new("sh");
        command.args(["-c", END_WITH_INPUT]).arg(program);
        command.args(["--marionette", "--headless", "--no-remote", "--profile"]);
        command.arg(profile.path()).arg("--remote-allow-system-access");
        command.env("MOZ_CRASHREPORTER_DISABLE", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process::start(&mut command, profile);
        let stream = connect(process.profile());
        let (sender, messages) = mpsc::channel();
        let input = stream.try_clone().expect("a socket can be cloned");
        thread::spawn(move || read(input, &sender));
        let mut firefox =
            Self { stream, messages, last_id: 0, console: Vec::new(), _process: process };
        assert_eq!(receive(&firefox.messages)["marionetteProtocol"], 3);
        firefox.send("WebDriver:NewSession", &json!({}));
        firefox.send("WebDriver:SetTimeouts", &json!({"script": 600_000, "pageLoad": 600_000}));
        firefox.run_in_chrome(LISTEN);
        firefox
    }

    /// Runs script as the browser itself, which sees the console.
    fn run_in_chrome(&mut self, script: &str) -> Value {
        self.send("Marionette:SetContext", &json!({"value": "chrome"}));
        let evaluation =
            json!({"script": script, "args": [], "sandbox": "console", "newSandbox": false});
        let mut result = self.send("WebDriver:ExecuteScript", &evaluation);
        self.send("Marionette:SetContext", &json!({"value": "content"}));
        result["value"].take()
    }

    fn send(&mut self, command: &str, parameters: &Value) -> Value {
        self.last_id += 1;
        let message = json!([0, self.last_id, command, parameters]).to_string();
        write!(self.stream, "{}:{message}", message.len()).expect("Firefox reads");
        let mut answer = receive(&self.messages);
        assert_eq!(answer[1], self.last_id, "{command}: {answer}");
        assert!(answer[2].is_null(), "{command}: {}", answer[2]);
        answer[3].take()
    }
}

impl Driver for Firefox {
    fn open(&mut self, url: &str) {
        self.navigate(url);
    }

    fn navigate(&mut self, url: &str) {
        self.send("WebDriver:Navigate", &json!({"url": url}));
    }

    fn call(&mut self, function: &str, argument: &str) -> String {
        let script = format!("return {function}(arguments[0]);");
        let evaluation = json!({"script": script, "args": [argument]});
        let mut result = self.send("WebDriver:ExecuteScript", &evaluation);
        let Value::String(text) = result["value"].take() else { panic!("{function}: no text") };
        text
    }

    /// Those for which it has a message that names what a preflight's answer does not allow. Messages come from
    /// another process, so it waits until no more do.
    fn take_reasons(&mut self) -> BTreeMap<String, String> {
        let mut reasons = BTreeMap::new();
        let mut is_quiet = 0;
        while is_quiet < 3 {
            let Value::Array(messages) = self.run_in_chrome(TAKE) else { panic!("no messages") };
            is_quiet = if messages.is_empty() { is_quiet + 1 } else { 0 };
            for message in messages.iter().filter_map(Value::as_str) {
                reasons.extend(reason(message));
                // Behind a preflight that fails it says so, without the reason.
                if !message.contains("(Reason: CORS request did not succeed)") {
                    self.console.push(message.to_owned());
                }
            }
            thread::sleep(Duration::from_millis(100));
        }
        reasons
    }

    fn take_console(&mut self) -> Vec<String> {
        std::mem::take(&mut self.console)
    }
}

/// The URL and the reason of a message of the console:
/// `… the remote resource at URL. (Reason: header ‘x-a’ is not allowed according to header …).`
fn reason(message: &str) -> Option<(String, String)> {
    let (url, reason) = message.split_once(" at ")?.1.split_once(". (Reason: ")?;
    let reason = if reason.starts_with("Did not find method in CORS header") {
        METHOD_DISALLOWED.to_owned()
    } else {
        let name = reason.strip_prefix("header ‘")?.split_once("’ is not allowed according to")?.0;
        format!("{HEADER_DISALLOWED} {name}")
    };
    Some((url.to_owned(), reason))
}

/// Connects to the port that Firefox wrote to its profile.
fn connect(profile: &Path) -> TcpStream {
    let file = profile.join("MarionetteActivePort");
    let start = Instant::now();
    loop {
        let port = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
        if let Some(stream) =
            port.and_then(|port: u16| TcpStream::connect(("127.0.0.1", port)).ok())
        {
            return stream;
        }
        assert!(start.elapsed() < STARTED_WITHIN, "Firefox does not start");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Passes on the messages until Firefox ends.
fn read(input: TcpStream, messages: &Sender<Value>) {
    let mut input = BufReader::new(input);
    let mut length = Vec::new();
    while input.read_until(b':', &mut length).is_ok_and(|count| count > 0) {
        length.pop();
        let text = str::from_utf8(&length).expect("a length is ASCII");
        let mut bytes = vec![0; text.parse().expect("a length is a number")];
        if input.read_exact(&mut bytes).is_err() {
            return;
        }
        let message = serde_json::from_slice(&bytes).expect("Marionette speaks JSON");
        if messages.send(message).is_err() {
            return;
        }
        length.clear();
    }
}
