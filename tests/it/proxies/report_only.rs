//! What only looks, in the real proxies: the service's own answers pass as they are, and what the policy would allow is told.

use std::fs;
use std::path::Path;

use http::{HeaderMap, Request, StatusCode};
use tower_cors::browser;
use tower_cors::export::Target;
use tower_cors::{Policy, Route, Routes};

use super::{backend, envoy, nginx};
use crate::process;

fn tables() -> Vec<Routes> {
    let rule = |origin: &str| Policy::builder().allow_origins([origin]);
    let one = rule("https://a.example").name("one").allow_methods(["PUT"]).allow_headers(["x-a"]);
    let one = one.build().unwrap();
    let several = [
        rule("https://a.example").name("several").allow_credentials(true),
        rule("https://b.example"),
    ];
    let several = Policy::from_rules(several).unwrap();
    let by_path =
        Routes::builder().route("/x/own", one.clone()).fallback(several.clone()).build().unwrap();
    let none =
        Routes::builder().route("/own", Route::NoCors).fallback(one.clone()).build().unwrap();
    vec![one.into(), several.into(), by_path, none]
}

/// A page's request, and its preflight.
fn requests(host: &str, origin: &str) -> [Request<browser::Body>; 2] {
    let request = || Request::builder().uri("/own").header("host", host).header("origin", origin);
    let preflight = request()
        .method("OPTIONS")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "x-a");
    [request(), preflight].map(|it| it.body(browser::Body::default()).unwrap())
}

/// What a page's browser goes by.
async fn answer(socket: &Path, request: Request<browser::Body>) -> (StatusCode, HeaderMap) {
    let response = backend::hand_on(socket, request).await.unwrap();
    let is_cors = |name: &str| name.starts_with("access-control-") || name == "vary";
    let mut headers = response.headers().clone();
    let others: Vec<_> = headers.keys().filter(|name| !is_cors(name.as_str())).cloned().collect();
    for name in others {
        headers.remove(name);
    }
    (response.status(), headers)
}

const ORIGINS: [&str; 3] = ["https://a.example", "https://b.example", "https://other.example"];

/// Holds every answer to the service's own.
async fn nothing_changes(front: &Path, service: &Path) {
    for number in 0..tables().len() {
        let host = format!("p{number}.example");
        for origin in ORIGINS {
            let both = requests(&host, origin).into_iter().zip(requests(&host, origin));
            for (to_proxy, to_service) in both {
                let what = format!("{to_proxy:?}");
                assert_eq!(
                    answer(front, to_proxy).await,
                    answer(service, to_service).await,
                    "{what}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn envoy_counts_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let service = backend::listen(directory.path());
    let exports: Vec<_> =
        tables().iter().map(|table| table.export(Target::EnvoyReportOnly)).collect();
    let Some((_envoy, front)) = envoy::start(directory.path(), &exports) else { return };
    nothing_changes(&front, &service).await;
    // Two requests of each origin: one, two, and two origins are allowed, and none where a path has no CORS.
    let stats = Request::builder().uri("/stats?filter=cors.origin").header("host", "admin");
    let stats = stats.body(browser::Body::default()).unwrap();
    let stats = backend::hand_on(&directory.path().join("admin"), stats).await.unwrap();
    let stats = http_body_util::BodyExt::collect(stats.into_body()).await.unwrap().to_bytes();
    let stats = String::from_utf8(stats.to_vec()).unwrap();
    assert!(stats.contains("cors.origin_valid: 10\n"), "{stats}");
    assert!(stats.contains("cors.origin_invalid: 14\n"), "{stats}");
}

/// The maps by themselves send nothing, and a log can have what they say.
#[tokio::test(flavor = "multi_thread")]
async fn nginx_logs_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let service = backend::listen(directory.path());
    let both = |table: &Routes| (table.export(Target::Nginx), table.export(Target::NginxServer));
    let exports: Vec<_> = tables().iter().map(both).collect();
    let Some(program) = process::find("nginx") else { return };
    let log = "log_format cors '$http_origin $cors_one__kind $cors_one__allow_origin $cors_one__method $cors_one__names'; access_log log cors;";
    let front = directory.path().join("front");
    let configuration = nginx::CONFIGURATION.replace("access_log off;", log);
    fs::write(directory.path().join("one.http"), exports[0].0.text()).unwrap();
    let (listen, pass) = (front.display(), service.display());
    let server = format!(
        "server {{ listen unix:{listen}; location / {{ proxy_pass http://unix:{pass}:; }} }}"
    );
    let configuration = format!("{configuration} include one.http; {server} }}");
    fs::write(directory.path().join("nginx.conf"), configuration).unwrap();
    let _nginx = process::start_nginx(&program, directory.path(), &front);
    nothing_changes(&front, &service).await;
    let log = fs::read_to_string(directory.path().join("log")).unwrap();
    for line in [
        "https://a.example actual https://a.example  ",
        "https://a.example preflight https://a.example PUT x-a",
        "https://b.example preflight  PUT x-a",
        "https://b.example actual   ",
    ] {
        assert!(log.lines().any(|it| it == line), "{line}: {log}");
    }
}
