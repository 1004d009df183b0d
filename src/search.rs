//! Searching a text for another, in one place: std's search is compiled once more in each module that calls it. Even its
//! `contains` of a character needs all of that.

/// What stands before the first separator, and behind it.
#[inline(never)]
pub(crate) fn split_once<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    text.split_once(separator)
}

/// Whether an ASCII character stands in a text.
pub(crate) fn has(text: &str, character: u8) -> bool {
    text.as_bytes().contains(&character)
}
