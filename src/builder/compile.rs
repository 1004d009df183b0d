//! The judging of every value, and the compiling of those that are sound.

use std::hash::RandomState;
use std::time::Duration;

use hashbrown::HashSet;
use http::HeaderValue;

use super::PolicyBuilder;
use super::error::PolicyError;
use super::findings::Findings;
use super::judge::{origin_error, stranger_error};
use crate::origin::OriginFault;
use crate::origin::pattern::{OriginPattern, Pattern};
use crate::origin::set::OriginSet;
use crate::policy::idle::{Idle, Why};
use crate::policy::rule::{Listed, Origins, Rule};
use crate::policy::sent::SentValue;

/// The longest that any browser keeps the answer to a preflight; Firefox does.
const MAX_AGE: Duration = Duration::from_secs(86_400);

impl PolicyBuilder {
    /// Compiles all that is stored, as one of several rules or by itself. The rule is of use only if
    /// no error was added.
    pub(super) fn compile(&self, rule: Option<usize>, findings: &mut Findings) -> Rule {
        let origins = self.compile_origins(findings.at(rule, "allow_origins"));
        let methods = self.compile_methods(findings.at(rule, "allow_methods"));
        let only = self.compile_only_methods(findings.at(rule, "only_methods"));
        let headers = self.compile_headers(findings.at(rule, "allow_headers"));
        let expose = self.compile_exposed(findings.at(rule, "expose_headers"));
        let max_age = self.compile_max_age(findings.at(rule, "max_age"));
        if self.credentials && self.null_origin {
            let found = findings.at(rule, "dangerously_allow_null_origin");
            found.error(PolicyError::NullOriginWithCredentials);
        }
        if self.credentials && self.file_origin {
            let found = findings.at(rule, "dangerously_allow_file_origin");
            found.error(PolicyError::FileOriginWithCredentials);
        }
        for (setting, why) in self.needless_dangers() {
            findings.at(rule, setting).idle(Idle { value: String::new(), why });
        }
        let (methods, credentials) = (only.unwrap_or(methods), self.credentials);
        Rule { origins, credentials, methods, headers, expose, max_age }
    }

    fn compile_origins(&self, found: &mut Findings) -> Origins {
        let mut any = false;
        let mut patterns = Vec::with_capacity(self.origins.len());
        for value in &self.origins {
            match Pattern::parse(value) {
                Ok(Pattern::Any) => any = true,
                Ok(Pattern::Origins(pattern)) => {
                    for error in self.dangers(value, &pattern) {
                        found.error(error);
                    }
                    patterns.push(pattern);
                }
                Err(fault) => found.error(self.origin_error(value, fault)),
            }
        }
        let has_opaque = self.null_origin || self.file_origin;
        if self.origins.is_empty() && self.predicates.is_empty() && !has_opaque {
            found.error(PolicyError::NoOrigins);
        }
        if self.credentials && any {
            found.error(PolicyError::AnyOriginWithCredentials);
        }
        // Of a configuration with errors nothing else is told.
        if found.errors() == 0 {
            self.find_idle_origins(any, found);
        }
        if any {
            Origins::Any
        } else if let Some(origin) = self.only_origin(&patterns) {
            Origins::One(Box::new(SentValue::new(origin)))
        } else {
            if self.file_origin {
                patterns.push(OriginPattern::file());
            }
            Origins::Listed(Box::new(Listed {
                set: OriginSet::new(&patterns, self.null_origin),
                predicates: self.predicates.clone(),
                // Of no predicates nothing is asked, so that policies which decide alike are equal.
                ask_insecure: !self.predicates.is_empty()
                    && (!self.credentials || self.insecure_origins),
            }))
        }
    }

