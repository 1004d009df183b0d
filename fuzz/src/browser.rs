//! The user agent for tests, and what it reads of a response: the CORS check, lists of names, `Location`, and how long a
//! response is kept. Held to a few lines each that say the same; MIME types to the crate `mime`, URLs to `url`.
//!
//! An input has two parts: what a page fetches, a line of its method and of settings (`include` for credentials; the
//! name of a user agent), its header fields, and `later` for when it does so again, in seconds; and the response.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::ready;
use std::str;
use std::time::Duration;

use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use tower::service_fn;
use tower_cors::browser::{Body, Browser, Credentials, Fetch, FetchError, Seen, UserAgent};
use url::Url;

use crate::cached::is_fresh;
use crate::oracle::Line;
use crate::text::{Part, parts};

const PAGE: &str = "https://app.example";
const API: &str = "https://api.example/a/b?c#d";

pub fn check(input: &[u8]) -> Option<()> {
    let [asked, answer] = parts(input)?;
    let asked = Asked::read(&asked)?;
    let answer = Answer::read(&answer)?;
    let first = Cell::new(true);
    let service = service_fn(|request: Request<Body>| {
        // Behind a redirect everything is shared.
        let is_first = first.get() || request.uri().path() == "/a/b";
        first.set(false);
        ready(Ok::<_, Infallible>(if is_first { answer.response() } else { shared() }))
    });
    let mut browser = Browser::new(service).user_agent(asked.user_agent);
    let mut run = || browser.fetch_from(PAGE, asked.fetch()).now_or_never().expect("no wait");
    let Ok(seen) = run() else { return Some(()) };
    if asked.user_agent == UserAgent::Standard {
        if answer.is_redirect() {
            is_led_where_it_says(&asked, &answer, &seen);
        } else {
            is_seen_if_it_is_shared(&asked, &answer, &seen);
        }
    }
    browser.advance(Duration::from_secs(asked.later));
    let again = browser.fetch_from(PAGE, asked.fetch()).now_or_never().expect("no wait");
    is_kept_as_long_as_it_says(&asked, &answer, &seen, again);
    Some(())
}

/// What a page fetches.
struct Asked<'a> {
    method: &'a str,
    include: bool,
    user_agent: UserAgent,
    later: u64,
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Asked<'a> {
    /// Of the fields that cost a preflight or not by their value, `Content-Type` alone is taken.
    fn read(part: &Part<'a>) -> Option<Self> {
        let words: Vec<&str> = part.words()?.collect();
        let has = |word| words.contains(&word);
        let user_agent = match () {
            () if has("chromium") => UserAgent::Chromium,
            () if has("firefox") => UserAgent::Firefox,
            () if has("webkit") => UserAgent::WebKit,
            () => UserAgent::Standard,
        };
        let text = |value| str::from_utf8(value).ok();
        let fields = part.fields.iter().filter_map(|(name, value)| Some((*name, text(value)?)));
        let is_taken = |name: &str| {
            ["content-type", "authorization"].contains(&name) || name.starts_with("x-a")
        };
        let later = fields.clone().find(|(name, _)| *name == "later");
        Some(Self {
            method: words.first()?,
            include: has("include"),
            user_agent,
            later: later.and_then(|(_, value)| value.parse().ok()).unwrap_or(0),
            fields: fields.filter(|(name, _)| is_taken(name)).collect(),
        })
    }

    fn fetch(&self) -> Fetch {
        let credentials = if self.include { Credentials::Include } else { Credentials::Omit };
        let fetch = Fetch::new(self.method, API).credentials(credentials);
        self.fields.iter().fold(fetch, |fetch, (name, value)| fetch.header(name, value))
    }

    /// The names that cost a preflight, if that can be told by other hands.
    fn unsafe_names(&self) -> Option<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        let types = self.fields.iter().filter(|(name, _)| *name == "content-type");
        if types.count() > 1 {
            return None;
        }
        for (name, value) in &self.fields {
            if *name != "content-type" || !is_form_type(value)? {
                names.push((*name).to_owned());
            }
        }
        Some(names)
    }

    fn is_simple(&self) -> Option<bool> {
        let method = self.method.to_ascii_uppercase();
        Some(["GET", "HEAD", "POST"].contains(&&*method) && self.unsafe_names()?.is_empty())
    }
}

