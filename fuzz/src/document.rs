//! Documents, which may be a stranger's.
//!
//! An input is a line that names what is read (`policy json`, `policy toml`, `policy yaml`, the same of `routes`,
//! `s3 json`, `gateway json`, `gateway yaml`, `route json`, `route yaml`), and the text of the document.

use std::{fmt, str};

use serde_json::Value;
use tower_cors::{
    DocumentError, DocumentErrors, DocumentWarning, Policy, PolicyError, Route, RouteError, Routes,
};

use crate::export;
use crate::http_route;
use crate::import::{is_no_more_open_than_a_bucket, is_no_more_open_than_a_filter};
use crate::routes::sample;
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
        "gateway json" => gateway(text, Policy::from_gateway_json, json),
        "gateway yaml" => gateway(text, Policy::from_gateway_yaml, yaml),
        "route json" => http_route(text, Routes::from_gateway_json, json),
        "route yaml" => http_route(text, Routes::from_gateway_yaml, yaml),
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
        let said = is_a_line(error);
        match error {
            DocumentError::Policy { error, .. } => builds(error, &said),
            DocumentError::Route { error: RouteError::Path { fix: Some(fix), .. }, .. } => {
                let built = Routes::builder().route(fix, Route::NoCors).build();
                assert!(built.is_ok(), "{said}: {}", built.unwrap_err());
            }
            _ => {}
        }
    }
}

/// The same of the warnings of an import.
fn warns(warnings: &[DocumentWarning]) {
    for warning in warnings {
        let said = is_a_line(warning);
        match warning {
            DocumentWarning::LeftOut { error, .. }
            | DocumentWarning::RulesDisagree { error, .. } => builds(error, &said),
            _ => {}
        }
    }
}

fn is_a_line(told: &dyn fmt::Display) -> String {
    let said = told.to_string();
    assert!(!said.chars().any(char::is_control), "{said:?}");
    assert!(said.len() < 16_384, "{} bytes: {said:?}", said.len());
    said
}

/// What an error says to write instead, if it says that.
fn builds(error: &PolicyError, said: &str) {
    let builder = match error {
        PolicyError::Origin { fix: Some(fix), .. } => Policy::builder().allow_origins([fix]),
        PolicyError::MethodCase { fix, .. } => {
            Policy::builder().allow_origins(["*"]).allow_methods([*fix])
        }
        _ => return,
    };
    let built = builder.build();
    assert!(built.is_ok(), "{said}: {}", built.unwrap_err());
}

/// What is accepted gives back a document that reads into the same in every format.
fn policy(text: &str, read: fn(&str) -> Result<Policy, DocumentErrors>) {
    let Some(policy) = bounded(text, read) else { return };
    let document = serde_json::to_string(&policy).expect("no predicate, and rules that agree");
    let requests = sent(&value(&document));
    reads_again(&policy, &document, &requests);
    export::of_policy(&policy, &requests);
    is_the_same(text, Policy::from_json, Policy::from_yaml);
}

/// The document of a policy, in every format, is that of an equal policy, which decides alike.
fn reads_again(policy: &Policy, document: &str, requests: &[Sent]) {
    let toml = toml::to_string(policy).expect("what JSON can write");
    for (format, again) in [
        ("JSON", Policy::from_json(document)),
        ("YAML", Policy::from_yaml(document)),
        ("TOML", Policy::from_toml(&toml)),
    ] {
        let again = again.unwrap_or_else(|errors| panic!("{format}: {document}: {errors}"));
        assert_eq!(serde_json::to_string(&again).ok().as_deref(), Some(document), "{format}");
        assert_eq!(decisions(&again, requests), decisions(policy, requests), "{document}");
        assert!(again == *policy, "{format}: {document}");
    }
}

/// The same of a table; and what is written of it for other systems allows no more.
fn routes(text: &str, read: fn(&str) -> Result<Routes, DocumentErrors>) {
    if let Some(routes) = bounded(text, read) {
        table(&routes);
        is_the_same(text, Routes::from_json, Routes::from_yaml);
    }
}

