//! `Vary`: which request fields decided on a response.
//!
//! RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5>,
//! Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use http::header::VARY;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::decision::append;
use super::sent::SentValue;

/// What a response depends on, besides what is in a cache's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Varies {
    /// Of a static policy.
    Never,
    /// Of a dynamic policy, to other requests than preflights.
    Origin,
    /// Of the same, to requests that enforcement would look at if they were upgrades.
    OriginAndUpgrade,
    /// Of the same, to requests that enforcement looks at.
    Enforcement,
    /// Of every answer to a preflight, and to any other `OPTIONS`: whether it is one depends on these fields.
    Preflight,
    /// Of `OPTIONS` that is no preflight, where enforcement would look at it if it were an upgrade.
    OptionsAndUpgrade,
    /// Of the same, where enforcement looks at it.
    EnforcedOptions,
}

const ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
const PREFLIGHT: HeaderValue = HeaderValue::from_static(
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
);

impl Varies {
    /// The same for a request with this method that is no preflight. Some caches keep answers to `OPTIONS`.
    pub(crate) fn with(self, method: &Method) -> Self {
        if *method != Method::OPTIONS {
            return self;
        }
        match self {
            Self::Never | Self::Origin | Self::Preflight => Self::Preflight,
            Self::OriginAndUpgrade | Self::OptionsAndUpgrade => Self::OptionsAndUpgrade,
            Self::Enforcement | Self::EnforcedOptions => Self::EnforcedOptions,
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Never => &[],
            Self::Origin => &["Origin"],
            Self::OriginAndUpgrade => &["Origin", "Upgrade"],
            Self::Enforcement => &["Origin", "Sec-Fetch-Site", "Upgrade", "Cookie"],
            Self::Preflight => {
                &["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]
            }
            Self::OptionsAndUpgrade => &[
                "Origin",
                "Upgrade",
                "Access-Control-Request-Method",
                "Access-Control-Request-Headers",
            ],
            Self::EnforcedOptions => &[
                "Origin",
                "Sec-Fetch-Site",
                "Upgrade",
                "Cookie",
                "Access-Control-Request-Method",
                "Access-Control-Request-Headers",
            ],
        }
    }

    /// All names, as one line.
    fn line(self) -> Option<HeaderValue> {
        Some(match self {
            Self::Never => return None,
            Self::Origin => ORIGIN,
            Self::OriginAndUpgrade => const { HeaderValue::from_static("Origin, Upgrade") },
            Self::Enforcement => {
                const { HeaderValue::from_static("Origin, Sec-Fetch-Site, Upgrade, Cookie") }
            }
            Self::Preflight => PREFLIGHT,
            // Too rare for a text of its own.
            Self::OptionsAndUpgrade | Self::EnforcedOptions => {
                return line(self.names());
            }
        })
    }

    /// Adds the names, as one line, to fields without a `Vary`.
    #[inline]
    pub(crate) fn append_to(self, headers: &mut HeaderMap) {
        let line = match self {
            Self::Never => return,
            Self::Origin => ORIGIN,
            Self::Preflight => PREFLIGHT,
            _ => return self.append_line_to(headers),
        };
        append(headers, VARY, line);
    }

    /// Apart, since the others are rare.
    #[inline(never)]
    fn append_line_to(self, headers: &mut HeaderMap) {
        if let Some(line) = self.line() {
            append(headers, VARY, line);
        }
    }

    /// Adds those names that do not stand there yet, as one line.
    pub(crate) fn merge_into(self, headers: &mut HeaderMap) {
        if let Some(line) = self.missing(headers) {
            append(headers, VARY, line);
        }
    }

    fn missing(self, headers: &HeaderMap) -> Option<HeaderValue> {
        let names = self.names();
        if !names.iter().any(|name| stands(name, headers)) {
            return self.line();
        }
        line(&missing(names, headers))
    }
}

/// Names of a user's own to be added to `Vary`, in lower case and each once.
#[derive(Default)]
pub(crate) struct VaryOn {
    names: Vec<HeaderName>,
    /// All of them, as one line, if there are any.
    joined: Option<SentValue>,
}

impl VaryOn {
    pub(crate) fn new(names: impl Iterator<Item = HeaderName>) -> Self {
        let mut all: Vec<HeaderName> = Vec::new();
        for name in names {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        let joined = line(&texts(&all)).map(SentValue::new);
        Self { names: all, joined }
    }

    pub(crate) fn names(&self) -> &[HeaderName] {
        &self.names
    }

    /// Adds those that do not stand there yet, as one line.
    pub(crate) fn write_to(&self, headers: &mut HeaderMap) {
        let value = if self.names.iter().any(|name| stands(name.as_str(), headers)) {
            line(&missing(&texts(&self.names), headers))
        } else {
            self.joined.as_ref().map(SentValue::local).cloned()
        };
        if let Some(value) = value {
            append(headers, VARY, value);
        }
    }

    /// The same in an answer of the layer, whose one line they join.
    pub(crate) fn join(&self, headers: &mut HeaderMap) {
        let mut names = missing(&texts(&self.names), headers);
        if let Some(own) = headers.get(VARY).and_then(|line| line.to_str().ok()) {
            names.insert(0, own);
        }
        let Some(value) = line(&names) else {
            return;
        };
        match headers.get_mut(VARY) {
            Some(own) => *own = value,
            None => append(headers, VARY, value),
        }
    }
}

fn stands(name: &str, headers: &HeaderMap) -> bool {
    for line in headers.get_all(VARY) {
        for element in line.as_bytes().split(|&byte| byte == b',') {
            let element = element.trim_ascii();
            if element == b"*" || element.eq_ignore_ascii_case(name.as_bytes()) {
                return true;
            }
        }
    }
    false
}

/// Those of the names that do not stand there.
fn missing<'a>(names: &[&'a str], headers: &HeaderMap) -> Vec<&'a str> {
    names.iter().copied().filter(|name| !stands(name, headers)).collect()
}

fn texts(names: &[HeaderName]) -> Vec<&str> {
    names.iter().map(HeaderName::as_str).collect()
}

fn line(names: &[&str]) -> Option<HeaderValue> {
    HeaderValue::try_from(names.join(", ")).ok().filter(|_| !names.is_empty())
}
