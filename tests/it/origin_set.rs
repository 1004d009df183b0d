//! The compiled set of origins against a naive search through the patterns, and the parser of
//! origins against the oracle's. <https://fetch.spec.whatwg.org/#origin-header>

mod near;
mod neighbours;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{HeaderValue, Request};
use proptest::prelude::*;
use tower_cors::{Denial, Origin, OriginFault, Policy, PolicyError};
use url::Url;

use self::near::{origin, pattern};
use crate::oracle::origin::{matches, parse};

/// A simple request with this origin.
fn request(origin: &[u8]) -> Request<()> {
    let mut request = Request::new(());
    request.headers_mut().insert("origin", HeaderValue::from_bytes(origin).unwrap());
    request
}

/// What differs between the policy of these patterns and the naive search, if anything does.
fn compare(policy: &Policy, patterns: &[String], origin: &[u8]) -> Result<(), String> {
    if is_in_doubt(origin) {
        return Ok(());
    }
    let decision = policy.decide(&request(origin));
    let expected = patterns.iter().any(|pattern| matches(pattern, origin));
    let named = decision.headers().get("access-control-allow-origin").cloned();
    let shown = format!("{} and {:?}", origin.escape_ascii(), &patterns[..patterns.len().min(9)]);
    if decision.is_allowed() != expected {
        return Err(format!("{shown}: expected {expected}"));
    }
    if !expected && decision.denial() != Some(Denial::OriginNotAllowed) {
        return Err(format!("{shown}: denied by {:?}", decision.denial()));
    }
    // A policy of one origin names it to all.
    let is_dynamic = decision.headers().contains_key("vary");
    if is_dynamic && named.as_ref().map(HeaderValue::as_bytes) != expected.then_some(origin) {
        return Err(format!("{shown}: named {named:?}"));
    }
    Ok(())
}

/// Whether a label begins with `xn--`, and browsers do not take it: not all of them can be told without
/// the tables that browsers have. See the tests of [`domains`](crate::domains).
fn is_in_doubt(origin: &[u8]) -> bool {
    let text = std::str::from_utf8(origin).unwrap_or_default();
    text.contains("xn--") && Url::parse(text).is_err()
}

