//! A text in YAML with several documents, each behind a line that begins with `---`.
//!
//! No text of a document can have such a line:
//! <https://yaml.org/spec/1.2.2/#rule-c-forbidden>. So a text is cut there, and each document is read by itself, by the same
//! reader, with the same bounds, as a text that has one.

use super::format::{Format, Unreadable};
use super::locate::ToValue;
use super::path::{Path, Segment};
use super::value::{Room, Value};
use crate::builder::error::Count;
use crate::policy::Position;

/// The most documents of a text. To begin one costs more than a value does.
const MAX_DOCUMENTS: usize = 1_000;

/// The documents of a text, as an array. All of them have as much room for values as one.
pub(super) fn read(text: &str) -> Result<Value, Unreadable> {
    if let Some(part) = parts(text).nth(MAX_DOCUMENTS) {
        let position = Some(Position::new(part.lines_before + 1, 1));
        let most = Count(MAX_DOCUMENTS);
        let message = format!("there are over {most} documents; write fewer");
        return Err(Unreadable { position, message });
    }
    let room = Room::default();
    let read = |part: Part<'_>| {
        let read = Format::YamlStream.read_seed(part.text, room.value());
        read.map_err(|Unreadable { position, message }| {
            let position = position.map(|position| part.position(position));
            // In an alias the reader tells where its name is, too, by the lines of the document.
            let message = match message.rsplit_once(" (defined at line ") {
                Some((message, _)) => message.to_owned(),
                None => message,
            };
            Unreadable { position, message }
        })
    };
    parts(text).map(read).collect::<Result<_, _>>().map(Value::Array)
}

/// Where a value of one of the documents stands in the text.
pub(super) fn locate(text: &str, path: &Path) -> Option<Position> {
    let (Segment::Index(index), inside) = path.segments().split_first()? else { return None };
    let part = parts(text).nth(*index)?;
    if inside.is_empty() {
        let content = text.get(part.content..)?;
        return Position::of_byte(text, text.len() - content.trim_start().len());
    }
    let position = Format::YamlStream.read_seed(part.text, ToValue(inside)).err()?.position?;
    Some(part.position(position))
}

/// Whether a text has several documents.
pub(super) fn has_several(text: &str) -> bool {
    parts(text).nth(1).is_some()
}

/// One document of a text.
struct Part<'a> {
    /// With the line that begins it.
    text: &'a str,
    /// How many lines of the whole text are before it.
    lines_before: usize,
    /// The byte of the whole text behind the `---` that begins it.
    content: usize,
}

impl Part<'_> {
    /// A position in the part, as one in the whole text.
    fn position(&self, position: Position) -> Position {
        Position::new(self.lines_before + position.line, position.column)
    }
}

const MARKER: &str = "---";

/// The documents of a text; none, if it is empty.
fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut lines = text.split_inclusive('\n').peekable();
    let (mut start, mut lines_before) = (0, 0);
    std::iter::from_fn(move || {
        let first = lines.next()?;
        let content = start + if begins(first) { MARKER.len() } else { 0 };
        // What is before the first `---` may be no document, but comments and directives.
        let mut is_one = is_content(first);
        let (mut end, mut count) = (start + first.len(), 1);
        while let Some(line) = lines.next_if(|line| !is_one || !begins(line)) {
            is_one |= is_content(line);
            (end, count) = (end + line.len(), count + 1);
        }
        let part = Part { text: text.get(start..end)?, lines_before, content };
        (start, lines_before) = (end, lines_before + count);
        Some(part)
    })
}

/// Whether a line begins a document.
fn begins(line: &str) -> bool {
    line.strip_prefix(MARKER)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with(['#', '%'])
}
