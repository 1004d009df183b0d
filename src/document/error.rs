//! What can be wrong with a document.

use std::error::Error;
use std::fmt;

use crate::error::{Place, PolicyError};

/// One problem of a document.
///
/// The message, one line, begins with the key: `allow_origins[1]: invalid type: integer `7`, expected
/// a string at line 4 column 5`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is no JSON, or not of the shape of a policy.
    #[non_exhaustive]
    Shape {
        /// The path of the value at fault, `allow_origins[1]`; empty if it is the whole.
        key: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted in bytes from 1; 0 where a whole line is at fault.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// It is of the right shape, and the policy has a mistake.
    #[non_exhaustive]
    Policy {
        /// The path of the key at fault, `rules[1].allow_origins`.
        key: String,
        /// What is wrong.
        mistake: PolicyError,
    },
}

impl DocumentError {
    pub(super) fn of_policy(place: Place, mistake: &PolicyError) -> Self {
        Self::Policy { key: place.to_string(), mistake: mistake.clone() }
    }

    pub(super) fn shape(key: String, error: &serde_json::Error) -> Self {
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
                    write!(f, "{}: ", key.escape_debug())?;
                }
                // What was written is quoted in it, and may have any character.
                for part in message.chars() {
                    match part {
                        control if control.is_control() => write!(f, "{}", control.escape_debug())?,
                        plain => write!(f, "{plain}")?,
                    }
                }
                write!(f, " at line {line} column {column}")
            }
            Self::Policy { key, mistake } => write!(f, "{key}: {mistake}"),
        }
    }
}

/// It has no source: its message says all.
impl Error for DocumentError {}

/// Every problem of a document; there is at least one.
///
/// Both `Display` and `Debug` print one message a line.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentErrors(pub(super) Vec<DocumentError>);

impl DocumentErrors {
    /// The problems: first those of its shape, then those of the policy.
    pub fn iter(&self) -> std::slice::Iter<'_, DocumentError> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a DocumentErrors {
    type Item = &'a DocumentError;
    type IntoIter = std::slice::Iter<'a, DocumentError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for DocumentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::error::write_lines(f, self.0.iter())
    }
}

impl fmt::Debug for DocumentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for DocumentErrors {}
