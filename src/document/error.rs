//! What can be wrong with a document.

use std::error::Error;
use std::fmt;

use super::import::words;
use crate::builder::error::{Count, ErrorsIntoIter, ErrorsIter, PolicyError};
use crate::policy::Position;
#[cfg(feature = "routes")]
use crate::select::RouteError;

/// One error of a document.
///
/// The message, one line, begins with the key and ends with the position:
/// `allow_origins[1]: expected a string, found 7 at line 4 column 5`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is not of its format, or not of the shape of a policy.
    #[non_exhaustive]
    Shape {
        /// The path of the value that is wrong, `rules[1].allow_origins[0]`; empty if it is the whole.
        key: String,
        /// Where it stands, if that is known.
        position: Option<Position>,
        /// What is wrong.
        message: String,
    },
    /// It is of the right shape, and the policy has an error.
    #[non_exhaustive]
    Policy {
        /// The path of the value that is wrong, or of its key.
        key: String,
        /// Where it stands, if that is known.
        position: Option<Position>,
        /// What is wrong.
        error: PolicyError,
    },
    /// It is of the right shape, and a route has an error.
    #[cfg(feature = "routes")]
    #[non_exhaustive]
    Route {
        /// The path of the route, `routes["/items"]`.
        key: String,
        /// Where it stands, if that is known.
        position: Option<Position>,
        /// What is wrong.
        error: RouteError,
    },
}

impl DocumentError {
    /// The path of the value that is wrong, `rules[1].allow_origins[0]`; empty if it is the whole.
    #[must_use]
    pub fn key(&self) -> &str {
        self.place().0
    }

    /// Where it stands, if that is known.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.place().1
    }

    /// What is wrong, and what to write: the message without key and position.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Shape { message, .. } => message.clone(),
            Self::Policy { key, error, .. } => words::of(key, error.value(), error),
            #[cfg(feature = "routes")]
            Self::Route { error, .. } => error.to_string(),
        }
    }

    fn place(&self) -> (&str, Option<Position>) {
        match self {
            Self::Shape { key, position, .. } | Self::Policy { key, position, .. } => {
                (key, *position)
            }
            #[cfg(feature = "routes")]
            Self::Route { key, position, .. } => (key, *position),
        }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, position) = self.place();
        if !key.is_empty() {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.message())?;
        match position {
            Some(position) => write!(f, " at {position}"),
            None => Ok(()),
        }
    }
}

/// It has no source: its message says all.
impl Error for DocumentError {}

/// The errors of a document; there is at least one.
///
/// At most 64 are told, and the others are counted. Both `Display` and `Debug` print one message a line, and
/// a last line for those that are not told: `… and 1,234 more`.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentErrors {
    pub(super) told: Vec<DocumentError>,
    pub(super) untold: usize,
}

#[expect(clippy::len_without_is_empty, reason = "there is at least one error")]
impl DocumentErrors {
    /// The errors that are told: first those of the shape, then those of the policy.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &DocumentError> {
        ErrorsIter::new(&self.told)
    }

    /// How many errors are told, which is how many [`iter`](Self::iter) gives.
    #[must_use]
    pub fn len(&self) -> usize {
        self.told.len()
    }

    /// How many errors were found besides those that are told.
    #[must_use]
    pub fn untold(&self) -> usize {
        self.untold
    }

    /// The message of a value that is part of a larger document. The reader of that adds one position to the
    /// end, so the end speaks of the whole value.
    pub(super) fn of_a_value(&self) -> String {
        match self.told.len() + self.untold {
            1 => self.to_string(),
            several => format!("{self}\n{} errors in this value", Count(several)),
        }
    }
}

impl<'a> IntoIterator for &'a DocumentErrors {
    type Item = &'a DocumentError;
    type IntoIter = ErrorsIter<'a, DocumentError>;

    fn into_iter(self) -> Self::IntoIter {
        ErrorsIter::new(&self.told)
    }
}

impl IntoIterator for DocumentErrors {
    type Item = DocumentError;
    type IntoIter = ErrorsIntoIter<DocumentError>;

    fn into_iter(self) -> Self::IntoIter {
        ErrorsIntoIter::new(self.told)
    }
}

impl fmt::Display for DocumentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::builder::error::write_lines(f, self.told.iter())?;
        match self.untold {
            0 => Ok(()),
            untold => write!(f, "\n… and {} more", Count(untold)),
        }
    }
}

impl fmt::Debug for DocumentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for DocumentErrors {}
