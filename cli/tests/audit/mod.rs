//! `audit` finds what it is known that others got wrong, and nothing on this crate's own layer.

mod blind;
mod kinds;
mod own;
mod requests;
mod stopped;
mod unseen;
mod versions;

use serde_json::Value;

use crate::program::Files;

/// What is found at a URL: the ids of the findings and those of the notes, each sorted.
fn audit(url: &str, arguments: &[&str]) -> (Vec<String>, Vec<String>, Value) {
    let ran = Files::new(&[]).run(&[&["audit", url, "--format", "json"], arguments].concat());
    assert!(ran.status < 2, "{url}: {}", ran.notes);
    let report: Value = serde_json::from_str(&ran.text).unwrap();
    let found = report["findings"].as_array().unwrap();
    let ids = |is_note: bool| {
        let of = found.iter().filter(|finding| (finding["severity"] == "note") == is_note);
        let mut ids: Vec<String> = of.map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let (findings, notes) = (ids(false), ids(true));
    assert_eq!(ran.status, i32::from(!findings.is_empty()), "{}", ran.text);
    assert!(report["requests"].as_u64().unwrap() <= 100, "{}", report["requests"]);
    (findings, notes, report)
}
