//! Documents of policies by path.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::errors::{Cause as Problem, Errors as Problems};
use super::model::PolicyDocument;
use super::path::Path;
use super::reader::Object;
use super::value::Value;
use super::write::Unwritable;
use crate::select::Routes;

/// CORS policies by path.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Routes", default, deny_unknown_fields))]
pub(super) struct RoutesDocument {
    /// The policies by path, as in `/items`, `/items/{id}` and `/static/{*file}`; `false` or `null`
    /// where there is none.
    #[serde(serialize_with = "write_routes")]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, RouteDocument>"))]
    routes: Vec<(String, Option<PolicyDocument>)>,
    /// The policy for the paths that no route matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "PolicyDocument"))]
    fallback: Option<PolicyDocument>,
    /// Whether it is a policy by itself.
    #[serde(skip)]
    is_bare: bool,
}

/// What a path has.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Route"))]
#[serde(untagged)]
enum RouteDocument {
    /// A policy.
    Policy(PolicyDocument),
    /// None.
    None(#[cfg_attr(feature = "schema", schemars(schema_with = "none_schema"))] bool),
}

/// CORS policies by path, or one for every path.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Policies", untagged)]
#[expect(dead_code, reason = "it stands for its schema")]
pub(super) enum AnyDocument {
    /// Policies by path.
    Routes(RoutesDocument),
    /// A policy for every path.
    Policy(PolicyDocument),
}

impl RoutesDocument {
    /// The routes of a value; a policy by itself is the one for every path.
    pub(super) fn read(value: Value, problems: &mut Problems) -> Option<Self> {
        let whole = Path::default();
        let expected = "an object with the keys of routes or of a policy";
        let mut object = Object::new(&whole, value, expected, problems)?;
        if !object.has("routes") && !object.has("fallback") {
            let fallback = PolicyDocument::read_object(object, problems)?;
            return Some(Self { fallback: Some(fallback), is_bare: true, ..Self::default() });
        }
        let (routes, fallback) = (object.take("routes"), object.take("fallback"));
        object.finish(problems);
        let mut read = Self::default();
        let path = whole.key("routes");
        // What cannot be read is told, and is as if there were none, so that the rest is judged.
        let routes = routes.and_then(|routes| {
            Object::new(&path, routes, "an object with paths as keys", problems)
        });
        for (route, value) in routes.map(Object::into_entries).unwrap_or_default() {
            let policy = match value {
                Value::Null | Value::Boolean(false) => None,
                value => PolicyDocument::read(&path.key(&route), value, problems),
            };
            read.routes.push((route, policy));
        }
        read.fallback = fallback
            .and_then(|fallback| PolicyDocument::read(&whole.key("fallback"), fallback, problems));
        Some(read)
    }

    /// The table, unless there is a problem.
    pub(super) fn judge(&self, problems: &mut Problems) -> Option<Routes> {
        let whole = Path::default();
        let (routes, fallback) = (whole.key("routes"), whole.key("fallback"));
        // A policy by itself stands at the top.
        let fallback = if self.is_bare { whole } else { fallback };
        let mut builder = Routes::builder();
        for (route, document) in &self.routes {
            let path = routes.key(route);
            let policy = document.as_ref().and_then(|document| document.judge(&path, problems));
            builder = builder.route(route, policy);
        }
        if let Some(policy) =
            self.fallback.as_ref().and_then(|document| document.judge(&fallback, problems))
        {
            builder = builder.fallback(policy);
        }
        let built = builder.build();
        for mistake in built.as_ref().err().into_iter().flatten() {
            problems.push(routes.key(mistake.path()), Problem::Route(mistake.clone()));
        }
        built.ok()
    }

    /// What reads into an equal table.
    pub(super) fn of(routes: &Routes) -> Result<Self, Unwritable> {
        let policy = |policy: Option<&_>| policy.map(PolicyDocument::of).transpose();
        let of_path = |(path, of): (&str, Option<&_>)| Ok((path.to_owned(), policy(of)?));
        Ok(Self {
            routes: routes.iter().map(of_path).collect::<Result<_, _>>()?,
            fallback: policy(routes.fallback())?,
            is_bare: false,
        })
    }
}

fn write_routes<S: Serializer>(
    routes: &[(String, Option<PolicyDocument>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Of the two ways to write none, TOML has but this.
    let written = |policy: &Option<PolicyDocument>| {
        policy.clone().map_or(RouteDocument::None(false), RouteDocument::Policy)
    };
    let routes: BTreeMap<_, _> = routes.iter().map(|(path, of)| (path, written(of))).collect();
    routes.serialize(serializer)
}

#[cfg(feature = "schema")]
fn none_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "enum": [false, null] })
}
