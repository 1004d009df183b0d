//! What servers make of a path: which other paths they may read in it.
//!
//! A path goes through several hands, each of which may decode it, normalize it, or do neither. So that
//! the policy is for what is answered in the end, all that a path can be read as has to have the same.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::encoding::encode;
use super::rules::{RULES, Rule};
use super::signs::{NOT_RAW, Signs};

/// More readings than any path has that is meant well, and the bytes of all of them. A path beyond that
/// is as one whose readings disagree.
pub(super) const MOST_READINGS: usize = 64;
const MOST_BYTES: usize = 16 * 1024;

/// Whether a path has but one reading: it is found out in one pass, and is so for nearly all.
pub(crate) fn is_plain(path: &str) -> bool {
    Signs::of(path.as_bytes()).is_empty()
}

/// Whether all readings of a path lead to the same.
pub(super) fn agree<T: PartialEq>(path: &str, lead: impl Fn(&str) -> T) -> bool {
    let mut readings = Readings::default();
    readings.add(path.as_bytes(), false);
    if readings.are_too_many() {
        return false;
    }
    let expected = lead(path);
    let (mut text, mut written) = (Vec::new(), Vec::new());
    let mut next = 0;
    while let Some(reading) = readings.all.get(next).cloned() {
        next += 1;
        for rule in reading.rules() {
            text.clear();
            (rule.change)(readings.text(&reading), &mut text);
            let is_decoded = reading.is_decoded || rule.decodes;
            let Some(&Reading { is_decoded, .. }) = readings.add(&text, is_decoded) else {
                continue;
            };
            if readings.are_too_many() {
                return false;
            }
            // As a browser would send it, which is how routes are written.
            let sent = if is_decoded {
                written.clear();
                encode(&text, &mut written);
                &written
            } else {
                &text
            };
            if !std::str::from_utf8(sent).is_ok_and(|path| lead(path) == expected) {
                return false;
            }
        }
    }
    true
}

/// The readings of a path, each once.
#[derive(Default)]
struct Readings {
    all: Vec<Reading>,
    /// One behind another.
    texts: Vec<u8>,
}

/// A path as someone reads it.
#[derive(Clone)]
struct Reading {
    text: Range<usize>,
    hash: u64,
    signs: Signs,
    /// Whether a `%` in it is one, and no longer the beginning of an encoded byte.
    is_decoded: bool,
}

impl Readings {
    /// Adds a reading, unless it is known.
    fn add(&mut self, text: &[u8], is_decoded: bool) -> Option<&Reading> {
        // A fixed seed will do: of so few texts even those with the same hash are soon compared.
        let hash = FixedState::with_seed(0).hash_one(text);
        let alike = self.all.iter().filter(|known| known.hash == hash);
        let mut alike = alike.filter(|known| self.text(known) == text).peekable();
        let signs = alike.peek().map_or_else(|| Signs::of(text), |known| known.signs);
        // Where nothing is encoded, and nothing would have to be, decoded or not is the same.
        let is_decoded = is_decoded && signs.has(NOT_RAW);
        if alike.any(|known| known.is_decoded == is_decoded) {
            return None;
        }
        let start = self.texts.len();
        self.texts.extend_from_slice(text);
        self.all.push(Reading { text: start..self.texts.len(), hash, signs, is_decoded });
        self.all.last()
    }

    fn are_too_many(&self) -> bool {
        self.all.len() > MOST_READINGS || self.texts.len() > MOST_BYTES
    }

    fn text(&self, reading: &Reading) -> &[u8] {
        self.texts.get(reading.text.clone()).unwrap_or_default()
    }
}

impl Reading {
    /// Those that may make another reading of it.
    fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        // Of what is decoded only `%` is encoded again, and decoded once more.
        let signs = if self.is_decoded { self.signs.without(NOT_RAW) } else { self.signs };
        RULES.iter().filter(move |rule| signs.has(rule.signs))
    }
}
