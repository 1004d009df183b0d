//! From a compiled policy back to its document.

use std::fmt;

use super::model::{NobodyDocument, PolicyDocument, RuleDocument, RulesDocument};
use crate::builder;
use crate::origin::pattern::Pattern;
use crate::policy::Policy;
use crate::policy::rule::{Origins, Rule};
use crate::policy::sent::SentValue;

/// Why a policy has no document.
#[derive(Debug)]
pub(super) enum Unwritable {
    /// A function is nothing that could be written.
    Predicate,
    /// Its rules were read from a document of another system, and could answer a preflight and its
    /// request differently.
    Disagreement,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Predicate => "a policy with a predicate has no document",
            Self::Disagreement => "a policy whose rules disagree has no document",
        })
    }
}

impl PolicyDocument {
    /// What reads into an equal policy.
    pub(super) fn of(policy: &Policy) -> Result<Self, Unwritable> {
        if *policy == Policy::nobody() {
            return Ok(Self::Nobody(NobodyDocument { nobody: true }));
        }
        let mut rules = policy.rules().map(RuleDocument::of).collect::<Result<Vec<_>, _>>()?;
        if let Some(first) = rules.first_mut() {
            first.name = policy.name().map(str::to_owned);
        }
        let rules = match <[RuleDocument; 1]>::try_from(rules) {
            Ok([rule]) => return Ok(Self::Rule(Box::new(rule))),
            Err(rules) => rules,
        };
        let document = Self::Rules(RulesDocument { rules });
        match document.build() {
            Ok(_) => Ok(document),
            Err(_) => Err(Unwritable::Disagreement),
        }
    }
}

impl RuleDocument {
    fn of(rule: &Rule) -> Result<Self, Unwritable> {
        let mut document = Self {
            allow_credentials: rule.credentials,
            allow_headers: rule.headers.written(),
            expose_headers: split(rule.expose.as_ref()),
            max_age: split(rule.max_age.as_ref()).first().and_then(|age| age.parse().ok()),
            ..Self::default()
        };
        let methods = rule.methods.written();
        if rule.methods.are_only() {
            document.only_methods = Some(methods);
        } else {
            document.allow_methods = methods;
        }
        document.allow_origins = match &rule.origins {
            Origins::Any => vec!["*".to_owned()],
            Origins::One(one) => split(Some(one)),
            Origins::Listed(listed) if listed.predicates.is_empty() => listed.set.written(),
            Origins::Listed(_) => return Err(Unwritable::Predicate),
        };
        let mut take = |text: &str| {
            let count = document.allow_origins.len();
            document.allow_origins.retain(|origin| origin != text);
            document.allow_origins.len() < count
        };
        document.dangerously_allow_null_origin = take("null");
        document.dangerously_allow_file_origin = take("file://");
        // Whether it was made or not, a call that was not needed changes nothing.
        for origin in &document.allow_origins {
            if let Ok(Pattern::Origins(pattern)) = Pattern::parse(origin) {
                document.dangerously_allow_insecure_origins |=
                    rule.credentials && pattern.is_insecure();
                document.dangerously_allow_public_suffixes |=
                    builder::is_for_strangers(&pattern, rule.credentials);
            }
        }
        Ok(document)
    }
}

pub(super) fn split(value: Option<&SentValue>) -> Vec<String> {
    let text = value.and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    text.map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default()
}
