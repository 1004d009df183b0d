//! What a user may write to allow origins.
//!
//! ```text
//! pattern = "*" / scheme "://" ( host / labels ) [ ":" ( port / "*" ) ] / scheme "://*"
//! labels  = "*." host                     ; one or more labels before the host
//!         / [ start ] "*" [ end ] "." host  ; one label, of at least one character more
//! ```
//!
//! Under `http` and `https` a label with a `*` has a start or an end, and `scheme://*` is none. Under
//! other schemes, whose hosts are opaque, such a label may be the whole host.

use std::borrow::Cow;

use super::OriginFault;
use super::repair;
use super::syntax::{self, Parts};
use super::{punycode, suffix};
use crate::search::has;

/// What a user wrote, parsed.
#[derive(Clone, Debug)]
pub(crate) enum Pattern<'a> {
    /// `*`.
    Any,
    /// Everything else.
    Origins(OriginPattern<'a>),
}

/// One exact origin, or the origins that a pattern stands for.
#[derive(Clone, Debug)]
pub(crate) struct OriginPattern<'a> {
    /// As written, without the `*` of the host and without the `:*` of the port:
    /// `https://.a.example`.
    text: Cow<'a, str>,
    /// Where in it the host stands.
    host_start: usize,
    host_len: usize,
    /// Where in it the `*` of the host stood, and what that stands for.
    star: Option<(usize, Star)>,
    any_port: bool,
}

/// What a `*` in a host stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Star {
    /// One or more labels: `https://*.a.example`.
    Labels,
    /// One or more characters of a label: `https://pr-*.a.example`.
    Characters,
    /// Any host and port: `moz-extension://*`.
    Everything,
}

impl<'a> Pattern<'a> {
    pub(crate) fn parse(value: &'a str) -> Result<Self, OriginFault> {
        if value == "*" {
            return Ok(Self::Any);
        }
        OriginPattern::parse(value).map(Self::Origins).map_err(|fault| match fault {
            _ if repair::is_list(value) => OriginFault::List,
            OriginFault::NoScheme if repair(value).is_some() => fault,
            OriginFault::NoScheme | OriginFault::Scheme if has(value, b'*') => {
                OriginFault::Wildcard
            }
            _ => fault,
        })
    }
}

impl<'a> OriginPattern<'a> {
    fn parse(value: &'a str) -> Result<Self, OriginFault> {
        let Parts { scheme, host, port } = Parts::split(value)?;
        let star = find_star(scheme, host, port)?;
        match star {
            None => syntax::parse_host(scheme, host)?,
            // At least one letter stands in the place of the `*`.
            Some((_, Star::Labels | Star::Characters)) => {
                syntax::parse_host(scheme, &host.replacen('*', "a", 1))?;
            }
            Some((_, Star::Everything)) => {}
        }
        if host.is_empty() && port.is_some() {
            return Err(OriginFault::HostEmpty);
        }
        let any_port = port == Some("*");
        // With the longest port that `*` stands for.
        let longest = if any_port { value.len() + "65535".len() - "*".len() } else { value.len() };
        if longest > syntax::MAX_ORIGIN {
            return Err(OriginFault::TooLong);
        }
        if !any_port && port.is_some_and(|port| has(port, b'*')) {
            return Err(OriginFault::Wildcard);
        }
        if let Some(port) = port.filter(|_| !any_port) {
            syntax::parse_port(scheme, port)?;
        }
        let portless = if any_port { value.strip_suffix(":*").unwrap_or(value) } else { value };
        let host_start = scheme.len() + "://".len();
        let pattern = Self {
            text: match star {
                None => Cow::Borrowed(portless),
                Some(_) => Cow::Owned(portless.replacen('*', "", 1)),
            },
            host_start,
            host_len: host.len() - usize::from(star.is_some()),
            star: star.map(|(at, star)| (host_start + at, star)),
            any_port,
        };
        let base = pattern.base().filter(|base| !base.is_empty());
        let is_of_registry = || base.is_some_and(suffix::is_of_registry);
        if pattern.is_star(Star::Characters) && is_of_registry() {
            return Err(OriginFault::WildcardUnderSuffix);
        }
        Ok(pattern)
    }

    /// The origin of local files, as web views send it that may read them.
    pub(crate) fn file() -> Self {
        let text = Cow::Borrowed("file://");
        Self { host_start: text.len(), text, host_len: 0, star: None, any_port: false }
    }

    /// The text that the compiled set compares with: the origin itself if the pattern is exact,
    /// otherwise what is left of it without `*` and `:*`.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text, cut where the `*` of the host stood, or before the host if it has none.
    pub(crate) fn split_text(&self) -> (&str, &str) {
        let at = self.star.map_or(self.host_start, |(at, _)| at);
        self.text.split_at_checked(at).unwrap_or(("", &self.text))
    }

