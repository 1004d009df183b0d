//! `tower-cors`, a tool for the shell: CORS policies are checked, explained, compared and converted, and live
//! servers are asked. Each verb is a call of the library, and this is its text.

mod audit;
mod check;
mod connection;
mod convert;
mod diff;
mod document;
mod explain;
mod outcome;
mod page;
mod paint;
mod probe;
mod schema;
mod shell;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::outcome::{Failure, Outcome};

const AFTER: &str = "\
Exit status:
  0  there is nothing to tell
  1  something was found: a lint, a blocked request, an opening, a loss
  2  the arguments or a document are wrong, or a server cannot be reached or shows nothing

A FILE may be `-`, which is standard input. With `NO_COLOR` in the environment there is no colour.";

/// CORS in the shell: policies are checked, explained, compared and converted, and live servers are asked.
#[derive(Debug, Parser)]
#[command(name = "tower-cors", version, after_help = AFTER, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Tells every mistake in documents, and what in them is valid and unwise
    Check(check::Arguments),
    /// Says how a document decides on a page's request, and why
    Explain(explain::Arguments),
    /// Tells what a new document newly allows, and what it no longer does
    Diff(diff::Arguments),
    /// Runs a page's fetch against a live server, and says what its browser makes of it
    Probe(probe::Arguments),
    /// Tries known misconfigurations against a live server that you answer for
    Audit(audit::Arguments),
    /// Writes a document in another format
    Convert(convert::Arguments),
    /// Prints the JSON Schema of documents, for editors
    Schema(schema::Arguments),
    /// Prints what a shell completes the arguments with
    Completions(shell::Completions),
    /// Prints a man page
    Man(shell::Man),
}

impl Verb {
    fn run(&self) -> Result<Outcome, Failure> {
        match self {
            Self::Check(arguments) => check::run(arguments),
            Self::Explain(arguments) => explain::run(arguments),
            Self::Diff(arguments) => diff::run(arguments),
            Self::Probe(arguments) => probe::run(arguments),
            Self::Audit(arguments) => audit::run(arguments),
            Self::Convert(arguments) => convert::run(arguments),
            Self::Schema(arguments) => schema::run(arguments),
            Self::Completions(arguments) => shell::completions(arguments),
            Self::Man(arguments) => shell::man(arguments),
        }
    }
}

fn main() -> ExitCode {
    Arguments::parse().verb.run().map_or_else(Failure::print, Outcome::print)
}
