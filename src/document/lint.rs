//! Findings about documents, each with its position.

use std::collections::HashMap;

use super::error::DocumentErrors;
use super::errors::{Errors, Locator, read_at};
use super::model::PolicyDocument;
use super::path::Path;
use super::section::Document;
use super::value::Value;
use crate::policy::Place;
use crate::review::{Finding, Findings, Lint};

impl Document<'_> {
    /// What is valid in the policy or in the routes, and unwise, as [`Policy::lint`](crate::Policy::lint)
    /// tells it; each with its key from the top of the text, and with its line and column.
    ///
    /// Where there are many findings in a large text, the last of them have no position.
    ///
    /// # Errors
    ///
    /// As [`policy`](Self::policy) or `routes`; without the feature `routes` only policies are read.
    ///
    /// ```
    /// use tower_cors::Document;
    ///
    /// let text = r#"{ "cors": { "allow_origins": ["https://app.example", "http://localhost"] } }"#;
    /// let findings = Document::json(text).key("cors").lint()?;
    /// assert_eq!(
    ///     findings.to_string(),
    ///     "cors.allow_origins[1]: origin \"http://localhost\" is for port 80 alone; \
    ///      write \"http://localhost:*\", or the port at line 1 column 71 [loopback-without-port]",
    /// );
    /// # Ok::<(), tower_cors::DocumentErrors>(())
    /// ```
    pub fn lint(&self) -> Result<Findings, DocumentErrors> {
        let placed = read_at(self.format, self.text, &self.place, lint)?;
        let mut locator = Locator::new(self.format, self.text);
        let located = placed.into_iter().map(|Placed { finding, key, at }| {
            let position = locator.locate(&self.place.join(at));
            finding.at(self.place.join(key).to_string(), position)
        });
        Ok(located.collect())
    }
}

/// A finding, its key, and the key of what stands in the text: of the rule if its own is missing.
pub(super) struct Placed {
    finding: Finding,
    key: Path,
    at: Path,
}

#[cfg(feature = "routes")]
fn lint(value: Value, errors: &mut Errors) -> Option<Vec<Placed>> {
    let document = super::routes::RoutesDocument::read(value, errors)?;
    Some(document.place(document.judge(errors)?.lint()))
}

#[cfg(not(feature = "routes"))]
fn lint(value: Value, errors: &mut Errors) -> Option<Vec<Placed>> {
    let whole = Path::default();
    let document = PolicyDocument::read(&whole, value, errors)?;
    let policy = document.judge(&whole, errors)?;
    let mut places = Places::new(&document, whole);
    Some(policy.lint().into_iter().map(|finding| places.place(finding)).collect())
}

impl Placed {
    /// Of what stands at a key.
    #[cfg(feature = "routes")]
    pub(super) fn new(finding: Finding, key: Path) -> Self {
        Self { finding, at: key.clone(), key }
    }
}

/// Where the values of one policy stand.
pub(super) struct Places<'a> {
    document: &'a PolicyDocument,
    path: Path,
    /// Where each value of a setting stands that was asked for: its indices.
    indices: HashMap<Place, HashMap<&'a str, Vec<usize>>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(document: &'a PolicyDocument, path: Path) -> Self {
        Self { document, path, indices: HashMap::new() }
    }

    pub(super) fn place(&mut self, finding: Finding) -> Placed {
        let place = self.document.place(finding.place());
        let rule = match place.rule {
            Some(index) => self.path.key("rules").index(index),
            None => self.path.clone(),
        };
        if place.setting.is_empty() {
            return Placed { finding, key: rule.clone(), at: rule };
        }
        let setting = rule.key(place.setting);
        let key = match self.index(&finding) {
            Some(index) => setting.index(index),
            None => setting,
        };
        let at = if self.document.has(place) { key.clone() } else { rule };
        Placed { finding, key, at }
    }

    /// Which of the values of its setting a finding is about.
    fn index(&mut self, finding: &Finding) -> Option<usize> {
        let place = self.document.place(finding.place());
        let values = self.document.values(place);
        let indices = self.indices.entry(place).or_insert_with(|| {
            let mut indices: HashMap<&str, Vec<usize>> = HashMap::new();
            for (index, value) in values.iter().enumerate() {
                indices.entry(value).or_default().push(index);
            }
            // The first of a list is taken last.
            for of_value in indices.values_mut() {
                of_value.reverse();
            }
            indices
        });
        let of_value = indices.get_mut(finding.value()?)?;
        // What stands there before is not what is repeated, if they are written alike.
        if finding.lint() == Lint::Repeated && of_value.len() > 1 {
            let first = of_value.pop()?;
            let repeated = of_value.pop();
            of_value.push(first);
            return repeated;
        }
        of_value.last().copied()
    }
}
