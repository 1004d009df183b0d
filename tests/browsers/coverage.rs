//! The scenarios are many-sided: every pair of values occurs that may, and every end.

use std::collections::{BTreeMap, BTreeSet};

use crate::agreement::COUNT;
use crate::generate::{Digits, points, scenarios};
use crate::meaning::meant;
use crate::observed::Outcome;
use crate::page::Ports;
use crate::scenario::Scenario;

/// Two digits: of each the position, and the value.
type Pair = [(usize, usize); 2];

#[test]
fn every_pair_of_values_occurs_that_may() {
    let telling = points().filter(|point| Digits::of(*point).scenario().is_telling());
    let occurring: BTreeSet<Pair> =
        telling.take(COUNT).flat_map(|point| pairs(&read(point))).collect();
    // Any digits at all, telling or not.
    let all: BTreeSet<Pair> = points().take(COUNT).flat_map(|point| pairs(&read(point))).collect();
    let missing: Vec<_> = all.difference(&occurring).filter(|pair| may_occur(**pair)).collect();
    assert!(missing.is_empty(), "{} of {} pairs: {missing:?}", missing.len(), all.len());
}

fn read(point: u64) -> Vec<usize> {
    let mut digits = Digits::of(point);
    digits.scenario();
    digits.read
}

fn pairs(digits: &[usize]) -> Vec<Pair> {
    let all: Vec<_> = digits.iter().copied().enumerate().collect();
    let following = |(at, first)| all[at + 1..].iter().map(move |second| [first, *second]);
    all.iter().copied().enumerate().flat_map(following).collect()
}

fn may_occur(pair: Pair) -> bool {
    points().take(2_000).any(|point| {
        let mut digits = Digits::of(point);
        digits.set = BTreeMap::from(pair);
        digits.scenario().is_telling()
    })
}

#[test]
fn every_end_occurs_often() {
    let mut counts = BTreeMap::new();
    for scenario in scenarios(COUNT) {
        *counts.entry(end(&scenario)).or_insert(0) += 1;
    }
    let at_least = [
        ("basic", 200),
        ("cors", 600),
        ("opaque", 100),
        ("AllowOriginMismatch", 20),
        ("InvalidAllowCredentials", 20),
        ("MissingAllowOriginHeader", 100),
        ("PreflightInvalidAllowCredentials", 50),
        ("HeaderDisallowedByPreflightResponse", 200),
        ("MethodDisallowedByPreflightResponse", 200),
        ("PreflightMissingAllowOriginHeader", 500),
        ("PreflightWildcardOriginNotAllowed", 20),
        ("WildcardOriginNotAllowed", 10),
    ];
    assert_eq!(counts.len(), at_least.len(), "{counts:?}");
    for (end, least) in at_least {
        let count = counts.get(end).copied().unwrap_or_default();
        assert!(count >= least, "{count} of {COUNT} end with {end}; expected at least {least}");
    }
}

/// The type of the response, or the reason that there is none.
fn end(scenario: &Scenario) -> String {
    let ports = Ports { page: 1, other_page: 2, api: 3 };
    match meant(scenario, ports).results.swap_remove(0) {
        Outcome::Response { kind, .. } => kind,
        Outcome::NetworkError(reason) => reason.split(' ').next().unwrap_or_default().to_owned(),
    }
}
