//! What servers do to a path.
//!
//! RFC 3986, normalization: <https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2>,
//! URL, path state: <https://url.spec.whatwg.org/#path-state>

use super::encoding::{Writer, decode, decode_wide, write};
use super::signs::{
    AUTHORITY, BACKSLASH, CONTROL, DOTS, ENCODED, ENCODED_SLASH, ENCODED_WIDE, END, NOT_RAW,
    PARAMETER, SLASHES, Signs, TRAILING,
};

/// What one server does to a path. All of the rules are tried in any order and any number of times, since
/// several servers may have a path one after the other. A rule never makes a path longer, so there is an
/// end to it.
pub(super) struct Rule {
    /// Without one of these signs, the rule leaves a path as it is, or makes of it what the first rule does.
    pub(super) signs: Signs,
    /// Writes what becomes of a path, to a text that is empty.
    pub(super) change: fn(&[u8], &mut Vec<u8>),
    /// Whether it decodes the path.
    pub(super) decodes: bool,
}

const fn decoding(signs: Signs, change: fn(&[u8], &mut Vec<u8>)) -> Rule {
    Rule { signs, change, decodes: true }
}

const fn changing(signs: Signs, change: fn(&[u8], &mut Vec<u8>)) -> Rule {
    Rule { signs, change, decodes: false }
}

pub(super) const RULES: [Rule; 11] = [
    // Each `%2F` too, as nginx, Caddy and Go do, and Apache and Envoy if they are told to.
    decoding(ENCODED.or(NOT_RAW), |text, decoded| decode(text, decoded, |_| true)),
    // All but those, as Tomcat and Apache do.
    decoding(ENCODED_SLASH, |text, decoded| decode(text, decoded, |byte| byte != b'/')),
    decoding(ENCODED_WIDE, decode_wide),
    changing(BACKSLASH, turn_backslashes),
    changing(SLASHES, merge_slashes),
    changing(AUTHORITY, drop_authority),
    changing(PARAMETER, cut_parameters),
    changing(DOTS, remove_dot_segments),
    changing(TRAILING, trim_segments),
    changing(END, cut_at_end),
    changing(CONTROL, drop_controls),
];

/// As Windows, and as browsers do.
fn turn_backslashes(text: &[u8], turned: &mut Vec<u8>) {
    turned.extend(text.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }));
}

/// As nginx, Apache, Caddy, Go and file systems do.
fn merge_slashes(text: &[u8], merged: &mut Vec<u8>) {
    let mut previous = 0;
    keep(text, merged, |byte| {
        let is_kept = byte != b'/' || previous != b'/';
        previous = byte;
        is_kept
    });
}

/// `//host/path` is a path to some, and to who resolves it as a URL, as in `new URL(path, base)`, a host
/// and a path.
fn drop_authority(text: &[u8], path: &mut Vec<u8>) {
    let authority = text.iter().position(|&byte| byte != b'/').and_then(|at| text.get(at..));
    let behind = authority.and_then(|rest| {
        let at = rest.iter().position(|&byte| byte == b'/')?;
        rest.get(at..)
    });
    path.extend_from_slice(behind.unwrap_or(b"/"));
}

/// As Tomcat, Jetty and Spring do.
fn cut_parameters(text: &[u8], cut: &mut Vec<u8>) {
    let mut is_parameter = false;
    keep(text, cut, |byte| {
        is_parameter = byte != b'/' && (is_parameter || byte == b';');
        !is_parameter
    });
}

/// <https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4>
fn remove_dot_segments(text: &[u8], kept: &mut Vec<u8>) {
    write(kept, text.len(), |kept| {
        // Where the segment begins, and where the first that can be removed does: what is before the first
        // slash is no segment.
        let (mut start, mut first) = (0, 0);
        for &byte in text {
            if byte == b'/' {
                if remove_dots(kept, &mut start, first) {
                    continue;
                }
                start = kept.length + 1;
                first = if first == 0 { start } else { first };
            }
            kept.put(byte);
        }
        remove_dots(kept, &mut start, first);
    });
}

/// Removes the segment that has been written, if it is dots, and the one before it, if they are two.
fn remove_dots(kept: &mut Writer<'_>, start: &mut usize, first: usize) -> bool {
    let is_up = match kept.written(*start) {
        b"." => false,
        b".." => true,
        _ => return false,
    };
    if is_up && *start > first {
        let above = kept.written(0).get(..*start - 1).unwrap_or_default();
        *start = above.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
    }
    kept.length = *start;
    true
}

/// Cuts the dots and blanks at the end of each segment, as file systems of Windows do. Dots alone are
/// something else.
fn trim_segments(text: &[u8], trimmed: &mut Vec<u8>) {
    write(trimmed, text.len(), |trimmed| {
        let mut start = 0;
        for &byte in text {
            if byte == b'/' {
                trim(trimmed, start);
                start = trimmed.length + 1;
            }
            trimmed.put(byte);
        }
        trim(trimmed, start);
    });
}

/// Trims the segment that has been written.
fn trim(trimmed: &mut Writer<'_>, start: usize) {
    let segment = trimmed.written(start);
    let up_to_last = |is_cut: fn(u8) -> bool| {
        let last = segment.iter().rposition(|&byte| !is_cut(byte));
        last.map_or(0, |last| last + 1)
    };
    let length = match up_to_last(|byte| matches!(byte, b'.' | b' ')) {
        0 => up_to_last(|byte| byte == b' '),
        length => length,
    };
    trimmed.length = start + length;
}

/// As whoever hands the path to a function that ends it there.
fn cut_at_end(text: &[u8], cut: &mut Vec<u8>) {
    cut.extend_from_slice(text.split(|byte| matches!(byte, 0 | b'?')).next().unwrap_or_default());
}

/// As browsers do with some.
fn drop_controls(text: &[u8], kept: &mut Vec<u8>) {
    keep(text, kept, |byte| !byte.is_ascii_control());
}

/// Writes the bytes that are kept.
fn keep(text: &[u8], kept: &mut Vec<u8>, mut is_kept: impl FnMut(u8) -> bool) {
    write(kept, text.len(), |kept| {
        for &byte in text {
            // Without a branch, since the bytes of a hostile path are hard to predict.
            let length = kept.length + usize::from(is_kept(byte));
            kept.put(byte);
            kept.length = length;
        }
    });
}
