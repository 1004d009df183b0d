use std::time::Duration;

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Response,
    header::{
        ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE,
        ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
    },
};
use http_body::Body;
use tower_service::Service;

use super::{
    AnswerKind, Blocked, Browser, Exchange, UserAgent,
    cors_check::cors_check,
    header_list::{self, Malformed},
    methods,
    network::BoxError,
    preflight_cache::Grant,
    received::Received,
    request::Request,
};

/// How long the answer to a preflight is kept if the server does not say.
const DEFAULT_MAX_AGE: u64 = 5;

impl<S, B> Browser<S, B> {
    /// Asks the server whether it allows the request, and keeps the answer.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    pub(super) async fn preflight_fetch<R>(
        &mut self,
        request: &Request,
        unsafe_names: &[HeaderName],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: Body<Error: Into<BoxError>>,
    {
        let mut asking = request.clone();
        asking.is_redirect_tainted &= !self.user_agent.asks_in_the_pages_name();
        let preflight = preflight_of(&asking, unsafe_names);
        let received = self.network_or_cache_fetch(&preflight, exchanges).await?;
        let grant = accept(&asking, unsafe_names, &received, self.user_agent)?;
        self.preflight_cache.store(request, grant, self.now, self.user_agent);
        Ok(())
    }

    /// Whether the answers to earlier preflights allow the request.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    pub(super) fn is_allowed_by_preflight_cache(
        &mut self,
        request: &Request,
        unsafe_names: &[HeaderName],
    ) -> bool {
        if request.set.is_conditional && self.user_agent.asks_if_conditional() {
            return false;
        }
        self.preflight_cache.allows(request, unsafe_names, self.now, self.user_agent)
    }
}

fn preflight_of(request: &Request, unsafe_names: &[HeaderName]) -> Request {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    if let Ok(method) = HeaderValue::from_str(request.method.as_str()) {
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, method);
    }
    let names = unsafe_names.iter().map(HeaderName::as_str).collect::<Vec<_>>().join(",");
    if let Some(names) = HeaderValue::from_str(&names).ok().filter(|names| !names.is_empty()) {
        headers.insert(ACCESS_CONTROL_REQUEST_HEADERS, names);
    }
    // It has no credentials, whatever the mode: see `CookieReason::Preflight`.
    Request { method: Method::OPTIONS, headers, body: None, ..request.clone() }
}

/// What the server allows, or why that does not do for the request.
///
/// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
fn accept(
    request: &Request,
    unsafe_names: &[HeaderName],
    received: &Received,
    user_agent: UserAgent,
) -> Result<Grant, Blocked> {
    let answer = || request.answer(AnswerKind::Preflight);
    let is_trusted =
        request.origin.is_same_origin(&request.url) && user_agent.trusts_preflights_of_the_page();
    if !is_trusted {
        cors_check(request, &received.headers, AnswerKind::Preflight)?;
    }
    if !received.status.is_success() {
        return Err(Blocked::PreflightStatus { answer: answer(), status: received.status });
    }
    let methods = extract_list(request, &received.headers, ACCESS_CONTROL_ALLOW_METHODS)?;
    let header_names = extract_list(request, &received.headers, ACCESS_CONTROL_ALLOW_HEADERS);
    let is_next = header_names.is_ok() || user_agent.judges_methods_first();
    if is_next && !allows_method(request, &methods) {
        return Err(Blocked::Method {
            answer: answer(),
            method: request.method.clone(),
            value: header_list::get(&received.headers, &ACCESS_CONTROL_ALLOW_METHODS),
            credentials: request.is_credentialed(),
        });
    }
    let header_names = header_names?;
    if let Some(name) = first_refused(request, unsafe_names, &header_names, user_agent) {
        return Err(Blocked::Header {
            answer: answer(),
            name: name.clone(),
            value: header_list::get(&received.headers, &ACCESS_CONTROL_ALLOW_HEADERS),
            credentials: request.is_credentialed(),
        });
    }
    let max_age = extract_max_age(&received.headers, user_agent);
    Ok(Grant { methods, header_names, max_age })
}

fn extract_max_age(headers: &HeaderMap, user_agent: UserAgent) -> Duration {
    let seconds = match header_list::extract_seconds(headers, &ACCESS_CONTROL_MAX_AGE) {
        None => header_list::get(headers, &ACCESS_CONTROL_MAX_AGE)
            .and_then(|malformed| user_agent.malformed_max_age(&malformed)),
        seconds => seconds.filter(|seconds| !user_agent.max_age_overflows(*seconds)),
    };
    let seconds = seconds.unwrap_or(DEFAULT_MAX_AGE);
    Duration::from_secs(seconds).min(user_agent.max_age_limit())
}

fn extract_list(
    request: &Request,
    headers: &HeaderMap,
    field: HeaderName,
) -> Result<Vec<String>, Blocked> {
    match header_list::extract_tokens(headers, &field) {
        Ok(list) => Ok(list.unwrap_or_default()),
        Err(Malformed { value }) => Err(Blocked::MalformedList {
            answer: request.answer(AnswerKind::Preflight),
            field,
            value,
        }),
    }
}

fn allows_method(request: &Request, methods: &[String]) -> bool {
    methods.iter().any(|allowed| allowed == request.method.as_str())
        || methods::is_safelisted(&request.method)
        || (has_wildcard(methods) && !request.is_credentialed())
}

fn first_refused<'a>(
    request: &Request,
    unsafe_names: &'a [HeaderName],
    header_names: &[String],
    user_agent: UserAgent,
) -> Option<&'a HeaderName> {
    let is_wildcard = has_wildcard(header_names) && !request.is_credentialed();
    unsafe_names.iter().find(|name| {
        let is_listed =
            header_names.iter().any(|allowed| allowed.eq_ignore_ascii_case(name.as_str()));
        !is_listed && (user_agent.is_non_wildcard_name(name.as_str()) || !is_wildcard)
    })
}

fn has_wildcard(list: &[String]) -> bool {
    list.iter().any(|element| element == "*")
}
