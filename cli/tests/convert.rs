//! `convert` writes a document in another format, and says what is lost; `schema` prints what editors check it with.

use serde_json::Value;

use crate::program::Files;

const JSON: &str = r#"{
  "allow_origins": [
    "https://app.example",
    "https://*.b.example"
  ],
  "allow_credentials": true,
  "allow_methods": [
    "PUT"
  ],
  "max_age": 600
}
"#;

const TOML: &str = r#"allow_origins = [
    "https://app.example",
    "https://*.b.example",
]
allow_credentials = true
allow_methods = ["PUT"]
max_age = 600
"#;

const YAML: &str = "\
allow_origins:
- https://app.example
- https://*.b.example
allow_credentials: true
allow_methods:
- PUT
max_age: 600
";

#[test]
fn each_format_becomes_each() {
    let files = Files::new(&[]);
    for (from, text) in [("json", JSON), ("toml", TOML), ("yaml", YAML)] {
        for (to, expected) in [("json", JSON), ("toml", TOML), ("yaml", YAML)] {
            let ran = files.run_with(&["convert", "--from", from, "--to", to], text);
            assert_eq!((ran.status, &*ran.text, &*ran.notes), (0, expected, ""), "{from} to {to}");
        }
    }
}

/// Whatever is written is read as the same.
#[test]
fn routes_are_kept() {
    let routes = r#"
        fallback = false
        [routes."/items/{id}"]
        allow_origins = ["https://app.example"]
        max_age = 600
        [routes."/webhooks"]
        allow_origins = ["*"]
    "#;
    let files = Files::new(&[("routes.toml", routes)]);
    for to in ["json", "toml", "yaml"] {
        let ran = files.run(&["convert", "routes.toml", "--to", to]);
        assert_eq!(ran.status, 0, "{}", ran.notes);
        let same = files.run_with(&["diff", "routes.toml", "-"], &ran.text);
        same.is(0, "no differences\n", "");
        assert!(ran.text.contains("/items/{id}"), "{}", ran.text);
    }
}

#[test]
fn what_is_lost_of_another_system_is_told_on_standard_error() {
    let s3 = r#"[{"AllowedOrigins": ["https://a.example", "a*b"], "AllowedMethods": ["GET"], "MaxAgeSeconds": 600}]"#;
    let files = Files::new(&[("s3.json", s3)]);
    let ran = files.run(&["convert", "s3.json", "--from", "s3", "--to", "toml"]);
    assert_eq!(ran.status, 1);
    let toml = "allow_origins = [\"https://a.example\"]\nonly_methods = [\"GET\"]\nmax_age = 600\n";
    assert_eq!(ran.text, toml);
    assert!(
        ran.notes.starts_with("s3.json: warning: [0].AllowedOrigins[1]: left out, because "),
        "{}",
        ran.notes
    );

    let gateway = "allowOrigins: ['https://a.example']\nallowMethods: [PUT]\nmaxAge: 600\n";
    let ran = files.run_with(&["convert", "--from", "gateway", "--to", "json"], gateway);
    assert_eq!(ran.status, 0, "{}", ran.notes);
    let written: Value = serde_json::from_str(&ran.text).unwrap();
    assert_eq!(written["allow_origins"][0], "https://a.example");
}

#[test]
fn a_part_is_taken_out_of_a_larger_document() {
    let text = "[http.cors]\nallow_origins = ['https://a.example']";
    let ran = Files::new(&[]).run_with(&["convert", "--to", "yaml", "--key", "http.cors"], text);
    ran.is(0, "allow_origins:\n- https://a.example\n", "");
}

#[test]
fn a_document_with_mistakes_is_not_converted() {
    let ran = Files::new(&[]).run_with(&["convert", "--to", "yaml"], "{\"allow_origins\": []}");
    ran.is(
        2,
        "",
        "error: <stdin>:1:19: allow_origins: no origin is allowed; give `allow_origins` at least one, or say `nobody`\n",
    );
}

