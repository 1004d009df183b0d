//! Domains in Unicode and their ASCII form.
//!
//! RFC 3492: <https://www.rfc-editor.org/rfc/rfc3492>, URL:
//! <https://url.spec.whatwg.org/#concept-domain-to-ascii>

use std::char::ToLowercase;
use std::fmt::{self, Write};
use std::ops::RangeInclusive;

use super::syntax::MAX_LABEL;

/// What the ASCII form of a label begins with.
pub(super) const PREFIX: &str = "xn--";

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// Whether no browser has a host with these labels, for one of them.
pub(super) fn has_never_sent(labels: &[u8]) -> bool {
    labels.split(|&byte| byte == b'.').any(is_never_sent)
}

/// Whether no browser has a host with this label: it begins with `xn--`, and what follows is not
/// Punycode, or is that of a label which has another form.
//
// Deviation: the URL Standard also refuses characters that are not in Unicode, or may not stand in
// domains. That needs tables of 0.3 MB. Such a label is taken here, and no browser ever sends it.
fn is_never_sent(label: &[u8]) -> bool {
    let Some(encoded) = label.strip_prefix(PREFIX.as_bytes()) else {
        return false;
    };
    let Some(decoded) = Decoded::from(encoded) else {
        return true;
    };
    let chars = decoded.chars();
    chars.iter().all(char::is_ascii)
        || !chars.iter().copied().all(may_stand)
        // What has more digits than this form has more characters.
        || encode(chars, &mut Remaining(encoded)).is_err()
}

/// Whether a character is not one that the URL Standard replaces or refuses, as far as the standard
/// library knows.
fn may_stand(character: char) -> bool {
    let is_lower = || single(character.to_lowercase()) == Some(character);
    // Of Cherokee, and of it alone, the upper-case letters stand in domains.
    let is_cherokee = matches!(character, '\u{13a0}'..='\u{13f5}');
    !character.is_control() && !character.is_whitespace() && (is_lower() || is_cherokee)
}

/// The ASCII form of a domain, if no table is needed to tell it: of letters that have one form only.
pub(super) fn to_ascii(domain: &str) -> Option<String> {
    let mut ascii = String::with_capacity(domain.len());
    for (count, label) in domain.split('.').enumerate() {
        if count > 0 {
            ascii.push('.');
        }
        if label.is_ascii() {
            ascii.push_str(&label.to_ascii_lowercase());
            continue;
        }
        if label.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX)) {
            return None;
        }
        // The other form is no shorter, and takes more time than a longer label is worth.
        if label.chars().nth(MAX_LABEL).is_some() {
            return None;
        }
        let mut chars = Vec::new();
        for character in label.chars() {
            chars.push(lowercase(character)?);
        }
        ascii.push_str(PREFIX);
        encode(&chars, &mut ascii).ok()?;
    }
    Some(ascii)
}

/// The lower-case form of a letter of which nothing else is known to be replaced in a domain, whatever
/// stands beside it: so no combining marks, and no letters that are written from right to left.
fn lowercase(character: char) -> Option<char> {
    let lower = single(character.to_lowercase())?;
    let is_plain = match lower {
        'a'..='z' | '0'..='9' | '-' | '_' => character.is_ascii(),
        // Two letters in one, and letters with an apostrophe, a dot or an old form.
        '\u{133}' | '\u{140}' | '\u{149}' | '\u{17f}' | '\u{f7}' => false,
        _ => PLAIN.iter().any(|letters| letters.contains(&lower)),
    };
    is_plain.then_some(lower)
}

/// The form of a letter, if that is one letter, too.
fn single(mut form: ToLowercase) -> Option<char> {
    let first = form.next()?;
    form.next().is_none().then_some(first)
}

/// Lower-case letters that stand in domains as they are.
const PLAIN: [RangeInclusive<char>; 9] = [
    // Latin.
    '\u{df}'..='\u{17e}',
    // Greek.
    '\u{3ac}'..='\u{3ce}',
    // Cyrillic.
    '\u{430}'..='\u{45f}',
    // Hiragana, Katakana, and the signs that repeat and lengthen.
    '\u{3041}'..='\u{3096}',
    '\u{30a1}'..='\u{30fa}',
    '\u{3005}'..='\u{3005}',
    '\u{30fc}'..='\u{30fc}',
    // Chinese characters.
    '\u{4e00}'..='\u{9fff}',
    // Hangul.
    '\u{ac00}'..='\u{d7a3}',
];

