//! A frozen set of short strings whose look-up does not grow with it.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::RangeInclusive;
use std::str;

use foldhash::SharedSeed;
use foldhash::fast::FoldHasher;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::sorted::{boxed, sorted};

/// Up to this many strings a scan is cheaper than a hash.
const FEW: usize = 4;

/// A frozen set of strings.
///
/// Few strings are scanned. Many stand one after the other in one text, and a hash table holds
/// where each begins and ends: 8 bytes and a control byte a slot, instead of an allocation each.
/// Each set has a seed of its own, so that nobody who writes a list can choose collisions. Nothing else
/// depends on it: strings come out sorted.
#[derive(Clone)]
pub(super) struct StringSet {
    /// The lengths of the shortest and of the longest.
    lengths: RangeInclusive<usize>,
    strings: Strings,
}

#[derive(Clone)]
enum Strings {
    Few(Vec<Box<str>>),
    Many(Box<Many>),
}

#[derive(Clone)]
struct Many {
    text: Box<[u8]>,
    spans: HashTable<Span>,
    seed: Seed,
}

/// Which string of a set it is: the index of one of few, the span of one of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(u64);

impl StringSet {
    /// Freezes the strings; repetitions are folded.
    pub(super) fn new(strings: &[&str]) -> Self {
        let (mut shortest, mut longest) = (usize::MAX, 0);
        for string in strings {
            shortest = shortest.min(string.len());
            longest = longest.max(string.len());
        }
        Self {
            lengths: shortest..=longest,
            strings: if strings.len() <= FEW {
                Strings::Few(boxed(sorted(strings.to_vec())))
            } else {
                Strings::many(strings)
            },
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        match &self.strings {
            Strings::Few(few) => few.len(),
            Strings::Many(many) => many.spans.len(),
        }
    }

    /// The lengths that strings of the set may have: none if it is empty.
    pub(super) fn lengths(&self) -> &RangeInclusive<usize> {
        &self.lengths
    }

    /// The strings, sorted.
    pub(super) fn sorted(&self) -> Vec<&str> {
        let mut strings = Vec::with_capacity(self.len());
        match &self.strings {
            Strings::Few(few) => {
                for string in few {
                    strings.push(&**string);
                }
            }
            Strings::Many(many) => {
                for span in &many.spans {
                    strings.extend(str::from_utf8(span.of(&many.text)));
                }
            }
        }
        sorted(strings)
    }

    /// Whether the string is in the set.
    #[inline]
    pub(super) fn contains(&self, string: &[u8]) -> bool {
        match &self.strings {
            Strings::Few(few) => few.iter().any(|one| one.as_bytes() == string),
            // A longer one is not even hashed: what a hostile string costs is bounded by the set.
            Strings::Many(many) => {
                self.lengths.contains(&string.len()) && many.find(string).is_some()
            }
        }
    }

    /// The key of the string, if it is in the set.
    pub(super) fn find(&self, string: &[u8]) -> Option<Key> {
        match &self.strings {
            Strings::Few(few) => {
                let found = few.iter().position(|one| one.as_bytes() == string)?;
                Some(Key(found as u64))
            }
            Strings::Many(many) if self.lengths.contains(&string.len()) => {
                many.find(string).map(|span| Key(span.0))
            }
            Strings::Many(_) => None,
        }
    }

    /// The string of a key.
    pub(super) fn get(&self, key: Key) -> Option<&str> {
        match &self.strings {
            Strings::Few(few) => few.get(usize::try_from(key.0).ok()?).map(|string| &**string),
            Strings::Many(many) => str::from_utf8(Span(key.0).of(&many.text)).ok(),
        }
    }
}

/// By what is in them, since tables of the same strings may differ.
impl PartialEq for StringSet {
    fn eq(&self, other: &Self) -> bool {
        let is_in_other = |string: &[u8]| other.contains(string);
        self.len() == other.len()
            && match &self.strings {
                Strings::Few(few) => few.iter().all(|string| is_in_other(string.as_bytes())),
                Strings::Many(many) => many.spans.iter().all(|it| is_in_other(it.of(&many.text))),
            }
    }
}

impl Strings {
    fn many(strings: &[&str]) -> Self {
        let seed = Seed::random();
        let mut text = Vec::with_capacity(strings.iter().map(|string| string.len()).sum());
        let mut spans: HashTable<Span> = HashTable::with_capacity(strings.len());
        for string in strings.iter().map(|string| string.as_bytes()) {
            let same = |span: &Span| span.of(&text) == string;
            let rehash = |span: &Span| seed.hash(span.of(&text));
            if let Entry::Vacant(vacant) = spans.entry(seed.hash(string), same, rehash) {
                vacant.insert(Span::new(text.len(), string.len()));
                text.extend_from_slice(string);
            }
        }
        Self::Many(Box::new(Many { text: text.into(), spans, seed }))
    }
}

impl Many {
    /// Apart, so that few cost less.
    #[inline(never)]
    fn find(&self, string: &[u8]) -> Option<Span> {
        let is_same = |span: &Span| span.of(&self.text) == string;
        self.spans.find(self.seed.hash(string), is_same).copied()
    }
}

/// A few of the strings, and how many there are.
impl fmt::Debug for StringSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.sorted().iter().take(FEW)).finish()?;
        if self.len() > FEW {
            write!(f, " and others, {} in all", self.len())?;
        }
        Ok(())
    }
}

