//! Each fix that a finding offers builds, and takes the finding away without bringing another one.

use std::collections::HashSet;
use std::time::Duration;

use tower_cors::review::{Findings, Lint};
use tower_cors::{Enforcement, Policy, PolicyBuilder};

use super::{of, one};

/// A lint, a policy, what the finding says to write, and the policy with that.
type Fix = (Lint, PolicyBuilder, &'static str, PolicyBuilder);

fn of_origins() -> Vec<Fix> {
    let loud = !cfg!(feature = "public-suffix");
    let own = |origins: &[&str]| {
        of(origins)
            .allow_credentials(true)
            .dangerously_allow_public_suffixes(loud && origins[0].contains("*."))
    };
    vec![
        (
            Lint::Repeated,
            of(&["https://a.example", "https://b.example", "https://b.example"]),
            "remove it",
            of(&["https://a.example", "https://b.example"]),
        ),
        (
            Lint::Covered,
            of(&["https://*.a.example", "https://b.a.example"]),
            "remove it",
            of(&["https://*.a.example"]),
        ),
        (Lint::Covered, of(&["*", "https://a.example"]), "remove it", of(&["*"])),
        (
            Lint::PredicateBesideAny,
            of(&["*"]).allow_origins_if(|_, _, _| false),
            "remove one of them",
            of(&[]).allow_origins_if(|_, _, _| false),
        ),
        (
            Lint::PredicateForAnyone,
            of(&[]).allow_credentials(true).allow_origins_if(|_, _, _| true),
            "compare with the origins that you trust",
            of(&[]).allow_credentials(true).allow_origins_if(|it, _, _| it.host() == "a.example"),
        ),
        (
            Lint::HttpBesideHttps,
            of(&["https://a.example", "http://a.example"]),
            "remove it",
            of(&["https://a.example"]),
        ),
        (
            Lint::LoopbackWithoutPort,
            own(&["http://localhost"]),
            r#"write "http://localhost:*", or the port"#,
            own(&["http://localhost:*"]),
        ),
        (
            Lint::LoopbackWithoutPort,
            of(&["http://[::1]"]),
            r#"write "http://[::1]:*", or the port"#,
            of(&["http://[::1]:5173"]),
        ),
        (
            Lint::TrailingDot,
            of(&["https://a.example.:8443"]),
            r#"is another origin than "https://a.example:8443"; write that"#,
            of(&["https://a.example:8443"]),
        ),
        (
            Lint::TauriWithoutWindows,
            own(&["tauri://localhost"]),
            r#"add "http://tauri.localhost""#,
            own(&["tauri://localhost", "http://tauri.localhost"]),
        ),
        (
            Lint::CapacitorWithoutAndroid,
            own(&["capacitor://localhost"]),
            r#"add "https://localhost""#,
            own(&["capacitor://localhost", "https://localhost"]),
        ),
        (
            Lint::WholeDomain,
            own(&["https://*.a.example"]),
            "list the origins",
            own(&["https://app.a.example", "https://shop.a.example"]),
        ),
        (
            Lint::AnyPort,
            own(&["https://a.example:*"]),
            "write the port",
            own(&["https://a.example", "https://a.example:8443"]),
        ),
        (
            Lint::DangerNotNeeded,
            one().dangerously_allow_insecure_origins(true),
            "remove it",
            one().dangerously_allow_insecure_origins(false),
        ),
    ]
}

fn of_names() -> Vec<Fix> {
    let without = || Policy::builder().allow_origins(["https://a.example"]);
    let put = || one().allow_methods(["PUT"]);
    let put_json = || put().allow_headers(["content-type"]);
    let grpc = || one().allow_headers(["content-type", "x-grpc-web"]);
    vec![
        (Lint::MethodSafelisted, one().allow_methods(["GET"]), "remove it", one()),
        (Lint::MethodForbidden, one().allow_methods(["TRACE"]), "remove it", one()),
        (Lint::MethodOptions, put_json().allow_methods(["OPTIONS"]), "remove it", put_json()),
        (
            Lint::HeaderForbidden,
            one().allow_headers(["cookie"]),
            "remove it, and set `allow_credentials` for cookies",
            one().allow_credentials(true),
        ),
        (
            Lint::HeaderOfProtocol,
            one().allow_headers(["access-control-allow-origin"]),
            "remove it here and there",
            one(),
        ),
        (Lint::ContentTypeMissing, put(), r#""content-type" is missing"#, put_json()),
        (
            Lint::AuthorizationBesideAny,
            one().allow_headers(["*"]),
            r#"add "authorization""#,
            one().allow_headers(["*", "authorization"]),
        ),
        (Lint::ExposedSafelisted, one().expose_headers(["content-type"]), "remove it", one()),
        (
            Lint::ExposedRequestOnly,
            one().expose_headers(["if-range"]),
            "give it to `allow_headers`",
            one().allow_headers(["if-range"]),
        ),
        (
            Lint::GrpcStatusNotExposed,
            grpc(),
            r#"add it and "grpc-message""#,
            grpc().expose_headers(["grpc-status", "grpc-message"]),
        ),
        (
            Lint::NoMaxAge,
            without().allow_headers(["x-a"]),
            "write 600",
            without().allow_headers(["x-a"]).max_age(Duration::from_secs(600)),
        ),
        (
            Lint::MaxAgeTooLong,
            one().max_age(Duration::from_secs(1_000_000)),
            "write 7200",
            one().max_age(Duration::from_secs(7_200)),
        ),
    ]
}

#[track_caller]
fn check(lint: Lint, before: &Findings, fix: &str, after: &Findings) {
    let said = before.iter().find(|finding| finding.lint() == lint).map(ToString::to_string);
    let said = said.unwrap_or_else(|| panic!("{lint} is not found"));
    assert!(said.contains(fix), "{said} does not say: {fix}");
    assert!(after.is_empty(), "{said}\nleads to\n{after}");
}

#[test]
fn a_fix_builds_and_takes_the_finding_away() {
    let mut seen: HashSet<Lint> = HashSet::new();
    for (lint, before, fix, after) in of_origins().into_iter().chain(of_names()) {
        check(lint, &before.build().unwrap().lint(), fix, &after.build().unwrap().lint());
        seen.insert(lint);
    }

    let rules = [one(), Policy::builder().allow_origins(["https://app.example"])];
    let before = Policy::from_rules(rules.clone()).unwrap().lint();
    check(Lint::UnreachableRule, &before, "remove it", &rules[0].build().unwrap().lint());

    let hosts = |hosts: [&str; 2]| Enforcement::unsafe_requests().hosts(hosts);
    let before = hosts(["shop.example", "localhost"]).lint();
    let after = hosts(["shop.example", "localhost:*"]).lint();
    check(Lint::HostWithoutPort, &before, r#"write "localhost:*""#, &after);

    // What needs a feature has a test of its own.
    seen.extend([Lint::UnreachableRule, Lint::HostWithoutPort]);
    seen.extend([Lint::OpenToStrangers, Lint::RouteWithoutItsRoot]);
    assert_eq!(seen, Lint::all().collect());
}

#[cfg(feature = "public-suffix")]
#[test]
fn names_of_ones_own_below_a_suffix_are_fine() {
    let [before, after] = ["https://*.github.io", "https://me.github.io"]
        .map(|origin| of(&[origin]).build().unwrap().lint());
    check(Lint::OpenToStrangers, &before, "list the origins", &after);
}

#[cfg(feature = "routes")]
#[test]
fn routes_for_the_root_are_fine() {
    use tower_cors::{Route, Routes};

    let closed =
        Routes::builder().route("/a/{*rest}", Route::NoCors).fallback(one().build().unwrap());
    let before = closed.build().unwrap().lint();
    let after =
        closed.route("/a", Route::NoCors).route("/a/", Route::NoCors).build().unwrap().lint();
    check(
        Lint::RouteWithoutItsRoot,
        &before,
        r#""/a" and "/a/", which the fallback allows; add them"#,
        &after,
    );
}
