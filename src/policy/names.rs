//! The compiled set of request-header names, and the reading of a list of them.

mod asked;
mod told;

use std::cmp::Ordering;

use http::header::ACCESS_CONTROL_REQUEST_HEADERS;
use http::{HeaderMap, HeaderValue};

pub(crate) use self::asked::Asked;
use super::decision::Denial;
use crate::request::Field;
use crate::safelist::{NON_WILDCARD_REQUEST_HEADER, is_token};
use crate::sorted::{boxed, sorted};

/// The most lines of `Access-Control-Request-Headers`, their bytes, and the empty elements in all.
const MAX_LINES: usize = 16;
const MAX_BYTES: usize = 4096;
const MAX_EMPTY: usize = 16;

/// Up to this many names a scan is cheaper than a search by halves.
const FEW: usize = 16;

/// The names that a preflight may ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Names {
    any: bool,
    /// In lower case and sorted, as browsers send them.
    listed: Vec<Box<str>>,
    /// In lower case and sorted, none of them a prefix of another.
    prefixes: Vec<Box<str>>,
}

impl Names {
    /// Compiles names that were judged before, in any case.
    pub(crate) fn new(any: bool, listed: &[&str], prefixes: &[&str]) -> Self {
        let mut shortest: Vec<Box<str>> = Vec::new();
        for prefix in in_lower_case(prefixes) {
            // What begins with another stands behind it.
            if shortest.last().is_none_or(|shorter| !prefix.starts_with(&**shorter)) {
                shortest.push(prefix);
            }
        }
        Self { any, listed: in_lower_case(listed), prefixes: shortest }
    }

    pub(crate) fn is_any(&self) -> bool {
        self.any
    }

    /// What compiles into the same set.
    pub(crate) fn written(&self) -> Vec<String> {
        let any = self.any.then(|| "*".to_owned());
        let listed = self.listed.iter().map(ToString::to_string);
        let prefixes = self.prefixes.iter().map(|prefix| format!("{prefix}*"));
        any.into_iter().chain(listed).chain(prefixes).collect()
    }

    /// Whether `authorization` is allowed, which takes being named.
    pub(crate) fn lists_authorization(&self) -> bool {
        self.find(NON_WILDCARD_REQUEST_HEADER.as_bytes()).is_some()
    }

