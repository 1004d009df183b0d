//! Every two policies of a small world, in both directions.

use tower_cors::review::{Change, Direction};
use tower_cors::{Policy, PolicyBuilder};

use super::random::Outcome;

fn policies() -> Vec<Policy> {
    let origins: [&[&str]; 5] = [
        &["*"],
        &["https://a.example"],
        &["https://*.a.example"],
        &["https://x.a.example", "https://a.example:*"],
        &["https://x*.a.example:*", "https://*y.a.example"],
    ];
    let settings: [fn(PolicyBuilder) -> PolicyBuilder; 5] = [
        |builder| builder,
        |builder| builder.allow_methods(["PUT"]).allow_headers(["x-a"]),
        |builder| builder.only_methods(["GET", "PUT"]).allow_headers(["x-*"]),
        |builder| builder.allow_methods(["*"]).allow_headers(["*"]).expose_headers(["x-e"]),
        |builder| builder.allow_headers(["authorization", "x-b"]).expose_headers(["x-e", "x-f"]),
    ];
    let mut rules = Vec::new();
    for origins in origins {
        for (number, setting) in settings.iter().enumerate() {
            let builder = setting(Policy::builder().allow_origins(origins));
            rules.push(builder.allow_credentials(number % 2 == 0 && origins != ["*"]));
        }
    }
    let mut policies: Vec<Policy> = rules.iter().map(|rule| rule.build().unwrap()).collect();
    policies.push(Policy::nobody());
    for (number, one) in rules.iter().enumerate() {
        let others = rules.iter().skip(number % 3).step_by(3);
        policies
            .extend(others.filter_map(|two| Policy::from_rules([one.clone(), two.clone()]).ok()));
    }
    policies
}

/// A change, but for its direction.
fn turned(change: &Change, is_turned: bool) -> String {
    let direction = match (change.direction(), is_turned) {
        (Direction::Added, true) => Direction::Removed,
        (Direction::Removed, true) => Direction::Added,
        (direction, _) => direction,
    };
    let ages = change.max_age().map(|(old, new)| if is_turned { (new, old) } else { (old, new) });
    let lists = [
        change.origins().collect::<Vec<_>>(),
        change.values().collect(),
        change.methods().collect(),
    ];
    format!("{:?} {direction:?} {lists:?} {ages:?}", change.aspect())
}

#[test]
fn every_two_policies_are_told_apart_alike_in_both_directions() {
    let policies = policies();
    let mut told = 0;
    for (number, one) in policies.iter().enumerate() {
        assert!(one.diff(&one.clone()).is_empty() && !one.diff(one).opens());
        for other in policies.iter().skip(number % 29).step_by(29) {
            let (there, back) = (one.diff(other), other.diff(one));
            let list = |diff: &tower_cors::review::Diff, is_turned| {
                // Of what is newly admitted, what opens something is apart.
                let mut lines: Vec<String> =
                    diff.iter().map(|change| turned(change, is_turned)).collect();
                lines.retain(|line| !line.starts_with("Origins"));
                lines.sort();
                lines
            };
            assert_eq!(list(&there, false), list(&back, true), "{there}\n{back}");
            assert_eq!(there.is_empty(), back.is_empty());
            for change in there.iter().chain(&back) {
                let witness = change.witness().unwrap();
                let outcomes = [one, other].map(|policy| Outcome::of(&policy.decide(&witness)));
                assert_ne!(outcomes[0], outcomes[1], "{change} {witness:?}");
                told += 1;
            }
        }
    }
    assert!(told > 2_000, "{told}");
}
