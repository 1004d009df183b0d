//! Documents, which may be a stranger's.
//!
//! An input is a line that names what is read (`policy json`, `policy toml`, `policy yaml`, the same of `routes`,
//! `s3 json`, `gateway json`, `gateway yaml`, `route json`, `route yaml`), and the text of the document.

use std::str;

use serde_json::Value;
use tower_cors::{
    DocumentError, DocumentErrors, DocumentWarning, Policy, PolicyError, Route, RouteError, Routes,
};

use crate::export;
use crate::import::{is_no_more_open_than_a_bucket, is_no_more_open_than_a_filter};
use crate::sent::{Sent, decisions, sent};

pub fn check(input: &[u8]) -> Option<()> {
    let (what, text) = str::from_utf8(input).ok()?.split_once('\n')?;
    match what {
        "policy json" => policy(text, Policy::from_json),
        "policy toml" => policy(text, Policy::from_toml),
        "policy yaml" => policy(text, Policy::from_yaml),
        "routes json" => routes(text, Routes::from_json),
        "routes toml" => routes(text, Routes::from_toml),
        "routes yaml" => routes(text, Routes::from_yaml),
        "s3 json" => s3(text),
        "gateway json" => gateway(text),
        "gateway yaml" => {
            bounded(text, Policy::from_gateway_yaml);
        }
        "route json" => http_route(text, Routes::from_gateway_json),
        "route yaml" => http_route(text, Routes::from_gateway_yaml),
        _ => return None,
    }
    Some(())
}

/// Reads a text within bounds, and looks at what is said of it if it is refused.
fn bounded<T>(text: &str, read: impl Fn(&str) -> Result<T, DocumentErrors>) -> Option<T> {
    let mut result = None;
    let used = allocation_counter::measure(|| result = Some(read(text)));
    // What aliases expand to is bounded by the number of values, and not by the length of the text.
    let (most, total) = ((4 << 20) + 64 * text.len() as u64, 256 << 20);
    assert!(
        used.bytes_max <= most && used.bytes_total <= total,
        "{used:?} for {} bytes",
        text.len()
    );
    assert!(used.count_total <= 4_000_000, "{used:?} for {} bytes", text.len());
    match result? {
        Ok(read) => Some(read),
        Err(errors) => {
            explains(&errors);
            None
        }
    }
}

/// Each error is a line of bounded length, and each fix builds.
fn explains(errors: &DocumentErrors) {
    assert!(errors.iter().len() > 0 && errors.iter().len() <= 64);
    for error in errors.iter() {
        let said = error.to_string();
        assert!(!said.chars().any(char::is_control), "{said:?}");
        assert!(said.len() < 16_384, "{} bytes: {said:?}", said.len());
        match error {
            DocumentError::Policy { error: PolicyError::Origin { fix: Some(fix), .. }, .. } => {
                let built = Policy::builder().allow_origins([fix]).build();
                assert!(built.is_ok(), "{said}: {}", built.unwrap_err());
            }
            DocumentError::Policy { error: PolicyError::MethodCase { fix, .. }, .. } => {
                let built = Policy::builder().allow_origins(["*"]).allow_methods([*fix]).build();
                assert!(built.is_ok(), "{said}: {}", built.unwrap_err());
            }
            DocumentError::Route { error: RouteError::Path { fix: Some(fix), .. }, .. } => {
                let built = Routes::builder().route(fix, Route::NoCors).build();
                assert!(built.is_ok(), "{said}: {}", built.unwrap_err());
            }
            _ => {}
        }
    }
}

/// What is accepted gives back a document that reads into the same in every format.
fn policy(text: &str, read: fn(&str) -> Result<Policy, DocumentErrors>) {
    let Some(policy) = bounded(text, read) else { return };
    let document = serde_json::to_string(&policy).expect("no predicate, and rules that agree");
    let requests = sent(&value(&document));
    let toml = toml::to_string(&policy).expect("what JSON can write");
    for (format, again) in [
        ("JSON", Policy::from_json(&document)),
        ("YAML", Policy::from_yaml(&document)),
        ("TOML", Policy::from_toml(&toml)),
    ] {
        let again = again.unwrap_or_else(|errors| panic!("{format}: {document}: {errors}"));
        assert_eq!(serde_json::to_string(&again).ok().as_ref(), Some(&document), "{format}");
        assert_eq!(decisions(&again, &requests), decisions(&policy, &requests), "{document}");
        assert!(again == policy, "{format}: {document}");
    }
    export::of_policy(&policy, &requests);
    // JSON is YAML: where both read a text, they read the same.
    if let (Ok(json), Ok(yaml)) = (Policy::from_json(text), Policy::from_yaml(text)) {
        assert!(json == yaml, "{text}");
    }
}

/// The same of a table; and what is written of it for other systems allows no more.
fn routes(text: &str, read: impl Fn(&str) -> Result<Routes, DocumentErrors>) {
    let Some(routes) = bounded(text, read) else { return };
    let document = serde_json::to_string(&routes).expect("no predicate, and rules that agree");
    let toml = toml::to_string(&routes).expect("what JSON can write");
    for (format, again) in [
        ("JSON", Routes::from_json(&document)),
        ("YAML", Routes::from_yaml(&document)),
        ("TOML", Routes::from_toml(&toml)),
    ] {
        let again = again.unwrap_or_else(|errors| panic!("{format}: {document}: {errors}"));
        assert_eq!(serde_json::to_string(&again).ok().as_ref(), Some(&document), "{format}");
        assert!(again == routes, "{format}: {document}");
    }
    let document = value(&document);
    export::of_routes(&routes, &paths(&document), &sent(&document));
}

type Imported = (Routes, Vec<DocumentWarning>);

/// What is read of an `HTTPRoute` is a table.
fn http_route(text: &str, read: fn(&str) -> Result<Imported, DocumentErrors>) {
    routes(text, |text| read(text).map(|(routes, _warnings)| routes));
}

/// Those that a table has, below and beside them.
fn paths(document: &Value) -> Vec<String> {
    let routes = document["routes"].as_object();
    let written = routes.into_iter().flat_map(|routes| routes.keys()).take(6);
    let folders = written.map(|path| path.trim_end_matches("/{*rest}"));
    let around = |folder: &str| ["", "/", "/x", "x"].map(|end| format!("{folder}{end}"));
    std::iter::once("").chain(folders).flat_map(around).filter(|it| it.starts_with('/')).collect()
}

fn s3(text: &str) {
    let Some((policy, _warnings)) = bounded(text, Policy::from_s3_json) else { return };
    let document = value(text.strip_prefix('\u{feff}').unwrap_or(text));
    let rules = document.get("CORSRules").unwrap_or(&document);
    is_no_more_open_than_a_bucket(&policy, rules, &sent(&document));
}

fn gateway(text: &str) {
    let Some((policy, _warnings)) = bounded(text, Policy::from_gateway_json) else { return };
    let document = value(text.strip_prefix('\u{feff}').unwrap_or(text));
    let sent: Vec<Sent> = sent(&document);
    is_no_more_open_than_a_filter(&policy, &document, &sent);
    let document = serde_json::to_string(&policy).expect("one rule");
    let again =
        Policy::from_json(&document).unwrap_or_else(|errors| panic!("{document}: {errors}"));
    assert_eq!(decisions(&again, &sent), decisions(&policy, &sent), "{document}");
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).expect("what was read")
}
