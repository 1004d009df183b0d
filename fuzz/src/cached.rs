//! How long a response may be used again, where its fields are sound and say so.
//!
//! HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-freshness>

use std::str;

use crate::browser::Answer;

/// Whether a response may be used without asking when so many seconds have gone; nothing where a field is not sound,
/// or the answer is a matter of guesses.
pub(crate) fn is_fresh(answer: &Answer, later: u64) -> Option<bool> {
    let directives = directives(answer)?;
    let argument = |name: &str| directives.iter().find(|it| it.0 == name).map(|it| &*it.1);
    if argument("no-store").is_some() || argument("no-cache").is_some() {
        return Some(false);
    }
    let age = match answer.get("age") {
        Some(age) => seconds(str::from_utf8(&age).ok()?)?,
        None => 0,
    };
    let lifetime = match (argument("max-age"), answer.get("expires")) {
        (Some(seconds), _) => self::seconds(seconds)?,
        (None, Some(expires)) => {
            let time = |value: &[u8]| httpdate::parse_http_date(str::from_utf8(value).ok()?).ok();
            let (expires, date) = (time(&expires)?, time(&answer.get("date")?)?);
            expires.duration_since(date).map_or(0, |lifetime| lifetime.as_secs())
        }
        (None, None) if answer.has("last-modified") => return None,
        (None, None) => 0,
    };
    Some(age.saturating_add(later) < lifetime)
}

/// The directives, each once, in lower case: tokens, with arguments that are tokens or, between quotes, have no
/// character that means something.
fn directives(answer: &Answer) -> Option<Vec<(String, String)>> {
    let value = answer.get("cache-control").unwrap_or_default();
    let value = str::from_utf8(&value).ok()?;
    let is_token = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    let mut directives: Vec<(String, String)> = Vec::new();
    for element in value.split(',').map(|element| element.trim_matches([' ', '\t'])) {
        if element.is_empty() {
            continue;
        }
        let (name, argument) = match element.split_once('=') {
            Some((name, argument)) => (name, argument),
            None => (element, "0"),
        };
        let inner = argument.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let argument = inner.unwrap_or(argument);
        let name = name.to_ascii_lowercase();
        if !is_token(&name) || !is_token(argument) || directives.iter().any(|it| it.0 == name) {
            return None;
        }
        directives.push((name, argument.to_owned()));
    }
    Some(directives)
}

fn seconds(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
