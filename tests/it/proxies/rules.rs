//! Policies of several rules, which the proxies choose by the origin: what is written without a warning is the same.

use proptest::test_runner::TestRunner;
use tower_cors::export::{Export, Loss, Target, Warning};
use tower_cors::{Policy, PolicyBuilder, Route, Routes};

use super::browsers::Counts;
use super::cases::{self, asked};
use super::{backend, envoy, nginx};

fn rule(origins: &[&str]) -> PolicyBuilder {
    Policy::builder().allow_origins(origins).dangerously_allow_insecure_origins(true)
}

/// With other credentials, methods, names, exposed names and ages; one rule covers another, or they have no origin in common.
fn policies() -> Vec<Policy> {
    let app = || {
        rule(&["https://a.example", "https://b.example:8443"])
            .allow_credentials(true)
            .allow_methods(["PUT", "DELETE"])
            .allow_headers(["x-a", "content-type"])
            .expose_headers(["x-e"])
            .max_age(std::time::Duration::from_secs(600))
    };
    let partners = || {
        rule(&["https://*.a.example", "http://localhost:*", "app://X$y", "https://pr-*.b.example"])
            .allow_methods(["PATCH"])
            .allow_headers(["x-b"])
            .expose_headers(["ETag"])
    };
    let open = || rule(&["*"]).expose_headers(["x-f"]);
    let wide =
        || rule(&["https://*.a.example:*"]).allow_methods(["*"]).allow_headers(["x-a", "x-b"]);
    let narrow = || rule(&["https://x.a.example"]).allow_methods(["PUT"]).allow_headers(["x-b"]);
    let null = || rule(&[]).dangerously_allow_null_origin(true).allow_methods(["PUT"]);
    let lists = [
        vec![app(), partners()],
        vec![partners(), app()],
        vec![app(), open()],
        vec![app(), rule(&["http://insecure.example"]).allow_credentials(true), null()],
        vec![wide(), narrow(), app()],
        vec![null(), app(), app().allow_origins(["capacitor://localhost"]), partners()],
    ];
    let named = |(number, mut rules): (usize, Vec<PolicyBuilder>)| {
        let first = rules.remove(0).name(format!("r{number}"));
        Policy::from_rules(std::iter::once(first).chain(rules)).unwrap()
    };
    lists.into_iter().enumerate().map(named).collect()
}

/// Each by itself, and all of them by path.
fn tables() -> Vec<Routes> {
    let policies = policies();
    let mut all = Routes::builder().fallback(
        Policy::builder().name("all").allow_origins(["https://a.example"]).build().unwrap(),
    );
    for (at, policy) in policies.iter().enumerate() {
        all = all.route(format!("/{at}/{{*rest}}"), policy.clone());
    }
    all = all.route("/alone", Route::LeftAlone).route("/none", Route::NoCors);
    let each = policies.into_iter().map(Routes::from);
    each.chain([all.build().unwrap()]).collect()
}

fn is_exact(export: &Export) -> bool {
    export.warnings().iter().map(Warning::loss).all(|loss| loss == Loss::AmbiguousPaths)
}

const PATHS: &[&str] = &[
    "/0/own",
    "/1/own",
    "/2/kept",
    "/3/own",
    "/4/missing",
    "/5/own",
    "/alone",
    "/none",
    "/own",
    "/0",
];

async fn compare(socket: &std::path::Path, exports: &[Export]) {
    let mut counts = Counts::default();
    let mut runner = TestRunner::deterministic();
    for (number, (table, export)) in tables().into_iter().zip(exports).enumerate() {
        assert!(is_exact(export), "{:?}", export.warnings());
        let all = cases::some(&asked(PATHS), &mut runner, 300);
        counts.compare(socket, (number, table), &all, |asked| asked.method.contains('$')).await;
    }
    counts.none_failed();
    assert!(counts.readable > 100, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_rules_are_the_same_in_envoy() {
    let directory = tempfile::tempdir().unwrap();
    let export = |(number, table): (usize, &Routes)| {
        table.export([Target::Envoy, Target::EnvoyJson][number % 2])
    };
    let exports: Vec<Export> = tables().iter().enumerate().map(export).collect();
    backend::listen(directory.path());
    let Some((_envoy, socket)) = envoy::start(directory.path(), &exports) else { return };
    compare(&socket, &exports).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_rules_are_the_same_in_nginx() {
    let directory = tempfile::tempdir().unwrap();
    let both = |table: &Routes| (table.export(Target::Nginx), table.export(Target::NginxServer));
    let exports: Vec<_> = tables().iter().map(both).collect();
    backend::listen(directory.path());
    let Some((_nginx, socket)) = nginx::start(directory.path(), &exports) else { return };
    let exports: Vec<Export> = exports.into_iter().map(|(http, _)| http).collect();
    compare(&socket, &exports).await;
}
