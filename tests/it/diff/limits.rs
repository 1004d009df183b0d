//! What would take too long is not compared, and what is near to it is.

use std::time::Duration;

use tower_cors::review::{Aspect, Diff};
use tower_cors::{Policy, PolicyBuilder};

use super::{app, counted};

fn is_compared(diff: &Diff) -> bool {
    diff.iter().all(|change| change.aspect() != Aspect::TooMany)
}

fn policy(rules: impl Iterator<Item = PolicyBuilder>) -> Policy {
    Policy::from_rules(rules).unwrap()
}

/// Patterns that stand for one host each have its ports from all of the others.
#[test]
fn ports_of_many_patterns_are_not_multiplied_without_end() {
    let every_port: Vec<String> =
        (1..=100).map(|port| format!("https://*.example:{port}")).collect();
    for pattern in ["https://N.example:*", "https://*.N.example:*", "https://pr-*.N.example:*"] {
        let policy = |count: usize| {
            let patterns = (0..count).map(|n| pattern.replace('N', &format!("n{n}")));
            Policy::builder().allow_origins(patterns).allow_origins(&every_port).build().unwrap()
        };
        assert!(is_compared(&policy(100).diff(&policy(101))), "{pattern}");
        assert!(!is_compared(&policy(600).diff(&policy(601))), "{pattern}");
    }
}

/// Each is held to all with the same start, though few of them meet.
#[test]
fn many_patterns_with_one_start_are_not_compared() {
    let policy = |count: usize| {
        let patterns = (0..count).map(|n| format!("https://pr-*-{n:04}.c.example"));
        Policy::builder().allow_origins(patterns).build().unwrap()
    };
    assert!(is_compared(&policy(100).diff(&policy(101))));
    assert!(!is_compared(&policy(3_000).diff(&policy(3_001))));
}

/// Each rule is compared with those before it, for each method.
#[test]
fn many_rules_for_one_origin_are_not_compared_for_many_methods() {
    let methods: Vec<String> = (0..8).map(|n| format!("M{n}")).collect();
    let rules = |count: usize, methods: &[String]| {
        policy(std::iter::repeat_n(app().allow_methods(methods), count))
    };
    let (all, some) = (&methods[..], &methods[1..]);
    assert!(is_compared(&rules(100, all).diff(&rules(100, some))));
    assert!(!is_compared(&rules(990, all).diff(&rules(990, some))));
}

/// Each name is looked up in each rule of the other policy.
#[test]
fn many_names_are_not_looked_up_in_many_rules() {
    let get = || app().only_methods(["GET"]);
    let named = |rule: usize, names: usize| {
        get().allow_headers((0..names).map(|n| format!("x-{rule}-{n}")))
    };
    let one = |names: usize| policy([named(0, names)].into_iter());
    assert!(is_compared(&one(5_000).diff(&one(5_001))));

    let any = policy([get().allow_headers(["*"])].into_iter());
    let rules = |count: usize| policy((0..count).map(|rule| named(rule, 47)));
    assert!(is_compared(&rules(60).diff(&any)));
    assert!(!is_compared(&rules(600).diff(&any)));
}

/// Whatever two rules say differently may be said where none of those before them answers.
#[test]
fn many_rules_that_all_differ_are_not_compared() {
    let rules = |count: u64, each: usize, age: u64| {
        let rule = move |rule: u64| {
            app()
                .allow_headers((0..each).map(|n| format!("x-{rule}-{n}")))
                .max_age(Duration::from_secs(age + rule))
        };
        policy((0..count).map(rule))
    };
    assert!(is_compared(&rules(40, 1, 0).diff(&rules(40, 1, 100))));
    assert!(!is_compared(&rules(50, 2, 0).diff(&rules(50, 2, 100))));
}

/// Patterns within a label that all meet, more than anybody waits for, are not compared; and this is said.
#[test]
fn what_takes_too_long_is_not_compared() {
    let origins = (0..600)
        .map(|n| format!("https://{}*.a.example", "a".repeat(n % 40) + &"b".repeat(n / 40)));
    let ends = (1..600)
        .map(|n| format!("https://*{}{}.a.example", "b".repeat(n / 30), "a".repeat(n % 30)));
    let origins: Vec<String> = origins.chain(ends).filter(|it| !it.contains("/*.")).collect();
    let policy = |extra: &str| {
        Policy::builder().allow_origins(&origins).allow_origins([extra]).build().unwrap()
    };
    let (old, new) = (policy("https://x.example"), policy("https://y.example"));
    let (cost, diff) = counted(|| old.diff(&new));
    assert!(cost < 100_000, "{cost}");
    let change = diff.iter().next().unwrap();
    assert_eq!((change.aspect(), change.witness().is_none()), (Aspect::TooMany, true));
    assert!(change.covers(&http::Request::get("/").header("origin", "null").body(()).unwrap()));
}
