//! Routes from documents, and back.

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::DocumentErrors;
use super::errors::{Errors, read_other, read_text};
use super::format::Format;
use super::routes::RoutesDocument;
use super::value::Value;
use crate::select::Routes;

impl Routes {
    /// Reads a table from a JSON object with the keys `routes`, an object with paths as keys, and
    /// `fallback`. What each path has, and the fallback, is a policy; or `false` or `null`, which is
    /// [no CORS](crate::Route::NoCors); or `"left alone"`, as [it says](crate::Route::LeftAlone).
    ///
    /// The policies are as in [`Policy::from_json`](crate::Policy::from_json). A policy by itself is read
    /// as the fallback of a table without routes, so that one file may hold either.
    ///
    /// # Errors
    ///
    /// Every error: those of [`Policy::from_json`](crate::Policy::from_json), and every one that
    /// [`RoutesBuilder::build`](crate::RoutesBuilder::build) finds.
    ///
    /// ```
    /// use tower_cors::{Route, Routes};
    ///
    /// let routes = Routes::from_json(
    ///     r#"{
    ///         "routes": {
    ///             "/public/{*rest}": { "allow_origins": ["*"] },
    ///             "/internal/{*rest}": false,
    ///             "/webhooks/{*rest}": "left alone"
    ///         },
    ///         "fallback": { "allow_origins": ["https://app.example"], "allow_credentials": true }
    ///     }"#,
    /// )?;
    /// assert_eq!(routes.find("/internal/keys"), Some(&Route::NoCors));
    /// # Ok::<(), tower_cors::DocumentErrors>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, DocumentErrors> {
        read_text(Format::Json, text, read)
    }

    /// Reads the same from TOML.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json); TOML syntax errors.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, DocumentErrors> {
        read_text(Format::Toml, text, read)
    }

    /// Reads the same from YAML 1.2.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json) and
    /// [`Policy::from_yaml`](crate::Policy::from_yaml).
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, DocumentErrors> {
        read_text(Format::Yaml, text, read)
    }
}

pub(super) fn read(value: Value, errors: &mut Errors) -> Option<Routes> {
    RoutesDocument::read(value, errors)?.judge(errors)
}

/// Reads the same object as [`Routes::from_json`] from any format that describes itself, all errors
/// in one message.
impl<'de> Deserialize<'de> for Routes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_other(deserializer, read)
    }
}

/// Gives back the document: what reads into a table that decides the same. Paths are sorted.
///
/// # Errors
///
/// A policy that cannot be written, as [`Policy`](crate::Policy) says.
impl Serialize for Routes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RoutesDocument::of(self).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// The JSON Schema of the documents that [`Routes::from_json`] reads: `schema/routes.json`.
#[cfg(feature = "schema")]
impl schemars::JsonSchema for Routes {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        super::routes::AnyDocument::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        super::routes::AnyDocument::json_schema(generator)
    }
}
