//! What a response lets script see.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{ResponseType, UserAgent, Visible, header_list, received::Received, request::Request};

/// Fetch: <https://fetch.spec.whatwg.org/#concept-filtered-response>
pub(super) fn filter(request: &Request, received: Received, user_agent: UserAgent) -> Visible {
    let kind = request.tainting;
    if matches!(kind, ResponseType::Opaque | ResponseType::OpaqueRedirect) {
        return Visible {
            kind,
            status: 0,
            headers: HeaderMap::new(),
            texts: Vec::new(),
            body: Ok(Bytes::new()),
        };
    }
    let exposed = match kind {
        ResponseType::Cors => exposed_names(request, &received.headers, user_agent),
        _ => Exposed::All,
    };
    let headers: HeaderMap = received
        .headers
        .keys()
        .filter(|name| !is_forbidden(name) && (is_safelisted(name) || exposed.contains(name)))
        .filter_map(|name| Some((name.clone(), combine(&received.headers, name)?)))
        .collect();
    let texts =
        headers.iter().map(|(name, value)| (name.clone(), isomorphic_decode(value))).collect();
    Visible { kind, status: received.status.as_u16(), headers, texts, body: received.body }
}

/// Infra: <https://infra.spec.whatwg.org/#isomorphic-decode>
fn isomorphic_decode(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

/// Fetch: <https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine>
fn combine(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let lines: Vec<_> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    HeaderValue::from_bytes(&lines.join(&b", "[..])).ok()
}

/// The CORS-exposed header-name list.
enum Exposed {
    All,
    Names(Vec<String>),
}

impl Exposed {
    fn contains(&self, name: &HeaderName) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => {
                names.iter().any(|exposed| exposed.eq_ignore_ascii_case(name.as_str()))
            }
        }
    }
}

/// Fetch: <https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list>
fn exposed_names(request: &Request, headers: &HeaderMap, user_agent: UserAgent) -> Exposed {
    let field = &header::ACCESS_CONTROL_EXPOSE_HEADERS;
    let names = match header_list::extract_tokens(headers, field) {
        Ok(names) => names.unwrap_or_default(),
        Err(malformed) => user_agent.exposes_of_malformed(&malformed.value),
    };
    if !request.is_credentialed() && names.iter().any(|name| name == "*") {
        Exposed::All
    } else {
        Exposed::Names(names)
    }
}

/// Fetch: <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
fn is_safelisted(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "cache-control"
            | "content-language"
            | "content-length"
            | "content-type"
            | "expires"
            | "last-modified"
            | "pragma"
    )
}

/// Fetch: <https://fetch.spec.whatwg.org/#forbidden-response-header-name>
fn is_forbidden(name: &HeaderName) -> bool {
    matches!(name.as_str(), "set-cookie" | "set-cookie2")
}
