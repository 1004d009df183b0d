use std::{error::Error, fmt, marker::PhantomData, time::Duration};

use http::Response;
use tower_service::Service;

use super::{
    AnswerKind, Blocked, Body, Exchange, Fetch, FetchError, Mode, Redirect, ResponseType, Seen,
    UrlError, UserAgent,
    console::Failed,
    cookies::Cookies,
    cors_check::{cors_check, may_lack_vary, vary_missing},
    decided::decisive_line,
    filter::filter,
    http_cache::HttpCache,
    methods,
    network::BoxError,
    page::Page,
    preflight_cache::PreflightCache,
    received::Received,
    redirect::redirect,
    request::{Request, without_fragment},
};

/// A browser in front of a Tower service: it runs the `fetch` of a page as the Fetch Standard says.
///
/// The one service answers for every origin. It gets requests as hyper gives them under HTTP/1.1:
/// path and query in the URI, the authority in `Host`. `B` is the type of their bodies. A service may also be a
/// client that sends requests to live servers: see [`absolute_form`](Self::absolute_form).
///
/// A browser keeps its CORS-preflight cache, its HTTP cache and its clock from one fetch to the
/// next. Take a new one to start with nothing.
///
/// A [`CorsLayer`](crate::CorsLayer) explains to it what it decides ([`Exchange::remarks`](super::Exchange::remarks)). That
/// calls no code of yours: a predicate ([`allow_origins_if`](crate::PolicyBuilder::allow_origins_if)) is asked once about
/// each request, as in production, and a resolver, too. Only where a policy has several rules the explanation asks their
/// predicates once more.
pub struct Browser<S, B = Body> {
    pub(super) service: S,
    pub(super) user_agent: UserAgent,
    pub(super) is_absolute_form: bool,
    pub(super) now: Duration,
    pub(super) cookies: Cookies,
    pub(super) preflight_cache: PreflightCache,
    pub(super) http_cache: HttpCache,
    body: PhantomData<fn() -> B>,
}

impl<S> Browser<S> {
    /// A browser in front of a service that takes any body, such as an axum `Router`, or [`Body`].
    pub fn new(service: S) -> Self {
        Self::with_body(service)
    }
}

impl<S, B> Browser<S, B> {
    /// A browser in front of a service that takes bodies of one type only, such as axum's `Body`, or
    /// `Full<Bytes>` of the crate `http-body-util`. They must be made of a `Vec<u8>`.
    pub fn with_body(service: S) -> Self {
        Self {
            service,
            user_agent: UserAgent::default(),
            is_absolute_form: false,
            now: Duration::ZERO,
            cookies: Cookies::default(),
            preflight_cache: PreflightCache::default(),
            http_cache: HttpCache::default(),
            body: PhantomData,
        }
    }

    /// Behaves as a shipped browser where it is known to differ from the standard.
    #[must_use]
    pub fn user_agent(mut self, user_agent: UserAgent) -> Self {
        self.user_agent = user_agent;
        self
    }

