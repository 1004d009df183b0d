//! The example `serve`, without its sockets: its arguments, its API, and what its page expects.

use std::collections::BTreeMap;
use std::ffi::OsString;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;
use tower_cors::{Route, Routes};

#[path = "../../examples/serve/main.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod serve;

use serve::api::api;
use serve::arguments::Arguments;
use serve::cases::{CASES, Target};
use serve::expect::{Outcome, expect};
use serve::page::page;

const PAGE: &str = "http://localhost:3001";
const BUILT_IN: &str = include_str!("../../examples/serve/policy.json");

async fn ask(app: Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let (head, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
}

/// What the page is told to expect, for a policy and a page at a host: the outcomes by case.
async fn expectations(document: &str, host: &str) -> (Vec<Value>, BTreeMap<String, String>) {
    let policy = Routes::from_json(document).unwrap();
    let page = page("http://127.0.0.1:3000".to_owned(), policy, document.to_owned());
    let request = Request::get("/cases.json").header("host", host).body(Body::empty()).unwrap();
    let (status, _, body) = ask(page, request).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(told["api"], "http://127.0.0.1:3000");
    assert_eq!(told["policy"], document);
    let cases = told["cases"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let outcomes =
        cases.iter().map(|case| (text(&case["id"]), text(&case["expected"]["outcome"]))).collect();
    (cases, outcomes)
}

fn with_outcome<'a>(outcomes: &'a BTreeMap<String, String>, wanted: &str) -> Vec<&'a str> {
    let found = outcomes.iter().filter(|(_, outcome)| *outcome == wanted);
    found.map(|(id, _)| id.as_str()).collect()
}

