//! What the shipped browsers make of a response's headers.

use http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_TYPE, LOCATION},
};

use super::{UserAgent, without_empty};
use crate::browser::mime::is_token;

/// Lines of `Location` that lead to different URLs.
#[derive(Debug)]
pub(in crate::browser) struct Contradiction;

impl UserAgent {
    /// The headers as this user agent keeps them from a response.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-header-list-get>
    // Deviation: to the standard an empty line is a line. Firefox passes it over if the field has
    // another, and joins the lines of `Content-Type` without a space (`nsHttpHeaderArray::MergeHeader`).
    pub(in crate::browser) fn merge(self, headers: HeaderMap) -> HeaderMap {
        if self != Self::Firefox {
            return headers;
        }
        let mut merged = HeaderMap::new();
        for name in headers.keys() {
            let lines = headers.get_all(name).iter();
            if *name == LOCATION {
                let most = if self.location(&headers).is_ok() { 1 } else { usize::MAX };
                merged.extend(lines.take(most).map(|line| (name.clone(), line.clone())));
            } else if *name == CONTENT_TYPE {
                let lines: Vec<_> =
                    without_empty(&headers, name).map(HeaderValue::as_bytes).collect();
                merged.extend(
                    HeaderValue::from_bytes(&lines.join(&b',')).map(|line| (name.clone(), line)),
                );
            } else {
                merged
                    .extend(without_empty(&headers, name).map(|line| (name.clone(), line.clone())));
            }
        }
        merged
    }

    /// The line of `Location` that counts, if there is one; an error if the lines contradict each other.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-response-location-url>
    // Deviation: to the standard two lines are an error, and an empty one leads to the same URL. Chromium and Firefox
    // take lines that are the same for one, and Chromium an empty one for none (`HttpResponseHeaders::IsRedirect`).
    pub(in crate::browser) fn location(
        self,
        headers: &HeaderMap,
    ) -> Result<Option<&HeaderValue>, Contradiction> {
        let mut lines = headers.get_all(LOCATION).iter();
        let Some(first) = lines.next() else {
            return Ok(None);
        };
        match self {
            Self::Standard | Self::WebKit if lines.next().is_none() => Ok(Some(first)),
            Self::Firefox if lines.all(|line| line == first) => Ok(Some(first)),
            Self::Chromium if lines.all(|line| line == first) => {
                Ok(Some(first).filter(|line| !line.is_empty()))
            }
            _ => Err(Contradiction),
        }
    }

    /// Whether a response is refused whose `Location` lines contradict each other, even if it is no redirect.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-network-fetch>
    // Deviation: to the standard only a redirect is. Chromium: `ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION`; Firefox:
    // `nsHttpHeaderArray::IsSuspectDuplicateHeader`.
    pub(in crate::browser) fn refuses(self, headers: &HeaderMap) -> bool {
        matches!(self, Self::Chromium | Self::Firefox) && self.location(headers).is_err()
    }

    /// Whether the `Location` of a redirect must be good even if it is not to be followed, and whether there
    /// must be one to make the redirect mode `error` fail.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    // Deviation: to the standard the status makes a redirect, and `Location` is read where it is followed.
    // Chromium: `URLRequestJob::NotifyHeadersComplete`.
    pub(in crate::browser) fn reads_location_first(self) -> bool {
        self == Self::Chromium
    }

    /// Whether any redirect to another origin makes the origin of a `no-cors` request `null`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>
    // Deviation: to the standard one that leaves the page's own origin does not. Chromium:
    // `RedirectUtil::UpdateHttpRequest`.
    pub(in crate::browser) fn taints_no_cors_at_once(self) -> bool {
        self == Self::Chromium
    }

    /// Whether no redirect may lead to a URL with a user name or a password.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>
    // Deviation: to the standard some may. Chromium: `BaseFetchContext::ShouldBlockFetchWithCredentialedSubresource`.
    pub(in crate::browser) fn refuses_credentials_in_redirects(self) -> bool {
        self == Self::Chromium
    }

    /// What an `Access-Control-Expose-Headers` with an element that is no token exposes.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#extract-header-list-values>
    // Deviation: to the standard nothing. Firefox reads up to that element, and what counts is whether it has seen
    // a `*` (`InternalHeaders::CORSHeaders`).
    pub(in crate::browser) fn exposes_of_malformed(self, value: &str) -> Vec<String> {
        let elements = value.split(',').map(|element| element.trim_matches([' ', '\t']));
        let mut read = elements.take_while(|element| element.is_empty() || is_token(element));
        if self == Self::Firefox && read.any(|element| element == "*") {
            vec!["*".to_owned()]
        } else {
            Vec::new()
        }
    }
}
