//! Documents of policies by path.

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, Serializer};

use super::errors::{Cause, Errors};
use super::lint::{Placed, Places};
use super::model::PolicyDocument;
use super::path::Path;
use super::reader::Object;
use super::value::Value;
use super::write::Unwritable;
use crate::review::{Finding, Findings};
use crate::select::{Route, Routes};

/// CORS policies by path.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Routes", default, deny_unknown_fields))]
pub(super) struct RoutesDocument {
    /// What the paths have, as in `/items`, `/items/{id}` and `/static/{*file}`.
    #[serde(serialize_with = "write_routes")]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, RouteDocument>"))]
    routes: Vec<(String, RouteDocument)>,
    /// What the paths have that no route matches; no CORS if it is left out.
    #[serde(skip_serializing_if = "RouteDocument::is_no_cors")]
    fallback: RouteDocument,
    /// Whether it is a policy by itself.
    #[serde(skip)]
    is_bare: bool,
}

/// What a path has.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Route"))]
#[serde(untagged)]
enum RouteDocument {
    /// A policy.
    Policy(PolicyDocument),
    /// No CORS: preflights are denied, and CORS headers of the service are removed.
    NoCors(#[cfg_attr(feature = "schema", schemars(schema_with = "no_cors_schema"))] bool),
    /// It is left alone: preflights go to the service, and its CORS headers pass.
    LeftAlone(
        #[cfg_attr(feature = "schema", schemars(schema_with = "left_alone_schema"))] &'static str,
    ),
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
    pub(super) fn read(value: Value, errors: &mut Errors) -> Option<Self> {
        let whole = Path::default();
        let expected = "an object with the keys of routes or of a policy";
        let mut object = Object::new(&whole, value, expected, errors)?;
        if !object.has("routes") && !object.has("fallback") {
            let fallback = PolicyDocument::read_object(object, errors)?;
            let fallback = RouteDocument::Policy(fallback);
            return Some(Self { fallback, is_bare: true, ..Self::default() });
        }
        let (routes, fallback) = (object.take("routes"), object.take("fallback"));
        object.finish(errors);
        let mut read = Self::default();
        let path = whole.key("routes");
        // What cannot be read is told, and is as if there were no CORS, so that the rest is judged.
        let routes = routes
            .and_then(|routes| Object::new(&path, routes, "an object with paths as keys", errors));
        for (route, value) in routes.map(Object::into_entries).unwrap_or_default() {
            let has = RouteDocument::read(&path.key(&route), value, errors);
            read.routes.push((route, has));
        }
        if let Some(value) = fallback {
            read.fallback = RouteDocument::read(&whole.key("fallback"), value, errors);
        }
        Some(read)
    }

    /// The table, unless there is an error.
    pub(super) fn judge(&self, errors: &mut Errors) -> Option<Routes> {
        let whole = Path::default();
        let (routes, fallback) = (whole.key("routes"), whole.key("fallback"));
        // A policy by itself stands at the top.
        let fallback = if self.is_bare { whole } else { fallback };
        let mut builder = Routes::builder();
        for (route, document) in &self.routes {
            let path = routes.key(route);
            builder = builder.route(route, document.judge(&path, errors));
        }
        builder = builder.fallback(self.fallback.judge(&fallback, errors));
        let built = builder.build();
        for error in built.as_ref().err().into_iter().flatten() {
            errors.push(routes.key(error.path()), Cause::Route(error.clone()));
        }
        built.ok()
    }

    /// The findings of the table, each with its place in the document.
    pub(super) fn place(&self, findings: Findings) -> Vec<Placed> {
        let whole = Path::default();
        let (routes, fallback) = (whole.key("routes"), whole.key("fallback"));
        let of_fallback = if self.is_bare { whole } else { fallback };
        let mut places: HashMap<Option<String>, Places<'_>> = HashMap::new();
        let fallback = (None, &self.fallback, of_fallback);
        let all = self.routes.iter().map(|(path, has)| (Some(path.clone()), has, routes.key(path)));
        for (path, has, key) in all.chain([fallback]) {
            if let RouteDocument::Policy(policy) = has {
                places.insert(path, Places::new(policy, key));
            }
        }
        let place = |finding: Finding| {
            // No two routes of a document have one policy, so that there is one path or none.
            let path = finding.paths().next().map(str::to_owned);
            match places.get_mut(&path) {
                Some(of_policy) => of_policy.place(finding),
                None => Placed::new(finding, path.map_or(routes.clone(), |path| routes.key(&path))),
            }
        };
        findings.into_iter().map(place).collect()
    }

    /// What reads into an equal table.
    pub(super) fn of(routes: &Routes) -> Result<Self, Unwritable> {
        let of_path = |(path, has): (&str, &_)| Ok((path.to_owned(), RouteDocument::of(has)?));
        Ok(Self {
            routes: routes.iter().map(of_path).collect::<Result<_, _>>()?,
            fallback: RouteDocument::of(routes.fallback())?,
            is_bare: false,
        })
    }
}

impl RouteDocument {
    /// Of the two ways to write it, TOML has but this.
    const NO_CORS: Self = Self::NoCors(false);
    const LEFT_ALONE: Self = Self::LeftAlone("left alone");

    fn read(path: &Path, value: Value, errors: &mut Errors) -> Self {
        match value {
            Value::Null | Value::Boolean(false) => Self::NO_CORS,
            Value::Text(text) if text == "left alone" => Self::LEFT_ALONE,
            Value::Object(_) => {
                PolicyDocument::read(path, value, errors).map_or(Self::NO_CORS, Self::Policy)
            }
            other => {
                errors.expected(path.clone(), "a policy, false or \"left alone\"", &other);
                Self::NO_CORS
            }
        }
    }

    fn judge(&self, path: &Path, errors: &mut Errors) -> Route {
        match self {
            Self::Policy(policy) => policy.judge(path, errors).map_or(Route::NoCors, Route::Policy),
            Self::NoCors(_) => Route::NoCors,
            Self::LeftAlone(_) => Route::LeftAlone,
        }
    }

    fn of(route: &Route) -> Result<Self, Unwritable> {
        Ok(match route {
            Route::Policy(policy) => Self::Policy(PolicyDocument::of(policy)?),
            Route::NoCors => Self::NO_CORS,
            Route::LeftAlone => Self::LEFT_ALONE,
        })
    }

    fn is_no_cors(&self) -> bool {
        matches!(self, Self::NoCors(_))
    }
}

impl Default for RouteDocument {
    fn default() -> Self {
        Self::NO_CORS
    }
}

fn write_routes<S: Serializer>(
    routes: &[(String, RouteDocument)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let routes: BTreeMap<_, _> = routes.iter().map(|(path, has)| (path, has)).collect();
    routes.serialize(serializer)
}

#[cfg(feature = "schema")]
fn no_cors_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "enum": [false, null] })
}

#[cfg(feature = "schema")]
fn left_alone_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "enum": ["left alone"] })
}
