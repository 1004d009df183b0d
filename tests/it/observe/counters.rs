//! What the observer for `metrics` counts, as Prometheus scrapes it from a server.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;
use tower_cors::observe::to_metrics;
use tower_cors::{CorsLayer, Enforcement, Policy};

use super::{origins, request, two};

/// Two rules, enforced for unsafe requests, and a stricter candidate.
fn layer() -> CorsLayer {
    let policy = Policy::from_rules([two(), origins(&["https://c.example"])]).unwrap();
    let layer = CorsLayer::new(policy).report_only(two().build().unwrap());
    layer.enforce(Enforcement::unsafe_requests()).unwrap().observe(to_metrics())
}

/// What is scraped over a connection after these requests, without empty lines.
fn scraped(lines: &[String]) -> Vec<String> {
    let recorder = PrometheusBuilder::new().build_recorder();
    let exporter = recorder.handle();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    // Of this thread alone, on which the server runs too.
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let app = Router::new()
                .fallback(async || "hello")
                .layer(layer())
                .route("/metrics", get(async move || exporter.render()));
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = app.clone();
            tokio::spawn(async move { axum::serve(listener, server).await.unwrap() });
            for line in lines {
                let (head, ()) = request(line).into_parts();
                let request = Request::from_parts(head, Body::empty());
                app.clone().oneshot(request).await.unwrap();
            }
            let mut connection = TcpStream::connect(address).await.unwrap();
            let scrape = b"GET /metrics HTTP/1.1\r\nhost: api\r\nconnection: close\r\n\r\n";
            connection.write_all(scrape).await.unwrap();
            let mut text = String::new();
            connection.read_to_string(&mut text).await.unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
            body.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
        })
    })
}

fn counters(lines: &[String]) -> Vec<String> {
    let lines = scraped(lines).into_iter();
    let mut counters: Vec<String> = lines.filter(|line| !line.starts_with('#')).collect();
    counters.sort();
    counters
}

fn usual() -> Vec<String> {
    [
        "GET /",
        "GET /; origin: https://a.example",
        "GET /; origin: https://a.example",
        "GET /; origin: https://c.example",
        "GET /; origin: https://evil.example",
        "POST /; origin: https://own.example; sec-fetch-site: same-origin",
        "POST /; sec-fetch-site: cross-site",
        "OPTIONS /; origin: https://a.example; method: PUT",
        "OPTIONS /; origin: https://a.example; method: PUT; names: x-a",
    ]
    .map(str::to_owned)
    .to_vec()
}

#[test]
fn what_is_scraped_is_what_was_decided() {
    let scraped = scraped(&usual());
    for expected in [
        "# HELP tower_cors_requests_total CORS requests, by what was decided on them.",
        "# TYPE tower_cors_requests_total counter",
        "# HELP tower_cors_report_only_total CORS requests on which the report-only candidate decides differently.",
        "# TYPE tower_cors_report_only_total counter",
    ] {
        assert!(scraped.iter().any(|line| line == expected), "{expected}\n{scraped:#?}");
    }
    assert_eq!(
        counters(&usual()),
        [
            r#"tower_cors_report_only_total{kind="cors",outcome="allowed",reason="none",candidate_outcome="denied",candidate_reason="origin-not-allowed"} 1"#,
            r#"tower_cors_report_only_total{kind="plain",outcome="refused",reason="origin-not-allowed",candidate_outcome="allowed",candidate_reason="none"} 1"#,
            r#"tower_cors_requests_total{kind="cors",outcome="allowed",reason="none",rule="0"} 2"#,
            r#"tower_cors_requests_total{kind="cors",outcome="allowed",reason="none",rule="1"} 1"#,
            r#"tower_cors_requests_total{kind="cors",outcome="denied",reason="origin-not-allowed",rule="0"} 1"#,
            r#"tower_cors_requests_total{kind="cors",outcome="same-origin",reason="origin-not-allowed",rule="0"} 1"#,
            r#"tower_cors_requests_total{kind="plain",outcome="refused",reason="origin-not-allowed",rule="0"} 1"#,
            r#"tower_cors_requests_total{kind="preflight",outcome="allowed",reason="none",rule="0"} 1"#,
            r#"tower_cors_requests_total{kind="preflight",outcome="denied",reason="header-not-allowed",rule="0"} 1"#,
        ]
    );
}

/// Whatever they are, they add to counters that there are for others.
#[test]
fn no_client_makes_a_label() {
    let names = |lines: &[String]| -> Vec<String> {
        let counters = counters(lines).into_iter();
        counters.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
    };
    let mut hostile = usual();
    for number in 0..500 {
        let odd = format!("{number}\"}} rule=\"9");
        hostile.push(format!("GET /{number}?a={number}; origin: https://{odd}.example"));
        hostile.push(format!("X-{number} /; origin: https://a.example; sec-fetch-site: same-site"));
        let asked = "OPTIONS /; origin: https://a.example; method: PUT; names:";
        hostile.push(format!("{asked} x-{number}"));
        hostile.push(format!("{asked} {odd}"));
    }
    assert_eq!(names(&hostile), names(&usual()));
}
