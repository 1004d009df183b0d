//! What a client chose, as text for one line of a log.

use std::fmt::{self, Display, Write};

use crate::policy::shown::Quoted;

/// So many bytes are written of one value.
const VALUE: usize = 256;
/// So many are written of what is at fault, and of a hint, which names it.
const PHRASE: usize = 512;

/// Bytes: printable ASCII as it is, all else escaped.
pub(super) fn shown(bytes: &[u8]) -> String {
    written(bytes.escape_ascii(), VALUE)
}

/// Values in quotes, with commas between them, if there are any.
pub(super) fn joined(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| written(Joined(values), PHRASE))
}

/// A text that is escaped already.
pub(super) fn cut(text: impl Display) -> String {
    written(text, PHRASE)
}

/// What a value displays, cut after so many bytes. Of a longer one no more is made.
fn written(value: impl Display, most: usize) -> String {
    let mut text = Bounded { text: String::new(), most };
    // It fails where the text is cut.
    let _cut = write!(text, "{value}");
    text.text
}

struct Bounded {
    text: String,
    most: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let left = self.most.checked_sub(self.text.len()).ok_or(fmt::Error)?;
        if more.len() <= left {
            self.text.push_str(more);
            return Ok(());
        }
        // The last end that cuts no character in two.
        let kept = (0..=left).rev().find_map(|end| more.get(..end)).unwrap_or_default();
        self.text.push_str(kept);
        self.text.push('…');
        Err(fmt::Error)
    }
}

struct Joined<'a>(&'a [String]);

impl Display for Joined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, value) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{}", Quoted(value))?;
        }
        Ok(())
    }
}
