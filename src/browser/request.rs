use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::Url;

use super::{
    Answer, AnswerKind, Credentials, Fetch, FetchError, Mode, Redirect, ResponseType, UrlError,
    UserAgent,
    header_list::combine,
    methods,
    mime::is_http_whitespace,
    page::{Page, PageOrigin},
    request_headers::{self, is_forbidden, is_no_cors_safelisted},
};

/// The headers by which a request is conditional.
const CONDITIONS: [HeaderName; 5] = [
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_UNMODIFIED_SINCE,
    header::IF_MATCH,
    header::IF_RANGE,
];

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
    pub(super) body: Option<Vec<u8>>,
    /// The method before any redirect.
    pub(super) first_method: Method,
    /// The headers that redirects have dropped: those of a body, and `Authorization`.
    pub(super) dropped: HeaderMap,
    /// Those of them that a preflight asks for nevertheless.
    pub(super) asked_for: HeaderMap,
    pub(super) mode: Mode,
    pub(super) credentials: Credentials,
    pub(super) redirect: Redirect,
    pub(super) set: SetByScript,
    /// The response tainting.
    pub(super) tainting: ResponseType,
    /// Whether the redirect-taint is other than "same-origin".
    pub(super) is_redirect_tainted: bool,
    pub(super) redirect_count: u8,
    /// Whether a URL so far was of another site than the page, if that counts.
    pub(super) was_foreign: bool,
    /// The URL before the current one.
    pub(super) redirected_from: Option<Url>,
    /// Whether a hop so far had to be allowed by a preflight, or by what the cache knows of one.
    pub(super) has_needed_preflight: bool,
}

/// What the headers are that script has set, whatever redirects make of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct SetByScript {
    /// Whether script uses caches itself, so that no cache of ours has a part.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    pub(super) is_conditional: bool,
    /// Whether there are headers that a preflight must ask for.
    pub(super) has_unsafe_names: bool,
}

impl Request {
    /// Parses what a page gave to `fetch`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#dom-request>
    pub(super) fn new(
        page: &Page,
        fetch: Fetch,
        user_agent: UserAgent,
    ) -> Result<Self, FetchError> {
        let url = parse_url(page, &fetch.url)?;
        let method = parse_method(&fetch.method, fetch.mode)?;
        let headers = parse_headers(&fetch.headers, fetch.mode, user_agent)?;
        let set = SetByScript {
            is_conditional: CONDITIONS.iter().any(|name| headers.contains_key(name)),
            has_unsafe_names: !request_headers::unsafe_names(&headers, user_agent).is_empty(),
        };
        if fetch.body.is_some() && [Method::GET, Method::HEAD].contains(&method) {
            return Err(FetchError::BodyNotAllowed { method: method.to_string() });
        }
        Ok(Self {
            origin: page.origin.clone(),
            first_method: method.clone(),
            method,
            url,
            headers,
            body: fetch.body,
            dropped: HeaderMap::new(),
            asked_for: HeaderMap::new(),
            mode: fetch.mode,
            credentials: fetch.credentials,
            redirect: fetch.redirect,
            set,
            tainting: ResponseType::Basic,
            is_redirect_tainted: false,
            redirect_count: 0,
            was_foreign: false,
            redirected_from: None,
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

    /// The response to this request, as reasons name it.
    pub(super) fn answer(&self, kind: AnswerKind) -> Answer {
        Answer::new(kind, without_fragment(&self.url).into(), self.redirected_from())
    }

    /// The URL whose redirect led to the current one, if any did.
    pub(super) fn redirected_from(&self) -> Option<String> {
        self.redirected_from.as_ref().map(|url| without_fragment(url).into())
    }

    /// Whether this is a preflight: script cannot set the header.
    pub(super) fn is_preflight(&self) -> bool {
        self.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    }

    pub(super) fn unsafe_names(&self, user_agent: UserAgent) -> Vec<HeaderName> {
        let mut headers = self.headers.clone();
        headers.extend(self.asked_for.clone());
        request_headers::unsafe_names(&headers, user_agent)
    }
}

fn parse_url(page: &Page, value: &str) -> Result<Url, FetchError> {
    let url = Url::options()
        .base_url(page.base.as_ref())
        .parse(value)
        .map_err(|cause| FetchError::Url { value: value.to_owned(), cause: UrlError(cause) })?;
    if includes_credentials(&url) {
        return Err(FetchError::UrlCredentials { value: value.to_owned() });
    }
    Ok(url)
}

pub(super) fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
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
fn parse_headers(
    fields: &[(String, String)],
    mode: Mode,
    user_agent: UserAgent,
) -> Result<HeaderMap, FetchError> {
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
        let is_kept =
            mode != Mode::NoCors || is_kept_by_no_cors(&headers, &parsed, &value, user_agent);
        if is_kept && !is_forbidden(&parsed, text) && !user_agent.drops_request_header(&parsed) {
            headers.append(parsed, value);
        }
    }
    if !headers.contains_key(header::ACCEPT) {
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    }
    Ok(headers)
}

/// Whether a `no-cors` request keeps the value beside those that it has of the same name: what counts
/// is all of them combined.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-headers-append>
fn is_kept_by_no_cors(
    headers: &HeaderMap,
    name: &HeaderName,
    value: &HeaderValue,
    user_agent: UserAgent,
) -> bool {
    let combined = combine(headers.get_all(name).iter().chain([value]));
    is_no_cors_safelisted(name, &combined, user_agent)
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
