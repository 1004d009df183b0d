//! What is written for each target, word for word: a change of it is seen where it is made.
//!
//! With `WRITE_EXPORTS=1` the texts are written anew. Look at what that changes before you commit it.

use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use tower_cors::export::{Export, Target};
use tower_cors::{Policy, Route, Routes};

fn policy() -> Policy {
    Policy::builder()
        .name("shop")
        .allow_origins([
            "https://a.example",
            "https://a-name-that-is-longer-than-most.a.example",
            "https://*.b.example",
            "https://pr-*.c.example:8443",
            "https://*.d.example:*",
            "http://localhost:*",
            "capacitor://localhost",
            "app://*.x.example",
        ])
        .dangerously_allow_null_origin(true)
        .dangerously_allow_public_suffixes(true)
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["content-type", "x-amz-*"])
        .expose_headers(["etag", "x-$"])
        .max_age(Duration::from_secs(600))
        .build()
        .unwrap()
}

/// Neighbours that differ in origins alone, one for a method alone, one for all origins, and one that has none left.
fn several() -> Policy {
    let of = |origins: &[&str]| Policy::builder().allow_origins(origins);
    let rules = [
        of(&["https://a.example", "https://*.a.example"]).name("several").allow_credentials(true),
        of(&["https://b.example"]).allow_credentials(true),
        of(&["http://localhost:*"]).only_methods(["GET"]).allow_headers(["a*", "x-a"]),
        of(&["*"]),
        of(&["https://c.example"]).allow_methods(["PUT"]),
    ];
    Policy::from_rules(rules).unwrap()
}

fn table() -> Routes {
    let open = Policy::builder().allow_origins(["*"]).allow_headers(["*"]).name("open");
    let one = Policy::builder().allow_origins(["https://a.example"]).allow_credentials(true);
    Routes::builder()
        .route("/public/{*rest}", open.build().unwrap())
        .route("/internal/{*rest}", Route::NoCors)
        .route("/raw", Route::LeftAlone)
        .route("/items/{id}", several())
        .route("/a~b", one.build().unwrap())
        .fallback(Route::NoCors)
        .build()
        .unwrap()
}

fn check(name: &str, export: &Export, target: Target) {
    let file = format!("tests/it/export/written/{name}.{}", target.as_str());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(&file);
    if env::var_os("WRITE_EXPORTS").is_some() {
        fs::write(&path, export.text()).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert!(export.text() == expected, "{file} is not what is written now:\n{}", export.text());
}

#[test]
fn a_policy_is_written_as_it_was() {
    for target in Target::ALL {
        check("policy", &policy().export(*target), *target);
    }
}

#[test]
fn several_rules_are_written_as_they_were() {
    for target in
        [Target::Envoy, Target::EnvoyReportOnly, Target::Gateway, Target::Nginx, Target::S3]
    {
        check("rules", &several().export(target), target);
    }
}

#[test]
fn a_table_is_written_as_it_was() {
    for target in [Target::Envoy, Target::EnvoyReportOnly, Target::Gateway, Target::Nginx] {
        check("table", &table().export(target), target);
    }
}

/// What is written for any port has the default one, too, which may be listed by itself.
#[test]
fn an_origin_stands_there_once() {
    let origins =
        ["http://localhost", "http://localhost:*", "https://*.a.example", "https://*.a.example:*"];
    let policy = Policy::builder().allow_origins(origins).build().unwrap();
    for target in [Target::Gateway, Target::S3] {
        let export = policy.export(target);
        for origin in ["http://localhost", "https://*.a.example"] {
            let count = export.text().matches(&format!("\"{origin}\"")).count();
            assert_eq!(count, 1, "{origin}: {export}");
        }
    }
}
