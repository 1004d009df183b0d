//! All that is wrong with a document, each with its place.

use serde::de::{Deserializer, Error as _};

use super::error::{DocumentError, DocumentErrors};
use super::format::{Format, Unreadable};
use super::path::Path;
use super::value::Value;
use crate::builder::error::{PolicyError, PolicyErrors};
use crate::policy::Position;
#[cfg(feature = "routes")]
use crate::select::RouteError;

/// The most errors that are told of one document; the others are counted.
const TOLD: usize = 64;

/// What a text is read into, unless there is an error.
pub(super) fn read_text<T>(
    format: Format,
    text: &str,
    read: impl FnOnce(Value, &mut Errors) -> Option<T>,
) -> Result<T, DocumentErrors> {
    read_at(format, text, &Path::default(), read)
}

/// What the value at a place in a text is read into, unless there is an error.
pub(super) fn read_at<T>(
    format: Format,
    text: &str,
    place: &Path,
    read: impl FnOnce(Value, &mut Errors) -> Option<T>,
) -> Result<T, DocumentErrors> {
    let mut errors = Errors::default();
    let whole = format.read(text)?;
    let read = whole.find(place, &mut errors).and_then(|value| {
        errors.base = place.clone();
        read(value, &mut errors)
    });
    errors.none_in(read, Some((format, text)))
}

/// What a value of any other format is read into.
pub(super) fn read_other<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(Value, &mut Errors) -> Option<T>,
) -> Result<T, D::Error> {
    let mut errors = Errors::default();
    let read = read(Value::read(deserializer)?, &mut errors);
    errors.none_in(read, None).map_err(|errors| D::Error::custom(errors.of_a_value()))
}

/// What one error is about.
#[derive(Debug)]
pub(super) enum Cause {
    Shape(String),
    Policy(PolicyError),
    #[cfg(feature = "routes")]
    Route(RouteError),
}

/// The errors so far, each with its place.
#[derive(Debug, Default)]
pub(super) struct Errors {
    /// Where in the text the document stands.
    base: Path,
    told: Vec<(Path, Cause)>,
    untold: usize,
}

impl Errors {
    /// Whether another error would be told.
    pub(super) fn has_room(&self) -> bool {
        self.told.len() < TOLD
    }

    pub(super) fn push(&mut self, path: Path, cause: Cause) {
        if self.has_room() {
            self.told.push((path, cause));
        } else {
            self.untold += 1;
        }
    }

    pub(super) fn push_shape(&mut self, path: Path, message: impl Into<String>) {
        self.push(path, Cause::Shape(message.into()));
    }

    pub(super) fn expected(&mut self, path: Path, expected: &str, found: &Value) {
        self.push_shape(path, format!("expected {expected}, found {found}"));
    }

    /// The value, if there are no errors; those of a text with their positions.
    pub(super) fn none_in<T>(
        self,
        value: Option<T>,
        text: Option<(Format, &str)>,
    ) -> Result<T, DocumentErrors> {
        if let Some(value) = value.filter(|_| self.told.is_empty()) {
            return Ok(value);
        }
        let mut locator = text.map(|(format, text)| Locator::new(format, text));
        let told = self.told.into_iter().map(|(path, cause)| {
            let path = self.base.join(path);
            let position = locator.as_mut().and_then(|locator| locator.locate(&path));
            let key = path.to_string();
            match cause {
                Cause::Shape(message) => DocumentError::Shape { key, position, message },
                Cause::Policy(error) => DocumentError::Policy { key, position, error },
                #[cfg(feature = "routes")]
                Cause::Route(error) => DocumentError::Route { key, position, error },
            }
        });
        Err(DocumentErrors { told: told.collect(), untold: self.untold })
    }
}

/// Finds the positions of values in a text, until that has cost enough.
pub(super) struct Locator<'a> {
    format: Format,
    text: &'a str,
    /// How many more are found.
    left: usize,
}

/// To find a position takes another reading of the text. This many bytes are read for that.
const READ_AGAIN: usize = 8 << 20;

impl<'a> Locator<'a> {
    pub(super) fn new(format: Format, text: &'a str) -> Self {
        Self { format, text, left: (READ_AGAIN / text.len().max(1)).max(1) }
    }

    pub(super) fn locate(&mut self, path: &Path) -> Option<Position> {
        self.left = self.left.checked_sub(1)?;
        self.format.locate(self.text, path)
    }
}

impl From<Unreadable> for DocumentErrors {
    fn from(Unreadable { position, message }: Unreadable) -> Self {
        let error = DocumentError::Shape { key: String::new(), position, message };
        Self { told: vec![error], untold: 0 }
    }
}

/// Errors that the readers of other systems' documents did not foresee.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` calls it")]
pub(super) fn unforeseen(errors: PolicyErrors) -> DocumentErrors {
    let told = errors.placed().take(TOLD).map(|(place, error)| DocumentError::Policy {
        key: place.to_string(),
        position: None,
        error: error.clone(),
    });
    let told: Vec<_> = told.collect();
    DocumentErrors { untold: errors.placed().skip(TOLD).count(), told }
}
