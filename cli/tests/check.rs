//! `check` tells every mistake and lint, with file, line, column and what to write.

use serde_json::json;

use crate::program::Files;

const LINTS: &str = "\
allow_origins = [
    \"https://app.example\",
    \"http://localhost\",
]
allow_methods = [\"GET\"]
";

const MISTAKES: &str = "\
allow_origins:
  - https://app.example/
  - 7
allow_method: [PUT]
";

const CLEAN: &str = r#"{ "allow_origins": ["https://app.example"] }"#;

fn files() -> Files {
    Files::new(&[("lints.toml", LINTS), ("mistakes.yaml", MISTAKES), ("clean.json", CLEAN)])
}

#[test]
fn a_clean_document_has_status_0() {
    files().run(&["check", "clean.json"]).is(0, "", "1 file: nothing to tell\n");
}

#[test]
fn a_lint_has_status_1_and_its_place_and_its_fix() {
    files().run(&["check", "lints.toml"]).is(
        1,
        "lints.toml:3:5: warning: allow_origins[1]: origin \"http://localhost\" is for port 80 alone; \
         write \"http://localhost:*\", or the port [loopback-without-port]\n\
         lints.toml:5:18: note: allow_methods[0]: method \"GET\" needs no permission; remove it \
         [method-safelisted]\n",
        "1 file: 2 findings\n",
    );
}

#[test]
fn a_mistake_has_status_2_and_all_are_told_of_all_files() {
    files().run(&["check", "mistakes.yaml", "clean.json", "lints.toml", "missing.json"]).is(
        2,
        "mistakes.yaml:3:5: error: allow_origins[1]: expected a string, found 7\n\
         mistakes.yaml:4:15: error: allow_method: the key is unknown; write `allow_methods`\n\
         mistakes.yaml:2:5: error: allow_origins[0]: origin \"https://app.example/\" has a path; \
         write \"https://app.example\"\n\
         lints.toml:3:5: warning: allow_origins[1]: origin \"http://localhost\" is for port 80 alone; \
         write \"http://localhost:*\", or the port [loopback-without-port]\n\
         lints.toml:5:18: note: allow_methods[0]: method \"GET\" needs no permission; remove it \
         [method-safelisted]\n\
         missing.json: error: No such file or directory (os error 2)\n",
        "4 files: 4 mistakes, 2 findings\n",
    );
}

#[test]
fn a_lint_is_allowed_or_denied_by_its_id() {
    let files = files();
    let both = ["--allow", "method-safelisted", "--allow", "loopback-without-port"];
    let allowed = files.run(&[&["check", "lints.toml"][..], &both].concat());
    allowed.is(0, "", "1 file: nothing to tell\n");
    let denied = files.run(&["check", "lints.toml", "--deny", "method-safelisted"]);
    assert_eq!(denied.status, 2);
    assert!(denied.text.contains("lints.toml:5:18: error: allow_methods[0]"), "{}", denied.text);
    assert!(denied.text.contains("lints.toml:3:5: warning: "), "{}", denied.text);
    let both =
        files.run(&[&["check", "lints.toml", "--deny", "method-safelisted"][..], &both].concat());
    assert_eq!(both.text.lines().count(), 1);
    assert_eq!(both.status, 2);
}

#[test]
fn an_unknown_lint_is_told_with_the_nearest() {
    let ran = files().run(&["check", "lints.toml", "--allow", "loopback-without-ports"]);
    assert_eq!(ran.status, 2);
    assert!(ran.notes.contains("write \"loopback-without-port\""), "{}", ran.notes);
}

#[test]
fn programs_read_it_as_json() {
    let files = files();
    assert_eq!(
        files.run(&["check", "--format", "json", "mistakes.yaml", "lints.toml"]).json(2),
        json!({
            "findings": [
                {
                    "file": "mistakes.yaml", "line": 3, "column": 5, "level": "error", "lint": null,
                    "key": "allow_origins[1]", "message": "expected a string, found 7",
                },
                {
                    "file": "mistakes.yaml", "line": 4, "column": 15, "level": "error", "lint": null,
                    "key": "allow_method", "message": "the key is unknown; write `allow_methods`",
                },
                {
                    "file": "mistakes.yaml", "line": 2, "column": 5, "level": "error", "lint": null,
                    "key": "allow_origins[0]",
                    "message": "origin \"https://app.example/\" has a path; write \"https://app.example\"",
                },
                {
                    "file": "lints.toml", "line": 3, "column": 5, "level": "warning",
                    "lint": "loopback-without-port", "key": "allow_origins[1]",
                    "message": "origin \"http://localhost\" is for port 80 alone; write \"http://localhost:*\", or the port",
                },
                {
                    "file": "lints.toml", "line": 5, "column": 18, "level": "note",
                    "lint": "method-safelisted", "key": "allow_methods[0]",
                    "message": "method \"GET\" needs no permission; remove it",
                },
            ],
            "untold": 0,
        })
    );
    let clean = files.run(&["check", "--format", "json", "clean.json"]);
    assert_eq!(clean.json(0), json!({ "findings": [], "untold": 0 }));
    assert_eq!(clean.notes, "");
}

#[test]
fn a_pull_request_is_annotated() {
    let files = Files::new(&[("a,b:100%.toml", LINTS), ("m.yaml", MISTAKES)]);
    files.run(&["check", "--format", "github", "a,b:100%.toml", "m.yaml"]).is(
        2,
        "::warning file=a%2Cb%3A100%25.toml,line=3,col=5,title=tower-cors loopback-without-port::\
         allow_origins[1]: origin \"http://localhost\" is for port 80 alone; \
         write \"http://localhost:*\", or the port\n\
         ::notice file=a%2Cb%3A100%25.toml,line=5,col=18,title=tower-cors method-safelisted::\
         allow_methods[0]: method \"GET\" needs no permission; remove it\n\
         ::error file=m.yaml,line=3,col=5,title=tower-cors check::\
         allow_origins[1]: expected a string, found 7\n\
         ::error file=m.yaml,line=4,col=15,title=tower-cors check::\
         allow_method: the key is unknown; write `allow_methods`\n\
         ::error file=m.yaml,line=2,col=5,title=tower-cors check::\
         allow_origins[0]: origin \"https://app.example/\" has a path; write \"https://app.example\"\n",
        "",
    );
}

/// Name, text, arguments, and the one finding.
const FORMATS: &[(&str, &str, &[&str], &str)] = &[
    (
        "JSON",
        r#"{"allow_origins": ["https://a.example."]}"#,
        &[],
        "<stdin>:1:39: warning: allow_origins[0]",
    ),
    (
        "TOML",
        "allow_origins = ['https://a.example.']",
        &[],
        "<stdin>:1:18: warning: allow_origins[0]",
    ),
    (
        "TOML with a table",
        "# cors\n[[rules]]\nallow_origins = ['https://a.example.']",
        &[],
        "<stdin>:3:18: warning: rules[0].allow_origins[0]",
    ),
    (
        "YAML",
        "allow_origins: ['https://a.example.']",
        &[],
        "<stdin>:1:17: warning: allow_origins[0]",
    ),
    (
        "YAML by its name alone",
        "{allow_origins: ['https://a.example.']}",
        &["--as", "yaml"],
        "<stdin>:1:18: warning: allow_origins[0]",
    ),
    (
        "routes",
        "routes: {/a: {allow_origins: ['https://a.example.']}}",
        &[],
        "<stdin>:1:31: warning: routes[\"/a\"].allow_origins[0]",
    ),
    (
        "a part of the configuration of a program",
        "http: {cors: {allow_origins: ['https://a.example.']}, port: 80}",
        &["--key", "http.cors"],
        "<stdin>:1:31: warning: http.cors.allow_origins[0]",
    ),
    (
        "S3",
        r#"{"CORSRules": [{"AllowedOrigins": ["https://a.example."], "AllowedMethods": ["GET"], "MaxAgeSeconds": 600}]}"#,
        &["--as", "s3"],
        "<stdin>: warning: allow_origins",
    ),
    (
        "Gateway API",
        "allowOrigins: ['https://a.example.']\nmaxAge: 600",
        &["--as", "gateway"],
        "<stdin>: warning: allow_origins",
    ),
];

#[test]
fn every_format_is_read_from_standard_input() {
    let files = Files::new(&[]);
    for (name, text, arguments, said) in FORMATS {
        let ran = files.run_with(&[&["check", "-"], *arguments].concat(), text);
        let expected = format!(
            "{said}: origin \"https://a.example.\" is another origin than \"https://a.example\"; write that [trailing-dot]\n"
        );
        assert_eq!((ran.status, ran.text), (1, expected), "{name}: {}", ran.notes);
    }
}

#[test]
fn what_of_another_system_is_lost_is_a_finding() {
    let s3 = r#"[{"AllowedOrigins": ["https://a.example", "a*b"], "AllowedMethods": ["GET"]}]"#;
    let ran = Files::new(&[("s3.json", s3)]).run(&["check", "--as", "s3", "s3.json"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.text.starts_with("s3.json: warning: [0].AllowedOrigins[1]: left out"),
        "{}",
        ran.text
    );
}

#[test]
fn a_file_that_is_no_text_is_told_by_its_name() {
    let files = Files::new(&[]);
    std::fs::write(files.path("latin.toml"), b"# caf\xe9\n").unwrap();
    files.run(&["check", "latin.toml"]).is(
        2,
        "latin.toml: error: byte 5 is not UTF-8; write the file in UTF-8\n",
        "1 file: 1 mistake\n",
    );
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_for_programs_too() {
    let files = files();
    let ran = files.run(&["check", "--format", "json", "missing.json", "clean.json"]);
    assert_eq!(
        ran.json(2)["findings"],
        json!([{
            "file": "missing.json", "line": null, "column": null, "level": "error", "lint": null,
            "key": "", "message": "No such file or directory (os error 2)",
        }])
    );
    files.run(&["check", "--format", "github", "missing.json", "clean.json"]).is(
        2,
        "::error file=missing.json,title=tower-cors check::No such file or directory (os error 2)\n",
        "",
    );
}

/// The bound of a document; HAR files have their own.
#[cfg(unix)]
#[test]
fn what_never_ends_is_not_read_to_its_end() {
    let files = files();
    let endless = || std::fs::File::open("/dev/zero").unwrap();
    let said = "error: there are more than 4 MiB; give less\n";
    files.run(&["check", "/dev/zero"]).is(2, &format!("/dev/zero: {said}"), "1 file: 1 mistake\n");
    let ran = files.command(&["check", "-"]).stdin(endless()).output().unwrap();
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), format!("<stdin>: {said}"));
    for (pasted, most) in [("--curl", 4), ("--har", 256)] {
        let explain = ["explain", "clean.json", pasted];
        let ran = files.command(&explain).stdin(endless()).output().unwrap();
        assert_eq!(
            String::from_utf8(ran.stderr).unwrap(),
            format!("error: <stdin>: there are more than {most} MiB; give less\n")
        );
    }
}

#[test]
fn standard_input_is_one_document() {
    files().run_with(&["check", "-", "-"], CLEAN).is(
        2,
        "",
        "error: standard input can be read once; give the other documents as files\n",
    );
}

/// Otherwise it begins a line of its own, which an editor takes for a finding.
#[cfg(unix)]
#[test]
fn a_line_end_in_the_name_of_a_file_is_escaped() {
    let name = "a\nb.toml:1:1: error: c.toml";
    let files = Files::new(&[(name, "allow_origins = []")]);
    for run in
        [files.run(&["check", name, "a\r\nmissing"]), files.run(&["convert", name, "--to", "json"])]
    {
        assert_eq!(run.status, 2);
        for line in
            run.text.lines().chain(run.notes.lines()).filter(|it| *it != "2 files: 2 mistakes")
        {
            let line = line.strip_prefix("error: ").unwrap_or(line);
            assert!(
                line.starts_with("a\\nb.toml:1:1: ") || line.starts_with("a\\r\\nmissing: "),
                "{line}"
            );
        }
    }
}
