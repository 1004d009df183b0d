//! Policies from documents: JSON with the names of the builder's methods as keys.

mod error;
mod object;

use std::cell::Cell;
use std::time::Duration;

use serde::de::{DeserializeSeed as _, Error as _};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;

pub use self::error::{DocumentError, DocumentErrors};
use self::object::Object;
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
    #[serde(deserialize_with = "some")]
    max_age: Option<u64>,
    dangerously_allow_insecure_origins: bool,
    dangerously_allow_public_suffixes: bool,
    dangerously_allow_null_origin: bool,
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
    /// Every problem: what is no JSON, a key that is not known or stands twice, a value of another
    /// type, and every mistake that [`PolicyBuilder::build`](crate::PolicyBuilder::build) finds.
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
    /// # Ok::<(), tower_cors::DocumentErrors>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, DocumentErrors> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut errors = Vec::new();
        let mut faulty = Vec::new();
        // A key at fault is noted, and left out of the next reading.
        let document = loop {
            match read_json(text, &faulty) {
                Ok(document) => break document,
                Err((key, error)) => {
                    errors.push(error);
                    match key {
                        Some(key) if !faulty.contains(&key) => faulty.push(key),
                        _ => return Err(DocumentErrors(errors)),
                    }
                }
            }
        };
        let built = document.build();
        if let Err(mistakes) = &built {
            // What is said of a value that could not be read would be of no use.
            let of_use = mistakes
                .placed()
                .filter(|(place, _)| !faulty.iter().any(|key| key == place.setting));
            errors.extend(of_use.map(|(place, mistake)| DocumentError::of_policy(place, mistake)));
        }
        match built {
            Ok(policy) if errors.is_empty() => Ok(policy),
            _ => Err(DocumentErrors(errors)),
        }
    }
}

/// Reads a document without some of its keys; or the first problem, with the key at fault.
fn read_json(text: &str, without: &[String]) -> Result<Document, (Option<String>, DocumentError)> {
    let refused = Cell::new(None);
    let mut json = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let read = Object { without, refused: &refused }.deserialize(tracked).and_then(|document| {
        json.end()?;
        Ok(document)
    });
    read.map_err(|error| {
        let path = track.path();
        let (key, path) = match (refused.take(), path.iter().next()) {
            (Some(key), _) => (Some(key.clone()), key),
            (None, Some(Segment::Map { key })) => (Some(key.clone()), path.to_string()),
            _ => (None, String::new()),
        };
        // What is no JSON cannot be read without a key either.
        (key.filter(|_| error.is_data()), DocumentError::shape(path, &error))
    })
}

/// Reads the same object from any format that `serde` has, all mistakes in one message.
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refused = Cell::default();
        let document = Object { without: &[], refused: &refused }.deserialize(deserializer)?;
        document.build().map_err(|mistakes| {
            let errors = mistakes.placed();
            let errors = errors.map(|(place, mistake)| DocumentError::of_policy(place, mistake));
            D::Error::custom(DocumentErrors(errors.collect()))
        })
    }
}

/// A value, where derived code would take `null` for none.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    u64::deserialize(deserializer).map(Some)
}
