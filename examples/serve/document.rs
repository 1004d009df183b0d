//! Policies as text: reading them, what is wrong with them, and what they would change.

use std::fmt::Display;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tower_cors::review::{Change, Direction, Finding, Severity};
use tower_cors::{Document, DocumentError, DocumentErrors, Position, Routes};

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Json,
    Toml,
    Yaml,
}

impl Format {
    pub(crate) const ALL: [Self; 3] = [Self::Json, Self::Toml, Self::Yaml];

    /// The format that the name of a file says, which is JSON if it says none.
    pub(crate) fn of_file(file: &Path) -> Self {
        let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("toml") => Self::Toml,
            Some("yaml" | "yml") => Self::Yaml,
            _ => Self::Json,
        }
    }

    /// Reads a policy, or policies by path.
    ///
    /// # Errors
    ///
    /// All that is wrong with it.
    pub(crate) fn read(self, text: &str) -> Result<Routes, DocumentErrors> {
        self.document(text).routes()
    }

    /// Writes what a text says in another format. Comments are lost.
    ///
    /// # Errors
    ///
    /// All that is wrong with the text.
    pub(crate) fn convert(self, text: &str, to: Self) -> Result<String, String> {
        // A policy by itself stays one.
        match self.document(text).policy() {
            Ok(policy) => to.write(&policy),
            Err(_) => to.write(&self.read(text).map_err(said)?),
        }
    }

    /// Writes a [`Policy`] or [`Routes`].
    ///
    /// # Errors
    ///
    /// If it cannot be written, as no policy that was read from a text.
    pub(crate) fn write(self, policy: &impl Serialize) -> Result<String, String> {
        match self {
            Self::Json => serde_json::to_string_pretty(policy).map_err(said),
            Self::Toml => toml::to_string(policy).map_err(said),
            Self::Yaml => serde_saphyr::to_string(policy).map_err(said),
        }
    }

    fn document(self, text: &str) -> Document<'_> {
        match self {
            Self::Json => Document::json(text),
            Self::Toml => Document::toml(text),
            Self::Yaml => Document::yaml(text),
        }
    }

    /// How many UTF-16 code units, by which a page counts, stand before a position. `None` if a whole line is meant,
    /// or none.
    fn offset(self, text: &str, position: Position) -> Option<usize> {
        let before: usize = text.split_inclusive('\n').take(position.line - 1).map(units).sum();
        let line = text.split_inclusive('\n').nth(position.line - 1).unwrap_or_default();
        let column = position.column.checked_sub(1)?;
        let within = match self {
            Self::Yaml => line.chars().take(column).map(char::len_utf16).sum(),
            Self::Json | Self::Toml => units(line.get(..column).unwrap_or(line)),
        };
        Some(before + within)
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn said(error: impl Display) -> String {
    error.to_string()
}

/// What a text would do if it were applied.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    pub(crate) problems: Vec<Problem>,
    /// How many more errors there are.
    pub(crate) untold: usize,
    /// Whether nothing is wrong, so that it can be applied.
    pub(crate) is_sound: bool,
    /// What it decides differently from what is in force.
    pub(crate) changes: Vec<Line>,
}

/// An error or a finding.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    pub(crate) severity: &'static str,
    pub(crate) message: String,
    /// The same in short, for beside the line.
    pub(crate) brief: String,
    pub(crate) lint: Option<&'static str>,
    pub(crate) why: Option<&'static str>,
    pub(crate) line: Option<usize>,
    pub(crate) column: Option<usize>,
    /// The same as an offset into the text, in UTF-16 code units.
    pub(crate) offset: Option<usize>,
}

/// A line of what changes.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) direction: &'static str,
    pub(crate) is_opening: bool,
}

impl Checked {
    /// Judges a text beside the policy that is in force.
    pub(crate) fn new(format: Format, text: &str, in_force: &Routes) -> Self {
        match format.read(text) {
            Ok(routes) => Self {
                problems: findings(format, text),
                untold: 0,
                is_sound: true,
                changes: in_force.diff(&routes).iter().map(Line::of).collect(),
            },
            Err(errors) => Self {
                problems: errors
                    .iter()
                    .map(|error| Problem::of_error(format, text, error))
                    .collect(),
                untold: errors.untold(),
                is_sound: false,
                changes: Vec::new(),
            },
        }
    }
}

/// What is valid, and unwise.
fn findings(format: Format, text: &str) -> Vec<Problem> {
    let findings = format.document(text).lint().unwrap_or_default();
    findings.iter().map(|finding| Problem::of_finding(format, text, finding)).collect()
}

impl Problem {
    fn of_error(format: Format, text: &str, error: &DocumentError) -> Self {
        let (position, brief) = match error {
            DocumentError::Shape { position, message, .. } => (*position, message.clone()),
            DocumentError::Policy { position, error, .. } => (*position, error.to_string()),
            DocumentError::Route { position, error, .. } => (*position, error.to_string()),
            _ => (None, String::new()),
        };
        Self { severity: "error", brief, ..Self::at(format, text, position, error.to_string()) }
    }

    fn of_finding(format: Format, text: &str, finding: &Finding) -> Self {
        let lint = finding.lint();
        Self {
            severity: if finding.severity() == Severity::Warning { "warning" } else { "note" },
            brief: lint.to_string(),
            lint: Some(lint.as_str()),
            why: Some(lint.why()),
            ..Self::at(format, text, finding.position(), finding.to_string())
        }
    }

    fn at(format: Format, text: &str, position: Option<Position>, message: String) -> Self {
        Self {
            severity: "note",
            message,
            brief: String::new(),
            lint: None,
            why: None,
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            offset: position.and_then(|position| format.offset(text, position)),
        }
    }
}

impl Line {
    fn of(change: &Change) -> Self {
        let direction = match change.direction() {
            Direction::Added => "added",
            Direction::Removed => "removed",
            Direction::Changed => "changed",
        };
        Self { text: change.to_string(), direction, is_opening: change.is_opening() }
    }
}

/// The errors of a text, a line each, with the name of its file.
pub(crate) fn in_file(name: &str, errors: &DocumentErrors) -> String {
    let lines = errors.to_string();
    lines.lines().map(|line| format!("{name}: {line}")).collect::<Vec<_>>().join("\n")
}
