//! Random sets of rules, held to a comparison of each rule with each, for every origin there is.
//!
//! <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use tower_cors::{Policy, PolicyBuilder, PolicyError};

/// What the rules are made of. With one and two labels, three ports and two schemes, every origin that the
/// patterns stand for is one of a few.
const PATTERNS: &[&str] = &[
    "*",
    "https://a.example",
    "https://x.a.example",
    "https://b.example:81",
    "https://a.example:*",
    "https://x.a.example:*",
    "https://*.a.example",
    "https://*.x.a.example",
    "https://*.example",
    "https://*.a.example:81",
    "https://*.a.example:82",
    "https://*.x.a.example:*",
    "https://*.example:*",
    "http://*.a.example",
    "http://a.example:81",
    "capacitor://a.example",
    "capacitor://*.a",
    "capacitor://x.a",
    "capacitor://.a",
    "capacitor://b..a",
    "capacitor://*.b..a",
    "http://[::1]:81",
    "http://[::1]:*",
    "https://x*.a.example",
    "https://*x.a.example:*",
    "https://x*y.a.example:81",
    "https://*.a.x.a.example:81",
    "capacitor://*",
    "capacitor://a*",
    "null",
];
const HOSTS: &[&str] = &[
    "a.example",
    "b.example",
    "x.a.example",
    "y.a.example",
    "a.x.a.example",
    "b.a.x.a.example",
    "xay.a.example",
    "xax.a.example",
    "ax",
    "aa.example",
    "[::1]",
    "any.example",
    "z.example",
    ".a",
    "x.a",
    "b..a",
    "x.b..a",
];
const METHODS: &[&str] = &["GET", "PUT", "DELETE"];
const NAMES: &[&str] = &["x-a", "x-b"];

/// A sequence of numbers that is the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn some_of<'a>(&mut self, all: &[&'a str], most: usize) -> Vec<&'a str> {
        (0..self.below(most + 1)).map(|_| all[self.below(all.len())]).collect()
    }
}

#[derive(Clone, Debug)]
struct Rule {
    origins: Vec<&'static str>,
    predicate: bool,
    only: Option<Vec<&'static str>>,
    methods: Vec<&'static str>,
    names: Vec<&'static str>,
    exposed: Vec<&'static str>,
    credentials: bool,
}

impl Rule {
    fn random(random: &mut Random) -> Self {
        let mut origins = random.some_of(PATTERNS, 2);
        // Neither any origin nor `null`, which credentials are not allowed for.
        origins.push(PATTERNS[1 + random.below(PATTERNS.len() - 2)]);
        let credentials = random.below(3) == 0 && !origins.contains(&"*");
        let only = (random.below(2) == 0).then(|| vec![METHODS[random.below(METHODS.len())]]);
        Self {
            origins: origins.into_iter().filter(|it| !credentials || *it != "null").collect(),
            predicate: random.below(12) == 0,
            methods: if only.is_none() { random.some_of(METHODS, 2) } else { Vec::new() },
            only,
            names: random.some_of(NAMES, 2),
            exposed: random.some_of(&["x-e", "x-f"], 2),
            credentials,
        }
    }

    fn builder(&self) -> PolicyBuilder {
        let mut builder = Policy::builder()
            .allow_origins(self.origins.iter().filter(|origin| **origin != "null"))
            .dangerously_allow_null_origin(self.origins.contains(&"null"))
            .dangerously_allow_public_suffixes(true)
            .dangerously_allow_insecure_origins(true)
            .allow_credentials(self.credentials)
            .allow_methods(&self.methods)
            .allow_headers(&self.names)
            .expose_headers(&self.exposed);
        if self.predicate {
            builder = builder.allow_origins_if(|_, _, _| false);
        }
        match &self.only {
            Some(methods) => builder.only_methods(methods),
            None => builder,
        }
    }

    /// Whether the rule matches an origin, or might.
    fn matches(&self, origin: &str) -> bool {
        self.predicate && origin != "null" || self.origins.iter().any(|it| is_of(it, origin))
    }

