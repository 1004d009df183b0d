use std::time::Duration;

use cookie::{Cookie as SetCookie, SameSite};
use http::{HeaderMap, HeaderValue, header::SET_COOKIE};
use url::{Host, Url};

use super::{
    Cookie, CookieFate, CookieReason, FetchError, UserAgent, http_cache::date, site,
    user_agent::ThirdParty,
};

/// The cookies of a browser.
///
/// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html>
#[derive(Clone, Debug, Default)]
pub(super) struct Cookies {
    /// Of a user, and not parsed yet: an origin, and a cookie for it.
    given: Vec<(String, String)>,
    /// The oldest first.
    kept: Vec<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    name: String,
    value: String,
    /// The host, or the domain if it is for all hosts below that.
    domain: String,
    is_host_only: bool,
    path: String,
    is_secure: bool,
    same_site: Option<SameSite>,
    /// The site of the pages that it is for, if it is not for all.
    partition: Option<String>,
    expires: Option<Duration>,
}

/// Whose request it is, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    /// The page's origin, if it has one.
    pub(super) page: Option<&'a Url>,
    pub(super) url: &'a Url,
    /// Whether a redirect from another site led to the URL, if that counts.
    pub(super) was_foreign: bool,
    /// Why no cookie goes along or is taken, whatever it is.
    pub(super) excluded: Option<CookieReason>,
    pub(super) user_agent: UserAgent,
    pub(super) now: Duration,
}

impl Context<'_> {
    fn is_same_site(&self) -> bool {
        let is_schemeful = self.user_agent.has_schemeful_sites();
        self.page.is_some_and(|page| site::is_same_site(page, self.url, is_schemeful))
    }

    fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
            || (self.user_agent.takes_loopback_for_secure() && site::is_loopback(self.url))
    }

    /// The site of the page; of an opaque origin there is no other page.
    fn page_site(&self) -> String {
        self.page.and_then(site::site_host).unwrap_or("null").to_owned()
    }

    /// Why the page gets no cookie with that `SameSite` over to the URL, nor from there.
    fn of_other_site(&self, same_site: Option<SameSite>) -> Option<CookieReason> {
        let is_foreign = !self.is_same_site();
        let is_blocked = self.user_agent.third_party() == ThirdParty::Blocked;
        match same_site {
            Some(SameSite::Strict) if is_foreign || self.was_foreign => Some(CookieReason::Strict),
            Some(SameSite::Lax) if is_foreign || self.was_foreign => Some(CookieReason::Lax),
            None if is_foreign && self.user_agent.is_lax_by_default() => {
                Some(CookieReason::LaxByDefault)
            }
            None | Some(SameSite::None) if is_foreign && is_blocked => {
                Some(CookieReason::ThirdParty)
            }
            _ => None,
        }
    }
}

impl Cookies {
    pub(super) fn add(&mut self, origin: &str, cookie: &str) {
        self.given.push((origin.to_owned(), cookie.to_owned()));
    }

    /// Keeps what was given since the last fetch, as if a page of that origin had got it.
    pub(super) fn parse(&mut self, user_agent: UserAgent, now: Duration) -> Result<(), FetchError> {
        for (origin, value) in std::mem::take(&mut self.given) {
            let wrong = |reason| FetchError::Cookie {
                origin: origin.clone(),
                value: value.clone(),
                reason,
            };
            let url = Url::parse(&origin).map_err(|_| wrong(None))?;
            HeaderValue::from_str(&value).map_err(|_| wrong(None))?;
            let context = Context {
                page: Some(&url),
                url: &url,
                was_foreign: false,
                excluded: None,
                user_agent,
                now,
            };
            let fate = self.keep_line(&value, &HeaderMap::new(), &context).fate;
            if let CookieFate::Refused(reason) = fate {
                return Err(wrong(Some(reason)));
            }
        }
        Ok(())
    }

