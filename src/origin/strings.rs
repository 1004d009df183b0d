//! A frozen set of short strings whose look-up does not grow with it.

use std::fmt;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// Up to this many strings a scan is cheaper than a hash.
const FEW: usize = 4;

/// A frozen set of strings.
///
/// Few strings are scanned. Many stand one after the other in one text, and a hash table holds
/// where each begins and ends: 8 bytes and a control byte a slot, instead of an allocation each.
/// The hasher's seed is fixed: nothing that a client sends is ever inserted, so it can choose no
/// collisions among what is stored, and a look-up costs one probe sequence.
#[derive(Clone)]
pub(super) struct StringSet {
    longest: usize,
    strings: Strings,
}

#[derive(Clone)]
enum Strings {
    Few(Vec<Box<[u8]>>),
    Many { text: Box<[u8]>, spans: HashTable<Span> },
}

impl StringSet {
    /// Freezes the strings; repetitions are folded.
    pub(super) fn new<'a>(strings: impl ExactSizeIterator<Item = &'a str> + Clone) -> Self {
        let longest = strings.clone().map(str::len).max().unwrap_or(0);
        let strings = if strings.len() <= FEW {
            let mut few: Vec<Box<[u8]>> = strings.map(|string| string.as_bytes().into()).collect();
            few.sort_unstable();
            few.dedup();
            Strings::Few(few)
        } else {
            Strings::many(strings)
        };
        Self { longest, strings }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.longest == 0
    }

    pub(super) fn len(&self) -> usize {
        match &self.strings {
            Strings::Few(few) => few.len(),
            Strings::Many { spans, .. } => spans.len(),
        }
    }

    /// Whether the string is in the set.
    pub(super) fn contains(&self, string: &[u8]) -> bool {
        // A longer one is not even hashed: what a hostile string costs is bounded by the set.
        if string.len() > self.longest {
            return false;
        }
        match &self.strings {
            Strings::Few(few) => few.iter().any(|one| **one == *string),
            Strings::Many { text, spans } => {
                spans.find(hash(&[], string), |span| span.of(text) == string).is_some()
            }
        }
    }

    /// Whether the string that the two parts make is in the set.
    pub(super) fn contains_joined(&self, head: &[u8], tail: &[u8]) -> bool {
        if head.len() + tail.len() > self.longest {
            return false;
        }
        match &self.strings {
            Strings::Few(few) => few.iter().any(|string| is_joined(string, head, tail)),
            Strings::Many { text, spans } => {
                spans.find(hash(head, tail), |span| is_joined(span.of(text), head, tail)).is_some()
            }
        }
    }
}

impl Strings {
    fn many<'a>(strings: impl ExactSizeIterator<Item = &'a str> + Clone) -> Self {
        let mut text = Vec::with_capacity(strings.clone().map(str::len).sum());
        let mut spans: HashTable<Span> = HashTable::with_capacity(strings.len());
        for string in strings.map(str::as_bytes) {
            let hashed = hash(&[], string);
            if spans.find(hashed, |span| span.of(&text) == string).is_none() {
                let span = Span::new(text.len(), string.len());
                text.extend_from_slice(string);
                spans.insert_unique(hashed, span, |span| hash(&[], span.of(&text)));
            }
        }
        Self::Many { text: text.into(), spans }
    }
}

impl fmt::Debug for StringSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} strings", self.len())
    }
}

fn is_joined(string: &[u8], head: &[u8], tail: &[u8]) -> bool {
    string.len() == head.len() + tail.len() && string.starts_with(head) && string.ends_with(tail)
}

fn hash(head: &[u8], tail: &[u8]) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(head);
    hasher.write(tail);
    hasher.finish()
}

/// Where a string stands in the text: its start in the upper 48 bits, its length in the lower 16.
///
/// No address space is larger than 48 bits can count, and no pattern is longer than 16 can.
#[derive(Clone, Copy)]
struct Span(u64);

impl Span {
    fn new(start: usize, len: usize) -> Self {
        Self((start as u64) << 16 | len as u64)
    }

    fn of(self, text: &[u8]) -> &[u8] {
        let start = usize::try_from(self.0 >> 16).unwrap_or(usize::MAX);
        let len = usize::try_from(self.0 & 0xffff).unwrap_or_default();
        text.get(start..).and_then(|tail| tail.get(..len)).unwrap_or(&[])
    }
}
