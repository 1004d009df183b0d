use http::{
    HeaderName, HeaderValue, Method, StatusCode,
    header::{
        AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, LOCATION,
    },
};
use url::Url;

use super::{
    Blocked, Mode, Redirect, ResponseType, UserAgent, header_list,
    received::{Received, is_redirect_status},
    request::{Request, includes_credentials, without_fragment},
    site::is_same_site,
};

const MAX_REDIRECTS: u8 = 20;

/// Turns the request into the one that the response redirects it to. Returns whether it did: a
/// response that is no redirect, or has no `Location`, is for script to see; of one that is not to be
/// followed script sees nothing.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
pub(super) fn redirect(
    request: &mut Request,
    received: &Received,
    user_agent: UserAgent,
) -> Result<bool, Blocked> {
    if !is_redirect_status(received.status) {
        return Ok(false);
    }
    let reads_first = user_agent.reads_location_first();
    let location = if reads_first { locate(request, received, user_agent)? } else { None };
    match request.redirect {
        Redirect::Follow => follow(request, received, user_agent),
        Redirect::Error if reads_first && location.is_none() => Ok(false),
        Redirect::Error if location.as_ref().is_some_and(|it| refuses_credentials(request, it)) => {
            let url = location.map(String::from).unwrap_or_default();
            Err(Blocked::RedirectCredentials { answer: request.answer(received.kind), url })
        }
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
fn follow(
    request: &mut Request,
    received: &Received,
    user_agent: UserAgent,
) -> Result<bool, Blocked> {
    let Some(location) = locate(request, received, user_agent)? else {
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
    let is_refused = refuses_credentials(request, &location)
        || (includes_credentials(&location) && user_agent.refuses_credentials_in_redirects());
    if is_refused {
        return Err(Blocked::RedirectCredentials { answer, url: location.into() });
    }
    let is_rewritten = becomes_get(&request.method, received.status);
    if user_agent.restores_dropped_headers() {
        restore_dropped_headers(request, received.status, is_rewritten);
    }
    if is_rewritten {
        request.method = Method::GET;
        request.body = None;
        drop_body_headers(request);
    }
    if request.url.origin() != location.origin() {
        drop_header(request, &AUTHORIZATION);
        // Fetch: <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>
        request.is_redirect_tainted |= !request.origin.is_same_origin(&request.url)
            || (request.mode == Mode::NoCors && user_agent.taints_no_cors_at_once());
    }
    if !request.origin.is_same_origin(&location) {
        for name in user_agent.dropped_by_foreign_redirects() {
            request.headers.remove(*name);
        }
    }
    request.was_foreign |= user_agent.remembers_foreign_redirects()
        && !request.origin.url().is_some_and(|page| is_same_site(&page, &request.url, false));
    request.redirected_from = Some(std::mem::replace(&mut request.url, location));
    Ok(true)
}

/// Whether the URL has a user name or a password, and no redirect may lead there.
fn refuses_credentials(request: &Request, location: &Url) -> bool {
    let is_foreign = request.mode == Mode::Cors && !request.origin.is_same_origin(location);
    includes_credentials(location) && (is_foreign || request.tainting == ResponseType::Cors)
}

/// Fetch: <https://fetch.spec.whatwg.org/#concept-response-location-url>
fn locate(
    request: &Request,
    received: &Received,
    user_agent: UserAgent,
) -> Result<Option<Url>, Blocked> {
    let Some(line) =
        user_agent.location(&received.headers).map_err(|_| contradiction(request, received))?
    else {
        return Ok(None);
    };
    let Ok(mut location) = request.url.join(&percent_encode(line)) else {
        return Err(contradiction(request, received));
    };
    if location.fragment().is_none() {
        location.set_fragment(request.url.fragment());
    }
    Ok(Some(location))
}

/// There is no one URL in `Location`.
pub(super) fn contradiction(request: &Request, received: &Received) -> Blocked {
    let value = header_list::get(&received.headers, &LOCATION).unwrap_or_default();
    Blocked::RedirectLocation { answer: request.answer(received.kind), value }
}

/// The bytes of a `Location` that are not ASCII, percent-encoded one by one, so that those of no encoding
/// stay what they are: `\xFF` becomes `%FF`. The standard leaves open what to make of them; every browser does so.
///
/// web-platform-tests: `fetch/api/redirect/redirect-location-escape.tentative.any.js`
fn percent_encode(location: &HeaderValue) -> String {
    let encode = |byte: &u8| {
        if byte.is_ascii() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
    };
    location.as_bytes().iter().map(encode).collect()
}

/// Fetch: <https://fetch.spec.whatwg.org/#request-body-header-name>
fn drop_body_headers(request: &mut Request) {
    for name in [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE] {
        drop_header(request, &name);
    }
}

fn drop_header(request: &mut Request, name: &HeaderName) {
    let lines: Vec<_> = request.headers.get_all(name).iter().cloned().collect();
    request.headers.remove(name);
    request.dropped.extend(lines.into_iter().map(|line| (name.clone(), line)));
}

/// As Firefox does: what becomes of the headers turns on the method that the fetch had at first. A preflight asks for
/// them if they are dropped from a request that is a GET already.
fn restore_dropped_headers(request: &mut Request, status: StatusCode, is_rewritten: bool) {
    request.headers.extend(std::mem::take(&mut request.dropped));
    request.asked_for.clear();
    if becomes_get(&request.first_method, status) && !is_rewritten {
        drop_body_headers(request);
        request.asked_for = request.dropped.clone();
    }
}

fn becomes_get(method: &Method, status: StatusCode) -> bool {
    match status.as_u16() {
        301 | 302 => *method == Method::POST,
        303 => ![Method::GET, Method::HEAD].contains(method),
        _ => false,
    }
}
