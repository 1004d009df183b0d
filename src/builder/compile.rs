//! The judging of every value, and the compiling of those that are sound.

use std::time::Duration;

use http::HeaderValue;

use super::PolicyBuilder;
use crate::error::PolicyError;
use crate::methods::Methods;
use crate::names::Names;
use crate::origin::pattern::{self, OriginPattern, Pattern};
use crate::origin::set::OriginSet;
use crate::policy::{Listed, Origins, Rule};
use crate::safelist;

/// The longest that any browser keeps the answer to a preflight; Firefox does.
const MAX_AGE: Duration = Duration::from_secs(86_400);

impl PolicyBuilder {
    /// Compiles all that is stored. The rule is of use only if no error was added.
    pub(super) fn compile(&self, errors: &mut Vec<PolicyError>) -> Rule {
        Rule {
            origins: self.compile_origins(errors),
            credentials: self.credentials,
            methods: self.compile_methods(errors),
            headers: self.compile_headers(errors),
            expose: self.compile_exposed(errors),
            max_age: self.compile_max_age(errors),
        }
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
                Err(fault) => errors.push(PolicyError::Origin {
                    value: value.clone(),
                    fault,
                    fix: pattern::repair(value),
                }),
            }
        }
        if self.origins.is_empty() && self.predicates.is_empty() && !self.null_origin {
            errors.push(PolicyError::NoOrigins);
        }
        if self.credentials && any {
            errors.push(PolicyError::AnyOriginWithCredentials);
        }
        if self.credentials && self.null_origin {
            errors.push(PolicyError::NullOriginWithCredentials);
        }
        if any {
            Origins::Any
        } else if let Some(origin) = self.only_origin(&patterns) {
            Origins::One(origin)
        } else {
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
            && !self.null_origin;
        // What was parsed is ASCII without control characters, and so a value.
        HeaderValue::from_str(one.text()).ok().filter(|_| only).map(shared)
    }

    /// What is dangerous about a pattern with credentials, and was not asked for.
    fn danger(&self, value: &str, pattern: &OriginPattern<'_>) -> Vec<PolicyError> {
        let mut errors = Vec::new();
        if self.credentials && !self.insecure_origins && pattern.is_insecure() {
            errors.push(PolicyError::InsecureOriginWithCredentials { value: value.to_owned() });
        }
        if self.credentials
            && !self.public_suffixes
            && let Some(base) = pattern.base()
        {
            errors.extend(public_suffix_error(value, base));
        }
        errors
    }

    fn compile_methods(&self, errors: &mut Vec<PolicyError>) -> Methods {
        let (any, listed) = split_wildcard(&self.methods);
        for value in listed.clone() {
            errors.extend(method_error(value));
        }
        Methods::new(any, listed)
    }

    fn compile_headers(&self, errors: &mut Vec<PolicyError>) -> Names {
        let (any, listed) = split_wildcard(&self.headers);
        for value in listed.clone() {
            errors.extend(header_error(value));
        }
        let prefixes = listed.clone().filter_map(|value| value.strip_suffix('*'));
        Names::new(any, listed.filter(|value| !value.ends_with('*')), prefixes)
    }

    fn compile_exposed(&self, errors: &mut Vec<PolicyError>) -> Option<HeaderValue> {
        let (any, listed) = split_wildcard(&self.exposed);
        for value in listed.clone() {
            errors.extend(exposed_error(value));
        }
        if any && self.credentials {
            errors.push(PolicyError::AnyExposedHeaderWithCredentials);
        }
        if any {
            return Some(HeaderValue::from_static("*"));
        }
        let mut names: Vec<String> = Vec::new();
        for name in listed.map(str::to_ascii_lowercase) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            return None;
        }
        // Names that are tokens make a value.
        HeaderValue::try_from(names.join(",")).ok().map(shared)
    }

    fn compile_max_age(&self, errors: &mut Vec<PolicyError>) -> Option<HeaderValue> {
        let value = self.max_age?;
        if value > MAX_AGE {
            errors.push(PolicyError::MaxAgeTooLong { value });
        } else if value.subsec_nanos() != 0 {
            errors.push(PolicyError::MaxAgeFraction { value });
        }
        Some(shared(HeaderValue::from(value.as_secs())))
    }
}