    /// The value of `Cookie`, if any go along.
    pub(super) fn header(&self, context: &Context<'_>) -> Option<HeaderValue> {
        let mut sent: Vec<_> =
            self.kept.iter().filter(|kept| kept.fate(context) == Some(CookieFate::Sent)).collect();
        // Those with longer paths first; of the same length, the older ones.
        sent.sort_by_key(|kept| std::cmp::Reverse(kept.path.len()));
        let pairs: Vec<_> =
            sent.iter().map(|kept| format!("{}={}", kept.name, kept.value)).collect();
        HeaderValue::from_str(&pairs.join("; ")).ok().filter(|value| !value.is_empty())
    }

    /// What becomes of each cookie of the URL's site.
    pub(super) fn fates(&self, context: &Context<'_>) -> Vec<Cookie> {
        let fates = self
            .kept
            .iter()
            .filter_map(|kept| Some(Cookie { name: kept.name.clone(), fate: kept.fate(context)? }));
        fates.collect()
    }

    /// Takes what a response sets.
    pub(super) fn keep(&mut self, headers: &HeaderMap, context: &Context<'_>) -> Vec<Cookie> {
        let lines = headers.get_all(SET_COOKIE).iter();
        lines
            .map(|line| self.keep_line(&String::from_utf8_lossy(line.as_bytes()), headers, context))
            .collect()
    }

    fn keep_line(&mut self, line: &str, headers: &HeaderMap, context: &Context<'_>) -> Cookie {
        let Ok(parsed) = SetCookie::parse(line.to_owned()) else {
            let name = line.split([';', '=']).next().unwrap_or_default().trim().to_owned();
            return Cookie { name, fate: CookieFate::Refused(CookieReason::Malformed) };
        };
        let name = parsed.name().to_owned();
        let fate = match self.judge(&parsed, headers, context) {
            Err(reason) => CookieFate::Refused(reason),
            Ok(new) => {
                let is_past = new.is_expired(context.now);
                match self.kept.iter_mut().find(|kept| kept.is_replaced_by(&new)) {
                    Some(kept) => *kept = new,
                    None => self.kept.push(new),
                }
                self.kept.retain(|kept| !kept.is_expired(context.now));
                if is_past { CookieFate::Removed } else { CookieFate::Kept }
            }
        };
        Cookie { name, fate }
    }

    /// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model>
    fn judge(
        &self,
        cookie: &SetCookie<'_>,
        headers: &HeaderMap,
        context: &Context<'_>,
    ) -> Result<Kept, CookieReason> {
        context.excluded.map_or(Ok(()), Err)?;
        let is_secure = cookie.secure().unwrap_or(false);
        let host = context.url.host_str().unwrap_or_default();
        let domain = match cookie.domain().map(str::to_ascii_lowercase) {
            Some(domain) if domain == host => Some(domain),
            Some(domain) if is_below(context.url, &domain) && !site::is_public_suffix(&domain) => {
                Some(domain)
            }
            Some(_) => return Err(CookieReason::Domain),
            None => None,
        };
        // A public suffix, or an address, is a host by itself.
        let domain = domain.filter(|domain| {
            matches!(context.url.host(), Some(Host::Domain(_))) && !site::is_public_suffix(domain)
        });
        if is_secure && !context.is_secure() {
            return Err(CookieReason::Insecure);
        }
        if cookie.same_site() == Some(SameSite::None)
            && !is_secure
            && context.user_agent.wants_none_to_be_secure()
        {
            return Err(CookieReason::NoneWithoutSecure);
        }
        let is_partitioned =
            cookie.partitioned().unwrap_or(false) && context.user_agent.knows_partitioned();
        if is_partitioned && !is_secure {
            return Err(CookieReason::PartitionedWithoutSecure);
        }
        let path = cookie.path().filter(|path| path.starts_with('/'));
        let name = cookie.name().to_ascii_lowercase();
        let is_whole_host = cookie.domain().is_none() && path == Some("/");
        let is_server_only = is_secure && cookie.http_only().unwrap_or(false);
        let is_http = context.user_agent.knows_http_prefixes()
            && (name.starts_with("__http-") || name.starts_with("__host-http-"));
        if (name.starts_with("__secure-") && !is_secure)
            || (name.starts_with("__host-") && !(is_secure && is_whole_host))
            || (is_http && !is_server_only)
        {
            return Err(CookieReason::Prefix);
        }
        context.of_other_site(cookie.same_site()).map_or(Ok(()), Err)?;
        let is_apart =
            context.user_agent.third_party() == ThirdParty::Partitioned && !context.is_same_site();
        let new = Kept {
            name: cookie.name().to_owned(),
            value: cookie.value().to_owned(),
            is_host_only: domain.is_none(),
            domain: domain.unwrap_or_else(|| host.to_owned()),
            path: path.unwrap_or_else(|| default_path(context.url)).to_owned(),
            is_secure,
            same_site: cookie.same_site(),
            partition: (is_partitioned || is_apart).then(|| context.page_site()),
            expires: expiry(cookie, headers, context.now),
        };
        let is_covered = |kept: &Kept| {
            kept.is_secure
                && kept.name == new.name
                && kept.partition == new.partition
                && kept.is_for_host(context.url)
                && is_within(&new.path, &kept.path)
        };
        if !context.is_secure() && self.kept.iter().any(is_covered) {
            return Err(CookieReason::Overwrites);
        }
        Ok(new)
    }
}

