//! Serialized origins: what a browser writes into the `Origin` field.
//!
//! [`Origin`] is one origin, parsed; [`pattern`] what a user may write in a policy, [`repair`] what was
//! meant by what may not be written; [`set`] the compiled form of many patterns. The grammar that they
//! share is in [`syntax`].

mod fault;
mod labels;
pub(crate) mod pattern;
pub(crate) mod place;
mod punycode;
mod repair;
mod sample;
pub(crate) mod set;
mod strings;
pub(crate) mod suffix;
mod syntax;

use std::fmt;
use std::str;

pub use self::fault::OriginFault;
pub(crate) use self::syntax::port_number;

/// A serialized tuple origin: scheme, host and port, as in `https://a.example:8443`.
///
/// It is what the predicate of [`PolicyBuilder::allow_origins_if`] is given. The text is exactly
/// the one that the browser sent: lower-case scheme, no path, no default port. `null`, the
/// serialization of every opaque origin, is none.
///
/// Fetch: <https://fetch.spec.whatwg.org/#origin-header>,
/// HTML: <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>
///
/// [`PolicyBuilder::allow_origins_if`]: crate::PolicyBuilder::allow_origins_if
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin<'a> {
    text: &'a str,
    scheme: &'a str,
    host: &'a str,
    port: Option<u16>,
}

impl<'a> Origin<'a> {
    /// Parses a serialized origin, at most 326 bytes.
    ///
    /// # Errors
    ///
    /// Whatever no browser would send: `null`, `a.example` (no scheme), `https://a.example/` (a
    /// path), `https://A.example` (upper case), `https://a.example:443` (the default port),
    /// `http://[::0001]` (not as the URL Standard serializes it), `https://xn--a.example` (not
    /// Punycode). And `file://`, which only some web views send.
    ///
    /// ```
    /// use tower_cors::Origin;
    ///
    /// let origin = Origin::parse("https://eu.shop.example:8443")?;
    /// assert_eq!(origin.scheme(), "https");
    /// assert_eq!(origin.host(), "eu.shop.example");
    /// assert_eq!(origin.port(), Some(8443));
    /// assert!(Origin::parse("https://eu.shop.example/").is_err());
    /// # Ok::<(), tower_cors::OriginFault>(())
    /// ```
    pub fn parse(text: &'a str) -> Result<Self, OriginFault> {
        if text.len() > syntax::MAX_ORIGIN {
            return Err(OriginFault::TooLong);
        }
        let parts = syntax::Parts::split(text)?;
        syntax::parse_host(parts.scheme, parts.host)?;
        if parts.host.is_empty() && parts.port.is_some() {
            return Err(OriginFault::HostEmpty);
        }
        let port = parts.port.map(|port| syntax::parse_port(parts.scheme, port)).transpose()?;
        Ok(Self { text, scheme: parts.scheme, host: parts.host, port })
    }

    /// Parses the value of an `Origin` field, of whatever bytes and length.
    pub(crate) fn from_bytes(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > syntax::MAX_ORIGIN {
            return None;
        }
        Self::parse(str::from_utf8(bytes).ok()?).ok()
    }

    /// The whole origin, as the browser sent it.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The scheme, in lower case and without its colon: `https`.
    #[must_use]
    pub fn scheme(&self) -> &'a str {
        self.scheme
    }

    /// The host: a domain in ASCII form, an IPv4 address, or an IPv6 address in brackets.
    ///
    /// Under schemes other than `http` and `https` it is opaque, `.` or empty included: packaged apps
    /// send `app://.` and `app://`.
    #[must_use]
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// The port, if it is not the default one of the scheme.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The port that is meant where none is written.
    pub(crate) fn default_port(&self) -> Option<u16> {
        syntax::default_port(self.scheme)
    }

    /// Whether anyone between the page and its server could have written the page.
    pub(crate) fn is_insecure(&self) -> bool {
        self.scheme == "http" && !syntax::is_loopback(self.host)
    }
}

/// As [`Origin::parse`].
impl<'a> TryFrom<&'a str> for Origin<'a> {
    type Error = OriginFault;

    fn try_from(text: &'a str) -> Result<Self, OriginFault> {
        Self::parse(text)
    }
}

impl fmt::Debug for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Origin").field(&self.text).finish()
    }
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}
