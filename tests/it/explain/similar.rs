//! An origin whose host differs by a letter from one that is allowed: it is told, and nobody is told to allow it.

use proptest::prelude::*;
use tower_cors::Policy;
use tower_cors::review::{Explanation, Hint};

use super::{check, read};

fn explain(policy: &Policy, origin: &str) -> Explanation {
    policy.explain(&read(&format!("GET /; origin: {origin}")))
}

/// What is listed, who asks, and what that is similar to.
const ROWS: &[(&str, &[&str], &str, Option<&str>)] = &[
    (
        "a letter too few",
        &["https://app.example.com"],
        "https://ap.example.com",
        Some("https://app.example.com"),
    ),
    (
        "a letter too many",
        &["https://app.example.com"],
        "https://appp.example.com",
        Some("https://app.example.com"),
    ),
    (
        "another letter",
        &["https://app.example.com"],
        "https://app.examp1e.com",
        Some("https://app.example.com"),
    ),
    (
        "two that are swapped",
        &["https://app.example.com"],
        "https://app.exmaple.com",
        Some("https://app.example.com"),
    ),
    (
        "a dot too few",
        &["https://app.example.com"],
        "https://appexample.com",
        Some("https://app.example.com"),
    ),
    (
        "the end of the name",
        &["https://app.example.com"],
        "https://app.example.co",
        Some("https://app.example.com"),
    ),
    (
        "a port that is listed",
        &["https://app.example.com:8443"],
        "https://app.exampl.com:8443",
        Some("https://app.example.com:8443"),
    ),
    ("any port", &["http://localhost:*"], "http://locahost:3000", Some("http://localhost:3000")),
    (
        "a name under a domain",
        &["https://*.example.com"],
        "https://a.b.exmaple.com",
        Some("https://a.b.example.com"),
    ),
    (
        "a label with a star",
        &["https://pr-*.example.com"],
        "https://pr-7.exmple.com",
        Some("https://pr-7.example.com"),
    ),
    (
        "any port of names under a domain",
        &["https://*.example.com:*"],
        "https://a.exampel.com:1",
        Some("https://a.example.com:1"),
    ),
    ("an app", &["capacitor://localhost"], "capacitor://locahost", Some("capacitor://localhost")),
    (
        "one of several",
        &["https://b.example", "https://app.example.com"],
        "https://ap.example.com",
        Some("https://app.example.com"),
    ),
    (
        "nearer than the domain above",
        &["https://app.example.com", "https://example.com"],
        "https://ap.example.com",
        Some("https://app.example.com"),
    ),
    ("two letters", &["https://app.example.com"], "https://pp.exampl.com", None),
    (
        "two that are swapped with one between",
        &["https://app.example.com"],
        "https://app.exapmle.org",
        None,
    ),
    ("another scheme, too", &["https://app.example.com"], "http://ap.example.com", None),
    ("another port, too", &["https://app.example.com"], "https://ap.example.com:8443", None),
    (
        "another letter of a short label",
        &["https://app.example.com"],
        "https://api.example.com",
        None,
    ),
    ("a short label", &["https://de.example.com"], "https://uk.example.com", None),
    ("a shorter label", &["https://a.example.com"], "https://b.example.com", None),
    (
        "a letter too few in a short label behind another",
        &["https://app.de.example"],
        "https://app.d.example",
        None,
    ),
    (
        "a letter too few in a longer label behind another",
        &["https://app.cdn.example"],
        "https://app.cd.example",
        Some("https://app.cdn.example"),
    ),
    (
        "another letter of a short label behind another",
        &["https://app.cdn.example"],
        "https://app.cdm.example",
        None,
    ),
    (
        "another letter of a longer label behind another",
        &["https://app.shop.example"],
        "https://app.shap.example",
        Some("https://app.shop.example"),
    ),
    (
        "the first letter of a longer label behind another",
        &["https://app.shop.example"],
        "https://app.chop.example",
        Some("https://app.shop.example"),
    ),
    (
        "a label in the place of the star",
        &["https://pr-*.example.com"],
        "https://rp-7.example.com",
        None,
    ),
    ("the domain of a pattern", &["https://*.example.com"], "https://exmaple.com", None),
];

