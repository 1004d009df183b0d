//! What servers make of a path: which other paths they may read in it.
//!
//! A path goes through several hands, each of which may decode it, normalize it, or do neither. So that
//! the policy is for what is answered in the end, all that a path can be read as has to have the same.
//!
//! RFC 3986, normalization: <https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2>,
//! URL, path state: <https://url.spec.whatwg.org/#path-state>

use std::borrow::Cow;

/// More readings than any path has that is meant well, and the bytes of all of them. A path beyond that
/// is as one whose readings disagree.
pub(super) const MOST_READINGS: usize = 64;
const MOST_BYTES: usize = 16 * 1024;

/// Whether a path has but one reading: it is found out in one pass, and is so for nearly all.
pub(crate) fn is_plain(path: &str) -> bool {
    // Without a branch, since nearly every path is read to its end.
    let (mut is_plain, mut previous) = (true, Sign::None);
    for byte in path.bytes() {
        let sign = SIGNS.get(usize::from(byte)).copied().unwrap_or(Sign::Odd);
        is_plain &= sign != Sign::Odd;
        is_plain &= sign != Sign::Slash || previous == Sign::None;
        previous = sign;
    }
    is_plain && previous != Sign::Dot
}

/// What a byte is to whether a path is plain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    None,
    /// Odd before a slash, and at the end.
    Dot,
    /// Odd behind another one.
    Slash,
    Odd,
}

#[expect(clippy::indexing_slicing, reason = "a constant would not compile if it panicked")]
const SIGNS: [Sign; 256] = {
    let mut signs = [Sign::Odd; 256];
    let mut byte = 0;
    while byte < u8::MAX {
        signs[byte as usize] = match byte {
            b'/' => Sign::Slash,
            b'.' => Sign::Dot,
            b';' => Sign::Odd,
            byte if stands_raw(byte) => Sign::None,
            _ => Sign::Odd,
        };
        byte += 1;
    }
    signs
};

/// Whether all readings of a path lead to the same.
pub(super) fn agree<T: PartialEq>(path: &str, lead: impl Fn(&str) -> T) -> bool {
    if path.len() > MOST_BYTES {
        return false;
    }
    let expected = lead(path);
    let mut readings = vec![Reading { text: path.as_bytes().to_vec(), is_decoded: false }];
    let mut bytes = path.len();
    let mut next = 0;
    while let Some(reading) = readings.get(next) {
        next += 1;
        let further: Vec<_> = RULES.iter().map(|rule| reading.by(rule)).collect();
        for reading in further {
            if readings.contains(&reading) {
                continue;
            }
            bytes += reading.text.len();
            let is_within_bounds = readings.len() < MOST_READINGS && bytes <= MOST_BYTES;
            if !is_within_bounds || !reading.written().is_some_and(|text| lead(&text) == expected) {
                return false;
            }
            readings.push(reading);
        }
    }
    true
}

/// Whether a path is as browsers send it: encoded where it has to be, in upper case, and nowhere else.
pub(super) fn is_as_sent(path: &str) -> bool {
    let needless = replace(path.as_bytes(), |rest, _| {
        let (byte, behind) = encoded(rest)?;
        let is_needed = !stands_raw(byte) || byte == b'/';
        let is_upper = rest.iter().take(3).all(|digit| !digit.is_ascii_lowercase());
        (is_needed && is_upper).then_some(behind)
    });
    needless.into_iter().all(stands_raw)
}

/// Whether browsers leave a byte of a path as it is:
/// <https://url.spec.whatwg.org/#path-percent-encode-set>
const fn stands_raw(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'$' | b'&'..=b';' | b'=' | b'@'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'|' | b'~'
    )
}

/// A path as someone reads it.
#[derive(PartialEq, Eq)]
struct Reading {
    text: Vec<u8>,
    /// Whether a `%` in it is one, and no longer the beginning of an encoded byte.
    is_decoded: bool,
}

/// What one server does to a path, and whether it decodes it. All of them are tried in any order and
/// any number of times, since several servers may have a path one after the other. A rule never makes
/// a path longer, so there is an end to it.
type Rule = (fn(&[u8]) -> Vec<u8>, bool);

const RULES: [Rule; 11] = [
    // Each `%2F` too, as nginx, Caddy and Go do, and Apache and Envoy if they are told to.
    (|text| decode(text, |_| true), true),
    // All but those, as Tomcat and Apache do.
    (|text| decode(text, |byte| byte != b'/'), true),
    (decode_wide, true),
    (turn_backslashes, false),
    (merge_slashes, false),
    (drop_authority, false),
    (cut_parameters, false),
    (remove_dot_segments, false),
    (trim_segments, false),
    (cut_at_end, false),
    (drop_controls, false),
];

impl Reading {
    fn by(&self, (change, decodes): &Rule) -> Self {
        let text = change(&self.text);
        // Where nothing is encoded, and nothing would have to be, decoded or not is the same.
        let is_literal = text.iter().all(|&byte| stands_raw(byte));
        Self { is_decoded: !is_literal && (self.is_decoded || *decodes), text }
    }