    /// Gives the service whole URLs, if it is `true`, as a client takes them that connects to servers, such as that of
    /// `hyper-util`. So a fetch is tried on what answers in earnest.
    ///
    /// The service decides about connections, TLS and time limits. Its errors are [`Blocked::ServiceFailed`], with the
    /// cause.
    ///
    /// HTTP/1.1: <https://www.rfc-editor.org/rfc/rfc9112#name-absolute-form>
    ///
    /// ```
    /// use hyper_util::{client::legacy::Client, rt::TokioExecutor};
    /// use tower_cors::browser::{Blocked, Body, Browser, Fetch};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    /// let mut browser = Browser::new(client).absolute_form(true);
    /// let seen = browser.fetch_from("https://app.example", Fetch::get("http://127.0.0.1:1/")).await?;
    /// assert!(matches!(seen.blocked(), Some(Blocked::ServiceFailed { .. })));
    /// assert!(seen.to_string().contains("Connection refused"), "{seen}");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn absolute_form(mut self, is_absolute: bool) -> Self {
        self.is_absolute_form = is_absolute;
        self
    }

    /// Adds a cookie, as if a page of the origin had got it by `Set-Cookie`: `session=1; SameSite=None; Secure`. It goes
    /// along where a browser lets it, and [`Exchange::cookies`] says why it does not. Many a browser takes one without
    /// `SameSite` for `Lax`, which pages of other sites never send: `app.example` and `api.example` are two sites.
    #[must_use]
    pub fn cookie(mut self, origin: impl AsRef<str>, cookie: impl AsRef<str>) -> Self {
        self.cookies.add(origin.as_ref(), cookie.as_ref());
        self
    }

    /// Moves the clock, by which both caches forget. It stands still otherwise, and has
    /// nothing to do with the system's.
    ///
    /// A response without `Date` cannot say how old it is: its `Expires` is held against the first
    /// day of 2026, and what it says was last modified at any time counts as unchanged for a year.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use tower_cors::browser::{Browser, Fetch};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = axum::Router::new().layer(tower_http::cors::CorsLayer::permissive().max_age(Duration::from_secs(60)));
    /// let mut browser = Browser::new(app);
    /// for (methods, seconds) in [("OPTIONS PUT", 59), ("PUT", 1), ("OPTIONS PUT", 0)] {
    ///     let seen = browser.fetch_from("https://app.example", Fetch::put("https://api.example/")).await?;
    ///     let sent: Vec<_> = seen.sent().iter().map(|sent| sent.method().as_str()).collect();
    ///     assert_eq!(sent.join(" "), methods);
    ///     browser.advance(Duration::from_secs(seconds));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn advance(&mut self, duration: Duration) {
        self.now = self.now.saturating_add(duration);
    }

    /// Runs a page's `fetch`.
    ///
    /// `page` is the page's origin or URL; `null` is a page with an opaque origin, such as a
    /// sandboxed frame.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#fetch-method>
    ///
    /// # Errors
    ///
    /// If script would get a `TypeError` before anything is sent: a page or URL that cannot be
    /// parsed, user name or password in the URL, a forbidden or malformed method, a malformed header, a
    /// body with GET or HEAD. A failed request is no error: it is what was [`Seen`].
    pub async fn fetch_from<R>(&mut self, page: &str, fetch: Fetch) -> Result<Seen, FetchError>
    where
        S: Service<
                http::Request<B>,
                Response = Response<R>,
                Error: Into<Box<dyn Error + Send + Sync>>,
            >,
        B: From<Vec<u8>>,
        R: http_body::Body<Error: Into<Box<dyn Error + Send + Sync>>>,
    {
        let page = Page::parse(page)
            .map_err(|cause| FetchError::Page { value: page.to_owned(), cause: UrlError(cause) })?;
        let mut request = Request::new(&page, fetch, self.user_agent)?;
        self.cookies.parse(self.user_agent, self.now)?;
        let user_agent = self.user_agent;
        let first_url = without_fragment(&request.url);
        let title = format!("{} {first_url} from {}", request.method, request.origin.serialize());
        let mut exchanges = Vec::new();
        let received = self.main_fetch(&mut request, &mut exchanges).await;
        let outcome = received.map(|received| filter(&request, received, user_agent));
        let console = outcome.as_ref().err().map(|blocked| {
            let status = exchanges.last().and_then(|it| Some(it.response()?.status()));
            Failed { request: &request, first_url: &first_url, status, blocked }
                .on_the_console_of(user_agent)
        });
        if let Some(last) = exchanges.last_mut() {
            last.decided_by = decisive_line(&outcome);
        }
        Ok(Seen { title, outcome, exchanges, user_agent, console })
    }

    /// Fetch: <https://fetch.spec.whatwg.org/#concept-main-fetch>
    async fn main_fetch<R>(
        &mut self,
        request: &mut Request,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Received, Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: http_body::Body<Error: Into<BoxError>>,
    {
        let outcome = self.follow_redirects(request, exchanges).await;
        let is_cors = request.tainting == ResponseType::Cors;
        let has_needed_one = request.has_needed_preflight;
        let forgets = outcome.as_ref().is_err_and(|blocked| {
            self.user_agent.forgets_preflights(has_needed_one, is_cors, blocked)
        });
        if forgets {
            self.preflight_cache.clear(request, self.user_agent);
        }
        self.preflight_cache.end_fetch(self.user_agent);
        outcome
    }

    async fn follow_redirects<R>(
        &mut self,
        request: &mut Request,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Received, Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: http_body::Body<Error: Into<BoxError>>,
    {
        loop {
            taint(request)?;
            let received = self.http_fetch(request, exchanges).await?;
            if !redirect(request, &received, self.user_agent)? {
                return Ok(received);
            }
        }
    }

    /// One hop: the preflight if there must be one, the request, the check of its response.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    async fn http_fetch<R>(
        &mut self,
        request: &mut Request,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Received, Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: http_body::Body<Error: Into<BoxError>>,
    {
        let is_cors = request.tainting == ResponseType::Cors;
        let unsafe_names = request.unsafe_names(self.user_agent);
        let is_unusual = !methods::is_safelisted(&request.method) || !unsafe_names.is_empty();
        let asks_again = (request.has_needed_preflight || request.set.has_unsafe_names)
            && self.user_agent.asks_after_each_redirect();
        if is_cors && (is_unusual || asks_again) {
            request.has_needed_preflight = true;
            if !self.is_allowed_by_preflight_cache(request, &unsafe_names) {
                self.preflight_fetch(request, &unsafe_names, exchanges).await?;
            }
        }
        let received = self.network_or_cache_fetch(request, exchanges).await?;
        if is_cors {
            self.shared(request, &received).await?;
        }
        Ok(received)
    }

    /// The CORS check. Whether a response out of the cache fails it for want of `Vary: Origin` only
    /// the server knows, so that it is asked: would it share a new one?
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>
    async fn shared<R>(&mut self, request: &Request, received: &Received) -> Result<(), Blocked>
    where
        S: Service<http::Request<B>, Response = Response<R>, Error: Into<BoxError>>,
        B: From<Vec<u8>>,
        R: http_body::Body<Error: Into<BoxError>>,
    {
        let Err(blocked) = cors_check(request, &received.headers, received.kind) else {
            return Ok(());
        };
        if !may_lack_vary(request, received) {
            return Err(blocked);
        }
        match self.probe(request).await {
            Ok(headers) if cors_check(request, &headers, AnswerKind::Response).is_ok() => {
                Err(vary_missing(request, received))
            }
            _ => Err(blocked),
        }
    }
}

impl<S: fmt::Debug, B> fmt::Debug for Browser<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser")
            .field("service", &self.service)
            .field("user_agent", &self.user_agent)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// Decides under which rules the request goes to its current URL, and what script will see.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-main-fetch>
fn taint(request: &mut Request) -> Result<(), Blocked> {
    let is_http = matches!(request.url.scheme(), "http" | "https");
    if request.origin.is_same_origin(&request.url) && request.tainting == ResponseType::Basic {
        return Ok(());
    }
    request.tainting = match request.mode {
        Mode::SameOrigin => {
            return Err(Blocked::NotSameOrigin {
                origin: request.origin.serialize().to_owned(),
                redirected_from: request.redirected_from(),
                url: request.url.to_string(),
            });
        }
        _ if !is_http => {
            return Err(Blocked::Scheme {
                redirected_from: request.redirected_from(),
                url: request.url.to_string(),
            });
        }
        Mode::NoCors if request.redirect != Redirect::Follow => {
            return Err(Blocked::RedirectMode { url: request.url.to_string() });
        }
        Mode::NoCors => ResponseType::Opaque,
        Mode::Cors => ResponseType::Cors,
    };
    Ok(())
}
