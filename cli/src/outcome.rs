//! What a verb comes to: what it prints, and the exit status.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::process::ExitCode;

use crate::paint::{COLOURS, ERROR, paint};

/// The exit status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// There is nothing to tell.
    #[default]
    Clean,
    /// Something was found.
    Found,
    /// The input is wrong.
    Wrong,
}

/// What a verb has to say.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// For standard output.
    pub(crate) text: String,
    /// For standard error, beside it.
    pub(crate) notes: String,
    pub(crate) status: Status,
}

/// Why a verb could not run: a line for each reason, which names the file.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// How a result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clean => 0,
            Status::Found => 1,
            Status::Wrong => 2,
        })
    }
}

impl Status {
    pub(crate) fn found(is_found: bool) -> Self {
        if is_found { Self::Found } else { Self::Clean }
    }
}

impl Outcome {
    /// A value for programs.
    pub(crate) fn json(value: &impl serde::Serialize, status: Status) -> Result<Self, Failure> {
        let text = serde_json::to_string_pretty(value).map_err(|error| Failure::new(&error))?;
        Ok(Self { text, notes: String::new(), status })
    }

    pub(crate) fn print(self) -> ExitCode {
        let printed = write(&mut anstream::stdout().lock(), &self.text);
        write(&mut anstream::stderr().lock(), &self.notes).ok();
        match printed {
            // Whoever read it and closed the pipe has seen enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Failure::new(&format_args!("standard output: {error}")).print()
            }
            _ => self.status.into(),
        }
    }
}

impl Failure {
    pub(crate) fn new(message: &dyn fmt::Display) -> Self {
        Self(message.to_string())
    }

    pub(crate) fn message(&self) -> &str {
        &self.0
    }

    /// As it is printed.
    pub(crate) fn text(&self) -> String {
        let error = paint(ERROR, "error:");
        self.0.lines().flat_map(|line| [&error, " ", line, "\n"]).collect()
    }

    pub(crate) fn print(self) -> ExitCode {
        write(&mut anstream::stderr().lock(), &self.text()).ok();
        Status::Wrong.into()
    }
}

/// Writes a text, and a line end if it has none. What servers and files bring along cannot steer the terminal.
fn write(to: &mut impl Write, text: &str) -> io::Result<()> {
    to.write_all(inert(text).as_bytes())?;
    if !text.is_empty() && !text.ends_with('\n') {
        to.write_all(b"\n")?;
    }
    to.flush()
}

/// The text with every control and bidi formatting character escaped, as in JSON, so that JSON stays valid. Line ends,
/// tabs and the tool's own colours are left.
fn inert(text: &str) -> String {
    let mut inert = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let own = COLOURS.iter().find(|colour| rest.starts_with(**colour));
        let length = own.map_or(character.len_utf8(), |colour| colour.len());
        let (taken, behind) = rest.split_at(length);
        if own.is_none() && steers(character) {
            write!(inert, "\\u{:04x}", u32::from(character)).ok();
        } else {
            inert += taken;
        }
        rest = behind;
    }
    inert
}

/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
fn steers(character: char) -> bool {
    let is_bidi = matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    is_bidi || character.is_control() && !matches!(character, '\n' | '\t')
}