    /// The reading as a browser would send it, which is how routes are written.
    fn written(&self) -> Option<Cow<'_, str>> {
        if !self.is_decoded {
            return std::str::from_utf8(&self.text).ok().map(Cow::Borrowed);
        }
        Some(Cow::Owned(encode(&self.text)))
    }
}

/// Encodes what browsers do not leave as it is.
pub(super) fn encode(text: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for &byte in text {
        if stands_raw(byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |value| char::from_digit(value, 16).unwrap_or('0').to_ascii_uppercase();
            encoded.extend(['%', digit(u32::from(byte) / 16), digit(u32::from(byte) % 16)]);
        }
    }
    encoded
}

/// Decodes each encoded byte for which `is_taken`, once; what is no encoded byte stays.
pub(super) fn decode(text: &[u8], is_taken: impl Fn(u8) -> bool) -> Vec<u8> {
    replace(text, |rest, decoded| {
        let (byte, behind) = encoded(rest).filter(|(byte, _)| is_taken(*byte))?;
        decoded.push(byte);
        Some(behind)
    })
}

/// The byte that is encoded at the beginning of a text, and what is behind it.
fn encoded(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, behind @ ..] = text else {
        return None;
    };
    let byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
    Some((byte, behind))
}

/// Decodes `%u0069` too, as IIS does.
fn decode_wide(text: &[u8]) -> Vec<u8> {
    replace(text, |rest, decoded| {
        let [b'%', b'u' | b'U', digits @ ..] = rest else {
            let (byte, behind) = encoded(rest)?;
            decoded.push(byte);
            return Some(behind);
        };
        let (digits, behind) = digits.split_at_checked(4)?;
        let number = digits.iter().try_fold(0, |sum, &one| Some(sum * 16 + digit(one)?))?;
        decoded.extend(char::from_u32(number)?.to_string().bytes());
        Some(behind)
    })
}

fn digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}

/// Replaces what `take` finds at the beginning of a rest, from front to back: it writes what stands in its
/// place, and gives what is behind it.
fn replace<'a>(
    text: &'a [u8],
    take: impl Fn(&'a [u8], &mut Vec<u8>) -> Option<&'a [u8]>,
) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, behind @ ..] = rest {
        rest = take(rest, &mut replaced).unwrap_or_else(|| {
            replaced.push(*byte);
            behind
        });
    }
    replaced
}

/// As Windows, and as browsers do.
fn turn_backslashes(text: &[u8]) -> Vec<u8> {
    text.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect()
}

/// As nginx, Apache, Caddy, Go and file systems do.
fn merge_slashes(text: &[u8]) -> Vec<u8> {
    let mut merged = text.to_vec();
    merged.dedup_by(|byte, previous| *byte == b'/' && *previous == b'/');
    merged
}

/// `//host/path` is a path to some, and to who resolves it as a URL, as in `new URL(path, base)`, a host
/// and a path.
fn drop_authority(text: &[u8]) -> Vec<u8> {
    if !text.starts_with(b"//") {
        return text.to_vec();
    }
    let authority = text.iter().position(|&byte| byte != b'/').and_then(|at| text.get(at..));
    let path = authority.and_then(|rest| {
        let at = rest.iter().position(|&byte| byte == b'/')?;
        rest.get(at..)
    });
    path.unwrap_or(b"/").to_vec()
}

/// As Tomcat, Jetty and Spring do.
fn cut_parameters(text: &[u8]) -> Vec<u8> {
    each_segment(text, |segment| segment.split(|&byte| byte == b';').next().unwrap_or_default())
}

/// <https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4>
fn remove_dot_segments(text: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut segments = segments(text).peekable();
    while let Some(segment) = segments.next() {
        let is_dots = matches!(segment, b"." | b"..");
        // What is before the first slash is no segment.
        if segment == b".." && kept.len() > 1 {
            kept.pop();
        }
        if !is_dots {
            kept.push(segment);
        } else if segments.peek().is_none() {
            kept.push(b"");
        }
    }
    kept.join(&b'/')
}

/// Cuts the dots and blanks at the end of each segment, as file systems of Windows do. Dots alone are
/// something else.
fn trim_segments(text: &[u8]) -> Vec<u8> {
    each_segment(text, |segment| {
        let up_to_last = |is_cut: fn(u8) -> bool| {
            let last = segment.iter().rposition(|&byte| !is_cut(byte));
            last.and_then(|last| segment.get(..=last)).unwrap_or_default()
        };
        match up_to_last(|byte| matches!(byte, b'.' | b' ')) {
            [] => up_to_last(|byte| byte == b' '),
            trimmed => trimmed,
        }
    })
}

/// As whoever hands the path to a function that ends it there.
fn cut_at_end(text: &[u8]) -> Vec<u8> {
    text.split(|byte| matches!(byte, 0 | b'?')).next().unwrap_or_default().to_vec()
}

/// As browsers do with some.
fn drop_controls(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_control()).collect()
}

fn segments(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'/')
}

fn each_segment(text: &[u8], change: impl Fn(&[u8]) -> &[u8]) -> Vec<u8> {
    segments(text).map(change).collect::<Vec<_>>().join(&b'/')
}
