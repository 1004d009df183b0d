//! Policies at random, and fetches of pages that they may be for.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tower_cors::browser::{Credentials, Fetch};
use tower_cors::{Policy, PolicyBuilder};

const ORIGINS: &[&str] = &[
    "https://a.example",
    "https://b.example:8443",
    "https://a-rather-long-name-that-is-no-key-of-a-table.example",
    "http://insecure.example",
    "capacitor://localhost",
    "app://X$y",
    "app://q\"'{}%$(x)~",
    "http://[::1]:3000",
    "http://localhost:*",
    "https://*.a.example",
    "https://*.a.example:8443",
    "https://*.b.example:*",
    "https://pr-*.a.example",
    "https://*-x.a.example:*",
    "app://*.c.example",
    "ext://*",
    "https://*.a-name-that-is-so-long.that-its-expression-has-no-room.in-envoy-by-default.example",
];

/// Pages of each of them, and of others that are nearly so.
const PAGES: &[&str] = &[
    "https://a.example",
    "https://a.example:8443",
    "http://a.example",
    "https://x.aqexample",
    "https://a-rather-long-name-that-is-no-key-of-a-tableqexample",
    "https://b.example:8443",
    "https://a-rather-long-name-that-is-no-key-of-a-table.example",
    "http://insecure.example",
    "capacitor://localhost",
    "app://X$y",
    "app://x$y",
    "app://q\"'{}%$(x)~",
    "http://[::1]:3000",
    "http://localhost",
    "http://localhost:3000",
    "http://localhost.evil.example",
    "https://x.a.example",
    "https://x.y.a.example",
    "https://xa.example",
    "https://a.example.evil.example",
    "https://x.a.example:8443",
    "https://x.b.example:1",
    "https://pr-1.a.example",
    "https://pr-1.2.a.example",
    "https://1-x.a.example:1",
    "https://-x.a.example:1",
    "app://x.c.example",
    "app://X.c.example",
    "ext://abc",
    "https://x.a-name-that-is-so-long.that-its-expression-has-no-room.in-envoy-by-default.example",
    "null",
];

const NAMES: &[&str] =
    &["*", "authorization", "X-A", "x-b", "x-$c", "x-'`|~^", "x-amz-*", "au*", "content-type"];
const ASKED: &[&str] =
    &["authorization", "x-a", "x-b", "x-$c", "x-'`|~^", "x-amz-acl", "audience", "x-other"];
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "X-$Y", "PROPFIND"];

/// A rule. What would not build is left out.
pub(super) fn rule() -> impl Strategy<Value = PolicyBuilder> {
    rule_of(ORIGINS.to_vec())
}

fn rule_of(origins: Vec<&'static str>) -> impl Strategy<Value = PolicyBuilder> {
    let exposed: &'static [&'static str] = &["*", "ETag", "x-e", "x-$f"];
    (
        (subsequence(origins, 1..=5), 0..8, any::<bool>(), 0..8, 0..8),
        (subsequence(METHODS, 1..=5), 0..3),
        subsequence(NAMES, 0..=4),
        subsequence(exposed, 0..=3),
        prop::option::of(select(&[0, 5, 600, 86_400][..])),
    )
        .prop_map(
            |((origins, open, credentials, null, file), (methods, kind), names, exposed, age)| {
                let is_open = open == 0 && !credentials;
                let exposed = exposed.into_iter().filter(|name| !credentials || *name != "*");
                let builder = Policy::builder()
                    .allow_origins(origins)
                    .allow_origins(is_open.then_some("*"))
                    .allow_credentials(credentials)
                    .allow_headers(names)
                    .expose_headers(exposed)
                    .dangerously_allow_insecure_origins(true)
                    .dangerously_allow_public_suffixes(true)
                    .dangerously_allow_null_origin(null == 0 && !credentials)
                    .dangerously_allow_file_origin(file == 0 && !credentials);
                let builder = match kind {
                    0 => builder.only_methods(methods),
                    1 => builder.allow_methods(methods),
                    _ => builder.allow_methods(["*"]),
                };
                match age {
                    Some(seconds) => builder.max_age(Duration::from_secs(seconds)),
                    None => builder,
                }
            },
        )
}

/// Rules that have no origin twice, and few that stand for the same.
fn apart() -> impl Strategy<Value = Vec<PolicyBuilder>> {
    (Just(ORIGINS.to_vec()).prop_shuffle(), 2..=3_usize).prop_flat_map(|(origins, count)| {
        let parts = origins.chunks(ORIGINS.len().div_ceil(count));
        parts.map(|part| rule_of(part.to_vec())).collect::<Vec<_>>()
    })
}

/// A fetch: the page, and what it asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) page: &'static str,
    pub(super) method: &'static str,
    pub(super) names: Vec<&'static str>,
    pub(super) credentials: bool,
    pub(super) path: &'static str,
}

impl Asked {
    pub(super) fn fetch(&self, host: &str) -> Fetch {
        let fetch = Fetch::new(self.method, format!("https://{host}{}", self.path));
        let fetch = self.names.iter().fold(fetch, |fetch, name| fetch.header(name, "1"));
        fetch.credentials(if self.credentials { Credentials::Include } else { Credentials::Omit })
    }
}

pub(super) fn asked(paths: &'static [&'static str]) -> impl Strategy<Value = Asked> {
    let names = prop_oneof![Just(Vec::new()), subsequence(ASKED, 0..=2)];
    (select(PAGES), select(METHODS), names, any::<bool>(), select(paths)).prop_map(
        |(page, method, names, credentials, path)| Asked { page, method, names, credentials, path },
    )
}

/// So many values, the same every time.
pub(super) fn some<S: Strategy>(
    strategy: &S,
    runner: &mut TestRunner,
    count: usize,
) -> Vec<S::Value> {
    (0..count).map(|_| strategy.new_tree(runner).unwrap().current()).collect()
}

/// So many policies, each with a name of its own, odd ones among them.
pub(super) fn policies(count: usize) -> Vec<Policy> {
    let mut runner = TestRunner::deterministic();
    let page = prop::option::weighted(0.2, select(PAGES));
    let rule = (rule(), page).prop_map(|(rule, page)| match page {
        Some(page) => rule.allow_origins_if(move |origin, _, _| origin.as_str() == page),
        None => rule,
    });
    let rules = prop_oneof![prop::collection::vec(rule, 1..=2), apart()];
    let mut policies = Vec::new();
    while policies.len() < count {
        let rules = some(&rules, &mut runner, 1).remove(0);
        let number = policies.len();
        let name = match number % 4 {
            0 => format!("p{number}"),
            1 => format!("P-{number} {{ }} ; \" $x \\ ' \n"),
            2 => format!("a name of a policy that is too long for a variable {number}"),
            _ => format!("ü_{number}"),
        };
        // Rules that disagree are not built.
        let built = match <[PolicyBuilder; 1]>::try_from(rules) {
            Ok([rule]) => rule.name(name).build(),
            Err(mut rules) => {
                let first = rules.remove(0).name(name);
                Policy::from_rules(std::iter::once(first).chain(rules))
            }
        };
        policies.extend(built);
    }
    policies
}
