//! Policies from JSON documents, and the messages for those that are none.
//!
//! RFC 8259: <https://www.rfc-editor.org/rfc/rfc8259>

use http::Request;
use tower_cors::{Document, DocumentError, DocumentErrors, Policy, PolicyError};

/// What is said of a key that is unknown.
const KNOWN: &str = "known are `rules`, `allow_origins`, `allow_methods`, `only_methods`, `allow_headers`, `expose_headers`, `max_age`, `allow_credentials`, `dangerously_allow_insecure_origins`, `dangerously_allow_public_suffixes`, `dangerously_allow_null_origin`, `dangerously_allow_file_origin`, `name`";

/// Name, document, message, in which `…` stands for the known keys.
const ERRORS: &[(&str, &str, &str)] = &[
    (
        "an unknown key",
        "{\n  \"allow_origins\": [\"https://a.example\"],\n  \"allow_origin\": 1\n}",
        "allow_origin: the key is unknown, and `allow_origins` stands there, too; write one of them at line 3 column 19",
    ),
    (
        "a list that is a string",
        r#"{"allow_origins": "https://a.example"}"#,
        r#"allow_origins: expected an array of strings, found "https://a.example" at line 1 column 37"#,
    ),
    (
        "an item that is a number",
        "{\n  \"allow_origins\": [\n    \"https://a.example\",\n    7\n  ]\n}",
        "allow_origins[1]: expected a string, found 7 at line 4 column 5",
    ),
    (
        "a boolean that is a string",
        r#"{"allow_origins": ["*"], "allow_credentials": "true"}"#,
        r#"allow_credentials: expected a boolean, found "true" at line 1 column 52"#,
    ),
    (
        "a fraction of a second",
        r#"{"allow_origins": ["*"], "max_age": 1.5}"#,
        "max_age: expected a whole number of seconds, found 1.5 at line 1 column 39",
    ),
    (
        "a negative max-age",
        r#"{"allow_origins": ["*"], "max_age": -1}"#,
        "max_age: expected a whole number of seconds, found -1 at line 1 column 38",
    ),
    (
        "a key twice",
        r#"{"allow_origins": ["*"], "max_age": 1, "max_age": 2}"#,
        "max_age: the key stands there twice at line 1 column 51",
    ),
    (
        "a key twice, in one of several rules",
        r#"{"rules": [{"allow_origins": ["*"], "allow_origins": []}]}"#,
        "rules[0].allow_origins: the key stands there twice at line 1 column 54",
    ),
    ("no JSON", "allow_origins = []", "expected value at line 1 column 1"),
    (
        "an unfinished document",
        r#"{"allow_origins": ["#,
        "EOF while parsing a list at line 1 column 19",
    ),
    (
        "another document behind",
        "{\"allow_origins\": [\"*\"]}\n{}",
        "trailing characters at line 2 column 1",
    ),
    (
        "an array",
        r#"["*"]"#,
        "expected an object with the keys of a policy, found an array at line 1 column 1",
    ),
    ("nothing", "", "EOF while parsing a value at line 1 column 0"),
    (
        "several errors of the policy, each with its value",
        r#"{
            "allow_origins": ["https://a.example/", "https://c.example", "b.example"],
            "allow_credentials": true,
            "allow_methods": ["put"],
            "allow_headers": ["x a"],
            "expose_headers": ["*"]
        }"#,
        r#"allow_origins[0]: origin "https://a.example/" has a path; write "https://a.example" at line 2 column 50
allow_origins[2]: origin "b.example" has no scheme; write "https://b.example" at line 2 column 84
allow_methods[0]: method "put" is not PUT, methods are case-sensitive; write "PUT" at line 4 column 35
allow_headers[0]: request-header name "x a" is not a token; write one name an item, as in "x-api-key" at line 5 column 35
expose_headers[0]: `allow_credentials` cannot be combined with exposing any header; list the names at line 6 column 34"#,
    ),
    (
        "several errors of shape, and errors besides",
        r#"{
            "allow_origin": ["https://a.example"],
            "alow_methods": ["PUT"],
            "max_age": "5",
            "allow_headers": ["x a"]
        }"#,
        r#"max_age: expected a whole number of seconds, found "5" at line 4 column 26
