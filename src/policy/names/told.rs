//! What the answer to a preflight says of the names that are allowed, if others are not.

use http::header::ACCESS_CONTROL_REQUEST_HEADERS;
use http::{HeaderMap, HeaderValue};

use super::super::decision::Lines;
use super::{MAX_BYTES, MAX_EMPTY, MAX_LINES, Names, Read, split_element, trim_whitespace};
use crate::safelist::is_token;

/// Bytes of names that have room in as little as most lists need.
const USUAL_BYTES: usize = 256;

/// Room for as many bytes and lines as may be read: a comma is added between two lines.
const ALL_BYTES: usize = 4_112;
const _: () = assert!(ALL_BYTES == MAX_BYTES + MAX_LINES, "there is room for all that is read");

impl Names {
    /// Those of the requested names that are allowed, as they were written, in one line; nothing if the list is
    /// malformed or over its bounds. What was read of it is not looked up again.
    pub(crate) fn allowed_of(&self, headers: &HeaderMap, read: Option<Read<'_>>) -> Option<Lines> {
        match read {
            Some(Read { line, .. }) if line.len() <= USUAL_BYTES => {
                self.keep_allowed(headers, read, &mut [0; USUAL_BYTES])
            }
            _ => self.keep_allowed(headers, read, &mut [0; ALL_BYTES]),
        }
    }

    /// A name `*`, which a script may use, is left out: browsers would take it for the wildcard, and today's let
    /// that cover `authorization`.
    fn keep_allowed(
        &self,
        headers: &HeaderMap,
        read: Option<Read<'_>>,
        room: &mut [u8],
    ) -> Option<Lines> {
        let mut kept = Kept { room, filled: 0 };
        if let Some(Read { line, in_order, denied }) = read {
            let (names, rest) = line.as_bytes().split_at_checked(in_order.into())?;
            kept.push(names.strip_suffix(b",").unwrap_or(names));
            let mut empty = 0;
            let denied = usize::from(denied.checked_sub(in_order)?);
            self.tell_line(rest, Some(denied), &mut empty, &mut kept.keep())?;
        } else {
            self.tell_apart(headers, kept.keep())?;
        }
        match kept.room.get(..kept.filled)? {
            [] => Some(Lines::None),
            // Of a slice, so that what it allocates is as long as it.
            names => HeaderValue::from_bytes(names).ok().map(Lines::One),
        }
    }

    /// Shows each of the requested names, and whether it is allowed, of as many lines and bytes as may be read: others
    /// are denied before a name is. It ends with nothing where the list becomes malformed, or has too many empty
    /// elements.
    pub(crate) fn tell_apart<'a>(
        &self,
        headers: &'a HeaderMap,
        mut show: impl FnMut(&'a [u8], bool),
    ) -> Option<()> {
        let mut empty = 0;
        for line in headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS) {
            self.tell_line(line.as_bytes(), None, &mut empty, &mut show)?;
        }
        Some(())
    }

    /// The same of one line. If the byte is known from which on the first name stands that is `denied`, it and
    /// those before it are not looked up.
    fn tell_line<'a>(
        &self,
        line: &'a [u8],
        denied: Option<usize>,
        empty: &mut usize,
        show: &mut impl FnMut(&'a [u8], bool),
    ) -> Option<()> {
        let mut list = line;
        loop {
            let start = line.len() - list.len();
            let known = denied.filter(|denied| start <= *denied).map(|denied| start < denied);
            let (element, rest) = split_element(list);
            match trim_whitespace(element) {
                [] => *empty += 1,
                name if known.unwrap_or_else(|| self.allows(name)) => show(name, true),
                name if is_token(name) => show(name, false),
                _ => return None,
            }
            let [_comma, rest @ ..] = rest else {
                break;
            };
            list = rest;
        }
        (*empty <= MAX_EMPTY).then_some(())
    }
}

/// Names in one line, before it is known how long that becomes.
struct Kept<'a> {
    room: &'a mut [u8],
    filled: usize,
}

impl Kept<'_> {
    /// Adds what is shown to it and allowed.
    fn keep(&mut self) -> impl FnMut(&[u8], bool) {
        |name, is_allowed| {
            if is_allowed && name != b"*" {
                self.push(name);
            }
        }
    }

    /// Adds a name, for which there is room: that of all that are asked for.
    fn push(&mut self, name: &[u8]) {
        let comma: &[u8] = if self.filled == 0 { b"" } else { b"," };
        for part in [comma, name] {
            let end = self.filled + part.len();
            if let Some(room) = self.room.get_mut(self.filled..end) {
                room.copy_from_slice(part);
                self.filled = end;
            }
        }
    }
}
