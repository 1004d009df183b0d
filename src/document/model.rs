//! The documents: what may be written, and what is written back.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde::Serialize;

use super::errors::{Cause, Errors};
use super::path::Path;
use super::reader::{Object, Unread, rules_array};
use super::value::Value;
use crate::builder::PolicyBuilder;
use crate::builder::error::{PolicyError, PolicyErrors};
use crate::policy::{Place, Policy};

/// A CORS policy of one rule. A key that is left out allows nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Rule", default, deny_unknown_fields))]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
pub(super) struct RuleDocument {
    /// What errors call the policy. Of several rules, the first name is that of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub(super) name: Option<String>,
    /// Exact origins, as in `https://app.example`; patterns, as in `https://*.app.example`,
    /// `https://pr-*.app.example`, `http://localhost:*` and `moz-extension://*`; or `*` for any.
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
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub(super) max_age: Option<u64>,
    /// Allows credentials for `http` origins that are not loopback.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) dangerously_allow_insecure_origins: bool,
    /// Allows credentials for patterns under which anybody may have an origin, as in
    /// `https://*.github.io` and `moz-extension://*`.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) dangerously_allow_public_suffixes: bool,
    /// Allows `null`, the origin of sandboxed frames, `data:` URLs and local files.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) dangerously_allow_null_origin: bool,
    /// Allows `file://`, the origin of local files in some web views.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) dangerously_allow_file_origin: bool,
    /// What could not be read.
    #[serde(skip)]
    pub(super) unread: Unread,
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
    /// For nobody.
    Nobody(NobodyDocument),
}

/// A CORS policy that allows nobody.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Nobody", deny_unknown_fields))]
pub(super) struct NobodyDocument {
    /// Says on purpose that nobody is allowed.
    #[cfg_attr(feature = "schema", schemars(schema_with = "true_schema"))]
    pub(super) nobody: bool,
}

#[cfg(feature = "schema")]
fn true_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "enum": [true] })
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
    fn read(mut object: Object, errors: &mut Errors) -> Self {
        let mut texts = |object: &mut Object, key| object.texts(key, errors);
        let allow_origins = texts(&mut object, "allow_origins").unwrap_or_default();
        let allow_methods = texts(&mut object, "allow_methods").unwrap_or_default();
        let only_methods = texts(&mut object, "only_methods");
        let allow_headers = texts(&mut object, "allow_headers").unwrap_or_default();
        let expose_headers = texts(&mut object, "expose_headers").unwrap_or_default();
        let max_age = object.seconds("max_age", errors);
        let mut flag = |key| object.flag(key, errors);
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
            dangerously_allow_file_origin: flag("dangerously_allow_file_origin"),
            name: object.text("name", errors),
            unread: object.finish(errors),
        }
    }

    /// Stands for a rule that is none, so that the others keep their indices. Its one error, that it
    /// has no origins, is not told.
    fn unreadable() -> Self {
        Self { unread: Unread::from([("allow_origins", BTreeSet::new())]), ..Self::default() }
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
            .dangerously_allow_null_origin(self.dangerously_allow_null_origin)
            .dangerously_allow_file_origin(self.dangerously_allow_file_origin);
        if let Some(methods) = &self.only_methods {
            builder = builder.only_methods(methods);
        }
        if let Some(name) = &self.name {
            builder = builder.name(name);
        }
        if let Some(seconds) = self.max_age {
            builder = builder.max_age(Duration::from_secs(seconds));
        }
        builder
    }

    /// The values of a key that has several.
    fn values(&self, key: &str) -> &[String] {
        match key {
            "allow_origins" => &self.allow_origins,
            "allow_methods" => &self.allow_methods,
            "only_methods" => self.only_methods.as_deref().unwrap_or_default(),
            "allow_headers" => &self.allow_headers,
            "expose_headers" => &self.expose_headers,
            _ => &[],
        }
    }

    /// Whether a value could not be read, so that what is said of it would be of no use; without an index,
    /// whether any of the key could not.
    fn is_unread(&self, key: &str, index: Option<usize>) -> bool {
        let unread = self.unread.get(key);
        unread.is_some_and(|items| index.is_none_or(|index| items.contains(&index)))
    }
}

impl PolicyDocument {
    /// The policy of a value, if that is so much of one that it can be judged.
    pub(super) fn read(path: &Path, value: Value, errors: &mut Errors) -> Option<Self> {
        let object = Object::new(path, value, "an object with the keys of a policy", errors)?;
        Self::read_object(object, errors)
    }

