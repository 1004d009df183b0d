//! Where what a pattern stands for is: under which host, and at which ports.

use super::pattern::OriginPattern;

/// Where what a pattern stands for is.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// `a.example`; with subdomains, `.a.example`.
    pub(crate) tail: &'a str,
    pub(crate) port: Port<'a>,
}

/// The ports of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Port<'a> {
    /// The one that is written; empty if none is.
    Written(&'a str),
    /// `*`.
    Any,
    /// One of these, whichever.
    Either,
}

impl<'a> Place<'a> {
    pub(crate) fn of(pattern: &'a OriginPattern<'a>) -> Self {
        let (_, rest) = pattern.split_text();
        let (tail, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (rest, ""),
        };
        let port = if pattern.has_any_port() { Port::Any } else { Port::Written(port) };
        Self { tail, port }
    }
}

/// The domain directly above what a pattern stands for, with its dot: `.a.example`. It is empty for a host of
/// one label.
pub(crate) fn above<'a>(pattern: &'a OriginPattern<'a>) -> &'a str {
    match pattern.in_label() {
        Some((_, _, above)) => above,
        // With subdomains, nothing stands before the first dot.
        None => split_label(Place::of(pattern).tail).1,
    }
}

/// The leading label of a host, and what is behind it, with its dot.
pub(crate) fn split_label(host: &str) -> (&str, &str) {
    host.split_at_checked(host.find('.').unwrap_or(host.len())).unwrap_or((host, ""))
}

/// The domain itself, and each one above it.
#[cfg(feature = "diff")]
pub(crate) fn ends(domain: &str) -> impl Iterator<Item = &str> {
    domain.match_indices('.').filter_map(|(dot, _)| domain.get(dot..))
}
