//! Policies from documents, and back.

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::DocumentErrors;
use super::errors::{Errors, read_other, read_text};
use super::format::Format;
use super::model::PolicyDocument;
use super::path::Path;
use super::value::Value;
use crate::policy::Policy;

impl Policy {
    /// Reads a policy from a JSON object with the names of the builder's methods as keys, or with the
    /// key `rules` and an array of such objects.
    ///
    /// Names and origins are arrays of strings, `max_age` is in whole seconds, the rest are
    /// booleans. A key that is left out allows nothing. A byte-order mark is passed over.
    ///
    /// # Errors
    ///
    /// JSON syntax errors; a key that is not known, stands twice or stands beside `rules`; a value of another
    /// type; and every error that [`PolicyBuilder::build`](crate::PolicyBuilder::build) and
    /// [`from_rules`](Self::from_rules) find. Each names its key, and its line and column. The first 64 are
    /// told, and the others are counted. Where the text is over 128 KiB, the last of them have no position.
    ///
    /// A text of over 4 MiB, or of over 100,000 values, is refused.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let policy = Policy::from_json(
    ///     r#"{
    ///         "allow_origins": ["https://app.example", "https://admin.example"],
    ///         "allow_credentials": true,
    ///         "allow_methods": ["PUT"],
    ///         "max_age": 600
    ///     }"#,
    /// )?;
    ///
    /// let error = Policy::from_json(r#"{ "allow_origins": ["https://app.example/"] }"#).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "allow_origins[0]: origin \"https://app.example/\" has a path; \
    ///      write \"https://app.example\" at line 1 column 42",
    /// );
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
    ///
    /// ```
    /// # use tower_cors::Policy;
    /// let policy = Policy::from_toml(
    ///     r#"
    ///         [[rules]]
    ///         allow_origins = ["https://app.example"]
    ///         allow_methods = ["PUT", "DELETE"]
    ///
    ///         [[rules]]
    ///         allow_origins = ["*"]
    ///         only_methods = ["GET"]
    ///     "#,
    /// )?;
    /// # Ok::<(), tower_cors::DocumentErrors>(())
    /// ```
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, DocumentErrors> {
        read_text(Format::Toml, text, read)
    }

    /// Reads the same from YAML 1.2, where `no` and `on` are strings. What aliases expand to is
    /// bounded.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json); YAML syntax errors, several documents, merge keys (`<<`), and what
    /// is beyond a million events or 64 levels.
    ///
    /// ```
    /// # use tower_cors::Policy;
    /// let policy = Policy::from_yaml(
    ///     "
    ///     allow_origins:
    ///       - https://app.example
    ///       - https://*.partner.example
    ///     max_age: 600
    ///     ",
    /// )?;
    /// # Ok::<(), tower_cors::DocumentErrors>(())
    /// ```
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, DocumentErrors> {
        read_text(Format::Yaml, text, read)
    }
}

pub(super) fn read(value: Value, errors: &mut Errors) -> Option<Policy> {
    let whole = Path::default();
    PolicyDocument::read(&whole, value, errors)?.judge(&whole, errors)
}

/// Reads the same object as [`Policy::from_json`] from any format that describes itself.
///
/// All errors are in one message, a line each, and each begins with its key within the policy. The position
/// that the format adds is that of the whole policy; [`Document`](crate::Document) reads a policy in a larger
/// text with the position of each error.
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_other(deserializer, read)
    }
}

/// Gives back the document: what reads into a policy that decides the same.
///
/// Sets are sorted, and what has no effect is left out: methods that need no permission, origins
/// beside `*`, dangerous calls that were not needed.
///
/// # Errors
///
/// A policy with a predicate, which cannot be written; and one whose rules disagree, as those of other
/// systems may.
///
/// ```
/// # use tower_cors::Policy;
/// let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
/// assert_eq!(serde_json::to_string(&policy)?, r#"{"allow_origins":["https://app.example"]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PolicyDocument::of(self).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// The JSON Schema of the documents that [`Policy::from_json`] reads: `schema/policy.json`.
///
/// It knows keys and types; what origins and names may be is for the reader to say.
#[cfg(feature = "schema")]
impl schemars::JsonSchema for Policy {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        PolicyDocument::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        PolicyDocument::json_schema(generator)
    }
}
