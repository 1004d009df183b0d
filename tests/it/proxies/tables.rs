//! Tables of policies by path, in the real proxies.

use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::TestRunner;
use tower_cors::export::{Export, Loss, Target, Warning};
use tower_cors::{Policy, Route, Routes};

use super::browsers::Counts;
use super::cases::{self, Asked, asked, rule};
use super::{backend, envoy, nginx};

/// Which of them are in one table is random, and what each has.
const ROUTES: &[&str] = &[
    "/",
    "/a",
    "/a/",
    "/a/own",
    "/a/{id}",
    "/a/{id}/own",
    "/a/b{id}",
    "/a/b/{*rest}",
    "/a-$-{id}",
    "/files/{*rest}",
    "/files/{id}/x/{*rest}",
    "/{first}/own",
];

/// Whose readings are more than one.
const ODD: &[&str] = &[
    "/a/../files/own",
    "/a//own",
    "/a%2Fown",
    "/%61/own",
    "/a/own;x=1",
    "/a/./own",
    "/files/a./own",
    "//a/own",
    "/files/..%2Fa/own",
    "/a\\own",
    "/files%5C..%5Ca",
];

const PATHS: &[&str] = &[
    "/",
    "/a",
    "/a/",
    "/a/own",
    "/a/1",
    "/a/1/own",
    "/a//own",
    "/a/b",
    "/a/b1",
    "/a/b/own",
    "/a/b/c/d",
    "/a-$-",
    "/a-$-1",
    "/files",
    "/files/",
    "/files/own",
    "/files/1/x/own",
    "/x/own",
    "/own?a/1",
    "/a?/files/own",
    "/other/1/2/own",
];

/// A policy that every target can say.
fn simple(origins: &[&str]) -> Route {
    let builder = Policy::builder().allow_origins(origins).allow_methods(["PUT"]);
    builder.allow_headers(["x-a"]).expose_headers(["x-e"]).build().unwrap().into()
}

fn tables(count: usize) -> Vec<Routes> {
    let has = prop_oneof![
        1 => Just(Route::NoCors),
        1 => Just(Route::LeftAlone),
        2 => rule().prop_map(|rule| rule.build().unwrap().into()),
        2 => Just(simple(&["*"])),
        2 => Just(simple(&["https://a.example", "https://*.a.example", "http://localhost:*"])),
    ];
    let has = prop::collection::vec(has, ROUTES.len() + 1);
    let tables = (subsequence(ROUTES, 1..=6), has);
    let mut runner = TestRunner::deterministic();
    let build = |number: usize, (paths, mut has): (Vec<&str>, Vec<Route>)| {
        let named = match has.pop().unwrap() {
            // The two files of nginx know one another by a name.
            Route::Policy(policy) => {
                let mut document = serde_json::to_value(&policy).unwrap();
                document["name"] = format!("t{number}").into();
                Route::Policy(Policy::from_json(&document.to_string()).unwrap())
            }
            other => other,
        };
        let mut builder = Routes::builder().fallback(named);
        for (path, has) in paths.into_iter().zip(has) {
            builder = builder.route(path, has);
        }
        builder.build().ok()
    };
    let mut all = Vec::new();
    while all.len() < count {
        let parts = cases::some(&tables, &mut runner, 1).remove(0);
        // Without a name there could be but one of them.
        let table = build(all.len(), parts)
            .filter(|routes| routes.export(Target::NginxServer).text().contains("cors_t"));
        all.extend(table);
    }
    all
}

fn is_odd(asked: &Asked) -> bool {
    ODD.contains(&asked.path)
}

/// Whether something is lost besides the paths that can be read as others.
fn is_lossy(export: &Export) -> bool {
    export.warnings().iter().map(Warning::loss).any(|loss| loss != Loss::AmbiguousPaths)
}

async fn compare(socket: &std::path::Path, tables: Vec<Routes>, exports: &[Export]) {
    let mut counts = Counts::default();
    let mut runner = TestRunner::deterministic();
    for (number, (table, export)) in tables.into_iter().zip(exports).enumerate() {
        let mut all = cases::some(&asked(PATHS), &mut runner, 60);
        all.extend(cases::some(&asked(ODD), &mut runner, 20));
        let is_narrower = |asked: &Asked| {
            is_lossy(export)
                || is_odd(asked)
                || asked.path == "/a//own"
                || asked.method.contains('$')
        };
        counts.compare(socket, (number, table), &all, is_narrower).await;
    }
    counts.none_failed();
    let whole = exports.iter().filter(|export| !is_lossy(export)).count();
    assert!(counts.readable > 500 && counts.narrower > 50 && whole > 5, "{whole} {counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_in_envoy_is_never_more_open() {
    let directory = tempfile::tempdir().unwrap();
    let tables = tables(100);
    let export = |(number, table): (usize, &Routes)| {
        table.export([Target::Envoy, Target::EnvoyJson][number % 2])
    };
    let exports: Vec<Export> = tables.iter().enumerate().map(export).collect();
    backend::listen(directory.path());
    let Some((_envoy, socket)) = envoy::start(directory.path(), &exports) else { return };
    compare(&socket, tables, &exports).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_in_nginx_is_never_more_open() {
    let directory = tempfile::tempdir().unwrap();
    let tables = tables(100);
    let both = |table: &Routes| (table.export(Target::Nginx), table.export(Target::NginxServer));
    let exports: Vec<_> = tables.iter().map(both).collect();
    backend::listen(directory.path());
    let Some((_nginx, socket)) = nginx::start(directory.path(), &exports) else { return };
    let exports: Vec<Export> = exports.into_iter().map(|(http, _)| http).collect();
    compare(&socket, tables, &exports).await;
}
