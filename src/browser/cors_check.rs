use http::{
    HeaderMap,
    header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, VARY},
};

use super::{AnswerKind, Blocked, header_list, received::Received, request::Request};

/// Whether the server shares the response with the request's origin.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-cors-check>
pub(super) fn cors_check(
    request: &Request,
    headers: &HeaderMap,
    kind: AnswerKind,
) -> Result<(), Blocked> {
    let answer = || request.answer(kind);
    let expected = || request.serialized_origin().to_owned();
    let Some(origin) = header_list::get(headers, &ACCESS_CONTROL_ALLOW_ORIGIN) else {
        return Err(Blocked::AllowOriginMissing { answer: answer(), expected: expected() });
    };
    if origin == "*" {
        return if request.is_credentialed() {
            Err(Blocked::AllowOriginWildcard { answer: answer(), expected: expected() })
        } else {
            Ok(())
        };
    }
    if origin != request.serialized_origin() {
        return Err(Blocked::AllowOriginMismatch {
            answer: answer(),
            value: origin,
            expected: expected(),
        });
    }
    if !request.is_credentialed() {
        return Ok(());
    }
    match header_list::get(headers, &ACCESS_CONTROL_ALLOW_CREDENTIALS) {
        Some(value) if value == "true" => Ok(()),
        value => Err(Blocked::AllowCredentials { answer: answer(), value }),
    }
}

/// Whether a response that failed the check may have passed it, had the cache known that it depends
/// on the origin: it was made for another, and its `Vary` does not name `Origin`.
///
/// Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>
pub(super) fn may_lack_vary(request: &Request, received: &Received) -> bool {
    let vary = header_list::get(&received.headers, &VARY).unwrap_or_default();
    received.kind == AnswerKind::Cached
        && received.made_for.as_deref() != Some(request.serialized_origin())
        && !vary.split(',').any(|name| name.trim().eq_ignore_ascii_case("origin"))
}

/// The reason, once it is known that the server would have shared a new response.
pub(super) fn vary_missing(request: &Request, received: &Received) -> Blocked {
    Blocked::VaryMissing {
        answer: request.answer(received.kind),
        made_for: received.made_for.clone(),
        value: header_list::get(&received.headers, &ACCESS_CONTROL_ALLOW_ORIGIN),
        expected: request.serialized_origin().to_owned(),
    }
}
