//! The formats of documents.

use serde::de::{DeserializeSeed, Deserializer};

use super::locate::ToValue;
use super::path::Path;
#[cfg(all(feature = "routes", feature = "yaml"))]
use super::stream;
use super::value::Value;
#[cfg(feature = "yaml")]
use crate::builder::error::Quoted;
use crate::builder::error::{Count, Cut};
#[cfg(feature = "yaml")]
use crate::origin::pattern;
use crate::policy::Position;

/// What a text is read as.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Json,
    #[cfg(feature = "toml")]
    Toml,
    #[cfg(feature = "yaml")]
    Yaml,
    /// An array of the documents of a text in YAML that has several.
    #[cfg(all(feature = "routes", feature = "yaml"))]
    YamlStream,
}

/// The most bytes of a text that is read. A hundred thousand origins take about as many.
const MAX_BYTES: usize = 4 << 20;

/// Why a text cannot be read in its format.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) position: Option<Position>,
    pub(super) message: String,
}

impl Format {
    /// YAML, of which a text may have several documents.
    #[cfg(all(feature = "routes", feature = "yaml"))]
    pub(super) fn yaml_of(text: &str) -> Self {
        if stream::has_several(without_mark(text)) { Self::YamlStream } else { Self::Yaml }
    }

    /// The whole text as a value.
    pub(super) fn read(self, text: &str) -> Result<Value, Unreadable> {
        if text.len() > MAX_BYTES {
            let (len, most) = (Count(text.len()), Count(MAX_BYTES));
            let message =
                format!("the text has {len} bytes, over the {most} that are read; write less");
            return Err(Unreadable { position: None, message });
        }
        match self {
            #[cfg(all(feature = "routes", feature = "yaml"))]
            Self::YamlStream => stream::read(without_mark(text)),
            format => format.read_seed(text, Whole),
        }
    }

    /// Where a value stands in a text that can be read.
    pub(super) fn locate(self, text: &str, path: &Path) -> Option<Position> {
        let text = without_mark(text);
        if path.segments().is_empty() {
            // In no format a reader tells where the whole begins.
            return Position::of_byte(text, text.len() - text.trim_start().len());
        }
        #[cfg(all(feature = "routes", feature = "yaml"))]
        if let Self::YamlStream = self {
            return stream::locate(text, path);
        }
        let position = self.read_seed(text, ToValue(path.segments())).err()?.position?;
        match self {
            Self::Json => Some(json_start(text, position).unwrap_or(position)),
            #[cfg(feature = "toml")]
            Self::Toml => Some(position),
            #[cfg(feature = "yaml")]
            Self::Yaml => Some(position),
            #[cfg(all(feature = "routes", feature = "yaml"))]
            Self::YamlStream => Some(position),
        }
    }

    pub(super) fn read_seed<'de, S>(self, text: &'de str, seed: S) -> Result<S::Value, Unreadable>
    where
        S: DeserializeSeed<'de>,
    {
        let text = without_mark(text);
        let read = match self {
            Self::Json => read_json(text, seed),
            #[cfg(feature = "toml")]
            Self::Toml => read_toml(text, seed),
            #[cfg(feature = "yaml")]
            Self::Yaml => read_yaml(text, seed),
            // One document of it.
            #[cfg(all(feature = "routes", feature = "yaml"))]
            Self::YamlStream => read_yaml(text, seed),
        };
        // The message may quote the text.
        read.map_err(|Unreadable { position, message }| Unreadable {
            position,
            message: Cut(&message).to_string(),
        })
    }
}

/// The text without its byte order mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The seed of a whole document.
struct Whole;

impl<'de> DeserializeSeed<'de> for Whole {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::read(deserializer)
    }
}

fn read_json<'de, S: DeserializeSeed<'de>>(
    text: &'de str,
    seed: S,
) -> Result<S::Value, Unreadable> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    read.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let position = format!(" at line {line} column {column}");
        let message = message.strip_suffix(&position).unwrap_or(&message).to_owned();
        Unreadable { position: Some(Position::new(line, column)), message }
    })
}

/// Where an array or an object begins, in which the reading stopped: behind its bracket, or behind the closing one if it
/// is empty, and behind the blanks that follow.
fn json_start(text: &str, stopped: Position) -> Option<Position> {
    let line = text.split_inclusive('\n').take(stopped.line.checked_sub(1)?);
    let read = text.get(..line.map(str::len).sum::<usize>() + stopped.column)?.trim_end();
    let opened = read.strip_suffix(['}', ']']).map_or(read, str::trim_end);
    opened.ends_with(['{', '[']).then(|| Position::of_byte(text, opened.len() - 1)).flatten()
}

#[cfg(feature = "toml")]
fn read_toml<'de, S: DeserializeSeed<'de>>(
    text: &'de str,
    seed: S,
) -> Result<S::Value, Unreadable> {
    let read = toml::Deserializer::parse(text).and_then(|toml| seed.deserialize(toml));
    read.map_err(|error| Unreadable {
        position: error.span().and_then(|span| Position::of_byte(text, span.start)),
        message: error.message().to_owned(),
    })
}

#[cfg(feature = "yaml")]
fn read_yaml<'de, S: DeserializeSeed<'de>>(
    text: &'de str,
    seed: S,
) -> Result<S::Value, Unreadable> {
    let options = serde_saphyr::options! {
        // `no` and `on` are words, and what a document says stands where it says it.
        strict_booleans: true,
        merge_keys: serde_saphyr::MergeKeyPolicy::Error,
        with_snippet: false,
    };
    let read = serde_saphyr::with_deserializer_from_str_with_options(text, options, |yaml| {
        seed.deserialize(yaml)
    });
    read.map_err(|error| {
        let position = error.location().and_then(|location| {
            let (line, column) = (location.line(), location.column());
            Some(Position::new(line.try_into().ok()?, column.try_into().ok()?))
        });
        let message = error.render_with_formatter(&serde_saphyr::UserMessageFormatter);
        // The position is told by the caller.
        let message = message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
        let unquoted = position.and_then(|position| unquoted_wildcard(text, position));
        Unreadable { position, message: unquoted.unwrap_or_else(|| message.to_owned()) }
    })
}

/// What to say of a `*` without quotes, which YAML takes for an alias: for a name that was given before.
#[cfg(feature = "yaml")]
fn unquoted_wildcard(text: &str, position: Position) -> Option<String> {
    let line = text.lines().nth(position.line.checked_sub(1)?)?;
    let (start, _) = line.char_indices().nth(position.column.checked_sub(1)?)?;
    let rest = line.get(start..).filter(|rest| rest.starts_with('*'))?;
    let ends = |character: char| character.is_whitespace() || matches!(character, ',' | ']' | '}');
    let value = rest.split(ends).next()?.trim_end_matches(':');
    let fix = if value == "*" { Some(value.to_owned()) } else { pattern::repair(value) };
    // An alias of that name may have been meant.
    let is_name = value.chars().nth(1).is_some_and(char::is_alphanumeric)
        && value.chars().skip(1).all(|it| it.is_alphanumeric() || matches!(it, '-' | '_'));
    let shown = Cut(value);
    match fix {
        Some(fix) => {
            let fix = Quoted(&fix);
            Some(format!("{shown} without quotes is an alias in YAML; write {fix} with its quotes"))
        }
        None if is_name => None,
        None => Some(format!("{shown} without quotes is an alias in YAML; put it into quotes")),
    }
}
