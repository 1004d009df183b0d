//! What the shipped browsers make of a request's headers.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::UserAgent;

impl UserAgent {
    /// Whether this user agent drops the header when script sets it, though the standard does not.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#forbidden-request-header>
    // Deviation: to the standard script may set `User-Agent`. Chromium sends its own
    // (<https://crbug.com/571722>).
    pub(in crate::browser) fn drops_request_header(self, name: &HeaderName) -> bool {
        self == Self::Chromium && *name == header::USER_AGENT
    }

    /// Whether this user agent adds the header to the standard's safelist.
    // Deviation: Chromium has client hints on its safelist, whoever sets them, and `intervention`; the standard does not.
    // Only those that script may set are listed (names in `sec-` are forbidden). Chromium:
    // `IsCorsSafelistedHeader` in `services/network/public/cpp/cors/cors.cc`.
    pub(in crate::browser) fn is_safelisted_client_hint(
        self,
        name: &HeaderName,
        value: &[u8],
    ) -> bool {
        self == Self::Chromium
            && match name.as_str() {
                "device-memory" | "downlink" | "dpr" => is_decimal(value),
                "rtt" | "viewport-width" | "width" => is_integer(value),
                "ect" => [&b"slow-2g"[..], b"2g", b"3g", b"4g"].contains(&value),
                "save-data" => value.eq_ignore_ascii_case(b"on"),
                "intervention" => true,
                _ => false,
            }
    }

