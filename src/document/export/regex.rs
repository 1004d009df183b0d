//! Regular expressions, in what RE2 and PCRE have in common. They are for whole texts; whoever writes one anchors it.

use std::fmt::Write;

use crate::origin::pattern::{OriginPattern, Star};

/// The expression of the origins that a pattern stands for.
pub(super) fn of_origins(pattern: &OriginPattern<'_>) -> String {
    let (start, end) = pattern.split_text();
    let is_web = matches!(pattern.scheme(), "http" | "https");
    let character = if is_web { "[a-z0-9_-]" } else { OPAQUE };
    let port = if pattern.has_any_port() { PORT } else { "" };
    let (start, quoted) = (escape(start), escape(end));
    match pattern.star() {
        None => format!("{start}{quoted}{port}"),
        Some(Star::Characters) => format!("{start}{character}+{quoted}{port}"),
        Some(Star::Labels) => {
            let base = escape(end.strip_prefix('.').unwrap_or(end));
            format!("{start}(?:{character}+\\.)+{base}{port}")
        }
        // An IPv6 address is a host under any scheme, and a host may be empty if there is no port.
        Some(Star::Everything) => {
            format!("{start}(?:(?:{OPAQUE_HOST}+|\\[[0-9a-f:]+\\]){PORT})?")
        }
    }
}

/// The characters of a label of an opaque host, in hexadecimal where a configuration might take one for its own.
const OPAQUE: &str = r"[!\x22\x24-\x29+\x2d0-9=A-Z_-z\x7b\x7d~]";
/// Those, and the dot.
const OPAQUE_HOST: &str = r"[!\x22\x24-\x29+\x2d.0-9=A-Z_-z\x7b\x7d~]";
const PORT: &str = "(?::[1-9][0-9]{0,4})?";

/// The expression of a text.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | ':' | '/' => escaped.push(character),
            '.' | '[' | ']' => escaped.extend(['\\', character]),
            other => {
                let _infallible = write!(escaped, "\\x{{{:x}}}", u32::from(other));
            }
        }
    }
    escaped
}

/// The expression of any of some texts.
pub(super) fn any_of<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    texts.into_iter().map(|text| escape(text)).collect::<Vec<_>>().join("|")
}