#[test]
fn the_schemas_are_those_of_the_library() {
    for (arguments, file) in [
        (&["schema"][..], include_str!("../../schema/routes.json")),
        (&["schema", "routes"], include_str!("../../schema/routes.json")),
        (&["schema", "policy"], include_str!("../../schema/policy.json")),
    ] {
        let ran = Files::new(&[]).run(arguments);
        let expected: Value = serde_json::from_str(file).unwrap();
        assert_eq!(ran.json(0), expected);
    }
}

/// What each system has to say of the policy, and what is lost there.
#[test]
fn policies_and_routes_are_written_for_other_systems() {
    let routes = "routes: {/items: {allow_origins: ['https://app.example'], max_age: 600}}";
    let files = Files::new(&[("policy.toml", TOML), ("routes.yaml", routes)]);
    for (to, says) in [
        ("envoy", "exact: \"https://app.example\""),
        ("envoy-json", "\"exact\":"),
        ("envoy-report-only", "shadow_enabled:"),
        ("gateway", "kind: \"HTTPRoute\""),
        ("nginx", "map "),
        ("nginx-server", "add_header"),
    ] {
        for document in ["policy.toml", "routes.yaml"] {
            let ran = files.run(&["convert", document, "--to", to]);
            assert!(ran.status < 2, "{to}: {}", ran.notes);
            assert!(ran.text.contains(says), "{to}: {}", ran.text);
            assert_eq!(ran.status == 1, ran.notes.contains("warning: "), "{to}: {}", ran.notes);
        }
    }
    let s3 = files.run(&["convert", "policy.toml", "--to", "s3"]);
    assert_eq!(s3.status, 1);
    assert!(s3.notes.contains("policy.toml: warning: allow_credentials"), "{}", s3.notes);
    assert!(s3.text.contains("\"AllowedOrigins\""), "{}", s3.text);
    let back = files.run_with(&["convert", "--from", "s3", "--to", "json"], &s3.text);
    assert!(back.status < 2, "{}", back.notes);
}

/// What is unwise is no loss: `check` tells it, of the documents of other systems, too.
#[test]
fn a_max_age_that_browsers_cut_is_told_by_check_alone() {
    let gateway = "allowOrigins: ['https://a.example']\nmaxAge: 86400\n";
    let files = Files::new(&[]);
    let ran = files.run_with(&["convert", "--from", "gateway", "--to", "json"], gateway);
    assert_eq!((ran.status, &*ran.notes), (0, ""));
    let checked = files.run_with(&["check", "--as", "gateway", "-"], gateway);
    assert_eq!(checked.status, 1);
    assert!(checked.text.contains("[max-age-too-long]"), "{}", checked.text);
}

/// A pipeline that knows what it loses goes on, and still sees it.
#[test]
fn a_loss_that_is_accepted_is_told_and_is_no_failure() {
    let files = Files::new(&[("policy.toml", TOML)]);
    let convert = ["convert", "policy.toml", "--to", "s3"];
    let ran = files.run(&convert);
    let accepted = files.run(&[&convert[..], &["--fail-on", "never"]].concat());
    assert_eq!((ran.status, accepted.status), (1, 0));
    assert!(ran.notes.contains("warning: allow_credentials"), "{}", ran.notes);
    assert_eq!((ran.text, ran.notes), (accepted.text, accepted.notes));
    let broken = files.run_with(&["convert", "--to", "s3", "--fail-on", "never"], "{}");
    assert_eq!(broken.status, 2);
}

const WHOLE: &str = "\
fallback = false
[routes.'/items']
allow_origins = ['https://app.example']
allow_methods = ['PUT']
max_age = 600
";

/// In YAML, as it is written, and in JSON.
fn http_routes() -> [String; 2] {
    let files = Files::new(&[("routes.toml", WHOLE)]);
    let yaml = files.run(&["convert", "routes.toml", "--to", "gateway"]).text;
    let filter = r#"{"type": "CORS", "cors": {"allowOrigins": ["https://app.example"], "allowMethods": ["GET", "HEAD", "POST", "PUT"], "maxAge": 600}}"#;
    let json = format!(
        r#"{{"kind": "HTTPRoute", "spec": {{"rules": [{{"matches": [{{"path": {{"type": "Exact", "value": "/items"}}}}], "filters": [{filter}]}}]}}}}"#
    );
    [yaml, json]
}

