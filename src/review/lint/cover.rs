//! Which entry of a list of origins allows all that another entry allows.

use crate::origin::pattern::{OriginPattern, Star};
use crate::origin::set::OriginSet;

/// The patterns of a list, ready to be asked.
///
/// Whether an origin is in a set is for the compiled set to say. That a *pattern* is covered follows from
/// one origin that a set of patterns of one kind contains: of `https://*.eu.a.example` it is
/// `https://eu.a.example`, which a pattern with `*.` only matches if it stands for all names under a domain
/// above. Two patterns with a `*` within a label are not compared.
pub(super) struct Cover<'a> {
    /// All but the exact origins.
    all: Finder<'a>,
    /// `https://*.a.example`, with any port or not.
    subdomains: Finder<'a>,
    /// `https://*.a.example:*`.
    subdomains_any_port: Finder<'a>,
    /// `moz-extension://*`.
    schemes: Finder<'a>,
}

impl<'a> Cover<'a> {
    /// Of entries as they were written, and parsed.
    pub(super) fn new(entries: &[(&str, OriginPattern<'a>)]) -> Self {
        let finder = |of_kind: fn(&OriginPattern<'_>) -> bool| {
            let patterns = entries.iter().map(|(_, pattern)| pattern);
            Finder::new(patterns.filter(|it| of_kind(it)).cloned().collect())
        };
        Self {
            all: finder(|it| !it.is_exact()),
            subdomains: finder(|it| it.is_star(Star::Labels)),
            subdomains_any_port: finder(|it| it.is_star(Star::Labels) && it.has_any_port()),
            schemes: finder(|it| it.is_star(Star::Everything)),
        }
    }

    /// Another entry of the list that allows all that this one allows.
    pub(super) fn of(&mut self, pattern: &OriginPattern<'_>) -> Option<&OriginPattern<'a>> {
        if pattern.is_exact() {
            return self.all.find(pattern.text());
        }
        let sample = pattern.sample(None);
        match pattern.star() {
            None => self.subdomains_any_port.find(&sample),
            Some(Star::Labels) if pattern.has_any_port() => {
                self.subdomains_any_port.find(&above(pattern))
            }
            Some(Star::Labels) => {
                let above = self.subdomains.find(&above(pattern));
                above.or_else(|| self.subdomains_any_port.find(&sample))
            }
            Some(Star::Characters) if pattern.has_any_port() => {
                self.subdomains_any_port.find(&sample)
            }
            Some(Star::Characters) => self.subdomains.find(&sample),
            Some(Star::Everything) => return None,
        }
        .or_else(|| self.schemes.find(&sample))
    }
}

/// Of `https://*.a.example`: `https://a.example`, which the pattern itself does not match.
fn above(pattern: &OriginPattern<'_>) -> String {
    let (scheme, host) = pattern.split_text();
    format!("{scheme}{}", host.strip_prefix('.').unwrap_or(host))
}

/// Patterns of which one that matches an origin is found in few look-ups: their halves are asked, and the
/// halves of those.
struct Finder<'a> {
    patterns: Vec<OriginPattern<'a>>,
    set: OriginSet,
    /// Compiled when they are first asked.
    halves: Option<Box<[Self; 2]>>,
}

impl<'a> Finder<'a> {
    fn new(patterns: Vec<OriginPattern<'a>>) -> Self {
        let set = OriginSet::new(&patterns, false);
        Self { patterns, set, halves: None }
    }

    fn find(&mut self, origin: &str) -> Option<&OriginPattern<'a>> {
        if !self.set.contains(origin.as_bytes()) {
            return None;
        }
        if let [only] = &self.patterns[..] {
            return Some(only);
        }
        let patterns = &self.patterns;
        let [one, two] = &mut **self.halves.get_or_insert_with(|| {
            let (one, two) = patterns.split_at(patterns.len() / 2);
            Box::new([one, two].map(|half| Self::new(half.to_vec())))
        });
        one.find(origin).or_else(|| two.find(origin))
    }
}
