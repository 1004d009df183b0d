//! What the README shows: each block of Rust stands in a function here, as it stands there, and is run.

#![allow(clippy::items_after_statements, reason = "blocks begin with what they use")]

use std::collections::HashSet;
use std::error::Error;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use tower::ServiceExt;
use tower_cors::{Policy, PolicyErrors};

type Result = std::result::Result<(), Box<dyn Error>>;

const HERE: &str = include_str!("readme.rs");
const README: &str = include_str!("../../README.md");

mod quick_start {
    #![allow(dead_code, reason = "it would listen on a port that may be taken")]

    use axum::{Router, routing::put};
    use tower_cors::{CorsLayer, Policy};

    #[tokio::main]
    async fn main() -> Result<(), Box<dyn std::error::Error>> {
        let policy = Policy::builder()
            .allow_origins(["https://app.example", "http://localhost:*"])
            .allow_methods(["PUT"])
            .allow_headers(["content-type"])
            .build()?;
        let app = Router::new()
            .route("/items/{id}", put(|| async { "saved" }).get(|| async { "item" }))
            .layer(CorsLayer::new(policy));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
        Ok(axum::serve(listener, app).await?)
    }
}

fn policy() -> std::result::Result<Policy, PolicyErrors> {
    Policy::builder()
        .allow_origins(["https://app.example", "http://localhost:*"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .build()
}

async fn authenticate(request: Request, next: Next) -> std::result::Result<Response, StatusCode> {
    if request.headers().contains_key("authorization") {
        Ok(next.run(request).await)
    } else {
        Err(StatusCode::UNAUTHORIZED)
    }
}

#[test]
fn a_preflight_passes_by_authentication() -> Result {
    let policy = policy()?;

    use axum::{Router, middleware::from_fn, routing::get};
    use tower_cors::CorsLayer;

    let app: Router = Router::new()
        .route("/items", get(|| async { "items" }))
        .layer(from_fn(authenticate))
        .layer(CorsLayer::new(policy)) // last, so it is the outermost
        .route("/health", get(|| async { "ok" })); // a probe needs no CORS

    let status = |request: http::request::Builder| {
        let request = request
            .header("origin", "https://app.example")
            .body(axum::body::Body::empty())
            .unwrap();
        app.clone().oneshot(request).now_or_never().unwrap().unwrap().status().as_u16()
    };
    let preflight = http::Request::options("/items").header("access-control-request-method", "PUT");
    assert_eq!(status(preflight), 204);
    assert_eq!(status(http::Request::get("/items")), 401);
    assert_eq!(status(http::Request::get("/health")), 200);
    Ok(())
}

#[test]
fn without_origins_in_the_environment_nobody_is_allowed() -> Result {
    use tower_cors::Policy;

    let policy = match std::env::var("ALLOWED_ORIGINS") {
        Ok(origins) if !origins.trim().is_empty() => {
            Policy::builder().allow_origins(origins.split(',').map(str::trim)).build()?
        }
        _ => Policy::nobody(),
    };

    assert_eq!(policy, Policy::nobody());
    Ok(())
}

#[test]
fn a_policy_is_tested_without_a_server() -> Result {
    let policy = policy()?;

    use tower_cors::Denial;

    let request = http::Request::get("/").header("origin", "https://other.example").body(())?;
    assert_eq!(policy.decide(&request).denial(), Some(Denial::OriginNotAllowed));

    Ok(())
}

#[cfg(feature = "browser")]
#[tokio::test]
async fn a_fetch_runs_against_the_app() -> Result {
    let app = axum::Router::new().layer(tower_cors::CorsLayer::new(policy()?));

    use tower_cors::browser::{Browser, Credentials, Fetch};

    let mut browser = Browser::new(app);
    let get = Fetch::get("https://api.example/items").credentials(Credentials::Include); // with cookies
    let seen = browser.fetch_from("https://other.example", get).await?;
    assert!(seen.response().is_err());

    Ok(())
}

#[cfg(all(feature = "metrics", feature = "reload", feature = "routes", feature = "tracing"))]
#[test]
fn a_layer_is_observed_and_its_policies_are_by_path_and_swapped() -> Result {
    let (policy, stricter) = (policy()?, Policy::nobody());

    use tower_cors::{CorsLayer, Policy, Reload, Routes, observe};

    let routes = Routes::builder() // policies by path: feature `routes`
        .route("/public/{*rest}", Policy::permissive()) // below `/public/`, and not `/public` itself
        .fallback(policy)
        .build()?;
    let reload = Reload::new(routes); // swapped while requests are answered: feature `reload`
    let layer = CorsLayer::new(reload.clone())
        .observe(observe::to_tracing()) // a log of denials: feature `tracing`
        .observe(observe::to_metrics()) // counters: feature `metrics`
        .report_only(stricter.clone()); // what a stricter policy would deny
    reload.swap(stricter.into()); // it answers from the next request on

    let get = http::Request::get("/public/logo").header("origin", "https://other.example");
    let denial = layer.explain(&get.body(())?).decision().denial();
    assert_eq!(denial, Some(tower_cors::Denial::OriginNotAllowed));
    Ok(())
}

/// The blocks of a language.
fn blocks(language: &str) -> Vec<Vec<&'static str>> {
    let opening = format!("```{language}");
    let mut lines = README.lines();
    let mut blocks = Vec::new();
    while lines.by_ref().any(|line| line == opening) {
        let block = lines.by_ref().take_while(|line| *line != "```");
        blocks.push(block.map(str::trim).filter(|line| !line.is_empty()).collect());
    }
    blocks
}

#[test]
fn each_block_of_rust_is_run_as_it_stands() {
    let here: Vec<&str> = HERE.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let blocks = blocks("rust");
    assert_eq!(blocks.len(), 6);
    for block in blocks {
        let stands = here.windows(block.len()).any(|window| window == block);
        assert!(stands, "{block:#?}");
    }
}

#[test]
fn an_error_looks_as_it_is_shown() {
    let builder = Policy::builder().allow_origins(["https://app.example/"]).allow_methods(["put"]);
    let said = builder.build().unwrap_err().to_string();
    let said: Vec<&str> = said.lines().collect();
    assert!(blocks("text").contains(&said), "{said:#?}");
}

/// What `curl` prints of the program of the quick start.
#[test]
fn the_answers_are_those_that_are_shown() -> Result {
    use axum::{Router, routing::put};

    let app = Router::new()
        .route("/items/{id}", put(|| async { "saved" }).get(|| async { "item" }))
        .layer(tower_cors::CorsLayer::new(policy()?));
    let shown = blocks("console").concat().join("\n");
    for (method, origin, asked) in [
        ("GET", "http://localhost:5173", None),
        ("GET", "https://other.example", None),
        ("OPTIONS", "http://localhost:5173", Some("PUT")),
    ] {
        let request =
            http::Request::builder().method(method).uri("/items/1").header("origin", origin);
        let request = match asked {
            Some(asked) => request.header("access-control-request-method", asked),
            None => request,
        };
        let response = app
            .clone()
            .oneshot(request.body(axum::body::Body::empty())?)
            .now_or_never()
            .unwrap()?;
        let mut lines = vec![format!("HTTP/1.1 {}", response.status())];
        for (name, value) in response.headers().iter().filter(|(name, _)| *name != "content-length")
        {
            lines.push(format!("{name}: {}", value.to_str()?));
        }
        assert!(shown.contains(&lines.join("\n")), "{}\n\n{shown}", lines.join("\n"));
    }
    Ok(())
}

#[test]
fn it_is_short_and_its_links_lead_somewhere() {
    assert!(README.lines().count() <= 250);
    let anchor = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        title
            .chars()
            .filter(|it| it.is_alphanumeric() || " -".contains(*it))
            .collect::<String>()
            .replace(' ', "-")
    };
    let anchors: HashSet<String> =
        README.lines().filter(|line| line.starts_with('#')).map(anchor).collect();
    for target in README.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(target);
        match target.strip_prefix('#') {
            Some(anchor) => assert!(anchors.contains(anchor), "{target}"),
            None => assert!(target.starts_with("https://") || path.exists(), "{target}"),
        }
    }
    let guide = include_str!("../../src/guide/mod.rs");
    for rest in README.split("/tower_cors/guide/").skip(1) {
        let page = rest.split(')').next().unwrap().trim_end_matches('/');
        assert!(page.is_empty() || guide.contains(&format!("pub mod {page} ")), "{page}");
    }
}
