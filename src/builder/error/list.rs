//! All the errors of a configuration.

use std::fmt;

use super::iter::{ErrorsIntoIter, ErrorsIter};
use super::{PolicyError, Quoted};
use crate::policy::Place;

/// Every error of a configuration; there is at least one.
///
/// Both `Display` and `Debug` print one message a line, so that a `main` that returns the error
/// shows it well. An error in one of several rules begins with `rules[1]: `; in a policy that has a
/// [name](crate::PolicyBuilder::name), with `policy "partners": `.
///
/// ```
/// use tower_cors::Policy;
///
/// let partners = Policy::builder().allow_origins(["https://partner.example/"]);
/// let errors = Policy::from_rules([partners.name("partners")]).unwrap_err();
/// assert_eq!(errors.len(), 1);
/// for (place, error) in errors.placed() {
///     assert_eq!((place.rule, place.setting), (Some(0), "allow_origins"));
///     println!("{error}");
/// }
/// assert_eq!(
///     errors.to_string(),
///     "policy \"partners\": rules[0]: origin \"https://partner.example/\" has a path; \
///      write \"https://partner.example\"",
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::len_without_is_empty, reason = "it is never empty")]
pub struct PolicyErrors {
    policy: Option<String>,
    errors: Vec<PolicyError>,
    /// Where each is, in the same order.
    places: Vec<Place>,
}

impl PolicyErrors {
    /// The errors: those of the first rule first, in the order of the builder's methods.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &PolicyError> {
        self.errors.iter()
    }

    /// The errors, each with its place.
    #[must_use]
    pub fn placed(&self) -> impl ExactSizeIterator<Item = (Place, &PolicyError)> {
        self.places.iter().copied().zip(&self.errors)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.errors.len()
    }

    /// The name of the policy, if it has one.
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        self.policy.as_deref()
    }

    /// One error, at a setting that stands outside of rules.
    pub(crate) fn one(setting: &'static str, error: PolicyError) -> Self {
        let mut errors = Self::none_of(None);
        errors.push(Place { rule: None, setting }, error);
        errors
    }

    /// One error of all the rules of a policy.
    pub(crate) fn of_rules(policy: Option<&str>, error: PolicyError) -> Self {
        let mut errors = Self::none_of(policy);
        errors.push(Place { rule: None, setting: "rules" }, error);
        errors
    }

    /// No errors yet, which no caller is ever given.
    pub(crate) fn none_of(policy: Option<&str>) -> Self {
        Self { policy: policy.map(str::to_owned), errors: Vec::new(), places: Vec::new() }
    }

    pub(crate) fn push(&mut self, place: Place, error: PolicyError) {
        self.places.push(place);
        self.errors.push(error);
    }

    /// The value, if there are no errors.
    pub(crate) fn none_in<T>(self, value: T) -> Result<T, Self> {
        if self.errors.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl<'a> IntoIterator for &'a PolicyErrors {
    type Item = &'a PolicyError;
    type IntoIter = ErrorsIter<'a, PolicyError>;

    fn into_iter(self) -> Self::IntoIter {
        ErrorsIter::new(&self.errors)
    }
}

impl IntoIterator for PolicyErrors {
    type Item = PolicyError;
    type IntoIter = ErrorsIntoIter<PolicyError>;

    fn into_iter(self) -> Self::IntoIter {
        ErrorsIntoIter::new(self.errors)
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, (place, error)) in self.placed().enumerate() {
            if count > 0 {
                writeln!(f)?;
            }
            if let Some(policy) = &self.policy {
                write!(f, "policy {}: ", Quoted(policy))?;
            }
            if let Some(rule) = place.rule {
                write!(f, "rules[{rule}]: ")?;
            }
            error.fmt(f)?;
        }
        Ok(())
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
