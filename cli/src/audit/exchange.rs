//! One request of an audit, and its answer.

use std::error::Error;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN, RETRY_AFTER, VARY,
};
use http::uri::{Authority, Parts};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt;
use tower::Service;
use tower_cors::browser::Body;

use super::{Arguments, Connection, MOST};
use crate::outcome::Failure;
use crate::page::check_url;

/// What is asked: the URL, and what goes along with each request.
#[derive(Debug)]
pub(super) struct Target {
    connection: Connection,
    url: Uri,
    method: Method,
    fields: HeaderMap,
    /// How many requests were sent.
    pub(super) asked: usize,
}

/// A request to be sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Ask {
    method: Option<Method>,
    fields: HeaderMap,
    /// The path in place of that of the URL.
    path: Option<String>,
    /// The number in the query; a new one if there is none, so that no cache has the answer.
    number: Option<usize>,
}

/// A request that was sent, and its answer.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) method: Method,
    pub(super) url: Uri,
    pub(super) sent: HeaderMap,
    /// The status; or why no answer came.
    pub(super) status: Result<StatusCode, String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Whether an origin may read an answer, since the answer names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admits {
    No,
    WithoutCredentials,
    WithCredentials,
}

impl Ask {
    /// The request of a page of an origin.
    pub(super) fn from(origin: &str) -> Self {
        Self::plain().field(ORIGIN, origin.as_bytes())
    }

    /// A request without an `Origin`.
    pub(super) fn plain() -> Self {
        Self::default()
    }

    pub(super) fn method(self, method: Method) -> Self {
        Self { method: Some(method), ..self }
    }

    /// What cannot be a value of a field is not sent.
    pub(super) fn field(mut self, name: HeaderName, value: &[u8]) -> Self {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            self.fields.append(name, value);
        }
        self
    }

    pub(super) fn path(self, path: String) -> Self {
        Self { path: Some(path), ..self }
    }

    pub(super) fn number(self, number: usize) -> Self {
        Self { number: Some(number), ..self }
    }
}

impl Target {
    pub(super) fn new(connection: Connection, arguments: &Arguments) -> Result<Self, Failure> {
        check_url(&arguments.url)?;
        let wrong = |what: &str| {
            let url = &arguments.url;
            Failure::new(&format_args!(
                "URL \"{url}\" {what}; write one such as \"https://api.example/items\""
            ))
        };
        let url: Uri =
            arguments.url.parse().map_err(|error| wrong(&format!("is none ({error})")))?;
        let mut fields = HeaderMap::new();
        for written in &arguments.header {
            let field = written.split_once(':').and_then(|(name, value)| {
                Some((
                    name.trim().parse::<HeaderName>().ok()?,
                    value.trim().parse::<HeaderValue>().ok()?,
                ))
            });
            let Some((name, value)) = field else {
                return Err(Failure::new(&format_args!(
                    "header \"{written}\" is none; write \"name: value\""
                )));
            };
            fields.append(name, value);
        }
        let method = arguments.method.parse().map_err(|error| Failure::new(&error))?;
        Ok(Self { connection, url, method, fields, asked: 0 })
    }

