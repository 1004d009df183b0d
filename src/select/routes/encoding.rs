//! Bytes of a path that are encoded, as `%2F`.

/// Whether browsers leave a byte of a path as it is:
/// <https://url.spec.whatwg.org/#path-percent-encode-set>
pub(super) const fn stands_raw(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'$' | b'&'..=b';' | b'=' | b'@'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'|' | b'~'
    )
}

/// Whether a path is as browsers send it: encoded where it has to be, in upper case, and nowhere else.
pub(super) fn is_as_sent(path: &str) -> bool {
    let mut needless = Vec::new();
    replace(path.as_bytes(), &mut needless, |rest, _| {
        let (byte, behind) = encoded(rest)?;
        let is_needed = !stands_raw(byte) || byte == b'/';
        let is_upper = rest.iter().take(3).all(|digit| !digit.is_ascii_lowercase());
        (is_needed && is_upper).then_some(behind)
    });
    needless.into_iter().all(stands_raw)
}

/// Encodes what browsers do not leave as it is.
pub(super) fn encode(text: &[u8], encoded: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    write(encoded, 3 * text.len(), |encoded| {
        for &byte in text {
            if stands_raw(byte) {
                encoded.put(byte);
            } else {
                encoded.put(b'%');
                encoded.put(digit(byte / 16));
                encoded.put(digit(byte % 16));
            }
        }
    });
}

/// Decodes each encoded byte for which `is_taken`, once; what is no encoded byte stays.
pub(super) fn decode(text: &[u8], decoded: &mut Vec<u8>, is_taken: impl Fn(u8) -> bool) {
    replace(text, decoded, |rest, decoded| {
        let (byte, behind) = encoded(rest).filter(|(byte, _)| is_taken(*byte))?;
        decoded.put(byte);
        Some(behind)
    });
}

/// Decodes `%u0069` too, as IIS does.
pub(super) fn decode_wide(text: &[u8], decoded: &mut Vec<u8>) {
    replace(text, decoded, |rest, decoded| {
        let (character, behind) = match encoded(rest) {
            Some((byte, behind)) => {
                decoded.put(byte);
                return Some(behind);
            }
            None => wide(rest)?,
        };
        let mut buffer = [0; 4];
        for byte in character.encode_utf8(&mut buffer).bytes() {
            decoded.put(byte);
        }
        Some(behind)
    });
}

/// The byte that is encoded at the beginning of a text, and what is behind it.
fn encoded(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, behind @ ..] = text else {
        return None;
    };
    let byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
    Some((byte, behind))
}

/// The same of a character in the form of `%u0069`.
pub(super) fn wide(text: &[u8]) -> Option<(char, &[u8])> {
    let [b'%', b'u' | b'U', digits @ ..] = text else {
        return None;
    };
    let (digits, behind) = digits.split_at_checked(4)?;
    let number = digits.iter().try_fold(0, |sum, &one| Some(sum * 16 + digit(one)?))?;
    Some((char::from_u32(number)?, behind))
}

fn digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}

/// Replaces what `take` finds at a `%`, from front to back: it writes what stands in its place, and gives
/// what is behind it.
fn replace<'a>(
    text: &'a [u8],
    replaced: &mut Vec<u8>,
    take: impl Fn(&'a [u8], &mut Writer<'_>) -> Option<&'a [u8]>,
) {
    write(replaced, text.len(), |replaced| {
        let mut rest = text;
        while let [byte, behind @ ..] = rest {
            let taken = if *byte == b'%' { take(rest, replaced) } else { None };
            rest = taken.unwrap_or_else(|| {
                replaced.put(*byte);
                behind
            });
        }
    });
}

/// Writes at most so many bytes to a text that is empty.
pub(super) fn write(text: &mut Vec<u8>, most: usize, fill: impl FnOnce(&mut Writer<'_>)) {
    text.resize(most, 0);
    let mut writer = Writer { place: text, length: 0 };
    fill(&mut writer);
    let length = writer.length;
    text.truncate(length);
}

/// Where bytes are written, without asking for room with each of them.
pub(super) struct Writer<'a> {
    place: &'a mut [u8],
    pub(super) length: usize,
}

impl Writer<'_> {
    pub(super) fn put(&mut self, byte: u8) {
        if let Some(place) = self.place.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// What has been written from a place on.
    pub(super) fn written(&self, start: usize) -> &[u8] {
        self.place.get(start..self.length).unwrap_or_default()
    }
}