allow_origin: the key is unknown; write `allow_origins` at line 2 column 29
alow_methods: the key is unknown; write `allow_methods` at line 3 column 29
allow_origins: no origin is allowed; give `allow_origins` at least one, or say `nobody` at line 6 column 9
allow_headers[0]: request-header name "x a" is not a token; write one name an item, as in "x-api-key" at line 5 column 35"#,
    ),
    (
        "errors in several rules, and between them",
        r#"{"rules": [
            {"allow_origins": ["https://a.example"], "only_methods": []},
            {"allow_origins": ["a.example", 1], "max_age": 1e3},
            {"allow_origins": ["http://a.com"], "allow_credentials": true}
        ]}"#,
        r#"rules[1].allow_origins[1]: expected a string, found 1 at line 3 column 45
rules[1].max_age: expected a whole number of seconds, found 1000.0 at line 3 column 62
rules[0].only_methods: no method is allowed that a script may use; give `only_methods` at least one at line 2 column 70
rules[1].allow_origins[0]: origin "a.example" has no scheme; write "https://a.example" at line 3 column 42
rules[2].allow_origins[0]: origin "http://a.com" is insecure, and credentials are allowed; write its https: form, or set `dangerously_allow_insecure_origins` at line 4 column 45"#,
    ),
    (
        "rules that disagree",
        r#"{"rules": [
            {"allow_origins": ["https://a.example"]},
            {"allow_origins": ["*"], "allow_headers": ["x-a"], "expose_headers": ["x-b"]}
        ]}"#,
        r#"rules: rules[0] and rules[1] both match origin "https://a.example" and method "GET", and could answer a preflight and its request differently; give both the same credentials and exposed headers, or allow in rules[0] every method and request header that rules[1] allows at line 1 column 11"#,
    ),
    (
        "no rules",
        r#"{"rules": []}"#,
        "rules: there is no rule; give at least one at line 1 column 11",
    ),
    (
        "rules that are no array, and a rule that is no object",
        r#"{"rules": {}}"#,
        "rules: expected an array of rules, found an object at line 1 column 11",
    ),
    (
        "a rule that is no object",
        r#"{"rules": ["*"]}"#,
        r#"rules[0]: expected an object with the keys of a rule, found "*" at line 1 column 14"#,
    ),
    (
        "keys beside the rules",
        r#"{"rules": [{"allow_origins": ["*"]}], "max_age": 3}"#,
        "max_age: no other key stands beside `rules`; write it into the rules at line 1 column 50",
    ),
    (
        "a rule that is no object, and an error in the next",
        r#"{"rules": [7, {"allow_origins": ["b.example"]}, null, {"allow_origins": []}]}"#,
        r#"rules[0]: expected an object with the keys of a rule, found 7 at line 1 column 12
rules[2]: expected an object with the keys of a rule, found null at line 1 column 52
rules[1].allow_origins[0]: origin "b.example" has no scheme; write "https://b.example" at line 1 column 44
rules[3].allow_origins: no origin is allowed; give `allow_origins` at least one, or say `nobody` at line 1 column 73"#,
    ),
    (
        "items that are no strings, and errors beside them",
        r#"{"allow_origins": [7, "b.example", "", null, ""], "only_methods": [[]], "expose_headers": {}}"#,
        r#"allow_origins[0]: expected a string, found 7 at line 1 column 20
allow_origins[3]: expected a string, found null at line 1 column 43
only_methods[0]: expected a string, found an array at line 1 column 68
expose_headers: expected an array of strings, found an object at line 1 column 91
allow_origins[1]: origin "b.example" has no scheme; write "https://b.example" at line 1 column 33
allow_origins[2]: origin "" is empty; write scheme://host or scheme://host:port, as in "https://a.example" at line 1 column 37
allow_origins[4]: origin "" is empty; write scheme://host or scheme://host:port, as in "https://a.example" at line 1 column 47"#,
    ),
    (
        "the rules within a rule",
        r#"{"rules": [{"rules": [], "allow_origins": ["*"]}]}"#,
        "rules[0].rules: the key is unknown; known are `allow_origins`, `allow_methods`, `only_methods`, `allow_headers`, `expose_headers`, `max_age`, `allow_credentials`, `dangerously_allow_insecure_origins`, `dangerously_allow_public_suffixes`, `dangerously_allow_null_origin`, `dangerously_allow_file_origin`, `name` at line 1 column 22",
    ),
    (
        "a null",
        r#"{"allow_origins": ["*"], "max_age": null}"#,
        "max_age: expected a whole number of seconds, found null at line 1 column 40",
    ),
    ("a comma too much", r#"{"allow_origins": ["*"],}"#, "trailing comma at line 1 column 25"),
    (
        "a key with a line break",
        "{\"a\\nb\": 1, \"allow_origins\": [\"*\"]}",
        r#"["a\nb"]: the key is unknown; … at line 1 column 10"#,
    ),
    (
        "a value with an escape sequence of a terminal",
        r#"{"allow_origins": ["*"], "max_age": "\u001b[31m\u0000\u0085"}"#,
        r#"max_age: expected a whole number of seconds, found "\u{1b}[31m\0\u{85}" at line 1 column 60"#,
    ),
    (
        "an empty object",
        "{}",
        "allow_origins: no origin is allowed; give `allow_origins` at least one, or say `nobody` at line 1 column 1",
    ),
];

