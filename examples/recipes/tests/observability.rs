//! Denials are logged, everything is counted, and the stricter policy is reported where it differs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::body::to_bytes;
use metrics_exporter_prometheus::PrometheusBuilder;
use tracing_subscriber::filter::LevelFilter;

use super::{preflight, reader, request, send};

#[path = "../observability.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod example;

const APP: &str = "https://app.example";
const FORGOTTEN: &str = "https://forgotten.example";

/// Where lines are written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_stricter_policy_is_logged_and_counted_and_answers_nothing() {
    let written = Written::default();
    let writer = written.clone();
    let log = tracing_subscriber::fmt()
        .without_time()
        .with_max_level(LevelFilter::INFO)
        .with_writer(move || writer.clone())
        .finish();
    let recorder = PrometheusBuilder::new().build_recorder();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    // Of this thread alone: the program has one log and one exporter, and tests have many.
    let scraped = metrics::with_local_recorder(&recorder, || {
        tracing::subscriber::with_default(log, || {
            runtime.block_on(async {
                let app = example::app(recorder.handle()).unwrap();
                for origin in [APP, FORGOTTEN, FORGOTTEN] {
                    let response = send(&app, request("GET", "/items?page=1", origin, &[])).await;
                    assert_eq!(reader(&response).as_deref(), Some("*"));
                }
                let response = send(&app, preflight("/items", APP, "PUT", "x-trace")).await;
                assert_eq!(response.status(), 204);
                let metrics = send(&app, request("GET", "/metrics", APP, &[])).await;
                assert_eq!(reader(&metrics), None);
                let body = to_bytes(metrics.into_body(), 1 << 20).await.unwrap();
                String::from_utf8(body.to_vec()).unwrap()
            })
        })
    });
    let counted: Vec<&str> =
        scraped.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    for line in [
        r#"tower_cors_requests_total{kind="cors",outcome="allowed",reason="none",rule="none"} 3"#,
        r#"tower_cors_requests_total{kind="preflight",outcome="allowed",reason="none",rule="none"} 1"#,
        r#"tower_cors_report_only_total{kind="cors",outcome="allowed",reason="none",candidate_outcome="denied",candidate_reason="origin-not-allowed"} 2"#,
        r#"tower_cors_report_only_total{kind="preflight",outcome="allowed",reason="none",candidate_outcome="denied",candidate_reason="header-not-allowed"} 1"#,
    ] {
        assert!(counted.contains(&line), "{line}\n{counted:#?}");
    }
    assert_eq!(counted.len(), 4, "{counted:#?}");

    let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let forgotten = concat!(
        r#" INFO tower_cors: report-only: CORS request denied: the origin is not allowed kind="cors" method="GET" "#,
        r#"path="/items" origin="https://forgotten.example" outcome="denied" reason="origin-not-allowed" "#,
        r#"at_fault="https://forgotten.example" answered="allowed""#,
    );
    let missing = concat!(
        r#" INFO tower_cors: report-only: preflight denied: a requested header name is not allowed kind="preflight" "#,
        r#"method="PUT" path="/items" origin="https://app.example" outcome="denied" reason="header-not-allowed" "#,
        r#"at_fault="x-trace" hint=add to `allow_headers`: "x-trace" answered="allowed""#,
    );
    assert_eq!(log.lines().collect::<Vec<_>>(), [forgotten, forgotten, missing]);
}
