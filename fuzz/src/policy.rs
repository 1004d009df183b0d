//! Policies in the oracle's words, as an input has them.
//!
//! A part of an input: settings as words on the first line, and lists of words as fields.

use std::str;

use tower_cors::{Policy, PolicyError};

use crate::oracle::Config;
use crate::subject::build;
use crate::text::Part;

/// What was written, in lists of its own.
#[derive(Default)]
pub(crate) struct Written<'a> {
    settings: Vec<&'a str>,
    origins: Vec<&'a str>,
    methods: Vec<&'a str>,
    headers: Vec<&'a str>,
    exposed: Vec<&'a str>,
    max_age: Option<u64>,
    status: Option<u16>,
}

/// Says of an origin and a method whether it is allowed.
type Predicate = fn(&str, &str) -> bool;

/// The predicates that a policy may have.
const PREDICATES: [(&str, Predicate); 2] = [
    ("of-example", |origin, method| {
        origin.ends_with(".example") && ["GET", "PUT"].contains(&method)
    }),
    ("of-any", |_, _| true),
];

impl<'a> Written<'a> {
    pub(crate) fn read(part: &Part<'a>) -> Option<Self> {
        let mut written = Self { settings: part.words()?.collect(), ..Self::default() };
        for (name, value) in &part.fields {
            let Ok(value) = str::from_utf8(value) else { continue };
            let words = value.split(' ').filter(|word| !word.is_empty());
            match *name {
                "origins" => written.origins.extend(words),
                "methods" => written.methods.extend(words),
                "headers" => written.headers.extend(words),
                "exposed" => written.exposed.extend(words),
                "max-age" => written.max_age = value.parse().ok(),
                "status" => written.status = value.parse().ok(),
                _ => {}
            }
        }
        let all = [&written.origins, &written.methods, &written.headers, &written.exposed];
        let is_short = all.iter().all(|list| list.len() <= 16);
        is_short.then_some(written)
    }

    pub(crate) fn config(&self) -> Config<'_> {
        let has = |word| self.settings.contains(&word);
        let predicate = PREDICATES.iter().find(|(name, _)| has(name)).map(|(_, asks)| *asks);
        Config {
            origins: &self.origins,
            predicate,
            null: has("null"),
            insecure: has("insecure"),
            credentials: has("credentials"),
            methods: &self.methods,
            only: has("only"),
            headers: &self.headers,
            exposed: &self.exposed,
            max_age: self.max_age,
            preflight_status: self.status.filter(|it| (200..300).contains(it)).unwrap_or(204),
            pass_on: has("pass-on"),
            keep: has("keep"),
            hide: has("hide"),
        }
    }

    /// The policy, without what is refused of it. A policy of which nothing is left is none.
    pub(crate) fn build(&mut self) -> Option<Policy> {
        for _ in 0..3 {
            let errors = match build(&self.config()) {
                Ok(policy) => return Some(policy),
                Err(errors) => errors,
            };
            for error in errors.iter() {
                self.leave_out(error)?;
            }
        }
        None
    }

    fn leave_out(&mut self, error: &PolicyError) -> Option<()> {
        match error {
            PolicyError::Origin { value, .. }
            | PolicyError::InsecureOriginWithCredentials { value, .. }
            | PolicyError::PublicSuffixWithCredentials { value, .. }
            | PolicyError::WholeSchemeWithCredentials { value, .. } => {
                self.origins.retain(|word| word != value);
            }
            PolicyError::MethodNotToken { value, .. }
            | PolicyError::MethodWildcard { value, .. }
            | PolicyError::MethodCase { value, .. } => self.methods.retain(|word| word != value),
            PolicyError::HeaderNotToken { value, .. }
            | PolicyError::HeaderWildcard { value, .. } => {
                self.headers.retain(|word| word != value);
            }
            PolicyError::ExposedHeaderNotToken { value, .. }
            | PolicyError::ExposedHeaderWildcard { value, .. }
            | PolicyError::ExposedHeaderForbidden { value, .. } => {
                self.exposed.retain(|word| word != value);
            }
            PolicyError::AnyOriginWithCredentials
            | PolicyError::NullOriginWithCredentials
            | PolicyError::AnyExposedHeaderWithCredentials => {
                self.settings.retain(|word| *word != "credentials");
            }
            PolicyError::AnyOnlyMethod | PolicyError::NoMethods => {
                self.settings.retain(|word| *word != "only");
            }
            _ => return None,
        }
        Some(())
    }
}
