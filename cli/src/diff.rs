//! `diff`: what a new document newly allows, and what it no longer does.

use std::path::PathBuf;

use serde_json::{Value, json};
use tower_cors::review::{Change, Direction};

use crate::document::Reading;
use crate::outcome::{Failure, Format, Outcome, Status};
use crate::paint::{ERROR, FAINT, GOOD, WARNING, paint};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The document as it was
    old: PathBuf,
    /// The document as it will be
    new: PathBuf,
    #[command(flatten)]
    reading: Reading,
    /// What makes the exit status 1
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    fail_on: FailOn,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum FailOn {
    /// Strangers may have what they had not, or somebody has credentials
    #[default]
    Opening,
    /// Any difference
    Any,
    /// Nothing
    Never,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    if arguments.old == arguments.new && arguments.old.as_os_str() == "-" {
        return Err(Failure::new(
            &"standard input can be read once; give one of the documents as a file",
        ));
    }
    let read = |file| arguments.reading.open(file)?.routes();
    let diff = read(&arguments.old)?.diff(&read(&arguments.new)?);
    let status = Status::found(match arguments.fail_on {
        FailOn::Opening => diff.opens(),
        FailOn::Any => !diff.is_empty(),
        FailOn::Never => false,
    });
    if arguments.format == Format::Json {
        let changes: Vec<Value> = diff.iter().map(as_json).collect();
        return Outcome::json(&json!({ "opens": diff.opens(), "changes": changes }), status);
    }
    let text = if diff.is_empty() {
        paint(FAINT, &diff)
    } else {
        diff.iter().map(as_text).collect::<Vec<_>>().join("\n")
    };
    Ok(Outcome { text, status, ..Outcome::default() })
}

fn as_text(change: &Change) -> String {
    let style = match change.direction() {
        _ if change.is_opening() => ERROR,
        Direction::Added => GOOD,
        Direction::Removed => WARNING,
        Direction::Changed => FAINT,
    };
    paint(style, change)
}

fn as_json(change: &Change) -> Value {
    let witness = change.witness().map(|request| {
        let headers = request.headers().iter();
        let headers: Vec<[String; 2]> = headers
            .map(|(name, value)| {
                [name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()]
            })
            .collect();
        json!({
            "method": request.method().as_str(),
            "path": request.uri().path(),
            "headers": headers,
        })
    });
    let seconds = |age: Option<std::time::Duration>| age.map(|age| age.as_secs());
    json!({
        "direction": change.direction().as_str(),
        "aspect": change.aspect().as_str(),
        "is_opening": change.is_opening(),
        "credentials": change.has_credentials(),
        "origins": change.origins().collect::<Vec<_>>(),
        "paths": change.paths().collect::<Vec<_>>(),
        "values": change.values().collect::<Vec<_>>(),
        "methods": change.methods().collect::<Vec<_>>(),
        "max_age": change.max_age().map(|(old, new)| [seconds(old), seconds(new)]),
        "text": change.to_string(),
        "witness": witness,
    })
}
