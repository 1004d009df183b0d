//! `Vary`: which request fields decided on a response.
//!
//! RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5>,
//! Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use http::header::VARY;
use http::{HeaderMap, HeaderName, HeaderValue};

/// What the response to a plain or simple request depends on, besides what is in a cache's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Varies {
    Never,
    Origin,
    OriginAndSite,
}

impl Varies {
    pub(crate) fn names(self) -> Option<&'static Vary> {
        match self {
            Self::Never => None,
            Self::Origin => Some(&ORIGIN),
            Self::OriginAndSite => Some(&ORIGIN_AND_SITE),
        }
    }
}

/// Names to be added to `Vary`.
pub(crate) struct Vary {
    names: &'static [&'static str],
    /// All of them, as one line.
    joined: HeaderValue,
}

/// Of the responses of a dynamic policy to other requests than preflights.
static ORIGIN: Vary = Vary { names: &["Origin"], joined: HeaderValue::from_static("Origin") };

/// Of the same, where requests that cannot change anything are refused, too.
static ORIGIN_AND_SITE: Vary = Vary {
    names: &["Origin", "Sec-Fetch-Site"],
    joined: HeaderValue::from_static("Origin, Sec-Fetch-Site"),
};

/// Of every answer to a preflight.
pub(crate) static PREFLIGHT: Vary = Vary {
    names: &["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"],
    joined: HeaderValue::from_static(
        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
};

/// Names of a user's own to be added to `Vary`, in lower case and each once.
#[derive(Default)]
pub(crate) struct VaryOn {
    names: Vec<HeaderName>,
    /// All of them, as one line, if there are any.
    joined: Option<HeaderValue>,
}

impl VaryOn {
    pub(crate) fn new(names: impl Iterator<Item = HeaderName>) -> Self {
        let mut all: Vec<HeaderName> = Vec::new();
        for name in names {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        let joined = line(all.iter().map(HeaderName::as_str));
        Self { names: all, joined }
    }

    pub(crate) fn names(&self) -> &[HeaderName] {
        &self.names
    }

    /// Adds those that do not stand there yet, as one line.
    pub(crate) fn write_to(&self, headers: &mut HeaderMap) {
        let missing = self.names.iter().map(HeaderName::as_str);
        let missing = missing.filter(|name| !stands(name, headers));
        let value = if missing.clone().count() == self.names.len() {
            self.joined.clone()
        } else {
            line(missing)
        };
        if let Some(value) = value {
            let _full = headers.try_append(VARY, value);
        }
    }
}

impl Vary {
    /// Adds those names that do not stand there yet, as one line; `present` says whether the map
    /// has a `Vary` at all, which callers know without looking it up.
    pub(crate) fn write_to(&self, headers: &mut HeaderMap, present: bool) {
        let value = if present { self.missing(headers) } else { Some(self.joined.clone()) };
        if let Some(value) = value {
            let _full = headers.try_append(VARY, value);
        }
    }

    fn missing(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let missing = self.names.iter().copied().filter(|name| !stands(name, headers));
        if missing.clone().count() == self.names.len() {
            return Some(self.joined.clone());
        }
        line(missing)
    }
}

fn stands(name: &str, headers: &HeaderMap) -> bool {
    let mut elements = headers
        .get_all(VARY)
        .iter()
        .flat_map(|line| line.as_bytes().split(|&byte| byte == b',').map(<[u8]>::trim_ascii));
    elements.any(|element| element == b"*" || element.eq_ignore_ascii_case(name.as_bytes()))
}

fn line<'a>(names: impl Iterator<Item = &'a str>) -> Option<HeaderValue> {
    let names: Vec<&str> = names.collect();
    HeaderValue::try_from(names.join(", ")).ok().filter(|_| !names.is_empty())
}