/// A tool shows key, message and position apart.
fn is_told_apart(error: &DocumentError) -> bool {
    let key = if error.key().is_empty() { "" } else { &format!("{}: ", error.key()) };
    let at = error.position().map(|at| format!(" at {at}")).unwrap_or_default();
    error.to_string() == format!("{key}{}{at}", error.message())
}

/// Holds what is refused to its message: name, what was read, message.
#[track_caller]
pub(super) fn refused<'a, T>(
    rows: impl IntoIterator<Item = (&'a str, Result<T, DocumentErrors>, &'a str)>,
) {
    let mut failures = Vec::new();
    for (name, read, message) in rows {
        let message = message.replace('…', KNOWN);
        match read {
            Ok(_) => failures.push(format!("{name}: is taken")),
            Err(error)
                if error.to_string() == message
                    && format!("{error:?}") == message
                    && error.iter().all(is_told_apart) => {}
            Err(error) => {
                failures.push(format!("{name}:\n  said     {error}\n  expected {message}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn an_error_is_told_with_its_key_and_position() {
    refused(ERRORS.iter().map(|(name, json, said)| (*name, Policy::from_json(json), *said)));
}

/// Every key, and the headers that show that it is read.
pub(crate) const EVERY_KEY: &str = r#"{
    "allow_origins": ["http://a.example", "https://*.github.io", "http://localhost:*"],
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
        Some(DocumentError::Policy { error, .. }) => error.clone(),
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

/// Nobody is said on purpose, and by itself.
#[test]
fn nobody_is_a_word_of_documents() {
    let read = Policy::from_json(r#"{"nobody": true}"#).unwrap();
    assert_eq!(read, Policy::nobody());
    assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"nobody":true}"#);
    refused([
        (
            "not nobody",
            Policy::from_json(r#"{"nobody": false}"#),
            "nobody: expected `true`, found false at line 1 column 16",
        ),
        (
            "nobody and somebody",
            Policy::from_json(r#"{"nobody": true, "allow_origins": ["*"]}"#),
            "allow_origins: no other key stands beside `nobody`; remove one of them at line 1 column 35",
        ),
    ]);
}

/// The name of a policy is read, stands before nothing that has a key, and is written back.
#[test]
fn a_policy_may_have_a_name() {
    let document = r#"{"name":"partners","allow_origins":["https://a.example"]}"#;
    let policy = Policy::from_json(document).unwrap();
    assert_eq!(policy.name(), Some("partners"));
    assert_eq!(serde_json::to_string(&policy).unwrap(), document);
    let rules = r#"{"rules":[{"allow_origins":["https://a.example"]},{"name":"b","allow_origins":["https://b.example"]}]}"#;
    let policy = Policy::from_json(rules).unwrap();
    assert_eq!(policy.name(), Some("b"));
    let written = serde_json::to_string(&policy).unwrap();
    assert_eq!(Policy::from_json(&written).unwrap(), policy);
    refused([(
        "a number",
        Policy::from_json(r#"{"name": 1, "allow_origins": ["*"]}"#),
        "name: expected a string, found 1 at line 1 column 10",
    )]);
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

    // Each error has its key within the field, and what stands behind the last is of the whole field.
    let said = |json: &str| serde_json::from_str::<Config>(json).unwrap_err().to_string();
    assert_eq!(
        said(r#"{"cors": {"allow_origins": ["a.example"], "allow_methods": ["put"]}}"#),
        "allow_origins[0]: origin \"a.example\" has no scheme; write \"https://a.example\"\n\
         allow_methods[0]: method \"put\" is not PUT, methods are case-sensitive; write \"PUT\"\n\
         2 errors in this value at line 1 column 68"
    );
    assert_eq!(
        said(r#"{"cors": {"allow_origins": []}}"#),
        "allow_origins: no origin is allowed; give `allow_origins` at least one, or say `nobody` \
         at line 1 column 31"
    );
    let origins = vec![r#""a""#; 1_298].join(",");
    let many = said(&format!("{{\"cors\": {{\"allow_origins\": [{origins}]}}}}"));
    let lines: Vec<&str> = many.lines().collect();
    assert_eq!(lines.len(), 66);
    assert_eq!(lines[64], "… and 1,234 more");
    assert_eq!(lines[65], "1,298 errors in this value at line 1 column 5222");
}

/// A policy in a larger text: each error has its key from the top, and its own position.
#[test]
fn a_policy_is_read_under_a_key() {
    let json = r#"{
        "listen": 3000,
        "http": {"cors": {"allow_origins": ["https://a.example", "b.example"], "allow_methods": ["put"]}}
    }"#;
    let document = || Document::json(json).key("http");
    let said = |document: Document<'_>| document.policy().unwrap_err().to_string();
    assert_eq!(
        said(document().key("cors")),
        r#"http.cors.allow_origins[1]: origin "b.example" has no scheme; write "https://b.example" at line 3 column 76
http.cors.allow_methods[0]: method "put" is not PUT, methods are case-sensitive; write "PUT" at line 3 column 102"#
    );
    assert_eq!(
        said(document().key("cor")),
        r#"http: the key "cor" is missing at line 3 column 17"#
    );
    assert_eq!(
        said(Document::json(json).key("listen").key("cors")),
        r#"listen: expected an object with the key "cors", found 3000 at line 2 column 22"#
    );
    assert_eq!(
        said(document().key("cors").key("allow_origins").key("x")),
        r#"http.cors.allow_origins: expected an object with the key "x", found an array at line 3 column 44"#
    );
    let fixed = json.replace("b.example", "https://b.example").replace("put", "PUT");
    let policy = Document::json(&fixed).key("http").key("cors").policy().unwrap();
    let get = Request::get("/").header("origin", "https://b.example").body(()).unwrap();
    assert!(policy.decide(&get).is_allowed());
    // Without a key it is the whole text.
    assert!(Document::json(EVERY_KEY).policy().is_ok());
    let shown = format!("{:?}", document().key("cors"));
    assert_eq!(shown, r#"Document { format: Json, key: "http.cors", .. }"#);
}

#[cfg(all(feature = "toml", feature = "yaml", feature = "routes"))]
#[test]
fn routes_are_read_under_a_key_in_every_format() {
    let toml = "[a.b.routes.'/x']\nallow_origins = ['x.example']\n";
    let yaml = "a:\n  b:\n    routes:\n      /x:\n        allow_origins: [x.example]\n";
    let json = r#"{"a": {"b": {"routes": {"/x": {"allow_origins": ["x.example"]}}}}}"#;
    let message = r#"a.b.routes["/x"].allow_origins[0]: origin "x.example" has no scheme; write "https://x.example" at line "#;
    for (text, read, at) in [
        (toml, Document::toml as fn(_) -> Document<'static>, "2 column 18"),
        (yaml, Document::yaml, "5 column 25"),
        (json, Document::json, "1 column 60"),
    ] {
        let said = read(text).key("a").key("b").routes().unwrap_err().to_string();
        assert_eq!(said, format!("{message}{at}"));
    }
    let routes =
        Document::yaml(&yaml.replace("[x.example]", "['*']")).key("a").key("b").routes().unwrap();
    assert!(routes.find("/x").is_some());
}
