//! Whether the rules of a policy answer a preflight and its request alike.
//!
//! A preflight is answered by the first rule that allows its origin, method and header names; the
//! request that follows it, by the first that matches its origin and shares its method. So where only
//! the later of two rules allows what the earlier one would answer, they have to say the same.
//!
//! Only rules that have an origin in common are compared, and [`meetings`] finds those.

mod entry;
mod meetings;

use std::borrow::Cow;
use std::cell::OnceCell;

use self::entry::Entry;
use self::meetings::{MAX_WITHIN_LABEL, Meeting, settle};
use super::PolicyBuilder;
use super::error::{PolicyError, PolicyErrors};
use crate::origin::pattern::{OriginPattern, Pattern, Star};
use crate::policy::rule::Rule;

/// For each rule, the first of the earlier ones that it does not agree with.
///
/// # Errors
///
/// Too many patterns with a `*` within a label, which are not compared.
pub(super) fn disagreements(
    name: Option<&str>,
    builders: &[PolicyBuilder],
    rules: &[Rule],
) -> Result<Vec<PolicyError>, PolicyErrors> {
    if rules.windows(2).all(|two| matches!(two, [one, other] if says_as(one, other))) {
        return Ok(Vec::new());
    }
    let patterns: Vec<_> = builders.iter().map(|builder| patterns(&builder.origins)).collect();
    let mut sides = Vec::new();
    // Of each rule, the first that it does not agree with, and by which origin and method.
    let mut first: Vec<Option<(usize, String, Cow<'_, str>)>> = Vec::new();
    for ((builder, rule), patterns) in builders.iter().zip(rules).zip(&patterns) {
        let kind = builders.iter().position(|other| are_alike(builder, other)).unwrap_or_default();
        let null = builder.null_origin.then_some("null");
        let special = null.into_iter().chain(builder.file_origin.then_some("file://"));
        sides.push(Side::new(sides.len(), kind, rule, patterns, special.collect()));
        first.push(None);
    }
    let count = within_label(&sides);
    if count > MAX_WITHIN_LABEL {
        return Err(PolicyErrors::of_rules(name, PolicyError::TooManyPatterns { count }));
    }
    let mut conflicts = Conflicts(vec![Vec::new(); sides.len()]);
    settle(&sides, &mut |one, two, meeting| {
        let Some(first) = first.get_mut(two.index) else { return true };
        if first.as_ref().is_some_and(|(earlier, ..)| *earlier < one.index) {
            return true;
        }
        let Some(method) = conflicts.between(one, two) else { return true };
        let Some(origin) = meeting.origin(one, two) else { return false };
        *first = Some((one.index, origin, method));
        true
    });
    let mut found = Vec::new();
    for (two, first) in sides.iter().zip(first) {
        if let Some((earlier, origin, method)) = first {
            let (rules, method) = ((earlier, two.index), method.into_owned());
            found.push(PolicyError::RulesDisagree { rules, origin, method });
        }
    }
    Ok(found)
}

/// For each rule, the earlier ones that have an origin in common with it, or may have.
#[cfg(feature = "export")]
pub(crate) fn sharing(rules: &[&Rule]) -> Vec<Vec<usize>> {
    let written: Vec<Vec<String>> = rules.iter().map(|rule| rule.origins.written()).collect();
    let patterns: Vec<_> = written.iter().map(|origins| patterns(origins)).collect();
    let mut sides = Vec::new();
    for ((rule, origins), patterns) in rules.iter().zip(&written).zip(&patterns) {
        let is_special = |special: &&str| origins.iter().any(|origin| origin == special);
        let special = ["null", "file://"].into_iter().filter(is_special).collect();
        sides.push(Side::new(sides.len(), 0, rule, patterns, special));
    }
    if within_label(&sides) > MAX_WITHIN_LABEL {
        return (0..sides.len()).map(|later| (0..later).collect()).collect();
    }
    let met = settle(&sides, &mut |one, two, meeting| {
        matches!(meeting, Meeting::Open) || meeting.origin(one, two).is_some()
    });
    let earlier = |later| (0..later).filter(|earlier| met.has(*earlier, later)).collect();
    (0..sides.len()).map(earlier).collect()
}

/// Whether two rules allow the same but for their origins.
fn are_alike(one: &PolicyBuilder, two: &PolicyBuilder) -> bool {
    one.methods == two.methods && one.only_methods == two.only_methods && one.headers == two.headers
}

/// Whether what the rules say to those they allow is the same.
fn says_as(one: &Rule, other: &Rule) -> bool {
    one.credentials == other.credentials && one.expose == other.expose
}

/// How many of the patterns have a `*` within a label.
fn within_label(sides: &[Side<'_>]) -> usize {
    let mut count = 0;
    for side in sides {
        for entry in &side.entries {
            count += usize::from(entry.pattern.is_star(Star::Characters));
        }
    }
    count
}

/// The patterns of a list that has others, too.
fn patterns(origins: &[String]) -> Vec<OriginPattern<'_>> {
    let mut patterns = Vec::new();
    for value in origins {
        if let Ok(Pattern::Origins(pattern)) = Pattern::parse(value) {
            patterns.push(pattern);
        }
    }
    patterns
}

/// `[later kind][earlier kind]`: the method for which rules conflict that say different things. Empty until it is looked for.
struct Conflicts<'a>(Vec<Vec<OnceCell<Option<Cow<'a, str>>>>>);

