//! How a message shows what a user wrote: in one line, and cut if it is long.
//!
//! What is written may be hostile: a text of megabytes, or one with characters that change how a terminal
//! or an editor shows what stands around them.

use std::fmt::{self, Write};

/// The most bytes of a text that a message shows. Every fix that can be offered is shorter: the longest
/// serialized origin has 326.
const MAX_SHOWN: usize = 400;

/// Letters without a shape: <https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point>. Rust's
/// own escapes leave them as they are.
const FILLERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];

/// A text in quotes, with escapes as in Rust: `"https://a.example"`. Of a long one, the beginning and its
/// length: `"https://aaa"… (12,000,000 bytes)`.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = beginning(self.0);
        write!(OneLine(f), "{shown:?}")?;
        write_rest(f, self.0, shown)
    }
}

/// A text without quotes, cut in the same way. It is a message that another crate wrote.
#[cfg(feature = "serde")]
pub(crate) struct Cut<'a>(pub(crate) &'a str);

#[cfg(feature = "serde")]
impl fmt::Display for Cut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = beginning(self.0);
        write!(OneLine(f), "{shown}")?;
        write_rest(f, self.0, shown)
    }
}

/// Writes every character that is no visible part of the line as an escape.
struct OneLine<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| {
            if is_visible(character) {
                self.0.write_char(character)
            } else if FILLERS.contains(&character) {
                write!(self.0, "{}", character.escape_unicode())
            } else {
                write!(self.0, "{}", character.escape_debug())
            }
        })
    }
}

/// Neither a control character, nor one that turns the direction of the text, nor one without width.
fn is_visible(character: char) -> bool {
    let is_quoting = matches!(character, '"' | '\'' | '\\');
    is_quoting || character.escape_debug().len() == 1 && !FILLERS.contains(&character)
}

fn beginning(text: &str) -> &str {
    if text.len() <= MAX_SHOWN {
        return text;
    }
    // The last end that cuts no character in two.
    (0..=MAX_SHOWN).rev().find_map(|end| text.get(..end)).unwrap_or_default()
}

fn write_rest(f: &mut fmt::Formatter<'_>, whole: &str, shown: &str) -> fmt::Result {
    if shown.len() == whole.len() {
        Ok(())
    } else {
        write!(f, "… ({} bytes)", Count(whole.len()))
    }
}

/// A number of things, as people read it: `1,234`.
pub(crate) struct Count(pub(crate) usize);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            small @ 0..1_000 => write!(f, "{small}"),
            large => write!(f, "{},{:03}", Self(large / 1_000), large % 1_000),
        }
    }
}