/// Writes the Punycode of a label.
///
/// RFC 3492: <https://www.rfc-editor.org/rfc/rfc3492#section-6.3>
fn encode(label: &[char], out: &mut dyn Write) -> fmt::Result {
    let mut done = 0;
    for character in label.iter().filter(|character| character.is_ascii()) {
        out.write_char(*character)?;
        done += 1;
    }
    let basic = done;
    if basic > 0 {
        out.write_char('-')?;
    }
    let (mut least, mut delta, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    while let Some(next) = least_from(label, least) {
        let steps = (next - least).checked_mul(done + 1).ok_or(fmt::Error)?;
        delta = delta.checked_add(steps).ok_or(fmt::Error)?;
        for code in label.iter().copied().map(u32::from) {
            if code < next {
                delta = delta.checked_add(1).ok_or(fmt::Error)?;
            } else if code == next {
                write_number(delta, bias, out)?;
                bias = adapt(delta, done + 1, done == basic);
                delta = 0;
                done += 1;
            }
        }
        delta = delta.checked_add(1).ok_or(fmt::Error)?;
        least = next + 1;
    }
    Ok(())
}

/// The least code of a character, from another one on.
fn least_from(label: &[char], from: u32) -> Option<u32> {
    let mut least = None;
    for code in label.iter().copied().map(u32::from) {
        if code >= from {
            least = Some(least.map_or(code, |least: u32| least.min(code)));
        }
    }
    least
}

/// Writes a number in digits of which each has a base of its own.
fn write_number(mut number: u32, bias: u32, out: &mut dyn Write) -> fmt::Result {
    let mut digit = |value: u32| {
        let letter = if value < 26 { u32::from(b'a') } else { u32::from(b'0') - 26 };
        out.write_char(char::from_u32(letter + value).ok_or(fmt::Error)?)
    };
    let mut k = BASE;
    loop {
        let threshold = threshold(k, bias);
        if number < threshold {
            return digit(number);
        }
        digit(threshold + (number - threshold) % (BASE - threshold))?;
        number = (number - threshold) / (BASE - threshold);
        k += BASE;
    }
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(T_MIN, T_MAX)
}

/// RFC 3492: <https://www.rfc-editor.org/rfc/rfc3492#section-6.1>
fn adapt(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

/// A decoded label. It has fewer characters than the label that it was read from.
struct Decoded {
    chars: [char; MAX_LABEL],
    len: usize,
}

impl Decoded {
    /// RFC 3492: <https://www.rfc-editor.org/rfc/rfc3492#section-6.2>
    fn from(encoded: &[u8]) -> Option<Self> {
        let mut decoded = Self { chars: ['\0'; MAX_LABEL], len: 0 };
        let delimiter = encoded.iter().rposition(|&byte| byte == b'-');
        let (basic, digits) = match delimiter {
            Some(at) => (encoded.get(..at)?, encoded.get(at + 1..)?),
            None => (&[][..], encoded),
        };
        for &byte in basic {
            decoded.insert(decoded.len, char::from(byte))?;
        }
        let (mut code, mut at, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
        let mut digits = digits.iter();
        while !digits.as_slice().is_empty() {
            let before = at;
            at = read_number(at, bias, &mut digits)?;
            let points = u32::try_from(decoded.len).ok()? + 1;
            bias = adapt(at - before, points, before == 0);
            code = code.checked_add(at / points)?;
            at %= points;
            decoded.insert(usize::try_from(at).ok()?, char::from_u32(code)?)?;
            at += 1;
        }
        Some(decoded)
    }

    fn insert(&mut self, at: usize, character: char) -> Option<()> {
        self.len += 1;
        let tail = self.chars.get_mut(at..self.len)?;
        tail.copy_within(..tail.len() - 1, 1);
        *tail.first_mut()? = character;
        Some(())
    }

    fn chars(&self) -> &[char] {
        self.chars.get(..self.len).unwrap_or_default()
    }
}

/// A number, added to another.
fn read_number<'a>(
    mut sum: u32,
    bias: u32,
    digits: &mut impl Iterator<Item = &'a u8>,
) -> Option<u32> {
    let (mut weight, mut k) = (1_u32, BASE);
    loop {
        let digit = match *digits.next()? {
            letter @ b'a'..=b'z' => u32::from(letter - b'a'),
            digit @ b'0'..=b'9' => u32::from(digit - b'0') + 26,
            _ => return None,
        };
        sum = sum.checked_add(digit.checked_mul(weight)?)?;
        let threshold = threshold(k, bias);
        if digit < threshold {
            return Some(sum);
        }
        weight = weight.checked_mul(BASE - threshold)?;
        k += BASE;
    }
}

/// What is left of an expected text; writing anything else is an error.
struct Remaining<'a>(&'a [u8]);

impl Write for Remaining<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text.as_bytes()).ok_or(fmt::Error)?;
        Ok(())
    }
}
