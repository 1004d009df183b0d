//! What is said of origins, word for word.

use tower_cors::Policy;

use super::Catalogue;

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
    ("https://a.example,https://b.example", LIST, LIST_ADVICE),
    ("https://a.example, https://b.example", LIST, LIST_ADVICE),
    ("https://a.example/,https://b.example", LIST, LIST_ADVICE),
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
    ("https://a.example/;https://b.example", LIST, LIST_ADVICE),
    ("https://a.example/ https://b.example", LIST, LIST_ADVICE),
    ("https://a.example;https://b.example", LIST, LIST_ADVICE),
    ("https://a.example https://b.example", LIST, LIST_ADVICE),
    ("https://a.example\nhttps://b.example", LIST, LIST_ADVICE),
    ("a.example;b.example", LIST, LIST_ADVICE),
    ("a;b", LIST, LIST_ADVICE),
    ("a.example *.b.example null", LIST, LIST_ADVICE),
    ("https://a.example,", LIST, LIST_ADVICE),
    ("https://a.example/;x=1", "has a path", r#"write "https://a.example""#),
    // Words are not the names of hosts.
    ("undefined", "has no scheme", ADVICE),
    ("null ", "has white space or a control character", ADVICE),
    ("none", "has no scheme", ADVICE),
    ("true", "has no scheme", ADVICE),
    ("${ORIGINS}", "has no scheme", ADVICE),
    ("$ORIGINS", "has no scheme", ADVICE),
    ("%ORIGINS%", "has no scheme", ADVICE),
    ("intranet", "has no scheme", ADVICE),
    ("intranet:8080", "has no scheme", ADVICE),
    ("192.168.1.7:5173", "has no scheme", ADVICE),
    ("me@a.example", "has no scheme", ADVICE),
    ("localhost", "has no scheme", r#"write "http://localhost:*""#),
    ("127.0.0.1", "has no scheme", r#"write "http://127.0.0.1:*""#),
    ("[::1]", "has no scheme", r#"write "http://[::1]:*""#),
    ("*.localhost", "has no scheme", r#"write "http://*.localhost:*""#),
    ("localhost:80", "has no scheme", r#"write "http://localhost""#),
    ("A.Example:443/app", "has no scheme", r#"write "https://a.example""#),
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
    ("https://bücher.example", "is not ASCII", r#"write "https://xn--bcher-kva.example""#),
    ("https://münchen.example", "is not ASCII", r#"write "https://xn--mnchen-3ya.example""#),
    ("https://नमस्ते.example", "is not ASCII", PUNYCODE_ADVICE),
    ("https://mu\u{308}nchen.example", "is not ASCII", PUNYCODE_ADVICE),
    ("https://xn--a.example", PUNYCODE, PUNYCODE_ADVICE),
    ("https://*.xn--.example", PUNYCODE, PUNYCODE_ADVICE),
    ("https://xn--*-3ya.a.example", PUNYCODE, PUNYCODE_ADVICE),
    // Though `xn--a-eha` is Punycode.
    ("https://xn--*-eha.a.example", PUNYCODE, PUNYCODE_ADVICE),
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
    ("app://:80", "has no host", ADVICE),
    ("app://:*", "has no host", ADVICE),
    ("app:///index.html", "has a path", r#"write "app://""#),
    ("app://./index.html", "has a path", r#"write "app://.""#),
    ("app://a^b", "has a character that no host may have", ADVICE),
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
    ("file://", FILE, FILE_ADVICE),
    ("file://*", FILE, FILE_ADVICE),
    ("file:///home/me/index.html", FILE, FILE_ADVICE),
    (
        "null",
        "stands for every opaque origin, sandboxed pages of attackers too",
        "leave it out and set `dangerously_allow_null_origin`",
    ),
    ("h*", WILDCARD, WILDCARD_ADVICE),
    ("**", WILDCARD, WILDCARD_ADVICE),
    ("https://*", WILDCARD, WILDCARD_ADVICE),
    ("https://*.", WILDCARD, WILDCARD_ADVICE),
    ("https://*:8443", WILDCARD, WILDCARD_ADVICE),
    ("https://*:*", WILDCARD, WILDCARD_ADVICE),
    ("https://a*", WILDCARD, WILDCARD_ADVICE),
    ("http://localhost*", WILDCARD, WILDCARD_ADVICE),
    ("https://a.*.example", WILDCARD, WILDCARD_ADVICE),
    ("https://a.b*.example", WILDCARD, WILDCARD_ADVICE),
    ("https://*.*.example", WILDCARD, WILDCARD_ADVICE),
    ("https://a*b*.a.example", WILDCARD, WILDCARD_ADVICE),
    ("https://**.a.example", WILDCARD, WILDCARD_ADVICE),
    ("https://*..a.example", WILDCARD, WILDCARD_ADVICE),
    ("https://a.example:8*", WILDCARD, WILDCARD_ADVICE),
    ("*://a.example", WILDCARD, WILDCARD_ADVICE),
    ("https://*.127.0.0.1", WILDCARD, WILDCARD_ADVICE),
    ("http://*1.0.0.1", WILDCARD, WILDCARD_ADVICE),
    ("http://192.168.*", WILDCARD, WILDCARD_ADVICE),
    ("http://192.168.1.*:5173", WILDCARD, WILDCARD_ADVICE),
    ("http://[::*]", WILDCARD, WILDCARD_ADVICE),
    ("moz-extension://*:8080", WILDCARD, WILDCARD_ADVICE),
    ("moz-extension://*:*", WILDCARD, r#"write "moz-extension://*""#),
    ("moz-extension://*/*", "has a path", r#"write "moz-extension://*""#),
    ("https://*example.com", UNDER_SUFFIX, r#"write "https://*.example.com""#),
    ("*example.com", "has no scheme", r#"write "https://*.example.com""#),
    ("https://my-*.com", UNDER_SUFFIX, WILDCARD_ADVICE),
    ("https://*-app.com:8443", UNDER_SUFFIX, WILDCARD_ADVICE),
];

const LIST: &str = "is a list in one string";
const LIST_ADVICE: &str = "write each origin as an item of its own";
const FILE: &str = "stands for every local file, and only some web views send it";
const FILE_ADVICE: &str = "leave it out and set `dangerously_allow_file_origin`";
const PUNYCODE: &str = "has an `xn--` label that no browser sends";
const PUNYCODE_ADVICE: &str =
    r#"write its ASCII (Punycode) form, as in "https://xn--bcher-kva.example""#;
const UNDER_SUFFIX: &str =
    "has a `*` beside the name of a domain, so that the domains of strangers match";
const WILDCARD: &str = "has a `*` where none can stand";
const WILDCARD_ADVICE: &str = r#"write a pattern, as in "https://*.a.example", "https://pr-*.a.example" or "https://a.example:*", or call `allow_origins_if`"#;

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

/// Only with the list of suffixes are these known.
#[cfg(feature = "public-suffix")]
#[test]
fn origins_under_listed_suffixes() {
    let mut catalogue = Catalogue::default();
    for (value, wrong, fix) in [
        ("https://*example.co.uk", UNDER_SUFFIX, r#"write "https://*.example.co.uk""#),
        ("https://*.example.co.uk/", "has a path", r#"write "https://*.example.co.uk""#),
        ("https://my-*.co.uk", UNDER_SUFFIX, WILDCARD_ADVICE),
        ("https://my-*.co.uk.", UNDER_SUFFIX, WILDCARD_ADVICE),
        ("https://my-*.ck", UNDER_SUFFIX, WILDCARD_ADVICE),
        ("https://my-*.any.ck", UNDER_SUFFIX, WILDCARD_ADVICE),
        ("process.env.ORIGIN", "has no scheme", ADVICE),
        ("https://a\u{200b}.example", "is not ASCII", "remove the characters that are not ASCII"),
        (
            "\u{201c}https://a.example\u{201d}",
            "is not ASCII",
            "remove the characters that are not ASCII",
        ),
        ("pr-*.a.example", "has no scheme", r#"write "https://pr-*.a.example""#),
    ] {
        let message = format!("origin {value:?} {wrong}; {fix}");
        catalogue.row(&Policy::builder().allow_origins([value]), &[&message]);
        // The loud call is for suffixes of others.
        let builder = Policy::builder().allow_origins([value]);
        catalogue.row(&builder.dangerously_allow_public_suffixes(true), &[&message]);
    }
    catalogue.close();
}

#[test]
fn origins_with_credentials() {
    let with_credentials =
        |origin| Policy::builder().allow_credentials(true).allow_origins([origin]);
    let mut catalogue = Catalogue::default();
    catalogue.row(
        &with_credentials("http://a.example"),
        &["origin \"http://a.example\" is insecure, and credentials are allowed; \
            write its https: form, or set `dangerously_allow_insecure_origins`"],
    );
    // What would be refused in turn is not offered.
    catalogue.row(
        &with_credentials("http://a.example/"),
        &[&format!("origin \"http://a.example/\" has a path; {ADVICE}")],
    );
    catalogue.row(
        &with_credentials("https://*.github.io/"),
        &[&format!("origin \"https://*.github.io/\" has a path; {ADVICE}")],
    );
    // The calls that allow these by themselves cannot be combined with credentials either.
    catalogue.row(
        &with_credentials("null"),
        &["`allow_credentials` cannot be combined with the null origin; remove one of them"],
    );
    catalogue.row(
        &with_credentials("file://"),
        &["`allow_credentials` cannot be combined with the file origin; remove one of them"],
    );
    for origin in ["moz-extension://*", "vscode-webview://*"] {
        let message = format!(
            "origin {origin:?} stands for every origin of its scheme, and credentials are allowed; \
             list the origins, or call `allow_origins_if`"
        );
        catalogue.row(&with_credentials(origin), &[&message]);
    }
    catalogue.row(
        &with_credentials("app://a*"),
        &["origin \"app://a*\" stands for names that anybody may have, and credentials are allowed; \
            list the origins, or call `allow_origins_if`"],
    );
    let suffix = if cfg!(feature = "public-suffix") {
        "stands for names that anybody may have, and credentials are allowed; \
         list the origins, or call `allow_origins_if`"
    } else {
        "may stand for names that anybody may have; enable the feature `public-suffix`, \
         list the origins, or call `allow_origins_if`"
    };
    for origin in [
        "https://*.com",
        "https://*.com.",
        "https://*.github.io",
        "https://*.ck",
        "https://*.co.uk:*",
        "https://site-*-team.vercel.app",
        "https://*-x.github.io:*",
        // Suffixes stand below these.
        "https://*.amazonaws.com",
        "https://*.us-east-1.amazonaws.com",
        "https://*.on.aws",
        "https://*.core.windows.net",
        "https://*.eu-west-1.elasticbeanstalk.com",
        "https://*.kawasaki.jp",
        "https://*.compute.amazonaws.com",
        // On no list, and not reserved.
        "https://*.newtld",
        "https://*.intranet",
        "app://*.newtld",
    ] {
        let message = format!("origin {origin:?} {suffix}");
        catalogue.row(&with_credentials(origin), &[&message]);
        let opted_in = with_credentials(origin).dangerously_allow_public_suffixes(true);
        catalogue.row(&opted_in, &["nothing"]);
    }
    catalogue.close();
}

/// With the list of suffixes, names of one owner and reserved ones need no call.
#[test]
fn patterns_under_names_of_one_owner() {
    let origins = [
        "https://*.example.com",
        "https://pr-*.example.com",
        "https://*.s3.example.com",
        "https://pr-*.preview.a.example",
        "https://*.user.github.io",
        "https://*.my-bucket.s3.amazonaws.com",
        "https://*.city.kawasaki.jp",
        "https://*.www.ck",
        "http://*.localhost",
        "http://pr-*.localhost:*",
        "https://*.internal",
        "https://nas-*.local",
        "https://*.test",
        "https://*.example",
        "https://*.invalid",
        "https://*.home.arpa",
        "https://nas-*.home.arpa",
    ];
    let mut catalogue = Catalogue::default();
    for origin in origins {
        let builder = Policy::builder().allow_credentials(true).allow_origins([origin]);
        let unknown = format!(
            "origin {origin:?} may stand for names that anybody may have; enable the feature \
             `public-suffix`, list the origins, or call `allow_origins_if`"
        );
        let said = if cfg!(feature = "public-suffix") { "nothing" } else { &unknown };
        catalogue.row(&builder, &[said]);
        catalogue.row(&builder.dangerously_allow_public_suffixes(true), &["nothing"]);
    }
    // Without the list, a `*` within a label needs the call even without credentials.
    let builder = Policy::builder().allow_origins(["https://pr-*.a.example"]);
    let is_known = cfg!(feature = "public-suffix");
    assert_eq!(builder.build().is_ok(), is_known);
    assert!(builder.dangerously_allow_public_suffixes(true).build().is_ok());
    assert!(Policy::builder().allow_origins(["https://*.a.example", "app://*"]).build().is_ok());
    catalogue.close();
}
