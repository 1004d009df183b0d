//! When the shipped browsers ask by a preflight, and what they keep of its answer.

use std::time::Duration;

use http::Method;

use super::UserAgent;
use crate::browser::{Blocked, header_list::parse_seconds, methods};

impl UserAgent {
    /// Whether every URL that a redirect leads to is asked, once one was asked in this fetch, or if script has set
    /// a header to ask for, though it does not go along.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    // Deviation: to the standard each hop is judged by itself, so that a GET after a PUT needs no preflight.
    // Firefox: `HttpBaseChannel::SetupReplacementChannel` carries over that there was one, and
    // `nsCORSListenerProxy::CheckPreflightNeeded` looks at what script has set.
    pub(in crate::browser) fn asks_after_each_redirect(self) -> bool {
        self == Self::Firefox
    }

    /// Whether the preflight names the page's origin, although the request after it says `null`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    // Deviation: to the standard both have the same `Origin`. Firefox: `nsCORSListenerProxy::StartCORSPreflight`
    // opens a new channel, which knows the page alone, and nothing of redirects.
    pub(in crate::browser) fn asks_in_the_pages_name(self) -> bool {
        self == Self::Firefox
    }

    /// Whether a conditional request is asked for by a new preflight, whatever is kept.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    // Deviation: the standard's two caches have nothing to do with each other. Chromium passes both by for a
    // request that is made past one (`PreflightController::PerformPreflightCheck`), and so does Firefox
    // (`nsCORSListenerProxy::StartCORSPreflight`).
    pub(in crate::browser) fn asks_if_conditional(self) -> bool {
        matches!(self, Self::Chromium | Self::Firefox)
    }

    /// Whether `*` in `Access-Control-Allow-Headers` says nothing about the header `name`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>
    // Deviation: the shipped browsers let `*` stand for `authorization` too, in requests without
    // credentials. The standard asks that it be named; `UserAgent::Standard` does so.
    pub(in crate::browser) fn is_non_wildcard_name(self, name: &str) -> bool {
        self == Self::Standard && name == "authorization"
    }

    /// Whether a `*` that is kept says nothing about the header `name`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match-header>
    // Deviation: to Chromium a `*` in a new answer stands for `authorization`, and a kept one does not
    // (`PreflightCache::CheckIfRequestCanSkipPreflight`).
    pub(in crate::browser) fn is_kept_non_wildcard_name(self, name: &str) -> bool {
        self.is_non_wildcard_name(name) || (self == Self::Chromium && name == "authorization")
    }

    /// Whether a method that is not allowed is the reason, though the list of header names is malformed, too.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    // Deviation: to the standard both lists are read first. Firefox: `nsCORSPreflightListener::CheckPreflightRequestApproved`.
    pub(in crate::browser) fn judges_methods_first(self) -> bool {
        self == Self::Firefox
    }

    /// The imposed limit on max-age.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-max-age>
    pub(in crate::browser) fn max_age_limit(self) -> Duration {
        match self {
            Self::Standard => Duration::MAX,
            Self::Chromium => Duration::from_secs(2 * 60 * 60),
            Self::Firefox => Duration::from_secs(24 * 60 * 60),
            Self::WebKit => Duration::from_secs(10 * 60),
        }
    }

    /// How many seconds a malformed `Access-Control-Max-Age` says, if anything.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#http-access-control-max-age>
    // Deviation: to the standard a malformed value is none, and the answer is kept for 5 s. Chromium and `WebKit` read
    // numbers with a sign, and take a negative one for 0 (`ParseAccessControlMaxAge`, `parseAccessControlMaxAge`).
    // Firefox keeps no answer with any malformed value, nor one with two lines, but takes an empty one for none.
    pub(in crate::browser) fn malformed_max_age(self, value: &str) -> Option<u64> {
        match self {
            Self::Standard => None,
            Self::Chromium | Self::WebKit => match value.split_at_checked(1)? {
                ("-", digits) => parse_seconds(digits).map(|_| 0),
                ("+", digits) => parse_seconds(digits),
                _ => None,
            },
            Self::Firefox => (!value.is_empty()).then_some(0),
        }
    }

    /// Whether a max-age is too large a number to be read, so that it is none.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#http-access-control-max-age>
    // Deviation: to the standard no number is. Chromium and `WebKit` read 64 bits, signed.
    pub(in crate::browser) fn max_age_overflows(self, seconds: u64) -> bool {
        matches!(self, Self::Chromium | Self::WebKit) && i64::try_from(seconds).is_err()
    }

    /// Whether the answers to the preflights of opaque origins are kept from one fetch to the next.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-create-entry>
    // Deviation: the standard keeps them, as all others. To Chromium the opaque origin of each fetch is another.
    pub(in crate::browser) fn keeps_opaque_origins(self) -> bool {
        self != Self::Chromium
    }

