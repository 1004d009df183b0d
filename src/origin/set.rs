//! The compiled set of origins.

use std::str;

use super::Origin;
use super::labels::{WithinLabel, scheme_len};
use super::pattern::{OriginPattern, Star};
use super::strings::StringSet;
use super::syntax;
use crate::search::split_once;
use crate::sorted::sorted;

/// The origins that a list of patterns stands for.
///
/// What a look-up costs does not grow with the number of patterns. An exact origin costs one look-up in
/// a hash table. A pattern with `*.` costs one at each boundary of labels at which the shortest to the
/// longest pattern may begin. One with a `*` within its leading label costs one for each length of what
/// stands before a `*`, and for each start that is found so one for each length of what stands behind it.
/// One for every origin of a scheme costs one, and the parsing of the origin.
/// What stands in the place of the `*` is held to the grammar, so that only serialized origins are ever
/// in the set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OriginSet {
    exact: StringSet,
    /// Whether there is anything but exact origins.
    has_patterns: bool,
    /// Of `moz-extension://*`: `moz-extension://`.
    schemes: StringSet,
    /// Of `https://*.a.example:8443`.
    starred: Starred,
    /// Of `http://localhost:*`: `http://localhost`.
    any_port: StringSet,
    /// Of `https://*.a.example:*`, without the port.
    starred_any_port: Starred,
}

/// The patterns with a `*` in the host.
#[derive(Clone, Debug, PartialEq)]
struct Starred {
    /// Of `https://*.a.example`: `https://.a.example`.
    subdomains: Subdomains,
    /// Of `https://pr-*.a.example`: `https://pr-` and `.a.example`.
    within_label: WithinLabel,
}

