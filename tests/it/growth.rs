//! What a configuration costs grows with its size, and hardly with its square, whoever wrote it.
//!
//! Times are compared within one run: of something, and of eight times as much.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tower_cors::{Policy, PolicyBuilder};

/// The least of several times of the processor, which is about what it takes when nothing else runs.
pub(crate) fn least<T>(mut run: impl FnMut() -> T) -> Duration {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let time = |_| {
        let begin = now();
        run();
        now().checked_sub(begin).unwrap()
    };
    (0..5).map(time).min().unwrap()
}

/// A square would make it 64 times as much.
#[track_caller]
fn grows_with_its_size<T>(size: usize, run: impl Fn(usize) -> T) {
    let [some, more] = [size, 8 * size].map(|size| least(|| run(size)));
    assert!(more < 30 * some, "{some:?}, and {more:?}");
}

fn of(origins: impl IntoIterator<Item = String>) -> PolicyBuilder {
    Policy::builder().allow_origins(origins)
}

#[test]
fn prefixes_are_looked_up_among_prefixes() {
    grows_with_its_size(500, |count| {
        let names = (0..count).map(|at| format!("x-{at:05}-*"));
        of(["https://a.example".to_owned()]).allow_headers(names).build().unwrap()
    });
}

#[test]
fn what_a_name_in_unicode_meant_is_not_worked_out_at_any_length() {
    grows_with_its_size(2_500, |count| {
        let name: String = ('\u{4e00}'..).take(count).collect();
        of([format!("https://{name}.example")]).build().unwrap_err()
    });
}

/// Each is compared with each: up to a thousand rules, it takes little more than to compile them.
#[test]
fn rules_for_the_same_origins_are_compared_at_little_cost() {
    let names = || (0..100).map(|name| format!("x-name-{name}"));
    // Each has another method, or each allows what those before it allow, and exposes another name.
    let by_method = |rule: PolicyBuilder, at: usize| {
        let own = rule.only_methods([format!("M{at}")]).expose_headers([format!("x-{at}")]);
        own.allow_headers(names()).allow_headers([format!("x-own-{at}")])
    };
    let by_exposed =
        |rule: PolicyBuilder, at| rule.allow_headers(names()).expose_headers([format!("x-{at}")]);
    let rules: [&dyn Fn(PolicyBuilder, usize) -> PolicyBuilder; 2] = [&by_method, &by_exposed];
    for rule in rules {
        let [apart, shared] = [false, true].map(|are_shared| {
            let origin =
                |at| if are_shared { "*".to_owned() } else { format!("https://{at}.example") };
            least(|| Policy::from_rules((0..300).map(|at| rule(of([origin(at)]), at))).unwrap())
        });
        assert!(shared < 8 * apart, "{apart:?}, and {shared:?}");
    }
}

/// The origins of each rule.
type Origins<'a> = &'a dyn Fn(usize) -> Vec<String>;

