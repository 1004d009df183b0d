//! What became of the cookies of an exchange.

use std::fmt;

/// A cookie that an exchange has to do with, and what became of it.
///
/// `Display` gives one line: `the cookie session is not sent: it is SameSite=Lax, and the page is of another site`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cookie {
    pub(super) name: String,
    pub(super) fate: CookieFate,
}

impl Cookie {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What became of it.
    #[must_use]
    pub fn fate(&self) -> CookieFate {
        self.fate
    }
}

/// What became of a cookie.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CookieFate {
    /// It went along with the request.
    Sent,
    /// The browser has it for this host, or for another one of the site, and did not send it.
    NotSent(CookieReason),
    /// The response set it, and the browser keeps it.
    Kept,
    /// The response set it to a time that has passed, and so removed it.
    Removed,
    /// The response set it, and the browser does not take it.
    Refused(CookieReason),
}

/// Why a cookie is not sent, or not taken.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CookieReason {
    /// The credentials mode is `omit`.
    Omit,
    /// The credentials mode is `same-origin`, and the URL is of another origin than the page; or a redirect from
    /// another origin led to it.
    SameOrigin,
    /// Preflights never have cookies, nor set any.
    Preflight,
    /// It is `SameSite=Strict`, and the page is of another site.
    Strict,
    /// It is `SameSite=Lax`, and the page is of another site.
    Lax,
    /// It has no `SameSite`, which this browser takes for `Lax`, and the page is of another site.
    LaxByDefault,
    /// It is `SameSite=None`, and not `Secure`.
    NoneWithoutSecure,
    /// It is `Partitioned`, and not `Secure`.
    PartitionedWithoutSecure,
    /// It is `Secure`, and the URL is not.
    Insecure,
    /// There is a `Secure` cookie of that name, and the URL is not secure.
    Overwrites,
    /// Its name begins with `__Secure-`, `__Host-`, `__Http-` or `__Host-Http-`, and it lacks what that promises.
    Prefix,
    /// Its `Domain` is neither the host nor above it, or is a public suffix.
    Domain,
    /// It is for another host of the site.
    Host,
    /// It is for another path.
    Path,
    /// The browser lets no site have cookies in pages of another one.
    ThirdParty,
    /// The browser keeps the cookies of a site apart for each site whose pages fetch from it, and this one was set
    /// elsewhere.
    Partition,
    /// It is no `name=value`.
    Malformed,
}

impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the cookie {} ", self.name)?;
        match self.fate {
            CookieFate::Sent => f.write_str("is sent"),
            CookieFate::NotSent(reason) => write!(f, "is not sent: {reason}"),
            CookieFate::Kept => f.write_str("is kept"),
            CookieFate::Removed => f.write_str("is removed"),
            CookieFate::Refused(reason) => write!(f, "is refused: {reason}"),
        }
    }
}

impl fmt::Display for CookieReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Omit => "the credentials mode is `omit`",
            Self::SameOrigin => {
                "the credentials mode is `same-origin`, and the URL is of another origin than the page"
            }
            Self::Preflight => "preflights have no cookies",
            Self::Strict => "it is SameSite=Strict, and the page is of another site",
            Self::Lax => "it is SameSite=Lax, and the page is of another site",
            Self::LaxByDefault => {
                "it has no SameSite, which counts as Lax, and the page is of another site"
            }
            Self::NoneWithoutSecure => "it is SameSite=None, and not Secure",
            Self::PartitionedWithoutSecure => "it is Partitioned, and not Secure",
            Self::Insecure => "it is Secure, and the URL is not https",
            Self::Overwrites => "there is a Secure cookie of that name, and the URL is not https",
            Self::Prefix => {
                "its name begins with __Secure-, __Host-, __Http- or __Host-Http-, and it lacks what that promises"
            }
            Self::Domain => "its Domain is neither the host nor above it, or is a public suffix",
            Self::Host => "it is for another host",
            Self::Path => "it is for another path",
            Self::ThirdParty => "the browser blocks cookies of other sites than the page's",
            Self::Partition => {
                "the browser keeps cookies of other sites apart for each site that fetches from them, and it was set elsewhere"
            }
            Self::Malformed => "it is no name=value",
        })
    }
}