    /// The headers of script that do not go along with a redirect to another origin than the page's, beside
    /// the standard's.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>
    // Deviation: to the standard client hints are headers as others. Chromium takes them for its own, and drops those
    // that the permissions policy is for the page's origin alone (`ResourceLoader::WillFollowRedirect`).
    pub(in crate::browser) fn dropped_by_foreign_redirects(self) -> &'static [&'static str] {
        const CLIENT_HINTS: &[&str] =
            &["device-memory", "downlink", "dpr", "ect", "rtt", "viewport-width", "width"];
        if self == Self::Chromium { CLIENT_HINTS } else { &[] }
    }

    /// Whether this user agent adds the byte to those that make a value unsafe.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
    // Deviation: to the standard bytes beyond ASCII are safe. To Firefox they are negative, and so below a space
    // (`nsContentUtils::IsCorsUnsafeRequestHeaderValue`).
    pub(in crate::browser) fn is_unsafe_byte(self, byte: u8) -> bool {
        self == Self::Firefox && !byte.is_ascii()
    }

    /// Whether this user agent finds the `Content-Type` of a form well-formed.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
    // Deviation: to the standard parameters are never wrong. Firefox wants no comma, and no semicolon at the end
    // but the first (`net_ParseRequestContentType`).
    pub(in crate::browser) fn reads_content_type(self, value: &[u8]) -> bool {
        let mut parts = value.splitn(2, |byte| *byte == b';');
        let parameters = parts.nth(1).unwrap_or_default();
        self != Self::Firefox || !(value.contains(&b',') || parameters.ends_with(b";"))
    }

    /// Whether script's headers that a redirect has dropped go along with the next one again.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>
    // Deviation: to the standard they are gone. Firefox drops `Authorization`, and the headers of a body, from the one
    // request that follows, and of each redirect it asks whether it would make a GET of the method that the fetch had
    // at first (`HttpBaseChannel::SetupReplacementChannel`).
    pub(in crate::browser) fn restores_dropped_headers(self) -> bool {
        self == Self::Firefox
    }

    /// The headers of script as this user agent sends them.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-header-list-append>
    // Deviation: to the standard all lines of a field are sent. Of some fields Firefox sends the last one alone
    // (`nsHttpHeaderArray::IsSingletonHeader`); of the others an empty line voids those before it, and is replaced by
    // those behind it (`FetchDriver::SetRequestHeaders`). The type of a body is the first one, until a redirect.
    pub(in crate::browser) fn sent_lines(
        self,
        headers: &HeaderMap,
        has_first_body: bool,
    ) -> HeaderMap {
        let mut sent = HeaderMap::new();
        for name in headers.keys() {
            let lines = headers.get_all(name).iter();
            match self {
                Self::Firefox if *name == header::CONTENT_TYPE && has_first_body => {
                    sent.extend(lines.take(1).map(|line| (name.clone(), line.clone())));
                }
                Self::Firefox => {
                    let mut kept: Vec<&HeaderValue> = Vec::new();
                    for line in lines {
                        if is_singleton(name)
                            || line.is_empty()
                            || kept.iter().all(|line| line.is_empty())
                        {
                            kept.clear();
                        }
                        kept.push(line);
                    }
                    sent.extend(kept.into_iter().map(|line| (name.clone(), line.clone())));
                }
                _ => sent.extend(lines.map(|line| (name.clone(), line.clone()))),
            }
        }
        sent
    }

    /// Whether a header that was set twice is judged once, by its combined value.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
    // Deviation: to the standard, and to Firefox, each line of the header list is a header, so that
    // `accept` with twice 100 bytes is safelisted. Chromium combines them first, and asks.
    pub(in crate::browser) fn combines_request_headers(self) -> bool {
        self == Self::Chromium
    }

    /// Whether a preflight asks for a name as often as script has set it.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set>
    // Deviation: to the standard the names are a set; Firefox sends `x-alpha,x-beta,x-beta`.
    pub(in crate::browser) fn repeats_names(self) -> bool {
        self == Self::Firefox
    }

    /// The `Range` that is sent in place of script's, if it is another.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    // Deviation: to the standard the field stays as it is. Chromium's HTTP cache reads it, and writes `bytes=0-1` for
    // `bytes=00-01` (`HttpByteRange::GetHeaderValue`).
    pub(in crate::browser) fn rewritten_range(
        self,
        method: &Method,
        headers: &HeaderMap,
        is_conditional: bool,
    ) -> Option<HeaderValue> {
        let mut lines = headers.get_all(header::RANGE).iter();
        let (Some(range), None) = (lines.next(), lines.next()) else {
            return None;
        };
        if self != Self::Chromium || *method != Method::GET || is_conditional {
            return None;
        }
        let (unit, range) = range.to_str().ok()?.split_once('=')?;
        let (first, last) = range.split_once('-')?;
        let number = |digits: &str| digits.trim().parse::<u64>().ok();
        let (first, last) = match last.trim() {
            "" => (number(first)?, None),
            last => (number(first)?, Some(number(last)?)),
        };
        let is_range =
            unit.trim().eq_ignore_ascii_case("bytes") && last.is_none_or(|last| first <= last);
        let last = last.map(|last| last.to_string()).unwrap_or_default();
        HeaderValue::try_from(format!("bytes={first}-{last}")).ok().filter(|_| is_range)
    }

    /// What takes a conditional request of script past caches, and the preflight before it.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    // Deviation: to the standard a preflight is conditional in no case. In Chromium and in Firefox it is made
    // as the request is, and Chromium has caches ask rather than pass.
    pub(in crate::browser) fn past_caches(
        self,
        is_preflight: bool,
    ) -> &'static [(HeaderName, &'static str)] {
        const PASS: &[(HeaderName, &str)] =
            &[(header::PRAGMA, "no-cache"), (header::CACHE_CONTROL, "no-cache")];
        const ASK: &[(HeaderName, &str)] = &[(header::CACHE_CONTROL, "max-age=0")];
        match self {
            Self::Standard | Self::WebKit if is_preflight => &[],
            Self::Standard | Self::WebKit | Self::Firefox => PASS,
            Self::Chromium => ASK,
        }
    }
}

/// ```text
/// 1*DIGIT [ "." 1*DIGIT ]
/// ```
fn is_decimal(value: &[u8]) -> bool {
    let mut parts = value.splitn(2, |byte| *byte == b'.');
    parts.all(is_integer)
}

/// ```text
/// 1*DIGIT
/// ```
fn is_integer(value: &[u8]) -> bool {
    !value.is_empty() && value.iter().all(u8::is_ascii_digit)
}

/// Of which Firefox keeps one line.
fn is_singleton(name: &HeaderName) -> bool {
    [
        header::AUTHORIZATION,
        header::CONTENT_DISPOSITION,
        header::CONTENT_TYPE,
        header::FROM,
        header::IF_MODIFIED_SINCE,
        header::IF_UNMODIFIED_SINCE,
        header::LOCATION,
        header::MAX_FORWARDS,
        header::USER_AGENT,
    ]
    .contains(name)
}
