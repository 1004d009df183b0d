use http::{
    Method, StatusCode,
    header::{
        AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, LOCATION,
    },
};
use url::Url;

use super::{
    Blocked, Mode, Redirect, ResponseType, header_list,
    received::{Received, is_redirect_status},
    request::{Request, includes_credentials, without_fragment},
};

const MAX_REDIRECTS: u8 = 20;

/// Turns the request into the one that the response redirects it to. Returns whether it did: a
/// response that is no redirect, or has no `Location`, is for script to see; of one that is not to be
/// followed script sees nothing.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
pub(super) fn redirect(request: &mut Request, received: &Received) -> Result<bool, Blocked> {
    if !is_redirect_status(received.status) {
        return Ok(false);
    }
    match request.redirect {
        Redirect::Follow => follow(request, received),
        Redirect::Error => Err(Blocked::RedirectDisallowed {
            answer: request.answer(received.kind),
            status: received.status,
        }),
        Redirect::Manual => {
            request.tainting = ResponseType::OpaqueRedirect;
            Ok(false)
        }
    }
}

/// Fetch: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>
fn follow(request: &mut Request, received: &Received) -> Result<bool, Blocked> {
    let Some(location) = locate(request, received)? else {
        return Ok(false);
    };
    let answer = request.answer(received.kind);
    if !matches!(location.scheme(), "http" | "https") {
        return Err(Blocked::Scheme {
            redirected_from: Some(without_fragment(&request.url).into()),
            url: location.into(),
        });
    }
    if request.redirect_count == MAX_REDIRECTS {
        return Err(Blocked::TooManyRedirects { answer, url: location.into() });
    }
    request.redirect_count += 1;
    let is_foreign = request.mode == Mode::Cors && !request.origin.is_same_origin(&location);
    if includes_credentials(&location) && (is_foreign || request.tainting == ResponseType::Cors) {
        return Err(Blocked::RedirectCredentials { answer, url: location.into() });
    }
    if becomes_get(&request.method, received.status) {
        request.method = Method::GET;
        request.body = None;
        for name in [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE] {
            request.headers.remove(name);
        }
    }
    if request.url.origin() != location.origin() {
        request.headers.remove(AUTHORIZATION);
        // Fetch: <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>
        request.is_redirect_tainted |= !request.origin.is_same_origin(&request.url);
    }
    request.redirected_from = Some(std::mem::replace(&mut request.url, location));
    Ok(true)
}

/// Fetch: <https://fetch.spec.whatwg.org/#concept-response-location-url>
fn locate(request: &Request, received: &Received) -> Result<Option<Url>, Blocked> {
    let location = header_list::get(&received.headers, &LOCATION);
    let Some(value) = location else {
        return Ok(None);
    };
    let is_single = received.headers.get_all(LOCATION).iter().count() == 1;
    let Some(mut location) = is_single.then(|| request.url.join(&value).ok()).flatten() else {
        return Err(Blocked::RedirectLocation { answer: request.answer(received.kind), value });
    };
    if location.fragment().is_none() {
        location.set_fragment(request.url.fragment());
    }
    Ok(Some(location))
}

fn becomes_get(method: &Method, status: StatusCode) -> bool {
    match status.as_u16() {
        301 | 302 => *method == Method::POST,
        303 => ![Method::GET, Method::HEAD].contains(method),
        _ => false,
    }
}
