//! Policies in larger texts.

use std::fmt;

use super::error::DocumentErrors;
use super::errors::read_at;
use super::format::Format;
use super::path::Path;
use crate::policy::Policy;

/// A policy, or routes, under a key of a larger text, such as the configuration of a program.
///
/// A policy can be a field of the program's own configuration, too, since [`Policy`] is `Deserialize`. But
/// `serde` has one position for a whole field. Read in this way, each error has its key from the top
/// of the text and its own line and column. Whatever stands beside the policy is not judged.
///
/// ```
/// use tower_cors::Document;
///
/// let text = r#"{
///     "listen": "127.0.0.1:3000",
///     "http": {
///         "cors": {
///             "allow_origins": ["https://app.example", "https://admin.example/"],
///             "max_age": 600
///         }
///     }
/// }"#;
/// let document = Document::json(text).key("http").key("cors");
/// assert_eq!(
///     document.policy().unwrap_err().to_string(),
///     "http.cors.allow_origins[1]: origin \"https://admin.example/\" has a path; \
///      write \"https://admin.example\" at line 5 column 77",
/// );
/// ```
#[derive(Clone)]
#[must_use]
pub struct Document<'a> {
    pub(super) format: Format,
    pub(super) text: &'a str,
    pub(super) place: Path,
}

impl<'a> Document<'a> {
    /// A text in JSON.
    pub fn json(text: &'a str) -> Self {
        Self::new(Format::Json, text)
    }

    /// A text in TOML.
    #[cfg(feature = "toml")]
    pub fn toml(text: &'a str) -> Self {
        Self::new(Format::Toml, text)
    }

    /// A text in YAML 1.2.
    #[cfg(feature = "yaml")]
    pub fn yaml(text: &'a str) -> Self {
        Self::new(Format::Yaml, text)
    }

    fn new(format: Format, text: &'a str) -> Self {
        Self { format, text, place: Path::default() }
    }

    /// Goes to the value of a key: of the whole text, or of the value of the key before.
    pub fn key(self, key: &str) -> Self {
        Self { place: self.place.key(key), ..self }
    }

    /// Reads the value as a policy, as [`Policy::from_json`] reads a whole text.
    ///
    /// # Errors
    ///
    /// As [`Policy::from_json`]; a key that is missing.
    pub fn policy(&self) -> Result<Policy, DocumentErrors> {
        read_at(self.format, self.text, &self.place, super::policy::read)
    }

    /// Reads the value as routes, as [`Routes::from_json`](crate::Routes::from_json) reads a whole text.
    ///
    /// # Errors
    ///
    /// As [`Routes::from_json`](crate::Routes::from_json); a key that is missing.
    #[cfg(feature = "routes")]
    pub fn routes(&self) -> Result<crate::Routes, DocumentErrors> {
        read_at(self.format, self.text, &self.place, super::table::read)
    }
}

/// Without the text, which may hold more than policies.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Document");
        debug.field("format", &self.format).field("key", &self.place.to_string());
        debug.finish_non_exhaustive()
    }
}
