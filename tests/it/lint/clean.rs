//! Sensible policies, in which nothing is found, or only what each truly deserves.
#![allow(clippy::too_many_lines, reason = "tables are long")]

use std::time::Duration;

use tower_cors::{Policy, presets};

use super::{Row, check, of, one};

#[test]
fn nothing_is_found_in_sensible_policies() {
    let without = || Policy::builder().allow_origins(["https://a.example"]);
    let loud = !cfg!(feature = "public-suffix");
    let rows: Vec<Row> = vec![
        ("the policy of the other rows", one(), &[]),
        ("any origin, to be read", of(&["*"]), &[]),
        ("simple requests alone, without a max-age", without(), &[]),
        (
            "only safelisted methods, without a max-age",
            without().only_methods(["GET", "HEAD"]),
            &[],
        ),
        ("what Chromium keeps", one().max_age(Duration::from_secs(7_200)), &[]),
        ("an intranet without https", of(&["http://wiki.internal", "http://10.0.0.7:8080"]), &[]),
        ("both schemes of loopback", of(&["http://localhost:3000", "https://localhost:3000"]), &[]),
        (
            "http and https of different ports",
            of(&["http://a.example:81", "https://a.example"]),
            &[],
        ),
        ("a development server", of(&["https://a.example", "http://localhost:*"]), &[]),
        ("one with credentials", of(&["http://localhost:*"]).allow_credentials(true), &[]),
        ("loopback with and without a port", of(&["http://localhost", "http://localhost:81"]), &[]),
        ("names of loopback", of(&["http://app.localhost", "http://*.localhost:3000"]), &[]),
        (
            "an app of Capacitor, old and new",
            of(&["capacitor://localhost", "http://localhost", "https://localhost"]),
            &[],
        ),
        ("an app of Tauri", of(&["tauri://localhost", "http://tauri.localhost"]), &[]),
        ("an older app of Tauri", of(&["tauri://localhost", "https://tauri.localhost"]), &[]),
        (
            "an app of Tauri, by a predicate",
            of(&["tauri://localhost"])
                .allow_origins_if(|origin, _, _| origin.host() == "tauri.localhost"),
            &[],
        ),
        (
            "http beside a predicate that might allow https",
            of(&["http://a.example"]).allow_origins_if(|_, _, _| true),
            &[],
        ),
        (
            "a predicate that holds whatever it is asked about, without credentials",
            of(&[]).allow_origins_if(|_, _, _| true),
            &[],
        ),
        ("a packaged app", of(&["app://.", "app://localhost."]), &[]),
        ("names with and without the dot", of(&["https://a.example", "https://a.example."]), &[]),
        (
            "patterns with and without the dot",
            of(&["https://*.a.example", "https://*.a.example."]),
            &[],
        ),
        (
            "a name with the dot, below a pattern without it",
            of(&["https://*.a.example", "https://x.a.example."]),
            &[],
        ),
        (
            "the names of an app, with credentials",
            of(&["app://*.a.example"])
                .allow_credentials(true)
                .dangerously_allow_public_suffixes(loud),
            &[],
        ),
        ("a domain and its names", of(&["https://a.example", "https://*.a.example"]), &[]),
        (
            "patterns beside each other",
            of(&["https://*.a.example", "https://*.a.example:8443"]),
            &[],
        ),
        (
            "patterns within labels",
            of(&["https://pr-*.a.example", "https://x-pr-1.a.example"]),
            &[],
        ),
        ("all of a scheme", of(&["moz-extension://*"]), &[]),
        (
            "previews with credentials",
            of(&["https://pr-*.a.example"])
                .allow_credentials(true)
                .dangerously_allow_public_suffixes(loud),
            &[],
        ),
        #[cfg(feature = "public-suffix")]
        (
            "what needs its dangerous calls",
            of(&["http://a.example", "https://*.github.io"])
                .dangerously_allow_insecure_origins(true)
                .dangerously_allow_public_suffixes(true)
                .allow_credentials(true),
            &[
                r#"allow_origins: origin "https://*.github.io" stands for names that anybody may have; list the origins [open-to-strangers]"#,
            ],
        ),
        (
            "a predicate that may be asked about http",
            of(&["https://a.example"])
                .allow_origins_if(|_, _, _| false)
                .allow_credentials(true)
                .dangerously_allow_insecure_origins(true),
            &[],
        ),
        ("opaque origins on purpose", one().dangerously_allow_null_origin(true), &[]),
        ("deletions", one().allow_methods(["DELETE"]), &[]),
        ("bodies", one().allow_methods(["PUT"]).allow_headers(["content-*"]), &[]),
        (
            "any method and any header",
            of(&["*"]).allow_methods(["*"]).allow_headers(["*", "authorization"]),
            &[],
        ),
        ("any header beside cookies", one().allow_credentials(true).allow_headers(["*"]), &[]),
        ("prefixes", one().allow_headers(["a*", "authorization", "x-amz-*"]), &[]),
        ("what registries of images answer uploads with", one().expose_headers(["range"]), &[]),
        ("what logins answer with", one().expose_headers(["authorization", "etag"]), &[]),
        ("gRPC-Web", presets::grpc_web(one()), &[]),
        (
            "gRPC-Web with all exposed",
            one().allow_headers(["x-grpc-web"]).expose_headers(["*"]),
            &[],
        ),
    ];
    check(rows);
}

/// The other half of an app, or the name without its dot, may stand in another rule.
#[test]
fn what_another_rule_allows_is_not_missing() {
    for [one, other] in [
        ["tauri://localhost", "https://tauri.localhost"],
        ["capacitor://localhost", "https://localhost"],
        ["https://a.example.", "https://a.example"],
    ] {
        let rules = [of(&[one]).allow_credentials(true), of(&[other])];
        let alone = Policy::from_rules([rules[0].clone(), of(&["https://b.example"])]).unwrap();
        assert_eq!(alone.lint().len(), 1, "{one}");
        let both = Policy::from_rules(rules).unwrap();
        assert!(both.lint().is_empty(), "{one}: {}", both.lint());
    }
}

/// As the README begins, and as `lib.rs` does.
#[test]
fn the_first_policies_of_the_docs_are_as_they_should_be() {
    let first = |origins: &[&str]| {
        of(origins)
            .allow_credentials(true)
            .allow_methods(["PUT", "DELETE"])
            .allow_headers(["content-type", "authorization"])
            .expose_headers(["x-request-id"])
            .dangerously_allow_public_suffixes(!cfg!(feature = "public-suffix"))
    };
    let readme = ["https://app.example.com", "https://*.partner.example", "http://localhost:*"];
    check([(
        "the README",
        first(&readme),
        &[
            r#"allow_origins: origin "https://*.partner.example" lets every host below "partner.example" act as the visitor; list the origins [whole-domain]"#,
        ][..],
    )]);
    let lib = of(&["https://app.example.com", "http://localhost:3000"]).allow_credentials(true);
    check([("the page of docs", lib, &[][..])]);
}

#[test]
fn nothing_is_found_in_permissive_and_nobody() {
    assert!(Policy::permissive().lint().is_empty());
    assert!(Policy::nobody().lint().is_empty());
}
