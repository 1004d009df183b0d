//! The example `serve`, without its sockets: its arguments, its API, what its page is told, and who may change what.

use std::collections::BTreeSet;
use std::ffi::OsString;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

#[path = "../../examples/serve/main.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod serve;

mod guarded;
mod policy;
mod process;
mod tried;

use serve::arguments::Arguments;
use serve::document::Format;
use serve::in_force::InForce;
use serve::page::page;
use serve::record::Record;
use serve::starting::starting_points;
use serve::workbench::Workbench;

const PAGE: &str = "http://localhost:3001";
const OTHER_NAME: &str = "http://127.0.0.1:3001";
const OTHER_PORT: &str = "http://localhost:3002";
const API: &str = "http://127.0.0.1:3000";
const BUILT_IN: &str = serve::starting::BUILT_IN;

/// A workbench for a policy in JSON, as the program makes one.
fn workbench(document: &str) -> Workbench {
    let in_force = InForce::new("p.json".to_owned(), Format::Json, document.to_owned());
    Workbench {
        in_force: in_force.unwrap(),
        record: Record::default(),
        pages: [PAGE, OTHER_NAME, OTHER_PORT, "http://127.0.0.1:3002"].map(str::to_owned).into(),
        apis: [API, "http://localhost:3000"].map(str::to_owned).into(),
        starting_points: starting_points().unwrap(),
    }
}

fn built_in() -> Router {
    page(workbench(BUILT_IN)).unwrap()
}

async fn ask(app: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let (head, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
}

/// What the page's own script gets for JSON that it posts.
async fn post(app: &Router, path: &str, value: &Value) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header("host", "localhost:3001")
        .header("origin", PAGE)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .body(Body::from(value.to_string()))
        .unwrap();
    let (status, _, body) = ask(app, request).await;
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

async fn get(app: &Router, path: &str) -> (StatusCode, HeaderMap, String) {
    ask(app, Request::get(path).header("host", "localhost:3001").body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_page_learns_what_it_works_with() {
    let (status, _, body) = get(&built_in(), "/workbench.json").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(told["pages"][0], PAGE);
    assert_eq!(told["apis"][0], API);
    assert_eq!(told["formats"], json!(["json", "toml", "yaml"]));
    let cases = told["cases"].as_array().unwrap();
    let ids: BTreeSet<_> = cases.iter().map(|case| case["id"].as_str().unwrap()).collect();
    assert!(ids.len() >= 20 && ids.len() == cases.len(), "an id stands twice: {ids:?}");
    let senders: BTreeSet<_> = cases.iter().map(|case| case["from"].as_str().unwrap()).collect();
    assert_eq!(Vec::from_iter(senders), ["other-name", "other-port", "page", "sandboxed-frame"]);
}

#[test]
fn an_origin_does_not_name_the_default_port() {
    let rows: &[(&str, &[&str])] = &[
        ("127.0.0.1:80", &["http://localhost", "http://127.0.0.1"]),
        ("127.0.0.1:8080", &["http://localhost:8080", "http://127.0.0.1:8080"]),
        ("[::1]:80", &["http://localhost", "http://[::1]"]),
        ("[::1]:81", &["http://localhost:81", "http://[::1]:81"]),
        ("0.0.0.0:80", &["http://localhost", "http://127.0.0.1"]),
        ("192.0.2.1:80", &["http://192.0.2.1"]),
    ];
    for (address, origins) in rows {
        let pages = serve::origins(address.parse().unwrap());
        assert_eq!(pages, *origins, "{address}");
        let made = page(Workbench { pages, ..workbench(BUILT_IN) });
        assert!(made.is_ok(), "{address}: {:?}", made.err());
    }
}

fn parse(words: &[&str]) -> Result<Arguments, String> {
    Arguments::parse(words.iter().map(OsString::from))
}

#[test]
fn arguments_are_read() {
    let defaults = parse(&[]).unwrap();
    assert_eq!(defaults.api.to_string(), "127.0.0.1:3000");
    assert_eq!(defaults.page.to_string(), "127.0.0.1:3001");
    assert_eq!((defaults.policy, defaults.watch, defaults.help), (None, false, false));

    let words =
        ["--policy", "p.json", "--watch", "--api", "[::1]:0", "--page", "localhost:8080", "--help"];
    let all = parse(&words).unwrap();
    assert_eq!(all.policy, Some("p.json".into()));
    assert_eq!(all.api.to_string(), "[::1]:0");
    assert_eq!(all.page.to_string(), "127.0.0.1:8080");
    assert!(all.help && all.watch);
}

#[test]
fn wrong_arguments_are_named() {
    let rows: &[(&[&str], &str)] = &[
        (&["--port", "1"], "unknown argument \"--port\""),
        (&["policy.json"], "unknown argument \"policy.json\""),
        (&["--policy"], "--policy needs a value"),
        (&["--watch"], "--watch needs a --policy FILE to watch"),
        (&["--api", ""], "--api \"\" is no address; write one like \"127.0.0.1:3000\""),
        (&["--api", "3000"], "--api \"3000\" is no address; write one like \"127.0.0.1:3000\""),
        (
            &["--page", "localhost:99999"],
            "--page \"localhost:99999\" is no address; write one like \"127.0.0.1:3000\"",
        ),
    ];
    for (words, message) in rows {
        assert_eq!(parse(words).unwrap_err(), *message);
    }
}
