use http::{
    HeaderMap,
    header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN},
};

use super::{Answer, Blocked, header_list, network::Received, request::Request};

/// Whether the server shares the response with the request's origin; if not, whether that is for
/// want of `Vary: Origin`.
///
/// Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>
pub(super) fn cors_check(
    request: &Request,
    received: &Received,
    answer: Answer,
) -> Result<(), Blocked> {
    let origin = request.serialized_origin();
    is_shared(request, &received.headers, answer).map_err(|blocked| {
        if received.made_for.as_deref() == Some(origin) {
            return blocked;
        }
        Blocked::VaryMissing {
            made_for: received.made_for.clone(),
            value: header_list::get(&received.headers, &ACCESS_CONTROL_ALLOW_ORIGIN),
            expected: origin.to_owned(),
        }
    })
}

/// Fetch: <https://fetch.spec.whatwg.org/#concept-cors-check>
fn is_shared(request: &Request, headers: &HeaderMap, answer: Answer) -> Result<(), Blocked> {
    let expected = || request.serialized_origin().to_owned();
    let Some(origin) = header_list::get(headers, &ACCESS_CONTROL_ALLOW_ORIGIN) else {
        return Err(Blocked::AllowOriginMissing { answer, expected: expected() });
    };
    if origin == "*" {
        return if request.is_credentialed() {
            Err(Blocked::AllowOriginWildcard { answer, expected: expected() })
        } else {
            Ok(())
        };
    }
    if origin != request.serialized_origin() {
        return Err(Blocked::AllowOriginMismatch { answer, value: origin, expected: expected() });
    }
    if !request.is_credentialed() {
        return Ok(());
    }
    match header_list::get(headers, &ACCESS_CONTROL_ALLOW_CREDENTIALS) {
        Some(value) if value == "true" => Ok(()),
        value => Err(Blocked::AllowCredentials { answer, value }),
    }
}