/// Each rule looks for those that it shares an origin with, and not through their patterns.
#[test]
fn rules_of_many_patterns_are_compared_at_little_cost() {
    let nested = |end: String| -> Vec<String> {
        let domains = (1..=60).map(|depth| format!("https://*.{}{end}", "a.".repeat(depth)));
        domains.collect()
    };
    let shapes: [(&str, Origins<'_>); 7] = [
        ("nested", &|_| nested("example".to_owned())),
        ("nested apart", &|at| nested(format!("r{at}.example"))),
        ("below nested ones", &|at| match at {
            0 => nested("example".to_owned()),
            _ => (0..60)
                .map(|host| format!("https://h{host}.r{at}.{}example", "a.".repeat(60)))
                .collect(),
        }),
        ("beside patterns within a label", &|at| {
            let hosts = (0..60).map(|host| format!("https://h{host}-{at}.a.example"));
            hosts.chain([format!("https://pr{at}-*.a.example")]).collect()
        }),
        ("ports", &|at| {
            (0..60).map(|port| format!("https://a.example:{}", 1_000 + 60 * at + port)).collect()
        }),
        ("schemes", &|at| (0..60).map(|scheme| format!("s{scheme}-{at}://a.example")).collect()),
        ("one scheme", &|at| {
            (0..60)
                .map(|host| format!("app://h{host}-{at}"))
                .chain(["app://*".to_owned()])
                .collect()
        }),
    ];
    for (name, origins) in shapes {
        let rules: Vec<PolicyBuilder> = (0..150)
            .map(|at| {
                let rule = of(origins(at)).dangerously_allow_public_suffixes(true);
                rule.only_methods([format!("M{}", at % 3)])
                    .expose_headers([format!("x-{}", at % 3)])
            })
            .collect();
        let apart = least(|| rules.iter().for_each(|rule| drop(rule.clone().build().unwrap())));
        let compared = least(|| Policy::from_rules(rules.clone()).unwrap());
        assert!(compared < 9 * apart, "{name}: {apart:?}, and {compared:?}");
    }
}

#[test]
fn methods_are_looked_up_among_methods() {
    grows_with_its_size(500, |count| {
        let rule = |name: &str| {
            let methods = (0..count).map(|at| format!("M{at}"));
            of(["*".to_owned()]).only_methods(methods).expose_headers([name.to_owned()])
        };
        Policy::from_rules([rule("x-a"), rule("x-b")]).unwrap()
    });
}

/// Policies that differ by their last setting alone are not compared with each other.
#[cfg(feature = "export")]
#[test]
fn tables_are_exported_without_comparing_all_their_policies() {
    use tower_cors::{Routes, export::Target};

    for target in [Target::Gateway, Target::Nginx] {
        for below in ["", "/{*rest}"] {
            grows_with_its_size(100, |count| {
                let mut routes = Routes::builder();
                for at in 0..count {
                    let origins = (0..20).map(|origin| format!("https://{origin}.example"));
                    let policy = of(origins).max_age(Duration::from_secs(at as u64));
                    routes = routes.route(format!("/{at}{below}"), policy.build().unwrap());
                }
                routes.build().unwrap().export(target)
            });
        }
    }
}

#[test]
fn a_look_up_does_not_grow_with_the_schemes_of_patterns() {
    let request = http::Request::get("/").header("origin", "https://b.example").body(()).unwrap();
    let [some, more] = [100, 6_400].map(|count| {
        let policy = of((0..count).map(|at| format!("s{at:05}x://*.a.example"))).build().unwrap();
        least(|| (0..1_000).for_each(|_| assert!(!policy.decide(&request).is_allowed())))
    });
    assert!(more < 8 * some, "{some:?}, and {more:?}");
}

#[test]
fn policies_are_compared_without_being_written_out() {
    let policy = |last: &str| {
        let origins = (0..100).map(|at| format!("https://{at:05}.a.example"));
        let patterns = ["https://*.b.example", "https://pr-*.a.example:*", "http://localhost:*"];
        let others = patterns.into_iter().chain([last]).map(str::to_owned);
        let policy = of(origins.chain(others)).dangerously_allow_public_suffixes(true);
        policy.build().unwrap()
    };
    let [one, again, other] =
        ["a", "a", "b"].map(|last| policy(&format!("https://{last}-*.c.example")));
    let compared = || assert!(one == again && one != other && again != other);
    assert!(allocation_counter::measure(compared).count_total < 10);
}

/// What is looked up by halves is found, and nothing beside it.
#[test]
fn each_of_many_methods_and_schemes_is_found() {
    let names = || (0..40).map(|at| format!("M{at}"));
    let policy = of(names().map(|name| format!("{}x://*.a.example", name.to_lowercase())))
        .only_methods(names())
        .build()
        .unwrap();
    let is_allowed = |scheme: &str, method: &str| {
        let request = http::Request::builder()
            .method(method)
            .header("origin", format!("{scheme}x://b.a.example"))
            .body(())
            .unwrap();
        policy.decide(&request).is_allowed()
    };
    for name in names() {
        assert!(is_allowed(&name.to_lowercase(), &name), "{name}");
        assert!(!is_allowed(&name.to_lowercase(), &format!("{name}0M")), "{name}");
        assert!(!is_allowed(&format!("{}q", name.to_lowercase()), &name), "{name}");
    }
}
