use std::time::{Duration, UNIX_EPOCH};

use http::{
    HeaderMap, Method, StatusCode,
    header::{
        AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE,
        ETAG, EXPIRES, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RANGE, VARY,
    },
};
use url::Url;

use super::{
    AnswerKind,
    header_list::{self, parse_seconds, split_outside_quotes},
    received::Received,
    request::without_fragment,
};

/// A private cache of responses to GET.
///
/// All pages of a [`Browser`](super::Browser) share one partition, as frames of one tab do.
///
/// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111>
// Deviation: `Date` counts for how long a response is fresh, not for how old it is when it comes; only
// `Age` does. What a test's service says of the time need not agree with the browser's clock.
#[derive(Debug, Default)]
pub(super) struct HttpCache {
    /// The newest last.
    responses: Vec<Stored>,
}

#[derive(Debug)]
struct Stored {
    url: Url,
    request_headers: HeaderMap,
    received: Received,
    since: Duration,
}

/// What the cache has for a request.
#[derive(Debug)]
pub(super) enum Selected {
    /// A response to use as it is.
    Fresh(Received),
    /// A response to ask the server about, with these request headers.
    Stale { validators: HeaderMap },
    /// A stale response to use once more, while the server is asked about it.
    Usable { received: Received, validators: HeaderMap },
}

/// Whether the cache may have a part in the exchange: it keeps answers to GET, and leaves parts of
/// representations alone.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
pub(super) fn is_cacheable(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::GET && !headers.contains_key(RANGE)
}

impl HttpCache {
    /// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-constructing-responses-from>
    pub(super) fn select(&self, url: &Url, headers: &HeaderMap, now: Duration) -> Option<Selected> {
        let stored = self.responses.iter().rev().find(|stored| stored.matches(url, headers))?;
        if stored.is_fresh(now) {
            return Some(Selected::Fresh(stored.received.clone()));
        }
        let validators: HeaderMap = [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)]
            .into_iter()
            .filter_map(|(validator, condition)| {
                Some((condition, stored.received.headers.get(validator)?.clone()))
            })
            .collect();
        if stored.may_be_used_while_asking(now) {
            return Some(Selected::Usable { received: stored.received.clone(), validators });
        }
        (!validators.is_empty()).then_some(Selected::Stale { validators })
    }

    /// Keeps a storable response in place of those that the same request would have selected.
    ///
    /// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-storing-responses-in-caches>
    pub(super) fn store(
        &mut self,
        url: &Url,
        headers: &HeaderMap,
        received: &Received,
        now: Duration,
    ) {
        let url = without_fragment(url);
        self.responses.retain(|stored| !stored.matches(&url, headers));
        self.responses.push(Stored {
            url,
            request_headers: headers.clone(),
            received: Received { kind: AnswerKind::Cached, ..received.clone() },
            since: now,
        });
    }

    /// Updates what is kept with the fields of a 304, and returns it.
    ///
    /// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-freshening-stored-responses>
    pub(super) fn freshen(
        &mut self,
        url: &Url,
        headers: &HeaderMap,
        new: &HeaderMap,
        now: Duration,
    ) -> Option<Received> {
        let stored = self.responses.iter_mut().rev().find(|stored| stored.matches(url, headers))?;
        let kept = [CONTENT_LENGTH, CONTENT_TYPE, CONTENT_ENCODING, CONTENT_RANGE];
        for name in new.keys().filter(|name| !kept.contains(name)) {
            stored.received.headers.remove(name);
            for value in new.get_all(name) {
                // A full map takes no more, and stays as it is.
                let _full = stored.received.headers.try_append(name, value.clone());
            }
        }
        stored.since = now;
        Some(stored.received.clone())
    }

    /// Forgets the URL, after an unsafe request to it succeeded.
    ///
    /// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-invalidating-stored-respons>
    pub(super) fn invalidate(&mut self, url: &Url) {
        let url = without_fragment(url);
        self.responses.retain(|stored| stored.url != url);
    }
}

impl Stored {
    /// Whether it was made for a request with the same URL and the same fields, of those that
    /// `Vary` names.
    ///
    /// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-calculating-cache-keys-with>
    fn matches(&self, url: &Url, headers: &HeaderMap) -> bool {
        let vary = header_list::get(&self.received.headers, &VARY).unwrap_or_default();
        self.url == without_fragment(url)
            && vary.split(',').map(str::trim).filter(|name| !name.is_empty()).all(|name| {
                name != "*"
                    && self.request_headers.get_all(name).iter().eq(headers.get_all(name).iter())
            })
    }

