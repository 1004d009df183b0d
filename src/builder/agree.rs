//! Whether the rules of a policy answer a preflight and its request alike.
//!
//! A preflight is answered by the first rule that allows its origin, method and header names; the
//! request that follows it, by the first that matches its origin and shares its method. So where only
//! the later of two rules allows what the earlier one would answer, they have to say the same.
//!
//! Only rules that have an origin in common are compared, and [`meetings`] finds those.

mod meetings;
pub(crate) mod starred;

use std::collections::HashMap;

use self::meetings::{Meeting, Meetings};
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
    builders: &[PolicyBuilder],
    rules: &[Rule],
) -> Result<Vec<PolicyError>, PolicyErrors> {
    let sides: Vec<Side<'_>> =
        builders.iter().zip(rules).map(|(builder, rule)| Side::new(builder, rule)).collect();
    if sides.windows(2).all(|two| matches!(two, [one, other] if one.says_as(other))) {
        return Ok(Vec::new());
    }
    let count = sides.iter().map(Side::within_label).sum();
    if count > starred::MAX_WITHIN_LABEL {
        let name = builders.iter().find_map(|builder| builder.name.as_deref());
        return Err(PolicyErrors::of_rules(name, PolicyError::TooManyPatterns { count }));
    }
    let kinds = kinds(builders);
    let mut conflicts = HashMap::new();
    let mut meetings = Meetings::new(&sides);
    let mut found = Vec::new();
    for (later, (two, kind_of_two)) in sides.iter().zip(&kinds).enumerate() {
        let mut met = meetings.next(later, two).into_iter();
        found.extend(met.find_map(|(earlier, meeting)| {
            let (one, kind_of_one) = (sides.get(earlier)?, *kinds.get(earlier)?);
            let conflict = || one.conflict(two);
            let method = *conflicts.entry((kind_of_one, *kind_of_two)).or_insert_with(conflict);
            let (method, origin) = (method?.to_owned(), one.shared_origin(two, meeting)?);
            Some(PolicyError::RulesDisagree { rules: (earlier, later), origin, method })
        }));
    }
    Ok(found)
}

/// For each rule, the earlier ones that have an origin in common with it, or may have.
#[cfg(feature = "export")]
pub(crate) fn sharing(rules: &[&Rule]) -> Vec<Vec<usize>> {
    let written: Vec<Vec<String>> = rules.iter().map(|rule| rule.origins.written()).collect();
    let sides = rules.iter().zip(&written).map(|(rule, origins)| {
        let is_special = |special: &&str| origins.iter().any(|origin| origin == special);
        let special = ["null", "file://"].into_iter().filter(is_special).collect();
        Side { rule, patterns: patterns(origins), special }
    });
    let sides: Vec<Side<'_>> = sides.collect();
    if sides.iter().map(Side::within_label).sum::<usize>() > starred::MAX_WITHIN_LABEL {
        return (0..sides.len()).map(|later| (0..later).collect()).collect();
    }
    let mut meetings = Meetings::new(&sides);
    let sides = sides.iter().enumerate();
    let met = sides.map(|(later, side)| meetings.next(later, side));
    met.map(|met| met.into_iter().map(|(earlier, _)| earlier).collect()).collect()
}

/// A number for each rule, the same for those that are alike but for their origins.
fn kinds(builders: &[PolicyBuilder]) -> Vec<usize> {
    let are_alike = |one: &PolicyBuilder, two: &PolicyBuilder| {
        one.credentials == two.credentials
            && one.methods == two.methods
            && one.only_methods == two.only_methods
            && one.headers == two.headers
            && one.exposed == two.exposed
    };
    let first = |one| builders.iter().position(|other| are_alike(one, other));
    builders.iter().filter_map(first).collect()
}

/// One rule, and the patterns that it was compiled from.
struct Side<'a> {
    rule: &'a Rule,
    patterns: Vec<OriginPattern<'a>>,
    /// Opaque origins, and those of local files.
    special: Vec<&'static str>,
}

/// The patterns of a list that has others, too.
fn patterns(origins: &[String]) -> Vec<OriginPattern<'_>> {
    let parsed = origins.iter().map(|value| Pattern::parse(value));
    let patterns = parsed.filter_map(|parsed| match parsed {
        Ok(Pattern::Origins(pattern)) => Some(pattern),
        Ok(Pattern::Any) | Err(_) => None,
    });
    patterns.collect()
}

impl<'a> Side<'a> {
    fn new(builder: &'a PolicyBuilder, rule: &'a Rule) -> Self {
        let mut special = Vec::new();
        if builder.null_origin {
            special.push("null");
        }
        if builder.file_origin {
            special.push("file://");
        }
        Self { rule, patterns: patterns(&builder.origins), special }
    }

    /// How many of the patterns have a `*` within a label.
    fn within_label(&self) -> usize {
        self.patterns.iter().filter(|pattern| pattern.is_star(Star::Characters)).count()
    }

    /// Whether what the rules say to those they allow is the same.
    fn says_as(&self, other: &Self) -> bool {
        self.rule.credentials == other.rule.credentials && self.rule.expose == other.rule.expose
    }

    /// A method for which the other rule, if it comes later, may answer a preflight whose request this one
    /// answers otherwise.
    fn conflict(&self, later: &Side<'a>) -> Option<&'a str> {
        if self.says_as(later) {
            return None;
        }
        let (methods, names) = (&self.rule.methods, &self.rule.headers);
        if names.covers(&later.rule.headers) {
            methods.shared_but_not_allowed(&later.rule.methods)
        } else {
            methods.shared_with(&later.rule.methods)
        }
    }

    /// An origin that both rules match, or may match.
    fn shared_origin(&self, other: &Side<'_>, meeting: Meeting<'_>) -> Option<String> {
        let matched =
            |origin: &String| [self, other].iter().all(|side| side.rule.origins.may_match(origin));
        match meeting {
            Meeting::OfPatterns(one, two) => Some(meetings::sample(one, two)).filter(matched),
            Meeting::At(origin) => Some(origin),
            Meeting::Open => self.sample(&matched).or_else(|| other.sample(&matched)),
        }
    }

    /// The first that is wanted of origins that stand for all that the rule matches, for a comparison with
    /// one that is open.
    fn sample(&self, is_wanted: &dyn Fn(&String) -> bool) -> Option<String> {
        let open = || self.rule.origins.is_open().then(|| "https://any.example".to_owned());
        let special = || self.special.iter().map(|origin| (*origin).to_owned()).find(is_wanted);
        let of_patterns = self.patterns.iter().map(|pattern| pattern.sample(None)).find(is_wanted);
        of_patterns.or_else(|| open().filter(is_wanted)).or_else(special)
    }
}
