//! A frozen set of short strings whose look-up does not grow with it.

use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::ops::RangeInclusive;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

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
    /// The lengths of the shortest and of the longest.
    lengths: RangeInclusive<usize>,
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
        let lengths = strings.clone().map(str::len);
        let (shortest, longest) = (lengths.clone().min(), lengths.max());
        Self {
            lengths: shortest.unwrap_or(1)..=longest.unwrap_or(0),
            strings: if strings.len() <= FEW {
                Strings::few(strings)
            } else {
                Strings::many(strings)
            },
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// The lengths that strings of the set may have: none if it is empty.
    pub(super) fn lengths(&self) -> &RangeInclusive<usize> {
        &self.lengths
    }

    /// The strings, sorted.
    pub(super) fn sorted(&self) -> Vec<&str> {
        let mut strings: Vec<&[u8]> = match &self.strings {
            Strings::Few(few) => few.iter().map(|string| &**string).collect(),
            Strings::Many { text, spans } => spans.iter().map(|span| span.of(text)).collect(),
        };
        strings.sort_unstable();
        strings.into_iter().flat_map(str::from_utf8).collect()
    }

    /// Whether the string is in the set.
    pub(super) fn contains(&self, string: &[u8]) -> bool {
        match &self.strings {
            Strings::Few(few) => few.iter().any(|one| **one == *string),
            // A longer one is not even hashed: what a hostile string costs is bounded by the set.
            Strings::Many { text, spans } => {
                self.lengths.contains(&string.len()) && find(text, spans, string)
            }
        }
    }
}

/// Looks a string up among many. Apart, so that few cost less.
#[inline(never)]
fn find(text: &[u8], spans: &HashTable<Span>, string: &[u8]) -> bool {
    spans.find(hash(string), |span| span.of(text) == string).is_some()
}

impl Strings {
    fn few<'a>(strings: impl Iterator<Item = &'a str>) -> Self {
        let mut few: Vec<Box<[u8]>> = strings.map(|string| string.as_bytes().into()).collect();
        few.sort_unstable();
        few.dedup();
        Self::Few(few)
    }

    fn many<'a>(strings: impl ExactSizeIterator<Item = &'a str> + Clone) -> Self {
        let mut text = Vec::with_capacity(strings.clone().map(str::len).sum());
        let mut spans: HashTable<Span> = HashTable::with_capacity(strings.len());
        for string in strings.map(str::as_bytes) {
            let same = |span: &Span| span.of(&text) == string;
            let rehash = |span: &Span| hash(span.of(&text));
            if let Entry::Vacant(vacant) = spans.entry(hash(string), same, rehash) {
                vacant.insert(Span::new(text.len(), string.len()));
                text.extend_from_slice(string);
            }
        }
        Self::Many { text: text.into(), spans }
    }
}

/// A few of the strings, and how many there are.
impl fmt::Debug for StringSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.strings {
            Strings::Few(few) => {
                f.debug_set().entries(few.iter().flat_map(|string| str::from_utf8(string))).finish()
            }
            Strings::Many { text, spans } => {
                let some = spans.iter().take(FEW).map(|span| str::from_utf8(span.of(text)));
                f.debug_set().entries(some.flatten()).finish()?;
                write!(f, " and others, {} in all", spans.len())
            }
        }
    }
}

fn hash(string: &[u8]) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(string);
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
