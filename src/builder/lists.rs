//! The compiling of methods and names: those that are sound and of use are kept.

use std::hash::RandomState;

use hashbrown::HashSet;
use http::HeaderValue;

use super::PolicyBuilder;
use super::error::PolicyError;
use super::findings::Findings;
use super::judge::{
    exposed_error, forbidden_method, header_error, idle_exposed, idle_header, idle_method,
    method_error,
};
use crate::policy::idle::{Idle, Why};
use crate::policy::methods::Methods;
use crate::policy::names::Names;
use crate::policy::sent::SentValue;
use crate::safelist::NON_WILDCARD_REQUEST_HEADER;
use crate::sorted::sorted;

impl PolicyBuilder {
    pub(super) fn compile_methods(&self, found: &mut Findings) -> Methods {
        let any = has_wildcard(&self.methods);
        let covered = |_: &str| any.then(|| "*".to_owned());
        let kept =
            List { judge: method_error, idle: idle_method, covered: &covered, ignore_case: false }
                .sieve(&self.methods, found);
        Methods::new(any, kept)
    }

    /// The methods, if they are limited to some.
    pub(super) fn compile_only_methods(&self, found: &mut Findings) -> Option<Methods> {
        let methods = self.only_methods.as_ref()?;
        let (idle, errors) = (forbidden_method, found.errors());
        let kept = List { judge: method_error, idle, covered: &|_| None, ignore_case: false }
            .sieve(methods, found);
        if has_wildcard(methods) {
            found.error(PolicyError::AnyOnlyMethod);
        }
        if kept.is_empty() && found.errors() == errors {
            found.error(PolicyError::NoMethods);
        }
        if !self.methods.is_empty() {
            found.error(PolicyError::OnlyAndOtherMethods);
        }
        Some(Methods::only(kept))
    }

    pub(super) fn compile_headers(&self, found: &mut Findings) -> Names {
        let any = has_wildcard(&self.headers);
        // The set has them in lower case, and so are they told: to look for what was written would take an index of its own.
        let starts = self.headers.iter().filter_map(|value| value.strip_suffix('*'));
        let written = Names::new(false, &[], &starts.collect::<Vec<_>>());
        let covered = |value: &str| {
            // No prefix covers the one name that has to be named.
            if value.eq_ignore_ascii_case(NON_WILDCARD_REQUEST_HEADER) {
                return None;
            }
            let is_itself = |start: &str| value.len() == start.len() + 1 && value.ends_with('*');
            let start = written.prefix_of(value.as_bytes()).filter(|start| !is_itself(start));
            any.then(|| "*".to_owned()).or_else(|| start.map(|start| format!("{start}*")))
        };
        let kept =
            List { judge: header_error, idle: idle_header, covered: &covered, ignore_case: true }
                .sieve(&self.headers, found);
        let (mut listed, mut prefixes) = (Vec::new(), Vec::new());
        for value in kept {
            match value.strip_suffix('*') {
                Some(prefix) => prefixes.push(prefix),
                None => listed.push(value),
            }
        }
        Names::new(any, &listed, &prefixes)
    }

    pub(super) fn compile_exposed(&self, found: &mut Findings) -> Option<SentValue> {
        let any = has_wildcard(&self.exposed);
        let covered = |_: &str| any.then(|| "*".to_owned());
        let kept =
            List { judge: exposed_error, idle: idle_exposed, covered: &covered, ignore_case: true }
                .sieve(&self.exposed, found);
        if any && self.credentials {
            found.error(PolicyError::AnyExposedHeaderWithCredentials);
        }
        if any {
            return Some(SentValue::from_static("*"));
        }
        if kept.is_empty() {
            return None;
        }
        // In one order, so that policies can be compared. Names that are tokens make a value.
        let names = kept.join(",").to_ascii_lowercase();
        let names = sorted(names.split(',').collect());
        HeaderValue::try_from(names.join(",")).ok().map(SentValue::new)
    }
}

/// How the values of a setting are judged.
struct List<'a> {
    judge: fn(&str) -> Option<PolicyError>,
    idle: fn(&str) -> Option<Idle>,
    /// The entry that covers another one, which is no wildcard itself.
    covered: &'a dyn Fn(&str) -> Option<String>,
    ignore_case: bool,
}

impl List<'_> {
    /// The values that are sound and of use, without `*`.
    fn sieve<'a>(&self, values: &'a [String], found: &mut Findings) -> Vec<&'a str> {
        let fold = |value: &String| value.to_ascii_lowercase();
        let folded: Vec<String> =
            if self.ignore_case { values.iter().map(fold).collect() } else { values.to_vec() };
        let mut seen = HashSet::with_hasher(RandomState::new());
        let mut kept = Vec::new();
        for (text, key) in values.iter().map(String::as_str).zip(&folded) {
            if !seen.insert(key.as_str()) {
                found.idle(Idle::new(text, Why::Repeated));
            } else if text == "*" {
            } else if let Some(error) = (self.judge)(text) {
                found.error(error);
            } else if let Some(idle) = (self.idle)(text) {
                if idle.why == Why::HeaderOfProtocol {
                    kept.push(text);
                }
                found.idle(idle);
            } else if let Some(by) = (self.covered)(text) {
                found.idle(Idle::new(text, Why::Covered { by }));
            } else {
                kept.push(text);
            }
        }
        kept
    }
}

fn has_wildcard(values: &[String]) -> bool {
    values.iter().any(|value| value == "*")
}
