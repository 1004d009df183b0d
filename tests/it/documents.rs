//! Policies from JSON documents, and the messages for those that are none.
//!
//! RFC 8259: <https://www.rfc-editor.org/rfc/rfc8259>

mod errors;

use http::Request;
use tower_cors::{Document, DocumentError, DocumentErrors, Policy, PolicyError};

/// What is said of a key that is unknown.
const KNOWN: &str = "known are `rules`, `allow_origins`, `allow_methods`, `only_methods`, `allow_headers`, `expose_headers`, `max_age`, `allow_credentials`, `dangerously_allow_insecure_origins`, `dangerously_allow_public_suffixes`, `dangerously_allow_null_origin`, `dangerously_allow_file_origin`, `name`";

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