    fn shares(&self, method: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&method))
    }

    fn allows(&self, method: &str, names: &[&str]) -> bool {
        let method = match &self.only {
            Some(only) => only.contains(&method),
            None => method == "GET" || self.methods.contains(&method),
        };
        method && names.iter().all(|name| self.names.contains(name))
    }

    fn says(&self) -> (bool, Vec<&str>) {
        let mut exposed = self.exposed.clone();
        exposed.sort_unstable();
        exposed.dedup();
        (self.credentials, exposed)
    }

    fn disagrees(&self, later: &Self, origins: &[String]) -> bool {
        let asked: [&[&str]; 4] = [&[], &["x-a"], &["x-b"], &["x-a", "x-b"]];
        let differently = METHODS.iter().any(|method| {
            self.shares(method)
                && asked
                    .iter()
                    .any(|names| later.allows(method, names) && !self.allows(method, names))
        });
        self.says() != later.says()
            && differently
            && origins.iter().any(|origin| self.matches(origin) && later.matches(origin))
    }
}

fn is_of(pattern: &str, origin: &str) -> bool {
    let split = |text: &str| -> (String, String, String) {
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (scheme.into(), host.into(), port.into()),
            _ => (scheme.into(), rest.into(), String::new()),
        }
    };
    let ((scheme, host, port), theirs) = (split(pattern), split(origin));
    let is_whole = host == "*";
    let host = match host.split_once('*') {
        Some((start, end)) => {
            let rest = theirs.1.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
            let is_for_labels = end.starts_with('.') && start.is_empty();
            let are_labels = |rest: &str| {
                (is_for_labels || !rest.contains('.')) && !rest.split('.').any(str::is_empty)
            };
            rest.is_some_and(|rest| !rest.is_empty() && (is_whole || are_labels(rest)))
        }
        None => host == theirs.1,
    };
    let is_port = is_whole || port == "*" || port == theirs.2;
    pattern == "*" || scheme == theirs.0 && host && is_port
}

fn every_origin() -> Vec<String> {
    let mut origins = vec!["null".to_owned()];
    for scheme in ["http", "https", "capacitor"] {
        for host in HOSTS {
            for port in ["", ":81", ":82"] {
                origins.push(format!("{scheme}://{host}{port}"));
            }
        }
    }
    origins
}

#[test]
fn what_disagrees_is_what_a_comparison_of_each_with_each_finds() {
    let (mut random, origins) = (Random(0x5eed_cafe), every_origin());
    let (mut failures, mut agree, mut disagree) = (Vec::new(), 0, 0);
    for _ in 0..4_000 {
        let rules: Vec<Rule> =
            (0..2 + random.below(5)).map(|_| Rule::random(&mut random)).collect();
        let expected: Vec<(usize, usize)> = (0..rules.len())
            .filter_map(|later| {
                let earlier = (0..later).find(|one| rules[*one].disagrees(&rules[later], &origins));
                earlier.map(|earlier| (earlier, later))
            })
            .collect();
        let built = Policy::from_rules(rules.iter().map(Rule::builder));
        let mut found = Vec::new();
        for error in built.as_ref().err().into_iter().flatten() {
            let PolicyError::RulesDisagree { rules: pair, origin, method, .. } = error else {
                panic!("{error} of {rules:#?}");
            };
            let both = [pair.0, pair.1].map(|index| &rules[index]);
            let is_shared = both.iter().all(|rule| rule.matches(origin) && rule.shares(method));
            assert!(is_shared, "{error} of {rules:#?}");
            found.push(*pair);
        }
        if found == expected {
            agree += usize::from(found.is_empty());
            disagree += found.len();
        } else {
            failures.push(format!("{found:?}, not {expected:?}: {rules:#?}"));
        }
    }
    assert!(failures.is_empty(), "{} failures, such as {}", failures.len(), failures[0]);
    assert!(agree > 400 && disagree > 2_000, "{agree} {disagree}");
}

