use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::Url;

use super::{
    Credentials, Fetch, FetchError, Mode, ResponseType, UserAgent, methods,
    mime::is_http_whitespace,
    page::{Page, PageOrigin},
    request_headers::{self, is_forbidden, is_no_cors_safelisted},
};

/// A request on its way: what `fetch` was called with, and where redirects have led it.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-request>
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) origin: PageOrigin,
    pub(super) method: Method,
    /// The current URL: the last of the URL list.
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) mode: Mode,
    pub(super) credentials: Credentials,
    /// The response tainting.
    pub(super) tainting: ResponseType,
    /// Whether the redirect-taint is other than "same-origin".
    pub(super) is_redirect_tainted: bool,
    pub(super) redirect_count: u8,
    /// Whether a hop so far had to be allowed by a preflight, or by what the cache knows of one.
    pub(super) has_needed_preflight: bool,
}

impl Request {
    /// Parses what a page gave to `fetch`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#dom-request>
    pub(super) fn new(page: &Page, fetch: Fetch) -> Result<Self, FetchError> {
        let url = parse_url(page, &fetch.url)?;
        let method = parse_method(&fetch.method, fetch.mode)?;
        let headers = parse_headers(&fetch.headers, fetch.mode)?;
        if fetch.body.is_some() && [Method::GET, Method::HEAD].contains(&method) {
            return Err(FetchError::BodyNotAllowed { method: method.to_string() });
        }
        Ok(Self {
            origin: page.origin.clone(),
            method,
            url,
            headers,
            body: fetch.body,
            mode: fetch.mode,
            credentials: fetch.credentials,
            tainting: ResponseType::Basic,
            is_redirect_tainted: false,
            redirect_count: 0,
            has_needed_preflight: false,
        })
    }

    /// Fetch: <https://fetch.spec.whatwg.org/#byte-serializing-a-request-origin>
    pub(super) fn serialized_origin(&self) -> &str {
        if self.is_redirect_tainted { "null" } else { self.origin.serialize() }
    }

    /// Whether the credentials mode is "include", on which all rules about credentials turn.
    pub(super) fn is_credentialed(&self) -> bool {
        self.credentials == Credentials::Include
    }

    pub(super) fn unsafe_names(&self, user_agent: UserAgent) -> Vec<HeaderName> {
        request_headers::unsafe_names(&self.headers, user_agent)
    }
}

fn parse_url(page: &Page, value: &str) -> Result<Url, FetchError> {
    let url = Url::options()
        .base_url(page.base.as_ref())
        .parse(value)
        .map_err(|cause| FetchError::Url { value: value.to_owned(), cause })?;
    if includes_credentials(&url) {
        return Err(FetchError::UrlCredentials { value: value.to_owned() });
    }
    Ok(url)
}

/// URL: <https://url.spec.whatwg.org/#include-credentials>
pub(super) fn includes_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn parse_method(value: &str, mode: Mode) -> Result<Method, FetchError> {
    let owned = || value.to_owned();
    let method = Method::from_bytes(methods::normalize(value).as_bytes())
        .map_err(|_| FetchError::Method { value: owned() })?;
    if methods::is_forbidden(value) {
        return Err(FetchError::ForbiddenMethod { value: owned() });
    }
    if mode == Mode::NoCors && !methods::is_safelisted(&method) {
        return Err(FetchError::NoCorsMethod { value: owned() });
    }
    Ok(method)
}

/// Leaves out, silently, what script may not set, and adds the `Accept` that `fetch` always sends.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-headers-append>
fn parse_headers(fields: &[(String, String)], mode: Mode) -> Result<HeaderMap, FetchError> {
    // A header map panics when it has no room for more, at 24,576 names.
    const MOST: usize = 1000;
    if fields.len() > MOST {
        return Err(FetchError::TooManyHeaders { count: fields.len() });
    }
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let parsed = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| FetchError::HeaderName { value: name.clone() })?;
        let text = value.trim_matches(is_http_whitespace);
        let value = isomorphic_encode(text)
            .ok_or_else(|| FetchError::HeaderValue { name: name.clone(), value: value.clone() })?;
        let is_kept = mode != Mode::NoCors || is_no_cors_safelisted(&parsed, value.as_bytes());
        if is_kept && !is_forbidden(&parsed, text) {
            headers.append(parsed, value);
        }
    }
    if !headers.contains_key(header::ACCEPT) {
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    }
    Ok(headers)
}

/// One byte a character, as script's strings become field values.
///
/// Web IDL: <https://webidl.spec.whatwg.org/#js-to-ByteString>
// Deviation: script may send control characters, but the `http` crate carries none but tab.
fn isomorphic_encode(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> =
        text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}
