//! Request headers: those that script may not set, and those that cost a preflight.

use std::borrow::Cow;
use std::str;

use http::{HeaderMap, HeaderName, header};

use super::{
    UserAgent,
    header_list::{combine, split_outside_quotes},
    methods, mime,
};

/// Names that belong to the user agent. Those in `proxy-` and `sec-` do as well.
const FORBIDDEN_NAMES: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

const SAFELISTED_VALUE_LIMIT: usize = 128;
const SAFELISTED_TOTAL_LIMIT: usize = 1024;

/// Whether script's attempt to set the header is silently ignored.
///
/// Fetch: <https://fetch.spec.whatwg.org/#forbidden-request-header>
pub(super) fn is_forbidden(name: &HeaderName, value: &str) -> bool {
    let name = name.as_str();
    FORBIDDEN_NAMES.contains(&name)
        || name.starts_with("proxy-")
        || name.starts_with("sec-")
        || (matches!(name, "x-http-method" | "x-http-method-override" | "x-method-override")
            && split_outside_quotes(value).any(methods::is_forbidden))
}

/// Whether a `no-cors` request keeps the header.
///
/// Fetch: <https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header>
pub(super) fn is_no_cors_safelisted(
    name: &HeaderName,
    value: &[u8],
    user_agent: UserAgent,
) -> bool {
    let names =
        [header::ACCEPT, header::ACCEPT_LANGUAGE, header::CONTENT_LANGUAGE, header::CONTENT_TYPE];
    names.contains(name) && is_safelisted(name, value, user_agent)
}

/// The names that a preflight must ask for: lower-case, sorted, each once unless the user agent
/// repeats them.
///
/// Fetch: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
pub(super) fn unsafe_names(headers: &HeaderMap, user_agent: UserAgent) -> Vec<HeaderName> {
    let mut unsafe_names = Vec::new();
    let mut potentially_unsafe_names = Vec::new();
    let mut safelisted_size = 0;
    for (name, value) in judged(headers, user_agent) {
        if is_safelisted(name, &value, user_agent) {
            potentially_unsafe_names.push(name.clone());
            safelisted_size += value.len();
        } else {
            unsafe_names.push(name.clone());
        }
    }
    if safelisted_size > SAFELISTED_TOTAL_LIMIT {
        unsafe_names.append(&mut potentially_unsafe_names);
    }
    unsafe_names.sort_by(|left, right| left.as_str().cmp(right.as_str()));
    if !user_agent.repeats_names() {
        unsafe_names.dedup();
    }
    unsafe_names
}

/// The headers as the user agent judges them: line by line, or each name with its combined value.
fn judged(headers: &HeaderMap, user_agent: UserAgent) -> Vec<(&HeaderName, Cow<'_, [u8]>)> {
    if user_agent.combines_request_headers() {
        let combined = |name| (name, Cow::Owned(combine(headers.get_all(name))));
        return headers.keys().map(combined).collect();
    }
    headers.iter().map(|(name, value)| (name, Cow::Borrowed(value.as_bytes()))).collect()
}

/// Fetch: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
fn is_safelisted(name: &HeaderName, value: &[u8], user_agent: UserAgent) -> bool {
    value.len() <= SAFELISTED_VALUE_LIMIT
        && match name.as_str() {
            "accept" => !has_unsafe_byte(value, user_agent),
            "accept-language" | "content-language" => value.iter().copied().all(is_language_byte),
            "content-type" => {
                !has_unsafe_byte(value, user_agent)
                    && is_form_type(value)
                    && user_agent.reads_content_type(value)
            }
            "range" => is_simple_range(value),
            _ => user_agent.is_safelisted_client_hint(name, value),
        }
}

fn has_unsafe_byte(value: &[u8], user_agent: UserAgent) -> bool {
    value.iter().any(|byte| is_unsafe_byte(*byte) || user_agent.is_unsafe_byte(*byte))
}

/// To the standard control characters are unsafe, too; but no `HeaderValue` has one, save for tab, which is safe.
///
/// Fetch: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
fn is_unsafe_byte(byte: u8) -> bool {
    b"\"():<>?@[\\]{}".contains(&byte)
}

fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" *,-.;=".contains(&byte)
}

/// Whether a form without script could send the type.
fn is_form_type(value: &[u8]) -> bool {
    let value = String::from_utf8_lossy(value);
    let essence = mime::essence(&value);
    ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
        .iter()
        .any(|form_type| essence.eq_ignore_ascii_case(form_type))
}

/// Whether the value is one range with a start: `bytes=0-`, `bytes=0-10`; not `bytes=-10`.
///
/// Fetch: <https://fetch.spec.whatwg.org/#simple-range-header-value>
fn is_simple_range(value: &[u8]) -> bool {
    let range = str::from_utf8(value).ok().and_then(|value| value.strip_prefix("bytes="));
    let Some((start, end)) = range.and_then(|range| range.split_once('-')) else {
        return false;
    };
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    !start.is_empty()
        && is_number(start)
        && is_number(end)
        && (end.is_empty() || is_at_most(start, end))
}

/// Compares two decimal numbers of any length.
fn is_at_most(start: &str, end: &str) -> bool {
    let (start, end) = (start.trim_start_matches('0'), end.trim_start_matches('0'));
    (start.len(), start) <= (end.len(), end)
}
