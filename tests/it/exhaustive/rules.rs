//! The same of policies of two rules: a page reads what the first rule lets it that allows it to send.

use std::convert::Infallible;

use http::Request;
use tower::{Layer, service_fn};
use tower_cors::browser::{Body, Credentials};
use tower_cors::{CorsLayer, Policy};

use super::{Asked, Meant, sent, shown};

#[tokio::test]
async fn of_two_rules_the_first_that_allows_a_page_lets_it_read() {
    let inner = service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(sent()) });
    let (every_meant, every_asked) = (Meant::every(), Asked::every());
    let (mut built, mut refused, mut readable, mut blocked) = (0, 0, 0, 0);
    let mut failures = Vec::new();
    // Steps that are prime to the length of each list, so that every kind meets every other.
    for (row, &first) in every_meant.iter().enumerate().step_by(7) {
        for (column, &second) in every_meant.iter().enumerate().skip(row % 11).step_by(11) {
            let rules = [first, second];
            let Ok(policy) = Policy::from_rules(rules.map(Meant::builder)) else {
                refused += 1;
                continue;
            };
            built += 1;
            let service = CorsLayer::new(policy).layer(inner);
            for &asked in every_asked.iter().skip((row + column) % 97).step_by(97) {
                let rule = rules.into_iter().find(|rule| rule.matches(asked));
                let sees = rule.filter(|rule| {
                    rule.credentials || !matches!(asked.credentials, Credentials::Include)
                });
                let expected = sees.map(Meant::shows);
                *(if expected.is_some() { &mut readable } else { &mut blocked }) += 1;
                let shown = shown(service.clone(), asked).await;
                if shown.clone().ok() != expected {
                    failures
                        .push(format!("{rules:#?}\n  {asked:?}\n  {shown:?}, not {expected:?}"));
                }
            }
        }
    }
    failures.truncate(3);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(built > 1_000 && refused > 100, "{built} built, {refused} refused");
    assert!(readable > 1_000 && blocked > 1_000, "{readable} readable, {blocked} blocked");
}
