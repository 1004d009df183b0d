//! Rules that no request reaches, and rules that some request does.

use http::Request;
use tower_cors::review::Lint;
use tower_cors::{Policy, PolicyBuilder};

fn of(origins: &[&str]) -> PolicyBuilder {
    Policy::builder()
        .allow_origins(origins.iter().copied())
        .dangerously_allow_public_suffixes(super::needs_call(origins))
}

/// The indices of the rules that are said not to be reached.
fn unreached(rules: &[PolicyBuilder]) -> Vec<usize> {
    let policy = Policy::from_rules(rules.iter().cloned()).unwrap();
    let findings = policy.lint();
    let found = findings.iter().filter(|finding| finding.lint() == Lint::UnreachableRule);
    found.filter_map(|finding| finding.place().rule).collect()
}

#[test]
fn a_rule_that_no_request_reaches_is_found() {
    let a = || of(&["https://a.example"]);
    let policy = Policy::from_rules([a(), of(&["https://b.example"]), a()]).unwrap();
    assert_eq!(
        policy.lint().to_string(),
        "rules[2]: no request reaches the rule, since rules[0] allows all that it allows; remove it \
         [unreachable-rule]"
    );
    let rows: [[PolicyBuilder; 2]; 9] = [
        [of(&["*"]), a()],
        [of(&["*"]), of(&["*"])],
        [of(&["*"]), a().allow_origins_if(|_, _, _| true)],
        [of(&["https://*.example"]), of(&["https://*.a.example", "https://b.example"])],
        [of(&["http://localhost:*"]), of(&["http://localhost:3000", "http://localhost:*"])],
        [a().allow_methods(["*"]), a().allow_methods(["PUT"])],
        [a().allow_methods(["PUT"]), a().only_methods(["GET", "PUT"])],
        [a().allow_headers(["x-*"]), a().allow_headers(["x-a", "x-b-*"])],
        [
            a().dangerously_allow_null_origin(true).allow_origins_if(|_, _, _| false),
            a().dangerously_allow_null_origin(true),
        ],
    ];
    for (number, rules) in rows.iter().enumerate() {
        assert_eq!(unreached(rules), [1], "row {number}");
    }
}

#[test]
fn a_rule_that_some_request_reaches_is_not_found() {
    let a = || of(&["https://a.example"]);
    let rows: [[PolicyBuilder; 2]; 12] = [
        [a(), of(&["*"])],
        [a(), of(&["https://a.example", "https://b.example"])],
        [a().allow_origins_if(|_, _, _| true), of(&["https://b.example"])],
        [a(), a().allow_origins_if(|_, _, _| false)],
        [a(), a().dangerously_allow_null_origin(true)],
        [of(&["https://*.a.example"]), a()],
        [of(&["https://*.a.example"]), of(&["https://*.a.example:*"])],
        [of(&["https://pr-*.a.example"]), of(&["https://*.a.example"])],
        [a(), a().allow_methods(["PUT"])],
        [a().only_methods(["GET"]), a()],
        [a().allow_methods(["PUT"]), a().allow_methods(["*"])],
        [a().allow_headers(["*"]), a().allow_headers(["authorization"])],
    ];
    for (number, rules) in rows.iter().enumerate() {
        assert_eq!(unreached(rules), [0; 0], "row {number}");
    }
}

const ORIGINS: [&str; 8] = [
    "https://a.example",
    "https://b.a.example",
    "https://c.b.a.example",
    "https://pr-1.a.example",
    "https://a.example:8443",
    "https://b.a.example:8443",
    "http://a.example",
    "null",
];

const LISTS: [&[&str]; 9] = [
    &["https://a.example"],
    &["https://a.example", "https://b.a.example"],
    &["https://*.a.example"],
    &["https://*.b.a.example"],
    &["https://pr-*.a.example"],
    &["https://a.example:*"],
    &["https://*.a.example:*"],
    &["https://*.example:*"],
    &["*"],
];

/// Without a rule that is said not to be reached, each request is decided as before.
#[test]
fn what_is_not_reached_can_be_removed() {
    let methods: [fn(PolicyBuilder) -> PolicyBuilder; 4] = [
        |it| it,
        |it| it.allow_methods(["PUT"]),
        |it| it.only_methods(["GET", "PUT"]),
        |it| it.allow_methods(["*"]).allow_headers(["x-a"]),
    ];
    let rules: Vec<PolicyBuilder> =
        LISTS.iter().flat_map(|list| methods.iter().map(|with| with(of(list)))).collect();
    let requests: Vec<Request<()>> = ORIGINS
        .iter()
        .flat_map(|origin| {
            let asks = [("GET", ""), ("PUT", ""), ("PATCH", "x-a"), ("GET", "x-a")].map(
                |(method, names)| {
                    Request::options("/")
                        .header("origin", *origin)
                        .header("access-control-request-method", method)
                        .header("access-control-request-headers", names)
                },
            );
            let simple = ["GET", "POST", "PUT"]
                .map(|method| Request::builder().method(method).header("origin", *origin));
            asks.into_iter().chain(simple).map(|request| request.body(()).unwrap())
        })
        .collect();
    let (mut removed, mut kept) = (0, 0);
    for first in &rules {
        for second in &rules {
            let both = Policy::from_rules([first.clone(), second.clone()]).unwrap();
            let alone = Policy::from_rules([first.clone()]).unwrap();
            let differs = |request: &&Request<()>| {
                both.decide(*request).is_allowed() != alone.decide(*request).is_allowed()
            };
            let reached = requests.iter().find(differs);
            if unreached(&[first.clone(), second.clone()]).is_empty() {
                kept += 1;
            } else {
                removed += 1;
                assert!(reached.is_none(), "{first:?}\n{second:?}\n{reached:?}");
            }
        }
    }
    assert!(removed > 150 && kept > 500, "{removed} {kept}");
}
