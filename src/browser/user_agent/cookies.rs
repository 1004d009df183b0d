//! What the shipped browsers make of cookies.

use super::UserAgent;

/// What becomes of the cookies of other sites than the page's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::browser) enum ThirdParty {
    Allowed,
    /// Those of a site are kept apart for each site whose pages fetch from it.
    Partitioned,
    Blocked,
}

impl UserAgent {
    /// What becomes of cookies of other sites, whatever these say of them.
    ///
    /// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-third-party-cookies>
    // Deviation: the standard leaves it to browsers. Firefox: "Total Cookie Protection",
    // `network.cookie.cookieBehavior` 5. `WebKit`: `ThirdPartyCookieBlockingMode::All`.
    pub(in crate::browser) fn third_party(self) -> ThirdParty {
        match self {
            Self::Standard | Self::Chromium => ThirdParty::Allowed,
            Self::Firefox => ThirdParty::Partitioned,
            Self::WebKit => ThirdParty::Blocked,
        }
    }

    /// Whether a cookie without `SameSite` is `Lax`.
    ///
    /// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-samesite-attribute-2>
    // Deviation: to the standard it is. To Firefox (`network.cookie.sameSite.laxByDefault`) and `WebKit` it is `None`.
    pub(in crate::browser) fn is_lax_by_default(self) -> bool {
        matches!(self, Self::Standard | Self::Chromium)
    }

    /// Whether a cookie that is `SameSite=None` must be `Secure`.
    ///
    /// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model>
    // Deviation: to the standard it must be. `WebKit` does not ask for it.
    pub(in crate::browser) fn wants_none_to_be_secure(self) -> bool {
        self != Self::WebKit
    }

    /// Whether a cookie whose name begins with `__Http-` or `__Host-Http-` must be `HttpOnly` and `Secure`.
    ///
    /// Cookies: <https://datatracker.ietf.org/doc/draft-ietf-httpbis-layered-cookies/>
    // Deviation: to the standard it must be. `WebKit` does not know these prefixes: it takes the second for `__Host-`
    // (its own expectations of the web platform tests `cookies/prefix/__Http.https.html` and `__Host-Http.https.html`).
    pub(in crate::browser) fn knows_http_prefixes(self) -> bool {
        self != Self::WebKit
    }

    /// Whether the scheme is a part of the site.
    ///
    /// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-same-site-and-cross-site-re>
    // Deviation: to the standard it is. Firefox: `network.cookie.sameSite.schemeful`.
    pub(in crate::browser) fn has_schemeful_sites(self) -> bool {
        matches!(self, Self::Standard | Self::Chromium)
    }

    /// Whether this machine may have `Secure` cookies over `http:`.
    ///
    /// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-secure-attribute-2>
    // Deviation: the standard leaves to browsers what is secure. Chromium:
    // `CookieAccessScheme::kTrustworthy`; Firefox: `nsMixedContentBlocker::IsPotentiallyTrustworthyLoopbackURL`.
    pub(in crate::browser) fn takes_loopback_for_secure(self) -> bool {
        matches!(self, Self::Chromium | Self::Firefox)
    }

    /// Whether the attribute `Partitioned` counts.
    ///
    /// CHIPS: <https://www.ietf.org/archive/id/draft-cutler-httpbis-partitioned-cookies-01.html>
    // Deviation: the standard does not know it. Firefox: `network.cookie.CHIPS.enabled`.
    pub(in crate::browser) fn knows_partitioned(self) -> bool {
        matches!(self, Self::Chromium | Self::Firefox)
    }

    /// Whether a URL is of another site to `SameSite`, since a redirect from another one led there.
    ///
    /// Cookies: <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-same-site-and-cross-site-re>
    // Deviation: the standard looks at the URL alone. Firefox: `CookieCommons::IsSameSiteForeign`; it does not ask
    // this of a cookie without `SameSite`.
    pub(in crate::browser) fn remembers_foreign_redirects(self) -> bool {
        self == Self::Firefox
    }
}
