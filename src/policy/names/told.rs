//! What the answer to a preflight says of the names that are allowed, if others are not.

use http::header::ACCESS_CONTROL_REQUEST_HEADERS;
use http::{HeaderMap, HeaderValue};

use super::super::decision::Lines;
use super::{MAX_BYTES, MAX_EMPTY, MAX_LINES, Names, Read, trim_whitespace};
use crate::safelist::is_token;

impl Names {
    /// Those of the requested names that are allowed, as they were written, in one line; nothing if the list is
    /// malformed or over its bounds. What was read of it is not looked up again.
    pub(crate) fn allowed_of(&self, headers: &HeaderMap, read: Option<Read<'_>>) -> Option<Lines> {
        let mut others: Vec<&[u8]> = Vec::new();
        let keep = |name, is_allowed| {
            if is_allowed {
                others.push(name);
            }
        };
        let in_order = self.tell_all(headers, read, keep)?;
        let line = match (in_order, &*others) {
            ([], []) => return Some(Lines::None),
            (in_order, []) => HeaderValue::from_bytes(in_order),
            ([], others) => HeaderValue::try_from(others.join(&b',')),
            (in_order, others) => HeaderValue::try_from([&[in_order], others].concat().join(&b',')),
        };
        line.ok().map(Lines::One)
    }

    /// Shows each of the requested names but those that were read in order, which are returned.
    fn tell_all<'a>(
        &self,
        headers: &'a HeaderMap,
        read: Option<Read<'a>>,
        mut show: impl FnMut(&'a [u8], bool),
    ) -> Option<&'a [u8]> {
        let Some(Read { line, in_order, denied }) = read else {
            return self.tell_apart(headers, show).map(|()| [].as_slice());
        };
        let (names, rest) = line.as_bytes().split_at_checked(in_order.into())?;
        let denied = usize::from(denied.checked_sub(in_order)?);
        self.tell_line(rest, Some(denied), &mut 0, &mut show)?;
        Some(names.strip_suffix(b",").unwrap_or(names))
    }

    /// Shows each of the requested names, and whether it is allowed. It ends with nothing where the list
    /// becomes malformed, or is over its bounds.
    pub(crate) fn tell_apart<'a>(
        &self,
        headers: &'a HeaderMap,
        mut show: impl FnMut(&'a [u8], bool),
    ) -> Option<()> {
        let lines = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS);
        let bytes: usize = lines.iter().map(HeaderValue::len).sum();
        if lines.iter().count() > MAX_LINES || bytes > MAX_BYTES {
            return None;
        }
        let mut empty = 0;
        for line in lines {
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
        let mut start = 0;
        for element in line.split(|&byte| byte == b',') {
            let known = denied.filter(|denied| start <= *denied).map(|denied| start < denied);
            start += element.len() + 1;
            match trim_whitespace(element) {
                [] => *empty += 1,
                name if known.unwrap_or_else(|| self.allows(name)) => show(name, true),
                name if is_token(name) => show(name, false),
                _ => return None,
            }
        }
        (*empty <= MAX_EMPTY).then_some(())
    }
}
