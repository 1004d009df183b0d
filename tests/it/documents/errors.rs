//! What is said of documents that are none, word for word.

use tower_cors::Policy;

use super::refused;

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
allow_headers[0]: request-header name "x a" is not a token; write one name per item, as in "x-api-key" at line 5 column 35
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
allow_headers[0]: request-header name "x a" is not a token; write one name per item, as in "x-api-key" at line 5 column 35"#,
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
        "a method among the only ones",
        r#"{"allow_origins": ["*"], "only_methods": ["PUT", "get"]}"#,
        r#"only_methods[1]: method "get" is not GET, methods are case-sensitive; write "GET" at line 1 column 54"#,
    ),
    (
        "an error of a value, and behind it one of the whole list",
        r#"{"allow_origins": ["*", "b.example"], "allow_credentials": true}"#,
        r#"allow_origins[1]: origin "b.example" has no scheme; write "https://b.example" at line 1 column 35
allow_origins[0]: `allow_credentials` cannot be combined with any origin; list the origins at line 1 column 22"#,
    ),
    (
        "a key that is too long to stand without quotes",
        "{\"allow_origins\": [\"*\"], \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": 1, \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\": 1}",
        r#"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: the key is unknown; … at line 1 column 93
["bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]: the key is unknown; … at line 1 column 164"#,
    ),
    (
        "an empty object",
        "{}",
        "allow_origins: no origin is allowed; give `allow_origins` at least one, or say `nobody` at line 1 column 1",
    ),
];

#[test]
fn an_error_is_told_with_its_key_and_position() {
    refused(ERRORS.iter().map(|(name, json, said)| (*name, Policy::from_json(json), *said)));
}
