use std::time::Duration;

use http::HeaderName;
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
    /// Whatever needs no entry of its own. Only Firefox wants it: see [`UserAgent::needs_any_entry`].
    Nothing,
}

/// What the answer to a preflight allows.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) methods: Vec<String>,
    pub(super) header_names: Vec<String>,
    pub(super) max_age: Duration,
}

impl PreflightCache {
    /// Whether `now` entries allow the method of the request, and each of the names.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    pub(super) fn allows(
        &mut self,
        request: &Request,
        names: &[HeaderName],
        now: Duration,
        user_agent: UserAgent,
    ) -> bool {
        if request.is_redirect_tainted && !user_agent.keeps_tainted_origins() {
            return false;
        }
        let method = request.method.as_str();
        let has = |matches: &dyn Fn(&Entry) -> bool| {
            let mut entries = self.entries.iter();
            entries.any(|entry| entry.is_for(request, now, user_agent) && matches(entry))
        };
        let is_allowed = (user_agent.needs_no_entry(&request.method)
            || has(&|entry| entry.matches_method(method, user_agent)))
            && (!user_agent.needs_any_entry() || has(&|_| true))
            && names
                .iter()
                .all(|name| has(&|entry| entry.matches_header(name.as_str(), user_agent)));
        if !is_allowed && user_agent.keeps_one_answer_a_url() {
            self.clear(request, user_agent);
        }
        is_allowed
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
        if request.is_redirect_tainted && !user_agent.keeps_tainted_origins() {
            return;
        }
        if user_agent.keeps_one_answer_a_url() {
            self.clear(request, user_agent);
        }
        let max_age = grant.max_age;
        if !user_agent.keeps_wildcards() {
            grant.methods.retain(|method| method != "*");
            grant.header_names.retain(|name| name != "*");
        }
        let names = grant.header_names.into_iter().map(|name| name.to_ascii_lowercase());
        let allowed = grant.methods.into_iter().map(Allowed::Method);
        for allowed in allowed.chain(names.map(Allowed::HeaderName)) {
            self.update_or_create(request, allowed, max_age, now, user_agent);
        }
        if user_agent.needs_any_entry() && !max_age.is_zero() {
            self.update_or_create(request, Allowed::Nothing, Duration::MAX, now, user_agent);
        }
    }

    /// Forgets what the user agent keeps no longer than a fetch takes.
    pub(super) fn end_fetch(&mut self, user_agent: UserAgent) {
        self.entries.retain(|entry| entry.origin != "null" || user_agent.keeps_opaque_origins());
    }

    /// Forgets what was kept for the request's origin and URL.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-clear>
    pub(super) fn clear(&mut self, request: &Request, user_agent: UserAgent) {
        self.entries.retain(|entry| !entry.is_at(request, user_agent));
    }

    fn update_or_create(
        &mut self,
        request: &Request,
        allowed: Allowed,
        max_age: Duration,
        now: Duration,
        user_agent: UserAgent,
    ) {
        let mut has_match = false;
        for entry in &mut self.entries {
            let matches = match &allowed {
                Allowed::Method(method) => entry.matches_method(method, user_agent),
                Allowed::HeaderName(name) => entry.matches_header(name, user_agent),
                Allowed::Nothing => entry.allowed == Allowed::Nothing,
            };
            if matches && entry.is_for(request, now, user_agent) {
                entry.max_age = max_age;
                if user_agent.counts_from_the_last_answer() {
                    entry.stored_at = now;
                }
                has_match = true;
            }
        }
        if !has_match {
            self.entries.push(Entry {
                origin: key(request, user_agent).to_owned(),
                url: request.url.clone(),
                credentials: request.is_credentialed(),
                stored_at: now,
                max_age,
                allowed,
            });
        }
    }
}

/// The origin by which entries are found.
fn key(request: &Request, user_agent: UserAgent) -> &str {
    if user_agent.keeps_by_the_pages_origin() {
        request.origin.serialize()
    } else {
        request.serialized_origin()
    }
}

impl Entry {
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match>
    fn is_for(&self, request: &Request, now: Duration, user_agent: UserAgent) -> bool {
        let is_credentialed = request.is_credentialed();
        !self.is_expired(now)
            && self.is_at(request, user_agent)
            && user_agent.does_entry_do(self.credentials, is_credentialed)
    }

    fn is_at(&self, request: &Request, user_agent: UserAgent) -> bool {
        self.origin == key(request, user_agent) && self.url == request.url
    }

    fn is_expired(&self, now: Duration) -> bool {
        now.saturating_sub(self.stored_at) >= self.max_age
    }

    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match-method>
    fn matches_method(&self, method: &str, user_agent: UserAgent) -> bool {
        let Allowed::Method(allowed) = &self.allowed else {
            return false;
        };
        allowed == method || (allowed == "*" && user_agent.is_kept_wildcard(self.credentials))
    }

    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match-header>
    fn matches_header(&self, name: &str, user_agent: UserAgent) -> bool {
        let Allowed::HeaderName(allowed) = &self.allowed else {
            return false;
        };
        let is_wildcard = allowed == "*"
            && user_agent.is_kept_wildcard(self.credentials)
            && !user_agent.is_kept_non_wildcard_name(name);
        allowed == name || is_wildcard
    }
}
