//! Random policies, and random requests that often hit their patterns: no request is decided differently that no
//! change covers, and no change is without a request that shows it.

use std::collections::BTreeSet;
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    HeaderMap, HeaderName,
};
use http::{Method, Request};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tower_cors::review::Aspect;
use tower_cors::{Policy, PolicyBuilder};

use super::labels::pattern;

const PATTERNS: &[&str] = &[
    "*",
    "null",
    "file://",
    "https://a.example",
    "https://any.a.example",
    "https://an*.a.example",
    "https://x.a.example",
    "https://pr-1.a.example",
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
    "https://p*.a.example",
    "https://pr-*.a.example",
    "https://pr-*.a.example:81",
    "https://*-t.a.example",
    "https://*t.a.example:*",
    "https://pr-*-t.a.example",
    "https://ab*.a.example",
    "https://*bc.a.example",
    "https://ab*bc.a.example",
    "http://*.a.example",
    "http://a.example:81",
    "http://localhost:*",
    "http://127.0.0.1:*",
    "http://[::1]:*",
    "app://*",
    "app://pr-*",
    "app://x",
    "app://x:*",
];

const SCHEMES: &[&str] = &["https", "https", "https", "http", "app"];
const LABELS: &[&str] = &[
    "x", "y", "pr-1", "pr-2", "pr-", "pr-t", "pr-1-t", "abc", "abbc", "abxbc", "abx", "p-t", "any",
    "o.p", "y.x",
];
const DOMAINS: &[&str] = &["a.example", "x.a.example", "b.example", "example", "other.test"];
const HOSTS: &[&str] = &["localhost", "127.0.0.1", "[::1]", "x", "pr-1", "a.example", "b.example"];
const PORTS: &[&str] = &["", "", "81", "82", "83"];

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "OTHER", "own"];
const NAMES: &[&str] = &["x-a", "x-any", "y-a", "authorization", "other"];

#[derive(Clone, Debug)]
pub(super) struct Rule {
    origins: Vec<String>,
    predicates: Vec<usize>,
    only: bool,
    methods: Vec<&'static str>,
    headers: Vec<&'static str>,
    exposed: Vec<&'static str>,
    credentials: bool,
    max_age: Option<u64>,
}

impl Rule {
    pub(super) fn builder(&self, predicates: &[PolicyBuilder]) -> PolicyBuilder {
        let first = self.predicates.first().and_then(|one| predicates.get(*one)).cloned();
        let special = ["null", "file://"];
        let origins = self.origins.iter().filter(|origin| !special.contains(&origin.as_str()));
        let origins = origins.filter(|origin| !self.credentials || *origin != "*");
        let special = |of| !self.credentials && self.origins.iter().any(|origin| origin == of);
        let mut builder = first
            .unwrap_or_else(Policy::builder)
            .allow_origins(origins)
            .dangerously_allow_null_origin(special("null"))
            .dangerously_allow_file_origin(special("file://"))
            .dangerously_allow_public_suffixes(true)
            .dangerously_allow_insecure_origins(true)
            .allow_credentials(self.credentials)
            .allow_headers(&self.headers)
            .expose_headers(self.exposed.iter().filter(|name| !self.credentials || **name != "*"));
        if let Some(seconds) = self.max_age {
            builder = builder.max_age(Duration::from_secs(seconds));
        }
        if self.only {
            builder.only_methods(self.methods.iter().filter(|method| **method != "*"))
        } else {
            builder.allow_methods(&self.methods)
        }
    }
}

fn some(of: &'static [&'static str], most: usize) -> BoxedStrategy<Vec<&'static str>> {
    subsequence(of, 0..=most.min(of.len())).boxed()
}

fn rule() -> impl Strategy<Value = Rule> {
    let methods = some(&["GET", "PUT", "DELETE", "OTHER", "*"], 3);
    let headers = some(&["x-a", "x-any", "x-*", "y-*", "a*", "*", "authorization"], 3);
    let exposed = some(&["x-e", "x-f", "*"], 2);
    let max_age = select(vec![None, Some(0), Some(60)]);
    let known = select(PATTERNS).prop_map(str::to_owned);
    let origins = proptest::collection::vec(prop_oneof![5 => known, 1 => pattern()], 1..5);
    let predicates = prop_oneof![12 => Just(vec![]), 1 => Just(vec![0]), 1 => Just(vec![1])];
    (
        origins,
        predicates,
        prop::bool::weighted(0.3),
        methods,
        headers,
        exposed,
        any::<bool>(),
        max_age,
    )
        .prop_map(
            |(origins, predicates, only, methods, headers, exposed, credentials, max_age)| Rule {
                origins,
                predicates,
                only,
                methods,
                headers,
                exposed,
                credentials,
                max_age,
            },
        )
}

pub(super) fn rules() -> impl Strategy<Value = Vec<Rule>> {
    proptest::collection::vec(rule(), 1..4)
}