/// Shares a value ahead of its use: the first clone of one allocates the count of its clones.
fn shared(value: HeaderValue) -> HeaderValue {
    drop(value.clone());
    value
}

/// Whether `*` is among the values, and the others.
fn split_wildcard(values: &[String]) -> (bool, impl Iterator<Item = &str> + Clone) {
    let any = values.iter().any(|value| value == "*");
    (any, values.iter().map(String::as_str).filter(|value| *value != "*"))
}

fn public_suffix_error(value: &str, base: &str) -> Option<PolicyError> {
    let value = value.to_owned();
    if cfg!(not(feature = "public-suffix")) {
        return Some(PolicyError::PublicSuffixUnknown { value });
    }
    is_public_suffix(base).then_some(PolicyError::PublicSuffixWithCredentials { value })
}

/// Whether strangers may have names directly under the domain: it is a listed public suffix,
/// or all that stands directly under it is, as with `*.ck`.
#[cfg(feature = "public-suffix")]
fn is_public_suffix(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let below = format!("any.{domain}");
    [domain, &below].iter().any(|name| {
        psl::suffix(name.as_bytes())
            .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == name.as_bytes())
    })
}

/// Without the list, any domain may be one.
#[cfg(not(feature = "public-suffix"))]
fn is_public_suffix(_domain: &str) -> bool {
    true
}

fn method_error(value: &str) -> Option<PolicyError> {
    let standard =
        safelist::STANDARD_METHODS.iter().find(|method| method.eq_ignore_ascii_case(value));
    let owned = || value.to_owned();
    match standard {
        Some(standard) if *standard == value => None,
        Some(fix) => Some(PolicyError::MethodCase { value: owned(), fix }),
        None if !safelist::is_token(value.as_bytes()) => {
            Some(PolicyError::MethodNotToken { value: owned() })
        }
        None if safelist::is_forbidden_method(value.as_bytes()) => {
            Some(PolicyError::MethodForbidden { value: owned() })
        }
        None if value.contains('*') => Some(PolicyError::MethodWildcard { value: owned() }),
        None => None,
    }
}

fn header_error(written: &str) -> Option<PolicyError> {
    let value = written.to_owned();
    let name = written.to_ascii_lowercase();
    let (name, is_prefix) = match name.strip_suffix('*') {
        Some(prefix) => (prefix, true),
        None => (name.as_str(), false),
    };
    // What a prefix covers is forbidden if it is whatever follows.
    let example = if is_prefix { format!("{name}any") } else { name.to_owned() };
    if !safelist::is_token(name.as_bytes()) {
        Some(PolicyError::HeaderNotToken { value })
    } else if name.contains('*') {
        Some(PolicyError::HeaderWildcard { value })
    } else if name.starts_with("access-control-") {
        Some(PolicyError::HeaderOfProtocol { value })
    } else if safelist::is_forbidden_request_header(&example) {
        Some(PolicyError::HeaderForbidden { value })
    } else {
        None
    }
}

fn exposed_error(written: &str) -> Option<PolicyError> {
    let value = written.to_owned();
    let name = written.to_ascii_lowercase();
    if !safelist::is_token(name.as_bytes()) {
        Some(PolicyError::ExposedHeaderNotToken { value })
    } else if name.contains('*') {
        Some(PolicyError::ExposedHeaderWildcard { value })
    } else if safelist::is_forbidden_response_header(&name) {
        Some(PolicyError::ExposedHeaderForbidden { value })
    } else if safelist::is_request_only(&name) {
        Some(PolicyError::ExposedHeaderRequestOnly { value })
    } else {
        None
    }
}
