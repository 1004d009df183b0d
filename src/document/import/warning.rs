//! What is lost when a document of another system is read.

use std::time::Duration;

use super::super::errors::{Cause, Errors};
use super::super::path::Path;
use super::message::Message;
use crate::builder;
use crate::builder::error::PolicyError;
use crate::origin::pattern::{Pattern, Star};
use crate::policy::idle::{Idle, Why};
use crate::review::{self, Lint};

/// Something in another system's document that the policy leaves out, or has in another form. The policy is never
/// more open than what is [read](Self::FilterNotRead) of the document.
///
/// The message, one line, begins with the key: `maxAge: 1728000 seconds are
/// capped at 86400, the most that browsers keep`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentWarning {
    /// A value that cannot be written here.
    #[non_exhaustive]
    LeftOut {
        /// The path of the value, `CORSRules[1].AllowedOrigins[0]`.
        key: String,
        /// What would be wrong with it.
        error: PolicyError,
    },
    /// A value that means nothing to browsers.
    #[non_exhaustive]
    Harmless {
        /// The path of the value.
        key: String,
        /// As written.
        value: String,
        /// Why.
        lint: Lint,
    },
    /// A CORS header that a rule of an `HTTPRoute` changes: of requests, or of responses behind its filter for CORS or without one.
    #[non_exhaustive]
    HeaderChanged {
        /// The path of the name, `spec.rules[1].filters[2].responseHeaderModifier.remove[0]`.
        key: String,
        /// The name, as written.
        value: String,
        /// The key of the filter for CORS that is left out for it, `allowCredentials`. If there is none, the paths of the rule
        /// have no CORS.
        left_out: Option<&'static str>,
    },
    /// A rule of which no origin is left.
    #[non_exhaustive]
    RuleLeftOut {
        /// The path of the rule, `CORSRules[1]`.
        key: String,
    },
    /// A value that means nothing in the other system either, and would here.
    #[non_exhaustive]
    NotTaken {
        /// The path of the value.
        key: String,
        /// As written.
        value: String,
    },
    /// An origin with any port, which here would stand for the default one, too.
    #[non_exhaustive]
    AnyPortLeftOut {
        /// The path of the value.
        key: String,
        /// As written.
        value: String,
    },
    /// Every origin of a scheme, which here would stand for any port, too.
    #[non_exhaustive]
    WholeSchemeLeftOut {
        /// The path of the value.
        key: String,
        /// As written.
        value: String,
    },
    /// A pattern with a `*` within a label, where the original has any text, none and dots included.
    #[non_exhaustive]
    Narrowed {
        /// The path of the value.
        key: String,
        /// As written.
        value: String,
    },
    /// A max-age that no browser keeps.
    #[non_exhaustive]
    MaxAgeCapped {
        /// The path of the value.
        key: String,
        /// As written, in seconds.
        value: u64,
    },
    /// A max-age, or the 5 seconds of none, that is shortened, because an earlier rule, which lost origins
    /// or headers, would have answered some of the preflights with a shorter one.
    #[non_exhaustive]
    MaxAgeShortened {
        /// The path of the value.
        key: String,
        /// As written, in seconds.
        value: u64,
        /// What it is shortened to, in seconds.
        limit: u64,
    },
    /// Credentials for any origin, which browsers refuse unless each is named to itself: allowed is any
    /// origin, without credentials.
    #[non_exhaustive]
    CredentialsLeftOut {
        /// The path of the value.
        key: String,
    },
    /// A response header that is not exposed by a rule, because an earlier rule, which lost origins,
    /// would have answered some of them without it.
    #[non_exhaustive]
    ExposureLeftOut {
        /// The path of the value.
        key: String,
        /// As written.
        value: String,
    },
    /// A condition on a path of an `HTTPRoute` besides the path itself: the path has no CORS.
    #[non_exhaustive]
    Conditional {
        /// The path of the condition, `spec.rules[0].matches[1].headers`.
        key: String,
    },
    /// A filter of a backend, of which a rule may have several, for CORS or for a redirect: the paths of the rule have no CORS.
    #[non_exhaustive]
    OfBackend {
        /// The path of the filter.
        key: String,
    },
    /// A filter of an `HTTPRoute` that may do anything to CORS: an `ExtensionRef`, or one of a type that is not known here. The paths
    /// of the rule have what they would have without it.
    #[non_exhaustive]
    FilterNotRead {
        /// The path of the filter, `spec.rules[0].filters[1]`.
        key: String,
        /// Its type, as written.
        value: String,
    },
    /// The hosts that an `HTTPRoute` is for. The policy is for every host.
    #[non_exhaustive]
    Hostnames {
        /// The path of their names, `spec.hostnames`.
        key: String,
    },
    /// A path that another `HTTPRoute` of the list has, too, with something else: it has no CORS.
    #[non_exhaustive]
    SamePath {
        /// The path of the later one, `items[1].spec.rules[0].matches[0].path.value`.
        key: String,
    },
    /// Two rules that could answer a preflight and its request differently, as in the original.
    #[non_exhaustive]
    RulesDisagree {
        /// The path of the rules.
        key: String,
        /// Which rules of the policy, and about what.
        error: PolicyError,
    },
}

/// Why a value is left out.
pub(super) enum Reason {
    Error(PolicyError),
    Harmless(Idle),
    NotTaken,
    AnyPort,
    WholeScheme,
    Exposure,
}

