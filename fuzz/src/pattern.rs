//! Patterns of origins, and what is offered for what is none, held to the `url` crate and to the oracle.
//!
//! An input is a text of lines: patterns, and on the last line what a browser might send, or a user write.

use std::str;

use http::{HeaderValue, Request};
use tower_cors::{Origin, Policy, PolicyBuilder, PolicyError};
use url::Url;

use crate::oracle::origin as oracle;
use crate::origin::serialized;

pub fn check(input: &[u8]) -> Option<()> {
    let text = str::from_utf8(input).ok()?;
    let mut lines: Vec<&str> = text.split('\n').collect();
    let value = lines.pop()?;
    if lines.len() > 8 || text.len() > 1_024 {
        return None;
    }
    is_answered_with_what_builds(value);
    matches_if_a_pattern_does(&lines, value);
    Some(())
}

/// A fix builds, and is the origin of the URL if one was written.
fn is_answered_with_what_builds(value: &str) {
    for credentials in [false, true] {
        let builder = |value: &str| list(&[value]).allow_credentials(credentials);
        let Err(errors) = builder(value).build() else { continue };
        for error in errors.iter() {
            let said = error.to_string();
            assert!(!said.chars().any(char::is_control) && said.len() < 4_096, "{said:?}");
            let PolicyError::Origin { fix: Some(fix), .. } = error else { continue };
            let built = builder(fix).build();
            assert!(built.is_ok(), "{value:?} is answered with {fix:?}: {}", built.unwrap_err());
            let is_url = value.starts_with("https:") || value.starts_with("http:");
            if let (true, false, Ok(url)) = (is_url, value.contains('*'), Url::parse(value)) {
                assert_eq!(*fix, serialized(&url), "of {value:?}");
            }
        }
    }
}

/// Of a list of patterns one that is sound takes part, and an origin matches if one of them does.
fn matches_if_a_pattern_does(patterns: &[&str], value: &str) {
    let is_sound = |pattern: &&&str| list(&[pattern]).build().is_ok();
    let sound: Vec<&str> = patterns.iter().filter(is_sound).copied().collect();
    for pattern in patterns.iter().filter(|pattern| !pattern.contains('*')) {
        assert_eq!(Origin::parse(pattern).is_ok(), sound.contains(pattern), "{pattern:?}");
    }
    let (Ok(policy), Ok(field)) = (list(&sound).build(), HeaderValue::from_str(value)) else {
        return;
    };
    let request = Request::get("/").header("origin", field).body(()).expect("a sound head");
    let is_sent = Origin::parse(value).is_ok() || sound.contains(&"*");
    let expected =
        is_sent && sound.iter().any(|pattern| oracle::matches(pattern, value.as_bytes()));
    assert_eq!(policy.decide(&request).is_allowed(), expected, "{sound:?} and {value:?}");
}

fn list(origins: &[&str]) -> PolicyBuilder {
    Policy::builder()
        .allow_origins(origins)
        .dangerously_allow_public_suffixes(true)
        .dangerously_allow_insecure_origins(true)
}
