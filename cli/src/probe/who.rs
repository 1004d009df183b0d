//! Who seems to have answered in place of the CORS layer, by the marks that each leaves.

use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, LOCATION, SERVER, VARY, VIA, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, Response, StatusCode};
use tower_cors::browser::{Exchange, Seen};

/// What the answers look like, a line each.
pub(super) fn answered(seen: &Seen) -> Vec<String> {
    let exchanges = seen.exchanges();
    let mut lines: Vec<String> = exchanges.iter().filter_map(by_its_answer).collect();
    let is_redirect = |exchange: &&Exchange| {
        exchange.response().is_some_and(|response| response.status().is_redirection())
    };
    // Whoever was redirected to answers last, without a word of CORS.
    if let (Some(redirect), Some(last)) = (exchanges.iter().rfind(is_redirect), exchanges.last()) {
        let is_bare = last.response().is_some_and(is_bare);
        if is_bare && !is_redirect(&last) && !last.request().is_preflight() {
            let (to, from) = (last.request().url(), redirect.request().url());
            lines.push(format!(
                "{to} answered, to which {from} redirected{}; answer 401 to scripts, and redirect pages alone",
                if looks_like_log_in(to) { ": a log-in page" } else { "" },
            ));
        }
    }
    lines
}

/// What one answer looks like.
fn by_its_answer(exchange: &Exchange) -> Option<String> {
    let response = exchange.response().filter(|_| !exchange.is_cached())?;
    let (headers, status) = (response.headers(), response.status());
    let what = if exchange.request().is_preflight() { "the preflight" } else { "the request" };
    let named: Vec<String> = lines(headers, &ACCESS_CONTROL_ALLOW_ORIGIN);
    let who = match status {
        _ if named.len() > 1 || named.iter().any(|value| value.contains(',')) => {
            let named = named.join("\" and \"");
            format!(
                "two have answered {what}: a proxy or a second layer added its own Access-Control-Allow-Origin (\"{named}\"); have one place answer"
            )
        }
        _ if !is_bare(response) => return None,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
            if status == StatusCode::UNAUTHORIZED || headers.contains_key(WWW_AUTHENTICATE) =>
        {
            format!("authentication answered {what} with {status}; put the layer outside of it")
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            let allow = lines(headers, &ALLOW).join(", ");
            let allow = if allow.is_empty() { allow } else { format!(" (allow: {allow})") };
            format!(
                "a router answered {what} with {status}{allow}; put the layer around the router, and not into it"
            )
        }
        StatusCode::NOT_FOUND => {
            format!("a router answered {what} with {status}; no route is there, or it has no layer")
        }
        StatusCode::TOO_MANY_REQUESTS => {
            format!("a rate limit answered {what} with {status}; put the layer outside of it")
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            format!("a gateway answered {what} with {status}, since the server behind it did not")
        }
        status if status.is_redirection() && exchange.request().is_preflight() => {
            let to = lines(headers, &LOCATION).join(", ");
            let page = if looks_like_log_in(&to) { ", a log-in page" } else { "" };
            format!(
                "somebody redirected {what} to {to}{page}; no browser follows, so put the layer outside of it"
            )
        }
        status if status.is_server_error() => {
            format!(
                "an error page answered {what} with {status}; put the layer outside of what makes it"
            )
        }
        _ if varies_on_origin(headers) => return None,
        // A browser that follows it is not blocked by it.
        status if status.is_redirection() && exchange.decided_by().is_none() => return None,
        status if status.is_redirection() && headers.contains_key(LOCATION) => {
            let to = lines(headers, &LOCATION).join(", ");
            let (page, instead) = if looks_like_log_in(&to) {
                (", a log-in page", "answer 401 to scripts, and redirect pages alone")
            } else {
                ("", "put the layer outside of it")
            };
            format!(
                "somebody redirected {what} to {to}{page}, without Access-Control-Allow-Origin, so that no browser follows; {instead}"
            )
        }
        _ => format!(
            "{what} did not pass a CORS layer: it has neither Access-Control-Allow-Origin nor Vary: Origin"
        ),
    };
    Some(format!("{who}{}", signature(headers)))
}

/// Whether there is no word of CORS in it.
fn is_bare(response: &Response<()>) -> bool {
    !response.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN)
}

fn varies_on_origin(headers: &HeaderMap) -> bool {
    let lines = lines(headers, &VARY);
    lines
        .iter()
        .flat_map(|line| line.split(','))
        .any(|name| name.trim().eq_ignore_ascii_case("origin"))
}

/// What programs say of themselves.
fn signature(headers: &HeaderMap) -> String {
    let said = [SERVER, VIA].iter().flat_map(|name| {
        lines(headers, name).into_iter().map(move |value| format!("{name}: {value}"))
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) }
}

fn looks_like_log_in(url: &str) -> bool {
    const WORDS: [&str; 8] =
        ["login", "log-in", "signin", "sign-in", "sso", "oauth", "authorize", "saml"];
    let url = url.to_ascii_lowercase();
    WORDS.iter().any(|word| url.contains(word))
}

fn lines(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).iter();
    lines.map(|line| line.as_bytes().escape_ascii().to_string()).collect()
}
