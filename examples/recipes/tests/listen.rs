//! The examples listen where they are told, or say why not.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use tempfile::TempDir;

#[path = "../../../tests/it/program.rs"]
mod built;

use built::program_of;

/// The examples that listen, with their arguments.
const LISTENING: &[(&str, &[&str])] = &[
    ("failures", &[]),
    ("grpc_web", &[]),
    ("hyper", &[]),
    ("observability", &[]),
    ("reload", &["policy.json"]),
    ("reverse_proxy", &["127.0.0.1:1"]),
    ("routers", &[]),
    ("tenants", &[]),
];

/// Another program may have the port, or another test.
#[test]
fn an_example_finds_a_free_port_where_its_own_is_taken() {
    let _taken = TcpListener::bind("127.0.0.1:3000");
    let mut command = Command::new(program_of("hyper"));
    command.env_remove("ADDRESS").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut line, mut said) = (String::new(), String::new());
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let reached = line.trim().strip_prefix("listening on http://").map(TcpStream::connect);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(reached.is_some_and(|it| it.is_ok()) && !line.contains(":3000"), "{line}");
    assert_eq!(said, "port 3000 is taken, so another one is used\n");
}

#[test]
fn every_example_listens_where_it_is_told_or_says_why_not() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("policy.json");
    fs::write(&file, r#"{ "allow_origins": ["https://app.example"] }"#).unwrap();
    let file = file.to_str().unwrap();
    for (example, arguments) in LISTENING {
        let command = |address: &str| {
            let mut command = Command::new(program_of(example));
            let arguments = arguments.iter();
            command.args(arguments.map(|it| it.replace("policy.json", file)));
            command.env("ADDRESS", address).stdout(Stdio::piped()).stderr(Stdio::piped());
            command
        };
        for (address, why) in
            [(&*taken, "Address already in use"), ("here", "invalid socket address")]
        {
            let ended = command(address).output().unwrap();
            let said = String::from_utf8(ended.stderr).unwrap();
            assert_eq!(ended.status.code(), Some(1), "{example}: {said}");
            let start = format!("Error: \"cannot listen on {address}: {why}");
            assert!(said.starts_with(&start), "{example}: {said}");
            let end = "; set ADDRESS to another, as in 127.0.0.1:0\"\n";
            assert!(said.ends_with(end), "{example}: {said}");
        }

        let mut child = command("127.0.0.1:0").spawn().unwrap();
        let mut line = String::new();
        let read = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line);
        let address = line.trim().strip_prefix("listening on http://").map(str::to_owned);
        let reached = address.as_ref().map(TcpStream::connect);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(matches!(reached, Some(Ok(_))), "{example}: {line:?} {read:?} {reached:?}");
    }
}
