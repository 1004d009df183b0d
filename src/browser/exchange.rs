//! What crossed the wire, or would have: requests and their responses.

use std::fmt;

use http::{HeaderMap, HeaderName, Method, Response, StatusCode};

use super::Cookie;
use crate::remark::Remarks;

/// A request of a fetch, and what answered it: the service, or the HTTP cache.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub(super) request: Sent,
    pub(super) response: Option<Response<()>>,
    pub(super) is_cached: bool,
    pub(super) decided_by: Option<Line>,
    pub(super) remarks: Vec<String>,
    pub(super) cookies: Vec<Cookie>,
}

impl Exchange {
    /// With the service, which has not answered yet.
    pub(super) fn with_service(request: Sent) -> Self {
        Self {
            request,
            response: None,
            is_cached: false,
            decided_by: None,
            remarks: Vec::new(),
            cookies: Vec::new(),
        }
    }

    /// With the HTTP cache.
    pub(super) fn with_cache(request: Sent, status: StatusCode, headers: &HeaderMap) -> Self {
        let response = Some(response(status, headers));
        Self { response, is_cached: true, ..Self::with_service(request) }
    }

    pub(super) fn answer(&mut self, status: StatusCode, headers: &HeaderMap, remarks: &Remarks) {
        self.response = Some(response(status, headers));
        self.remarks = remarks.take();
    }

    /// The request: as it was sent, or as it would have been, had the HTTP cache not answered.
    #[must_use]
    pub fn request(&self) -> &Sent {
        &self.request
    }

    /// The status and the headers of the response; nothing if the service returned an error instead.
    ///
    /// It is the whole response, of which script may see less.
    #[must_use]
    pub fn response(&self) -> Option<&Response<()>> {
        self.response.as_ref()
    }

    /// Whether the HTTP cache answered, so that nothing was sent.
    #[must_use]
    pub fn is_cached(&self) -> bool {
        self.is_cached
    }

    /// The line of the response that decided what script gets. At most one exchange of a fetch has one: that
    /// which blocked it, or the last one, by whose `Access-Control-Allow-Origin` another origin shares its
    /// response.
    #[must_use]
    pub fn decided_by(&self) -> Option<&Line> {
        self.decided_by.as_ref()
    }

    /// What became of the cookies of the site that the browser had, and of those that the response set. Nobody else tells
    /// why one never comes. There are none of what the HTTP cache answered.
    #[must_use]
    pub fn cookies(&self) -> &[Cookie] {
        &self.cookies
    }

    /// What each [`CorsLayer`](crate::CorsLayer) that the request came to says of it, the outermost first: the text of
    /// its [`explain`](crate::CorsLayer::explain), which knows here whether the page asks with
    /// [credentials](super::Credentials::Include). There is none if the service is a connection to a server.
    #[must_use]
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }
}

fn response(status: StatusCode, headers: &HeaderMap) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.headers_mut() = headers.clone();
    response
}

/// A line of a response.
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    /// The status line.
    Status,
    /// All lines of a header.
    Header(HeaderName),
    /// That of a header which should be there, and is not.
    Missing(HeaderName),
}

/// A request as the service got it, or would have got it.
#[derive(Clone, Debug)]
pub struct Sent {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Sent {
    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URL, without fragment. (The service got its path and query, and its authority as `Host`, or all of it
    /// under [`Browser::absolute_form`](super::Browser::absolute_form).)
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The value of a header; of several lines the first.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether this is a CORS-preflight request.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-request>
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        self.method == Method::OPTIONS
            && self.headers.contains_key(http::header::ACCESS_CONTROL_REQUEST_METHOD)
    }
}

/// The method and the URL.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)
    }
}
