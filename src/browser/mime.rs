//! The part of a MIME type that decides about a preflight.

/// What stands before the parameters of a MIME type, which is its essence if it is one. Whatever the parameters are,
/// they never make parsing fail.
///
/// MIME Sniffing: <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>
pub(super) fn essence(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim_matches(is_http_whitespace)
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
