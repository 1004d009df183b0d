//! `diff` tells what opens and what closes.

use serde_json::json;

use crate::program::Files;

fn files() -> Files {
    Files::new(&[
        ("old.toml", "allow_origins = ['https://app.example', 'https://b.example']\nmax_age = 600"),
        (
            "open.yaml",
            "allow_origins: ['https://app.example', 'https://*.b.example']\nallow_methods: [PUT]\nmax_age: 600",
        ),
        ("closed.json", r#"{"allow_origins": ["https://app.example"], "max_age": 600}"#),
        ("bad.json", r#"{"allow_origins": ["app.example"]}"#),
    ])
}

#[test]
fn an_opening_has_status_1() {
    files().run(&["diff", "old.toml", "open.yaml"]).is(
        1,
        "+ newly admits https://*.b.example (opening)\n\
         - no longer admits https://b.example\n\
         + newly allows the method PUT\n",
        "",
    );
}

#[test]
fn what_counts_is_chosen() {
    let files = files();
    let status = |new, fail_on| files.run(&["diff", "old.toml", new, "--fail-on", fail_on]).status;
    assert_eq!(["opening", "any", "never"].map(|on| status("open.yaml", on)), [1, 1, 0]);
    assert_eq!(["opening", "any", "never"].map(|on| status("closed.json", on)), [0, 1, 0]);
    assert_eq!(["opening", "any", "never"].map(|on| status("old.toml", on)), [0, 0, 0]);
    assert_eq!(["opening", "any", "never"].map(|on| status("bad.json", on)), [2, 2, 2]);
}

#[test]
fn without_a_difference_it_says_so() {
    files().run(&["diff", "old.toml", "old.toml"]).is(0, "no differences\n", "");
}

#[test]
fn the_old_one_may_come_by_a_pipe() {
    let old = "allow_origins = ['https://app.example']\nmax_age = 600";
    files().run_with(&["diff", "-", "closed.json"], old).is(0, "no differences\n", "");
    files().run_with(&["diff", "-", "-"], old).is(
        2,
        "",
        "error: standard input can be read once; give one of the documents as a file\n",
    );
}

#[test]
fn a_bad_document_is_told_with_its_place() {
    files().run(&["diff", "old.toml", "bad.json"]).is(
        2,
        "",
        "error: bad.json:1:32: allow_origins[0]: origin \"app.example\" has no scheme; write \"https://app.example\"\n",
    );
}

#[test]
fn programs_read_it_as_json() {
    let ran =
        files().run(&["diff", "old.toml", "closed.json", "--format", "json", "--fail-on", "any"]);
    assert_eq!(
        ran.json(1),
        json!({
            "opens": false,
            "changes": [{
                "direction": "removed",
                "aspect": "origins",
                "is_opening": false,
                "credentials": false,
                "origins": ["https://b.example"],
                "paths": [],
                "values": [],
                "methods": [],
                "max_age": null,
                "text": "- no longer admits https://b.example",
                "witness": { "method": "GET", "path": "/", "headers": [["origin", "https://b.example"]] },
            }],
        })
    );
}
