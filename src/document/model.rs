//! The documents: what may be written, and what is written back.

use std::time::Duration;

use serde::Serialize;

use super::path::Path;
use super::reader::{Faults, Object, array};
use super::value::Value;
use crate::builder::PolicyBuilder;
use crate::error::PolicyErrors;
use crate::policy::Policy;

/// A CORS policy of one rule. A key that is left out allows nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Rule", default, deny_unknown_fields))]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
pub(super) struct RuleDocument {
    /// Exact origins, as in `https://app.example`; patterns, as in `https://*.app.example` and
    /// `http://localhost:*`; or `*` for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) allow_origins: Vec<String>,
    /// Whether requests may carry credentials: cookies, client certificates, HTTP authentication.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) allow_credentials: bool,
    /// Methods besides GET, HEAD and POST, which need no permission; or `*` for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) allow_methods: Vec<String>,
    /// The only methods whose responses are shared. Not beside `allow_methods`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>", length(min = 1)))]
    pub(super) only_methods: Option<Vec<String>>,
    /// Names of request headers; prefixes, as in `x-amz-*`; or `*` for any but `authorization`, which
    /// has to be named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) allow_headers: Vec<String>,
    /// Names of response headers that scripts may read, or `*` for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) expose_headers: Vec<String>,
    /// For how many seconds browsers may keep the answer to a preflight.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "u64", range(max = 86_400)))]
    pub(super) max_age: Option<u64>,
    /// Allows credentials for `http` origins that are not loopback.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) dangerously_allow_insecure_origins: bool,
    /// Allows credentials for patterns over public suffixes, as in `https://*.github.io`.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) dangerously_allow_public_suffixes: bool,
    /// Allows `null`, the origin of sandboxed frames, `data:` URLs and local files.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) dangerously_allow_null_origin: bool,
    /// The keys whose values could not be read.
    #[serde(skip)]
    pub(super) faulty: Vec<&'static str>,
}

/// A CORS policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Policy"))]
#[serde(untagged)]
pub(super) enum PolicyDocument {
    /// Of one rule.
    Rule(Box<RuleDocument>),
    /// Of several rules.
    Rules(RulesDocument),
}

/// A CORS policy of several rules: the first that allows a request answers it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Rules", deny_unknown_fields))]
pub(super) struct RulesDocument {
    /// The rules, in the order in which they are asked.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub(super) rules: Vec<RuleDocument>,
}

impl RuleDocument {
    fn read(mut object: Object, faults: &mut Faults) -> Self {
        let mut texts = |object: &mut Object, key| object.texts(key, faults);
        let allow_origins = texts(&mut object, "allow_origins").unwrap_or_default();
        let allow_methods = texts(&mut object, "allow_methods").unwrap_or_default();
        let only_methods = texts(&mut object, "only_methods");
        let allow_headers = texts(&mut object, "allow_headers").unwrap_or_default();
        let expose_headers = texts(&mut object, "expose_headers").unwrap_or_default();
        let max_age = object.seconds("max_age", faults);
        let mut flag = |key| object.flag(key, faults);
        Self {
            allow_origins,
            allow_credentials: flag("allow_credentials"),
            allow_methods,
            only_methods,
            allow_headers,
            expose_headers,
            max_age,
            dangerously_allow_insecure_origins: flag("dangerously_allow_insecure_origins"),
            dangerously_allow_public_suffixes: flag("dangerously_allow_public_suffixes"),
            dangerously_allow_null_origin: flag("dangerously_allow_null_origin"),
            faulty: object.finish(faults),
        }
    }

    fn builder(&self) -> PolicyBuilder {
        let mut builder = Policy::builder()
            .allow_origins(&self.allow_origins)
            .allow_credentials(self.allow_credentials)
            .allow_methods(&self.allow_methods)
            .allow_headers(&self.allow_headers)
            .expose_headers(&self.expose_headers)
            .dangerously_allow_insecure_origins(self.dangerously_allow_insecure_origins)
            .dangerously_allow_public_suffixes(self.dangerously_allow_public_suffixes)
            .dangerously_allow_null_origin(self.dangerously_allow_null_origin);
        if let Some(methods) = &self.only_methods {
            builder = builder.only_methods(methods);
        }
        if let Some(seconds) = self.max_age {
            builder = builder.max_age(Duration::from_secs(seconds));
        }
        builder
    }

    /// The values of a key that has several.
    pub(super) fn values(&self, key: &str) -> &[String] {
        match key {
            "allow_origins" => &self.allow_origins,
            "allow_methods" => &self.allow_methods,
            "only_methods" => self.only_methods.as_deref().unwrap_or_default(),
            "allow_headers" => &self.allow_headers,
            "expose_headers" => &self.expose_headers,
            _ => &[],
        }
    }
}

impl PolicyDocument {
    /// The policy of a value, if that is so much of one that it can be judged.
    pub(super) fn read(path: &Path, value: Value, faults: &mut Faults) -> Option<Self> {
        let object = Object::new(path, value, "an object with the keys of a policy", faults)?;
        Self::read_object(object, faults)
    }

    pub(super) fn read_object(mut object: Object, faults: &mut Faults) -> Option<Self> {
        let Some(rules) = object.take("rules") else {
            return Some(Self::Rule(Box::new(RuleDocument::read(object, faults))));
        };
        let path = object.path().key("rules");
        for (key, _) in object.entries() {
            let message = "no other key stands beside `rules`; write it into the rules";
            faults.push(object.path().key(key), message);
        }
        let rules = array(&path, rules, faults)?;
        let count = rules.len();
        let mut read = Vec::with_capacity(count);
        for (index, rule) in rules.into_iter().enumerate() {
            let object =
                Object::new(&path.index(index), rule, "an object with the keys of a rule", faults);
            read.extend(object.map(|object| RuleDocument::read(object, faults)));
        }
        (read.len() == count).then_some(Self::Rules(RulesDocument { rules: read }))
    }

    pub(super) fn build(&self) -> Result<Policy, PolicyErrors> {
        match self {
            Self::Rule(rule) => rule.builder().build(),
            Self::Rules(RulesDocument { rules }) => {
                Policy::from_rules(rules.iter().map(RuleDocument::builder))
            }
        }
    }

    /// One of several rules, or the only one.
    pub(super) fn rule(&self, index: Option<usize>) -> Option<&RuleDocument> {
        match (self, index) {
            (Self::Rule(rule), None) => Some(rule),
            (Self::Rules(RulesDocument { rules }), Some(index)) => rules.get(index),
            _ => None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(flag: &bool) -> bool {
    !flag
}
