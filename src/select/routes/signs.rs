//! What a path has that a server may read as something else, all of it found in one pass.
//!
//! So a path that has nothing of it has one reading, and a rule is tried where it changes something.

use super::encoding::{stands_raw, wide};

/// A set of the constants below.
#[derive(Clone, Copy)]
pub(super) struct Signs(u32);

/// What browsers encode, and `%`.
pub(super) const NOT_RAW: Signs = Signs(1);
pub(super) const BACKSLASH: Signs = Signs(1 << 1);
pub(super) const PARAMETER: Signs = Signs(1 << 2);
pub(super) const END: Signs = Signs(1 << 3);
pub(super) const CONTROL: Signs = Signs(1 << 4);
/// Two slashes at the beginning.
pub(super) const AUTHORITY: Signs = Signs(1 << 5);

/// Texts of three bytes, in the letters of [`stands_for`]. There is one more slash before a path, for the
/// first byte of a pattern, and one behind it, for the last.
const PATTERNS: [&[u8; 3]; 8] = [b"?//", b"%XX", b"%2F", b"%UX", b"/./", b"../", b"?./", b"? /"];

pub(super) const SLASHES: Signs = Signs(THIRD);
pub(super) const ENCODED: Signs = Signs(THIRD << 1);
pub(super) const ENCODED_SLASH: Signs = Signs(THIRD << 2);
pub(super) const ENCODED_WIDE: Signs = Signs(THIRD << 3);
pub(super) const DOTS: Signs = Signs(THIRD << 4 | THIRD << 5);
/// Dots and blanks at the end of a segment.
pub(super) const TRAILING: Signs = Signs(THIRD << 6 | THIRD << 7);

/// Whether a letter of a pattern stands for a byte of a path. `F` and `U` stand for `f` and `u`, too.
const fn stands_for(letter: u8, byte: u8) -> bool {
    match letter {
        b'?' => true,
        b'X' => byte.is_ascii_hexdigit(),
        _ => byte.to_ascii_uppercase() == letter,
    }
}

impl Signs {
    /// All that a path has.
    pub(super) fn of(path: &[u8]) -> Self {
        let of = |byte: u8| SIGNS.get(usize::from(byte)).copied().unwrap_or_default();
        let (mut single, mut patterns) = (0, 0);
        // What the byte before is, and the patterns of which the two bytes before are the beginning. There
        // is no branch, since nearly every path is read to its end.
        let (mut previous, mut begun) = (of(b'/'), 0);
        for &byte in path {
            let signs = of(byte);
            single |= signs;
            patterns |= signs & begun << NEXT;
            begun = signs & previous << NEXT;
            previous = signs;
        }
        // The slash behind a path ends a segment, and is not one of two.
        patterns |= of(b'/') & begun << NEXT & !SLASHES.0;
        let mut found = Self(single & SINGLE | patterns & PATTERN);
        if path.starts_with(b"//") {
            found.0 |= AUTHORITY.0;
        }
        // The pattern is only the beginning of it.
        if found.has(ENCODED_WIDE) && !path.windows(6).any(|text| wide(text).is_some()) {
            found.0 &= !ENCODED_WIDE.0;
        }
        found
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }
}

/// What each byte is: its own signs in the lowest eight bits, and above them, in eight bits each, the
/// patterns of which it can be the first byte, the second, and the third.
#[expect(clippy::indexing_slicing, reason = "a constant would not compile if it panicked")]
const SIGNS: [u32; 256] = {
    let mut all = [0; 256];
    let mut byte = u8::MIN;
    loop {
        let mut signs = single(byte);
        let mut at = 0;
        while at < 3 * PATTERNS.len() {
            let (pattern, place) = (at / 3, at % 3);
            if stands_for(PATTERNS[pattern][place], byte) {
                signs |= FIRST << (NEXT as usize * place + pattern);
            }
            at += 1;
        }
        all[byte as usize] = signs;
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    all
};

const SINGLE: u32 = 0xFF;
const PATTERN: u32 = SINGLE << (3 * NEXT);
const NEXT: u32 = 8;
const FIRST: u32 = 1 << NEXT;
const THIRD: u32 = FIRST << (2 * NEXT);

const fn single(byte: u8) -> u32 {
    let not_raw = if stands_raw(byte) { 0 } else { NOT_RAW.0 };
    not_raw
        | match byte {
            b'\\' => BACKSLASH.0,
            b';' => PARAMETER.0,
            b'?' => END.0,
            0 => END.0 | CONTROL.0,
            byte if byte.is_ascii_control() => CONTROL.0,
            _ => 0,
        }
}
