//! What is pasted is sent as it is, or refused.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request};
use serde_json::{Value, json};
use tower_cors::{CorsLayer, Policy};

use super::{POLICY, own};
use crate::program::Files;
use crate::server::Server;

type Got = Arc<Mutex<Vec<(String, Bytes)>>>;

/// A server, and the methods and bodies of what it gets.
fn server() -> (Server, Got) {
    let got = Got::default();
    let told = got.clone();
    let app = Router::new().fallback(move |request: Request| {
        let told = told.clone();
        async move {
            let method = request.method().to_string();
            let body = axum::body::to_bytes(request.into_body(), 1000).await.unwrap();
            told.lock().unwrap().push((method, body));
            "saved"
        }
    });
    let policy = Policy::from_toml(&POLICY.replace("'PUT'", "'PUT', 'DELETE'")).unwrap();
    (Server::new(app.layer(CorsLayer::new(policy))), got)
}

#[test]
fn what_a_command_would_send_otherwise_is_refused_by_its_name() {
    let (server, got) = server();
    let files = Files::new(&[("nobody.json", r#"{"allow_origins": ["https://nobody.invalid"]}"#)]);
    for (written, name, instead) in [
        ("-u me:secret", "`-u`", "write `-H 'authorization: Basic …'`"),
        ("-d @body.json", "`-d @FILE`", "`--data-raw"),
        ("--data-binary @body.json", "`-d @FILE`", "`--data-raw"),
        ("--data-urlencode 'a=b c'", "`--data-urlencode`", "`--data-raw"),
        ("--json @body.json", "`--json @FILE`", "the JSON itself"),
        ("-d a --data-raw b", "`-d` beside `--data-raw`", "`--data-raw"),
        ("-F a=b", "`-F`", "`--data-raw`"),
        ("-G -d a=b", "`-G`", "the query"),
        ("-X GET -d a=b", "the body of a GET or HEAD", "leave it out"),
        ("-H @fields", "`-H @FILE`", "each field"),
        ("-b jar.txt", "`-b FILE`", "name=value"),
        ("-k", "`-k`", "`probe --curl --cacert FILE`"),
        ("--cacert ca.pem", "`--cacert`", "`probe --curl --cacert FILE`"),
        ("--resolve api.example:80:127.0.0.1", "`--resolve`", "leave it out"),
        ("--proxy http://127.0.0.1:1", "`-x`", "leave it out"),
    ] {
        let url = server.url("/items");
        let command = format!("curl '{url}' -H 'origin: https://app.example' {written}");
        let ran = files.run_with(&["probe", "--curl"], &command);
        assert_eq!((ran.status, &*ran.text), (2, ""), "{written}");
        let begin = format!("error: <stdin>: {name} in the command for curl would not be sent");
        assert!(ran.notes.starts_with(&begin), "{}", ran.notes);
        assert!(ran.notes.contains(instead), "{}", ran.notes);
        // Nothing is sent there.
        let explained = files.run_with(&["explain", "nobody.json", "--curl"], &command);
        assert_eq!(explained.status, 1, "{written}: {}", explained.notes);
    }
    assert!(got.lock().unwrap().is_empty());
}

#[test]
fn a_body_is_sent_as_it_is_written() {
    let (server, got) = server();
    for (written, body) in
        [("--data-raw '@it'", "@it"), ("-d a=1 -d b=2", "a=1&b=2"), ("--json '{}'", "{}")]
    {
        let url = server.url("/items");
        let command = format!("curl '{url}' -H 'origin: https://app.example' {written}");
        let ran = Files::new(&[]).run_with(&["probe", "--curl"], &command);
        assert_eq!(ran.status, 0, "{}{}", ran.text, ran.notes);
        let sent = got.lock().unwrap().pop().unwrap();
        assert_eq!((&*sent.0, &*sent.1), ("POST", body.as_bytes()), "{written}");
    }
}

#[test]
fn of_a_har_file_what_may_change_something_is_sent_if_it_is_chosen() {
    let (server, got) = server();
    let url = server.url("/items");
    let entry = |method: &str| {
        let headers = json!([{ "name": "origin", "value": "https://app.example" }]);
        json!({ "request": { "method": method, "url": url, "headers": headers } })
    };
    let har = |methods: &[&str]| {
        let entries: Vec<_> = methods.iter().map(|method| entry(method)).collect();
        json!({ "log": { "entries": entries } }).to_string()
    };
    let run = |arguments: &[&str], methods: &[&str]| {
        let ran =
            Files::new(&[]).run_with(&[&["probe", "--har"], arguments].concat(), &har(methods));
        let methods: Vec<String> =
            got.lock().unwrap().drain(..).map(|(method, _)| method).collect();
        (ran, methods.join(" "))
    };
    let all = ["GET", "HEAD", "POST", "PUT", "DELETE"];
    let said = |method: &str| {
        format!(
            "not sent, since it may change something: {method} {url}; choose it by `--entry N`\n"
        )
    };
    for format in ["text", "json"] {
        let (ran, sent) = run(&["--format", format], &all);
        let notes = [said("POST"), said("PUT"), said("DELETE")].concat();
        assert_eq!((ran.status, &*ran.notes, &*sent), (0, &*notes, "GET HEAD"), "{}", ran.text);
    }
    let (ran, sent) = run(&["--entry", "5"], &all);
    assert_eq!((ran.status, &*ran.notes, &*sent), (0, "", "DELETE"), "{}", ran.text);
    let (ran, sent) = run(&[], &["DELETE"]);
    assert_eq!(sent, "");
    ran.is(2, "", &format!("error: {}", said("DELETE")));
}

#[test]
fn the_requests_of_a_har_file_share_connections() {
    let ports: Arc<Mutex<HashSet<u16>>> = Arc::default();
    let told = ports.clone();
    let app = Router::new().fallback(move |ConnectInfo(from): ConnectInfo<SocketAddr>| {
        told.lock().unwrap().insert(from.port());
        async { "items" }
    });
    let app = app.layer(CorsLayer::new(Policy::from_toml(POLICY).unwrap()));
    let server = Server::run(|listener| async move {
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, app).await.unwrap();
    });
    let headers = json!([{ "name": "origin", "value": "https://app.example" }]);
    let entries: Vec<_> = (0..6)
        .map(|number| server.url(&format!("/{number}")))
        .map(|url| json!({ "request": { "method": "GET", "url": url, "headers": headers } }))
        .collect();
    let har = json!({ "log": { "entries": entries } }).to_string();
    let ran = Files::new(&[]).run_with(&["probe", "--har"], &har);
    assert_eq!(ran.status, 0, "{}{}", ran.text, ran.notes);
    assert_eq!(ran.text.matches("the page reads status 200").count(), 6, "{}", ran.text);
    // Whether one is free again in time, chance has a word in.
    assert!(ports.lock().unwrap().len() < 6, "{ports:?}");
}

/// For programs the requests that no server answered stand beside the others, so that none is missing.
#[test]
fn what_was_not_answered_is_told_to_programs() {
    let server = own();
    let gone = "http://127.0.0.1:1/gone";
    let entry = |url: &str| {
        let headers = json!([{ "name": "origin", "value": "https://app.example" }]);
        json!({ "request": { "method": "GET", "url": url, "headers": headers } })
    };
    let probe = |urls: &[&str]| {
        let entries: Vec<_> = urls.iter().map(|url| entry(url)).collect();
        let har = json!({ "log": { "entries": entries } }).to_string();
        let ran = Files::new(&[]).run_with(&["probe", "--har", "--format", "json"], &har);
        let report: Value = serde_json::from_str(&ran.text).unwrap();
        let urls = |list: &str| -> Vec<String> {
            let of = report[list].as_array().unwrap().iter();
            of.map(|it| it["url"].as_str().unwrap().to_owned()).collect()
        };
        let (requests, failed) = (urls("requests"), urls("failed"));
        (ran, report, requests, failed)
    };
    let here = server.url("/items");
    let (ran, report, requests, failed) = probe(&[&here, gone]);
    assert_eq!((ran.status, requests, failed), (2, vec![here.clone()], vec![gone.to_owned()]));
    let failed = &report["failed"][0];
    assert_eq!(
        (&failed["page"], &failed["method"]),
        (&json!("https://app.example"), &json!("GET"))
    );
    let error = failed["error"].as_str().unwrap();
    assert!(error.starts_with(&format!("{gone}: ")), "{error}");
    assert_eq!(ran.notes, format!("error: {error}\n"));

    let (ran, _, requests, failed) = probe(&[gone]);
    assert_eq!((ran.status, requests.len(), failed.len()), (2, 0, 1));
    let (ran, _, requests, failed) = probe(&[&here]);
    assert_eq!((ran.status, requests.len(), failed.len()), (0, 1, 0));
}
