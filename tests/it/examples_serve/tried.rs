//! What the page is told of a request before it is sent, and what was recorded of it afterwards.

use axum::Router;
use axum::body::Body;
use axum::middleware::from_fn_with_state;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower_cors::{Route, Routes};

use super::serve::api::api;
use super::serve::attempt::{Attempt, Mode};
use super::serve::cases::{CASES, Case, Sender, Target};
use super::serve::document::Format;
use super::serve::record::{Record, keep};
use super::serve::told::{Outcome, Told};
use super::{API, BUILT_IN, OTHER_NAME, OTHER_PORT, PAGE, ask, built_in, page, post, workbench};

/// A case as the page tries it that is opened at one of two names.
fn attempt(case: &Case, names: [&str; 2]) -> Attempt {
    let base = match case.to {
        Target::Api => API,
        Target::ApiOfSameSite => "http://localhost:3000",
        Target::OwnOrigin => names[0],
    };
    let from = match case.from {
        Sender::Page => names[0],
        Sender::OtherName => names[1],
        Sender::OtherPort => OTHER_PORT,
        Sender::SandboxedFrame => "null",
    };
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Attempt {
        from: from.to_owned(),
        url: format!("{base}{}", case.path),
        method: case.method.to_owned(),
        headers: case.headers.iter().map(owned).collect(),
        credentials: case.credentials,
        mode: case.mode,
        body: case.body.map(str::to_owned),
        first: case.first.map(|first| format!("{base}{first}")),
    }
}

async fn told(case: &Case, routes: &Routes, names: [&str; 2]) -> Told {
    Told::new(&attempt(case, names), routes, &workbench(BUILT_IN).pages).await
}

/// The cases of an outcome, which is the same for all models.
async fn with_outcome(document: &str, names: [&str; 2], wanted: Outcome) -> Vec<&'static str> {
    let routes = Routes::from_json(document).unwrap();
    let mut found = Vec::new();
    for case in CASES {
        let told = told(case, &routes, names).await;
        let outcome = told.models[0].outcome;
        assert!(told.models.iter().all(|model| model.outcome == outcome), "{}: {told:?}", case.id);
        assert_eq!(told.models.len(), 4);
        // A policy that is asked says why, and an answer that is hidden has a reason.
        assert_eq!(told.policy.is_empty(), case.to == Target::OwnOrigin, "{}", case.id);
        assert_eq!(told.models[0].reason.is_some(), outcome == Outcome::Blocked, "{}", case.id);
        if outcome == wanted {
            found.push(case.id);
        }
    }
    found.sort_unstable();
    found
}

