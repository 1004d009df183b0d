//! On this crate's own layer nothing is found.

use axum::Router;
use axum::routing::get;
use tower_cors::{CorsLayer, Policy, PolicySource, Routes};

use super::audit;
use crate::server::Server;

/// Nothing but notes of these ids.
#[track_caller]
fn finds_nothing<P>(layer: CorsLayer<P>, path: &str, arguments: &[&str], notes: &[&str])
where
    P: PolicySource + Clone + Send + Sync + 'static,
{
    let app = Router::new()
        .route("/public", get(|| async { "public" }))
        .route("/private", get(|| async { "private" }))
        .route("/unlisted", get(|| async { "unlisted" }))
        .layer(layer);
    let server = Server::new(app);
    let (findings, found_notes, report) = audit(&server.url(path), arguments);
    assert!(findings.is_empty(), "{report:#}");
    assert_eq!(found_notes, notes, "{report:#}");
}

fn policy(toml: &str) -> Policy {
    Policy::from_toml(toml).unwrap()
}

const APP: &[&str] = &["--from", "https://app.example"];

#[test]
fn a_permissive_policy() {
    finds_nothing(CorsLayer::permissive(), "/public", APP, &["any-host"]);
    finds_nothing(CorsLayer::permissive(), "/public", &[], &["any-host"]);
}

#[test]
fn one_origin_and_nobody() {
    let one = policy(
        "allow_origins = ['https://app.example']\nallow_credentials = true\nexpose_headers = ['x-a']",
    );
    finds_nothing(CorsLayer::new(one), "/public", APP, &["any-host"]);
    finds_nothing(CorsLayer::new(Policy::nobody()), "/public", APP, &["any-host"]);
}

#[test]
fn several_origins_with_credentials() {
    let text = "allow_origins = ['https://app.example', 'https://foo.com', 'https://bar.com']\n\
                allow_credentials = true\nallow_methods = ['PUT']\nallow_headers = ['x-a']\nexpose_headers = ['x-b']\nmax_age = 600";
    finds_nothing(CorsLayer::new(policy(text)), "/public", APP, &["any-host"]);
    let both = ["--from", "https://foo.com", "--from", "https://bar.com"];
    finds_nothing(CorsLayer::new(policy(text)).hide_denials(true), "/public", &both, &["any-host"]);
}

#[test]
fn patterns_with_credentials() {
    let text = "allow_origins = ['https://*.partner.example', 'https://site-*-team.vercel.app', 'http://localhost:*', 'https://a.example:*']\n\
                allow_credentials = true\ndangerously_allow_public_suffixes = true";
    let layer = CorsLayer::new(policy(text));
    let notes = ["any-host", "any-subdomain"];
    finds_nothing(layer.clone(), "/public", &["--from", "https://a.partner.example"], &notes);
    finds_nothing(
        layer.clone(),
        "/public",
        &["--from", "https://site-1-team.vercel.app"],
        &["any-host"],
    );
    finds_nothing(layer.clone(), "/public", &["--from", "http://localhost:3000"], &["any-host"]);
    finds_nothing(layer, "/public", &["--from", "https://a.example"], &["any-host", "any-port"]);
}

/// However many names stand in the origins that are trusted.
#[test]
fn long_names_take_no_more_requests_than_are_bounded() {
    let layer = CorsLayer::new(policy("allow_origins = ['https://app.example']"));
    let one = "https://a.b.s3.dualstack.us-east-1.amazonaws.com";
    let other = "https://c.d.s3.dualstack.us-east-2.amazonaws.com";
    finds_nothing(layer, "/a%20b/c", &["--from", one, "--from", other], &[]);
}

#[test]
fn rules_and_limited_methods() {
    let text = "[[rules]]\nallow_origins = ['https://app.example']\nallow_methods = ['PUT']\n\
                [[rules]]\nallow_origins = ['*']\nonly_methods = ['GET']";
    finds_nothing(CorsLayer::new(policy(text)), "/public", APP, &["any-host"]);
    let text =
        "allow_origins = ['https://app.example', 'https://b.example']\nonly_methods = ['GET']";
    finds_nothing(CorsLayer::new(policy(text)), "/public", APP, &["any-host"]);
}

#[test]
fn routes() {
    let table = Routes::builder()
        .route("/public", Policy::permissive())
        .route("/private", policy("allow_origins = ['https://app.example', 'https://b.example']\nallow_credentials = true"))
        .build()
        .unwrap();
    for path in ["/public", "/private", "/unlisted"] {
        finds_nothing(CorsLayer::new(table.clone()), path, APP, &["any-host"]);
    }
}
