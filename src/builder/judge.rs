//! What is wrong with one value.

use super::error::PolicyError;
use crate::origin::OriginFault;
use crate::origin::pattern::{self, OriginPattern, Star};
use crate::origin::suffix;
use crate::policy::idle::{Idle, Why};
use crate::safelist;
use crate::search::has;

pub(crate) fn origin_error(value: &str, fault: OriginFault) -> PolicyError {
    PolicyError::Origin { value: value.to_owned(), fault, fix: pattern::repair(value) }
}

/// What is wrong with credentials for names under a domain, or for every host of a scheme if the domain
/// is empty.
fn public_suffix_error(value: &str, base: &str) -> Option<PolicyError> {
    let value = value.to_owned();
    if base.is_empty() {
        return Some(PolicyError::WholeSchemeWithCredentials { value });
    }
    if cfg!(not(feature = "public-suffix")) {
        return Some(PolicyError::PublicSuffixUnknown { value });
    }
    suffix::is_open(base).then_some(PolicyError::PublicSuffixWithCredentials { value })
}

/// What is wrong with a pattern if strangers may have the names that it stands for.
///
/// Without credentials that matters only where nobody can tell whose the names are: to a `*` within a
/// label, in a build without the list of suffixes.
pub(crate) fn stranger_error(
    value: &str,
    pattern: &OriginPattern<'_>,
    credentials: bool,
) -> Option<PolicyError> {
    let is_unknown = cfg!(not(feature = "public-suffix")) && pattern.is_star(Star::Characters);
    let base = pattern.base().filter(|base| credentials || is_unknown && !base.is_empty())?;
    if base.is_empty() && pattern.is_star(Star::Characters) {
        // One label is the whole host, and nobody gives those out.
        return Some(PolicyError::PublicSuffixWithCredentials { value: value.to_owned() });
    }
    public_suffix_error(value, base)
}

pub(crate) fn method_error(value: &str) -> Option<PolicyError> {
    let standard =
        safelist::STANDARD_METHODS.iter().find(|method| method.eq_ignore_ascii_case(value));
    let owned = || value.to_owned();
    match standard {
        Some(standard) if *standard == value => None,
        Some(fix) => Some(PolicyError::MethodCase { value: owned(), fix }),
        None if !safelist::is_token(value.as_bytes()) => {
            Some(PolicyError::MethodNotToken { value: owned() })
        }
        None if has(value, b'*') => Some(PolicyError::MethodWildcard { value: owned() }),
        None => None,
    }
}

/// Why a method that is sound is of no use.
pub(crate) fn forbidden_method(value: &str) -> Option<Idle> {
    let is_forbidden = safelist::is_forbidden_method(value.as_bytes());
    is_forbidden.then(|| Idle::new(value, Why::MethodForbidden))
}

/// The same, where other methods than the safelisted ones are listed.
pub(crate) fn idle_method(value: &str) -> Option<Idle> {
    let is_safelisted = safelist::is_safelisted_method(value.as_bytes());
    let safelisted = || Idle::new(value, Why::MethodSafelisted);
    forbidden_method(value).or_else(|| is_safelisted.then(safelisted))
}

pub(crate) fn header_error(written: &str) -> Option<PolicyError> {
    let value = written.to_owned();
    let name = written.strip_suffix('*').unwrap_or(written);
    if !safelist::is_token(name.as_bytes()) {
        Some(PolicyError::HeaderNotToken { value })
    } else if has(name, b'*') {
        Some(PolicyError::HeaderWildcard { value })
    } else {
        None
    }
}

/// Why the name of a request header that is sound is of no use.
pub(crate) fn idle_header(written: &str) -> Option<Idle> {
    let name = written.to_ascii_lowercase();
    // What a prefix covers is forbidden if it is whatever follows.
    let example = name.strip_suffix('*').map(|prefix| format!("{prefix}any"));
    if safelist::is_forbidden_request_header(example.as_ref().unwrap_or(&name)) {
        Some(Idle::new(written, Why::HeaderForbidden))
    } else if name.starts_with("access-control-") {
        Some(Idle::new(written, Why::HeaderOfProtocol))
    } else {
        None
    }
}

pub(crate) fn exposed_error(written: &str) -> Option<PolicyError> {
    let value = written.to_owned();
    let name = written.to_ascii_lowercase();
    if !safelist::is_token(name.as_bytes()) {
        Some(PolicyError::ExposedHeaderNotToken { value })
    } else if has(&name, b'*') {
        Some(PolicyError::ExposedHeaderWildcard { value })
    } else if safelist::is_forbidden_response_header(&name) {
        Some(PolicyError::ExposedHeaderForbidden { value })
    } else {
        None
    }
}

/// Why the name of a response header that is sound is of no use.
pub(crate) fn idle_exposed(written: &str) -> Option<Idle> {
    let name = written.to_ascii_lowercase();
    if safelist::is_safelisted_response_header(&name) {
        Some(Idle::new(written, Why::ExposedSafelisted))
    } else if safelist::is_request_only(&name) {
        Some(Idle::new(written, Why::ExposedRequestOnly))
    } else {
        None
    }
}