/// Up to 40 patterns, and origins near them.
fn sets() -> impl Strategy<Value = (Vec<String>, Vec<Vec<u8>>)> {
    prop::collection::vec(pattern(), 0..=40).prop_flat_map(|patterns| {
        let origins = prop::collection::vec(origin(&patterns), 40);
        (Just(patterns), origins)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_set_is_the_sum_of_its_patterns(
        (patterns, origins) in sets(),
        has_predicate in any::<bool>(),
    ) {
        // Without the list of suffixes, a `*` within a label needs the call.
        let mut builder =
            Policy::builder().allow_origins(&patterns).dangerously_allow_public_suffixes(true);
        if has_predicate || patterns.is_empty() {
            builder = builder.allow_origins_if(|_, _, _| false);
        }
        let policy = builder.build().map_err(|errors| TestCaseError::fail(errors.to_string()))?;
        for origin in &origins {
            compare(&policy, &patterns, origin).map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn a_parsed_origin_is_the_oracles(origins in prop::collection::vec(origin(&[]), 40)) {
        for origin in &origins {
            agree(origin).map_err(TestCaseError::fail)?;
        }
    }
}

/// What differs between `Origin::parse`, what a predicate is asked about, and the oracle.
fn agree(origin: &[u8]) -> Result<(), String> {
    if is_in_doubt(origin) {
        return Ok(());
    }
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let policy = Policy::builder()
        .allow_origins_if(move |_, _, _| counter.fetch_add(1, Ordering::Relaxed) < 9)
        .build()
        .unwrap();
    let decision = policy.decide(&request(origin));
    let expected = parse(origin).map(|it| (it.scheme, it.host, it.port.map(str::to_owned)));
    let text = std::str::from_utf8(origin).ok();
    let parsed = text.and_then(|text| Origin::parse(text).ok());
    let actual = parsed.map(|it| (it.scheme(), it.host(), it.port().map(|port| port.to_string())));
    let count = asked.load(Ordering::Relaxed);
    let is_same = actual == expected
        && decision.is_allowed() == expected.is_some()
        && count == usize::from(expected.is_some())
        && parsed.is_none_or(|it| Some(it.as_str()) == text);
    let shown = origin.escape_ascii();
    if is_same {
        Ok(())
    } else {
        Err(format!("{shown}: {expected:?}, not {actual:?}; asked {count} times"))
    }
}

#[test]
fn the_fifth_pattern_is_as_good_as_the_fourth() {
    let mut failures = Vec::new();
    for (before, after) in [
        ("https://*.", ""),
        ("https://*.", ":*"),
        ("https://", ":*"),
        ("https://", ""),
        ("https://a-*.", ""),
        ("https://*-b.", ":*"),
        ("https://a-*-b.", ":8443"),
        ("app://*.", ""),
    ] {
        for count in [1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 40] {
            let patterns: Vec<String> =
                (0..count).map(|at| format!("{before}a{at}.example{after}")).collect();
            let policy = Policy::builder()
                .allow_origins(&patterns)
                .dangerously_allow_public_suffixes(true)
                .build()
                .unwrap();
            for pattern in &patterns {
                let near = pattern.replace(":*", ":8443");
                for origin in [near.replace('*', "x"), near.replace('*', ""), near + "x"] {
                    failures.extend(compare(&policy, &patterns, origin.as_bytes()).err());
                }
            }
        }
    }
    let first = failures.first();
    assert!(failures.is_empty(), "{} failures, the first: {first:?}", failures.len());
}

/// A `*` stands for no empty label, and one behind it takes nothing away from what another pattern stands for.
#[test]
fn a_pattern_does_not_hide_a_longer_one() {
    let patterns = ["app://*.a", "app://*.b..a"].map(str::to_owned);
    let policy = Policy::builder().allow_origins(&patterns).build().unwrap();
    for (origin, is_allowed) in [
        ("app://x.a", true),
        ("app://x.b..a", true),
        ("app://b..a", false),
        ("app://.a", false),
        ("app://.b..a", false),
    ] {
        assert_eq!(policy.decide(&request(origin.as_bytes())).is_allowed(), is_allowed, "{origin}");
        compare(&policy, &patterns, origin.as_bytes()).unwrap();
    }
}

/// With the longest port, every origin that a pattern stands for is short enough to be read.
#[test]
fn any_port_counts_as_the_longest() {
    let build = |length: usize, port: &str| {
        let host = "a".repeat(length);
        Policy::builder().allow_origins([format!("app://{host}{port}")]).build()
    };
    assert!(build(314, ":65535").is_ok());
    assert!(build(314, ":*").is_ok());
    let errors = build(315, ":*").unwrap_err();
    let error = errors.iter().next();
    assert!(matches!(error, Some(PolicyError::Origin { fault: OriginFault::TooLong, .. })));
    assert!(build(315, ":1").is_ok());
}

#[test]
fn a_pattern_stands_for_its_own_and_not_for_their_neighbours() {
    let rows = neighbours::rows();
    let all: Vec<String> = rows.iter().map(|row| row.0.clone()).collect();
    let builder = || Policy::builder().dangerously_allow_public_suffixes(true);
    let together = builder().allow_origins(&all).build().unwrap();
    let mut failures = Vec::new();
    for (pattern, own, others) in &rows {
        let one = [pattern.clone()];
        let policy = builder().allow_origins(&one).build().unwrap();
        for (origin, expected) in
            own.iter().map(|it| (it, true)).chain(others.iter().map(|it| (it, false)))
        {
            if policy.decide(&request(origin.as_bytes())).is_allowed() != expected {
                failures.push(format!("{pattern} and {origin}: expected {expected}"));
            }
            failures.extend(compare(&policy, &one, origin.as_bytes()).err());
            failures.extend(compare(&together, &all, origin.as_bytes()).err());
            failures.extend(agree(origin.as_bytes()).err());
        }
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}
