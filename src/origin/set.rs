//! The compiled set of origins.

use std::collections::BTreeMap;

use super::pattern::OriginPattern;
use super::strings::StringSet;
use super::syntax;

/// The origins that a list of patterns stands for.
///
/// An exact origin costs one look-up. A pattern costs one at each boundary of labels at which the
/// shortest to the longest pattern may begin; then what stands in the place of the `*` is held to the
/// grammar, so that only serialized origins are ever in the set.
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
        let mut exact: Vec<&str> = Vec::with_capacity(patterns.len());
        let (mut any_port, mut subdomains, mut subdomains_any_port) = (vec![], vec![], vec![]);
        for pattern in patterns {
            match (pattern.has_subdomains(), pattern.has_any_port()) {
                (false, false) => exact.push(pattern.text()),
                (false, true) => any_port.push(pattern.text()),
                (true, false) => subdomains.push(pattern),
                (true, true) => subdomains_any_port.push(pattern),
            }
        }
        if null {
            exact.push("null");
        }
        Self {
            exact: StringSet::new(exact.into_iter()),
            any_port: StringSet::new(any_port.into_iter()),
            subdomains: Subdomains::new(subdomains.into_iter()),
            subdomains_any_port: Subdomains::new(subdomains_any_port.into_iter()),
        }
    }

    /// Whether an `Origin` of these bytes is in the set.
    pub(crate) fn contains(&self, origin: &[u8]) -> bool {
        self.exact.contains(origin)
            || origin.len() <= syntax::MAX_ORIGIN && self.contains_by_pattern(origin)
    }

    /// What compiles into the same set, with `null` for opaque origins.
    pub(crate) fn written(&self) -> Vec<String> {
        let mut written: Vec<String> = self.exact.sorted().into_iter().map(str::to_owned).collect();
        written.extend(self.any_port.sorted().iter().map(|origin| format!("{origin}:*")));
        for (subdomains, port) in [(&self.subdomains, ""), (&self.subdomains_any_port, ":*")] {
            for Suffixes { scheme, hosts } in &subdomains.0 {
                let hosts = hosts.sorted();
                written.extend(hosts.iter().map(|host| format!("{scheme}*{host}{port}")));
            }
        }
        written
    }

    /// Apart, so that an exact origin costs less.
    #[inline(never)]
    fn contains_by_pattern(&self, origin: &[u8]) -> bool {
        if !self.subdomains.is_empty() && self.subdomains.contains(origin) {
            return true;
        }
        if self.any_port.is_empty() && self.subdomains_any_port.is_empty() {
            return false;
        }
        without_port(origin).is_some_and(|origin| {
            self.any_port.contains(origin) || self.subdomains_any_port.contains(origin)
        })
    }
}

/// By what is in them, since tables of the same strings may differ.
impl PartialEq for OriginSet {
    fn eq(&self, other: &Self) -> bool {
        self.written() == other.written()
    }
}

/// The patterns that begin with `*.`, sorted by scheme.
#[derive(Clone, Debug)]
struct Subdomains(Vec<Suffixes>);

/// The patterns that begin with `*.` under one scheme.
#[derive(Clone, Debug)]
struct Suffixes {
    /// `https://`.
    scheme: Box<str>,
    /// Each with its dot in front: `.a.example`.
    hosts: StringSet,
}

impl Subdomains {
    fn new<'a>(patterns: impl Iterator<Item = &'a OriginPattern<'a>>) -> Self {
        let mut by_scheme: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for pattern in patterns {
            let (scheme, host) = pattern.split_text();
            by_scheme.entry(scheme).or_default().push(host);
        }
        let suffixes = by_scheme.into_iter().map(|(scheme, hosts)| Suffixes {
            scheme: scheme.into(),
            hosts: StringSet::new(hosts.into_iter()),
        });
        Self(suffixes.collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn contains(&self, origin: &[u8]) -> bool {
        let colon = origin.iter().position(|&byte| byte == b':');
        let cut = colon.and_then(|colon| origin.split_at_checked(colon + "://".len()));
        cut.is_some_and(|(scheme, host)| {
            let found = self.0.binary_search_by(|suffixes| suffixes.scheme.as_bytes().cmp(scheme));
            found.ok().and_then(|found| self.0.get(found)).is_some_and(|it| it.contains(host))
        })
    }
}

impl Suffixes {
    fn contains(&self, host: &[u8]) -> bool {
        let (shortest, longest) = self.hosts.lengths().clone().into_inner();
        // Up to the last byte at which a suffix can begin.
        let mut name = host.len().checked_sub(shortest).and_then(|last| host.get(..=last));
        while let Some(dot) = name.and_then(|name| name.iter().rposition(|&byte| byte == b'.'))
            && host.len() - dot <= longest
            && let Some((shorter, suffix)) = host.split_at_checked(dot)
        {
            if self.hosts.contains(suffix) {
                let web = matches!(&*self.scheme, "http://" | "https://");
                return has_room(host) && syntax::parse_labels(web, shorter).is_ok();
            }
            name = Some(shorter);
        }
        false
    }
}

/// Whether a host, with its port if it has one, is no longer than a host may be.
fn has_room(host: &[u8]) -> bool {
    host.len() <= syntax::MAX_HOST
        || host.iter().position(|&byte| byte == b':').unwrap_or(host.len()) <= syntax::MAX_HOST
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