impl Reason {
    /// Why the name of a request header is left out.
    pub(super) fn of_header(name: &str) -> Option<Self> {
        let is_forbidden = |it: &Idle| it.why == Why::HeaderForbidden;
        let harmless = || builder::idle_header(name).filter(is_forbidden).map(Self::Harmless);
        builder::header_error(name).map(Self::Error).or_else(harmless)
    }

    /// Why the name of a response header is left out.
    pub(super) fn of_exposed(name: &str) -> Option<Self> {
        let harmless = || builder::idle_exposed(name).map(Self::Harmless);
        builder::exposed_error(name).map(Self::Error).or_else(harmless)
    }

    /// What is wrong with an origin or a pattern.
    pub(super) fn of_origin(value: &str) -> Option<Self> {
        let fault = Pattern::parse(value).err()?;
        Some(Self::Error(builder::origin_error(value, fault)))
    }
}

/// Whether an origin needs the call for names that strangers may have.
pub(super) fn has_strangers(origins: &[String], credentials: bool) -> bool {
    origins.iter().any(|value| match Pattern::parse(value) {
        Ok(Pattern::Origins(pattern)) => builder::is_for_strangers(&pattern, credentials),
        Ok(Pattern::Any) | Err(_) => false,
    })
}

/// Whether a pattern stands for less than where a `*` is any text.
pub(super) fn is_narrowed(value: &str) -> bool {
    let pattern = Pattern::parse(value);
    matches!(pattern, Ok(Pattern::Origins(pattern)) if pattern.is_star(Star::Characters))
}

/// The warnings so far, each with the path of its key.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<(Path, DocumentWarning)>);

impl Warnings {
    pub(super) fn push(&mut self, path: &Path, warning: DocumentWarning) {
        self.0.push((path.clone(), warning));
    }

    /// The values that there is no reason to leave out; of the others it warns.
    pub(super) fn sieve(
        &mut self,
        path: &Path,
        values: &[String],
        reason: impl Fn(&str) -> Option<Reason>,
    ) -> Vec<String> {
        let mut kept = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            let Some(reason) = reason(value) else {
                kept.push(value.clone());
                continue;
            };
            let path = path.index(index);
            let (key, value) = (path.to_string(), value.clone());
            self.push(
                &path,
                match reason {
                    Reason::Error(error) => DocumentWarning::LeftOut { key, error },
                    Reason::Harmless(idle) => {
                        DocumentWarning::Harmless { key, value, lint: review::lint_of(&idle.why) }
                    }
                    Reason::NotTaken => DocumentWarning::NotTaken { key, value },
                    Reason::AnyPort => DocumentWarning::AnyPortLeftOut { key, value },
                    Reason::WholeScheme => DocumentWarning::WholeSchemeLeftOut { key, value },
                    Reason::Exposure => DocumentWarning::ExposureLeftOut { key, value },
                },
            );
        }
        kept
    }

    /// Warns of the origins that are kept, and stand for less than in the original.
    pub(super) fn narrow(&mut self, path: &Path, origins: &[String], kept: &[String]) {
        let mut kept = kept.iter().peekable();
        for (index, value) in origins.iter().enumerate() {
            if kept.next_if_eq(&value).is_some() && is_narrowed(value) {
                let (path, value) = (path.index(index), value.clone());
                let key = path.to_string();
                self.push(&path, DocumentWarning::Narrowed { key, value });
            }
        }
    }

    /// A max-age, capped.
    pub(super) fn cap(&mut self, path: &Path, max_age: Option<u64>) -> Option<Duration> {
        let value = max_age?;
        if value > MAX_AGE {
            let key = path.to_string();
            self.push(path, DocumentWarning::MaxAgeCapped { key, value });
        }
        Some(Duration::from_secs(value.min(MAX_AGE)))
    }

    pub(super) fn into_list(self) -> Vec<DocumentWarning> {
        self.0.into_iter().map(|(_, warning)| warning).collect()
    }

    /// The same as errors, where too little is left for a policy.
    pub(super) fn into_errors(self) -> Errors {
        let mut errors = Errors::default();
        for (path, warning) in self.0 {
            errors.push(
                path,
                match warning {
                    DocumentWarning::LeftOut { error, .. } => Cause::Policy(error),
                    other => Cause::Shape(Message(&other).to_string()),
                },
            );
        }
        errors
    }
}

pub(super) const MAX_AGE: u64 = 86_400;

impl DocumentWarning {
    /// The path of what it is about, `CORSRules[1].AllowedOrigins[0]`.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::LeftOut { key, .. }
            | Self::Harmless { key, .. }
            | Self::NotTaken { key, .. }
            | Self::AnyPortLeftOut { key, .. }
            | Self::WholeSchemeLeftOut { key, .. }
            | Self::Narrowed { key, .. }
            | Self::HeaderChanged { key, .. }
            | Self::RuleLeftOut { key }
            | Self::MaxAgeCapped { key, .. }
            | Self::MaxAgeShortened { key, .. }
            | Self::CredentialsLeftOut { key }
            | Self::Conditional { key }
            | Self::OfBackend { key }
            | Self::FilterNotRead { key, .. }
            | Self::Hostnames { key }
            | Self::SamePath { key }
            | Self::ExposureLeftOut { key, .. }
            | Self::RulesDisagree { key, .. } => key,
        }
    }
}