fn table(routes: &Routes) {
    let document = serde_json::to_string(routes).expect("no predicate, and rules that agree");
    let toml = toml::to_string(routes).expect("what JSON can write");
    for (format, again) in [
        ("JSON", Routes::from_json(&document)),
        ("YAML", Routes::from_yaml(&document)),
        ("TOML", Routes::from_toml(&toml)),
    ] {
        let again = again.unwrap_or_else(|errors| panic!("{format}: {document}: {errors}"));
        assert_eq!(serde_json::to_string(&again).ok().as_ref(), Some(&document), "{format}");
        assert!(again == *routes, "{format}: {document}");
    }
    let document = value(&document);
    export::of_routes(routes, &paths(&document), &sent(&document));
}

/// Those that a table has, below and beside them.
fn paths(document: &Value) -> Vec<String> {
    let routes = document["routes"].as_object();
    let written = routes.into_iter().flat_map(|routes| routes.keys()).take(6);
    let folders = written.map(|path| sample(path.trim_end_matches("/{*rest}")));
    let around = |folder: String| ["", "/", "/x", "x"].map(|end| format!("{folder}{end}"));
    std::iter::once(String::new())
        .chain(folders)
        .flat_map(around)
        .filter(|it| it.starts_with('/'))
        .collect()
}

/// A bucket's rules may disagree about preflights and requests. Such a policy has no document.
fn s3(text: &str) {
    let Some((policy, warnings)) = bounded(text, Policy::from_s3_json) else { return };
    warns(&warnings);
    let bucket = value(without_mark(text));
    let rules = bucket.get("CORSRules").unwrap_or(&bucket);
    let sent: Vec<Sent> = sent(&bucket);
    is_no_more_open_than_a_bucket(&policy, rules, &sent);
    let disagree = |it: &DocumentWarning| matches!(it, DocumentWarning::RulesDisagree { .. });
    match serde_json::to_string(&policy) {
        Ok(document) => reads_again(&policy, &document, &sent),
        Err(error) => assert!(warnings.iter().any(disagree), "{error}: {bucket}"),
    }
    export::of_policy(&policy, &sent);
    export::of_bucket(&policy, &sent);
}

type Read<T> = Result<T, DocumentErrors>;
type Imported<T> = Read<(T, Vec<DocumentWarning>)>;

fn gateway(text: &str, read: fn(&str) -> Imported<Policy>, written: fn(&str) -> Vec<Value>) {
    let Some((policy, warnings)) = bounded(text, read) else { return };
    warns(&warnings);
    let filters = written(text);
    let [filter] = &*filters else { panic!("{} documents: {text}", filters.len()) };
    let sent: Vec<Sent> = sent(filter);
    is_no_more_open_than_a_filter(&policy, filter, &sent);
    let document = serde_json::to_string(&policy).expect("one rule");
    reads_again(&policy, &document, &sent);
    export::of_policy(&policy, &sent);
    is_the_same(text, Policy::from_gateway_json, Policy::from_gateway_yaml);
}

/// What is read of an `HTTPRoute` is a table.
fn http_route(text: &str, read: fn(&str) -> Imported<Routes>, written: fn(&str) -> Vec<Value>) {
    let Some((routes, warnings)) = bounded(text, read) else { return };
    warns(&warnings);
    http_route::is_no_more_open(&routes, &written(text));
    table(&routes);
    is_the_same(text, Routes::from_gateway_json, Routes::from_gateway_yaml);
}

/// JSON is YAML: where both read a text, they read the same.
fn is_the_same<T: PartialEq>(text: &str, json: fn(&str) -> Read<T>, yaml: fn(&str) -> Read<T>) {
    if let (Ok(json), Ok(yaml)) = (json(text), yaml(text)) {
        assert!(json == yaml, "{text}");
    }
}

fn json(text: &str) -> Vec<Value> {
    vec![value(without_mark(text))]
}

/// The documents of a text. Here the reader of YAML takes them apart, and not the crate.
fn yaml(text: &str) -> Vec<Value> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        merge_keys: serde_saphyr::MergeKeyPolicy::Error,
        with_snippet: false,
    };
    let documents = serde_saphyr::from_multiple_with_options(without_mark(text), options);
    documents.unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).expect("what was read")
}

/// The text without its byte order mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
