//! The example `serve` as a program: what it prints, what it answers over TCP, how it follows a file, and how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const PAGE: &str = "http://localhost:3001";

#[path = "../program.rs"]
mod built;

fn program() -> PathBuf {
    built::program_of("serve")
}

/// The running program; it ends with this value.
struct Serve {
    child: Child,
    printed: Vec<String>,
    api: String,
    page: String,
}

impl Serve {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, Stdio::null())
    }

    /// With its log on stderr.
    fn start_with(arguments: &[&str], stderr: Stdio) -> Self {
        let child = Command::new(program())
            .args(["--api", "127.0.0.1:0", "--page", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap();
        // From here on, a panic ends the child too.
        let mut serve = Self { child, printed: vec![], api: String::new(), page: String::new() };
        for line in BufReader::new(serve.child.stdout.take().unwrap()).lines() {
            serve.printed.push(line.unwrap());
            if serve.curl_lines().len() == 3 {
                break;
            }
        }
        serve.api = serve.address("api http://");
        serve.page = serve.address("page http://");
        serve
    }

    fn curl_lines(&self) -> Vec<&str> {
        let lines = self.printed.iter().map(String::as_str);
        lines.filter(|line| line.starts_with("curl ")).collect()
    }

    #[track_caller]
    fn address(&self, start: &str) -> String {
        let mut found = self.printed.iter().filter_map(|line| line.strip_prefix(start));
        let address = found.next().unwrap_or_else(|| panic!("no {start} in {:?}", self.printed));
        assert_eq!(found.next(), None, "{:?}", self.printed);
        address.to_owned()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One answer, its head in lower case.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn fields(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(found, _)| *found == name).map(|(_, value)| value).collect()
    }

    fn cors_fields(&self) -> Vec<&str> {
        self.head.lines().filter(|line| line.starts_with("access-control-")).collect()
    }
}

/// One request, over a connection of its own.
#[track_caller]
fn ask(address: &str, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let address = address.replace("localhost", "127.0.0.1");
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in fields {
        request.push_str(&[name, ": ", value, "\r\n"].concat());
    }
    stream.write_all(format!("{request}\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

#[test]
fn it_prints_both_addresses_and_three_lines_to_try() {
    let serve = Serve::start(&[]);
    assert_eq!(serve.printed.len(), 8, "{:?}", serve.printed);
    assert!(serve.api.starts_with("127.0.0.1:"), "{:?}", serve.printed);
    assert!(serve.page.starts_with("localhost:"), "{:?}", serve.printed);
    for line in serve.curl_lines() {
        assert!(line.contains(&format!(" http://{}/", serve.api)), "{line}");
    }
    let page = ask(&serve.page, "GET", "/", &[]);
    assert_eq!(page.status, 200);
    assert!(page.body.starts_with("<!doctype html>"));
    let cases = ask(&serve.page, "GET", "/workbench.json", &[]);
    assert!(cases.body.contains(&format!("\"http://{}\"", serve.api)), "{}", cases.body);
}

#[test]
fn every_route_answers_every_method_through_the_layer() {
    let serve = Serve::start(&[]);
    // Path, status, body, `Vary` of the inner service.
    let rows = [
        ("/echo", 200, Some(r#"{"method":"METHOD","path":"/echo"}"#), None),
        ("/echo/", 200, Some(r#"{"method":"METHOD","path":"/echo/"}"#), None),
        ("/echo/a/b%20c?d=e", 200, Some(r#"{"method":"METHOD","path":"/echo/a/b%20c"}"#), None),
        ("/status/200", 200, Some(""), None),
        ("/status/204", 204, Some(""), None),
        ("/status/304", 304, Some(""), None),
        ("/status/404", 404, Some(""), None),
        ("/status/500", 500, Some(""), None),
        ("/status/999", 999, Some(""), None),
        ("/status/199", 400, None, None),
        ("/status/1000", 400, None, None),
        ("/status/ok", 400, None, None),
        ("/status/%FF", 400, None, None),
        ("/vary/Accept-Encoding", 200, None, Some("accept-encoding")),
        ("/vary/accept,%20origin", 200, None, Some("accept, origin")),
        ("/vary/*", 200, None, Some("*")),
        ("/vary/a%0Ab", 400, None, None),
        ("/vary/%C3%A9", 200, None, Some("é")),
        ("/inner-cors", 200, None, None),
        ("/", 404, None, None),
        ("/nowhere", 404, None, None),
    ];
    let mut failures = Vec::new();
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
        for (path, status, body, inner_vary) in rows {
            let answer = ask(&serve.api, method, path, &[("origin", PAGE)]);
            let body = body.map(|body| body.replace("METHOD", method));
            let of_options = "access-control-request-method, access-control-request-headers";
            let whole = format!("origin, {of_options}");
            let (all, but_origin) =
                if method == "OPTIONS" { (&*whole, of_options) } else { ("origin", "") };
            let mut vary = match inner_vary {
                None => vec![all],
                Some("*") => vec!["*"],
                Some(names) if names.contains("origin") => vec![names, but_origin],
                Some(names) => vec![names, all],
            };
            vary.retain(|line| !line.is_empty());
            let good = answer.status == status
                && answer.fields("x-request-id") == ["1"]
                && answer.fields("x-inner") == ["reached"]
                && answer.fields("vary") == vary
                && answer.cors_fields()
                    == [
                        "access-control-allow-origin: http://localhost:3001",
                        "access-control-allow-credentials: true",
                        "access-control-expose-headers: vary,x-request-id",
                    ]
                && (method == "HEAD" || body.is_none_or(|body| body == answer.body));
            if !good {
                failures.push(format!("{method} {path}:\n{}\n{}", answer.head, answer.body));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn preflights_are_answered_before_the_api() {
    let serve = Serve::start(&[]);
    let ask_for = |method, path| {
        let fields = [("origin", PAGE), ("access-control-request-method", method)];
        ask(&serve.api, "OPTIONS", path, &fields)
    };
    for path in ["/echo", "/status/500", "/inner-cors", "/nowhere"] {
        let allowed = ask_for("PUT", path);
        assert_eq!((allowed.status, allowed.fields("x-inner").len()), (204, 0), "{path}");
        assert_eq!(allowed.fields("access-control-allow-origin"), [PAGE], "{path}");
        assert_eq!(allowed.fields("access-control-max-age"), ["600"], "{path}");
        let denied = ask_for("PATCH", path);
        assert_eq!((denied.status, denied.fields("x-inner").len()), (204, 0), "{path}");
        assert_eq!(
            denied.cors_fields(),
            [
                "access-control-allow-origin: http://localhost:3001",
                "access-control-allow-credentials: true",
                "access-control-allow-methods: get",
            ],
            "{path}"
        );
    }
}

#[test]
fn what_it_decides_is_logged() {
    let mut serve = Serve::start_with(&[], Stdio::piped());
    let (sender, log) = mpsc::channel();
    let stderr = BufReader::new(serve.child.stderr.take().unwrap());
    thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|it| sender.send(it)));
    for (origin, said) in [
        (PAGE, "DEBUG tower_cors: CORS request allowed"),
        (
            "https://other.example",
            " INFO tower_cors: CORS request denied: the origin is not allowed",
        ),
    ] {
        assert_eq!(ask(&serve.api, "GET", "/echo?page=1", &[("origin", origin)]).status, 200);
        let line = log.recv_timeout(Duration::from_secs(20)).unwrap();
        let fields =
            format!(r#" kind="cors" method="GET" path="/echo" origin="{origin}" outcome="#);
        assert!(line.contains(said) && line.contains(&fields), "{line}");
    }
}

#[test]
fn a_policy_file_stands_in_for_the_built_in_one() {
    let file = File::write("good", r#"{ "allow_origins": ["https://app.example"] }"#);
    let serve = Serve::start(&["--policy", file.path()]);
    let answer = ask(&serve.api, "GET", "/echo", &[]);
    assert_eq!(answer.cors_fields(), ["access-control-allow-origin: https://app.example"]);
}

#[test]
fn a_bad_policy_file_is_refused_with_all_its_problems() {
    let file = File::write(
        "bad",
        r#"{ "allow_origins": ["https://app.example/", "*"], "allow_methods": ["put"] }"#,
    );
    let ended = end(&["--policy", file.path()]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(ended.stdout.is_empty());
    let expected = [
        r#"origin "https://app.example/" has a path; write "https://app.example""#,
        r#"method "put" is not PUT, methods are case-sensitive; write "PUT""#,
    ];
    for problem in expected {
        assert!(said.contains(problem), "{said}");
    }
    assert_eq!(said.lines().count(), 2, "{said}");
    let name = format!("{}: allow_", file.path());
    assert!(said.lines().all(|line| line.starts_with(&name)), "{said}");
}

#[test]
fn a_policy_file_is_followed_and_named_in_every_message() {
    let file = File::write("watched", r#"{ "allow_origins": ["https://one.example"] }"#);
    let mut serve = Serve::start_with(&["--policy", file.path(), "--watch"], Stdio::piped());
    let (sender, log) = mpsc::channel();
    let stderr = BufReader::new(serve.child.stderr.take().unwrap());
    thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|it| sender.send(it)));
    // What is said of the file; what is logged of requests stands between.
    let said = || loop {
        let line = log.recv_timeout(Duration::from_secs(20)).unwrap();
        if let Some(said) = line.strip_prefix(file.path()) {
            return said.to_owned();
        }
    };
    let allowed = || {
        let answer = ask(&serve.api, "GET", "/echo", &[]);
        answer.fields("access-control-allow-origin").join(" ")
    };
    assert_eq!(allowed(), "https://one.example");

    fs::write(&file.0, r#"{ "allow_origins": ["https://two.example"] }"#).unwrap();
    assert_eq!(said(), ": in force");
    assert_eq!(allowed(), "https://two.example");

    fs::write(&file.0, r#"{ "allow_origins": ["https://three.example/"] }"#).unwrap();
    let path = r#": allow_origins[0]: origin "https://three.example/" has a path; write "https://three.example" at line 1 column 44"#;
    assert_eq!(said(), path);
    assert_eq!(said(), ": the old policy stays");
    assert_eq!(allowed(), "https://two.example");

    // As editors write: another file takes its name.
    let other = File::write("renamed", r#"{ "allow_origins": ["https://four.example"] }"#);
    fs::rename(&other.0, &file.0).unwrap();
    assert_eq!(said(), ": in force");
    assert_eq!(allowed(), "https://four.example");
}

#[test]
fn what_cannot_be_done_is_said_and_never_a_panic() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let shape = File::write("shape", "{ \"allow_origin\": [] }");
    let rows: &[(&[&str], i32, &str)] = &[
        (&["--policy", "/nowhere/policy.json"], 2, "--policy /nowhere/policy.json: "),
        (&["--policy", shape.path()], 2, "allow_origin"),
        (&["--policy"], 2, "--policy needs a value\n\nusage: serve "),
        (&["--verbose"], 2, "unknown argument \"--verbose\"\n\nusage: serve "),
        (&["--api", "here"], 2, "--api \"here\" is no address"),
        (&["--api", &taken], 1, "; port 0 is always free"),
        (&["--api", "127.0.0.1:0", "--page", &taken], 1, "--page 127.0.0.1:"),
    ];
    for (arguments, status, message) in rows {
        let ended = end(arguments);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(*status), "{arguments:?}: {said}");
        assert!(said.contains(message), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
    assert_eq!(end(&["--help"]).status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn control_c_ends_it_well() {
    // It waits for the signal before it says that it runs.
    let mut serve = Serve::start(&[]);
    let signal = Command::new("kill").args(["-INT", &serve.child.id().to_string()]).status();
    assert!(signal.unwrap().success());
    assert_eq!(serve.child.wait().unwrap().code(), Some(0));
}

/// Runs the program to its end, for arguments with which it has one.
fn end(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).output().unwrap()
}

/// A file that is gone with this value.
struct File(PathBuf);

impl File {
    fn write(name: &str, text: &str) -> Self {
        let name = format!("serve-{name}-{}.json", std::process::id());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
