//! The Public Suffix List, as text that is searched where it stands.
//!
//! It is asked a few times for each pattern, at start-up only. As code, which the crate `psl` has, it takes
//! as long to build as all else. `publicsuffix` brings no list, and `psl2` needs a newer Rust and does not
//! say whether a domain has suffixes below it.

use std::cmp::Ordering;

/// Begins with what it is, whose it is, and what its marks mean.
const LIST: &str = include_str!("list.txt");

/// The name that stands in the list for what all names are below. It is none of a host.
const ROOT: &str = "/";

/// Who made a name a suffix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A registry: `co.uk`.
    Icann,
    /// The owner of the domain: `github.io`.
    Private,
}

/// Whether the name, or any name directly under it, is a suffix of a registry.
pub(super) fn is_of_registry(name: &str) -> bool {
    let below = labels_below(name).and_then(part_of_any);
    [part(name), below].contains(&Some(Part::Icann))
}

pub(super) fn is_suffix(name: &str) -> bool {
    part(name).is_some()
}

/// Whether the list has names below the name.
pub(super) fn has_below(name: &str) -> bool {
    labels_below(name).is_some()
}

pub(super) fn is_top(label: &str) -> bool {
    is_suffix(label) || has_below(label)
}

/// Which part of the list makes the name a suffix.
///
/// <https://github.com/publicsuffix/list/wiki/Format>
fn part(name: &str) -> Option<Part> {
    let (label, parent) = name.split_once('.').unwrap_or((name, ROOT));
    let labels = labels_below(parent)?;
    match find(labels, ' ', label, without_mark).map(mark) {
        Some(Mark::Suffix(part)) => Some(part),
        Some(Mark::Exception) => None,
        Some(Mark::Between) | None => part_of_any(labels),
    }
}

/// Which part of the list makes any label a suffix: that of the `*` among the labels.
fn part_of_any(labels: &'static str) -> Option<Part> {
    match find(labels, ' ', "*", without_mark).map(mark)? {
        Mark::Suffix(part) => Some(part),
        Mark::Exception | Mark::Between => None,
    }
}

/// What the search relies on. A copy with other line ends would have no suffixes, and allow too much.
const _: () = {
    let (mut text, mut has_header) = (LIST.as_bytes(), false);
    while let [byte, rest @ ..] = text {
        assert!(*byte != b'\r', "list.txt has other line ends");
        if let [b'\n', b'\n', _, ..] = text {
            has_header = true;
        }
        text = rest;
    }
    assert!(has_header, "list.txt has no header");
};

/// The labels that the list has below a name, each with its mark.
fn labels_below(name: &str) -> Option<&'static str> {
    let (_, lines) = LIST.trim_ascii_end().split_once("\n\n")?;
    let line = find(lines, '\n', name, |line| split_line(line).0)?;
    Some(split_line(line).1)
}

fn split_line(line: &'static str) -> (&'static str, &'static str) {
    line.split_once(' ').unwrap_or((line, ""))
}

/// What the list says of a label.
enum Mark {
    Suffix(Part),
    /// No suffix, although a `*` stands beside it.
    Exception,
    /// No suffix, but there are some below.
    Between,
}

fn mark(label: &str) -> Mark {
    match label.as_bytes().last() {
        Some(b'~') => Mark::Suffix(Part::Private),
        Some(b'!') => Mark::Exception,
        Some(b'?') => Mark::Between,
        _ => Mark::Suffix(Part::Icann),
    }
}

fn without_mark(label: &'static str) -> &'static str {
    label.trim_end_matches(['~', '!', '?'])
}

/// The item of a key, by halves: in the text stand items in the order of their keys, a separator between
/// each two.
fn find(
    text: &'static str,
    separator: char,
    key: &str,
    key_of: impl Fn(&'static str) -> &'static str,
) -> Option<&'static str> {
    let mut rest = text;
    while !rest.is_empty() {
        let (before, after) = rest.split_at_checked(rest.len() / 2)?;
        let start = before.rfind(separator).map_or(0, |at| at + 1);
        let end = before.len() + after.find(separator).unwrap_or(after.len());
        let item = rest.get(start..end)?;
        rest = match key_of(item).cmp(key) {
            Ordering::Equal => return Some(item),
            Ordering::Less => rest.get(end + 1..)?,
            Ordering::Greater => rest.get(..start.checked_sub(1)?)?,
        };
    }
    None
}
