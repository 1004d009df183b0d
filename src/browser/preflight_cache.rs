use std::time::Duration;

use http::{HeaderName, Method};
use url::Url;

use super::{UserAgent, request::Request};

/// What servers allowed in answer to preflights, for as long as they said.
///
/// All pages of a [`Browser`](super::Browser) share one network partition key, as frames of one tab do.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-cache>
#[derive(Debug, Default)]
pub(super) struct PreflightCache {
    entries: Vec<Entry>,
}

/// Fetch: <https://fetch.spec.whatwg.org/#cache-entry>
#[derive(Debug)]
struct Entry {
    origin: String,
    url: Url,
    credentials: bool,
    stored_at: Duration,
    max_age: Duration,
    allowed: Allowed,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Allowed {
    Method(String),
    HeaderName(String),
}

/// What the answer to a preflight allows.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) methods: Vec<String>,
    pub(super) header_names: Vec<String>,
    pub(super) max_age: Duration,
}

impl PreflightCache {
    /// Whether `now` some entry allows the method.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match-method>
    pub(super) fn allows_method(&self, request: &Request, method: &Method, now: Duration) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.is_for(request, now) && entry.matches_method(method.as_str()))
    }

    /// Whether `now` some entry allows the request header.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match-header>
    pub(super) fn allows_header(
        &self,
        request: &Request,
        name: &HeaderName,
        now: Duration,
        user_agent: UserAgent,
    ) -> bool {
        let is_non_wildcard = user_agent.is_non_wildcard_name(name);
        self.entries.iter().any(|entry| {
            entry.is_for(request, now) && entry.matches_header(name.as_str(), is_non_wildcard)
        })
    }

    /// Keeps what a preflight allowed. An entry that already matches gets the new max-age, which
    /// counts from when it was first stored.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    pub(super) fn store(
        &mut self,
        request: &Request,
        mut grant: Grant,
        now: Duration,
        user_agent: UserAgent,
    ) {
        self.entries.retain(|entry| !entry.is_expired(now));
        let max_age = grant.max_age;
        if !user_agent.keeps_wildcards() {
            grant.methods.retain(|method| method != "*");
            grant.header_names.retain(|name| name != "*");
        }
        for method in grant.methods {
            self.update_or_create(request, Allowed::Method(method), max_age, now);
        }
        for name in grant.header_names {
            self.update_or_create(
                request,
                Allowed::HeaderName(name.to_ascii_lowercase()),
                max_age,
                now,
            );
        }
    }

    /// Forgets what was kept for the request's origin and URL.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-clear>
    pub(super) fn clear(&mut self, request: &Request) {
        self.entries.retain(|entry| !entry.is_at(request));
    }

    fn update_or_create(
        &mut self,
        request: &Request,
        allowed: Allowed,
        max_age: Duration,
        now: Duration,
    ) {
        let mut has_match = false;
        for entry in &mut self.entries {
            let matches = match &allowed {
                Allowed::Method(method) => entry.matches_method(method),
                Allowed::HeaderName(name) => entry.matches_header(name, name == "authorization"),
            };
            if matches && entry.is_for(request, now) {
                entry.max_age = max_age;
                has_match = true;
            }
        }
        if !has_match {
            self.entries.push(Entry {
                origin: request.serialized_origin().to_owned(),
                url: request.url.clone(),
                credentials: request.is_credentialed(),
                stored_at: now,
                max_age,
                allowed,
            });
        }
    }
}

impl Entry {
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match>
    fn is_for(&self, request: &Request, now: Duration) -> bool {
        !self.is_expired(now)
            && self.is_at(request)
            && (self.credentials || !request.is_credentialed())
    }

    fn is_at(&self, request: &Request) -> bool {
        self.origin == request.serialized_origin() && self.url == request.url
    }

    fn is_expired(&self, now: Duration) -> bool {
        now.saturating_sub(self.stored_at) >= self.max_age
    }

    fn matches_method(&self, method: &str) -> bool {
        matches!(&self.allowed, Allowed::Method(allowed) if allowed == "*" || allowed == method)
    }

    fn matches_header(&self, name: &str, is_non_wildcard: bool) -> bool {
        matches!(&self.allowed, Allowed::HeaderName(allowed) if allowed == name || (allowed == "*" && !is_non_wildcard))
    }
}
