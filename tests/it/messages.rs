//! Every message that a mistake in a configuration gets, word for word: the catalogue.
//!
//! Form: subject "value" what is wrong; what to write.

use std::time::Duration;

use http::StatusCode;
use tower_cors::{CorsLayer, Policy, PolicyBuilder, PolicyErrors};

const ADVICE: &str = r#"write scheme://host or scheme://host:port, as in "https://a.example""#;

/// Origin, what is wrong with it, what to write.
const ORIGINS: &[(&str, &str, &str)] = &[
    ("", "is empty", ADVICE),
    (
        " https://a.example",
        "has white space or a control character",
        r#"write "https://a.example""#,
    ),
    (
        "https://a.example\t",
        "has white space or a control character",
        r#"write "https://a.example""#,
    ),
    ("https://a .example", "has white space or a control character", ADVICE),
    ("https://a.example\r\nx: y", "has white space or a control character", ADVICE),
    (
        "https://a.example,https://b.example",
        "is a list in one string",
        "write each origin as an item of its own",
    ),
    (
        "https://a.example, https://b.example",
        "is a list in one string",
        "write each origin as an item of its own",
    ),
    (
        "https://a.example/,https://b.example",
        "is a list in one string",
        "write each origin as an item of its own",
    ),
    (
        "wss://a.example",
        "has a scheme under which there are no pages",
        r#"write "https://a.example""#,
    ),
    (
        "ws://localhost:3000",
        "has a scheme under which there are no pages",
        r#"write "http://localhost:3000""#,
    ),
    ("ftp://a.example", "has a scheme under which there are no pages", "remove it"),
    ("https://a.example/", "has a path", r#"write "https://a.example""#),
    ("https://a.example/app", "has a path", r#"write "https://a.example""#),
    ("https://a.example/*", "has a path", r#"write "https://a.example""#),
    ("http://localhost/*", "has a path", r#"write "http://localhost""#),
    ("https://a.example/;https://b.example", "has a path", ADVICE),
    ("https://a.example/ https://b.example", "has white space or a control character", ADVICE),
    ("https//a.example", "has no scheme", ADVICE),
    ("NULL", "has no scheme", ADVICE),
    ("[::1]:3000", "has no scheme", r#"write "http://[::1]:3000""#),
    (
        "http://a.example:+80",
        "has a port that is not a number from 1 to 65535",
        "write a port from 1 to 65535, or `*` for any",
    ),
    ("https://a.example?q=1", "has a query", r#"write "https://a.example""#),
    ("https://a.example#top", "has a fragment", r#"write "https://a.example""#),
    ("https://me:secret@a.example", "has user information", r#"write "https://a.example""#),
    (
        "https://bücher.example",
        "is not ASCII",
        r#"write its ASCII (Punycode) form, as in "https://xn--bcher-kva.example""#,
    ),
    ("https://a.example:443", "names the default port", r#"write "https://a.example""#),
    ("http://a.example:80", "names the default port", r#"write "http://a.example""#),
    (
        "https://a.example:0",
        "has a port that is not a number from 1 to 65535",
        "write a port from 1 to 65535, or `*` for any",
    ),
    (
        "https://a.example:65536",
        "has a port that is not a number from 1 to 65535",
        "write a port from 1 to 65535, or `*` for any",
    ),
    (
        "https://a.example:",
        "has a port that is not a number from 1 to 65535",
        "write a port from 1 to 65535, or `*` for any",
    ),
    (
        "https://a.example:08443",
        "has a port that is not a number from 1 to 65535",
        r#"write "https://a.example:8443""#,
    ),
    ("a.example", "has no scheme", r#"write "https://a.example""#),
    ("*.a.example", "has no scheme", r#"write "https://*.a.example""#),
    ("localhost:3000", "has no scheme", r#"write "http://localhost:3000""#),
    ("//a.example", "has no scheme", ADVICE),
    ("https:a.example", "has no scheme", ADVICE),
    ("ht_tp://a.example", "has a malformed scheme", ADVICE),
    ("://a.example", "has a malformed scheme", ADVICE),
    ("blob:https://a.example", "has a malformed scheme", ADVICE),
    ("HTTPS://a.example", "has an upper-case scheme", r#"write "https://a.example""#),
    ("https://A.Example", "has an upper-case host", r#"write "https://a.example""#),
    ("HTTPS://A.Example:443/", "has an upper-case scheme", r#"write "https://a.example""#),
    ("https://", "has no host", ADVICE),
    ("https:///path", "has no host", ADVICE),
    ("https://a%60.example", "has a character that no host may have", ADVICE),
    ("https://foo.^bar", "has a character that no host may have", ADVICE),
    ("https://a\\b.example", "has a character that no host may have", ADVICE),
    ("https://a..example", "has an empty label", ADVICE),
    ("https://.a.example", "has an empty label", ADVICE),
    (
        "http://127.1",
        "has an IPv4 address that is not dotted decimal",
        r#"write four numbers from 0 to 255, as in "http://127.0.0.1""#,
    ),
    (
        "http://256.0.0.1",
        "has an IPv4 address that is not dotted decimal",
        r#"write four numbers from 0 to 255, as in "http://127.0.0.1""#,
    ),
    (
        "http://0x7f000001",
        "has an IPv4 address that is not dotted decimal",
        r#"write four numbers from 0 to 255, as in "http://127.0.0.1""#,
    ),
    (
        "http://127.0.0.1.",
        "has an IPv4 address that is not dotted decimal",
        r#"write four numbers from 0 to 255, as in "http://127.0.0.1""#,
    ),
    (
        "http://[::0001]",
        "has an IPv6 address that is not as browsers serialize it",
        r#"write "http://[::1]""#,
    ),
    (
        "http://[FE80::1]:8080",
        "has an IPv6 address that is not as browsers serialize it",
        r#"write "http://[fe80::1]:8080""#,
    ),
    (
        "http://[::ffff:192.168.0.1]",
        "has an IPv6 address that is not as browsers serialize it",
        r#"write "http://[::ffff:c0a8:1]""#,
    ),
    (
        "http://[::1",
        "has an IPv6 address that is not as browsers serialize it",
        r#"write it compressed and in lower case, as in "http://[::1]""#,
    ),
    (
        "http://[fe80::1%25eth0]",
        "has an IPv6 zone, which no origin has",
        "write the address without its zone",
    ),
    ("file://", "has the scheme file, whose origins browsers send as null", "remove it"),
    ("file://*", "has the scheme file, whose origins browsers send as null", "remove it"),
    (
        "null",
        "stands for every opaque origin, sandboxed pages of attackers too",
        "leave it out and call `dangerously_allow_null_origin`",
    ),
    ("h*", WILDCARD, WILDCARD_ADVICE),
    ("https://*", WILDCARD, WILDCARD_ADVICE),
    ("https://*:8443", WILDCARD, WILDCARD_ADVICE),
    ("https://a.*.example", WILDCARD, WILDCARD_ADVICE),
    ("https://a*.example", WILDCARD, WILDCARD_ADVICE),
    ("https://*a.example", WILDCARD, WILDCARD_ADVICE),
    ("https://*.*.example", WILDCARD, WILDCARD_ADVICE),
    ("https://a.example:8*", WILDCARD, WILDCARD_ADVICE),
    ("*://a.example", WILDCARD, WILDCARD_ADVICE),
    ("https://*.127.0.0.1", WILDCARD, WILDCARD_ADVICE),
];

const WILDCARD: &str = "has a `*` that is neither the whole, nor the leading label, nor the port";
const WILDCARD_ADVICE: &str = r#"write "*", "https://*.a.example" or "https://a.example:*""#;

#[test]
fn origins() {
    let mut catalogue = Catalogue::default();
    for (value, wrong, fix) in ORIGINS {
        let message = format!("origin {value:?} {wrong}; {fix}");
        catalogue.row(&Policy::builder().allow_origins([value]), &[&message]);
    }
    let host = format!("https://{}example", "a.".repeat(124));
    let long = format!("origin {host:?} has a host of over 253 octets; {ADVICE}");
    catalogue.row(&Policy::builder().allow_origins([&host]), &[&long]);
    let label = format!("https://{}.example", "a".repeat(64));
    let long = format!("origin {label:?} has a label of over 63 octets; {ADVICE}");
    catalogue.row(&Policy::builder().allow_origins([&label]), &[&long]);
    catalogue.close();
}

#[test]
fn combinations() {
    let open = || Policy::builder().allow_origins(["*"]);
    let with_credentials =
        |origin| Policy::builder().allow_credentials(true).allow_origins([origin]);
    let mut catalogue = Catalogue::default();
    catalogue.row(&Policy::builder(), &["no origin is allowed; give `allow_origins` at least one, or call `Policy::nobody` for none"]);
    catalogue.row(
        &open().allow_credentials(true),
        &["`allow_credentials` cannot be combined with any origin; list the origins"],
    );
    catalogue.row(
        &Policy::builder().allow_credentials(true).dangerously_allow_null_origin(true),
        &["`allow_credentials` cannot be combined with the null origin; remove one of them"],
    );
    catalogue.row(
        &with_credentials("https://a.example").expose_headers(["*"]),
        &["`allow_credentials` cannot be combined with exposing any header; list the names"],
    );
    catalogue.row(
        &with_credentials("http://a.example"),
        &["origin \"http://a.example\" is insecure, and credentials are allowed; \
            write its https: form, or call `dangerously_allow_insecure_origins`"],
    );
    let suffix = if cfg!(feature = "public-suffix") {
        "stands for every name under a public suffix, and credentials are allowed; \
            list the origins, or call `dangerously_allow_public_suffixes`"
    } else {
        "may stand for a public suffix, and credentials are allowed; \
            enable the feature `public-suffix`, or call `dangerously_allow_public_suffixes`"
    };
    for origin in [
        "https://*.com",
        "https://*.com.",
        "https://*.github.io",
        "https://*.ck",
        "https://*.co.uk:*",
    ] {
        let message = format!("origin {origin:?} {suffix}");
        catalogue.row(&with_credentials(origin), &[&message]);
    }
    catalogue.close();
}

#[test]
fn methods_and_names() {
    let methods = |value| Policy::builder().allow_origins(["*"]).allow_methods([value]);
    let headers = |value| Policy::builder().allow_origins(["*"]).allow_headers([value]);
    let exposed = |value| Policy::builder().allow_origins(["*"]).expose_headers([value]);
    let mut catalogue = Catalogue::default();
    for (value, rest) in [
        ("", r#"is not a token; write one method an item, as in "PUT""#),
        ("PUT, DELETE", r#"is not a token; write one method an item, as in "PUT""#),
        ("P*", r#"has a `*` that is not the whole; write "*", or the methods"#),
        ("get", r#"is not GET, methods are case-sensitive; write "GET""#),
        ("patch", r#"is not PATCH, methods are case-sensitive; write "PATCH""#),
    ] {
        catalogue.row(&methods(value), &[&format!("method {value:?} {rest}")]);
    }
    let not_at_end =
        r#"has a `*` that is not at its end; write "*", the names, or a prefix, as in "x-amz-*""#;
    for (value, rest) in [
        ("", r#"is not a token; write one name an item, as in "x-api-key""#),
        ("x-a, x-b", r#"is not a token; write one name an item, as in "x-api-key""#),
        ("x-é", r#"is not a token; write one name an item, as in "x-api-key""#),
        ("x-*-y", not_at_end),
        ("**", not_at_end),
    ] {
        catalogue.row(&headers(value), &[&format!("request-header name {value:?} {rest}")]);
    }
    for (value, rest) in [
        ("x a", r#"is not a token; write one name an item, as in "etag""#),
        ("x-*", r#"has a `*` that is not the whole; write "*", or the names"#),
        ("Set-Cookie", "is forbidden by the Fetch Standard; remove it"),
        ("set-cookie2", "is forbidden by the Fetch Standard; remove it"),
    ] {
        catalogue.row(&exposed(value), &[&format!("response-header name {value:?} {rest}")]);
    }
    catalogue.close();
}

#[test]
fn numbers() {
    let max_age = |value| Policy::builder().allow_origins(["*"]).max_age(value);
    let mut catalogue = Catalogue::default();
    catalogue.row(
        &max_age(Duration::from_millis(1500)),
        &[r#"max-age "1.5" has a fraction of a second; write 2"#],
    );
    catalogue.close();

    let layer = CorsLayer::new(Policy::permissive());
    for (status, sound) in [(199, false), (200, true), (204, true), (299, true), (300, false)] {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(layer.clone().preflight_status(status).is_ok(), sound, "{status}");
    }
    let error = layer.preflight_status(StatusCode::NOT_FOUND).unwrap_err();
    let message = r#"preflight status "404" is not successful, so browsers would refuse it; write 204 or 200"#;
    assert_eq!(error.to_string(), message);
}

/// What a fix says is taken, and allows what it says.
#[test]
fn a_fix_is_sound() {
    for (value, _, fix) in ORIGINS {
        let Some(fix) = fix.strip_prefix("write \"").and_then(|fix| fix.strip_suffix('"')) else {
            continue;
        };
        if fix.contains(' ') {
            continue;
        }
        let fixed = Policy::builder().allow_origins([fix]).build();
        assert!(fixed.is_ok(), "the fix of {value:?}: {fixed:?}");
    }
}

#[derive(Default)]
struct Catalogue {
    rows: usize,
    failures: Vec<String>,
}

impl Catalogue {
    #[track_caller]
    fn row(&mut self, builder: &PolicyBuilder, messages: &[&str]) {
        self.rows += 1;
        let said: Vec<String> = match builder.build() {
            Ok(_) => vec!["nothing".to_owned()],
            Err(errors) => PolicyErrors::iter(&errors).map(ToString::to_string).collect(),
        };
        if said != messages {
            self.failures.push(format!("said     {said:#?}\nexpected {messages:#?}"));
        }
    }

    #[track_caller]
    fn close(self) {
        assert!(self.rows > 0 && self.failures.is_empty(), "{}", self.failures.join("\n"));
    }
}
