//! Methods: those forbidden, those normalised, those that need no preflight.

use http::Method;

/// Fetch: <https://fetch.spec.whatwg.org/#forbidden-method>
pub(super) fn is_forbidden(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|forbidden| method.eq_ignore_ascii_case(forbidden))
}

/// Upper-cases the six methods that every browser upper-cases, and no other: `patch` stays `patch`.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-method-normalize>
pub(super) fn normalize(method: &str) -> &str {
    ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]
        .into_iter()
        .find(|known| method.eq_ignore_ascii_case(known))
        .unwrap_or(method)
}

/// Fetch: <https://fetch.spec.whatwg.org/#cors-safelisted-method>
pub(super) fn is_safelisted(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::POST].contains(method)
}

/// Whether a response to the method makes what a cache holds for its URL invalid.
///
/// HTTP: <https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods>
pub(super) fn is_unsafe(method: &Method) -> bool {
    !method.is_safe()
}
