//! Names that a policy may list to no effect, so that it is without them.

/// What no script may set: <https://fetch.spec.whatwg.org/#forbidden-request-header>
const FORBIDDEN: &str = " accept-charset accept-encoding access-control-request-headers \
     access-control-request-method connection content-length cookie cookie2 date dnt expect host keep-alive \
     origin referer set-cookie te trailer transfer-encoding upgrade via ";

/// What every script may read: <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
const READABLE: &str = " cache-control content-language content-length content-type expires \
     last-modified pragma ";

/// What only requests have.
const OF_REQUESTS: &str = " accept-charset accept-language access-control-request-headers \
     access-control-request-method cookie cookie2 dnt expect from host if-match if-modified-since \
     if-none-match if-range if-unmodified-since max-forwards origin proxy-authorization referer \
     sec-websocket-key te upgrade-insecure-requests user-agent ";

/// Whether a browser may ask for the name, or for one that begins so.
pub(super) fn may_be_asked_for(pattern: &str) -> bool {
    let pattern = pattern.to_lowercase();
    !stands_in(FORBIDDEN, &pattern)
        && !pattern.starts_with("sec-")
        && !pattern.starts_with("proxy-")
}

/// Whether a script may read the field only if it is exposed.
pub(super) fn is_worth_exposing(name: &str) -> bool {
    let is_hint = name.starts_with("sec-fetch-") || name.starts_with("sec-ch-");
    !stands_in(READABLE, name) && !stands_in(OF_REQUESTS, name) && !is_hint
}

fn stands_in(names: &str, name: &str) -> bool {
    names.contains(&format!(" {name} "))
}
