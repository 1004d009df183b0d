//! Logs and metrics of what the layer decides, and a stricter policy that is tried before it answers.
//!
//! Denials are logged by `tracing`, 100 a minute of one sort at the most. All decisions are counted, and
//! `/metrics` has the counts for Prometheus. The policy that answers is open to any origin. A stricter one is asked
//! about the same requests, and its decision is logged and counted wherever it differs: once that stays quiet, the
//! stricter policy can take the place of the open one.
//!
//! ```sh
//! cargo run --example observability
//! curl http://127.0.0.1:3000/items -H 'Origin: https://app.example'
//! curl http://127.0.0.1:3000/items -H 'Origin: https://forgotten.example'
//! curl http://127.0.0.1:3000/metrics
//! ```

use std::error::Error;
use std::io;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tower_cors::observe::{to_metrics, to_tracing};
use tower_cors::{CorsLayer, Policy, PolicyErrors};
use tower_cors_recipes::listen;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Denials are `INFO`. What is allowed is `DEBUG`.
    fmt().with_max_level(LevelFilter::INFO).with_writer(io::stderr).init();
    // Before the observer is made, which describes its counters to the exporter.
    let metrics = PrometheusBuilder::new().install_recorder()?;

    let app = app(metrics)?;
    let listener = listen().await?;
    axum::serve(listener, app).await?;
    Ok(())
}

/// The application, and the page that Prometheus scrapes.
pub(crate) fn app(metrics: PrometheusHandle) -> Result<Router, PolicyErrors> {
    let stricter = Policy::builder()
        .allow_origins(["https://app.example", "https://*.partner.example"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .build()?;
    let layer = CorsLayer::new(Policy::permissive())
        .report_only(stricter)
        .observe(to_tracing())
        .observe(to_metrics());
    Ok(Router::new()
        .route("/items", get(|| async { "hello\n" }))
        .layer(layer)
        // After the layer, so that it has no CORS: no page reads it.
        .route("/metrics", get(move || async move { metrics.render() })))
}
