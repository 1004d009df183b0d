//! All that is wrong with a document, each with its place.

use serde::de::{Deserialize, Deserializer, Error as _};

use super::error::{DocumentError, DocumentErrors};
use super::format::{Format, Unreadable};
use super::path::Path;
use super::value::Value;
use crate::builder::error::{PolicyError, PolicyErrors};
#[cfg(feature = "routes")]
use crate::select::RouteError;

/// So many problems are told with their position, which takes a reading each.
const LOCATED: usize = 64;

/// What a text is read into, unless there is a problem.
pub(super) fn read_text<T>(
    format: Format,
    text: &str,
    read: impl FnOnce(Value, &mut Problems) -> Option<T>,
) -> Result<T, DocumentErrors> {
    let mut problems = Problems::default();
    let read = read(format.read(text)?, &mut problems);
    problems.none_in(read, Some((format, text)))
}

/// What a value of any other format is read into.
pub(super) fn read_other<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(Value, &mut Problems) -> Option<T>,
) -> Result<T, D::Error> {
    let mut problems = Problems::default();
    let read = read(Value::deserialize(deserializer)?, &mut problems);
    problems.none_in(read, None).map_err(D::Error::custom)
}

/// One problem.
#[derive(Debug)]
pub(super) enum Problem {
    Shape(String),
    Policy(PolicyError),
    #[cfg(feature = "routes")]
    Route(RouteError),
}

/// The problems so far, each with its place.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<(Path, Problem)>);

impl Problems {
    pub(super) fn push(&mut self, path: Path, problem: Problem) {
        self.0.push((path, problem));
    }

    pub(super) fn push_fault(&mut self, path: Path, message: impl Into<String>) {
        self.push(path, Problem::Shape(message.into()));
    }

    pub(super) fn expected(&mut self, path: Path, expected: &str, found: &Value) {
        self.push_fault(path, format!("expected {expected}, found {found}"));
    }

    /// The value, if there are no problems; those of a text with their positions.
    pub(super) fn none_in<T>(
        self,
        value: Option<T>,
        text: Option<(Format, &str)>,
    ) -> Result<T, DocumentErrors> {
        if let Some(value) = value.filter(|_| self.0.is_empty()) {
            return Ok(value);
        }
        let located = self.0.into_iter().enumerate().map(|(count, (path, problem))| {
            let text = text.filter(|_| count < LOCATED);
            let position = text.and_then(|(format, text)| format.locate(text, &path));
            let key = path.to_string();
            match problem {
                Problem::Shape(message) => DocumentError::Shape { key, position, message },
                Problem::Policy(mistake) => DocumentError::Policy { key, position, mistake },
                #[cfg(feature = "routes")]
                Problem::Route(mistake) => DocumentError::Route { key, position, mistake },
            }
        });
        Err(DocumentErrors(located.collect()))
    }
}

impl From<Unreadable> for DocumentErrors {
    fn from(Unreadable { position, message }: Unreadable) -> Self {
        Self(vec![DocumentError::Shape { key: String::new(), position, message }])
    }
}

/// Mistakes that the readers of other systems' documents did not foresee.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` calls it")]
pub(super) fn unforeseen(errors: PolicyErrors) -> DocumentErrors {
    let mistakes = errors.placed().map(|(place, mistake)| DocumentError::Policy {
        key: place.to_string(),
        position: None,
        mistake: mistake.clone(),
    });
    DocumentErrors(mistakes.collect())
}