impl Kept {
    /// What becomes of it with a request; nothing if it has nothing to do with the site.
    ///
    /// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-retrieval-model>
    fn fate(&self, context: &Context<'_>) -> Option<CookieFate> {
        let site = site::site_host(context.url)?;
        let is_of_site = self.domain == site || self.domain.ends_with(&format!(".{site}"));
        if self.is_expired(context.now) || !is_of_site {
            return None;
        }
        let is_elsewhere =
            self.partition.as_ref().is_some_and(|partition| *partition != context.page_site())
                || (self.partition.is_none()
                    && !context.is_same_site()
                    && context.user_agent.third_party() == ThirdParty::Partitioned);
        let reason = if !self.is_for_host(context.url) {
            Some(CookieReason::Host)
        } else if !is_within(context.url.path(), &self.path) {
            Some(CookieReason::Path)
        } else if self.is_secure && !context.is_secure() {
            Some(CookieReason::Insecure)
        } else {
            let elsewhere = is_elsewhere.then_some(CookieReason::Partition);
            context.excluded.or_else(|| context.of_other_site(self.same_site)).or(elsewhere)
        };
        Some(reason.map_or(CookieFate::Sent, CookieFate::NotSent))
    }

    fn is_for_host(&self, url: &Url) -> bool {
        url.host_str() == Some(&self.domain) || (!self.is_host_only && is_below(url, &self.domain))
    }

    fn is_replaced_by(&self, new: &Self) -> bool {
        (&self.name, &self.domain, self.is_host_only, &self.path, &self.partition)
            == (&new.name, &new.domain, new.is_host_only, &new.path, &new.partition)
    }

    fn is_expired(&self, now: Duration) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// When the browser forgets it, if ever. The response says what time it is at the server.
fn expiry(cookie: &SetCookie<'_>, headers: &HeaderMap, now: Duration) -> Option<Duration> {
    if let Some(age) = cookie.max_age() {
        return Some(now.saturating_add(age.try_into().unwrap_or_default()));
    }
    let expires = cookie.expires_datetime()?.unix_timestamp();
    let seconds =
        expires.saturating_sub(i64::try_from(date(headers).as_secs()).unwrap_or(i64::MAX));
    Some(now.saturating_add(Duration::from_secs(seconds.try_into().unwrap_or_default())))
}

/// Whether the host of the URL is a name below the domain.
fn is_below(url: &Url, domain: &str) -> bool {
    matches!(url.host(), Some(Host::Domain(host)) if host.ends_with(&format!(".{domain}")))
}

/// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-paths-and-path-match>
fn is_within(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || parent.ends_with('/') || rest.starts_with('/'))
}

fn default_path(url: &Url) -> &str {
    match url.path().rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}
