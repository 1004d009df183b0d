//! Who asks: the page, and its origin.

use url::{Origin, Url};

/// The page that calls `fetch`.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) origin: PageOrigin,
    /// What the page's relative URLs are relative to. An opaque origin has nothing of the kind.
    pub(super) base: Option<Url>,
}

impl Page {
    /// Reads an origin (`https://app.example`), the URL of a page, or `null` for an opaque origin.
    ///
    /// A URL without host is none of a page, but in the schemes that have none: `localhost:3000` would
    /// have the scheme `localhost:` and an opaque origin.
    pub(super) fn parse(page: &str) -> Result<Self, url::ParseError> {
        if page == "null" {
            return Ok(Self { origin: PageOrigin(None), base: None });
        }
        let url = Url::parse(page)?;
        let has_host = url.host_str().is_some_and(|host| !host.is_empty());
        if !has_host && !matches!(url.scheme(), "about" | "blob" | "data" | "file") {
            return Err(url::ParseError::EmptyHost);
        }
        Ok(Self { origin: PageOrigin::of(&url), base: Some(url) })
    }
}

/// A request's origin: serialized, or nothing if it is opaque.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PageOrigin(Option<String>);

impl PageOrigin {
    fn of(url: &Url) -> Self {
        let origin = url.origin();
        Self(match origin {
            Origin::Tuple(..) => Some(origin.ascii_serialization()),
            Origin::Opaque(_) => custom_scheme_origin(url),
        })
    }

    /// The origin as a URL, unless it is opaque.
    pub(super) fn url(&self) -> Option<Url> {
        Url::parse(self.0.as_deref()?).ok()
    }

    /// Fetch: <https://fetch.spec.whatwg.org/#serializing-a-request-origin>
    pub(super) fn serialize(&self) -> &str {
        self.0.as_deref().unwrap_or("null")
    }

    /// HTML: <https://html.spec.whatwg.org/multipage/browsers.html#same-origin>
    pub(super) fn is_same_origin(&self, url: &Url) -> bool {
        self.0.as_deref().is_some_and(|origin| origin == url.origin().ascii_serialization())
    }

    /// Whether `Origin` must not name this origin to `url`: it is on `https:` and the URL is not.
    pub(super) fn is_downgrade(&self, url: &Url) -> bool {
        self.0.as_deref().is_some_and(|origin| origin.starts_with("https:"))
            && url.scheme() != "https"
    }
}

// Deviation: to the URL Standard every origin outside http, https, ws, wss and ftp is opaque. Browser
// extensions and applications in a web view (`chrome-extension://abc`, `capacitor://localhost`) do
// send their name, so a URL with a host has an origin here whatever its scheme, but for `file:`.
fn custom_scheme_origin(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty() && url.scheme() != "file")?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}", url.scheme()))
}