/// Whether a form without script could send the type, if the crate `mime` can tell.
fn is_form_type(value: &str) -> Option<bool> {
    let value = value.trim_matches(['\n', '\r', '\t', ' ']);
    let is_unsafe = |byte: u8| {
        byte < 0x20 && byte != b'\t' || byte == 0x7f || b"\"():<>?@[\\]{}".contains(&byte)
    };
    if value.len() > 128 || value.bytes().any(is_unsafe) {
        return Some(false);
    }
    let mime: mime::Mime = value.parse().ok()?;
    let forms = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    Some(forms.contains(&mime.essence_str()))
}

/// What the server responds.
pub(crate) struct Answer {
    pub(crate) status: u16,
    lines: Vec<Line>,
}

impl Answer {
    fn read(part: &Part<'_>) -> Option<Self> {
        let status = str::from_utf8(part.first).ok()?.parse().ok()?;
        // Others are for proxies and connections: 407 and 421 among them.
        let is_taken = (200..600).contains(&status) && ![407, 421].contains(&status);
        // As a connection gives them: without white space around.
        let lines =
            part.lines().into_iter().map(|(name, value)| (name, value.trim_ascii().to_vec()));
        is_taken.then(|| Self { status, lines: lines.collect() })
    }

    fn response(&self) -> Response<String> {
        let mut response = Response::new("body".to_owned());
        *response.status_mut() = StatusCode::from_u16(self.status).expect("a status");
        for (name, value) in &self.lines {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            let value = HeaderValue::from_bytes(value).expect("a value");
            response.headers_mut().append(name, value);
        }
        response
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.lines.iter().any(|line| line.0 == name)
    }

    /// All lines of a field, joined.
    pub(crate) fn get(&self, name: &str) -> Option<Vec<u8>> {
        let lines: Vec<&[u8]> =
            self.lines.iter().filter(|line| line.0 == name).map(|line| &line.1[..]).collect();
        (!lines.is_empty()).then(|| lines.join(&b", "[..]))
    }

    /// The elements of a list of tokens; nothing if one of them is none.
    fn list(&self, name: &str) -> Option<Vec<String>> {
        let value = self.get(name).unwrap_or_default();
        let value = str::from_utf8(&value).ok()?;
        let elements = value.split(',').map(|element| element.trim_matches([' ', '\t']));
        let elements = elements.filter(|element| !element.is_empty());
        elements
            .map(|it| HeaderName::from_bytes(it.as_bytes()).is_ok().then(|| it.to_owned()))
            .collect()
    }

    fn is_redirect(&self) -> bool {
        [301, 302, 303, 307, 308].contains(&self.status) && self.has("location")
    }

    /// The CORS check: <https://fetch.spec.whatwg.org/#concept-cors-check>
    fn is_shared(&self, credentials: bool) -> bool {
        let origin = self.get("access-control-allow-origin");
        let is_true = self.get("access-control-allow-credentials").is_some_and(|it| it == b"true");
        match origin.as_deref() {
            Some(b"*") => !credentials,
            Some(origin) => origin == PAGE.as_bytes() && (!credentials || is_true),
            None => false,
        }
    }

    /// Whether it allows what a preflight asks: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    fn allows(&self, asked: &Asked<'_>, method: &str, names: &[String]) -> bool {
        let methods = self.list("access-control-allow-methods");
        let headers = self.list("access-control-allow-headers");
        let (Some(methods), Some(headers)) = (methods, headers) else {
            return false;
        };
        let any = |list: &[String]| !asked.include && list.iter().any(|it| it == "*");
        let is_named = |name: &String| headers.iter().any(|it| it.eq_ignore_ascii_case(name));
        let is_allowed = |name| is_named(name) || any(&headers) && name != "authorization";
        (200..300).contains(&self.status)
            && self.is_shared(asked.include)
            && (["GET", "HEAD", "POST"].contains(&method)
                || any(&methods)
                || methods.iter().any(|it| it == method))
            && names.iter().all(is_allowed)
    }
}

