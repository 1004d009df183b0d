use std::time::Duration;

use http::{HeaderName, Method};

use super::methods;

/// Which user agent [`Browser`](super::Browser) behaves as.
///
/// The default is the Fetch Standard. The others are the standard and, on top, what the named
/// browser is known to do otherwise: which of a preflight's result it keeps and for how long, for which
/// headers it asks, and where it is laxer.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum UserAgent {
    /// The Fetch Standard, to the letter. It keeps a preflight's result for as long as the server says.
    #[default]
    Standard,
    /// Chromium, and so Chrome and Edge. It keeps a preflight's result for at most 2 hours.
    Chromium,
    /// Firefox. It keeps a preflight's result for at most 24 hours.
    Firefox,
    /// `WebKit`, and so Safari. It keeps a preflight's result for at most 10 minutes.
    WebKit,
}

impl UserAgent {
    /// The imposed limit on max-age.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-max-age>
    pub(super) fn max_age_limit(self) -> Duration {
        match self {
            Self::Standard => Duration::MAX,
            Self::Chromium => Duration::from_secs(2 * 60 * 60),
            Self::Firefox => Duration::from_secs(24 * 60 * 60),
            Self::WebKit => Duration::from_secs(10 * 60),
        }
    }

    /// Whether `*` in `Access-Control-Allow-Headers` says nothing about the header `name`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>
    // Deviation: the shipped browsers let `*` stand for `authorization` too, in requests without
    // credentials. The standard asks that it be named; `UserAgent::Standard` does so.
    pub(super) fn is_non_wildcard_name(self, name: &HeaderName) -> bool {
        self == Self::Standard && *name == http::header::AUTHORIZATION
    }

    /// Whether this user agent adds the header to the standard's safelist.
    // Deviation: Chromium has client hints on its safelist, whoever sets them; the standard does not.
    // Only those that script may set are listed (names in `sec-` are forbidden), and `save-data`
    // counts with the one value `on`.
    pub(super) fn is_safelisted_client_hint(self, name: &HeaderName, value: &[u8]) -> bool {
        const CLIENT_HINTS: [&str; 7] =
            ["device-memory", "downlink", "dpr", "ect", "rtt", "viewport-width", "width"];
        self == Self::Chromium
            && (CLIENT_HINTS.contains(&name.as_str())
                || (name == "save-data" && value.eq_ignore_ascii_case(b"on")))
    }

    /// Whether a header that was set twice is judged once, by its combined value.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
    // Deviation: to the standard, and to Firefox, each line of the header list is a header, so that
    // `accept` with twice 100 bytes is safelisted. Chromium combines them first, and asks.
    pub(super) fn combines_request_headers(self) -> bool {
        self == Self::Chromium
    }

    /// Whether a preflight asks for a name as often as script has set it.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set>
    // Deviation: to the standard the names are a set; Firefox sends `x-alpha,x-beta,x-beta`.
    pub(super) fn repeats_names(self) -> bool {
        self == Self::Firefox
    }

    /// Whether an answer with the malformed `Access-Control-Max-Age` is not kept at all.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#http-access-control-max-age>
    // Deviation: to the standard a malformed value is none, and the answer is kept for 5 s. Chromium
    // takes a negative number for 0. Firefox keeps no answer with any malformed value, nor one with
    // two lines, but takes an empty one for none.
    pub(super) fn forgets_at_once(self, malformed_max_age: &str) -> bool {
        match self {
            Self::Standard | Self::WebKit => false,
            Self::Chromium => malformed_max_age.strip_prefix('-').is_some_and(|digits| {
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            }),
            Self::Firefox => !malformed_max_age.is_empty(),
        }
    }

    /// Whether the answers to the preflights of opaque origins are kept.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-create-entry>
    // Deviation: the standard keeps them, as all others; Chromium does not.
    pub(super) fn keeps_opaque_origins(self) -> bool {
        self != Self::Chromium
    }

    /// Whether a `*` in a preflight's answer is kept.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-cache-match-method>
    // Deviation: to the standard a `*` that is kept matches any method, or any name but
    // `authorization`. Firefox matches what is kept by name only, so that no `*` is any use to it.
    pub(super) fn keeps_wildcards(self) -> bool {
        self != Self::Firefox
    }

    /// Whether a request with the method may go without a preflight though no entry of the cache names
    /// the method.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    // Deviation: to the standard that is every safelisted method; to Firefox only GET and POST.
    pub(super) fn needs_no_entry(self, method: &Method) -> bool {
        methods::is_safelisted(method) && !(self == Self::Firefox && *method == Method::HEAD)
    }
}
