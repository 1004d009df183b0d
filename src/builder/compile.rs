//! The judging of every value, and the compiling of those that are sound.

use std::collections::HashSet;
use std::time::Duration;

use http::HeaderValue;

use super::PolicyBuilder;
use super::error::{Place, PolicyError, PolicyErrors};
use super::judge::{exposed_error, header_error, method_error, origin_error, stranger_error};
use crate::origin::OriginFault;
use crate::origin::pattern::{OriginPattern, Pattern};
use crate::origin::set::OriginSet;
use crate::policy::methods::Methods;
use crate::policy::names::Names;
use crate::policy::rule::{Listed, Origins, Rule};
use crate::policy::sent::SentValue;

/// The longest that any browser keeps the answer to a preflight; Firefox does.
const MAX_AGE: Duration = Duration::from_secs(86_400);

impl PolicyBuilder {
    /// Compiles all that is stored, as one of several rules or by itself. The rule is of use only if
    /// no error was added.
    pub(super) fn compile(&self, rule: Option<usize>, errors: &mut PolicyErrors) -> Rule {
        let mut found = Vec::new();
        let mut place = |setting, found: &mut Vec<PolicyError>| {
            found.drain(..).for_each(|error| errors.push(Place { rule, setting }, error));
        };
        let origins = self.compile_origins(&mut found);
        place("allow_origins", &mut found);
        let methods = self.compile_methods(&mut found);
        place("allow_methods", &mut found);
        let methods = self.compile_only_methods(&mut found).unwrap_or(methods);
        place("only_methods", &mut found);
        let headers = self.compile_headers(&mut found);
        place("allow_headers", &mut found);
        let expose = self.compile_exposed(&mut found);
        place("expose_headers", &mut found);
        let max_age = self.compile_max_age(&mut found);
        place("max_age", &mut found);
        if self.credentials && self.null_origin {
            found.push(PolicyError::NullOriginWithCredentials);
        }
        place("dangerously_allow_null_origin", &mut found);
        if self.credentials && self.file_origin {
            found.push(PolicyError::FileOriginWithCredentials);
        }
        place("dangerously_allow_file_origin", &mut found);
        Rule { origins, credentials: self.credentials, methods, headers, expose, max_age }
    }

    fn compile_origins(&self, errors: &mut Vec<PolicyError>) -> Origins {
        let mut any = false;
        let mut patterns = Vec::with_capacity(self.origins.len());
        for value in &self.origins {
            match Pattern::parse(value) {
                Ok(Pattern::Any) => any = true,
                Ok(Pattern::Origins(pattern)) => {
                    errors.extend(self.danger(value, &pattern));
                    patterns.push(pattern);
                }
                Err(fault) => errors.push(self.origin_error(value, fault)),
            }
        }
        let has_opaque = self.null_origin || self.file_origin;
        if self.origins.is_empty() && self.predicates.is_empty() && !has_opaque {
            errors.push(PolicyError::NoOrigins);
        }
        if self.credentials && any {
            errors.push(PolicyError::AnyOriginWithCredentials);
        }
        if any {
            Origins::Any
        } else if let Some(origin) = self.only_origin(&patterns) {
            Origins::One(Box::new(SentValue::new(origin)))
        } else {
            patterns.extend(self.file_origin.then(OriginPattern::file));
            Origins::Listed(Box::new(Listed {
                set: OriginSet::new(&patterns, self.null_origin),
                predicates: self.predicates.clone(),
                ask_insecure: !self.credentials || self.insecure_origins,
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
    fn danger(&self, value: &str, pattern: &OriginPattern<'_>) -> Vec<PolicyError> {
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
        let mut error = origin_error(value, fault);
        if let PolicyError::Origin { fix, .. } = &mut error {
            *fix = fix.take().filter(|fix| match Pattern::parse(fix) {
                Ok(Pattern::Origins(pattern)) => self.danger(fix, &pattern).is_empty(),
                Ok(Pattern::Any) | Err(_) => false,
            });
        }
        error
    }

    fn compile_methods(&self, errors: &mut Vec<PolicyError>) -> Methods {
        let (any, listed) = split_wildcard(&self.methods);
        for value in listed.clone() {
            errors.extend(method_error(value));
        }
        Methods::new(any, listed)
    }

    /// The methods, if they are limited to some.
    fn compile_only_methods(&self, errors: &mut Vec<PolicyError>) -> Option<Methods> {
        let methods = self.only_methods.as_ref()?;
        let (any, listed) = split_wildcard(methods);
        for value in listed.clone() {
            errors.extend(method_error(value));
        }
        if any {
            errors.push(PolicyError::AnyOnlyMethod);
        }
        if methods.is_empty() {
            errors.push(PolicyError::NoMethods);
        }
        if !self.methods.is_empty() {
            errors.push(PolicyError::OnlyAndOtherMethods);
        }
        Some(Methods::only(listed))
    }

    fn compile_headers(&self, errors: &mut Vec<PolicyError>) -> Names {
        let (any, listed) = split_wildcard(&self.headers);
        for value in listed.clone() {
            errors.extend(header_error(value));
        }
        let prefixes = listed.clone().filter_map(|value| value.strip_suffix('*'));
        Names::new(any, listed.filter(|value| !value.ends_with('*')), prefixes)
    }

    fn compile_exposed(&self, errors: &mut Vec<PolicyError>) -> Option<SentValue> {
        let (any, listed) = split_wildcard(&self.exposed);
        for value in listed.clone() {
            errors.extend(exposed_error(value));
        }
        if any && self.credentials {
            errors.push(PolicyError::AnyExposedHeaderWithCredentials);
        }
        if any {
            return Some(SentValue::from_static("*"));
        }
        let mut seen = HashSet::new();
        let names: Vec<String> =
            listed.map(str::to_ascii_lowercase).filter(|name| seen.insert(name.clone())).collect();
        if names.is_empty() {
            return None;
        }
        // Names that are tokens make a value.
        HeaderValue::try_from(names.join(",")).ok().map(SentValue::new)
    }

    fn compile_max_age(&self, errors: &mut Vec<PolicyError>) -> Option<SentValue> {
        let value = self.max_age?;
        if value > MAX_AGE {
            errors.push(PolicyError::MaxAgeTooLong { value });
        } else if value.subsec_nanos() != 0 {
            errors.push(PolicyError::MaxAgeFraction { value });
        }
        Some(SentValue::new(HeaderValue::from(value.as_secs())))
    }
}

/// Whether `*` is among the values, and the others.
fn split_wildcard(values: &[String]) -> (bool, impl Iterator<Item = &str> + Clone) {
    let any = values.iter().any(|value| value == "*");
    (any, values.iter().map(String::as_str).filter(|value| *value != "*"))
}