    pub(crate) fn is_exact(&self) -> bool {
        self.star.is_none() && !self.any_port
    }

    pub(crate) fn star(&self) -> Option<Star> {
        self.star.map(|(_, star)| star)
    }

    pub(crate) fn is_star(&self, star: Star) -> bool {
        self.star() == Some(star)
    }

    pub(crate) fn has_any_port(&self) -> bool {
        self.any_port
    }

    /// Whether anyone between a page of such an origin and its server could have written the page.
    pub(crate) fn is_insecure(&self) -> bool {
        self.text.starts_with("http:") && !self.is_loopback()
    }

    /// Whether the server of such an origin is on the machine of its browser.
    pub(crate) fn is_loopback(&self) -> bool {
        syntax::is_loopback(self.host().trim_start_matches('.'))
    }

    /// As it was written.
    pub(crate) fn written(&self) -> String {
        let (start, end) = self.split_text();
        let star = if self.star.is_some() { "*" } else { "" };
        let port = if self.any_port { ":*" } else { "" };
        format!("{start}{star}{end}{port}")
    }

    /// `https`.
    pub(crate) fn scheme(&self) -> &str {
        self.text.split_once(':').map_or("", |(scheme, _)| scheme)
    }

    /// Of a pattern with a `*` within a label: what stands before and behind that in the label, and the
    /// domain above, with its dot.
    pub(crate) fn in_label(&self) -> Option<(&str, &str, &str)> {
        let (at, _) = self.star.filter(|(_, star)| *star == Star::Characters)?;
        let (end, above, _) = self.behind_star();
        Some((self.text.get(self.host_start..at)?, end, above))
    }

    /// The domain under which the pattern stands for names that are not written, if it does so: an
    /// empty one if every host of the scheme may be meant.
    pub(crate) fn base(&self) -> Option<&str> {
        let (_, behind, _) = self.star.map(|_| self.behind_star())?;
        Some(behind.strip_prefix('.').unwrap_or(behind))
    }

    /// What stands behind the `*`: the rest of its label, the rest of the host, and the port.
    pub(super) fn behind_star(&self) -> (&str, &str, &str) {
        let (_, end) = self.split_text();
        let (host, port) = end.split_at_checked(end.len() - self.port_len()).unwrap_or((end, ""));
        let (label, rest) =
            host.split_at_checked(host.find('.').unwrap_or(host.len())).unwrap_or((host, ""));
        (label, rest, port)
    }

    /// The length of the port, if it is for one, with its colon.
    fn port_len(&self) -> usize {
        self.text.len() - self.host_start - self.host_len
    }

    /// The host, without its `*` if it has one.
    fn host(&self) -> &str {
        self.text.get(self.host_start..self.host_start + self.host_len).unwrap_or_default()
    }
}

/// Where in the host a `*` stands, and what for.
fn find_star(
    scheme: &str,
    host: &str,
    port: Option<&str>,
) -> Result<Option<(usize, Star)>, OriginFault> {
    let Some(at) = host.find('*') else {
        return Ok(None);
    };
    let (label, base) = match host.split_once('.') {
        Some((label, base)) => (label, Some(base)),
        None => (host, None),
    };
    // An address has no labels, and neither has nothing.
    let has_labels = |base: &str| {
        let is_address =
            base.starts_with('[') || syntax::is_web(scheme) && syntax::ends_in_number(base);
        !base.is_empty() && !base.starts_with('.') && !is_address
    };
    let is_alone = host.matches('*').count() == 1 && !host.starts_with('[');
    let is_in_label = is_alone && has(label, b'*') && base.is_none_or(has_labels);
    match (label, base) {
        _ if !is_in_label => Err(OriginFault::Wildcard),
        ("*", Some(_)) => Ok(Some((at, Star::Labels))),
        (_, None) if syntax::is_web(scheme) => Err(OriginFault::Wildcard),
        ("*", None) if port.is_some() => Err(OriginFault::Wildcard),
        ("*", None) => Ok(Some((at, Star::Everything))),
        // What stands in the place of a `*` is of one encoded label, and so is not what was meant.
        _ if syntax::is_web(scheme) && label.starts_with(punycode::PREFIX) => {
            Err(OriginFault::Punycode)
        }
        _ => Ok(Some((at, Star::Characters))),
    }
}

/// What was probably meant: the pattern that stands for the same, and is sound.
pub(crate) fn repair(value: &str) -> Option<String> {
    repair::repair(value)
}
