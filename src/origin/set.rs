//! The compiled set of origins.

use super::pattern::OriginPattern;
use super::strings::StringSet;
use super::syntax;

/// The origins that a list of patterns stands for.
///
/// An exact origin costs one look-up. A pattern costs one at each boundary of labels, from the
/// right, of those depths at which any pattern begins; then what stands in the place of the `*` is
/// held to the grammar, so that only serialized origins are ever in the set.
#[derive(Clone, Debug)]
pub(crate) struct OriginSet {
    exact: StringSet,
    /// Of `http://localhost:*`: `http://localhost`.
    any_port: StringSet,
    /// Of `https://*.a.example:8443`: `https://.a.example:8443`.
    subdomains: Subdomains,
    /// Of `https://*.a.example:*`: `https://.a.example`.
    subdomains_any_port: Subdomains,
}

impl OriginSet {
    /// Compiles the patterns, and the text `null` if opaque origins are in the set.
    pub(crate) fn new(patterns: &[OriginPattern<'_>], null: bool) -> Self {
        let texts = |subdomains, any_port| -> Vec<&str> {
            patterns
                .iter()
                .filter(|pattern| pattern.has_subdomains() == subdomains)
                .filter(|pattern| pattern.has_any_port() == any_port)
                .map(OriginPattern::text)
                .collect()
        };
        let mut exact = texts(false, false);
        if null {
            exact.push("null");
        }
        Self {
            exact: StringSet::new(exact.into_iter()),
            any_port: StringSet::new(texts(false, true).into_iter()),
            subdomains: Subdomains::new(&texts(true, false)),
            subdomains_any_port: Subdomains::new(&texts(true, true)),
        }
    }

    /// Whether an `Origin` of these bytes is in the set.
    pub(crate) fn contains(&self, origin: &[u8]) -> bool {
        self.exact.contains(origin)
            || origin.len() <= syntax::MAX_ORIGIN && self.contains_by_pattern(origin)
    }

    fn contains_by_pattern(&self, origin: &[u8]) -> bool {
        if self.subdomains.contains(origin) {
            return true;
        }
        if self.any_port.is_empty() && self.subdomains_any_port.suffixes.is_empty() {
            return false;
        }
        without_port(origin).is_some_and(|origin| {
            self.any_port.contains(origin) || self.subdomains_any_port.contains(origin)
        })
    }
}

/// The patterns that begin with `*.`.
#[derive(Clone, Debug)]
struct Subdomains {
    /// Each with its scheme before and its dot in front: `https://` and `.a.example`.
    suffixes: StringSet,
    /// Bit `n` is set if some suffix has `n` dots.
    depths: u128,
}

impl Subdomains {
    fn new(suffixes: &[&str]) -> Self {
        let depth = |suffix: &&str| match suffix.split_once("://") {
            Some((_, host)) => host.bytes().filter(|&byte| byte == b'.').count(),
            None => 0,
        };
        Self {
            suffixes: StringSet::new(suffixes.iter().copied()),
            depths: suffixes.iter().map(depth).fold(0, |depths, depth| depths | bit(depth)),
        }
    }

    fn contains(&self, origin: &[u8]) -> bool {
        if self.suffixes.is_empty() {
            return false;
        }
        let Some(colon) = origin.iter().position(|&byte| byte == b':') else {
            return false;
        };
        let Some((scheme, host)) = origin.split_at_checked(colon + "://".len()) else {
            return false;
        };
        let dots = (0..host.len()).rev().filter(|&at| host.get(at) == Some(&b'.'));
        for (dot, depth) in dots.zip(1..) {
            if self.depths < bit(depth) {
                return false;
            }
            if self.depths & bit(depth) != 0
                && let Some((name, suffix)) = host.split_at_checked(dot)
                && self.suffixes.contains_joined(scheme, suffix)
            {
                let web = matches!(scheme, b"http://" | b"https://");
                return has_room(host) && syntax::parse_labels(web, name).is_ok();
            }
        }
        false
    }
}

/// No name has 128 dots; one that had would have no bit.
fn bit(depth: usize) -> u128 {
    u32::try_from(depth).ok().and_then(|depth| 1_u128.checked_shl(depth)).unwrap_or(0)
}

/// Whether a host, with its port if it has one, is no longer than a host may be.
fn has_room(host: &[u8]) -> bool {
    host.iter().take_while(|&&byte| byte != b':').count() <= syntax::MAX_HOST
}

/// The origin without its port, if that is absent or one that a serialized origin may have.
fn without_port(origin: &[u8]) -> Option<&[u8]> {
    let digits = origin.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, port) = origin.split_at_checked(origin.len() - digits)?;
    let Some(head) = head.strip_suffix(b":") else {
        return Some(origin);
    };
    let scheme = head.split(|&byte| byte == b':').next()?;
    let [scheme, port] = [scheme, port].map(str::from_utf8);
    syntax::parse_port(scheme.ok()?, port.ok()?).ok()?;
    Some(head)
}
