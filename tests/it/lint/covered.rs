//! An entry that is said to be covered can be removed, and no origin is decided otherwise.

use http::Request;
use tower_cors::Policy;
use tower_cors::review::Lint;

const ENTRIES: [&str; 26] = [
    "https://a.example",
    "https://a.example:8443",
    "https://b.a.example",
    "https://c.b.a.example",
    "https://pr-1.a.example",
    "https://pr-1.a.example:8443",
    "https://a.example:*",
    "https://b.a.example:*",
    "https://*.a.example",
    "https://*.a.example:8443",
    "https://*.a.example:*",
    "https://*.b.a.example",
    "https://*.b.a.example:8443",
    "https://*.b.a.example:*",
    "https://*.example",
    "https://pr-*.a.example",
    "https://pr-*.a.example:*",
    "https://pr-*-x.a.example",
    "http://a.example",
    "http://*.a.example:*",
    "app://a",
    "app://b.a:1",
    "app://*.a",
    "app://x-*",
    "app://*",
    "moz-extension://*",
];

/// Each entry with several texts in the place of its `*`, and several ports.
fn origins() -> Vec<String> {
    let texts = ["a", "b", "c.b", "pr-1", "1-x", "pr-1-x", "x-1"];
    let filled = ENTRIES.iter().flat_map(|entry| {
        let (entry, ports) = match entry.strip_suffix(":*") {
            Some(entry) => (entry, vec!["", ":8443", ":1"]),
            None => (*entry, vec![""]),
        };
        let hosts = texts.iter().map(move |text| entry.replace('*', text));
        hosts.flat_map(move |host| {
            ports.clone().into_iter().map(move |port| format!("{host}{port}"))
        })
    });
    let mut origins: Vec<String> = filled.collect();
    origins.sort();
    origins.dedup();
    origins
}

/// Which of the origins the policy for these entries allows.
fn allowed(entries: &[&str], origins: &[String]) -> Vec<bool> {
    let policy = Policy::builder()
        .allow_origins(entries)
        .dangerously_allow_public_suffixes(true)
        .build()
        .unwrap();
    let allows = |origin: &String| {
        let request = Request::get("/").header("origin", origin).body(()).unwrap();
        policy.decide(&request).is_allowed()
    };
    origins.iter().map(allows).collect()
}

#[test]
fn what_is_covered_can_be_removed_and_what_is_exact_is_found() {
    let origins = origins();
    let alone: Vec<Vec<bool>> = ENTRIES.iter().map(|entry| allowed(&[entry], &origins)).collect();
    let (mut covered, mut others) = (0, 0);
    for (wide, allowed_by_wide) in ENTRIES.iter().zip(&alone) {
        for (narrow, allowed_by_narrow) in ENTRIES.iter().zip(&alone) {
            if wide == narrow {
                continue;
            }
            let builder = Policy::builder().allow_origins([wide, narrow]);
            let builder = builder.dangerously_allow_public_suffixes(true);
            let findings = builder.build().unwrap().lint();
            let mut found = findings.iter().filter(|finding| finding.lint() == Lint::Covered);
            let is_found = found.any(|finding| finding.value() == Some(narrow));
            let mut pairs = allowed_by_narrow.iter().zip(allowed_by_wide);
            let is_covered = pairs.all(|(narrow, wide)| !narrow || *wide);
            // Two patterns with a `*` within a label are not compared.
            let is_told = ![narrow, wide].iter().all(|entry| entry.contains("-*"));
            assert!(is_found == is_covered || !is_told && !is_found, "{narrow} beside {wide}");
            if is_found { covered += 1 } else { others += 1 }
        }
    }
    assert!(covered > 40 && others > 600, "{covered} {others}");
}
