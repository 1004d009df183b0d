//! What two policies decide differently, as lines and as data.
#![allow(clippy::too_many_lines, reason = "tables are long")]

#[cfg(feature = "routes")]
mod ambiguous;
mod covered;
mod granted;
mod labels;
mod limits;
mod predicates;
mod random;
#[cfg(feature = "routes")]
mod regions;
mod routes;
mod walk;

use std::time::Duration;

use tower_cors::review::{Aspect, Change, Diff, Direction};
use tower_cors::{Policy, PolicyBuilder};

fn one(origins: &[&str]) -> PolicyBuilder {
    Policy::builder().allow_origins(origins)
}

fn app() -> PolicyBuilder {
    one(&["https://app.example"])
}

/// Two policies, and what is told of them; without the lines' order, which is by what they are about.
struct Row {
    name: &'static str,
    old: Vec<PolicyBuilder>,
    new: Vec<PolicyBuilder>,
    expected: &'static [&'static str],
}

fn row(
    name: &'static str,
    old: PolicyBuilder,
    new: PolicyBuilder,
    expected: &'static [&'static str],
) -> Row {
    Row { name, old: vec![old], new: vec![new], expected }
}

#[track_caller]
fn check(rows: Vec<Row>) {
    let mut failures = Vec::new();
    for Row { name, old, new, expected } in rows {
        let [old, new] = [old, new].map(|rules| Policy::from_rules(rules).unwrap());
        let said = old.diff(&new).to_string();
        let expected =
            if expected.is_empty() { "no differences".to_owned() } else { expected.join("\n") };
        if said != expected {
            failures.push(format!("{name}:\n{said}\nand not\n{expected}"));
        }
        for change in &old.diff(&new) {
            let witness = change.witness().map(|it| old.decide(&it) == new.decide(&it));
            if witness != Some(false) && change.aspect() != Aspect::Predicates {
                failures.push(format!("{name}: {change} is shown by {:?}", change.witness()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn origins_are_compared_as_sets() {
    let credentials = |origins: &[&str]| one(origins).allow_credentials(true);
    check(vec![
        row(
            "the same in another order",
            one(&["https://a.example", "https://b.example"]),
            one(&["https://b.example", "https://a.example"]),
            &[],
        ),
        row(
            "a pattern covers what is written out",
            one(&["https://*.a.example"]),
            one(&["https://*.a.example", "https://x.a.example", "https://*.b.a.example"]),
            &[],
        ),
        row(
            "a pattern instead of one of its origins",
            one(&["https://x.a.example"]),
            one(&["https://*.a.example"]),
            &["+ newly admits https://*.a.example (opening)"],
        ),
        row(
            "exact origins, with credentials",
            credentials(&["https://app.example"]),
            credentials(&["https://app.example", "https://a.example"]),
            &["+ newly admits https://a.example, with credentials (opening)"],
        ),
        row(
            "a domain, with credentials",
            credentials(&["https://app.example"]),
            credentials(&["https://app.example", "https://*.a.example"]),
            &["+ newly admits https://*.a.example, with credentials (opening)"],
        ),
        row(
            "only a part of a pattern is new",
            one(&["https://*.a.example:81", "https://b.example"]),
            one(&["https://*.a.example:*", "https://b.example:*"]),
            &["+ newly admits https://*.a.example:* and https://b.example:* (opening)"],
        ),
        row(
            "origins that open nothing are apart",
            one(&["https://app.example"]),
            one(&[
                "https://app.example",
                "https://*.b.example",
                "https://a.example",
                "http://localhost:*",
                "http://c.example",
            ]),
            &[
                "+ newly admits http://c.example and https://*.b.example (opening)",
                "+ newly admits http://localhost:* and https://a.example",
            ],
        ),
        row(
            "an exact origin of a domain goes",
            one(&["https://*.a.example", "https://a.example"]),
            one(&["https://a.example"]),
            &["- no longer admits https://*.a.example"],
        ),
        row(
            "a domain below is another one",
            one(&["https://*.a.example"]),
            one(&["https://*.b.a.example"]),
            &["- no longer admits https://*.a.example"],
        ),
        row(
            "of patterns the widest",
            app(),
            one(&[
                "https://app.example",
                "https://*.a.example",
                "https://*.b.a.example",
                "https://a*.a.example",
            ]),
            &["+ newly admits https://*.a.example (opening)"],
        ),
        row(
            "of patterns within a label the widest",
            app(),
            one(&[
                "https://app.example",
                "https://a*.a.example",
                "https://ab*.a.example",
                "https://a*b.a.example",
                "https://a*.b.example:*",
                "https://ab*.b.example:81",
                "https://ac.b.example:*",
                "https://b.b.example:*",
            ]),
            &[
                "+ newly admits https://a*.a.example, https://a*.b.example:* and https://b.b.example:* (opening)",
            ],
        ),
        row(
            "all of a scheme, and hosts of it",
            app(),
            one(&["https://app.example", "app://*", "app://x:*", "app://y"]),
            &["+ newly admits app://* (opening)"],
        ),
        row(
            "patterns within a label",
            one(&["https://pr-*.a.example"]),
            one(&["https://*-t.a.example"]),
            &[
                "+ newly admits https://*-t.a.example (opening)",
                "- no longer admits https://pr-*.a.example",
            ],
        ),
    ]);
}

#[test]
fn special_origins_are_told_by_what_they_are() {
    check(vec![
        row(
            "any origin",
            one(&["https://a.example"]),
            one(&["*"]),
            &["+ newly admits any origin (opening)"],
        ),
        row(
            "any origin, where usual names are taken by patterns",
            one(&["https://*.example", "http://*.example"]),
            one(&["*"]),
            &["+ newly admits any origin (opening)"],
        ),
        row(
            "any origin, where usual names are written out",
            one(&["https://stranger.example", "http://stranger.example"]),
            one(&["*"]),
            &["+ newly admits any origin (opening)"],
        ),
        row(
            "any origin no longer",
            one(&["*"]),
            one(&["https://a.example"]),
            &["- no longer admits any origin"],
        ),
        row(
            "opaque origins and files",
            app(),
            app().dangerously_allow_null_origin(true).dangerously_allow_file_origin(true),
            &["+ newly admits file:// (local files) and null (opaque origins) (opening)"],
        ),
        row(
            "a scheme",
            app(),
            one(&["https://app.example", "moz-extension://*"]),
            &["+ newly admits moz-extension://* (opening)"],
        ),
        row(
            "what was admitted with any method",
            one(&["https://a.example"]).allow_methods(["*"]),
            one(&["https://b.example"]),
            &["+ newly admits https://b.example", "- no longer admits https://a.example"],
        ),
        row(
            "one origin for another",
            one(&["https://a.example"]),
            one(&["https://b.example"]),
            &["+ newly admits https://b.example", "- no longer admits https://a.example"],
        ),
    ]);
}

#[test]
fn long_lists_are_cut_unless_they_open_something() {
    let many = |pattern: fn(usize) -> String| {
        let origins = (0..100).map(pattern).chain(["https://app.example".to_owned()]);
        Policy::builder().allow_origins(origins).build().unwrap()
    };
    let old = app().build().unwrap();
    let said = old.diff(&many(|n| format!("https://a{n:02}.example"))).to_string();
    assert!(said.ends_with("https://a09.example and 90 more"), "{said}");
    let few = |count: usize| {
        let origins = (0..count).map(|n| format!("https://a{n:02}.example"));
        let new = app().allow_origins(origins).build().unwrap();
        old.diff(&new).to_string()
    };
    assert!(few(3).ends_with(" https://a00.example, https://a01.example and https://a02.example"));
    // One more is no longer than to say that there is one.
    assert!(few(11).ends_with("https://a09.example and https://a10.example"), "{}", few(11));
    assert!(few(12).ends_with("https://a09.example and 2 more"), "{}", few(12));
    let said = old.diff(&many(|n| format!("https://*.a{n:02}.example"))).to_string();
    assert!(said.ends_with("https://*.a98.example and https://*.a99.example (opening)"), "{said}");
}

#[test]
fn a_change_is_data_too() {
    let old = app().allow_methods(["PUT"]).build().unwrap();
    let new = one(&["https://app.example", "https://*.a.example"])
        .allow_methods(["PUT", "DELETE"])
        .allow_credentials(true)
        .max_age(Duration::from_secs(60))
        .build()
        .unwrap();
    let diff = old.diff(&new);
    let aspects: Vec<_> =
        diff.iter().map(|it| (it.aspect(), it.direction(), it.is_opening())).collect();
    assert_eq!(
        aspects,
        [
            (Aspect::Origins, Direction::Added, true),
            (Aspect::Credentials, Direction::Added, true),
            (Aspect::Methods, Direction::Added, false),
            (Aspect::MaxAge, Direction::Changed, false),
        ]
    );
    let changes: Vec<_> = diff.clone().into_iter().collect();
    assert_eq!(changes[0].origins().collect::<Vec<_>>(), ["https://*.a.example"]);
    assert!(changes[0].has_credentials() && changes[1].has_credentials());
    assert_eq!(changes[2].origins().collect::<Vec<_>>(), ["https://app.example"]);
    assert_eq!(changes[2].values().collect::<Vec<_>>(), ["DELETE"]);
    assert_eq!(changes[3].max_age(), Some((None, Some(Duration::from_secs(60)))));
    assert!(changes.iter().all(|change| change.paths().len() == 0 && change.methods().len() == 0));
    assert_eq!((diff.len(), diff.opens(), diff.is_empty()), (4, true, false));
    let witness = changes[0].witness().unwrap();
    assert_eq!(witness.headers()["origin"], "https://any.a.example");
    assert_eq!((&diff).into_iter().count(), 4);
}

/// The first origin shows all, the others that it is so of them, too.
#[test]
fn each_origin_has_a_request_that_shows_the_change() {
    let origins = ["https://a.example", "https://b.example"];
    let old = one(&origins).build().unwrap();
    let new = one(&origins).allow_methods(["PUT", "DELETE"]).build().unwrap();
    let diff = old.diff(&new);
    let [change] = diff.iter().collect::<Vec<_>>()[..] else { panic!("{diff}") };
    let shown = change.witnesses().map(|request| {
        let field = |name| request.headers()[name].to_str().unwrap().to_owned();
        format!("{} {}", field("access-control-request-method"), field("origin"))
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        ["DELETE https://a.example", "PUT https://a.example", "DELETE https://b.example"]
    );
}

/// Methods and rules that meet are more steps than anybody waits for, on either side.
#[test]
fn many_rules_with_many_methods_are_not_compared() {
    let rule = |n: usize| app().only_methods((0..100).map(|m| format!("M{}", n * 100 + m)));
    let many = Policy::from_rules((0..100).map(rule)).unwrap();
    let one = app().build().unwrap();
    for diff in [many.diff(&one), one.diff(&many)] {
        let aspects: Vec<_> = diff.iter().map(Change::aspect).collect();
        assert_eq!(aspects, [Aspect::TooMany]);
    }
    // Rules with few methods are.
    let few = |last: &str| {
        let names = (0..60).map(|n| format!("x-{n}")).chain([last.to_owned()]);
        Policy::from_rules(names.map(|name| app().allow_headers([name]))).unwrap()
    };
    assert_eq!(
        few("x-a").diff(&few("x-b")).to_string(),
        "+ newly allows the request header x-b\n- no longer allows the request header x-a"
    );
}

/// How many allocations a comparison takes, and what it finds. They are counted, and not the time, in which others run, too.
fn counted(compare: impl FnOnce() -> Diff) -> (u64, Diff) {
    let mut diff = None;
    let used = allocation_counter::measure(|| diff = Some(compare()));
    (used.count_total, diff.unwrap())
}

/// Whatever the number of origins is, what is compared grows with it, and not with its square.
#[test]
fn many_origins_take_no_time() {
    let list = |count: usize, offset: usize, extra: &str| {
        let exact = (0..5 * count)
            .map(|n| format!("https://x{}.a{}.example", n + offset, (n + offset) % 7));
        let within = (0..count).map(|n| format!("https://pr-{}-*.e.example", n + offset));
        let below = (0..count).map(|n| format!("https://*.d{}.example", n + offset));
        Policy::builder()
            .allow_origins(exact.chain(below).chain(within).chain([extra.to_owned()]))
            .build()
            .unwrap()
    };
    let cost = |count: usize| {
        let (old, new) =
            (list(count, 0, "https://app.example"), list(count, 5, "http://localhost:*"));
        let (cost, diff) = counted(|| old.diff(&new));
        let origins = diff.iter().map(|change| change.origins().len()).sum::<usize>();
        assert_eq!(origins, 2 * (5 + 5 + 5 + 1));
        cost
    };
    let (few, many) = (cost(500), cost(2_000));
    assert!(few > 10_000 && many < 5 * few, "{few} {many}");
}

/// As of tenants, each with a rule of its own.
#[test]
fn many_rules_take_no_time() {
    let policy = |count: usize, changed: usize| {
        let rule = |n: usize| {
            let origins = (0..8).map(|m| format!("https://o{m}.t{n}.example"));
            let method = if n == changed { "DELETE" } else { "PUT" };
            Policy::builder().allow_origins(origins).allow_methods([method])
        };
        Policy::from_rules((0..count).map(rule)).unwrap()
    };
    let cost = |count: usize| {
        let (old, new) = (policy(count, count), policy(count, 7));
        let (cost, diff) = counted(|| old.diff(&new));
        let of: Vec<_> = diff.iter().map(|it| (it.direction(), it.origins().len())).collect();
        assert_eq!(of, [(Direction::Added, 8), (Direction::Removed, 8)]);
        cost
    };
    let (few, many) = (cost(125), cost(500));
    assert!(few > 1_000 && many < 5 * few, "{few} {many}");
}

/// Whoever reads them in a program goes on to.
#[test]
fn names_stay_the_same() {
    let aspects = [Aspect::LeftAlone, Aspect::RequestHeadersTogether, Aspect::MaxAge];
    assert_eq!(aspects.map(Aspect::as_str), ["left-alone", "request-headers-together", "max-age"]);
    let directions = [Direction::Added, Direction::Removed, Direction::Changed];
    assert_eq!(directions.map(Direction::as_str), ["added", "removed", "changed"]);
}
