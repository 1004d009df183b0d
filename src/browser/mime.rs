//! The part of a MIME type that decides about a preflight.

/// The essence of a MIME type, lower-case, or nothing if `value` is no MIME type. Parameters are
/// not read: whatever they are, they never make parsing fail.
///
/// MIME Sniffing: <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>
pub(super) fn parse_essence(value: &str) -> Option<String> {
    let (kind, rest) = value.trim_matches(is_http_whitespace).split_once('/')?;
    let subtype = rest.split(';').next()?.trim_end_matches(is_http_whitespace);
    (is_token(kind) && is_token(subtype)).then(|| format!("{kind}/{subtype}").to_ascii_lowercase())
}

/// Whether `text` is a `token`: `1*tchar`.
///
/// HTTP: <https://www.rfc-editor.org/rfc/rfc9110#name-tokens>
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Fetch: <https://fetch.spec.whatwg.org/#http-whitespace>
pub(super) fn is_http_whitespace(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\t' | ' ')
}
