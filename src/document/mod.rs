//! Policies from documents: JSON with the names of the builder's methods as keys.

use std::fmt;
use std::time::Duration;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::PolicyErrors;
use crate::policy::Policy;

/// A policy as it is written in a document. A key that is left out allows nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
struct Document {
    allow_origins: Vec<String>,
    allow_credentials: bool,
    allow_methods: Vec<String>,
    allow_headers: Vec<String>,
    expose_headers: Vec<String>,
    /// Whole seconds.
    max_age: Option<u64>,
    dangerously_allow_insecure_origins: bool,
    dangerously_allow_public_suffixes: bool,
    dangerously_allow_null_origin: bool,
}

/// A document that is an object: derived code would take an array of values in order, too.
struct Object(Document);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the keys of a policy")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object, A::Error> {
                Document::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor)
    }
}

impl Document {
    fn build(&self) -> Result<Policy, PolicyErrors> {
        let builder = Policy::builder()
            .allow_origins(&self.allow_origins)
            .allow_credentials(self.allow_credentials)
            .allow_methods(&self.allow_methods)
            .allow_headers(&self.allow_headers)
            .expose_headers(&self.expose_headers)
            .dangerously_allow_insecure_origins(self.dangerously_allow_insecure_origins)
            .dangerously_allow_public_suffixes(self.dangerously_allow_public_suffixes)
            .dangerously_allow_null_origin(self.dangerously_allow_null_origin);
        match self.max_age {
            Some(seconds) => builder.max_age(Duration::from_secs(seconds)).build(),
            None => builder.build(),
        }
    }
}

impl Policy {
    /// Reads a policy from a JSON object with the names of the builder's methods as keys.
    ///
    /// Names and origins are arrays of strings, `max_age` is in whole seconds, the rest are
    /// booleans. A key that is left out allows nothing.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Shape`] for what is no JSON, for a key that is not known or stands twice,
    /// and for a value of another type; [`DocumentError::Policy`] with every mistake that
    /// [`PolicyBuilder::build`](crate::PolicyBuilder::build) finds.
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
    ///     r#"allow_origins: origin "https://app.example/" has a path; write "https://app.example""#,
    /// );
    /// # Ok::<(), tower_cors::DocumentError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let Object(document) =
            serde_path_to_error::deserialize(&mut json).map_err(DocumentError::shape)?;
        json.end().map_err(|error| DocumentError::shape_at(String::new(), &error))?;
        document.build().map_err(DocumentError::Policy)
    }
}

/// Reads the same object from any format that `serde` has, all mistakes in one message.
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Object(document) = Object::deserialize(deserializer)?;
        document.build().map_err(|errors| D::Error::custom(DocumentError::Policy(errors)))
    }
}

/// Why a document is not a policy.
///
/// `Display` and `Debug` print one problem a line, each with its key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is no JSON, or not of the shape of a policy.
    #[non_exhaustive]
    Shape {
        /// The path of the value at fault, `allow_origins[1]`; empty if it is the whole.
        key: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted in bytes from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// It is of the right shape, and the policy has mistakes.
    Policy(PolicyErrors),
}

impl DocumentError {
    fn shape(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let key = match error.path().to_string() {
            whole if whole == "." => String::new(),
            key => key,
        };
        Self::shape_at(key, &error.into_inner())
    }

    fn shape_at(key: String, error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let position = format!(" at line {line} column {column}");
        let message = message.strip_suffix(&position).unwrap_or(&message).to_owned();
        Self::Shape { key, line, column, message }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape { key, line, column, message } => {
                if !key.is_empty() {
                    write!(f, "{key}: ")?;
                }
                write!(f, "{message} at line {line} column {column}")
            }
            Self::Policy(errors) => {
                for (count, error) in errors.iter().enumerate() {
                    if count > 0 {
                        writeln!(f)?;
                    }
                    write!(f, "{}: {error}", error.key())?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for DocumentError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Shape { .. } => None,
            Self::Policy(errors) => Some(errors),
        }
    }
}
