//! What is lost is told in the order in which a document is written.

use tower_cors::export::{Export, Target, Warning};
use tower_cors::{Policy, PolicyBuilder, Route, Routes};

/// Of this each target loses something under most keys.
fn lossy(origin: &str) -> PolicyBuilder {
    Policy::builder()
        .allow_origins([&format!("https://pr-*.{origin}"), "http://localhost:*", "app://a"])
        .allow_origins_if(|_, _, _| false)
        .allow_credentials(true)
        .allow_methods(["PROPFIND", "a"])
        .allow_headers(["x-*", &"x".repeat(300)])
        .expose_headers(["a$", "b$"])
        .max_age(std::time::Duration::ZERO)
}

fn keys(export: &Export) -> Vec<&str> {
    export.warnings().iter().map(Warning::key).collect()
}

#[test]
fn the_losses_of_a_rule_are_told_in_the_order_of_its_keys() {
    let policy = lossy("a.example").build().unwrap();
    let rows: [(Target, &[&str]); 4] = [
        (Target::Envoy, &["allow_origins", "allow_headers"]),
        (
            Target::Gateway,
            &[
                "allow_origins",
                "allow_origins",
                "allow_origins",
                "allow_origins",
                "allow_methods",
                "allow_methods",
                "allow_headers",
                "allow_headers",
                "max_age",
            ],
        ),
        (Target::Nginx, &["allow_origins", "allow_methods", "expose_headers", "expose_headers"]),
        (
            Target::S3,
            &[
                "allow_origins",
                "allow_origins",
                "allow_credentials",
                "allow_methods",
                "allow_methods",
            ],
        ),
    ];
    for (target, expected) in rows {
        assert_eq!(keys(&policy.export(target)), expected, "{target:?}");
    }
    let export = policy.export(Target::Gateway);
    let headers = export.warnings().iter().filter(|warning| warning.key() == "allow_headers");
    let lengths: Vec<_> = headers.filter_map(Warning::value).map(str::len).collect();
    assert_eq!(lengths, [300, 3], "prefixes are written behind names");
}

/// Where a key stands in the text of a document with rules.
fn place(text: &str, key: &str) -> (usize, usize) {
    let (rule, key) = key.strip_prefix("rules[").unwrap().split_once(']').unwrap();
    let rule: usize = rule.parse().unwrap();
    let of_rule = text.split('{').nth(2 + rule).unwrap();
    let key = key.strip_prefix('.').map_or(0, |key| of_rule.find(&format!("{key:?}")).unwrap() + 1);
    (rule, key)
}

#[test]
fn rules_are_told_one_after_the_other_as_they_are_written() {
    let long = format!("https://*.{}.example", "a".repeat(63));
    let rules = [
        r#"{"allow_origins": ["https://a.example"], "max_age": 0, "allow_headers": ["x-*"],
            "allow_methods": ["a"], "expose_headers": ["*"]}"#,
        &format!(
            r#"{{"allow_origins": ["https://pr-*.a.example", "{long}"], "allow_methods": ["a"],
            "allow_headers": ["*"]}}"#
        ),
        r#"{"allow_origins": ["https://pr-1.a.example"], "allow_methods": ["PUT"], "allow_headers": ["y"]}"#,
        r#"{"allow_origins": ["http://b.example:*"], "allow_credentials": true, "dangerously_allow_insecure_origins": true}"#,
    ];
    let mut told = 0;
    // Of different rules the first is the one of which most is said.
    for first in 0..rules.len() {
        let mut rules = rules;
        rules.rotate_left(first);
        let json = format!(r#"{{"rules": [{}]}}"#, rules.join(", "));
        let policy = Policy::from_json(&json).unwrap();
        let text = serde_json::to_string(&policy).unwrap();
        for target in Target::ALL {
            let export = policy.export(*target);
            let places: Vec<_> = keys(&export).into_iter().map(|key| place(&text, key)).collect();
            assert!(places.is_sorted(), "{target:?}: {:#?}", export.warnings());
            told += places.len();
        }
    }
    assert!(told > 30, "{told}");
}

#[test]
fn routes_are_told_by_their_paths_and_the_fallback_behind_them() {
    let open = |origin: &str| {
        Policy::builder().allow_origins([origin]).allow_headers(["x-*"]).build().unwrap()
    };
    let routes = Routes::builder()
        .route("/b/{id}", open("https://b.example"))
        .route("/a", open("https://a.example"))
        .route("/{rest}/c", open("https://c.example"))
        .route("/b/z", open("https://z.example"))
        .fallback(open("https://f.example"))
        .build()
        .unwrap();
    let of_envoy = [
        "routes",
        r#"routes["/a"].allow_headers"#,
        r#"routes["/b/z"].allow_headers"#,
        r#"routes["/b/{id}"].allow_headers"#,
        r#"routes["/{rest}/c"].allow_headers"#,
        "fallback.allow_headers",
    ];
    assert_eq!(keys(&routes.export(Target::Envoy)), of_envoy);
    // The parameters close what is below `/`.
    let of_gateway = [
        "routes",
        r#"routes["/a"].allow_headers"#,
        r#"routes["/b/z"].allow_headers"#,
        r#"routes["/b/{id}"]"#,
        r#"routes["/{rest}/c"]"#,
    ];
    assert_eq!(keys(&routes.export(Target::Gateway)), of_gateway);
}

/// Beside the prefix of a gateway stand paths that the rest of a route does not take. What they have, and lose, is another
/// route's, or the fallback's.
#[test]
fn what_stands_beside_a_prefix_loses_by_the_route_that_it_has() {
    let of = |origin: &str| Policy::builder().allow_origins([origin]);
    let lossy = || of("https://a.example").allow_headers(["x-*"]).build().unwrap();
    let exact = || of("https://b.example").build().unwrap();
    let by_route = Routes::builder().route("/{*rest}", lossy()).route("/a/{*rest}", exact());
    let by_fallback = Routes::builder().route("/a/{*rest}", exact()).fallback(lossy());
    let by_both = Routes::builder()
        .route("/{id}", exact())
        .route("/a/{*rest}", Route::NoCors)
        .route("/z", lossy())
        .fallback(lossy());
    for (builder, expected) in [
        (by_route, r#"routes["/{*rest}"].allow_headers"#),
        (by_fallback, "fallback.allow_headers"),
        (by_both, "fallback.allow_headers"),
    ] {
        let export = builder.build().unwrap().export(Target::Gateway);
        let keys = keys(&export);
        assert!(keys.contains(&expected), "{keys:?} have no {expected}");
    }
}
