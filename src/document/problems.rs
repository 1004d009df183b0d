//! All that is wrong with a document, each with its place.

use std::collections::HashMap;

use super::error::{DocumentError, DocumentErrors};
use super::format::{Format, Unreadable};
use super::model::PolicyDocument;
use super::path::Path;
use super::reader::Faults;
use crate::error::{Place, PolicyError, PolicyErrors};
use crate::policy::Policy;
#[cfg(feature = "routes")]
use crate::select::RouteError;

/// So many problems are told with their position, which takes a reading each.
const LOCATED: usize = 64;

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
    pub(super) fn new(faults: Faults) -> Self {
        Self(faults.into_iter().map(|(path, fault)| (path, Problem::Shape(fault))).collect())
    }

    pub(super) fn push(&mut self, path: Path, problem: Problem) {
        self.0.push((path, problem));
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

/// The policy of a document, unless there is a problem.
pub(super) fn judge(
    path: &Path,
    document: &PolicyDocument,
    problems: &mut Problems,
) -> Option<Policy> {
    let errors = match document.build() {
        Ok(policy) => return Some(policy),
        Err(errors) => errors,
    };
    // Mistakes come in the order of the values.
    let mut cursors: HashMap<Place, (usize, Option<&PolicyError>)> = HashMap::new();
    for (place, mistake) in errors.placed() {
        let rule = document.rule(place.rule);
        // What is said of a value that could not be read would be of no use.
        if rule.is_some_and(|rule| rule.faulty.contains(&place.setting)) {
            continue;
        }
        let rule_path = match place.rule {
            Some(index) => path.key("rules").index(index),
            None => path.clone(),
        };
        let key = rule_path.key(place.setting);
        let values = rule.map(|rule| rule.values(place.setting)).unwrap_or_default();
        let cursor = cursors.entry(place).or_insert((0, None));
        // A value that stands there twice has its mistake twice.
        let start = cursor.0 + usize::from(cursor.1 == Some(mistake));
        let found = mistake.value().and_then(|wanted| {
            let found = values.iter().skip(start).position(|value| value == wanted);
            let found = found.map(|found| found + start);
            found.or_else(|| values.iter().position(|value| value == wanted))
        });
        let key = match found {
            Some(index) => {
                *cursor = (index, Some(mistake));
                key.index(index)
            }
            None => key,
        };
        problems.push(key, Problem::Policy(mistake.clone()));
    }
    None
}