impl OriginSet {
    /// Compiles the patterns, and the text `null` if opaque origins are in the set.
    pub(crate) fn new(patterns: &[OriginPattern<'_>], null: bool) -> Self {
        let (mut exact, mut schemes, mut any_port) = (Vec::new(), Vec::new(), Vec::new());
        if null {
            exact.push("null");
        }
        for pattern in patterns {
            match pattern.star() {
                None if pattern.has_any_port() => any_port.push(pattern.text()),
                None => exact.push(pattern.text()),
                Some(Star::Everything) => schemes.push(pattern.text()),
                Some(Star::Labels | Star::Characters) => {}
            }
        }
        Self {
            exact: StringSet::new(&exact),
            has_patterns: !patterns.iter().all(OriginPattern::is_exact),
            schemes: StringSet::new(&schemes),
            starred: Starred::new(patterns, false),
            any_port: StringSet::new(&any_port),
            starred_any_port: Starred::new(patterns, true),
        }
    }

    /// Whether an `Origin` of these bytes is in the set.
    #[inline]
    pub(crate) fn contains(&self, origin: &[u8]) -> bool {
        self.exact.contains(origin)
            || self.has_patterns
                && origin.len() <= syntax::MAX_ORIGIN
                && self.contains_by_pattern(origin)
    }

    /// The same as [`written`](Self::written), unless there are too many exact origins for a search.
    pub(crate) fn few(&self) -> Vec<String> {
        const FEW: usize = 1_000;
        if self.exact.len() > FEW { Vec::new() } else { self.written() }
    }

    /// What compiles into the same set, with `null` for opaque origins, and `file://` for local files.
    pub(crate) fn written(&self) -> Vec<String> {
        let mut written = Vec::new();
        for (texts, end) in [(&self.exact, ""), (&self.any_port, ":*"), (&self.schemes, "*")] {
            for text in texts.sorted() {
                written.push([text, end].concat());
            }
        }
        self.starred.write("", &mut written);
        self.starred_any_port.write(":*", &mut written);
        written
    }

    /// Apart, so that an exact origin costs less.
    #[inline(never)]
    fn contains_by_pattern(&self, origin: &[u8]) -> bool {
        if self.starred.contains(origin) {
            return true;
        }
        if !self.schemes.is_empty() && self.contains_by_scheme(origin) {
            return true;
        }
        if self.any_port.is_empty() && self.starred_any_port.is_empty() {
            return false;
        }
        without_port(origin).is_some_and(|origin| {
            self.any_port.contains(origin) || self.starred_any_port.contains(origin)
        })
    }

    fn contains_by_scheme(&self, origin: &[u8]) -> bool {
        let scheme = origin.get(..scheme_len(origin));
        scheme.is_some_and(|scheme| self.schemes.contains(scheme))
            && Origin::from_bytes(origin).is_some()
    }
}

impl Starred {
    /// Compiles those of the patterns that are for any port, or those that are not.
    fn new(patterns: &[OriginPattern<'_>], any_port: bool) -> Self {
        let (mut subdomains, mut within_label) = (Vec::new(), Vec::new());
        for pattern in patterns.iter().filter(|it| it.has_any_port() == any_port) {
            match pattern.star() {
                Some(Star::Labels) => subdomains.push(pattern.text()),
                Some(Star::Characters) => within_label.push(pattern.split_text()),
                Some(Star::Everything) | None => {}
            }
        }
        Self {
            subdomains: Subdomains::new(subdomains),
            within_label: WithinLabel::new(&within_label),
        }
    }

    fn is_empty(&self) -> bool {
        self.subdomains.is_empty() && self.within_label.is_empty()
    }

    fn contains(&self, origin: &[u8]) -> bool {
        !self.subdomains.is_empty() && self.subdomains.contains(origin)
            || !self.within_label.is_empty() && self.within_label.contains(origin)
    }

    fn write(&self, port: &str, written: &mut Vec<String>) {
        for Suffixes { scheme, hosts, .. } in &self.subdomains.0 {
            for host in hosts.sorted() {
                written.push([scheme, "*", host, port].concat());
            }
        }
        let within_label = self.within_label.written();
        for pattern in sorted(within_label.iter().map(String::as_str).collect()) {
            written.push([pattern, port].concat());
        }
    }
}

/// The patterns that begin with `*.`, sorted by scheme.
#[derive(Clone, Debug, PartialEq)]
struct Subdomains(Vec<Suffixes>);

/// The patterns that begin with `*.` under one scheme.
#[derive(Clone, Debug, PartialEq)]
struct Suffixes {
    /// `https://`.
    scheme: Box<str>,
    is_web: bool,
    /// Each with its dot in front: `.a.example`.
    hosts: StringSet,
}

impl Subdomains {
    /// Compiles patterns that are without their `*`.
    fn new(patterns: Vec<&str>) -> Self {
        fn scheme(pattern: &str) -> Option<&str> {
            split_once(pattern, "://").map(|(scheme, _)| scheme)
        }
        // Those of one scheme stand together once they are sorted, in the order of their schemes.
        let patterns = sorted(patterns);
        let mut all = Vec::new();
        for of_scheme in patterns.chunk_by(|one, other| scheme(one) == scheme(other)) {
            all.extend(Suffixes::new(of_scheme));
        }
        Self(all)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn contains(&self, origin: &[u8]) -> bool {
        const FEW: usize = 8;
        let found = if self.0.len() <= FEW {
            // None is the beginning of another.
            self.0.iter().find_map(|suffixes| {
                origin.strip_prefix(suffixes.scheme.as_bytes()).map(|host| (suffixes, host))
            })
        } else {
            self.find_scheme(origin)
        };
        found.is_some_and(|(suffixes, host)| suffixes.contains(host))
    }

    /// The patterns of an origin's scheme, and its host. Apart, so that few schemes cost less.
    #[inline(never)]
    fn find_scheme<'o>(&self, origin: &'o [u8]) -> Option<(&Suffixes, &'o [u8])> {
        let (scheme, host) = origin.split_at_checked(scheme_len(origin))?;
        let found = self.0.binary_search_by(|suffixes| suffixes.scheme.as_bytes().cmp(scheme));
        Some((self.0.get(found.ok()?)?, host))
    }
}

impl Suffixes {
    /// Compiles patterns of one scheme.
    fn new(patterns: &[&str]) -> Option<Self> {
        let (scheme, _) = split_once(patterns.first()?, "://")?;
        let mut hosts = Vec::new();
        for pattern in patterns {
            hosts.push(pattern.get(scheme.len() + "://".len()..)?);
        }
        Some(Self {
            scheme: format!("{scheme}://").into(),
            is_web: syntax::is_web(scheme),
            hosts: StringSet::new(&hosts),
        })
    }

    fn contains(&self, host: &[u8]) -> bool {
        let (shortest, longest) = self.hosts.lengths().clone().into_inner();
        // Up to the last byte at which a suffix can begin.
        let mut name = host.len().checked_sub(shortest).and_then(|last| host.get(..=last));
        while let Some(dot) = name.and_then(|name| name.iter().rposition(|&byte| byte == b'.')) {
            if host.len() - dot > longest {
                return false;
            }
            let Some((shorter, suffix)) = host.split_at_checked(dot) else {
                return false;
            };
            if self.hosts.contains(suffix) {
                let is_sound = syntax::are_labels(self.is_web, shorter)
                    && (!self.is_web || syntax::has_room(host));
                // An opaque host may have an empty label, which a longer suffix may list.
                if is_sound || self.is_web {
                    return is_sound;
                }
            }
            name = Some(shorter);
        }
        false
    }
}

/// The origin without its port, if that is absent or one that a serialized origin may have.
fn without_port(origin: &[u8]) -> Option<&[u8]> {
    let behind = origin.iter().rposition(|byte| !byte.is_ascii_digit())? + 1;
    let (head, port) = origin.split_at_checked(behind)?;
    let Some(head) = head.strip_suffix(b":") else {
        return Some(origin);
    };
    let scheme = head.get(..scheme_len(head).checked_sub("://".len())?)?;
    syntax::parse_port(str::from_utf8(scheme).ok()?, str::from_utf8(port).ok()?).ok()?;
    Some(head)
}
