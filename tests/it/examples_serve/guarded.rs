//! Changing the policy is for this machine's page alone, and the page needs nothing from elsewhere.

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{BUILT_IN, OTHER_NAME, PAGE, ask, built_in, get, page, post, workbench};

/// Who posts: the name of a row, the fields of the head besides the type, and whether it is admitted.
type Row = (&'static str, &'static [(&'static str, &'static str)], bool);

const HOST: (&str, &str) = ("host", "localhost:3001");
const JSON: (&str, &str) = ("content-type", "application/json");

const ROWS: &[Row] = &[
    ("the page", &[HOST, JSON, ("origin", PAGE), ("sec-fetch-site", "same-origin")], true),
    ("the page in an old browser", &[HOST, JSON, ("origin", PAGE)], true),
    (
        "the same page under another name",
        &[HOST, JSON, ("origin", OTHER_NAME), ("sec-fetch-site", "cross-site")],
        true,
    ),
    ("curl", &[HOST, JSON], true),
    (
        "a foreign page",
        &[HOST, JSON, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
        false,
    ),
    (
        "a page of another port of this machine",
        &[HOST, JSON, ("origin", "http://localhost:5173"), ("sec-fetch-site", "same-site")],
        false,
    ),
    (
        "a sandboxed frame of any page",
        &[HOST, JSON, ("origin", "null"), ("sec-fetch-site", "cross-site")],
        false,
    ),
    (
        "a form of a foreign page, whose type needs no permission",
        &[
            HOST,
            ("content-type", "text/plain"),
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        false,
    ),
    (
        "a form that hides its origin",
        &[HOST, ("content-type", "text/plain"), ("sec-fetch-site", "cross-site")],
        false,
    ),
    (
        "DNS rebinding: a foreign name that leads to this machine is the same origin to its browser",
        &[
            ("host", "evil.example:3001"),
            JSON,
            ("origin", "http://evil.example:3001"),
            ("sec-fetch-site", "same-origin"),
        ],
        false,
    ),
    ("a host that is not said", &[JSON, ("origin", PAGE)], false),
];

async fn send(app: &Router, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let new = json!({ "format": "json", "text": r#"{"allow_origins":["https://new.example"]}"# });
    let mut request = Request::post("/policy");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    let (status, _, body) = ask(app, request.body(Body::from(new.to_string())).unwrap()).await;
    (status, body)
}

#[tokio::test]
async fn nobody_but_the_page_changes_the_policy() {
    let mut failures = Vec::new();
    for (name, fields, is_admitted) in ROWS {
        let bench = workbench(BUILT_IN);
        let in_force = bench.in_force.clone();
        let before = in_force.routes();
        let (status, body) = send(&page(bench).unwrap(), fields).await;
        let wanted = if *is_admitted { StatusCode::OK } else { StatusCode::FORBIDDEN };
        let is_changed = in_force.routes() != before;
        if status != wanted || is_changed != *is_admitted {
            failures.push(format!("{name}: {status}, changed: {is_changed}: {body}"));
        }
        let tells =
            body.contains("this page is for this machine alone; open http://localhost:3001");
        assert_eq!(tells, !is_admitted, "{name}: {body}");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A link has the page send what it says, with all that the page's own requests have: but as a try.
#[tokio::test]
async fn what_is_tried_never_reaches_the_workbench() {
    let bench = workbench(BUILT_IN);
    let in_force = bench.in_force.clone();
    let before = in_force.routes();
    let app = page(bench).unwrap();
    let long = format!("/policy?try={}", "1".repeat(65));
    let new = json!({ "format": "json", "text": r#"{"allow_origins":["https://evil.example"]}"# });
    for path in ["/policy?try=1", "/policy?a=b&try=1", "/policy?try=", &long, "/check?try=1"] {
        let (status, said) = post(&app, path, &new).await;
        let route = path.split('?').next().unwrap();
        let wanted = json!({ "error": format!("no route {route}") });
        assert_eq!((status, said), (StatusCode::NOT_FOUND, wanted), "{path}");
    }
    assert_eq!(in_force.routes(), before);
    for path in ["/?try=1", "/workbench.json?try=1", "/record/1?try=1"] {
        assert_eq!(get(&app, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    // The rest of a query makes no try.
    assert_eq!(post(&app, "/policy?retry=1", &new).await.0, StatusCode::OK);
    assert_ne!(in_force.routes(), before);
}

/// A rebound name must not read the policy either, nor what others tried.
#[tokio::test]
async fn a_foreign_name_reads_nothing() {
    let app = built_in();
    for path in ["/", "/main.js", "/frame", "/workbench.json", "/policy", "/record/1"] {
        let of = |host| Request::get(path).header("host", host).body(Body::empty()).unwrap();
        let (status, ..) = ask(&app, of("evil.example:3001")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        if path != "/policy" {
            assert_eq!(ask(&app, of("localhost:3001")).await.0, StatusCode::OK, "{path}");
        }
    }
}

/// Whatever it is asked, a page of another origin is shown nothing of it.
#[tokio::test]
async fn no_answer_is_shared_with_another_origin() {
    let app = built_in();
    for path in ["/", "/workbench.json", "/record/1"] {
        let request =
            Request::get(path).header("host", "localhost:3001").header("origin", OTHER_NAME);
        let (_, headers, _) = ask(&app, request.body(Body::empty()).unwrap()).await;
        assert!(!headers.contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn a_strict_policy_says_what_the_page_may_load() {
    let app = built_in();
    let mut said = Vec::new();
    for path in ["/", "/frame"] {
        let (status, headers, body) = get(&app, path).await;
        assert_eq!(
            (status, &headers["content-type"]),
            (StatusCode::OK, &"text/html; charset=utf-8".parse().unwrap())
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let policy = headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src "), "{policy}");
        assert!(policy.contains("base-uri 'none'; form-action 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        // Nothing that such a policy would forbid.
        for forbidden in ["<style", " style=", " onclick=", "<script>"] {
            assert!(!body.contains(forbidden), "{path}: {forbidden}");
        }
        said.push(policy);
    }
    assert!(said[0].ends_with("frame-ancestors 'none'"), "{}", said[0]);
    assert!(said[1].ends_with("frame-ancestors http://localhost:3001 http://127.0.0.1:3001 http://localhost:3002 http://127.0.0.1:3002"), "{}", said[1]);
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let app = built_in();
    let (_, _, html) = get(&app, "/").await;
    let mut left = vec!["/frame".to_owned()];
    let mut seen = vec!["/".to_owned()];
    let mut texts = vec![html];
    while let Some(text) = texts.pop() {
        // What is loaded: styles, scripts, and the modules that these import.
        for start in ["href=\"", "src=\"", "from \"./"] {
            let named = text.split(start).skip(1).filter_map(|rest| rest.split('"').next());
            let files = named.filter(|name| name.contains(".css") || name.contains(".js"));
            left.extend(files.map(|name| format!("/{name}")));
        }
        while let Some(path) = left.pop() {
            if seen.contains(&path) {
                continue;
            }
            let (status, _, text) = get(&app, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(!text.contains("://"), "{path} names another address");
            assert!(text.lines().count() <= 400, "{path} is long");
            assert!(!text.contains("@import") && !text.contains("url("), "{path}");
            seen.push(path);
            texts.push(text);
        }
    }
    assert!(seen.len() > 14, "{seen:?}");
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_changes_nothing() {
    let app = built_in();
    for (path, value) in [
        ("/policy", json!({ "format": "xml", "text": "" })),
        ("/policy", json!({ "text": "{}" })),
        ("/check", json!({ "format": "json" })),
        ("/try", json!({ "url": API_URL, "who": "me" })),
        ("/convert", Value::Null),
    ] {
        let (status, said) = post(&app, path, &value).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {said}");
    }
}

const API_URL: &str = "http://127.0.0.1:3000/echo";
