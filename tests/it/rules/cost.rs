//! What a long list of names costs hardly grows with the rules that are asked about it.

use http::Request;
use tower_cors::{Denial, Policy};

use crate::growth::least;

const KINDS: usize = 16;

/// Rules that are open to any origin, each of a kind: the names of one are not those of another.
fn policy(rules: usize, kinds: usize) -> Policy {
    let rule = |at: usize| {
        let names = (0..40).map(|name| format!("x-a-name-{name}"));
        let own =
            (0..KINDS).filter(|kind| *kind != at % kinds).map(|kind| format!("x-kind-{kind}"));
        Policy::builder().allow_origins(["*"]).allow_headers(names.chain(own))
    };
    Policy::from_rules((0..rules).map(rule)).unwrap()
}

/// Names that all rules allow, in upper case, which is dearer, and an end; 4,096 bytes at most.
fn preflight(lines: usize, end: &str) -> Request<()> {
    let names = (0..40).map(|name| format!("X-A-NAME-{name}"));
    let mut list: Vec<String> = names.cycle().take(4_000 / 14).collect();
    list.push(end.to_owned());
    let mut request = Request::options("/")
        .header("origin", "https://a.example")
        .header("access-control-request-method", "GET");
    for line in list.chunks(list.len().div_ceil(lines)) {
        request = request.header("access-control-request-headers", line.join(","));
    }
    request.body(()).unwrap()
}

#[test]
fn a_long_list_is_not_read_by_each_rule() {
    let kinds = (0..KINDS).map(|kind| format!("x-kind-{kind}")).collect::<Vec<_>>().join(",");
    let ends = ["zzz", &kinds, "not a name", ",,,,,,,,,,,,,,,,,,"];
    for kinds in [1, 2, 5, KINDS] {
        let (one, many) = (policy(1, kinds), policy(400, kinds));
        for (lines, end) in [1, 5].iter().flat_map(|lines| ends.map(|end| (*lines, end))) {
            let request = preflight(lines, end);
            let expected = one.decide(&request).denial();
            assert_eq!(many.decide(&request).denial(), expected, "{kinds} {end}");
            let [of_one, of_many] = [&one, &many].map(|it| least(|| it.decide(&request)));
            assert!(of_many < 40 * of_one, "{kinds} kinds, {end:?}: {of_one:?} and {of_many:?}");
        }
    }
}

/// What has stopped some rules does not stop one that allows it, however many those are.
#[test]
fn the_rule_that_allows_the_list_is_found() {
    for kinds in [1, 2, 4] {
        for allowing in [0, 1, 7, 50] {
            let mut rules: Vec<_> = (0..50)
                .map(|at| {
                    let own = (0..4).filter(|kind| *kind != at % kinds);
                    let own = own.map(|kind| format!("x-kind-{kind}"));
                    Policy::builder().allow_origins(["*"]).allow_headers(own)
                })
                .collect();
            let all = (0..4).map(|kind| format!("x-kind-{kind}"));
            rules.insert(allowing, Policy::builder().allow_origins(["*"]).allow_headers(all));
            let policy = Policy::from_rules(rules).unwrap();
            for lines in
                ["x-kind-0,x-kind-1,x-kind-2,x-kind-3", "x-kind-3\nx-kind-2,x-kind-1\nx-kind-0"]
            {
                let mut request = Request::options("/")
                    .header("origin", "https://a.example")
                    .header("access-control-request-method", "GET");
                for line in lines.lines() {
                    request = request.header("access-control-request-headers", line);
                }
                let decision = policy.decide(&request.body(()).unwrap());
                assert_eq!((decision.denial(), decision.rule()), (None, Some(allowing)));
            }
        }
    }
}

#[test]
fn too_many_lines_are_denied_by_the_first_rule() {
    let request = preflight(17, "zzz");
    let decision = policy(3, 1).decide(&request);
    assert_eq!((decision.denial(), decision.rule()), (Some(Denial::HeaderListTooLong), Some(0)));
}
