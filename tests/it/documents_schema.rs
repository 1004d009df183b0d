//! The JSON Schemas of the documents: those that are checked in are current, and they take what the
//! reader takes.
//!
//! JSON Schema: <https://json-schema.org/draft/2020-12>

use std::{env, fs};

use schemars::{JsonSchema, schema_for};
use serde_json::Value;
use tower_cors::{Policy, Routes};

/// Holds a schema to its file. With `BLESS` in the environment the file is written instead.
fn hold<T: JsonSchema>(name: &str) -> Value {
    let path = format!("{}/schema/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = format!("{:#}\n", Value::from(schema_for!(T)));
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let file = fs::read_to_string(&path).unwrap_or_default();
    assert!(file == text, "schema/{name}.json is not current; run the test with BLESS=1");
    serde_json::from_str(&file).unwrap()
}

/// Document, and whether it is of the shape of a policy.
const DOCUMENTS: &[(&str, bool)] = &[
    (r#"{"allow_origins": ["*"]}"#, true),
    (
        r#"{
            "allow_origins": ["https://a.example"], "allow_credentials": true,
            "allow_methods": ["PUT"], "allow_headers": ["x-a"], "expose_headers": ["x-b"],
            "max_age": 86400, "dangerously_allow_insecure_origins": true,
            "dangerously_allow_public_suffixes": true, "dangerously_allow_null_origin": false
        }"#,
        true,
    ),
    (r#"{"dangerously_allow_null_origin": true, "only_methods": ["GET"]}"#, true),
    (r#"{"rules": [{"allow_origins": ["*"]}, {"allow_origins": ["*"], "max_age": 0}]}"#, true),
    (r#"{"allow_origins": "*"}"#, false),
    (r#"{"allow_origins": [1]}"#, false),
    (r#"{"allow_origins": null}"#, false),
    (r#"{"allow_origins": ["*"], "max_age": 86401}"#, true),
    (r#"{"allow_origins": ["*"], "max_age": -1}"#, false),
    (r#"{"allow_origins": ["*"], "max_age": 1.5}"#, false),
    (r#"{"allow_origins": ["*"], "max_age": null}"#, false),
    (r#"{"allow_origins": ["*"], "max_age": "1"}"#, false),
    (r#"{"allow_origins": ["*"], "allow_credentials": 1}"#, false),
    (r#"{"allow_origins": ["*"], "only_methods": []}"#, false),
    (r#"{"allow_origins": ["*"], "only_methods": null}"#, false),
    (r#"{"allow_origins": ["*"], "allow_origin": []}"#, false),
    (r#"{"allow_origins": ["*"], "name": "partners"}"#, true),
    (r#"{"allow_origins": ["*"], "name": 1}"#, false),
    (r#"{"nobody": true}"#, true),
    (r#"{"nobody": false}"#, false),
    (r#"{"nobody": true, "allow_origins": ["*"]}"#, false),
    (r#"{"rules": [{"nobody": true}]}"#, false),
    (r#"{"rules": []}"#, false),
    (r#"{"rules": {}}"#, false),
    (r#"{"rules": [{"allow_origins": ["*"]}], "max_age": 1}"#, false),
    (r#"{"rules": [{"rules": [{"allow_origins": ["*"]}]}]}"#, false),
    (r#"[{"allow_origins": ["*"]}]"#, false),
    ("null", false),
];

/// The same of routes.
const ROUTES: &[(&str, bool)] = &[
    (r#"{"routes": {"/a": {"allow_origins": ["*"]}, "/b": false, "/c": null}}"#, true),
    (r#"{"routes": {"/a": "left alone"}, "fallback": "left alone"}"#, true),
    (r#"{"fallback": false}"#, true),
    (r#"{"routes": {}, "fallback": null}"#, true),
    (r#"{"routes": {"/a": "left-alone"}}"#, false),
    (r#"{"routes": {"/a": "no CORS"}}"#, false),
    (r#"{"fallback": true}"#, false),
    (r#"{"fallback": "*"}"#, false),
    (r#"{"routes": {}, "fallback": {"rules": [{"allow_origins": ["*"]}]}}"#, true),
    (r#"{"fallback": {"allow_origins": ["*"]}}"#, true),
    (r#"{"routes": {"/a": true}}"#, false),
    (r#"{"routes": {"/a": []}}"#, false),
    (r#"{"routes": []}"#, false),
    (r#"{"routes": {}, "allow_origins": ["*"]}"#, false),
    (r#"{"routes": {}, "fall_back": {"allow_origins": ["*"]}}"#, false),
];

#[test]
fn the_schemas_take_what_the_reader_takes() {
    let (policy, routes) = (hold::<Policy>("policy"), hold::<Routes>("routes"));
    let mut failures = Vec::new();
    let mut hold_row = |name, schema: &Value, json: &str, is_read: bool, is_sound: bool| {
        let document = serde_json::from_str(json).unwrap();
        if takes(schema, schema, &document) != is_sound {
            failures.push(format!("the schema of {name} is wrong about {json}"));
        }
        if is_read != is_sound {
            failures.push(format!("the reader of {name} is wrong about {json}"));
        }
    };
    for (json, is_sound) in DOCUMENTS {
        hold_row("policies", &policy, json, Policy::from_json(json).is_ok(), *is_sound);
    }
    // A table takes policies, too.
    for (json, is_sound) in DOCUMENTS.iter().chain(ROUTES) {
        hold_row("routes", &routes, json, Routes::from_json(json).is_ok(), *is_sound);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_key_is_described_and_every_object_closed() {
    for schema in [hold::<Policy>("policy"), hold::<Routes>("routes")] {
        assert!(schema["title"].is_string(), "{schema:#}");
        for of in schema["$defs"].as_object().unwrap().values().chain([&schema]) {
            assert!(of["description"].is_string(), "{of:#}");
            let Some(properties) = of["properties"].as_object() else { continue };
            assert_eq!(of["additionalProperties"], false, "{of:#}");
            for (key, property) in properties {
                assert!(property["description"].is_string(), "{key}");
            }
        }
    }
}

/// Whether a schema takes a value: all that these schemas say, and no more.
fn takes(root: &Value, schema: &Value, value: &Value) -> bool {
    if let Some(all) = schema.as_bool() {
        return all;
    }
    let says = |(keyword, of): (&String, &Value)| match keyword.as_str() {
        "$schema" | "$defs" | "title" | "description" | "default" | "format" => true,
        "$ref" => {
            let pointer = of.as_str().unwrap().strip_prefix('#').unwrap();
            takes(root, root.pointer(pointer).unwrap(), value)
        }
        "anyOf" => of.as_array().unwrap().iter().any(|one| takes(root, one, value)),
        "enum" => of.as_array().unwrap().contains(value),
        "type" => match of.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64() || value.is_i64(),
            other => panic!("type {other}"),
        },
        "minimum" => value.as_f64().is_none_or(|value| value >= of.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|value| value <= of.as_f64().unwrap()),
        "minItems" => {
            value.as_array().is_none_or(|items| items.len() as u64 >= of.as_u64().unwrap())
        }
        "items" => value.as_array().is_none_or(|items| items.iter().all(|it| takes(root, of, it))),
        "required" => value.as_object().is_none_or(|entries| {
            of.as_array().unwrap().iter().all(|key| entries.contains_key(key.as_str().unwrap()))
        }),
        "properties" => value.as_object().is_none_or(|entries| {
            let known = |(key, value)| of.get(key).is_none_or(|of| takes(root, of, value));
            entries.iter().all(known)
        }),
        "additionalProperties" => value.as_object().is_none_or(|entries| {
            let mut other =
                entries.iter().filter(|(key, _)| schema["properties"].get(key).is_none());
            other.all(|(_, value)| takes(root, of, value))
        }),
        other => panic!("keyword {other}"),
    };
    schema.as_object().unwrap().iter().all(says)
}
