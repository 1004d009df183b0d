//! `check`: every mistake in documents, and every lint.

use std::path::{Path, PathBuf};

use serde::Serialize;
use tower_cors::review::{Finding, Lint, Severity};
use tower_cors::{DocumentError, DocumentWarning, Position};

use crate::document::{self, Reading, Source};
use crate::outcome::{Failure, Outcome, Status};
use crate::paint::{BOLD, ERROR, FAINT, NOTE, WARNING, count, paint};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The documents; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// Takes what LINT finds for a mistake: exit status 2
    #[arg(long, value_name = "LINT")]
    deny: Vec<Lint>,
    /// Does not tell what LINT finds; a lint that is denied, too, is denied
    #[arg(long, value_name = "LINT")]
    allow: Vec<Lint>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How the result is printed.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// For people, and for editors: `FILE:LINE:COLUMN: …`
    #[default]
    Text,
    /// For programs
    Json,
    /// As annotations of a GitHub workflow
    Github,
}

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warning,
    Note,
}

/// Something in a document, and where.
#[derive(Debug, Serialize)]
struct Told {
    file: Option<PathBuf>,
    line: Option<usize>,
    column: Option<usize>,
    level: Level,
    lint: Option<&'static str>,
    key: String,
    message: String,
}

#[derive(Debug, Serialize)]
struct Report {
    findings: Vec<Told>,
    /// How many errors were found besides.
    untold: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    if arguments.files.iter().filter(|file| document::named(file).is_none()).count() > 1 {
        return Err(Failure::new(
            &"standard input can be read once; give the other documents as files",
        ));
    }
    let mut report = Report { findings: Vec::new(), untold: 0 };
    for file in &arguments.files {
        // The other files are checked nevertheless.
        match arguments.reading.try_open(file) {
            Ok(source) => report.check(&source, arguments),
            Err(why) => report.findings.push(Told::unread(file, why)),
        }
    }
    let is_wrong = report.findings.iter().any(|told| told.level == Level::Error);
    let status = if is_wrong { Status::Wrong } else { Status::found(!report.findings.is_empty()) };
    let text = match arguments.format {
        Format::Json => Outcome::json(&report, status)?.text,
        Format::Text => report.lines(Told::text),
        Format::Github => report.lines(Told::github),
    };
    let mut notes = String::new();
    if let (Format::Text, _) | (_, 1..) = (arguments.format, report.untold) {
        notes += &report.summary(arguments.files.len());
    }
    Ok(Outcome { text, notes, status })
}

impl Report {
    fn check(&mut self, source: &Source, arguments: &Arguments) {
        let read = match source.lint() {
            Ok(read) => read,
            Err(errors) => {
                self.untold += errors.untold();
                return self.findings.extend(errors.iter().map(|error| Told::error(source, error)));
            }
        };
        self.findings.extend(read.lost.iter().map(|warning| Told::lost(source, warning)));
        for finding in &read.value {
            let is_denied = arguments.deny.contains(&finding.lint());
            if is_denied || !arguments.allow.contains(&finding.lint()) {
                self.findings.push(Told::finding(source, finding, is_denied));
            }
        }
    }

    fn lines(&self, line: impl Fn(&Told) -> String) -> String {
        self.findings.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn summary(&self, files: usize) -> String {
        let mistakes = self.findings.iter().filter(|told| told.level == Level::Error).count();
        let others = self.findings.len() - mistakes;
        let mut said = Vec::new();
        if mistakes > 0 {
            said.push(count(mistakes + self.untold, "mistake"));
        }
        if self.untold > 0 {
            said.push(format!("{} of them not told", self.untold));
        }
        if others > 0 {
            said.push(count(others, "finding"));
        }
        let said = if said.is_empty() { "nothing to tell".to_owned() } else { said.join(", ") };
        format!("{}: {said}\n", count(files, "file"))
    }
}

impl Told {
    fn new(source: &Source, position: Option<Position>, level: Level) -> Self {
        let (line, column) = position.map(|at| (at.line, at.column)).unzip();
        let (key, message) = (String::new(), String::new());
        Self { file: source.file.clone(), line, column, level, lint: None, key, message }
    }

    /// A file that cannot be read, and why.
    fn unread(file: &Path, message: String) -> Self {
        let (file, key) = (document::named(file).map(Path::to_owned), String::new());
        Self { file, line: None, column: None, level: Level::Error, lint: None, key, message }
    }

    fn error(source: &Source, error: &DocumentError) -> Self {
        let (key, message) = (error.key().to_owned(), error.message());
        Self { key, message, ..Self::new(source, error.position(), Level::Error) }
    }

    fn finding(source: &Source, finding: &Finding, is_denied: bool) -> Self {
        let level = match finding.severity() {
            _ if is_denied => Level::Error,
            Severity::Note => Level::Note,
            _ => Level::Warning,
        };
        let lint = Some(finding.lint().as_str());
        let (key, message) = (finding.key().to_owned(), source.format.words(finding.message()));
        Self { lint, key, message, ..Self::new(source, finding.position(), level) }
    }

    /// What of another system's document is lost.
    fn lost(source: &Source, warning: &DocumentWarning) -> Self {
        let (key, said) = (warning.key().to_owned(), warning.to_string());
        let message = said.strip_prefix(&format!("{key}: ")).unwrap_or(&said).to_owned();
        Self { key, message, ..Self::new(source, None, Level::Warning) }
    }

    fn whole(&self) -> String {
        if self.key.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.key, self.message)
        }
    }

    fn text(&self) -> String {
        let file = document::name(self.file.as_deref().unwrap_or(Path::new("-")));
        let at = match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{line}:{column}:"),
            _ => String::new(),
        };
        let (style, level) = match self.level {
            Level::Error => (ERROR, "error"),
            Level::Warning => (WARNING, "warning"),
            Level::Note => (NOTE, "note"),
        };
        let lint = self.lint.map(|lint| paint(FAINT, format_args!(" [{lint}]")));
        let (place, level) = (paint(BOLD, format_args!("{file}:{at}")), paint(style, level));
        format!("{place} {level}: {}{}", self.whole(), lint.unwrap_or_default())
    }

    /// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>
    fn github(&self) -> String {
        let command = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let file = self.file.as_ref().map(|file| file.to_string_lossy().into_owned());
        let number = |number: Option<usize>| number.map(|number| number.to_string());
        let title = format!("tower-cors {}", self.lint.unwrap_or("check"));
        let properties = [
            ("file", file),
            ("line", number(self.line)),
            ("col", number(self.column)),
            ("title", Some(title)),
        ];
        let properties: Vec<String> = properties
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", property(&value?))))
            .collect();
        format!("::{command} {}::{}", properties.join(","), data(&self.whole()))
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
