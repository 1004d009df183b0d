//! Patterns so near one another that every label matters, held to each label there is.

use std::time::Duration;

use http::Request;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tower_cors::review::{Aspect, Change};
use tower_cors::{Policy, PolicyBuilder};

use super::random::{Outcome, cases};

/// `ab*.c.example`, `*.c.example`, and labels without a `*`.
pub(super) fn pattern() -> impl Strategy<Value = String> {
    let text = "[ab]{0,2}";
    (text, text, select(&["*", "*", "*", "a", ""][..]), select(&["", "", ":81", ":82", ":*"][..]))
        .prop_map(|(start, end, star, port)| {
            let is_none = start.is_empty() && end.is_empty() && star.is_empty();
            let label = if is_none { "b".to_owned() } else { format!("{start}{star}{end}") };
            format!("https://{label}.c.example{port}")
        })
}

/// All of up to so many letters.
fn every_label(length: usize) -> Vec<String> {
    let mut labels = vec![String::new()];
    let mut first = 0;
    for _ in 0..length {
        let last = labels.len();
        for at in first..last {
            labels.extend(["a", "b", "c"].map(|letter| format!("{}{letter}", labels[at])));
        }
        first = last;
    }
    labels.split_off(1)
}

/// Patterns, and a max-age: which rule answers first is all that matters.
fn rule() -> impl Strategy<Value = PolicyBuilder> {
    (proptest::collection::vec(pattern(), 1..3), 1..3_u64).prop_map(|(origins, seconds)| {
        Policy::builder().allow_origins(origins).max_age(Duration::from_secs(seconds))
    })
}

/// Rules, and some of them in another order.
fn two() -> impl Strategy<Value = (Vec<PolicyBuilder>, Vec<PolicyBuilder>)> {
    let rules = proptest::collection::vec(rule(), 1..5);
    rules.prop_flat_map(|rules| {
        let some = subsequence(rules.clone(), 1..=rules.len());
        (some.prop_shuffle(), Just(rules).prop_shuffle())
    })
}

#[test]
fn what_differs_only_where_patterns_overlap_is_found() {
    let rule = |origin: &str, seconds| {
        Policy::builder().allow_origins([origin]).max_age(Duration::from_secs(seconds))
    };
    let (start, end) = ("https://ab*.c.example", "https://*bc.c.example");
    let old = Policy::from_rules([rule(end, 1), rule(start, 2)]).unwrap();
    let both = rule("https://ab*bc.c.example", 1);
    let new = Policy::from_rules([both, rule(start, 2), rule(end, 1)]).unwrap();
    assert_eq!(
        old.diff(&new).to_string(),
        "~ changes the max-age from 1 s to 2 s for https://abbc.c.example and https://abc.c.example"
    );
}

/// A pattern is told, whatever there is room for.
#[test]
fn a_pattern_with_long_parts_is_told() {
    let old = Policy::builder().allow_origins(["https://app.example"]);
    for label in ["before-*-behind".to_owned(), format!("{}*", "a".repeat(61))] {
        let pattern = format!("https://{label}.c.example");
        let new = old.clone().allow_origins([&pattern]).build().unwrap();
        let diff = old.build().unwrap().diff(&new);
        assert_eq!(diff.to_string(), format!("+ newly admits {pattern} (opening)"));
    }
}

/// A `*` stands for something: `https://an*y.c.example` does not match `any`, so that this is a name like all others.
#[test]
fn a_label_that_just_misses_a_pattern_shows_what_is_admitted() {
    let old = Policy::builder().allow_origins(["https://an*y.c.example"]);
    let new = old.clone().allow_origins(["https://*.c.example"]).build().unwrap();
    let diff = old.build().unwrap().diff(&new);
    assert_eq!(diff.to_string(), "+ newly admits https://*.c.example (opening)");
    let origin = diff.iter().next().unwrap().witness().unwrap().headers()["origin"].clone();
    assert_eq!(origin, "https://any.c.example");
}

/// Where each letter behind the start is written out, and is the start of another pattern with a number.
#[test]
fn a_label_is_found_where_the_usual_ones_are_taken() {
    let letters = || "abcdefghijklmnopqrstuvwxyz0123456789_-".chars();
    let taken = letters().flat_map(|it| [format!("a{it}"), format!("a{it}0*"), format!("a{it}n*")]);
    let taken = taken.filter(|label| !label.ends_with('-'));
    let old = Policy::builder().allow_origins(taken.map(|it| format!("https://{it}.c.example")));
    let new = old.clone().allow_origins(["https://a*.c.example"]).build().unwrap();
    let old = old.build().unwrap();
    let diff = old.diff(&new);
    assert_eq!(diff.to_string(), "+ newly admits https://a*.c.example (opening)");
    let origin = diff.iter().next().unwrap().witness().unwrap().headers()["origin"].clone();
    assert_eq!(origin, "https://aaaa.c.example");
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn no_label_is_missed((old, new) in two()) {
        let [old, new] = [old, new].map(|rules| Policy::from_rules(rules).unwrap());
        let diff = old.diff(&new);
        prop_assert!(diff.iter().all(|change| change.aspect() != Aspect::TooMany));
        for label in every_label(5) {
            for port in ["", ":81", ":83"] {
                let request = Request::options("/")
                    .header("origin", format!("https://{label}.c.example{port}"))
                    .header("access-control-request-method", "GET")
                    .body(())
                    .unwrap();
                let [before, after] = [&old, &new].map(|it| Outcome::of(&it.decide(&request)));
                let is_covered = || diff.iter().any(|change| change.covers(&request));
                prop_assert!(before == after || is_covered(), "{:?}\n{}", request, diff);
            }
        }
        for witness in diff.iter().flat_map(Change::witnesses) {
            let [before, after] = [&old, &new].map(|it| Outcome::of(&it.decide(&witness)));
            prop_assert_ne!(before, after, "{:?}\n{}", witness, diff);
        }
    }
}
