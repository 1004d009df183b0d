//! All the mistakes in a configuration.

use std::fmt;

use super::PolicyError;

/// Every mistake in a configuration; there is at least one.
///
/// Both `Display` and `Debug` print one message a line, so that a `main` that returns the error
/// shows it well. A mistake in one of several rules begins with `rules[1]: `.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyErrors {
    errors: Vec<PolicyError>,
    /// Where each is, in the same order.
    places: Vec<Place>,
}

/// Where in a configuration a mistake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// Which of several rules.
    pub(crate) rule: Option<usize>,
    /// The method of the builder, which is the key in a document, too.
    pub(crate) setting: &'static str,
}

impl PolicyErrors {
    /// The mistakes: those of the first rule first, in the order of the builder's methods.
    pub fn iter(&self) -> std::slice::Iter<'_, PolicyError> {
        self.errors.iter()
    }

    /// No mistakes, which no caller is ever given.
    pub(crate) fn none() -> Self {
        Self { errors: Vec::new(), places: Vec::new() }
    }

    pub(crate) fn push(&mut self, place: Place, error: PolicyError) {
        self.places.push(place);
        self.errors.push(error);
    }

    /// The value, if there are no mistakes.
    pub(crate) fn none_in<T>(self, value: T) -> Result<T, Self> {
        if self.errors.is_empty() { Ok(value) } else { Err(self) }
    }

    /// The mistakes, each with its place.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (Place, &PolicyError)> {
        self.places.iter().copied().zip(&self.errors)
    }
}

impl<'a> IntoIterator for &'a PolicyErrors {
    type Item = &'a PolicyError;
    type IntoIter = std::slice::Iter<'a, PolicyError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, self.placed().map(|(place, error)| InRule(place.rule, error)))
    }
}

impl fmt::Debug for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for PolicyErrors {}

/// Writes one message a line.
pub(crate) fn write_lines(
    f: &mut fmt::Formatter<'_>,
    messages: impl Iterator<Item = impl fmt::Display>,
) -> fmt::Result {
    for (count, message) in messages.enumerate() {
        if count > 0 {
            writeln!(f)?;
        }
        write!(f, "{message}")?;
    }
    Ok(())
}

struct InRule<'a>(Option<usize>, &'a PolicyError);

impl fmt::Display for InRule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(rule) => write!(f, "rules[{rule}]: {}", self.1),
            None => write!(f, "{}", self.1),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule {
            Some(rule) => write!(f, "rules[{rule}].{}", self.setting),
            None => f.write_str(self.setting),
        }
    }
}
