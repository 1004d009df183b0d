//! Every fix that is offered for an origin builds, and stands for what was written.
//! <https://url.spec.whatwg.org/#url-parsing>

use http::Request;
use proptest::prelude::*;
use proptest::sample::select;
use tower_cors::{Policy, PolicyBuilder, PolicyError};
use url::Url;

const BEFORE: [&str; 5] = ["", "", "", " ", "\""];
const SCHEMES: [&str; 15] = [
    "",
    "",
    "",
    "https://",
    "https://",
    "http://",
    "HTTPS://",
    "ws://",
    "wss://",
    "app://",
    "moz-extension://",
    "ftp://",
    "file://",
    "//",
    "*://",
];
const USERS: [&str; 4] = ["", "", "me@", "me:secret@"];
const HOSTS: [&str; 58] = [
    "",
    "a.example",
    "A.Example",
    "a.example.",
    "a..example",
    ".a.example",
    "b.a.example",
    "example",
    "example.com",
    "example.co.uk",
    "com",
    "co.uk",
    "github.io",
    "localhost",
    "LOCALHOST",
    "x.localhost",
    "127.0.0.1",
    "127.1",
    "192.168.1.7",
    "256.0.0.1",
    "[::1]",
    "[::0001]",
    "[FE80::1]",
    "[::1",
    "::1",
    "[::ffff:192.168.0.1]",
    "[fe80::1%25eth0]",
    "münchen.example",
    "MÜNCHEN.example",
    "mu\u{308}nchen.example",
    "xn--mnchen-3ya.example",
    "xn--a.example",
    "نامه.example",
    "a.example\u{3002}",
    "*",
    "*.a.example",
    "*.example.com",
    "*.com",
    "*.github.io",
    "*.localhost",
    "*.münchen.example",
    "pr-*.a.example",
    "*-x.a.example",
    "*a.example",
    "*example.com",
    "*example.co.uk",
    "*-x.com",
    "pr-*.com",
    "a.*.example",
    "192.168.*",
    "**.a.example",
    "undefined",
    "null",
    "none",
    "${ORIGINS}",
    "process.env.ORIGIN",
    "ABC!x",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789ab",
];
const PORTS: [&str; 13] =
    ["", "", "", "", ":443", ":80", ":8443", ":08443", ":*", ":0", ":", ":99999", ":8*"];
const AFTER: [&str; 16] = [
    "",
    "",
    "",
    "",
    "/",
    "/app/index.html",
    "/*",
    "?q=1",
    "#top",
    " ",
    "\t",
    ",",
    ";https://b.example",
    " https://b.example",
    "/;x",
    "/é",
];

fn value() -> impl Strategy<Value = String> {
    let parts = (
        select(&BEFORE[..]),
        select(&SCHEMES[..]),
        select(&USERS[..]),
        select(&HOSTS[..]),
        select(&PORTS[..]),
        select(&AFTER[..]),
    );
    let parts = parts.prop_map(|(before, scheme, user, host, port, after)| {
        [before, scheme, user, host, port, after].concat()
    });
    prop_oneof![
        20 => parts,
        1 => "[ -~é]{0,24}",
        1 => "(https?://)?[a-z*.:/@-]{0,16}",
    ]
}

/// The fix that is offered, if one is.
fn fix_of(builder: &PolicyBuilder) -> Option<String> {
    let errors = builder.build().err()?;
    errors.iter().find_map(|error| match error {
        PolicyError::Origin { fix, .. } => fix.clone(),
        _ => None,
    })
}

/// How a browser writes the origin of a page at a URL.
fn serialized(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default()))
}

