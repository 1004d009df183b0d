//! The same documents in JSON, TOML and YAML: the same policies, and the same errors at the same keys.
//!
//! TOML: <https://toml.io/en/v1.0.0>, YAML: <https://yaml.org/spec/1.2.2/>

use tower_cors::{DocumentErrors, Policy, Route, Routes};

use super::documents::{EVERY_KEY, refused};

type Read<T> = fn(&str) -> Result<T, DocumentErrors>;

fn written(policy: &Policy) -> String {
    serde_json::to_string(policy).unwrap()
}

#[test]
fn one_rule_in_every_format() {
    let json = EVERY_KEY;
    let toml = r#"
        allow_origins = ["http://a.example", "https://*.github.io", "http://localhost:*"]
        allow_credentials = true
        allow_methods = ["PUT"]
        allow_headers = ["x-a"]
        expose_headers = ["x-b"]
        max_age = 600
        dangerously_allow_insecure_origins = true
        dangerously_allow_public_suffixes = true
        dangerously_allow_null_origin = false
    "#;
    let yaml = r#"
allow_origins: [http://a.example, "https://*.github.io", "http://localhost:*"]
allow_credentials: true
allow_methods: [PUT]
allow_headers:
  - x-a
expose_headers:
  - x-b
max_age: 600 # ten minutes
dangerously_allow_insecure_origins: true
dangerously_allow_public_suffixes: true
dangerously_allow_null_origin: false
"#;
    let of_json = written(&Policy::from_json(json).unwrap());
    assert_eq!(written(&Policy::from_toml(toml).unwrap()), of_json);
    assert_eq!(written(&Policy::from_yaml(yaml).unwrap()), of_json);
    // A byte-order mark is none of the text.
    for (read, text) in
        [(Policy::from_json as Read<_>, json), (Policy::from_toml, toml), (Policy::from_yaml, yaml)]
    {
        assert_eq!(written(&read(&format!("\u{feff}{text}")).unwrap()), of_json);
    }
}

#[test]
fn routes_and_rules_in_every_format() {
    let json = r#"{
        "routes": {
            "/public/{*rest}": {"allow_origins": ["*"]},
            "/items": {"rules": [
                {"allow_origins": ["https://a.example"], "allow_methods": ["PUT"]},
                {"allow_origins": ["*"], "only_methods": ["GET"]}
            ]},
            "/internal/{*rest}": false,
            "/webhooks/{*rest}": "left alone"
        },
        "fallback": {"allow_origins": ["https://a.example"]}
    }"#;
    let toml = r#"
        [routes]
        "/internal/{*rest}" = false
        "/webhooks/{*rest}" = "left alone"

        [routes."/public/{*rest}"]
        allow_origins = ["*"]

        [[routes."/items".rules]]
        allow_origins = ["https://a.example"]
        allow_methods = ["PUT"]

        [[routes."/items".rules]]
        allow_origins = ["*"]
        only_methods = ["GET"]

        [fallback]
        allow_origins = ["https://a.example"]
    "#;
    let yaml = r#"
routes:
  /public/{*rest}:
    allow_origins: ["*"]
  /items:
    rules:
      - allow_origins: [https://a.example]
        allow_methods: [PUT]
      - allow_origins: ["*"]
        only_methods: [GET]
  /internal/{*rest}:
  /webhooks/{*rest}: left alone
fallback:
  allow_origins: [https://a.example]
"#;
    let of_json = Routes::from_json(json).unwrap();
    let written = |routes: &Routes| serde_json::to_string(routes).unwrap();
    assert_eq!(written(&Routes::from_toml(toml).unwrap()), written(&of_json));
    assert_eq!(written(&Routes::from_yaml(yaml).unwrap()), written(&of_json));
    let has = |path| of_json.find(path).unwrap();
    assert_eq!(has("/internal/keys"), &Route::NoCors);
    assert_eq!(has("/webhooks/payment"), &Route::LeftAlone);
    assert!(has("/public/a").policy().is_some());
    // Equal tables, in whatever order they are written.
    assert_eq!(Routes::from_toml(toml).unwrap(), of_json);
    assert_eq!(Routes::from_yaml(yaml).unwrap(), of_json);

    // What is written in one format is read back from it.
    assert_eq!(written(&Routes::from_toml(&written_toml(&of_json)).unwrap()), written(&of_json));
}

/// The document as inline TOML, which is JSON but for its colons.
fn written_toml(routes: &Routes) -> String {
    let json = serde_json::to_value(routes).unwrap();
    let entries = json.as_object().unwrap().iter();
    let lines: Vec<_> = entries.map(|(key, of)| format!("{key} = {}", inline(of))).collect();
    lines.join("\n")
}

fn inline(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(entries) => {
            let entries = entries.iter().map(|(key, of)| format!("{key:?} = {}", inline(of)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Name, reader, text, message.
const ERRORS: &[(&str, Read<Policy>, &str, &str)] = &[
    (
        "TOML: errors with their lines",
        Policy::from_toml,
        "allow_origins = [\n  'https://a.example/',\n]\nalow = 1\nmax_age = 1.5\n",
        r#"max_age: expected a whole number of seconds, found 1.5 at line 5 column 11
alow: the key is unknown; … at line 4 column 8
allow_origins[0]: origin "https://a.example/" has a path; write "https://a.example" at line 2 column 3"#,
    ),
    (
        "TOML: in a rule",
        Policy::from_toml,
        "[[rules]]\nallow_origins = ['*']\n[[rules]]\nallow_origins = ['é', 'b.example']\nallow_credentials = 'yes'\n",
        r#"rules[1].allow_credentials: expected a boolean, found "yes" at line 5 column 21
rules[1].allow_origins[0]: origin "é" is not ASCII; write its ASCII (Punycode) form, as in "https://xn--bcher-kva.example" at line 4 column 18
rules[1].allow_origins[1]: origin "b.example" has no scheme; write "https://b.example" at line 4 column 24"#,
    ),
    (
        "TOML: a key twice",
        Policy::from_toml,
        "max_age = 1\nmax_age = 2\n",
        "duplicate key at line 2 column 1",
    ),
    (
        "TOML: none",
        Policy::from_toml,
        "{",
        "invalid key-value pair, expected key at line 1 column 1",
    ),
    (
        "TOML: a date",
        Policy::from_toml,
        "allow_origins = ['*']\nmax_age = 1979-05-27\n",
        "max_age: expected a whole number of seconds, found an object at line 2 column 11",
    ),
    (
        "YAML: errors with their lines",
        Policy::from_yaml,
        "allow_origins:\n  - https://a.example/\n  - 7\nalow: 1\nmax_age: '5'\n",
        r#"allow_origins[1]: expected a string, found 7 at line 3 column 5
max_age: expected a whole number of seconds, found "5" at line 5 column 1
alow: the key is unknown; … at line 4 column 1
allow_origins[0]: origin "https://a.example/" has a path; write "https://a.example" at line 2 column 5"#,
    ),
    (
        "YAML: in a rule",
        Policy::from_yaml,
        "rules:\n  - allow_origins: ['*']\n  - allow_origins: [b.example]\n    allow_credentials: yes\n",
        r#"rules[1].allow_credentials: expected a boolean, found "yes" at line 4 column 5
rules[1].allow_origins[0]: origin "b.example" has no scheme; write "https://b.example" at line 3 column 21"#,
    ),
    (
        "YAML: a key twice",
        Policy::from_yaml,
        "max_age: 1\nmax_age: 2\n",
        "duplicate mapping key: max_age not allowed here at line 2 column 1",
    ),
    (
        "YAML: unfinished",
        Policy::from_yaml,
        "allow_origins: [",
        "unclosed bracket '[' at line 1 column 16",
    ),
    (
        "YAML: an asterisk without quotes",
        Policy::from_yaml,
        "allow_origins:\n  - *\n",
        r#"* without quotes is an alias in YAML; write "*" with its quotes at line 2 column 5"#,
    ),
    (
        "YAML: an asterisk without quotes, in brackets and behind letters of two bytes",
        Policy::from_yaml,
        "# é\nallow_headers: ['*', *] # é\n",
        r#"* without quotes is an alias in YAML; write "*" with its quotes at line 2 column 22"#,
    ),
    (
        "YAML: a pattern without quotes and without a scheme",
        Policy::from_yaml,
        "allow_origins: [https://a.example, *.a.example]\n",
        r#"*.a.example without quotes is an alias in YAML; write "https://*.a.example" with its quotes at line 1 column 36"#,
    ),
    (
        "YAML: an alias that nothing is named",
        Policy::from_yaml,
        "allow_origins:\n  - *ours\n",
        "reference to unknown value at line 2 column 5",
    ),
    (
        "YAML: two documents",
        Policy::from_yaml,
        "allow_origins: ['*']\n---\nmax_age: 1\n",
        "only single YAML document expected but multiple found at line 3 column 1",
    ),
    (
        "YAML: a merge key",
        Policy::from_yaml,
        "<<: {max_age: 1}\nallow_origins: ['*']\n",
        "merge key not allowed here at line 1 column 1",
    ),
    (
        "YAML: nothing",
        Policy::from_yaml,
        "",
        "expected an object with the keys of a policy, found null at line 1 column 1",
    ),
];

#[test]
fn an_error_is_told_with_its_key_and_position() {
    refused(ERRORS.iter().map(|(name, read, text, said)| (*name, read(text), *said)));
}

#[test]
fn yaml_words_are_strings_and_aliases_are_read() {
    let yaml = "allow_origins: ['*']\nallow_headers: &names [no, on, y]\nexpose_headers: *names\n";
    let policy = Policy::from_yaml(yaml).unwrap();
    assert_eq!(
        written(&policy),
        r#"{"allow_origins":["*"],"allow_headers":["no","on","y"],"expose_headers":["no","on","y"]}"#
    );
}

/// Name, document, message.
const ROUTE_ERRORS: &[(&str, &str, &str)] = &[
    (
        "errors in several routes, and of the routes",
        r#"{
            "routes": {
                "/a": {"allow_origins": ["a.example"]},
                "b": false,
                "/c": {"rules": [{"allow_origins": ["*"]}, {"max_age": "1"}]},
                "/x/{id}": null,
                "/x/{name}": null
            },
            "fallback": {"allow_origins": []}
        }"#,
        r#"routes["/c"].rules[1].max_age: expected a whole number of seconds, found "1" at line 5 column 74
routes["/a"].allow_origins[0]: origin "a.example" has no scheme; write "https://a.example" at line 3 column 52
routes["/c"].rules[1].allow_origins: no origin is allowed; give `allow_origins` at least one, or say `nobody` at line 5 column 75
fallback.allow_origins: no origin is allowed; give `allow_origins` at least one, or say `nobody` at line 9 column 43
routes.b: route "b" has no leading slash; write "/b" at line 4 column 26
routes["/x/{name}"]: route "/x/{name}" matches the same paths as "/x/{id}"; remove one of them at line 7 column 33"#,
    ),
    (
        "a route twice",
        r#"{"routes": {"/a": false, "/a": null}}"#,
        r#"routes["/a"]: the key stands there twice at line 1 column 35"#,
    ),
    (
        "a route that is neither a policy nor none",
        r#"{"routes": {"/a": true, "/b": [], "/c": "leave alone"}, "fallback": "*"}"#,
        r#"routes["/a"]: expected a policy, false or "left alone", found true at line 1 column 22
routes["/b"]: expected a policy, false or "left alone", found an array at line 1 column 31
routes["/c"]: expected a policy, false or "left alone", found "leave alone" at line 1 column 53
fallback: expected a policy, false or "left alone", found "*" at line 1 column 71"#,
    ),
    (
        "an unknown key, and routes that are no object",
        r#"{"routes": [], "fall_back": {"allow_origins": ["*"]}}"#,
        "fall_back: the key is unknown; write `fallback` at line 1 column 29\n\
         routes: expected an object with paths as keys, found an array at line 1 column 12",
    ),
    (
        "a route that is no policy, and an error in the next",
        r#"{"routes": {"/a": 7, "/b": {"allow_origins": ["b.example"]}, "c": []}}"#,
        r#"routes["/a"]: expected a policy, false or "left alone", found 7 at line 1 column 19
routes.c: expected a policy, false or "left alone", found an array at line 1 column 67
routes["/b"].allow_origins[0]: origin "b.example" has no scheme; write "https://b.example" at line 1 column 57
routes.c: route "c" has no leading slash; write "/c" at line 1 column 67"#,
    ),
    (
        "routes that are no object, and an error in the fallback",
        r#"{"routes": 5, "fallback": {"allow_origins": ["b.example"]}}"#,
        r#"routes: expected an object with paths as keys, found 5 at line 1 column 12
fallback.allow_origins[0]: origin "b.example" has no scheme; write "https://b.example" at line 1 column 56"#,
    ),
    (
        "a fallback that is no policy, and errors in the routes",
        r#"{"routes": {"/a": {"rules": ["*", {"allow_origins": ["a.example"]}]}}, "fallback": 5}"#,
        r#"routes["/a"].rules[0]: expected an object with the keys of a rule, found "*" at line 1 column 32
fallback: expected a policy, false or "left alone", found 5 at line 1 column 84
routes["/a"].rules[1].allow_origins[0]: origin "a.example" has no scheme; write "https://a.example" at line 1 column 64"#,
    ),
    (
        "a policy by itself",
        r#"{"rules": [{"allow_origins": ["a.example"]}]}"#,
        r#"rules[0].allow_origins[0]: origin "a.example" has no scheme; write "https://a.example" at line 1 column 41"#,
    ),
];

#[test]
fn an_error_in_routes_is_told_with_its_key_and_position() {
    refused(ROUTE_ERRORS.iter().map(|(name, json, said)| (*name, Routes::from_json(json), *said)));
}

#[test]
fn a_policy_by_itself_is_the_fallback() {
    let routes = Routes::from_json(r#"{"allow_origins": ["https://a.example"]}"#).unwrap();
    assert!(routes.find("/any/path").unwrap().policy().is_some());
    // And routes are a field of a configuration.
    let json = r#"{"cors": {"routes": {"/a": {"allow_origins": ["a.example"]}}}}"#;
    let error =
        serde_json::from_str::<std::collections::HashMap<String, Routes>>(json).unwrap_err();
    let message = r#"routes["/a"].allow_origins[0]: origin "a.example" has no scheme; write "https://a.example""#;
    assert!(error.to_string().starts_with(message), "{error}");
}