    pub(super) fn read_object(mut object: Object, errors: &mut Errors) -> Option<Self> {
        if object.has("nobody") {
            return Some(Self::read_nobody(object, errors));
        }
        let Some(rules) = object.take("rules") else {
            return Some(Self::Rule(Box::new(RuleDocument::read(object, errors))));
        };
        let path = object.path().key("rules");
        for (key, _) in object.entries() {
            let message = "no other key stands beside `rules`; write it into the rules";
            errors.push_shape(object.path().key(key), message);
        }
        let rules = rules_array(&path, rules, errors)?;
        let expected = "an object with the keys of a rule";
        let rules = rules.into_iter().enumerate().map(|(index, rule)| {
            match Object::new(&path.index(index), rule, expected, errors) {
                Some(object) => RuleDocument::read(object, errors),
                None => RuleDocument::unreadable(),
            }
        });
        Some(Self::Rules(RulesDocument { rules: rules.collect() }))
    }

    fn read_nobody(mut object: Object, errors: &mut Errors) -> Self {
        let path = object.path().clone();
        match object.take("nobody") {
            Some(Value::Boolean(true)) | None => {}
            Some(other) => errors.expected(path.key("nobody"), "`true`", &other),
        }
        for (key, _) in object.entries() {
            let message = "no other key stands beside `nobody`; remove one of them";
            errors.push_shape(path.key(key), message);
        }
        Self::Nobody(NobodyDocument { nobody: true })
    }

    pub(super) fn build(&self) -> Result<Policy, PolicyErrors> {
        match self {
            Self::Nobody(_) => Ok(Policy::nobody()),
            Self::Rule(rule) => rule.builder().build(),
            Self::Rules(RulesDocument { rules }) => {
                Policy::from_rules(rules.iter().map(RuleDocument::builder))
            }
        }
    }

    /// The policy, unless there is an error.
    pub(super) fn judge(&self, path: &Path, errors: &mut Errors) -> Option<Policy> {
        let found = match self.build() {
            Ok(policy) => return Some(policy),
            Err(found) => found,
        };
        // Errors come in the order of the values.
        let mut cursors: HashMap<Place, (usize, Option<&PolicyError>)> = HashMap::new();
        for (place, error) in found.placed() {
            let (rule, values) = (self.rule(place.rule), self.values(place));
            let cursor = cursors.entry(place).or_insert((0, None));
            // A value that stands there twice has its error twice.
            let start = cursor.0 + usize::from(cursor.1 == Some(error));
            let index = error.value().and_then(|wanted| {
                let found = values.iter().skip(start).position(|value| value == wanted);
                let found = found.map(|found| found + start);
                found.or_else(|| values.iter().position(|value| value == wanted))
            });
            if let Some(index) = index {
                *cursor = (index, Some(error));
            }
            if rule.is_some_and(|rule| rule.is_unread(place.setting, index)) {
                continue;
            }
            let rule_path = match place.rule {
                Some(index) => path.key("rules").index(index),
                None => path.clone(),
            };
            let key = rule_path.key(place.setting);
            let key = match index {
                Some(index) => key.index(index),
                None => key,
            };
            errors.push(key, Cause::Policy(error.clone()));
        }
        None
    }

    /// The values of a setting that has several.
    pub(super) fn values(&self, place: Place) -> &[String] {
        self.rule(place.rule).map(|rule| rule.values(place.setting)).unwrap_or_default()
    }

    /// The place of a finding in the document: the only rule of a policy may be one of an array.
    pub(super) fn place(&self, place: Place) -> Place {
        match self {
            Self::Rules(_) => Place { rule: Some(place.rule.unwrap_or(0)), ..place },
            Self::Rule(_) | Self::Nobody(_) => place,
        }
    }

    /// Whether the key of a setting is there, and has a value.
    pub(super) fn has(&self, place: Place) -> bool {
        let rule = self.rule(place.rule);
        rule.is_some_and(|rule| match place.setting {
            "max_age" => rule.max_age.is_some(),
            setting if setting.starts_with("dangerously_") => true,
            setting => !rule.values(setting).is_empty(),
        })
    }

    /// One of several rules, or the only one.
    fn rule(&self, index: Option<usize>) -> Option<&RuleDocument> {
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