#[test]
fn a_whole_http_route_is_read_as_a_table() {
    let files = Files::new(&[("routes.toml", WHOLE)]);
    for text in http_routes() {
        let checked = files.run_with(&["check", "--as", "gateway", "-"], &text);
        assert!(checked.status < 2, "{}{}", checked.text, checked.notes);
        for (path, status) in [("/items", 0), ("/other", 1)] {
            let arguments = ["explain", "-", "--as", "gateway", "--path", path];
            let page = ["--from", "https://app.example", "-X", "PUT"];
            let ran = files.run_with(&[&arguments[..], &page].concat(), &text);
            assert_eq!(ran.status, status, "{path}: {}{}", ran.text, ran.notes);
        }
        let toml = files.run_with(&["convert", "--from", "gateway", "--to", "toml"], &text);
        assert!(toml.status < 2, "{}", toml.notes);
        assert!(toml.text.contains("/items"), "{}", toml.text);
    }
    let service = "kind: Service\nspec:\n  rules: []\n";
    let ran = files.run_with(&["check", "--as", "gateway", "-"], service);
    assert_eq!(ran.status, 2);
    assert!(ran.text.contains("kind: expected \"HTTPRoute\", found \"Service\""), "{}", ran.text);
}

/// More rules than one resource may have: a list of resources, in YAML and in JSON.
#[test]
fn a_list_of_http_routes_is_read_as_a_table() {
    let route = |at: usize| {
        format!("[routes.'/{at}']\nallow_origins = ['https://a{at}.example']\nmax_age = 600\n")
    };
    let toml: String = (0..40).map(route).collect();
    let files = Files::new(&[("routes.toml", &toml)]);
    let yaml = files.run(&["convert", "routes.toml", "--to", "gateway"]).text;
    let json: Value = serde_saphyr::from_str(&yaml).unwrap();
    for text in [yaml, json.to_string()] {
        let ran = files.run_with(&["convert", "--from", "gateway", "--to", "toml"], &text);
        assert_eq!((ran.status, &*ran.notes), (0, ""));
        let same = files.run_with(&["diff", "routes.toml", "-"], &ran.text);
        same.is(0, "no differences\n", "");
    }
}

/// A file of several resources, as people keep them.
#[test]
fn http_routes_with_lines_between_them_are_read_as_a_table() {
    let route = |path: &str| {
        format!(
            "# {path}\nkind: HTTPRoute\nspec:\n  rules:\n  - matches: [{{path: {{type: Exact, value: {path}}}}}]\n    \
             filters: [{{type: CORS, cors: {{allowOrigins: ['https://a.example'], maxAge: 600}}}}]\n"
        )
    };
    let yaml = format!("---\n{}---\n{}", route("/a"), route("/b"));
    let files = Files::new(&[("routes.yaml", &yaml)]);
    let ran = files.run(&["convert", "routes.yaml", "--from", "gateway", "--to", "toml"]);
    assert_eq!((ran.status, &*ran.notes), (0, ""));
    assert!(ran.text.contains("/a") && ran.text.contains("/b"), "{}", ran.text);

    let service = format!("{yaml}---\nkind: Service\nspec: {{}}\n");
    let ran = files.run_with(&["check", "--as", "gateway", "-"], &service);
    let why = "[2].kind: expected \"HTTPRoute\", found \"Service\"";
    ran.is(2, &format!("<stdin>:16:1: error: {why}\n"), "1 file: 1 mistake\n");
}

#[test]
fn a_key_is_refused_where_documents_of_other_systems_are_read() {
    for verb in [
        &["check", "-", "--as", "gateway"][..],
        &["check", "-", "--as", "s3"],
        &["explain", "-", "--as", "s3", "--from", "https://a.example"],
        &["convert", "--from", "gateway", "--to", "toml"],
    ] {
        let ran = Files::new(&[]).run_with(&[verb, &["--key", "http.cors"]].concat(), "{}");
        let why = "`--key` is for documents in JSON, TOML and YAML; give what stands under `http.cors` by itself";
        if verb[0] == "check" {
            ran.is(2, &format!("<stdin>: error: {why}\n"), "1 file: 1 mistake\n");
        } else {
            ran.is(2, "", &format!("error: <stdin>: {why}\n"));
        }
    }
}
