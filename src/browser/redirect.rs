use http::{
    Method, StatusCode,
    header::{
        AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, LOCATION,
    },
};
use url::Url;

use super::{
    Blocked, Mode, ResponseType, header_list,
    received::{Received, is_redirect},
    request::{Request, includes_credentials},
};

const MAX_REDIRECTS: u8 = 20;

/// Turns the request into the one that the response redirects it to. Returns whether it did: a
/// response that is no redirect, or has no `Location`, is for script to see.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>
pub(super) fn redirect(request: &mut Request, received: &Received) -> Result<bool, Blocked> {
    let Some(location) = locate(request, received)? else {
        return Ok(false);
    };
    if !matches!(location.scheme(), "http" | "https") {
        return Err(Blocked::Scheme { url: location.into() });
    }
    if request.redirect_count == MAX_REDIRECTS {
        return Err(Blocked::TooManyRedirects { url: location.into() });
    }
    request.redirect_count += 1;
    let is_foreign = request.mode == Mode::Cors && !request.origin.is_same_origin(&location);
    if includes_credentials(&location) && (is_foreign || request.tainting == ResponseType::Cors) {
        return Err(Blocked::RedirectCredentials { url: location.into() });
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
    request.url = location;
    Ok(true)
}

/// Fetch: <https://fetch.spec.whatwg.org/#concept-response-location-url>
fn locate(request: &Request, received: &Received) -> Result<Option<Url>, Blocked> {
    let location = header_list::get(&received.headers, &LOCATION);
    let Some(value) = location.filter(|_| is_redirect(received)) else {
        return Ok(None);
    };
    let is_single = received.headers.get_all(LOCATION).iter().count() == 1;
    let Some(mut location) = is_single.then(|| request.url.join(&value).ok()).flatten() else {
        return Err(Blocked::RedirectLocation { value });
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
