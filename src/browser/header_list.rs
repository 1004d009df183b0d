//! Reading a response's header list.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::mime::is_token;

/// A list-based field of which an element is no token: the whole field counts for nothing.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) value: String,
}

/// All values of the field, joined by `, `, as script and the checks see them.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-header-list-get>
pub(super) fn get(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// All values joined by `, `, byte by byte.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-header-list-get>
pub(super) fn combine<'a>(values: impl IntoIterator<Item = &'a HeaderValue>) -> Vec<u8> {
    let values: Vec<_> = values.into_iter().map(HeaderValue::as_bytes).collect();
    values.join(b", ".as_slice())
}

/// The elements of a field of the form `#token`, or nothing if there is no such field.
/// One bad element spoils all lines.
///
/// ```text
/// Access-Control-Expose-Headers = #field-name
/// Access-Control-Allow-Methods  = #method
/// Access-Control-Allow-Headers  = #field-name
/// #element => [ element ] *( OWS "," OWS [ element ] )
/// ```
///
/// Fetch: <https://fetch.spec.whatwg.org/#extract-header-list-values>
pub(super) fn extract_tokens(
    headers: &HeaderMap,
    name: &HeaderName,
) -> Result<Option<Vec<String>>, Malformed> {
    let Some(value) = get(headers, name) else {
        return Ok(None);
    };
    let elements: Vec<_> = value
        .split(',')
        .map(|element| element.trim_matches([' ', '\t']))
        .filter(|element| !element.is_empty())
        .map(str::to_owned)
        .collect();
    if elements.iter().all(|element| is_token(element)) {
        Ok(Some(elements))
    } else {
        Err(Malformed { value })
    }
}

/// The value of a field of the form `delta-seconds`, or nothing if there is none, or more than one
/// line, or it is malformed. A value too large for us is the largest that we know.
///
/// ```text
/// Access-Control-Max-Age = delta-seconds
/// delta-seconds          = 1*DIGIT
/// ```
///
/// HTTP: <https://www.rfc-editor.org/rfc/rfc9111#name-delta-seconds>
pub(super) fn extract_seconds(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let mut lines = headers.get_all(name).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return None;
    };
    parse_seconds(line.to_str().ok()?)
}

pub(super) fn parse_seconds(digits: &str) -> Option<u64> {
    let is_delta = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_delta.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// The elements of a comma-separated list, in which a comma between double quotes separates nothing.
///
/// Fetch: <https://fetch.spec.whatwg.org/#header-value-get-decode-and-split>
pub(super) fn split_outside_quotes(value: &str) -> impl Iterator<Item = &str> {
    let (mut in_quotes, mut is_escaped) = (false, false);
    value
        .split(move |character| {
            let separates = character == ',' && !in_quotes;
            in_quotes ^= character == '"' && !is_escaped;
            is_escaped = in_quotes && character == '\\' && !is_escaped;
            separates
        })
        .map(|element| element.trim_matches([' ', '\t']))
}
