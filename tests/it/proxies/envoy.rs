//! The real Envoy, with a virtual host for each policy.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, thread};

use serde_json::json;
use tower_cors::Policy;
use tower_cors::export::{Export, Target, Warning};

use super::backend;
use super::browsers::Counts;
use super::cases::{self, asked};
use crate::process::{self, Server};

const CONFIGURATION: &str = r#"
static_resources:
  clusters:
    - name: backend
      load_assignment:
        cluster_name: backend
        endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: "DIRECTORY/backend"}}}}]}]
  listeners:
    - address: {pipe: {path: "DIRECTORY/front"}}
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: front
                http_protocol_options: {allow_custom_methods: true}
                http_filters:
                  - name: envoy.filters.http.cors
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors}
                  - name: envoy.filters.http.router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                route_config:
                  virtual_hosts:
"#;

/// The same with an administrator's page.
const ADMIN: &str = "admin: {address: {pipe: {path: \"DIRECTORY/admin\"}}}";

/// Envoy, if it is installed, with a virtual host for each text.
pub(super) fn start(directory: &Path, exports: &[Export]) -> Option<(Server, PathBuf)> {
    let program = process::find("envoy")?;
    let mut configuration =
        format!("{ADMIN}{CONFIGURATION}").replace("DIRECTORY", &directory.display().to_string());
    for (number, export) in exports.iter().enumerate() {
        write_host(&mut configuration, number, export.text());
    }
    let path = directory.join("envoy.yaml");
    fs::write(&path, configuration).unwrap();
    let socket = directory.join("front");
    let mut command = Command::new(program);
    command.args(["--disable-hot-restart", "--concurrency", "1", "-l", "error", "-c"]).arg(path);
    Some((process::start(&mut command, &socket), socket))
}

/// As who deploys it would: YAML as it is, a part of an object, and JSON with the rest added.
fn write_host(configuration: &mut String, number: usize, text: &str) {
    let (name, domain) = (format!("p{number}"), format!("p{number}.example"));
    if let Ok(mut host) = serde_json::from_str::<serde_json::Value>(text) {
        host["name"] = json!(name);
        host["domains"] = json!([domain]);
        if host.get("routes").is_none() {
            host["routes"] = json!([{"match": {"prefix": "/"}, "route": {"cluster": "backend"}}]);
        }
        writeln!(configuration, "                    - {host}").unwrap();
        return;
    }
    let has_routes = text.contains("\nroutes:");
    writeln!(configuration, "                    - name: {name}").unwrap();
    writeln!(configuration, "                      domains: [{domain}]").unwrap();
    if !has_routes {
        let routes = r#"routes: [{match: {prefix: "/"}, route: {cluster: backend}}]"#;
        writeln!(configuration, "                      {routes}").unwrap();
    }
    for line in text.lines() {
        writeln!(configuration, "                      {line}").unwrap();
    }
}

const PATHS: &[&str] = &["/", "/own", "/missing", "/failing", "/kept", "/a/kept?own", "/a%20b/own"];

#[tokio::test(flavor = "multi_thread")]
async fn envoy_is_never_more_open() {
    let directory = tempfile::tempdir().unwrap();
    let policies = cases::policies(300);
    let export = |(number, policy): (usize, &Policy)| {
        policy.export([Target::Envoy, Target::EnvoyJson][number % 2])
    };
    let exports: Vec<Export> = policies.iter().enumerate().map(export).collect();
    backend::listen(directory.path());
    let Some((_envoy, socket)) = start(directory.path(), &exports) else { return };
    let mut counts = Counts::default();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for (number, (policy, export)) in policies.into_iter().zip(&exports).enumerate() {
        let all = cases::some(&asked(PATHS), &mut runner, 40);
        let is_narrower = !export.warnings().is_empty();
        counts.compare(&socket, (number, policy), &all, |_| is_narrower).await;
    }
    counts.none_failed();
    let warned = exports.iter().filter(|export| !export.warnings().is_empty()).count();
    assert!(counts.readable > 300 && counts.narrower > 50, "{counts:?}");
    assert!((50..280).contains(&warned), "{warned}");
}

/// Whatever text a policy has.
#[test]
fn envoy_takes_whatever_is_written() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let policies = cases::some(&crate::export::hostile::policy(), &mut runner, 80);
    let exports: Vec<Export> =
        policies.iter().map(|policy| policy.export(Target::EnvoyJson)).collect();
    let directory = tempfile::tempdir().unwrap();
    drop(start(directory.path(), &exports));
}

/// The expressions of what has just room are taken by Envoy, and those without are left out.
#[test]
fn expressions_have_room() {
    let patterns = ["https://*.NAME.example:*", "https://pr-*.NAME.example:*", "app://*.NAME:*"];
    let mut exports = Vec::new();
    for pattern in patterns {
        for length in (1..=63).filter(|length| !(3..35).contains(length)) {
            let origin = pattern.replace("NAME", &"a".repeat(length));
            let policy = Policy::builder().allow_origins([origin]);
            let policy = policy.dangerously_allow_public_suffixes(true).build().unwrap();
            exports.push(policy.export(Target::Envoy));
        }
    }
    let left_out = exports.iter().flat_map(Export::warnings).map(Warning::loss).count();
    assert!(left_out > 10 && left_out < exports.len() / 2, "{left_out} of {}", exports.len());
    let directory = tempfile::tempdir().unwrap();
    drop(start(directory.path(), &exports));
    thread::yield_now();
}