    pub(super) fn url(&self) -> &Uri {
        &self.url
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    /// The URL's own origin.
    pub(super) fn origin(&self) -> String {
        let authority = self.url.authority().map(Authority::as_str).unwrap_or_default();
        let host_and_port = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        format!("{}://{host_and_port}", self.url.scheme_str().unwrap_or_default())
    }

    /// A number that no request had.
    pub(super) fn new_number(&self) -> usize {
        // Those that are given to several requests begin where the others end.
        self.asked + MOST
    }

    /// Sends it, and takes what comes: an answer or none. It fails only at the bound of requests.
    pub(super) async fn ask(&mut self, ask: Ask) -> Result<Exchange, Failure> {
        if self.asked >= MOST {
            return Err(Failure::new(&format_args!("an audit sends at most {MOST} requests")));
        }
        let number = ask.number.unwrap_or(self.asked);
        let url = self.url_with(ask.path.as_deref(), number);
        self.asked += 1;
        let mut request = Request::new(Body::default());
        *request.method_mut() = ask.method.unwrap_or_else(|| self.method.clone());
        *request.uri_mut() = url.clone();
        let is_preflight = request.method() == Method::OPTIONS;
        // A browser sends neither cookies nor tokens with a preflight.
        let along = if is_preflight { HeaderMap::new() } else { self.fields.clone() };
        request.headers_mut().extend(along);
        request.headers_mut().extend(ask.fields.clone());
        let method = request.method().clone();
        let (status, headers, body) = match self.connection.call(request).await {
            Ok(answer) => {
                let (parts, body) = answer.into_parts();
                let Ok(body) = body.collect().await;
                (Ok(parts.status), parts.headers, body.to_bytes().to_vec())
            }
            Err(error) => (Err(cause_of(&*error)), HeaderMap::new(), Vec::new()),
        };
        Ok(Exchange { sent: ask.fields, status, headers, body, method, url })
    }

    /// The URL, with a number in the query.
    fn url_with(&self, path: Option<&str>, number: usize) -> Uri {
        let path = path.unwrap_or_else(|| self.url.path());
        let query = self.url.query().map(|query| format!("{query}&")).unwrap_or_default();
        let mut parts: Parts = self.url.clone().into_parts();
        parts.path_and_query = format!("{path}?{query}tower-cors-audit={number}").parse().ok();
        Uri::from_parts(parts).unwrap_or_else(|_| self.url.clone())
    }
}

/// The error, and what caused it, on one line.
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

impl Exchange {
    /// It, if an answer came, and not one that says to ask less.
    pub(super) fn answered(self) -> Result<Self, Failure> {
        let why = match &self.status {
            Ok(StatusCode::TOO_MANY_REQUESTS) => self.rate_limit(),
            Ok(_) => return Ok(self),
            Err(cause) => cause.clone(),
        };
        Err(Failure::new(&format_args!("{} {}: {why}", self.method, self.url)))
    }

    /// RFC 6585: <https://www.rfc-editor.org/rfc/rfc6585#section-4>
    fn rate_limit(&self) -> String {
        let after = self.lines(&RETRY_AFTER).join(", ");
        let after = if after.is_empty() { after } else { format!(" (retry-after: {after})") };
        format!(
            "429 Too Many Requests{after}: the server limits the rate; ask later, or have it make an exception for \
             this client"
        )
    }

    pub(super) fn is_success(&self) -> bool {
        self.status.as_ref().is_ok_and(StatusCode::is_success)
    }

    /// Whether the server failed, by its own word or without one.
    pub(super) fn is_failure(&self) -> bool {
        !self.status.as_ref().is_ok_and(|status| !status.is_server_error())
    }

    /// The lines of a field.
    pub(super) fn lines(&self, name: &HeaderName) -> Vec<String> {
        let lines = self.headers.get_all(name).iter();
        lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect()
    }

    pub(super) fn has(&self, name: &HeaderName) -> bool {
        self.headers.contains_key(name)
    }

    /// The origins that may read it, as it says.
    pub(super) fn allow_origin(&self) -> String {
        self.lines(&ACCESS_CONTROL_ALLOW_ORIGIN).join(", ")
    }

    /// Whether a page of the origin that asked may read it, since the answer names that origin.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-check>
    pub(super) fn admits(&self) -> Admits {
        let origin = self.sent.get(ORIGIN);
        let mut named = self.headers.get_all(ACCESS_CONTROL_ALLOW_ORIGIN).iter();
        let is_named = origin.is_some() && named.next() == origin && named.next().is_none();
        match (is_named, self.lines(&ACCESS_CONTROL_ALLOW_CREDENTIALS).join(", ").as_str()) {
            (false, _) => Admits::No,
            (true, "true") => Admits::WithCredentials,
            (true, _) => Admits::WithoutCredentials,
        }
    }

    /// Whether it names any origin by `*`.
    pub(super) fn is_open(&self) -> bool {
        self.allow_origin() == "*"
    }

    /// Whether caches are told that it depends on a field of the request.
    pub(super) fn varies_on(&self, asked: &str) -> bool {
        let lines = self.lines(&VARY);
        let mut names = lines.iter().flat_map(|line| line.split(',')).map(str::trim);
        names.any(|name| name == "*" || name.eq_ignore_ascii_case(asked))
    }

    /// The fields of CORS, as they are compared.
    pub(super) fn cors_fields(&self) -> Vec<(String, String)> {
        let fields = self.headers.iter().filter(|(name, _)| is_of_cors(name));
        let mut fields: Vec<_> = fields
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        fields.sort();
        fields
    }
}

pub(super) fn is_of_cors(name: &HeaderName) -> bool {
    name.as_str().starts_with("access-control-")
}
