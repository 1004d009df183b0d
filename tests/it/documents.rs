//! Policies from JSON documents, and the messages for those that are none.
//!
//! RFC 8259: <https://www.rfc-editor.org/rfc/rfc8259>

use http::Request;
use tower_cors::{DocumentError, Policy, PolicyError};

/// Name, document, message.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "an unknown key",
        "{\n  \"allow_origins\": [\"https://a.example\"],\n  \"allow_origin\": []\n}",
        "allow_origin: unknown field `allow_origin`, expected one of `allow_origins`, `allow_credentials`, `allow_methods`, `allow_headers`, `expose_headers`, `max_age`, `dangerously_allow_insecure_origins`, `dangerously_allow_public_suffixes`, `dangerously_allow_null_origin` at line 3 column 16",
    ),
    (
        "a list that is a string",
        r#"{"allow_origins": "https://a.example"}"#,
        r#"allow_origins: invalid type: string "https://a.example", expected a sequence at line 1 column 37"#,
    ),
    (
        "an item that is a number",
        "{\n  \"allow_origins\": [\n    \"https://a.example\",\n    7\n  ]\n}",
        "allow_origins[1]: invalid type: integer `7`, expected a string at line 4 column 5",
    ),
    (
        "a boolean that is a string",
        r#"{"allow_origins": ["*"], "allow_credentials": "true"}"#,
        r#"allow_credentials: invalid type: string "true", expected a boolean at line 1 column 52"#,
    ),
    (
        "a fraction of a second",
        r#"{"allow_origins": ["*"], "max_age": 1.5}"#,
        "max_age: invalid type: floating point `1.5`, expected u64 at line 1 column 39",
    ),
    (
        "a negative max-age",
        r#"{"allow_origins": ["*"], "max_age": -1}"#,
        "max_age: invalid value: integer `-1`, expected u64 at line 1 column 38",
    ),
    (
        "a key twice",
        r#"{"max_age": 1, "max_age": 2}"#,
        "duplicate field `max_age` at line 1 column 24",
    ),
    ("no JSON", "allow_origins = []", "expected value at line 1 column 1"),
    (
        "an unfinished document",
        r#"{"allow_origins": ["#,
        "allow_origins: EOF while parsing a list at line 1 column 19",
    ),
    (
        "another document behind",
        "{\"allow_origins\": [\"*\"]}\n{}",
        "trailing characters at line 2 column 1",
    ),
    (
        "an array",
        r#"["*"]"#,
        "invalid type: sequence, expected an object with the keys of a policy at line 1 column 0",
    ),
    ("nothing", "", "EOF while parsing a value at line 1 column 0"),
    (
        "several mistakes of the policy, each with its key",
        r#"{
            "allow_origins": ["https://a.example/", "b.example"],
            "allow_credentials": true,
            "allow_methods": ["put"],
            "allow_headers": ["cookie"],
            "expose_headers": ["*"],
            "max_age": 90000
        }"#,
        r#"allow_origins: origin "https://a.example/" has a path; write "https://a.example"
allow_origins: origin "b.example" has no scheme; write "https://b.example"
allow_methods: method "put" is not PUT, methods are case-sensitive; write "PUT"
allow_headers: request-header name "cookie" is forbidden by the Fetch Standard; call `allow_credentials` instead
expose_headers: `allow_credentials` cannot be combined with exposing any header; list the names
max_age: max-age "90000" is over the 86400 seconds that browsers keep; write 86400"#,
    ),
    (
        "several problems of shape, and mistakes besides",
        r#"{
            "allow_origin": ["https://a.example"],
            "alow_methods": ["PUT"],
            "max_age": "5",
            "allow_headers": ["cookie"]
        }"#,
        r#"allow_origin: unknown field `allow_origin`, expected one of `allow_origins`, `allow_credentials`, `allow_methods`, `allow_headers`, `expose_headers`, `max_age`, `dangerously_allow_insecure_origins`, `dangerously_allow_public_suffixes`, `dangerously_allow_null_origin` at line 2 column 26
