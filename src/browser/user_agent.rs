use std::time::Duration;

use http::HeaderName;

/// Which user agent [`Browser`](super::Browser) behaves as.
///
/// The default is the Fetch Standard. The others are the standard and, on top, what the named
/// browser is known to do otherwise: how long it keeps a preflight's result, and where it is laxer.
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
}