/// Four times the rules take about four times the memory, though each says something else.
#[test]
fn the_comparison_does_not_grow_with_the_square_of_the_rules() {
    let bytes = |count: usize| {
        let rule = |n: usize| {
            Policy::builder()
                .allow_origins([
                    format!("https://a{n}.example"),
                    format!("https://*.b{n}.example:*"),
                ])
                .allow_headers([format!("x-{n}")])
                .expose_headers([format!("x-{n}")])
        };
        let rules: Vec<_> = (0..count).map(rule).collect();
        let built = || assert!(Policy::from_rules(rules).is_ok());
        allocation_counter::measure(built).bytes_total
    };
    let (few, many) = (bytes(250), bytes(1_000));
    assert!(many < 6 * few, "{few} bytes, and {many}");
}

/// Four times the patterns under one domain take about four times the memory, if their labels differ.
#[test]
fn the_comparison_does_not_grow_with_the_square_of_the_patterns() {
    let bytes = |count: usize| {
        let rule = |start: &str, end: &str| {
            Policy::builder()
                .allow_origins((0..count).map(|n| format!("https://{start}{n}{end}.a.example")))
                .dangerously_allow_public_suffixes(true)
                .expose_headers([format!("x-{start}")])
        };
        let rules = [rule("x", "-*"), rule("y", "-*"), rule("z", "")];
        let built = || assert!(Policy::from_rules(rules).is_ok());
        allocation_counter::measure(built).bytes_total
    };
    let (few, many) = (bytes(50), bytes(200));
    assert!(many < 6 * few, "{few} bytes, and {many}");
}

/// Hosts of many labels take no more memory than hosts of few that are as long.
#[test]
fn the_comparison_does_not_grow_with_the_labels_of_hosts() {
    let bytes = |label: &str| {
        let rule = |of: &str| {
            let hosts = (0..500).map(|n| format!("https://{of}{n}.{label}{n}.example"));
            Policy::builder().allow_origins(hosts).expose_headers([format!("x-{of}")])
        };
        let rules = [rule("a"), rule("b"), rule("c").allow_origins(["https://*.c.example"])];
        let built = || assert!(Policy::from_rules(rules).is_ok());
        allocation_counter::measure(built).bytes_max
    };
    let (few, many) = (bytes(&"aaaaaaaaaa.".repeat(16)), bytes(&"a.".repeat(88)));
    assert!(10 * many < 11 * few, "{few} bytes, and {many}");
}

#[test]
fn every_origin_of_a_scheme_is_compared_with_each_earlier_rule() {
    let rule = |origin: &str| Policy::builder().allow_origins([origin]);
    let alike = rule("app://a").expose_headers(["x-a"]);
    let all = rule("app://*").allow_headers(["x-b"]).expose_headers(["x-a"]);
    let errors = Policy::from_rules([alike, rule("app://b"), all]).unwrap_err();
    let found: Vec<_> = errors.iter().collect();
    assert!(matches!(found[..], [PolicyError::RulesDisagree { rules: (1, 2), .. }]), "{errors}");
}

#[test]
fn a_policy_has_at_most_a_thousand_rules() {
    let rules = |count| (0..count).map(|_| Policy::builder().allow_origins(["https://a.example"]));
    assert!(Policy::from_rules(rules(1_000)).is_ok());
    let errors = Policy::from_rules(rules(1_001)).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "1,001 rules are over the 1,000 that a policy may have; give one rule several origins"
    );
}

/// Only those of rules that differ, since no others are compared.
#[test]
fn rules_that_differ_have_at_most_a_thousand_patterns_within_a_label() {
    let build = |count: usize, exposed: &[&str]| {
        let starred = (0..count).map(|n| format!("https://pr-*.a{n}.example"));
        let rule = |origins: Vec<String>| {
            let rule = Policy::builder().allow_origins(origins);
            rule.dangerously_allow_public_suffixes(true)
        };
        // What is no such pattern does not count.
        let other = rule(vec!["https://*.b.example".into(), "https://c.example".into()]);
        Policy::from_rules([rule(starred.collect()), other.expose_headers(exposed)])
    };
    assert!(build(1_000, &["x-a"]).is_ok() && build(1_001, &[]).is_ok());
    let errors = build(1_001, &["x-a"]).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "1,001 patterns with a `*` within a label are over the 1,000 that rules which differ may \
         have; write \"https://*.a.example\" for all names under a domain"
    );
}
