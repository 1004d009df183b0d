//! A slow model of which route a path has: every reading, and every route that matches it.
//!
//! It shares nothing with the crate. A text is a string of the characters U+0000 to U+00FF, one for each
//! byte.

use std::collections::BTreeSet;

/// What one server makes of a path, and whether it decodes it.
type Rule = (fn(&str) -> String, bool);

const RULES: &[Rule] = &[
    (|text| decoded(text, true), true),
    (|text| decoded(text, false), true),
    (decoded_wide, true),
    (|text| text.replace('\\', "/"), false),
    (
        |text| {
            let mut text = text.to_owned();
            while text.contains("//") {
                text = text.replace("//", "/");
            }
            text
        },
        false,
    ),
    (without_host, false),
    (
        |text| {
            let cut = text.split('/').map(|segment| segment.split(';').next().unwrap());
            cut.collect::<Vec<_>>().join("/")
        },
        false,
    ),
    (without_dots, false),
    (
        |text| {
            let trimmed = text.split('/').map(|segment| {
                let trimmed = segment.trim_end_matches(['.', ' ']);
                if trimmed.is_empty() { segment.trim_end_matches(' ') } else { trimmed }
            });
            trimmed.collect::<Vec<_>>().join("/")
        },
        false,
    ),
    (|text| text.split(['\0', '?']).next().unwrap().to_owned(), false),
    (|text| text.chars().filter(|it| !it.is_ascii_control()).collect(), false),
];

fn decoded(text: &str, slashes: bool) -> String {
    let mut parts = text.split('%');
    let mut result = parts.next().unwrap().to_owned();
    for part in parts {
        let digits = part.get(..2).filter(|two| two.chars().all(|digit| digit.is_ascii_hexdigit()));
        match digits.map(|digits| u8::from_str_radix(digits, 16).unwrap()) {
            Some(byte) if slashes || byte != b'/' => {
                result.push(char::from(byte));
                result.push_str(&part[2..]);
            }
            _ => result.extend(["%", part]),
        }
    }
    result
}

fn decoded_wide(text: &str) -> String {
    // What is decoded first has no `%` that could be taken for the other form, but for `%25`.
    let mut result = String::new();
    for (at, part) in text.split("%25").enumerate() {
        if at > 0 {
            result.push('%');
        }
        let mut parts = part.split('%');
        let mut wide = parts.next().unwrap().to_owned();
        for part in parts {
            let digits = part.strip_prefix(['u', 'U']).and_then(|part| part.get(..4));
            let digits = digits.filter(|four| four.chars().all(|digit| digit.is_ascii_hexdigit()));
            match digits.and_then(|it| char::from_u32(u32::from_str_radix(it, 16).unwrap())) {
                // Encoded, so that it is decoded with the others.
                Some(character) => {
                    wide.extend(character.to_string().bytes().map(|byte| format!("%{byte:02x}")));
                    wide.push_str(&part[5..]);
                }
                None => wide.extend(["%", part]),
            }
        }
        result.push_str(&decoded(&wide, true));
    }
    result
}

fn without_host(text: &str) -> String {
    if !text.starts_with("//") {
        return text.to_owned();
    }
    match text.trim_start_matches('/').split_once('/') {
        Some((_host, path)) => format!("/{path}"),
        None => "/".to_owned(),
    }
}

fn without_dots(text: &str) -> String {
    let mut kept = Vec::new();
    for segment in text.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => _ = kept.pop(),
            _ => kept.push(segment),
        }
    }
    if text.ends_with("/.") || text.ends_with("/..") {
        kept.push("");
    }
    format!("/{}", kept.join("/"))
}

/// Every path that servers read in one, as browsers send it.
pub(super) fn readings(path: &str) -> BTreeSet<String> {
    let texts = texts(path, usize::MAX).unwrap_or_default();
    texts.into_iter().map(|(text, is_decoded)| written(&text, is_decoded)).collect()
}

/// What is left of a path by the rules in any order, and whether it was decoded, where that makes a difference;
/// nothing if it is more than so many texts.
pub(super) fn texts(path: &str, most: usize) -> Option<BTreeSet<(String, bool)>> {
    let mut seen = BTreeSet::new();
    let mut open = vec![(path.bytes().map(char::from).collect::<String>(), false)];
    while let Some((text, is_decoded)) = open.pop() {
        let is_decoded = is_decoded && written(&text, true) != text;
        if seen.insert((text.clone(), is_decoded)) {
            open.extend(RULES.iter().map(|(rule, decodes)| (rule(&text), is_decoded || *decodes)));
        }
        if seen.len() > most {
            return None;
        }
    }
    Some(seen)
}

/// A text as browsers send it; one that nobody has decoded as it stands.
pub(super) fn written(text: &str, is_decoded: bool) -> String {
    const RAW: &str = "!$&'()*+,-./:;=@[]_|~";
    let as_sent = |byte: char| match byte {
        byte if byte.is_ascii_alphanumeric() || RAW.contains(byte) => byte.to_string(),
        byte => format!("%{:02X}", u32::from(byte)),
    };
    if is_decoded {
        return text.chars().map(as_sent).collect();
    }
    String::from_utf8(text.chars().map(|byte| u8::try_from(byte).unwrap()).collect()).unwrap()
}

/// The name of the route that a path has as it stands.
pub(super) fn route<'a>(routes: &[(&str, &'a str)], path: &str) -> Option<&'a str> {
    let rank = |(route, name): &(&str, &'a str)| Some((matches(route, path)?, *name));
    routes.iter().filter_map(rank).min().map(|(_, name)| name)
}

/// How a route matches a path, segment by segment, of which the least is the most specific: literally,
/// or by a parameter behind so many letters.
fn matches(route: &str, path: &str) -> Option<Vec<(u8, isize)>> {
    let mut ranks = Vec::new();
    let mut path = path.strip_prefix('/');
    for segment in route.split('/').skip(1) {
        let rest = path?;
        let (first, behind) = match rest.split_once('/') {
            Some((first, behind)) => (first, Some(behind)),
            None => (rest, None),
        };
        path = behind;
        let Some((prefix, parameter)) = segment.split_once('{') else {
            ranks.push((0, 0));
            if segment != first {
                return None;
            }
            continue;
        };
        ranks.push((1, -isize::try_from(prefix.len()).unwrap()));
        if parameter.starts_with('*') {
            return (!rest.strip_prefix(prefix)?.is_empty()).then_some(ranks);
        }
        // axum takes nothing for a value within a path.
        if first.strip_prefix(prefix)?.is_empty() && behind.is_none() {
            return None;
        }
    }
    path.is_none().then_some(ranks)
}