fn shared() -> Response<String> {
    let mut response = Response::new(String::new());
    let origin = HeaderValue::from_static("*");
    response.headers_mut().insert("access-control-allow-origin", origin);
    response
}

fn is_seen_if_it_is_shared(asked: &Asked<'_>, answer: &Answer, seen: &Seen) {
    let (Some(names), Some(is_simple)) = (asked.unsafe_names(), asked.is_simple()) else { return };
    let sent: Vec<bool> = seen.sent().iter().map(|sent| sent.is_preflight()).collect();
    let method = seen.sent().first().map_or("", |sent| sent.method().as_str());
    let asked_for =
        seen.sent().first().and_then(|sent| sent.header("access-control-request-method"));
    let passes = is_simple || answer.allows(asked, asked_for.unwrap_or(method), &names);
    let expected: &[bool] = match (is_simple, passes) {
        (true, _) => &[false],
        (false, true) => &[true, false],
        (false, false) => &[true],
    };
    assert_eq!(sent, expected, "{:?} {:?}", asked.fields, answer.lines);
    let is_readable = passes && answer.is_shared(asked.include);
    assert_eq!(seen.is_readable(), is_readable, "{:?} {:?}", answer.lines, seen.blocked());
    if let Ok(visible) = seen.response() {
        shows_what_is_exposed(asked, answer, visible.headers());
    }
}

/// What every script may read: <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
const READABLE: &str =
    " cache-control content-language content-length content-type expires last-modified pragma ";

fn shows_what_is_exposed(asked: &Asked<'_>, answer: &Answer, visible: &HeaderMap) {
    let exposed = answer.list("access-control-expose-headers").unwrap_or_default();
    let any = !asked.include && exposed.iter().any(|name| name == "*");
    for (name, _) in &answer.lines {
        let is_named = exposed.iter().any(|it| it.eq_ignore_ascii_case(name));
        let is_readable = READABLE.contains(&format!(" {name} ")) || any || is_named;
        let is_hidden = ["set-cookie", "set-cookie2"].contains(&&**name);
        let expected = if is_readable && !is_hidden { answer.get(name) } else { None };
        let shown = visible.get(name).map(|value| value.as_bytes().to_vec());
        assert_eq!(shown, expected, "{name} of {:?}", answer.lines);
    }
    assert!(visible.keys().all(|name| answer.has(name.as_str())), "{visible:?}");
}

/// A redirect of a request that is shared leads where the crate `url` says.
fn is_led_where_it_says(asked: &Asked<'_>, answer: &Answer, seen: &Seen) {
    let is_plain = asked.fields.is_empty() && ["GET", "HEAD"].contains(&asked.method);
    let lines = answer.lines.iter().filter(|line| line.0 == "location");
    let [location] = lines.collect::<Vec<_>>()[..] else { return };
    if !is_plain || asked.include || !answer.is_shared(false) {
        return;
    }
    let ascii = |byte: &u8| {
        if byte.is_ascii() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
    };
    let location: String = location.1.iter().map(ascii).collect();
    let next = Url::parse(API).and_then(|base| base.join(&location));
    let followed = seen.sent().get(1).map(|sent| sent.url().to_owned());
    let expected = next.ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    let expected = expected.filter(|url| url.username().is_empty() && url.password().is_none());
    let expected = expected.map(|mut url| {
        url.set_fragment(None);
        url.to_string()
    });
    // Back to itself, the redirect may come from the cache.
    if expected.as_deref() != API.split('#').next() {
        assert_eq!(followed, expected, "{location:?}: {:?}", seen.blocked());
    }
}

fn is_kept_as_long_as_it_says(
    asked: &Asked<'_>,
    answer: &Answer,
    seen: &Seen,
    again: Result<Seen, FetchError>,
) {
    let again = again.expect("what could be fetched once");
    let is_plain = asked.fields.is_empty() && asked.method == "GET" && answer.status == 200;
    if !is_plain || !seen.is_readable() || answer.has("vary") {
        return;
    }
    if let Some(is_fresh) = is_fresh(answer, asked.later) {
        assert_eq!(again.sent().is_empty(), is_fresh, "{} s, {:?}", asked.later, answer.lines);
    }
}