/// A frozen set of pairs of strings, by their keys in other sets. Few are scanned.
#[derive(Clone)]
pub(super) enum Pairs {
    Few(Vec<(Key, Key)>),
    Many(Box<(HashTable<(Key, Key)>, Seed)>),
}

impl Pairs {
    /// Freezes the pairs; repetitions are folded.
    pub(super) fn new(keys: Vec<(Key, Key)>) -> Self {
        let seed = Seed::random();
        let mut pairs = HashTable::new();
        for pair in keys {
            let rehash = |pair: &(Key, Key)| seed.hash_pair(*pair);
            let entry = pairs.entry(seed.hash_pair(pair), |other| *other == pair, rehash);
            entry.or_insert(pair);
        }
        if pairs.len() <= FEW {
            Self::Few(pairs.iter().copied().collect())
        } else {
            Self::Many(Box::new((pairs, seed)))
        }
    }

    pub(super) fn contains(&self, pair: (Key, Key)) -> bool {
        match self {
            Self::Few(few) => few.contains(&pair),
            Self::Many(many) => {
                let (pairs, seed) = &**many;
                pairs.find(seed.hash_pair(pair), |other| *other == pair).is_some()
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.0.len(),
        }
    }

    /// The pairs, in no order.
    pub(super) fn all(&self) -> Vec<(Key, Key)> {
        match self {
            Self::Few(few) => few.clone(),
            Self::Many(many) => many.0.iter().copied().collect(),
        }
    }
}

/// How many there are.
impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in all", self.len())
    }
}

/// The seed of a hash, as random as the standard library's.
#[derive(Clone)]
pub(super) struct Seed {
    own: u64,
    // Not foldhash's own, which is the same in the whole process.
    shared: SharedSeed,
}

impl Seed {
    fn random() -> Self {
        let random = RandomState::new();
        Self { own: random.hash_one(0), shared: SharedSeed::from_u64(random.hash_one(1)) }
    }

    fn hash(&self, string: &[u8]) -> u64 {
        let mut hasher = FoldHasher::with_seed(self.own, &self.shared);
        hasher.write(string);
        hasher.finish()
    }

    fn hash_pair(&self, (one, two): (Key, Key)) -> u64 {
        let mut hasher = FoldHasher::with_seed(self.own, &self.shared);
        hasher.write_u64(one.0);
        hasher.write_u64(two.0);
        hasher.finish()
    }
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
