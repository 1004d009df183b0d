//! Whether the rules of a policy answer a preflight and its request alike.
//!
//! A preflight is answered by the first rule that allows its origin, method and header names; the
//! request that follows it, by the first that matches its origin and shares its method. So where only
//! the later of two rules allows what the earlier one would answer, they have to say the same.

use std::collections::BTreeSet;
use std::iter;

use super::PolicyBuilder;
use super::error::PolicyError;
use crate::origin::pattern::{OriginPattern, Pattern, Star};
use crate::policy::rule::Rule;
use crate::policy::sent::SentValue;

/// For each rule, the first of the earlier ones that it does not agree with.
pub(super) fn disagreements(builders: &[PolicyBuilder], rules: &[Rule]) -> Vec<PolicyError> {
    let sides: Vec<Side<'_>> =
        builders.iter().zip(rules).map(|(builder, rule)| Side::new(builder, rule)).collect();
    let later = sides.iter().enumerate();
    let found = later.filter_map(|(later, two)| {
        let mut earlier = sides.iter().enumerate().take(later);
        earlier.find_map(|(earlier, one)| {
            let (method, origin) = one.conflict(two)?;
            Some(PolicyError::RulesDisagree { rules: (earlier, later), origin, method })
        })
    });
    found.collect()
}

/// One rule, and the patterns that it was compiled from.
struct Side<'a> {
    rule: &'a Rule,
    patterns: Vec<OriginPattern<'a>>,
    /// The ports that its patterns name.
    ports: BTreeSet<&'a str>,
    exposed: BTreeSet<&'a [u8]>,
    /// Opaque origins, and those of local files.
    special: Vec<&'static str>,
}

impl<'a> Side<'a> {
    fn new(builder: &'a PolicyBuilder, rule: &'a Rule) -> Self {
        let parse = |value: &'a String| match Pattern::parse(value) {
            Ok(Pattern::Origins(pattern)) => Some(pattern),
            Ok(Pattern::Any) | Err(_) => None,
        };
        let port = |value: &'a String| {
            let (_rest, port) = value.rsplit_once(':')?;
            port.parse::<u16>().is_ok().then_some(port)
        };
        let exposed = rule.expose.as_ref().map(SentValue::as_bytes).unwrap_or_default();
        Self {
            rule,
            exposed: exposed.split(|&byte| byte == b',').collect(),
            patterns: builder.origins.iter().filter_map(parse).collect(),
            ports: builder.origins.iter().filter_map(port).collect(),
            special: [(builder.null_origin, "null"), (builder.file_origin, "file://")]
                .into_iter()
                .filter_map(|(is_allowed, origin)| is_allowed.then_some(origin))
                .collect(),
        }
    }

    /// A method and an origin for which the other rule, if it comes later, may answer a preflight whose
    /// request this one answers otherwise.
    fn conflict(&self, later: &Side<'_>) -> Option<(String, String)> {
        if self.rule.credentials == later.rule.credentials && self.exposed == later.exposed {
            return None;
        }
        let (methods, names) = (&self.rule.methods, &self.rule.headers);
        let method = if names.covers(&later.rule.headers) {
            methods.shared_but_not_allowed(&later.rule.methods)
        } else {
            methods.shared_with(&later.rule.methods)
        };
        Some((method?.to_owned(), self.shared_origin(later)?))
    }

    /// An origin that both match. If their patterns have one in common, then one of the two has a
    /// sample that is in the other, or a pattern of each makes a sample that is in both.
    fn shared_origin(&self, other: &Side<'_>) -> Option<String> {
        let found = self.samples(other).find(|origin| other.rule.origins.may_match(origin));
        let found = found
            .or_else(|| other.samples(self).find(|origin| self.rule.origins.may_match(origin)));
        found.or_else(|| {
            let is_in = |side: &Side<'_>, origin: &String| side.rule.origins.may_match(origin);
            self.shared_samples(other).find(|origin| is_in(self, origin) && is_in(other, origin))
        })
    }

    /// Origins that stand for all that the rule matches: each exact one, and of each pattern one a
    /// port that may matter to the other rule.
    fn samples<'b>(&'b self, other: &'b Side<'_>) -> impl Iterator<Item = String> + use<'b, 'a> {
        let open = self.rule.origins.is_open().then(|| "https://any.example".to_owned());
        let special = self.special.iter().map(|origin| (*origin).to_owned());
        let of_patterns = self
            .patterns
            .iter()
            .flat_map(move |pattern| other.ports_for(pattern).map(|port| pattern.sample(port)));
        of_patterns.chain(open).chain(special)
    }

    /// Origins that two patterns with a `*` within a label may have in common, though neither's sample
    /// is in the other: `https://a*.a.example` and `https://*b.a.example`.
    fn shared_samples<'b>(
        &'b self,
        other: &'b Side<'_>,
    ) -> impl Iterator<Item = String> + use<'b, 'a> {
        let is_within_label = |pattern: &&OriginPattern<'_>| pattern.is_star(Star::Characters);
        let pairs = self.patterns.iter().filter(is_within_label).flat_map(move |one| {
            other.patterns.iter().filter(is_within_label).map(move |two| (one, two))
        });
        pairs.flat_map(move |(one, two)| {
            // One of them may be for a port that the other has among any.
            let by_first = other.ports_for(one).flat_map(|port| one.shared_samples(two, port));
            by_first.chain(self.ports_for(two).flat_map(|port| two.shared_samples(one, port)))
        })
    }

    /// None, and for a pattern with any port each of the rule's.
    fn ports_for(&self, pattern: &OriginPattern<'_>) -> impl Iterator<Item = Option<&str>> {
        let ports = iter::once(None).chain(self.ports.iter().map(|port| Some(*port)));
        ports.take(if pattern.has_any_port() { usize::MAX } else { 1 })
    }
}