#[tokio::test]
async fn the_page_is_told_what_the_policy_says() {
    struct Row {
        name: &'static str,
        document: &'static str,
        names: [&'static str; 2],
        blocked: &'static [&'static str],
    }
    let rows = [
        Row {
            name: "the built-in policy",
            document: BUILT_IN,
            names: [PAGE, OTHER_NAME],
            blocked: &["null-origin", "other-name", "own-header", "patch"],
        },
        Row {
            name: "any origin: not with credentials, and no authorization",
            document: r#"{"allow_origins":["*"],"allow_methods":["*"],"allow_headers":["*"]}"#,
            names: [PAGE, OTHER_NAME],
            blocked: &[
                "authorization",
                "cookies-cross-site",
                "cookies-same-site",
                "credentials",
                "inner-cors",
                "put-json",
            ],
        },
        Row {
            name: "the page is opened under an address that the policy does not know",
            document: BUILT_IN,
            names: [OTHER_NAME, PAGE],
            blocked: &[
                "authorization",
                "cookies-cross-site",
                "cookies-omitted",
                "cookies-same-site",
                "credentials",
                "delete",
                "inner-cors",
                "null-origin",
                "options",
                "own-header",
                "patch",
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
        let blocked = with_outcome(row.document, row.names, Outcome::Blocked).await;
        if blocked != row.blocked {
            failures.push(format!("{}: {blocked:?}", row.name));
        }
        let opaque = with_outcome(row.document, row.names, Outcome::Opaque).await;
        assert_eq!(opaque, ["no-cors"], "{}", row.name);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Policies by path, in each format.
const BY_PATH: [(Format, &str); 3] = [
    (
        Format::Json,
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
        Format::Toml,
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
        Format::Yaml,
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
async fn the_page_is_told_what_the_policy_of_each_path_says() {
    for (format, document) in BY_PATH {
        let routes = format.read(document).unwrap();
        let (mut with, mut without) = (0, 0);
        for case in CASES.iter().filter(|case| case.to == Target::Api && case.from == Sender::Page)
        {
            let told = told(case, &routes, [PAGE, OTHER_NAME]).await;
            let outcome = told.models[0].outcome;
            if routes.find(case.path).and_then(Route::policy).is_none() {
                let decision = &told.policy[0].decision;
                assert_ne!(outcome, Outcome::Readable, "{format:?}: {}", case.id);
                assert!(case.mode == Mode::NoCors || decision.contains("no policy"), "{decision}");
                without += 1;
            }
            with += usize::from(outcome == Outcome::Readable);
        }
        assert!(with > 2 && without > 2, "{format:?}: {with} {without}");
    }
}

#[tokio::test]
async fn a_request_of_any_origin_is_explained_with_what_to_write() {
    let app = built_in();
    let asked = json!({
        "from": "https://www.app.example",
        "url": "http://127.0.0.1:3000/echo/item",
        "method": "PUT",
        "headers": [["content-type", "application/json"]],
    });
    let (status, told) = post(&app, "/try", &asked).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    let [preflight] = &told["policy"].as_array().unwrap()[..] else { panic!("{told}") };
    assert_eq!(preflight["decision"], "preflight denied: the origin is not allowed");
    assert_eq!(preflight["at_fault"], json!(["https://www.app.example"]));
    let hint = preflight["hint"].as_str().unwrap();
    assert!(hint.contains("\"https://app.example\" is allowed"), "{hint}");
    let names = told["models"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["Standard", "Chromium", "Firefox", "WebKit"]);
    let exchange = &told["models"][0]["exchanges"][0];
    assert_eq!((&exchange["method"], &exchange["status"]), (&json!("OPTIONS"), &json!(403)));
}

/// What no console tells.
#[tokio::test]
async fn the_page_is_told_why_a_cookie_never_comes() {
    let app = built_in();
    let body = async |api: &str| {
        let asked = json!({
            "from": PAGE,
            "first": format!("{api}/cookies/set"),
            "url": format!("{api}/cookies"),
            "credentials": "include",
        });
        let (_, told) = post(&app, "/try", &asked).await;
        let chromium = told["models"][1].clone();
        (chromium["body"].as_str().unwrap().to_owned(), chromium["exchanges"][0]["cookies"].clone())
    };
    let (same_site, said) = body("http://localhost:3000").await;
    let all = r#"{"cookies":["site-default","site-lax","site-none","site-strict"]}"#;
    assert_eq!(same_site, all);
    assert_eq!(said[0], "the cookie site-strict is kept");
    let (cross_site, said) = body(API).await;
    assert_eq!(cross_site, r#"{"cookies":["site-none"]}"#);
    assert_eq!(
        said,
        json!([
            "the cookie site-strict is refused: it is SameSite=Strict, and the page is of another site",
            "the cookie site-lax is refused: it is SameSite=Lax, and the page is of another site",
            "the cookie site-default is refused: it has no SameSite, which counts as Lax, and the page is of another site",
            "the cookie site-none is kept",
        ])
    );
}

/// As `fetch` itself refuses them, with a `TypeError`.
#[tokio::test]
async fn what_no_browser_sends_is_blocked_with_its_reason() {
    let app = built_in();
    for (field, value, said) in [
        ("method", json!("TRACE"), "TRACE"),
        ("method", json!("G T"), "G T"),
        ("url", json!("nowhere"), "nowhere"),
        ("headers", json!([["a b", "1"]]), "a b"),
        ("from", json!("here"), "here"),
    ] {
        let mut asked = json!({ "from": "null", "url": "http://127.0.0.1:3000/echo" });
        asked[field] = value;
        let (status, told) = post(&app, "/try", &asked).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let model = &told["models"][0];
        assert_eq!((&model["outcome"], &model["exchanges"]), (&json!("blocked"), &json!([])));
        assert!(model["reason"].as_str().unwrap().contains(said), "{told}");
    }
}

#[tokio::test]
async fn what_crossed_the_wire_is_recorded_by_its_key() {
    let bench = workbench(BUILT_IN);
    let record = bench.record.clone();
    let tried = api(bench.in_force.source()).layer(from_fn_with_state(record, keep));
    let app = page(bench).unwrap();
    send(&tried, "OPTIONS", "/echo?a=1&try=k", &[("access-control-request-method", "PUT")]).await;
    send(&tried, "PUT", "/echo?a=1&try=k", &[("user-agent", "x")]).await;
    send(&tried, "GET", "/echo?try=other", &[]).await;
    send(&tried, "GET", "/echo", &[]).await;

    let recorded = recorded(&app, "k").await;
    let [preflight, put] = &recorded.as_array().unwrap()[..] else { panic!("{recorded}") };
    let of = |it: &Value| (it["method"].clone(), it["path"].clone(), it["status"].clone());
    assert_eq!(of(preflight), (json!("OPTIONS"), json!("/echo?a=1"), json!(204)));
    assert_eq!(of(put), (json!("PUT"), json!("/echo?a=1"), json!(200)));
    assert_eq!(
        (&preflight["answered_by"], &put["answered_by"]),
        (&json!("the layer"), &json!("the API"))
    );
    let names = |fields: &Value| {
        let fields =
            fields.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned());
        fields.collect::<Vec<_>>()
    };
    assert_eq!(names(&put["request"]), ["origin"], "noise is left out");
    assert_eq!(
        names(&preflight["answer"]),
        [
            "access-control-allow-credentials",
            "access-control-allow-methods",
            "access-control-allow-origin",
            "access-control-max-age",
            "vary"
        ]
    );
    assert_eq!(super::tried::recorded(&app, "unknown").await, json!([]));
}

/// What is kept has a bound, and a key that no page makes is none.
#[tokio::test]
async fn old_records_are_forgotten() {
    let bench = workbench(BUILT_IN);
    let record: Record = bench.record.clone();
    let tried = api(bench.in_force.source()).layer(from_fn_with_state(record, keep));
    let app = page(bench).unwrap();
    let long = "k".repeat(65);
    send(&tried, "GET", "/echo?try=first", &[]).await;
    send(&tried, "GET", &format!("/echo?try={long}"), &[]).await;
    assert_eq!(recorded(&app, "first").await.as_array().unwrap().len(), 1);
    assert_eq!(recorded(&app, &long).await, json!([]));
    for _ in 0..1_000 {
        send(&tried, "GET", "/echo?try=many", &[]).await;
    }
    assert_eq!(recorded(&app, "first").await, json!([]));
    assert_eq!(recorded(&app, "many").await.as_array().unwrap().len(), 1_000);
}

async fn send(app: &Router, method: &str, path: &str, fields: &[(&str, &str)]) {
    let mut request = Request::builder().method(method).uri(path).header("origin", PAGE);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    let (status, ..) = ask(app, request.body(Body::empty()).unwrap()).await;
    assert!(status.is_success(), "{method} {path}: {status}");
}

async fn recorded(app: &Router, key: &str) -> Value {
    let (status, _, body) = super::get(app, &format!("/record/{key}")).await;
    assert_eq!(status, StatusCode::OK);
    serde_json::from_str(&body).unwrap()
}
