//! What is valid in a policy, and unwise: each finding word for word, and beside it what is fine.
//!
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>

mod catalogue;
mod clean;
mod cost;
mod covered;
#[cfg(feature = "serde")]
mod documents;
mod enforcement;
mod fixes;
mod idle;
mod reach;
#[cfg(feature = "routes")]
mod routes;

use std::time::Duration;

use tower_cors::review::Findings;
use tower_cors::{Policy, PolicyBuilder};

/// A policy in which nothing is found.
fn one() -> PolicyBuilder {
    let origins = ["https://app.example", "https://admin.example"];
    Policy::builder().allow_origins(origins).max_age(Duration::from_secs(600))
}

/// For these origins alone.
fn of(origins: &[&str]) -> PolicyBuilder {
    Policy::builder()
        .allow_origins(origins.iter().copied())
        .max_age(Duration::from_secs(600))
        .dangerously_allow_public_suffixes(needs_call(origins))
}

/// Without the list of suffixes, a pattern with a `*` within a label needs the call.
fn needs_call(origins: &[&str]) -> bool {
    cfg!(not(feature = "public-suffix")) && origins.iter().any(|origin| origin.contains("-*"))
}

fn said(findings: &Findings) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}

/// A policy by its name, and all that is found in it.
type Row = (&'static str, PolicyBuilder, &'static [&'static str]);

#[track_caller]
fn check(rows: impl IntoIterator<Item = Row>) {
    let mut failures = Vec::new();
    for (name, builder, expected) in rows {
        let said = said(&builder.build().unwrap().lint());
        if said != expected {
            failures.push(format!("{name}\nsaid     {said:#?}\nexpected {expected:#?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn covered_origins() -> Vec<Row> {
    vec![
        (
            "an origin that stands there twice",
            of(&["https://a.example", "https://b.example", "https://a.example"]),
            &[
                r#"allow_origins: origin "https://a.example" is already listed; remove it [repeated]"#,
            ],
        ),
        (
            "an origin that a pattern covers",
            of(&["https://*.a.example", "https://x.y.a.example"]),
            &[
                r#"allow_origins: origin "https://x.y.a.example" is covered by "https://*.a.example"; remove it [covered]"#,
            ],
        ),
        (
            "patterns that another pattern covers",
            of(&["https://*.a.example:*", "https://*.eu.a.example", "https://pr-*.a.example:8443"]),
            &[
                r#"allow_origins: origin "https://*.eu.a.example" is covered by "https://*.a.example:*"; remove it [covered]"#,
                r#"allow_origins: origin "https://pr-*.a.example:8443" is covered by "https://*.a.example:*"; remove it [covered]"#,
            ],
        ),
        (
            "a port beside any port",
            of(&["http://localhost:*", "http://localhost:3000", "http://localhost"]),
            &[
                r#"allow_origins: origin "http://localhost" is covered by "http://localhost:*"; remove it [covered]"#,
                r#"allow_origins: origin "http://localhost:3000" is covered by "http://localhost:*"; remove it [covered]"#,
            ],
        ),
        (
            "an extension beside all of them",
            of(&["moz-extension://*", "moz-extension://1-2"]),
            &[
                r#"allow_origins: origin "moz-extension://1-2" is covered by "moz-extension://*"; remove it [covered]"#,
            ],
        ),
        (
            "origins beside any origin",
            of(&["https://a.example", "*", "https://b.example"]),
            &[
                r#"allow_origins: origin "https://a.example" is covered by "*"; remove it [covered]"#,
                r#"allow_origins: origin "https://b.example" is covered by "*"; remove it [covered]"#,
            ],
        ),
    ]
}

fn origins() -> Vec<Row> {
    vec![
        (
            "a predicate beside any origin",
            of(&["*"]).allow_origins_if(|_, _, _| true),
            &[
                r#"allow_origins_if: the predicate is never asked, since `allow_origins` has "*"; remove one of them [predicate-beside-any]"#,
            ],
        ),
        (
            "a predicate that holds whatever it is asked about, with credentials",
            of(&["https://a.example"]).allow_origins_if(|_, _, _| true).allow_credentials(true),
            &[
                r#"allow_origins_if: the predicate allows origin "https://anyone.invalid", which nobody has, and credentials are allowed; compare with the origins that you trust [predicate-for-anyone]"#,
            ],
        ),
        (
            "http beside https",
            of(&[
                "https://a.example",
                "http://a.example",
                "http://*.b.example",
                "https://*.b.example",
            ]),
            &[
                r#"allow_origins: origin "http://a.example" is allowed beside its https form, and whoever is on the way can write its pages; remove it [http-beside-https]"#,
                r#"allow_origins: origin "http://*.b.example" is allowed beside its https form, and whoever is on the way can write its pages; remove it [http-beside-https]"#,
            ],
        ),
        (
            "http beside https by a pattern",
            of(&["https://*.a.example", "http://www.a.example"]),
            &[
                r#"allow_origins: origin "http://www.a.example" is allowed beside its https form, and whoever is on the way can write its pages; remove it [http-beside-https]"#,
            ],
        ),
        (
            "loopback without a port",
            of(&["http://127.0.0.1", "http://[::1]", "https://a.example"]),
            &[
                r#"allow_origins: origin "http://127.0.0.1" is for port 80 alone; write "http://127.0.0.1:*", or the port [loopback-without-port]"#,
                r#"allow_origins: origin "http://[::1]" is for port 80 alone; write "http://[::1]:*", or the port [loopback-without-port]"#,
            ],
        ),
        (
            "one loopback origin, which makes a static policy",
            of(&["http://localhost"]),
            &[
                r#"allow_origins: origin "http://localhost" is for port 80 alone; write "http://localhost:*", or the port [loopback-without-port]"#,
            ],
        ),
        (
            "a dot at the end of the name",
            of(&["https://a.example.", "https://*.b.example.:8443"]),
            &[
                r#"allow_origins: origin "https://a.example." is another origin than "https://a.example"; write that [trailing-dot]"#,
                r#"allow_origins: origin "https://*.b.example.:8443" is another origin than "https://*.b.example:8443"; write that [trailing-dot]"#,
            ],
        ),
        (
            "an app on some systems",
            of(&["tauri://localhost", "capacitor://localhost"]),
            &[
                r#"allow_origins: origin "capacitor://localhost" is that of the app on iOS alone; add "https://localhost" for Android [capacitor-without-android]"#,
                r#"allow_origins: origin "tauri://localhost" is that of the app on macOS, Linux and iOS alone; add "http://tauri.localhost" for Windows and Android [tauri-without-windows]"#,
            ],
        ),
        (
            "credentials for all below a domain, and for any port",
            of(&["https://*.a.example:*", "https://b.example:*"])
                .allow_credentials(true)
                .dangerously_allow_public_suffixes(!cfg!(feature = "public-suffix")),
            &[
                r#"allow_origins: origin "https://b.example:*" lets pages of any port there act as the visitor; write the port [any-port]"#,
                r#"allow_origins: origin "https://*.a.example:*" lets every host below "a.example" act as the visitor; list the origins [whole-domain]"#,
                r#"allow_origins: origin "https://*.a.example:*" lets pages of any port there act as the visitor; write the port [any-port]"#,
            ],
        ),
    ]
}

fn methods() -> Vec<Row> {
    let methods =
        |value: &'static [&str]| one().allow_methods(value).allow_headers(["content-type"]);
    vec![
        (
            "a safelisted method",
            methods(&["GET"]),
            &[r#"allow_methods: method "GET" needs no permission; remove it [method-safelisted]"#],
        ),
        (
            "methods that no script can use",
            methods(&["CONNECT", "trace"]),
            &[
                r#"allow_methods: method "CONNECT" cannot be used by scripts; remove it [method-forbidden]"#,
                r#"allow_methods: method "trace" cannot be used by scripts; remove it [method-forbidden]"#,
            ],
        ),
        (
            "one of the only methods that no script can use",
            one().only_methods(["GET", "TRACE"]),
            &[
                r#"only_methods: method "TRACE" cannot be used by scripts; remove it [method-forbidden]"#,
            ],
        ),
        (
            "the method of preflights",
            methods(&["PUT", "OPTIONS"]),
            &[
                r#"allow_methods: method "OPTIONS" is for scripts that send it, and preflights need no permission; remove it [method-options]"#,
            ],
        ),
        (
            "methods that stand there before",
            methods(&["PUT", "PUT"]),
            &[r#"allow_methods: method "PUT" is already listed; remove it [repeated]"#],
        ),
        (
            "a method beside any",
            methods(&["PUT", "*"]),
            &[r#"allow_methods: method "PUT" is covered by "*"; remove it [covered]"#],
        ),
    ]
}

fn names() -> Vec<Row> {
    let headers = |value: &'static [&str]| one().allow_headers(value);
    let exposed = |value: &'static [&str]| one().expose_headers(value);
    vec![
        (
            "cookies among the headers",
            headers(&["Cookie"]),
            &[
                r#"allow_headers: request-header name "Cookie" cannot be set by scripts; remove it, and set `allow_credentials` for cookies [header-forbidden]"#,
            ],
        ),
        (
            "headers that no script can set",
            headers(&["origin", "proxy-*"]),
            &[
                r#"allow_headers: request-header name "origin" cannot be set by scripts; remove it [header-forbidden]"#,
                r#"allow_headers: request-header name "proxy-*" cannot be set by scripts; remove it [header-forbidden]"#,
            ],
        ),
        (
            "a header of responses",
            headers(&["Access-Control-Allow-Origin"]),
            &[
                r#"allow_headers: request-header name "Access-Control-Allow-Origin" is one of responses, and pages that send it do so by mistake; remove it here and there [header-of-protocol]"#,
            ],
        ),
        (
            "a header that is already listed in another case",
            headers(&["x-a", "X-A"]),
            &[
                r#"allow_headers: request-header name "X-A" is already listed; remove it [repeated]"#,
            ],
        ),
        (
            "headers that a prefix covers",
            headers(&["x-a", "x-*", "x-b-*"]),
            &[
                r#"allow_headers: request-header name "x-a" is covered by "x-*"; remove it [covered]"#,
                r#"allow_headers: request-header name "x-b-*" is covered by "x-*"; remove it [covered]"#,
            ],
        ),
        (
            "any header, without the one that has to be named",
            headers(&["*", "content-type"]),
            &[
                r#"allow_headers: request-header name "content-type" is covered by "*"; remove it [covered]"#,
                r#"allow_headers: request-header name "*" does not cover "authorization"; add "authorization" if pages send it [authorization-beside-any]"#,
            ],
        ),
        (
            "methods with bodies, without their type",
            one().allow_methods(["PATCH", "DELETE"]).allow_headers(["x-a"]),
            &[
                r#"allow_headers: request-header name "content-type" is missing, and pages that send JSON by PATCH set it; add it [content-type-missing]"#,
            ],
        ),
        (
            "an exposed header that is safelisted",
            exposed(&["Content-Type"]),
            &[
                r#"expose_headers: response-header name "Content-Type" is always exposed; remove it [exposed-safelisted]"#,
            ],
        ),
        (
            "an exposed header of requests",
            exposed(&["if-range"]),
            &[
                r#"expose_headers: response-header name "if-range" is one of requests; remove it, or give it to `allow_headers` [exposed-request-only]"#,
            ],
        ),
        (
            "headers beside any that is exposed",
            exposed(&["etag", "*", "ETag"]),
            &[
                r#"expose_headers: response-header name "etag" is covered by "*"; remove it [covered]"#,
                r#"expose_headers: response-header name "ETag" is already listed; remove it [repeated]"#,
            ],
        ),
        (
            "gRPC-Web without its status",
            headers(&["content-type", "x-grpc-web"]),
            &[
                r#"expose_headers: response-header name "grpc-status" is missing, in which clients of gRPC-Web read the outcome of a call; add it and "grpc-message" [grpc-status-not-exposed]"#,
            ],
        ),
    ]
}

fn others() -> Vec<Row> {
    let without = || Policy::builder().allow_origins(["https://a.example", "https://b.example"]);
    let seconds = |value| one().max_age(Duration::from_secs(value));
    let no_max_age: &[&str] = &[
        "max_age: max-age is missing, and browsers ask again after 5 seconds; write 600 [no-max-age]",
    ];
    vec![
        ("a header without a max-age", without().allow_headers(["x-a"]), no_max_age),
        ("a method without a max-age", without().only_methods(["DELETE"]), no_max_age),
        (
            "a max-age that Firefox keeps",
            seconds(86_400),
            &[
                r#"max_age: max-age "86400" is longer than most browsers keep (Chromium 7200 seconds, WebKit 600); write 7200 [max-age-too-long]"#,
            ],
        ),
        (
            "a max-age that no browser keeps",
            seconds(1_000_000),
            &[
                r#"max_age: max-age "1000000" is longer than most browsers keep (Chromium 7200 seconds, WebKit 600); write 7200 [max-age-too-long]"#,
            ],
        ),
        (
            "dangerous calls that nothing needs",
            one()
                .allow_credentials(true)
                .dangerously_allow_insecure_origins(true)
                .dangerously_allow_public_suffixes(true),
            &[
                "dangerously_allow_insecure_origins: nothing needs it; remove it [danger-not-needed]",
                "dangerously_allow_public_suffixes: nothing needs it; remove it [danger-not-needed]",
            ],
        ),
        (
            "opaque origins beside any origin",
            of(&["*"]).dangerously_allow_null_origin(true).dangerously_allow_file_origin(true),
            &[
                "dangerously_allow_null_origin: nothing needs it; remove it [danger-not-needed]",
                "dangerously_allow_file_origin: nothing needs it; remove it [danger-not-needed]",
            ],
        ),
    ]
}

#[test]
fn what_is_unwise_about_origins_is_found() {
    check(covered_origins());
    check(origins());
}

#[test]
fn what_is_unwise_about_methods_and_names_is_found() {
    check(methods());
    check(names());
}

#[test]
fn what_else_is_unwise_is_found() {
    check(others());
}

#[cfg(feature = "public-suffix")]
#[test]
fn patterns_for_strangers_are_found() {
    check([(
        "names that anybody may have",
        of(&["https://*.github.io", "https://site-*.vercel.app", "https://*.a.example"]),
        &[
            r#"allow_origins: origin "https://*.github.io" stands for names that anybody may have; list the origins [open-to-strangers]"#,
            r#"allow_origins: origin "https://site-*.vercel.app" stands for names that anybody may have; list the origins [open-to-strangers]"#,
        ][..],
    )]);
}