#[test]
fn what_is_similar_is_told() {
    let mut failures = Vec::new();
    for (name, listed, origin, expected) in ROWS {
        // Without the list of suffixes a pattern within a label needs the call.
        let builder = Policy::builder().allow_origins(*listed);
        let policy = builder.dangerously_allow_public_suffixes(true).build().unwrap();
        let explanation = explain(&policy, origin);
        let similar = match explanation.hint() {
            Some(Hint::SimilarHost { allowed, .. }) => Some(allowed.as_str()),
            _ => None,
        };
        if similar != *expected {
            failures.push(format!("{name}: {similar:?}"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Which of the two is wrong, nobody knows but the reader; and a stranger is never to be added.
#[test]
fn nobody_is_told_to_allow_a_look_alike() {
    let policy = Policy::builder().allow_origins(["https://app.example.com"]).build().unwrap();
    check(
        &policy,
        &read("GET /items; origin: https://app.examp1e.com"),
        r#"
CORS request denied: the origin is not allowed
  asked: GET "/items" from "https://app.examp1e.com"
  at fault: "https://app.examp1e.com"
  similar: "https://app.example.com" is allowed, and the origin that asks differs by a letter; find out which of the two is wrong, since a look-alike may be a stranger's
  next: the request runs, and the page may not read the response"#,
    );
}

#[test]
fn of_many_origins_none_is_searched() {
    let many = |count: usize| {
        let others = (0..count).map(|number| format!("https://a{number}.example"));
        Policy::builder()
            .allow_origins(others)
            .allow_origins(["https://app.example.com"])
            .build()
            .unwrap()
    };
    let is_told = |count| explain(&many(count), "https://ap.example.com").hint().is_some();
    assert_eq!([999, 1_000].map(is_told), [true, false]);
}

/// Whether one edit makes one text of the other: by making all of them.
fn is_one_edit(one: &str, other: &str) -> bool {
    let without = |text: &str, at: usize| [&text[..at], &text[at + 1..]].concat();
    let swapped = |at: usize| {
        let mut bytes = one.as_bytes().to_vec();
        bytes.swap(at, at + 1);
        bytes == other.as_bytes()
    };
    let replaced = |at: usize| without(one, at) == without(other, at);
    one != other
        && ((0..one.len()).any(|at| without(one, at) == other)
            || (0..other.len()).any(|at| without(other, at) == one)
            || one.len() == other.len()
                && ((0..one.len()).any(replaced) || (0..one.len() - 1).any(swapped)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_similar_is_allowed_and_one_edit_away(
        listed in prop::collection::vec("[ab]{4,5}\\.[ab]{4}\\.example|\\*\\.[ab]{4}\\.example", 1..3),
        asked in "([ab]{2,6}\\.){1,3}example",
    ) {
        let listed: Vec<_> = listed.iter().map(|host| format!("https://{host}")).collect();
        let asked = format!("https://{asked}");
        let policy = Policy::builder().allow_origins(&listed).build().unwrap();
        match explain(&policy, &asked).hint() {
            Some(Hint::SimilarHost { allowed, .. }) => {
                prop_assert!(explain(&policy, allowed).decision().is_allowed(), "{}", allowed);
                prop_assert!(is_one_edit(&asked, allowed), "{} {}", asked, allowed);
            }
            // Of what is exact none is missed: all labels here are long enough.
            None if !explain(&policy, &asked).decision().is_allowed() => {
                prop_assert!(!listed.iter().any(|it| is_one_edit(&asked, it)), "{} {:?}", asked, listed);
            }
            _ => {}
        }
    }
}
