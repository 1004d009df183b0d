//! Findings about a configuration that is valid, and unwise.
//!
//! They read what was compiled, and ask the code that decides: what a set contains, what names cover. Where
//! it is not certain that something is unwise, nothing is found.

mod catalogue;
mod cover;
mod enforcement;
mod finding;
mod idle;
mod list;
mod reach;
#[cfg(feature = "routes")]
mod routes;
mod rule;
mod why;

use std::collections::HashSet;

pub use self::catalogue::{Lint, Severity, UnknownLint};
pub use self::finding::{Finding, Findings};
#[cfg(feature = "serde")]
pub(crate) use self::idle::{lint_of, message_of};
use self::list::{OriginList, Purpose};
use self::reach::Side;
use crate::policy::rule::Rule;
use crate::policy::{Place, Policy};

impl Policy {
    /// What is valid in the policy, and unwise: entries that have no effect, origins that others can write
    /// into, and what pages will miss. Each is told with its place and with what to write; [`Lint`] lists all
    /// kinds.
    ///
    /// It takes time, so it is for the start of a program, for a test, or for a tool. It does not grow with the
    /// square of the number of origins. Where credentials are allowed it asks predicates about one origin that
    /// nobody has, `https://anyone.invalid`.
    ///
    /// ```
    /// use tower_cors::review::Lint;
    /// use tower_cors::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example", "http://localhost"])
    ///     .allow_methods(["GET"])
    ///     .build()?;
    /// assert_eq!(
    ///     policy.lint().to_string(),
    ///     "allow_origins: origin \"http://localhost\" is for port 80 alone; \
    ///      write \"http://localhost:*\", or the port [loopback-without-port]\n\
    ///      allow_methods: method \"GET\" needs no permission; remove it [method-safelisted]",
    /// );
    /// let findings = policy.lint().allow(Lint::MethodSafelisted);
    /// assert_eq!(findings.len(), 1);
    /// # Ok::<(), tower_cors::PolicyErrors>(())
    /// ```
    pub fn lint(&self) -> Findings {
        let mut found: Vec<Finding> =
            self.idle().iter().map(|(place, idle)| idle::finding(*place, idle)).collect();
        let written: Vec<Vec<String>> = self.rules().map(|rule| rule.origins.written()).collect();
        let mut sides: Vec<Side<'_>> = self
            .rules()
            .zip(&written)
            .map(|(rule, written)| Side { rule, list: OriginList::new(written) })
            .collect();
        let is_one_of_several = sides.len() > 1;
        for (index, Side { rule, list }) in sides.iter_mut().enumerate() {
            let rule: &Rule = rule;
            let place = is_one_of_several.then_some(index);
            list.lint(
                &Purpose {
                    place: Place { rule: place, setting: "allow_origins" },
                    subject: "origin",
                    is_trusted: rule.credentials,
                    lists: &|origin| rule.origins.lists(origin),
                    may_match: &|origin| self.rules().any(|rule| rule.origins.may_match(origin)),
                },
                &mut found,
            );
            rule::lint(rule, place, || self.rules().collect(), &mut found);
        }
        reach::lint(&mut sides, &mut found);
        self.without_what_is_said_twice(found)
    }

    /// A max-age that was capped is told as it was written, and what cannot be had otherwise is not told.
    fn without_what_is_said_twice(&self, mut found: Vec<Finding>) -> Findings {
        // Those of the builder come first.
        let mut told: HashSet<Place> = HashSet::new();
        found.retain(|finding| {
            finding.lint() != Lint::MaxAgeTooLong || told.insert(finding.place())
        });
        let findings = Findings::in_order(found);
        if self.decides_as(&Self::permissive()) {
            return findings.allow(Lint::NoMaxAge);
        }
        findings
    }
}