impl<'a> Conflicts<'a> {
    fn between(&mut self, one: &Side<'a>, later: &Side<'a>) -> Option<Cow<'a, str>> {
        if says_as(one.rule, later.rule) {
            return None;
        }
        let known = self.0.get_mut(later.kind)?;
        if known.len() <= one.kind {
            known.resize_with(one.kind + 1, OnceCell::new);
        }
        known.get(one.kind)?.get_or_init(|| conflict(one.rule, later.rule)).clone()
    }
}

/// A method for which the later rule may answer a preflight whose request the other one answers.
fn conflict<'a>(one: &'a Rule, later: &'a Rule) -> Option<Cow<'a, str>> {
    // Most have no method in common, which is seen at once; many have the same names.
    let shared = one.methods.shared_with(&later.methods, false)?;
    if one.headers.covers(&later.headers) {
        one.methods.shared_with(&later.methods, true)
    } else {
        Some(shared)
    }
}

/// One rule, and the patterns that it was compiled from.
struct Side<'a> {
    index: usize,
    /// The same for rules that allow the same but for their origins.
    kind: usize,
    rule: &'a Rule,
    entries: Vec<Entry<'a>>,
    /// Opaque origins, and those of local files.
    special: Vec<&'static str>,
}

impl<'a> Side<'a> {
    fn new(
        index: usize,
        kind: usize,
        rule: &'a Rule,
        patterns: &'a [OriginPattern<'a>],
        special: Vec<&'static str>,
    ) -> Self {
        let entry = |pattern| Entry::new(index, pattern);
        Self { index, kind, rule, entries: patterns.iter().map(entry).collect(), special }
    }

    /// Whether one of the rules matches what nobody listed, or both match opaque origins, or local files.
    fn meets_openly(&self, other: &Self) -> bool {
        self.rule.origins.is_open()
            || other.rule.origins.is_open()
            || self.special.iter().any(|origin| other.special.contains(origin))
    }

    /// The first that is wanted of origins that stand for all that the rule matches, for a comparison with
    /// one that is open.
    fn sample(&self, is_wanted: &dyn Fn(&String) -> bool) -> Option<String> {
        let any = self.rule.origins.is_open().then_some("https://any.example");
        let others = any.into_iter().chain(self.special.iter().copied()).map(str::to_owned);
        let mut of_patterns = self.entries.iter().map(|entry| entry.pattern.sample(None));
        of_patterns.find(is_wanted).or_else(|| others.into_iter().find(is_wanted))
    }
}

impl Meeting<'_> {
    /// An origin that both rules match, or may match.
    fn origin(&self, one: &Side<'_>, two: &Side<'_>) -> Option<String> {
        let matched =
            |origin: &String| [one, two].iter().all(|side| side.rule.origins.may_match(origin));
        match self {
            Self::OfPatterns(lower, other) => entry::shared_origin(lower, other, &matched),
            Self::Open => one.sample(&matched).or_else(|| two.sample(&matched)),
        }
    }
}