    /// Whether answers are kept for requests whose origin redirects have made `null`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-create-entry>
    // Deviation: the standard keeps them, as all others; Chromium does not.
    pub(in crate::browser) fn keeps_tainted_origins(self) -> bool {
        self != Self::Chromium
    }

    /// Whether entries are found by the page's origin, even where redirects have made the request's `null`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-create-entry>
    // Deviation: to the standard entries are found by the origin that the request names. Firefox:
    // `nsPreflightCache::GetEntry` is given the page's principal.
    pub(in crate::browser) fn keeps_by_the_pages_origin(self) -> bool {
        self == Self::Firefox
    }

    /// Whether an answer takes the place of all that was kept for its origin and URL, and all of that is
    /// forgotten when it does not do for a request.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache>
    // Deviation: to the standard each method and each name is an entry, and answers add up. Chromium:
    // `PreflightCache::AppendEntry` and `CheckIfRequestCanSkipPreflight`; `WebKit`:
    // `CrossOriginPreflightResultCache::appendEntry` and `canSkipPreflight`.
    pub(in crate::browser) fn keeps_one_answer_a_url(self) -> bool {
        matches!(self, Self::Chromium | Self::WebKit)
    }

    /// Whether a `*` in a preflight's answer is kept.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match-method>
    // Deviation: to the standard a `*` that is kept matches any method, or any name but
    // `authorization`. Firefox matches what is kept by name only, so that no `*` is any use to it.
    pub(in crate::browser) fn keeps_wildcards(self) -> bool {
        self != Self::Firefox
    }

    /// Whether a `*` that is kept stands for any, if it is kept from a request with or without credentials.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match-method>
    // Deviation: to the standard it does in either case. Chromium keeps it as a mere name if the answer was to
    // a request with credentials (`PreflightResult::EnsureAllowedCrossOriginMethod`).
    pub(in crate::browser) fn is_kept_wildcard(self, has_credentials: bool) -> bool {
        self != Self::Chromium || !has_credentials
    }

    /// Whether an entry that was kept from a request with or without credentials does for another.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match>
    // Deviation: to the standard one with credentials does for both. Firefox keeps the two apart
    // (`nsPreflightCache::GetEntry`).
    pub(in crate::browser) fn does_entry_do(
        self,
        has_credentials: bool,
        for_credentials: bool,
    ) -> bool {
        match self {
            Self::Firefox => has_credentials == for_credentials,
            _ => has_credentials || !for_credentials,
        }
    }

    /// Whether a method or a name that is allowed again counts from now on.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    // Deviation: to the standard it counts from when it was first stored. Firefox:
    // `nsCORSPreflightListener::AddResultToCache`.
    pub(in crate::browser) fn counts_from_the_last_answer(self) -> bool {
        self == Self::Firefox
    }

    /// Whether a request with the method may go without a preflight though no entry of the cache names
    /// the method.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    // Deviation: to the standard that is every safelisted method; to Firefox only GET and POST.
    pub(in crate::browser) fn needs_no_entry(self, method: &Method) -> bool {
        methods::is_safelisted(method) && !(self == Self::Firefox && *method == Method::HEAD)
    }

    /// Whether a request that is asked for goes without only if some answer was kept for its URL, even one
    /// that names nothing, or that is too old by now.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    // Deviation: to the standard no request is asked for that needs no entry. Firefox asks after redirects
    // ([`asks_after_each_redirect`](Self::asks_after_each_redirect)), and takes what it finds
    // (`nsPreflightCache::CacheEntry::CheckRequest`).
    pub(in crate::browser) fn needs_any_entry(self) -> bool {
        self == Self::Firefox
    }

    /// Whether what was kept for a URL is forgotten when a fetch fails there.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-main-fetch>
    // Deviation: to the standard it is once there had to be a preflight. Firefox does so if there is a CORS check
    // (`nsCORSListenerProxy::OnStartRequest`), unless it is the redirect mode that the fetch fails for. Chromium and
    // `WebKit` have nothing of the kind.
    pub(in crate::browser) fn forgets_preflights(
        self,
        has_needed_one: bool,
        is_cors: bool,
        blocked: &Blocked,
    ) -> bool {
        match self {
            Self::Standard => has_needed_one,
            Self::Firefox => is_cors && !matches!(blocked, Blocked::RedirectDisallowed { .. }),
            Self::Chromium | Self::WebKit => false,
        }
    }

    /// Whether the answer to a preflight is shared with the page whatever it says of that, if it is from the
    /// page's own origin.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    // Deviation: to the standard a request that redirects have led to other origins stays a CORS request back at
    // the page's. Firefox's preflight knows nothing of redirects (`nsCORSListenerProxy::UpdateChannel`).
    pub(in crate::browser) fn trusts_preflights_of_the_page(self) -> bool {
        self == Self::Firefox
    }
}
