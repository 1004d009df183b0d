//! Domains in Unicode, their ASCII form, and opaque hosts, held to the `url` crate.
//! <https://url.spec.whatwg.org/#host-parsing>

use proptest::prelude::*;
use proptest::sample::select;
use tower_cors::{Origin, OriginFault, Policy, PolicyError};
use url::Url;

/// What a message offers for an origin that is wrong.
fn fix_of(value: &str) -> Option<String> {
    let errors = Policy::builder().allow_origins([value]).build().err()?;
    let fix = errors.iter().find_map(|error| match error {
        PolicyError::Origin { fix, .. } => Some(fix.clone()),
        _ => None,
    });
    fix.expect("an error of the origin")
}

/// How a browser writes the origin of a URL.
fn serialized(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.origin().ascii_serialization())
}

/// Every character, before and between others and by itself: the form that is offered is the right one.
#[test]
fn the_ascii_form_of_a_domain_is_that_of_browsers_or_none() {
    let (mut offered, mut failures) = (0, Vec::new());
    let characters = ('\u{80}'..='\u{ffff}').chain(('\u{10000}'..=char::MAX).step_by(257));
    for character in characters.filter(|c| !c.is_whitespace()) {
        let value = format!("https://{character}a{character}b.{character}.example");
        let Some(fix) = fix_of(&value) else { continue };
        offered += 1;
        let right = serialized(&value);
        if right.as_ref() != Some(&fix) {
            failures.push(format!("{value}: offered {fix}, and browsers have {right:?}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{}: {}",
        failures.len(),
        failures[..failures.len().min(30)].join("\n")
    );
    assert!(offered > 30_000, "{offered}");
}

/// Name, its ASCII form.
const NAMES: &[(&str, Option<&str>)] = &[
    ("https://münchen.example", Some("https://xn--mnchen-3ya.example")),
    ("https://MÜNCHEN.example/karte", Some("https://xn--mnchen-3ya.example")),
    ("münchen.example", Some("https://xn--mnchen-3ya.example")),
    ("https://*.bücher.example:8443", Some("https://*.xn--bcher-kva.example:8443")),
    // Where the first difference comes to just the bound at which the digits' bias is adapted once more.
    ("https://abcde뉀대.example", Some("https://xn--abcde-346ty4b.example")),
    ("https://straße.example", Some("https://xn--strae-oqa.example")),
    ("https://παράδειγμα.example", Some("https://xn--hxajbheg2az3al.example")),
    ("https://пример.example", Some("https://xn--e1afmkfd.example")),
    ("https://例え.テスト.example", Some("https://xn--r8jz45g.xn--zckzah.example")),
    ("https://예.example", Some("https://xn--2j5b.example")),
    ("https://a.example/straße", Some("https://a.example")),
    // A combining mark, two letters in one, another alphabet, right to left, a full stop.
    ("https://mu\u{308}nchen.example", None),
    ("https://\u{133}.example", None),
    ("https://नमस्ते.example", None),
    ("https://مثال.example", None),
    ("https://a。example", None),
    ("https://münchen-*.example", None),
    ("https://xn--münchen.example", None),
    ("\u{201c}https://a.example\u{201d}", None),
    ("https://\u{200b}a.example", None),
    ("app://münchen", None),
];

#[test]
fn a_name_is_answered_with_its_own_ascii_form() {
    for (value, expected) in NAMES {
        assert_eq!(fix_of(value).as_deref(), *expected, "{value}");
        if let Some(expected) = expected.filter(|_| value.contains("://") && !value.contains('*')) {
            assert_eq!(serialized(value).as_deref(), Some(expected), "{value}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ascii_form_of_several_letters_is_that_of_browsers(
        label in "[a-z0-9A-Zäöüßéñøčžαβγδεσςабвгдあいカー例山東가나-]{1,12}",
    ) {
        let value = format!("https://x{label}y.example");
        prop_assume!(!value.is_ascii());
        if let Some(fix) = fix_of(&value) {
            prop_assert_eq!(Some(fix), serialized(&value));
        } else {
            // What begins like Punycode, and is none, has no form of ours.
            let is_odd = label.to_ascii_lowercase().starts_with("n--");
            prop_assert!(is_odd, "{} has a form", value);
        }
    }

    /// What is refused is what browsers refuse; they refuse more.
    #[test]
    fn an_ascii_form_that_is_refused_is_refused_by_browsers(
        label in "xn--[a-z0-9-]{0,12}|[a-z]{0,2}xn--[a-z0-9]{1,5}",
    ) {
        let value = format!("https://{label}.example");
        let is_browsers = serialized(&value).as_ref() == Some(&value);
        let built = Policy::builder().allow_origins([&value]).build();
        prop_assert!(built.is_ok() || !is_browsers, "{}: {:?}", value, built.err());
        prop_assert_eq!(built.is_ok(), Origin::parse(&value).is_ok());
    }
}

/// Whether it has Punycode, and none of the characters that no name in the DNS has.
fn is_of_domains(origin: &str) -> bool {
    let host = origin.trim_start_matches("https://");
    origin.contains("xn--")
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// No label that a browser may send is refused.
#[test]
fn the_ascii_form_of_every_character_is_taken() {
    let (mut taken, mut failures) = (0, Vec::new());
    let characters = ('\u{80}'..'\u{3400}').chain(('\u{3400}'..=char::MAX).step_by(61));
    for character in characters {
        for value in [
            format!("https://a{character}.example"),
            format!("https://{character}b{character}.example"),
        ] {
            let Some(origin) = serialized(&value).filter(|origin| is_of_domains(origin)) else {
                continue;
            };
            taken += 1;
            if let Err(fault) = Origin::parse(&origin) {
                failures.push(format!("{origin} of {value}: {fault}"));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{}: {}",
        failures.len(),
        failures[..failures.len().min(30)].join("\n")
    );
    assert!(taken > 10_000, "{taken}");
}

#[test]
fn an_ascii_form_that_no_browser_sends_is_refused() {
    let labels = [
        "xn--",
        "xn---",
        "xn--a",
        "xn--a-",
        "xn--abc",
        "xn--abc-",
        "xn--99999999",
        "xn--mnchen-3y",
        "xn---3ya",
        "xn--zz-zzzzzz",
        "xn--_-3ya-",
        // Encoded upper case.
        "xn--bcher-2pa",
    ];
    let mut failures = Vec::new();
    for label in labels {
        for value in [format!("https://{label}.example"), format!("https://x.{label}.a.example:1")]
        {
            if Origin::parse(&value) != Err(OriginFault::Punycode) {
                failures.push(format!("{value} is taken"));
            }
            if serialized(&value).is_some() {
                failures.push(format!("{value} is taken by browsers"));
            }
        }
        // Nor does it stand in the place of a `*`.
        let policy = Policy::builder().allow_origins(["https://*.a.example", "https://b.example"]);
        let origin = format!("https://{label}.a.example");
        let request = http::Request::get("/").header("origin", origin).body(()).unwrap();
        if policy.build().unwrap().decide(&request).is_allowed() {
            failures.push(format!("{label} matches a pattern"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Every character of ASCII, in a host under another scheme.
#[test]
fn an_opaque_host_has_the_characters_of_the_url_standard() {
    for character in '!'..='~' {
        let value = format!("app://a{character}b");
        let is_host = Url::parse(&value).is_ok_and(|url| {
            url.host_str() == value.strip_prefix("app://") && url.port().is_none()
        });
        // These make a pattern or a list.
        let expected = is_host && !['*', ',', ';'].contains(&character);
        assert_eq!(Origin::parse(&value).is_ok(), expected, "{value}");
        let built = Policy::builder().allow_origins([&value]).build();
        assert_eq!(built.is_ok(), expected || character == '*', "{value}");
    }
}

proptest! {
    #[test]
    fn an_opaque_host_is_compared_as_it_is(
        host in "[A-Za-z0-9!$&'()+=._~%{}-]{0,80}",
        other in select(vec!["", ".", "x", "A", "%41"]),
    ) {
        let value = format!("app://{host}");
        prop_assert_eq!(Origin::parse(&value).map(|origin| origin.host()), Ok(&host[..]));
        let policy = Policy::builder()
            .allow_origins([&value[..], "app://another"])
            .build()
            .unwrap();
        let is_allowed = |origin: &str| {
            policy.decide(&http::Request::get("/").header("origin", origin).body(()).unwrap()).is_allowed()
        };
        prop_assert!(is_allowed(&value));
        for near in [format!("{value}{other}"), value.to_ascii_uppercase().replace("APP", "app")] {
            prop_assert_eq!(is_allowed(&near), near == value);
        }
    }
}
