//! A hint names settings by the words that the builder and documents have in common, so that it helps whoever wrote
//! either.

use std::collections::BTreeSet;

use serde_json::Value;
use tower_cors::Routes;

use super::{preflight, read};

/// All keys of documents, as their schema has them.
fn keys() -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(include_str!("../../../schema/routes.json")).unwrap();
    let kinds = schema["$defs"].as_object().unwrap().values().chain([&schema]);
    let properties = kinds.filter_map(|kind| kind["properties"].as_object());
    properties.flat_map(|properties| properties.keys().cloned()).collect()
}

/// What stands in backticks.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn what_a_hint_says_about_a_document_is_a_key_of_documents() {
    let document = r#"{
        "routes": { "/limited": { "allow_origins": ["*"], "only_methods": ["GET"] } },
        "fallback": {
            "rules": [
                { "allow_origins": ["https://*.app.example"], "allow_headers": ["*"] },
                { "allow_origins": ["https://one.example", "https://two.example"], "allow_methods": ["PUT"] }
            ]
        }
    }"#;
    let policies = Routes::from_json(document).unwrap();
    let paths = Routes::from_json(r#"{ "routes": { "/a": { "allow_origins": ["*"] } } }"#).unwrap();
    let hint = |routes: &Routes, request| routes.explain(&request).hint().unwrap().to_string();
    let one = "https://one.example";
    for (said, expected) in [
        (hint(&policies, preflight(one, "PATCH", "")), r#"add to `allow_methods`: "PATCH""#),
        (hint(&policies, preflight(one, "PUT", "x-a")), r#"add to `allow_headers`: "x-a""#),
        (
            hint(&policies, preflight("https://a.app.example", "GET", "authorization")),
            r#"any header does not cover `authorization`; add to `allow_headers`: "authorization""#,
        ),
        (
            hint(&policies, preflight(one, "patch", "")),
            r#"methods are case-sensitive: have the page send "PATCH", and add to `allow_methods`: "PATCH""#,
        ),
        (
            hint(&policies, read(&format!("POST /limited; origin: {one}"))),
            r#"add to `only_methods`: "POST""#,
        ),
        (
            hint(&policies, read(&format!("GET /; origin: {one}; cookie: a=b"))),
            "set `allow_credentials`, if pages of the origin may act as their visitor",
        ),
        (
            hint(&policies, read("GET /; origin: https://app.example")),
            r#"only names under this host are allowed, since `*.` stands for at least one label; add to `allow_origins`: "https://app.example""#,
        ),
        (
            hint(&policies, read("GET /; origin: null")),
            "`null` is sent by sandboxed frames, local files, and redirects to other origins; serve the page from an origin of its own, or set `dangerously_allow_null_origin`",
        ),
        (
            hint(&paths, read(&format!("GET /b; origin: {one}"))),
            "give it a policy: by a route for its path, by the `fallback`, or from the resolver",
        ),
    ] {
        assert_eq!(said, expected);
        let (keys, values) = (keys(), ["authorization", "*.", "null"]);
        for name in named(&said) {
            assert!(keys.contains(name) || values.contains(&name), "{name}");
        }
        assert!(!said.split(' ').any(|word| word.starts_with("call")), "{said}");
    }
}