/// Rules, and the same with one of them changed, or others.
pub(super) fn two() -> impl Strategy<Value = (Vec<Rule>, Vec<Rule>)> {
    let near = (rules(), rule(), any::<prop::sample::Index>(), 0..6).prop_map(
        |(old, other, index, what)| {
            let mut new = old.clone();
            let rule = index.get(&old).clone();
            let place = index.index(old.len());
            new[place] = match what {
                0 => Rule { origins: other.origins, ..rule },
                1 => Rule { methods: other.methods, only: other.only, ..rule },
                2 => Rule { headers: other.headers, ..rule },
                3 => Rule { exposed: other.exposed, max_age: other.max_age, ..rule },
                4 => Rule { credentials: other.credentials, ..rule },
                _ => other,
            };
            (old, new)
        },
    );
    prop_oneof![near, (rules(), rules())]
}

/// Rules that disagree, as another system's may, are no rules of ours; then the first alone is.
pub(super) fn policy(rules: &[Rule], predicates: &[PolicyBuilder]) -> Option<Policy> {
    let built =
        |rules: &[Rule]| Policy::from_rules(rules.iter().map(|rule| rule.builder(predicates))).ok();
    built(rules).or_else(|| built(&rules[..1]))
}

pub(super) fn predicates() -> Vec<PolicyBuilder> {
    vec![
        Policy::builder().allow_origins_if(|origin, _, _| origin.host().ends_with("a.example")),
        Policy::builder()
            .allow_origins_if(|origin, method, _| origin.port().is_some() && method == Method::PUT),
    ]
}

pub(super) fn origin() -> impl Strategy<Value = String> {
    let below =
        (select(LABELS), select(DOMAINS)).prop_map(|(label, base)| format!("{label}.{base}"));
    let tight = "[abc]{1,5}".prop_map(|label| format!("{label}.c.example"));
    let host = prop_oneof![3 => below, 2 => tight, 1 => select(HOSTS).prop_map(str::to_owned)];
    let tuple = (select(SCHEMES), host, select(PORTS)).prop_map(|(scheme, host, port)| {
        format!("{scheme}://{host}{}{port}", if port.is_empty() { "" } else { ":" })
    });
    let special = select(vec!["null", "file://", "malformed"]).prop_map(str::to_owned);
    prop_oneof![12 => tuple, 1 => special]
}

pub(super) fn request() -> impl Strategy<Value = Request<()>> {
    let method = select([METHODS, &["OPTIONS", "CONNECT", "TRACE"]].concat());
    let names = subsequence(NAMES, 0..=3);
    (origin(), method, names, any::<bool>()).prop_map(|(origin, method, names, is_preflight)| {
        let request = Request::builder().uri("/").header("origin", origin);
        if !is_preflight {
            return request.method(method).body(()).unwrap();
        }
        let request = request.method("OPTIONS").header("access-control-request-method", method);
        match names.join(",") {
            names if names.is_empty() => request.body(()).unwrap(),
            names => request.header("access-control-request-headers", names).body(()).unwrap(),
        }
    })
}

/// What two policies can differ in, in plain words.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    Denied,
    Allowed { credentials: bool, exposed: BTreeSet<String>, max_age: Option<String> },
}

impl Outcome {
    pub(super) fn of(decision: &tower_cors::Decision) -> Self {
        if !decision.is_allowed() {
            return Self::Denied;
        }
        let headers = decision.headers();
        let exposed = text(&headers, ACCESS_CONTROL_EXPOSE_HEADERS).unwrap_or_default();
        let mut exposed: BTreeSet<String> =
            exposed.split(',').map(|name| name.trim().to_lowercase()).collect();
        if exposed.contains("*") {
            exposed = BTreeSet::from(["*".to_owned()]);
        }
        let credentials = headers.contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS);
        Self::Allowed { credentials, exposed, max_age: text(&headers, ACCESS_CONTROL_MAX_AGE) }
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

/// So many, unless the environment asks for others.
pub(super) fn cases(usual: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let is_asked = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if is_asked { default.cases } else { usual }, ..default }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn what_is_decided_differently_is_covered_and_what_is_told_is_shown(
        (old, new) in two(),
        requests in proptest::collection::vec(request(), 60),
    ) {
        let predicates = predicates();
        let (Some(old), Some(new)) = (policy(&old, &predicates), policy(&new, &predicates)) else {
            return Ok(());
        };
        let diff = old.diff(&new);
        for request in &requests {
            let [before, after] = [&old, &new].map(|policy| Outcome::of(&policy.decide(request)));
            let is_covered = diff.iter().any(|change| change.covers(request));
            prop_assert!(
                before == after || is_covered,
                "{request:?}\n{before:?}\n{after:?}\n{diff}"
            );
        }
        for change in &diff {
            prop_assert_ne!(change.aspect(), Aspect::TooMany);
            let mut shown = 0;
            for witness in change.witnesses() {
                let [before, after] = [&old, &new].map(|policy| Outcome::of(&policy.decide(&witness)));
                prop_assert_ne!(&before, &after, "{} {:?}", change, witness);
                prop_assert!(change.covers(&witness), "{} {:?}", change, witness);
                shown += 1;
            }
            prop_assert!(shown > 0 || change.aspect() == Aspect::Predicates, "{}", change);
        }
    }
}