alow_methods: unknown field `alow_methods`, expected one of `allow_origins`, `allow_credentials`, `allow_methods`, `allow_headers`, `expose_headers`, `max_age`, `dangerously_allow_insecure_origins`, `dangerously_allow_public_suffixes`, `dangerously_allow_null_origin` at line 3 column 26
max_age: invalid type: string "5", expected u64 at line 4 column 26
allow_origins: no origin is allowed; give `allow_origins` at least one
allow_headers: request-header name "cookie" is forbidden by the Fetch Standard; call `allow_credentials` instead"#,
    ),
    (
        "a null",
        r#"{"allow_origins": ["*"], "max_age": null}"#,
        "max_age: invalid type: null, expected u64 at line 1 column 40",
    ),
    ("a comma too much", r#"{"allow_origins": ["*"],}"#, "trailing comma at line 1 column 25"),
    (
        "a key with a line break",
        "{\"a\\nb\": 1}",
        r"a\nb: unknown field `a\nb`, expected one of `allow_origins`, `allow_credentials`, `allow_methods`, `allow_headers`, `expose_headers`, `max_age`, `dangerously_allow_insecure_origins`, `dangerously_allow_public_suffixes`, `dangerously_allow_null_origin` at line 1 column 7
allow_origins: no origin is allowed; give `allow_origins` at least one",
    ),
    (
        "an empty object",
        "{}",
        "allow_origins: no origin is allowed; give `allow_origins` at least one",
    ),
];

#[test]
fn a_mistake_is_told_with_its_key_and_position() {
    let mut failures = Vec::new();
    for (name, json, message) in MISTAKES {
        match Policy::from_json(json) {
            Ok(_) => failures.push(format!("{name}: is taken")),
            Err(error) => {
                if error.to_string() != *message || format!("{error:?}") != *message {
                    failures.push(format!("{name}:\n  said     {error}\n  expected {message}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Every key, and the headers that show that it is read.
const EVERY_KEY: &str = r#"{
    "allow_origins": ["http://a.example", "https://*.github.io"],
    "allow_credentials": true,
    "allow_methods": ["PUT"],
    "allow_headers": ["x-a"],
    "expose_headers": ["x-b"],
    "max_age": 600,
    "dangerously_allow_insecure_origins": true,
    "dangerously_allow_public_suffixes": true,
    "dangerously_allow_null_origin": false
}"#;

#[test]
fn every_key_is_read() {
    let policy = Policy::from_json(EVERY_KEY).unwrap();
    let preflight = Request::options("/")
        .header("origin", "https://any.github.io")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "x-a")
        .body(())
        .unwrap();
    let headers = policy.decide(&preflight).headers();
    assert_eq!(headers["access-control-allow-origin"], "https://any.github.io");
    assert_eq!(headers["access-control-allow-credentials"], "true");
    assert_eq!(headers["access-control-allow-methods"], "PUT");
    assert_eq!(headers["access-control-allow-headers"], "x-a");
    assert_eq!(headers["access-control-max-age"], "600");
    let get = Request::get("/").header("origin", "http://a.example").body(()).unwrap();
    assert_eq!(policy.decide(&get).headers()["access-control-expose-headers"], "x-b");

    let opaque = Policy::from_json(r#"{"dangerously_allow_null_origin": true}"#).unwrap();
    let get = Request::get("/").header("origin", "null").body(()).unwrap();
    assert!(opaque.decide(&get).is_allowed());
}

#[test]
fn an_opt_in_that_is_left_out_is_missed() {
    let without = |key: &str| EVERY_KEY.replace(&format!("\"{key}\": true,"), "");
    let error = |key: &str| match Policy::from_json(&without(key)).unwrap_err().iter().next() {
        Some(DocumentError::Policy { mistake, .. }) => mistake.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        error("dangerously_allow_insecure_origins"),
        PolicyError::InsecureOriginWithCredentials { .. }
    ));
    assert!(matches!(
        error("dangerously_allow_public_suffixes"),
        PolicyError::PublicSuffixWithCredentials { .. } | PolicyError::PublicSuffixUnknown { .. }
    ));
}

#[test]
fn a_policy_is_a_field_of_a_configuration() {
    #[derive(Debug, serde::Deserialize)]
    struct Config {
        cors: Policy,
    }

    let config: Config =
        serde_json::from_str(r#"{"cors": {"allow_origins": ["https://a.example"]}}"#).unwrap();
    let get = Request::get("/").header("origin", "https://a.example").body(()).unwrap();
    assert!(config.cors.decide(&get).is_allowed());

    let json = r#"{"cors": {"allow_origins": ["a.example"], "max_age": 90000}}"#;
    let message = serde_json::from_str::<Config>(json).unwrap_err().to_string();
    assert!(message.contains(r#"write "https://a.example""#), "{message}");
    assert!(message.contains("write 86400"), "{message}");
}
