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

use std::env;
use std::error::Error;
use std::io::{self, Write};

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tower_cors::observe::{to_metrics, to_tracing};
use tower_cors::{CorsLayer, Policy, PolicyErrors};
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
    writeln!(io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    axum::serve(listener, app).await?;
    Ok(())
}

/// Listens where `ADDRESS` says; without it on port 3000, or on a free one if that is taken.
async fn listen() -> Result<TcpListener, String> {
    let given = env::var("ADDRESS").ok();
    let address = given.as_deref().unwrap_or("127.0.0.1:3000");
    let listener = match TcpListener::bind(address).await {
        Err(error) if given.is_none() && error.kind() == io::ErrorKind::AddrInUse => {
            let said = writeln!(io::stderr(), "port 3000 is taken, so another one is used");
            said.map_err(|error| error.to_string())?;
            TcpListener::bind("127.0.0.1:0").await
        }
        listener => listener,
    };
    let failed = |error| {
        format!("cannot listen on {address}: {error}; set ADDRESS to another, as in 127.0.0.1:0")
    };
    listener.map_err(failed)
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
