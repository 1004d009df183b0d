//! Where in a configuration something stands.

use std::fmt;

/// Where in a configuration a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Place {
    /// Which of several rules, counted from 0; `None` if there is only one.
    pub rule: Option<usize>,
    /// The method that was called, which is the key in a document, too: `allow_origins`. It is empty where
    /// the whole rule is meant, or a whole route.
    pub setting: &'static str,
}

/// A position in a text. Lines and columns are counted from 1. It is where a value begins; in JSON it is behind a string, a
/// number or a word, where reading it stopped, and in YAML where the key of the value begins. Of a whole document it is the
/// first character that is not blank.
///
/// The column counts bytes, in YAML characters; it is 0 where a whole line is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

#[cfg(feature = "serde")]
impl Position {
    pub(crate) fn new(line: usize, column: usize) -> Self {
        Self { line, column }
    }

    pub(crate) fn of_byte(text: &str, at: usize) -> Option<Self> {
        let before = text.get(..at)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        Some(Self { line, column: at - line_start + 1 })
    }
}

/// As it ends a message: `line 4 column 5`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rule, self.setting) {
            (Some(rule), "") => write!(f, "rules[{rule}]"),
            (Some(rule), setting) => write!(f, "rules[{rule}].{setting}"),
            (None, setting) => f.write_str(setting),
        }
    }
}