    /// Whether every name that the other set allows is allowed.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let has_prefix = |prefix: &str| self.any || self.has_prefix_of(prefix.as_bytes());
        let mut listed = self.listed.iter().peekable();
        let mut lists = |name: &str| {
            while listed.next_if(|it| ***it < *name).is_some() {}
            listed.next_if(|it| ***it == *name).is_some()
        };
        (self.any || !other.any)
            && other.listed.iter().all(|name| lists(name) || self.allows_unlisted(name.as_bytes()))
            && other.prefixes.iter().all(|prefix| has_prefix(prefix))
    }

    /// Whether all the names in the lines of `Access-Control-Request-Headers` are allowed; if so,
    /// what is requested.
    ///
    /// RFC 9110, list: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1>
    #[inline]
    pub(crate) fn admit<'a>(&self, headers: &'a HeaderMap) -> Result<Requested<'a>, Refusal<'a>> {
        let bound = |bytes| if bytes > MAX_BYTES { Err(Denial::HeaderListTooLong) } else { Ok(()) };
        let mut reader = Reader { names: self, cursor: 0, empty: 0, strayed: false };
        let requested = match Field::find(headers, &ACCESS_CONTROL_REQUEST_HEADERS) {
            None => return Ok(Requested::Nothing),
            Some(Field::Once(line)) => {
                bound(line.len())?;
                reader
                    .read(line.as_bytes())
                    .map_err(|stop| Refusal { denial: stop.denial, read: stop.in_line(line) })?;
                Requested::Line(line)
            }
            Some(Field::Repeated) => {
                let all = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS);
                let (mut lines, mut bytes) = (0, 0);
                for line in &all {
                    (lines, bytes) = (lines + 1, bytes + line.len());
                    if lines > MAX_LINES {
                        return Err(Denial::HeaderListTooLong.into());
                    }
                    bound(bytes)?;
                }
                for line in all {
                    reader.read(line.as_bytes()).map_err(|stop| stop.denial)?;
                }
                Requested::Lines(headers)
            }
        };
        Ok(if reader.strayed || reader.cursor > 0 { requested } else { Requested::Nothing })
    }

    /// Whether a preflight may ask for the name.
    pub(crate) fn allows(&self, name: &[u8]) -> bool {
        self.find(name).is_some() || self.allows_unlisted(name)
    }

    /// Where the name stands among those listed, in whatever case it is; in lower case, as browsers send
    /// it, for less.
    fn find(&self, name: &[u8]) -> Option<usize> {
        if self.listed.len() <= FEW {
            let scan = |is_it: fn(&[u8], &[u8]) -> bool| {
                self.listed.iter().position(|listed| is_it(listed.as_bytes(), name))
            };
            return scan(is_same).or_else(|| scan(<[u8]>::eq_ignore_ascii_case));
        }
        let search = |compare: fn(&str, &[u8]) -> Ordering| {
            self.listed.binary_search_by(|listed| compare(listed, name)).ok()
        };
        search(|listed, name| listed.as_bytes().cmp(name)).or_else(|| search(compare_lower))
    }

    /// A script may name a header `*`, too. It is not allowed: browsers take it for the wildcard where it is
    /// echoed, and today's let that cover `authorization`.
    fn allows_unlisted(&self, name: &[u8]) -> bool {
        (self.any || self.has_prefix_of(name))
            && is_token(name)
            && !name.eq_ignore_ascii_case(NON_WILDCARD_REQUEST_HEADER.as_bytes())
            && name != b"*"
    }

    fn has_prefix_of(&self, name: &[u8]) -> bool {
        self.prefix_of(name).is_some()
    }

    /// The prefix that a name begins with.
    pub(crate) fn prefix_of(&self, name: &[u8]) -> Option<&str> {
        let after = self
            .prefixes
            .partition_point(|prefix| compare_lower(prefix, name) != Ordering::Greater);
        // Only the last that is not greater can be a prefix: one before it would be a prefix of it.
        let prefix = self.prefixes.get(after.checked_sub(1)?)?;
        let start = name.get(..prefix.len())?;
        start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(&**prefix)
    }
}

/// The names that a preflight asks for: in one line, as browsers send them, or in several.
pub(crate) enum Requested<'a> {
    Nothing,
    Line(&'a HeaderValue),
    /// Those of this map.
    Lines(&'a HeaderMap),
}

/// Why a preflight is denied.
#[derive(Clone, Copy)]
pub(crate) struct Refusal<'a> {
    pub(crate) denial: Denial,
    /// What was read until then, if there is one line of names.
    pub(crate) read: Option<Read<'a>>,
}

/// How far a line of names was read.
#[derive(Clone, Copy)]
pub(crate) struct Read<'a> {
    line: &'a HeaderValue,
    /// So many bytes are listed names, one comma behind each.
    in_order: u16,
    /// Where the first name stands that is denied.
    denied: u16,
}

impl<'a> Read<'a> {
    fn denied_element(self) -> &'a [u8] {
        let list = self.line.as_bytes().get(usize::from(self.denied)..).unwrap_or_default();
        trim_whitespace(split_element(list).0)
    }
}

impl Refusal<'_> {
    /// Whether the page's browser may be told which step failed. What is repeated or too long is not worth it.
    pub(crate) fn may_be_told(&self) -> bool {
        matches!(self.denial, Denial::MethodNotAllowed | Denial::HeaderNotAllowed)
    }
}

impl From<Denial> for Refusal<'_> {
    fn from(denial: Denial) -> Self {
        Self { denial, read: None }
    }
}

impl From<Refusal<'_>> for Denial {
    fn from(refusal: Refusal<'_>) -> Self {
        refusal.denial
    }
}

