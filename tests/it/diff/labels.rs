//! Patterns so near one another that every label matters, held to each label there is.

use http::Request;
use proptest::prelude::*;
use proptest::sample::select;
use tower_cors::{Aspect, Policy, PolicyBuilder};

use super::random::cases;

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

const METHODS: &[&[&str]] = &[&[], &["PUT"], &["PUT", "DELETE"]];

fn rule() -> impl Strategy<Value = PolicyBuilder> {
    (proptest::collection::vec(pattern(), 1..4), select(METHODS)).prop_map(|(origins, methods)| {
        Policy::builder().allow_origins(origins).allow_methods(methods)
    })
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn no_label_is_missed(
        old in proptest::collection::vec(rule(), 1..3),
        new in proptest::collection::vec(rule(), 1..3),
    ) {
        let [old, new] = [old, new].map(|rules| Policy::from_rules(rules).unwrap());
        let diff = old.diff(&new);
        prop_assert!(diff.iter().all(|change| change.aspect() != Aspect::TooMany));
        for label in every_label(5) {
            for (port, method) in [("", "GET"), (":81", "PUT"), (":83", "DELETE"), ("", "DELETE")] {
                let request = Request::options("/")
                    .header("origin", format!("https://{label}.c.example{port}"))
                    .header("access-control-request-method", method)
                    .body(())
                    .unwrap();
                let [before, after] = [&old, &new].map(|it| it.decide(&request).is_allowed());
                let is_covered = || diff.iter().any(|change| change.covers(&request));
                prop_assert!(before == after || is_covered(), "{:?}\n{}", request, diff);
            }
        }
        for witness in diff.iter().flat_map(|change| change.witnesses()) {
            let [before, after] = [&old, &new].map(|policy| policy.decide(&witness).is_allowed());
            prop_assert_ne!(before, after, "{:?}\n{}", witness, diff);
        }
    }
}
