//! How inputs are written: as messages of HTTP are, a field a line and a blank line between the parts, so that a row
//! of the tests is a seed, and a finding is a row.

use std::str;

use http::{HeaderName, HeaderValue};

use crate::oracle::Line;

/// The first line of a part, and its fields.
pub(crate) struct Part<'a> {
    pub(crate) first: &'a [u8],
    pub(crate) fields: Vec<(&'a str, &'a [u8])>,
}

impl<'a> Part<'a> {
    /// What is no field, since it has no colon or no name that is a text, is passed over.
    fn read(text: &'a [u8]) -> Self {
        let mut lines = text.split(|byte| *byte == b'\n');
        let first = lines.next().unwrap_or_default();
        let fields = lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let value = &line[colon + 1..];
            Some((str::from_utf8(&line[..colon]).ok()?, value.strip_prefix(b" ").unwrap_or(value)))
        });
        Self { first, fields: fields.collect() }
    }

    pub(crate) fn words(&self) -> Option<impl Iterator<Item = &'a str> + use<'a>> {
        Some(str::from_utf8(self.first).ok()?.split(' ').filter(|word| !word.is_empty()))
    }

    /// The fields that a message may have.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let sound = self.fields.iter().filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            HeaderValue::from_bytes(value).ok()?;
            Some((name.as_str().to_owned(), value.to_vec()))
        });
        sound.collect()
    }
}

/// The parts of an input, which are as many as are asked for.
pub(crate) fn parts<const N: usize>(input: &[u8]) -> Option<[Part<'_>; N]> {
    let mut parts = Vec::with_capacity(N);
    let mut rest = input;
    while parts.len() + 1 < N {
        let end = rest.windows(2).position(|pair| pair == b"\n\n")?;
        parts.push(Part::read(&rest[..end]));
        rest = &rest[end + 2..];
    }
    parts.push(Part::read(rest));
    parts.try_into().ok()
}