#[tokio::test]
async fn the_page_expects_what_the_policy_says() {
    struct Row {
        name: &'static str,
        document: &'static str,
        host: &'static str,
        blocked: &'static [&'static str],
    }
    let rows = [
        Row {
            name: "the built-in policy",
            document: BUILT_IN,
            host: "localhost:3001",
            blocked: &["header-denied", "method-denied", "null-origin"],
        },
        Row {
            name: "the built-in policy, and a page on another port",
            document: BUILT_IN,
            host: "localhost:40123",
            blocked: &["header-denied", "method-denied", "null-origin"],
        },
        Row {
            name: "any origin: not with credentials, and no authorization",
            document: r#"{"allow_origins":["*"],"allow_methods":["*"],"allow_headers":["*"]}"#,
            host: "localhost:3001",
            blocked: &["authorization", "get-credentials", "inner-cors", "put-json"],
        },
        Row {
            name: "the null origin is allowed, everything else only to read",
            document: r#"{"allow_origins":["http://localhost:*"],"dangerously_allow_null_origin":true}"#,
            host: "localhost:3001",
            blocked: &[
                "authorization",
                "delete",
                "get-credentials",
                "header-denied",
                "inner-cors",
                "method-denied",
                "options",
                "put-json",
            ],
        },
        Row {
            name: "the page is opened under an address that the policy does not know",
            document: BUILT_IN,
            host: "127.0.0.1:3001",
            blocked: &[
                "authorization",
                "delete",
                "get-credentials",
                "header-denied",
                "inner-cors",
                "method-denied",
                "null-origin",
                "options",
                "post-text",
                "put-json",
                "response-headers",
                "simple-get",
                "status-404",
                "status-500",
                "vary",
            ],
        },
    ];
    let mut failures = Vec::new();
    for row in rows {
        let (_, outcomes) = expectations(row.document, row.host).await;
        let blocked = with_outcome(&outcomes, "blocked");
        if blocked != row.blocked {
            failures.push(format!("{}: {blocked:?}", row.name));
        }
        assert_eq!(with_outcome(&outcomes, "opaque"), ["no-cors"], "{}", row.name);
        assert_eq!(outcomes.len(), CASES.len(), "{}: an id stands twice", row.name);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Policies by path, in each format.
const BY_PATH: [(&str, &str); 3] = [
    (
        "p.json",
        r#"{
            "routes": {
                "/echo/{*rest}": null,
                "/status/{code}": false,
                "/vary/{value}": {"rules": [
                    {"allow_origins": ["https://a.example"]},
                    {"allow_origins": ["http://localhost:*"], "only_methods": ["GET"]}
                ]}
            },
            "fallback": {"allow_origins": ["http://localhost:*"], "allow_credentials": true}
        }"#,
    ),
    (
        "p.toml",
        r#"
            [routes]
            "/echo/{*rest}" = false
            "/status/{code}" = false
            [[routes."/vary/{value}".rules]]
            allow_origins = ["https://a.example"]
            [[routes."/vary/{value}".rules]]
            allow_origins = ["http://localhost:*"]
            only_methods = ["GET"]
            [fallback]
            allow_origins = ["http://localhost:*"]
            allow_credentials = true
        "#,
    ),
    (
        "p.YML",
        r#"
routes:
  /echo/{*rest}:
  /status/{code}: false
  /vary/{value}:
    rules:
      - allow_origins: [https://a.example]
      - allow_origins: ["http://localhost:*"]
        only_methods: [GET]
fallback:
  allow_origins: ["http://localhost:*"]
  allow_credentials: true
"#,
    ),
];

#[tokio::test]
async fn the_page_expects_what_the_policy_of_each_path_says() {
    for (file, document) in BY_PATH {
        let routes = serve::parse(Some(file.as_ref()), document).unwrap();
        let origin = PAGE.parse().unwrap();
        let (mut with, mut without) = (0, 0);
        for case in CASES.iter().filter(|case| case.to == Target::Api) {
            let expected = expect(case, &routes, &origin).await.unwrap();
            let request = case.request(&origin).unwrap();
            if routes.find(request.uri().path()).and_then(Route::policy).is_none() {
                assert_ne!(expected.outcome, Outcome::Readable, "{file}: {}", case.id);
                assert_eq!(expected.because, "No policy is for this path.", "{file}: {}", case.id);
                without += 1;
            }
            // What the API sends is what is expected of it.
            let (_, headers, _) = ask(api(routes.clone()), request).await;
            if expected.outcome == Outcome::Readable {
                assert_eq!(headers["access-control-allow-origin"], PAGE, "{file}: {}", case.id);
                with += 1;
            }
        }
        assert!(with > 2 && without > 2, "{file}: {with} {without}");
    }
}

#[tokio::test]
async fn the_api_answers_as_the_page_expects() {
    let policy = Routes::from_json(BUILT_IN).unwrap();
    let (told, _) = expectations(BUILT_IN, "localhost:3001").await;
    let mut compared = 0;
    for (case, told) in CASES.iter().zip(&told) {
        let readable = told["expected"]["outcome"] == "readable";
        if case.to == Target::OwnOrigin || !readable {
            continue;
        }
        let origin = PAGE.parse().unwrap();
        if let Some(preflight) = case.preflight(&origin).unwrap() {
            let (status, ..) = ask(api(policy.clone()), preflight.map(|()| Body::empty())).await;
            assert_eq!(status, StatusCode::NO_CONTENT, "{}", case.id);
        }
        let (status, headers, _) = ask(api(policy.clone()), case.request(&origin).unwrap()).await;
        assert_eq!(told["expected"]["status"], status.as_u16(), "{}", case.id);
        assert_eq!(headers["access-control-allow-origin"], PAGE, "{}", case.id);
        for (name, value) in told["expected"]["headers"].as_object().unwrap() {
            let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap());
            assert_eq!(*value, lines.collect::<Vec<_>>().join(", "), "{}: {name}", case.id);
        }
        compared += 1;
    }
    assert_eq!(compared, 12);
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let policy = Routes::from_json(BUILT_IN).unwrap();
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/page.css", "text/css; charset=utf-8"),
        ("/page.js", "text/javascript; charset=utf-8"),
    ] {
        let page = page("http://127.0.0.1:3000".to_owned(), policy.clone(), BUILT_IN.to_owned());
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (status, headers, body) = ask(page, request).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(headers["content-type"], kind, "{path}");
        assert!(!body.contains("://"), "{path} names another address");
    }
}

#[tokio::test]
async fn cases_for_nobody_are_refused() {
    let policy = Routes::from_json(BUILT_IN).unwrap();
    let page = page(String::new(), policy, String::new());
    let request = Request::get("/cases.json").body(Body::empty()).unwrap();
    assert_eq!(ask(page, request).await.0, StatusCode::BAD_REQUEST);
}

fn parse(words: &[&str]) -> Result<Arguments, String> {
    Arguments::parse(words.iter().map(OsString::from))
}

#[test]
fn arguments_are_read() {
    let defaults = parse(&[]).unwrap();
    assert_eq!(defaults.api.to_string(), "127.0.0.1:3000");
    assert_eq!(defaults.page.to_string(), "127.0.0.1:3001");
    assert_eq!((defaults.policy, defaults.help), (None, false));

    let words = ["--policy", "p.json", "--api", "[::1]:0", "--page", "localhost:8080", "--help"];
    let all = parse(&words).unwrap();
    assert_eq!(all.policy, Some("p.json".into()));
    assert_eq!(all.api.to_string(), "[::1]:0");
    assert_eq!(all.page.to_string(), "127.0.0.1:8080");
    assert!(all.help);
}

#[test]
fn wrong_arguments_are_named() {
    let rows: &[(&[&str], &str)] = &[
        (&["--port", "1"], "unknown argument \"--port\""),
        (&["policy.json"], "unknown argument \"policy.json\""),
        (&["--policy"], "--policy needs a value"),
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
