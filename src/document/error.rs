//! What can be wrong with a document.

use std::error::Error;
use std::fmt::{self, Write as _};

use crate::builder::error::PolicyError;
#[cfg(feature = "routes")]
use crate::select::RouteError;

/// One problem of a document.
///
/// The message, one line, begins with the key and ends with the position:
/// `allow_origins[1]: expected a string, found 7 at line 4 column 5`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is not of its format, or not of the shape of a policy.
    #[non_exhaustive]
    Shape {
        /// The path of the value at fault, `rules[1].allow_origins[0]`; empty if it is the whole.
        key: String,
        /// Where it stands, if that is known.
        position: Option<Position>,
        /// What is wrong.
        message: String,
    },
    /// It is of the right shape, and the policy has a mistake.
    #[non_exhaustive]
    Policy {
        /// The path of the value at fault, or of its key.
        key: String,
        /// Where it stands, if that is known.
        position: Option<Position>,
        /// What is wrong.
        mistake: PolicyError,
    },
    /// It is of the right shape, and a route has a mistake.
    #[cfg(feature = "routes")]
    #[non_exhaustive]
    Route {
        /// The path of the route, `routes["/items"]`.
        key: String,
        /// Where it stands, if that is known.
        position: Option<Position>,
        /// What is wrong.
        mistake: RouteError,
    },
}

/// A position in a text, both counted from 1: where the reading of a value began or ended, in YAML that
/// of its key.
///
/// The column counts bytes, in YAML characters; it is 0 where a whole line is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    #[cfg(feature = "toml")]
    pub(super) fn of_byte(text: &str, at: usize) -> Option<Self> {
        let before = text.get(..at)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        Some(Self { line, column: at - line_start + 1 })
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, position, message): (_, _, &dyn fmt::Display) = match self {
            Self::Shape { key, position, message } => (key, position, message),
            Self::Policy { key, position, mistake } => (key, position, mistake),
            #[cfg(feature = "routes")]
            Self::Route { key, position, mistake } => (key, position, mistake),
        };
        let mut line = OneLine(f);
        if !key.is_empty() {
            write!(line, "{key}: ")?;
        }
        write!(line, "{message}")?;
        match position {
            Some(Position { line: at, column }) => {
                write!(line, " at line {at} column {column}")
            }
            None => Ok(()),
        }
    }
}

/// Writes control characters escaped: what was written is quoted in messages, and may have any.
struct OneLine<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| match character {
            control if control.is_control() => write!(self.0, "{}", control.escape_debug()),
            plain => self.0.write_char(plain),
        })
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
        crate::builder::error::write_lines(f, self.0.iter())
    }
}

impl fmt::Debug for DocumentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for DocumentErrors {}
