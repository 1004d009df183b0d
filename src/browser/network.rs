use std::{error::Error, future::poll_fn};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode, Uri,
    header::{ACCEPT_ENCODING, CONTENT_LENGTH, COOKIE, HOST, ORIGIN, RANGE},
};
use http_body::Body;
use http_body_util::{BodyExt, Collected};
use tower_service::Service;
use url::{Position, Url};

use super::{
    AnswerKind, Blocked, BodyError, Browser, CookieReason, Credentials, Exchange, ResponseType,
    Sent, UserAgent,
    cookies::Context,
    cors_check::cors_check,
    header_list,
    http_cache::{Selected, is_cacheable, is_storable},
    methods,
    received::{Received, is_redirect},
    redirect::contradiction,
    request::{Request, without_fragment},
};
use crate::remark::Remarks;

/// Whatever a service or a body has for an error.
pub(super) type BoxError = Box<dyn Error + Send + Sync>;

impl<S, B> Browser<S, B> {
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    pub(super) async fn network_or_cache_fetch<R>(
        &mut self,
        request: &Request,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Received, Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: Body<Error: Into<BoxError>>,
    {
        let headers = self.http_headers(request);
        if request.set.is_conditional || !is_cacheable(&request.method, &headers) {
            let (mut received, body) = self.network_fetch(request, headers, exchanges).await?;
            if methods::is_unsafe(&request.method) && (200..400).contains(&received.status.as_u16())
            {
                self.http_cache.invalidate(&request.url);
            }
            if is_read(request, &received, self.user_agent) {
                received.body = read(body).await;
            }
            return Ok(received);
        }
        let mut outgoing = headers.clone();
        let received = match self.http_cache.select(&request.url, &headers, self.now) {
            Some(Selected::Fresh(received)) => received,
            Some(Selected::Usable { received, validators }) => {
                outgoing.extend(validators);
                // Script does not wait for what comes of it.
                let _unseen = self.update_http_cache(request, &headers, outgoing, exchanges).await;
                received
            }
            selected => {
                if let Some(Selected::Stale { validators }) = selected {
                    outgoing.extend(validators);
                }
                self.update_http_cache(request, &headers, outgoing, exchanges).await?
            }
        };
        if received.kind == AnswerKind::Cached {
            let request = sent(request, headers);
            exchanges.push(Exchange::with_cache(request, received.status, &received.headers));
        }
        Ok(received)
    }

    /// Sends a request that the HTTP cache has a part in, and returns the response, which may be the one that it
    /// has kept.
    async fn update_http_cache<R>(
        &mut self,
        request: &Request,
        headers: &HeaderMap,
        outgoing: HeaderMap,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Received, Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: Body<Error: Into<BoxError>>,
    {
        let (mut received, body) = self.network_fetch(request, outgoing, exchanges).await?;
        if received.status == StatusCode::NOT_MODIFIED {
            let cache = &mut self.http_cache;
            let stored = cache.freshen(&request.url, headers, &received.headers, self.now);
            if let Some(stored) = stored {
                return Ok(stored);
            }
        }
        let is_kept = is_storable(&received);
        if (is_kept && has_body(request, &received, self.user_agent))
            || is_read(request, &received, self.user_agent)
        {
            received.body = read(body).await;
        }
        if is_kept && received.body.is_ok() {
            self.http_cache.store(&request.url, headers, &received, self.now);
        }
        Ok(received)
    }

    /// The headers of the response that the server has for the request now, past cache and record.
    pub(super) async fn probe<R>(&mut self, request: &Request) -> Result<HeaderMap, Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: Body<Error: Into<BoxError>>,
    {
        let headers = self.http_headers(request);
        let cookies = self.cookies.clone();
        let answer = self.network_fetch(request, headers, &mut Vec::new()).await;
        self.cookies = cookies;
        Ok(answer?.0.headers)
    }

    /// Sends the request, and once more if the server says that it was misdirected (status 421). There
    /// is no user to prompt, so that a proxy that wants a password (status 407) is a network error.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-network-fetch>
    async fn network_fetch<R>(
        &mut self,
        request: &Request,
        headers: HeaderMap,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(Received, R), Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: Body<Error: Into<BoxError>>,
    {
        let mut answer = self.send(request, headers.clone(), exchanges).await?;
        if answer.0.status == StatusCode::MISDIRECTED_REQUEST {
            answer = self.send(request, headers, exchanges).await?;
        }
        match answer.0.status {
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Err(Blocked::ProxyAuthentication { answer: request.answer(AnswerKind::Response) })
            }
            _ if self.user_agent.refuses(&answer.0.headers) => {
                Err(contradiction(request, &answer.0))
            }
            _ => Ok(answer),
        }
    }

    /// One request, and its response with a body that is yet to be read.
    async fn send<R>(
        &mut self,
        request: &Request,
        headers: HeaderMap,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(Received, R), Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: Body<Error: Into<BoxError>>,
    {
        let uri = self.target(request)?;
        let failed = |error: BoxError| Blocked::ServiceFailed {
            redirected_from: request.redirected_from(),
            url: without_fragment(&request.url).into(),
            cause: cause_of(&*error),
        };
        let ready = poll_fn(|context| self.service.poll_ready(context)).await;
        ready.map_err(|error| failed(error.into()))?;

        let made_for = header_list::get(&headers, &ORIGIN);
        let remarks = Remarks::new(
            (request.tainting == ResponseType::Cors).then(|| request.is_credentialed()),
        );
        let mut outgoing = http::Request::new(B::from(request.body.clone().unwrap_or_default()));
        *outgoing.uri_mut() = uri;
        *outgoing.method_mut() = request.method.clone();
        *outgoing.headers_mut() = headers.clone();
        outgoing.extensions_mut().insert(remarks.clone());
        let page = request.origin.url();
        let context = self.cookie_context(request, page.as_ref());
        let mut exchange = Exchange::with_service(sent(request, headers));
        if !request.is_preflight() {
            exchange.cookies = self.cookies.fates(&context);
        }
        exchanges.push(exchange);

        let answered = self.service.call(outgoing).await;
        let (parts, body) = answered.map_err(|error| failed(error.into()))?.into_parts();
        let trimmed = trim_values(&parts.headers);
        if let Some(exchange) = exchanges.last_mut() {
            exchange.answer(parts.status, &trimmed, &remarks);
            exchange.cookies.extend(self.cookies.keep(&trimmed, &context));
        }
        let received = Received {
            status: parts.status,
            headers: self.user_agent.merge(trimmed),
            body: Ok(Bytes::new()),
            kind: AnswerKind::Response,
            made_for,
        };
        Ok((received, body))
    }

    fn cookie_context<'a>(&self, request: &'a Request, page: Option<&'a Url>) -> Context<'a> {
        let excluded = excludes_cookies(request);
        let (user_agent, now) = (self.user_agent, self.now);
        let was_foreign = request.was_foreign;
        Context { page, url: &request.url, was_foreign, excluded, user_agent, now }
    }

    /// What the service gets as the URI.
    ///
    /// HTTP/1.1: <https://www.rfc-editor.org/rfc/rfc9112#name-request-target>
    fn target(&self, request: &Request) -> Result<Uri, Blocked> {
        let url = without_fragment(&request.url);
        let target =
            if self.is_absolute_form { url.as_str() } else { &url[Position::BeforePath..] };
        target.parse().map_err(|_| Blocked::UrlTooLong {
            redirected_from: request.redirected_from(),
            length: request.url.as_str().len(),
        })
    }

    /// The fields of the request and those that the user agent adds.
    fn http_headers(&self, request: &Request) -> HeaderMap {
        let has_first_body = request.body.is_some() && request.redirected_from.is_none();
        let mut headers = self.user_agent.sent_lines(&request.headers, has_first_body);
        if let Ok(host) = HeaderValue::from_str(&authority(&request.url)) {
            headers.insert(HOST, host);
        }
        if let Some(origin) =
            origin_header(request).and_then(|origin| HeaderValue::from_str(origin).ok())
        {
            headers.insert(ORIGIN, origin);
        }
        if request.set.is_conditional {
            for (name, value) in self.user_agent.past_caches(request.is_preflight()) {
                headers.entry(name).or_insert(HeaderValue::from_static(value));
            }
        }
        if headers.contains_key(RANGE) {
            let (method, is_conditional) = (&request.method, request.set.is_conditional);
            if let Some(range) = self.user_agent.rewritten_range(method, &headers, is_conditional) {
                headers.insert(RANGE, range);
            }
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        let needs_length =
            request.body.is_some() || [Method::POST, Method::PUT].contains(&request.method);
        if needs_length {
            headers.insert(CONTENT_LENGTH, request.body.as_ref().map_or(0, Vec::len).into());
        }
        let page = request.origin.url();
        if let Some(cookies) = self.cookies.header(&self.cookie_context(request, page.as_ref())) {
            headers.insert(COOKIE, cookies);
        }
        headers
    }
}

/// Whether script may read the body, now or out of the cache. No other is waited for, as it may
/// never end.
fn is_read(request: &Request, received: &Received, user_agent: UserAgent) -> bool {
    let is_shared = match request.tainting {
        ResponseType::Basic => true,
        ResponseType::Cors => cors_check(request, &received.headers, received.kind).is_ok(),
        ResponseType::Opaque | ResponseType::OpaqueRedirect => false,
    };
    is_shared && has_body(request, received, user_agent) && !request.is_preflight()
}

/// Fetch: <https://fetch.spec.whatwg.org/#null-body-status>
fn has_body(request: &Request, received: &Received, user_agent: UserAgent) -> bool {
    request.method != Method::HEAD
        && !matches!(received.status.as_u16(), 101 | 103 | 204 | 205 | 304)
        && !is_redirect(received, user_agent)
}

async fn read<R: Body<Error: Into<BoxError>>>(body: R) -> Result<Bytes, BodyError> {
    let collected = body.collect().await.map(Collected::to_bytes);
    collected.map_err(|error| BodyError { cause: cause_of(&*error.into()) })
}

/// The error, and what caused it, on one line. Many an error says what its cause says.
fn cause_of(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
        source = error.source();
    }
    text
}

fn sent(request: &Request, headers: HeaderMap) -> Sent {
    Sent {
        method: request.method.clone(),
        url: without_fragment(&request.url).into(),
        headers,
        body: request.body.clone().unwrap_or_default(),
    }
}

/// Fetch: <https://fetch.spec.whatwg.org/#append-a-request-origin-header>
fn origin_header(request: &Request) -> Option<&str> {
    let is_read = [Method::GET, Method::HEAD].contains(&request.method);
    if request.tainting == ResponseType::Cors {
        Some(request.serialized_origin())
    } else if is_read {
        None
    } else if request.origin.is_downgrade(&request.url) {
        // Only under `no-cors`. The referrer policy is the default one, "strict-origin-when-cross-origin".
        Some("null")
    } else {
        Some(request.serialized_origin())
    }
}

/// Why no cookie goes along.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
fn excludes_cookies(request: &Request) -> Option<CookieReason> {
    match request.credentials {
        _ if request.is_preflight() => Some(CookieReason::Preflight),
        Credentials::Omit => Some(CookieReason::Omit),
        Credentials::SameOrigin if request.tainting == ResponseType::Basic => None,
        Credentials::SameOrigin => Some(CookieReason::SameOrigin),
        Credentials::Include => None,
    }
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Takes white space from around values, as a parser of messages would.
///
/// HTTP: <https://www.rfc-editor.org/rfc/rfc9110#name-field-values>
fn trim_values(headers: &HeaderMap) -> HeaderMap {
    let trim = |value: &HeaderValue| {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
        let bytes = value.as_bytes();
        let start = bytes.iter().take_while(|byte| is_space(byte)).count();
        let end = bytes.iter().rev().take_while(|byte| is_space(byte)).count();
        let trimmed = bytes.get(start..bytes.len().saturating_sub(end)).unwrap_or_default();
        HeaderValue::from_bytes(trimmed).unwrap_or_else(|_| value.clone())
    };
    headers.iter().map(|(name, value)| (name.clone(), trim(value))).collect()
}