    /// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-freshness>
    fn is_fresh(&self, now: Duration) -> bool {
        self.is_younger_than(freshness_lifetime(&self.received), now)
    }

    /// Whether the response is a stale-while-revalidate response: stale, but not for long.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-stale-while-revalidate-response>
    fn may_be_used_while_asking(&self, now: Duration) -> bool {
        let headers = &self.received.headers;
        let stale = directive(headers, "stale-while-revalidate").and_then(|value| seconds(&value));
        let lifetime = freshness_lifetime(&self.received).unwrap_or_default();
        directive(headers, "must-revalidate").is_none()
            && self.is_younger_than(stale.map(|stale| lifetime.saturating_add(stale)), now)
    }

    /// Whether the response may be used without asking, since its age is below a limit.
    fn is_younger_than(&self, limit: Option<Duration>, now: Duration) -> bool {
        let headers = &self.received.headers;
        let age = header_list::extract_seconds(headers, &AGE).unwrap_or(0);
        let age = Duration::from_secs(age).saturating_add(now.saturating_sub(self.since));
        directive(headers, "no-cache").is_none() && limit.is_some_and(|limit| age < limit)
    }
}

/// As long as `max-age` says, or until `Expires`, or by guess a tenth of the time since it was last
/// modified. A malformed field is one that says "not at all".
///
/// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-calculating-freshness-lifet>
// Deviation: a response without `Date`, as services give it that have no server before them, is not
// dated by a clock, so that a test gives the same result on every day: `Expires` is held against the
// first day of 2026, and what was last modified at any time counts as unchanged for a year.
fn freshness_lifetime(received: &Received) -> Option<Duration> {
    const YEAR: Duration = Duration::from_secs(365 * 86_400);
    let headers = &received.headers;
    let time = |name| httpdate::parse_http_date(&header_list::get(headers, &name)?).ok();
    if let Some(seconds) = directive(headers, "max-age") {
        return self::seconds(&seconds);
    }
    if headers.contains_key(EXPIRES) {
        return time(EXPIRES)?.duration_since(UNIX_EPOCH + date(headers)).ok();
    }
    let modified = time(LAST_MODIFIED)?;
    let unchanged = time(DATE).map_or(Some(YEAR), |date| date.duration_since(modified).ok())?;
    is_heuristically_cacheable(received.status).then(|| unchanged / 10)
}

/// What time it is at the server, since 1970.
pub(super) fn date(headers: &HeaderMap) -> Duration {
    const FIRST_DAY_OF_2026: Duration = Duration::from_secs(1_767_225_600);
    let date = header_list::get(headers, &DATE)
        .and_then(|date| httpdate::parse_http_date(&date).ok()?.duration_since(UNIX_EPOCH).ok());
    date.unwrap_or(FIRST_DAY_OF_2026)
}

/// The argument of a directive, which may be quoted.
fn seconds(argument: &str) -> Option<Duration> {
    parse_seconds(argument.trim_matches('"')).map(Duration::from_secs)
}

/// HTTP: <https://www.rfc-editor.org/rfc/rfc9110#name-overview-of-status-codes>
fn is_heuristically_cacheable(status: StatusCode) -> bool {
    matches!(status.as_u16(), 200 | 203 | 204 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501)
}

/// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-storing-responses-in-caches>
pub(super) fn is_storable(received: &Received) -> bool {
    let headers = &received.headers;
    let is_partial =
        [StatusCode::PARTIAL_CONTENT, StatusCode::NOT_MODIFIED].contains(&received.status);
    let is_useful = directive(headers, "max-age").is_some()
        || headers.contains_key(EXPIRES)
        || headers.contains_key(ETAG)
        || headers.contains_key(LAST_MODIFIED);
    is_useful && !is_partial && directive(headers, "no-store").is_none()
}

/// The argument of a directive in `Cache-Control`; empty if the directive has none.
///
/// HTTP Caching: <https://www.rfc-editor.org/rfc/rfc9111#name-cache-control>
fn directive(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = header_list::get(headers, &CACHE_CONTROL)?;
    split_outside_quotes(&value)
        .map(|element| element.split_once('=').unwrap_or((element, "")))
        .find(|(directive, _)| directive.eq_ignore_ascii_case(name))
        .map(|(_, argument)| argument.to_owned())
}
