//! What linting costs does not grow with the square of the number of origins.

use allocation_counter::measure;
use tower_cors::review::Findings;
use tower_cors::{Policy, PolicyBuilder};

/// The look-ups are not seen from here. But each that is not in a hash table makes a set, or a text.
fn bytes_of(policy: &Policy, findings: usize) -> u64 {
    let mut found = Findings::default();
    let measured = measure(|| found = policy.lint());
    assert_eq!(found.len(), findings);
    measured.bytes_total
}

fn policy(origins: impl Fn(usize) -> String, count: usize) -> Policy {
    Policy::builder().allow_origins((0..count).map(origins)).build().unwrap()
}

/// Twice as many cost about twice as much. A square would cost four times as much.
#[track_caller]
fn grows_with_their_number(origins: fn(usize) -> String, findings: fn(usize) -> usize) {
    let [some, twice] =
        [4_000, 8_000].map(|count| bytes_of(&policy(origins, count), findings(count)));
    assert!(twice * 10 < some * 25, "{some} and {twice} bytes");
}

#[test]
fn exact_origins_cost_by_their_number() {
    grows_with_their_number(|number| format!("https://{number}.example"), |_| 0);
}

#[test]
fn patterns_cost_by_their_number() {
    grows_with_their_number(|number| format!("https://*.{number}.example"), |_| 0);
}

#[test]
fn what_is_covered_costs_by_its_number() {
    grows_with_their_number(
        |number| match number % 2 {
            0 => format!("https://*.{number}.example"),
            _ => format!("https://a.{}.example", number - 1),
        },
        |count| count / 2,
    );
}

/// A hundred thousand origins are linted as a matter of course, and many rules of the same ones.
#[test]
fn large_policies_are_linted() {
    let large = policy(|number| format!("https://{number}.example"), 100_000);
    assert!(large.lint().is_empty());
    let rule = |number: usize| -> PolicyBuilder {
        let origins = (0..99).map(|origin| format!("https://{origin}.example"));
        Policy::builder()
            .allow_origins(origins)
            .allow_origins([format!("https://z{number}.example")])
    };
    assert!(Policy::from_rules((0..500).map(rule)).unwrap().lint().is_empty());
}
