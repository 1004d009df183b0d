//! `explain --har` takes what the developer tools of browsers save.

use serde_json::{Value, json};

use crate::program::Files;

const POLICY: &str =
    r#"{"allow_origins": ["https://app.example"], "allow_methods": ["PUT"], "max_age": 600}"#;

fn entry(method: &str, url: &str, headers: &[(&str, &str)]) -> Value {
    let headers: Vec<Value> =
        headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    json!({
        "startedDateTime": "2026-03-01T12:00:00.000Z",
        "request": {
            "method": method, "url": url, "httpVersion": "h2", "headers": headers, "queryString": [],
            "cookies": [], "headersSize": -1, "bodySize": 0,
        },
        "response": { "status": 0 },
    })
}

/// The page itself, a read, a preflight and its request, and another origin's read.
fn har() -> String {
    let entries = json!([
        entry("GET", "https://app.example/", &[("accept", "text/html")]),
        entry("GET", "https://api.example/items", &[("Origin", "https://app.example")]),
        entry(
            "OPTIONS",
            "https://api.example/items/1",
            &[
                ("origin", "https://app.example"),
                ("access-control-request-method", "PUT"),
                ("access-control-request-headers", "x-trace"),
            ],
        ),
        entry(
            "PUT",
            "https://api.example/items/1",
            &[("origin", "https://app.example"), ("x-trace", "1"), ("user-agent", "Mozilla/5.0")],
        ),
        entry("GET", "https://api.example/items", &[("origin", "https://other.example")]),
    ]);
    json!({ "log": { "version": "1.2", "creator": {}, "entries": entries } }).to_string()
}

fn explain(arguments: &[&str]) -> crate::program::Ran {
    let files = Files::new(&[("cors.json", POLICY)]);
    files.run_with(&[&["explain", "cors.json", "--har"], arguments].concat(), &har())
}

#[test]
fn each_request_with_an_origin_is_explained_once() {
    let ran = explain(&[]);
    let verdicts: Vec<&str> = ran
        .text
        .lines()
        .filter(|line| line.contains("https://api"))
        .filter(|line| !line.starts_with("in the"))
        .collect();
    assert_eq!(
        verdicts,
        [
            "allowed: GET https://api.example/items from https://app.example",
            "blocked: PUT https://api.example/items/1 from https://app.example",
            "blocked: GET https://api.example/items from https://other.example",
        ]
    );
    assert!(ran.text.contains("to allow it: add to `allow_headers`: \"x-trace\""), "{}", ran.text);
    assert_eq!(ran.status, 1);
}

#[test]
fn one_entry_is_chosen_by_its_number() {
    let ran = explain(&["--entry", "2"]);
    assert!(
        ran.text.starts_with("allowed: GET https://api.example/items from https://app.example")
    );
    assert_eq!((ran.status, ran.text.matches("next: ").count()), (0, 1));
    assert_eq!(explain(&["--entry", "4"]).status, 1);
    explain(&["--entry", "1"]).is(
        2,
        "",
        "error: <stdin>: entry 1 has no `Origin`; give the page by `--from`\n",
    );
    assert_eq!(explain(&["--entry", "1", "--from", "https://b.example"]).status, 1);
    explain(&["--entry", "6"]).is(
        2,
        "",
        "error: <stdin>: there is no entry 6; the HAR file has 5, counted from 1\n",
    );
}

/// A browser sends `Origin` with every POST, to the page's own server, too.
#[test]
fn a_request_to_the_page_s_own_server_is_told_apart() {
    let own = [("origin", "https://api.example")];
    let entries = json!([
        entry("POST", "https://api.example/items", &own),
        entry("PUT", "https://api.example:443/items", &own),
        // Another port is another origin.
        entry("POST", "https://api.example:8443/items", &own),
    ]);
    let har = json!({ "log": { "version": "1.2", "creator": {}, "entries": entries } }).to_string();
    let files = Files::new(&[("cors.json", POLICY)]);
    let explain = |arguments: &[&str]| {
        files.run_with(&[&["explain", "cors.json", "--har"], arguments].concat(), &har)
    };
    let same = "the page has the origin of the server, so that its browser makes no CORS check";
    explain(&["--entry", "1"]).is(
        0,
        &format!("same origin: POST https://api.example/items from https://api.example\n{same}\n"),
        "",
    );
    explain(&["--entry", "2"]).is(
        0,
        &format!(
            "same origin: PUT https://api.example:443/items from https://api.example\n{same}\n"
        ),
        "",
    );
    assert!(explain(&["--entry", "3"]).text.starts_with("blocked: POST "));
    let all: Value = serde_json::from_str(&explain(&["--format", "json"]).text).unwrap();
    let of = |index: usize| {
        (&all["requests"][index]["verdict"], &all["requests"][index]["steps"][0]["next"])
    };
    assert_eq!(of(0), (&json!("same origin"), &json!(same)));
    assert_eq!(all["requests"][0]["steps"][0]["hint"], Value::Null);
    assert_eq!(of(2).0, &json!("blocked"));
}

#[test]
fn what_is_no_har_file_is_told() {
    let files = Files::new(&[("cors.json", POLICY)]);
    for (text, said) in [
        ("", "no HAR file: EOF while parsing a value at line 1 column 0"),
        ("{}", "no HAR file: missing field `log` at line 1 column 2"),
        (
            r#"{"log": {"entries": []}}"#,
            "none of the 0 requests in the HAR file has an `Origin`; save the panel while the page asks another origin",
        ),
    ] {
        let ran = files.run_with(&["explain", "cors.json", "--har"], text);
        ran.is(2, "", &format!("error: <stdin>: {said}\n"));
    }
}

/// It has the bodies of all responses.
#[test]
fn a_har_file_may_be_larger_than_a_document() {
    let files = Files::new(&[("cors.json", POLICY)]);
    let text = har() + &" ".repeat(5 << 20);
    let ran = files.run_with(&["explain", "cors.json", "--har", "--entry", "2"], &text);
    assert_eq!(ran.status, 0, "{}", ran.notes);
}