/// Reads the lines of one request.
struct Reader<'a> {
    names: &'a Names,
    /// The listed name that comes next if the request keeps to the order in which browsers write.
    cursor: usize,
    empty: usize,
    /// Whether there was a name that did not come in that order.
    strayed: bool,
}

/// Where reading a line ended before its end.
struct Stop {
    denial: Denial,
    /// The bytes that were left when listed names did not come in their order any more.
    unordered: usize,
    /// The bytes that were left from the element on that is denied.
    left: usize,
}

impl Stop {
    fn in_line(self, line: &HeaderValue) -> Option<Read<'_>> {
        let read = |left| u16::try_from(line.len().checked_sub(left)?).ok();
        Some(Read { line, in_order: read(self.unordered)?, denied: read(self.left)? })
    }
}

impl Reader<'_> {
    fn read(&mut self, line: &[u8]) -> Result<(), Stop> {
        let mut list = line;
        let mut unordered = None;
        loop {
            let Some(rest) = self.read_in_order(list) else {
                return Ok(());
            };
            let unordered = *unordered.get_or_insert(rest.len());
            let stop = |denial| Stop { denial, unordered, left: rest.len() };
            match self.read_element(rest).map_err(stop)? {
                [_comma, rest @ ..] => list = rest,
                [] => return Ok(()),
            }
        }
    }

    /// Reads listed names for as long as they come in their order: what is left, if anything is. Few that are not
    /// asked for are passed over.
    fn read_in_order<'l>(&mut self, mut list: &'l [u8]) -> Option<&'l [u8]> {
        let names = self.names.listed.get(self.cursor..).unwrap_or_default();
        let pass_over = names.len() <= FEW;
        for (next, name) in (self.cursor + 1..).zip(names) {
            let name = name.as_bytes();
            // Of those that are passed over, few have the same end.
            let is_it = |first: &[u8]| (!pass_over || has_same_end(first, name)) && first == name;
            match list.split_at_checked(name.len()) {
                Some((first, [])) if is_it(first) => {
                    self.cursor = next;
                    return None;
                }
                Some((first, [b',', rest @ ..])) if is_it(first) => {
                    self.cursor = next;
                    list = rest;
                }
                _ if pass_over => {}
                _ => break,
            }
        }
        Some(list)
    }

    /// Reads any element: what follows, from its comma on.
    fn read_element<'l>(&mut self, list: &'l [u8]) -> Result<&'l [u8], Denial> {
        let (element, rest) = split_element(list);
        let name = trim_whitespace(element);
        if name.is_empty() {
            self.empty += 1;
            if self.empty > MAX_EMPTY {
                return Err(Denial::HeaderListTooLong);
            }
        } else {
            self.strayed = true;
            match self.names.find(name) {
                Some(found) => self.cursor = found + 1,
                None if self.names.allows_unlisted(name) => {}
                None => return Err(Denial::HeaderNotAllowed),
            }
        }
        Ok(rest)
    }
}

/// The first element of a list, and what follows, from its comma on.
fn split_element(list: &[u8]) -> (&[u8], &[u8]) {
    let end = list.iter().position(|&byte| byte == b',').unwrap_or(list.len());
    list.split_at_checked(end).unwrap_or((list, &[]))
}

/// OWS: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3>
fn trim_whitespace(mut element: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = element {
        element = rest;
    }
    element
}

/// Whether two names are the same. Their lengths and ends are compared first, which cost less.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && has_same_end(one, other) && one == other
}

fn has_same_end(one: &[u8], other: &[u8]) -> bool {
    one.last() == other.last()
}

/// Compares a name in lower case with one in any case.
fn compare_lower(lower: &str, name: &[u8]) -> Ordering {
    lower.bytes().cmp(name.iter().map(u8::to_ascii_lowercase))
}

/// The names in lower case, sorted, and each once.
fn in_lower_case(names: &[&str]) -> Vec<Box<str>> {
    let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    boxed(sorted(names.iter().map(String::as_str).collect()))
}
