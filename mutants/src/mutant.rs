//! What `cargo mutants` would change, one at a time.

use std::ops::Range;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::Result;

/// A change of the source.
#[derive(Clone, Debug, Deserialize)]
pub struct Mutant {
    /// Such as `src/a.rs:10:5: replace f -> bool with true`.
    pub name: String,
    /// From the root of the repository.
    pub file: String,
    pub genre: Genre,
    /// What takes the place of the span; nothing if it is deleted.
    pub replacement: String,
    pub span: Span,
    pub function: Option<Function>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Function {
    /// With its arrow.
    pub return_type: String,
}

/// What kind of change it is, as cargo-mutants names it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArm,
    MatchArmGuard,
    StructField,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
pub struct Span {
    pub start: Position,
    pub end: Position,
}

/// Both are counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Mutant {
    /// Whether it is of a function that returns `impl Iterator`.
    pub fn returns_iterator(&self) -> bool {
        self.function
            .as_ref()
            .is_some_and(|function| function.return_type.contains("impl Iterator"))
    }

    /// The bytes of its file that it changes.
    pub fn range(&self, source: &str) -> Result<Range<usize>> {
        let ends = (self.span.start.find(source), self.span.end.find(source));
        let (Some(start), Some(end)) = ends else {
            return Err(format!("{}: the file has changed since it was listed", self.name).into());
        };
        Ok(start..end)
    }
}

impl Position {
    fn find(self, source: &str) -> Option<usize> {
        let mut start = 0;
        let mut lines = source.split_inclusive('\n').inspect(|line| start += line.len());
        let line = lines.nth(self.line.checked_sub(1)?)?;
        let ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
        Some(start - line.len() + ends.into_iter().nth(self.column.checked_sub(1)?)?)
    }
}

/// The mutants of the repository that `cargo mutants` lists with these arguments.
pub fn list(root: &Path, arguments: &[&str]) -> Result<Vec<Mutant>> {
    let list = ["mutants", "--list", "--json"];
    let output = Command::new("cargo").args(list).args(arguments).current_dir(root).output()?;
    if !output.status.success() {
        return Err(format!("cargo mutants: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    // It says nothing of a diff that adds no code.
    if output.stdout.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