/// An origin that was meant, by whoever wrote the value: with a letter for each `*` in the host, and a
/// port for one behind it.
fn meant(value: &str, fix: &str) -> Option<String> {
    let value = value.trim();
    let value = match value.split_once("://") {
        Some(("ws", rest)) => format!("http://{rest}"),
        Some(("wss", rest)) => format!("https://{rest}"),
        Some(_) => value.to_owned(),
        // A server on the same machine, or a domain.
        None => fix.split_inclusive("://").next()?.to_owned() + value,
    };
    // The path of a URL begins behind the host.
    let host_start = value.find("://")? + 3;
    let host_end =
        value[host_start..].find(['/', '?', '#']).map_or(value.len(), |at| host_start + at);
    let (authority, path) = value.split_at(host_end);
    let (scheme, host) = authority.split_at(host_start);
    let authority = scheme.to_owned() + host.rsplit('@').next()?;
    // The dot that was forgotten.
    let authority = if fix.contains("://*.") && !authority.contains("*.") {
        authority.replacen('*', "*.", 1)
    } else {
        authority
    };
    serialized(&(authority.replace(":*", ":4321").replace('*', "q") + path))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fix_builds_and_stands_for_what_was_written(
        value in value(),
        credentials in any::<bool>(),
        loud in any::<bool>(),
    ) {
        let builder = |origin: &str| {
            Policy::builder()
                .allow_origins([origin])
                .allow_credentials(credentials)
                .dangerously_allow_insecure_origins(loud)
                .dangerously_allow_public_suffixes(loud)
        };
        let Some(fix) = fix_of(&builder(&value)) else { return Ok(()) };
        let policy = builder(&fix).build();
        prop_assert!(policy.is_ok(), "{:?} is answered with {:?}: {:?}", value, fix, policy.err());
        let policy = policy.unwrap();

        // As many are meant as were written in host and port, save that a server on the same machine has
        // some port.
        let rest = value.split_once("://").map_or(&value[..], |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let [stars, written] = [&fix, authority].map(|text| text.matches('*').count());
        let is_guess = !value.contains("://") && fix.ends_with(":*");
        prop_assert!(
            stars == written || is_guess || fix.ends_with("://*"),
            "{:?} is answered with {:?}", value, fix
        );

        let meant = meant(&value, &fix);
        prop_assert!(meant.is_some(), "{:?} is no URL, and is answered with {:?}", value, fix);
        let origin = meant.unwrap();
        let request = Request::get("/").header("origin", &origin).body(()).unwrap();
        prop_assert!(
            policy.decide(&request).is_allowed(),
            "{:?} means {:?}, and is answered with {:?}", value, origin, fix
        );
    }
}

/// To browsers it begins the path, so that the host is another one than what stands behind an `@`.
#[test]
fn no_fix_is_made_of_a_host_with_a_backslash() {
    for value in [
        r"https://a.example\@b.example",
        r"https://me@a.example\@b.example:8443/",
        r"a.example\@b.example",
    ] {
        assert_eq!(fix_of(&Policy::builder().allow_origins([value])), None, "{value}");
    }
    assert_eq!(serialized(r"https://a.example\@b.example").as_deref(), Some("https://a.example"));
}

/// A network is no origin, and its address is not what was meant.
#[test]
fn no_fix_is_made_of_a_network() {
    for value in [
        "http://10.0.0.0/8",
        "http://10.0.0.0/255.0.0.0",
        "http://192.168.1.0/24:3000",
        "127.0.0.0/8",
        "[::1]/128",
        "http://[fe80::]/10",
    ] {
        assert_eq!(fix_of(&Policy::builder().allow_origins([value])), None, "{value}");
    }
    assert!(fix_of(&Policy::builder().allow_origins(["http://10.0.0.1/path"])).is_some());
}

/// The kinds of values of the property are met.
#[test]
fn fixes_are_offered_and_withheld() {
    let (mut offered, mut withheld) = (0, 0);
    for scheme in SCHEMES {
        for host in HOSTS {
            for (port, after) in PORTS.iter().zip(AFTER.iter().cycle().skip(host.len())) {
                let builder =
                    Policy::builder().allow_origins([[scheme, host, port, after].concat()]);
                match fix_of(&builder) {
                    Some(fix) => {
                        offered += 1;
                        assert!(
                            builder.allow_credentials(false).allow_origins([&fix]).build().is_err()
                        );
                        // Only the list of suffixes tells that the last is no domain.
                        let words = ["undefined", "null", "none", "ORIGIN", "origin"];
                        let words = &words[..if cfg!(feature = "public-suffix") { 5 } else { 4 }];
                        let is_word = words.iter().any(|word| fix.contains(word));
                        assert!(fix != "*" && !(scheme.is_empty() && is_word), "{fix}");
                    }
                    None => withheld += 1,
                }
            }
        }
    }
    assert!(offered > 700 && withheld > 3_000, "{offered} {withheld}");
}