    /// The origin, if the policy is for exactly one.
    fn only_origin(&self, patterns: &[OriginPattern<'_>]) -> Option<HeaderValue> {
        let (one, others) = patterns.split_first()?;
        let same = |other: &OriginPattern<'_>| other.is_exact() && other.text() == one.text();
        let only = one.is_exact()
            && others.iter().all(same)
            && self.predicates.is_empty()
            && !(self.null_origin || self.file_origin);
        // What was parsed is ASCII without control characters, and so a value.
        HeaderValue::from_str(one.text()).ok().filter(|_| only)
    }

    /// What is dangerous about a pattern with credentials, and was not asked for.
    fn dangers(&self, value: &str, pattern: &OriginPattern<'_>) -> Vec<PolicyError> {
        let mut errors = Vec::new();
        if self.credentials && !self.insecure_origins && pattern.is_insecure() {
            errors.push(PolicyError::InsecureOriginWithCredentials { value: value.to_owned() });
        }
        if !self.public_suffixes {
            errors.extend(stranger_error(value, pattern, self.credentials));
        }
        errors
    }

    /// What is wrong with an origin, and what to write if that is not refused in turn.
    fn origin_error(&self, value: &str, fault: OriginFault) -> PolicyError {
        // The call that allows these cannot be combined with credentials either.
        match fault {
            OriginFault::Null if self.credentials => return PolicyError::NullOriginWithCredentials,
            OriginFault::File if self.credentials => return PolicyError::FileOriginWithCredentials,
            _ => {}
        }
        let mut error = origin_error(value, fault);
        if let PolicyError::Origin { fix, .. } = &mut error {
            *fix = fix.take().filter(|fix| match Pattern::parse(fix) {
                Ok(Pattern::Origins(pattern)) => self.dangers(fix, &pattern).is_empty(),
                Ok(Pattern::Any) | Err(_) => false,
            });
        }
        error
    }

    /// Origins that stand there before, and all that stands beside `*`.
    fn find_idle_origins(&self, any: bool, found: &mut Findings) {
        let mut seen = HashSet::with_capacity_and_hasher(self.origins.len(), RandomState::new());
        for value in self.origins.iter().map(String::as_str) {
            if !seen.insert(value) {
                found.idle(Idle::new(value, Why::Repeated));
            } else if any && value != "*" {
                found.idle(Idle::new(value, Why::Covered { by: "*".to_owned() }));
            }
        }
    }

    /// Calls that allow something dangerous, of which there is nothing, and predicates that are never
    /// asked.
    fn needless_dangers(&self) -> Vec<(&'static str, Why)> {
        let mut found = Vec::new();
        let has = |is_dangerous: &dyn Fn(&OriginPattern<'_>) -> bool| {
            self.origins.iter().any(|value| match Pattern::parse(value) {
                Ok(Pattern::Origins(pattern)) => is_dangerous(&pattern),
                Ok(Pattern::Any) | Err(_) => false,
            })
        };
        let any = || self.origins.iter().any(|value| value == "*");
        if !self.predicates.is_empty() && any() {
            found.push(("allow_origins_if", Why::PredicateNeverAsked));
        }
        let asks = !self.predicates.is_empty();
        let is_insecure =
            || self.credentials && (asks || has(&|it: &OriginPattern<'_>| it.is_insecure()));
        if self.insecure_origins && !is_insecure() {
            found.push(("dangerously_allow_insecure_origins", Why::DangerNotNeeded));
        }
        let is_strangers = |it: &OriginPattern<'_>| super::is_for_strangers(it, self.credentials);
        if self.public_suffixes && !has(&is_strangers) {
            found.push(("dangerously_allow_public_suffixes", Why::DangerNotNeeded));
        }
        if self.null_origin && any() {
            found.push(("dangerously_allow_null_origin", Why::DangerNotNeeded));
        }
        if self.file_origin && any() {
            found.push(("dangerously_allow_file_origin", Why::DangerNotNeeded));
        }
        found
    }

    fn compile_max_age(&self, found: &mut Findings) -> Option<SentValue> {
        let value = self.max_age?;
        let sent = value.min(MAX_AGE);
        if sent != value {
            let seconds = value.as_secs().to_string();
            found.idle(Idle::new(&seconds, Why::MaxAgeTooLong));
        } else if value.subsec_nanos() != 0 {
            found.error(PolicyError::MaxAgeFraction { value });
        }
        Some(SentValue::new(HeaderValue::from(sent.as_secs())))
    }
}
