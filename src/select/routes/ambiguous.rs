//! Paths that can be read as more than one, made from a path that cannot, for the comparison of two tables.
//!
//! Each differs from what it is read as in what routes can tell: a segment that is not taken at its word any
//! more, another number of segments, or an empty one. How it does so makes no difference to them, so one of
//! the many ways to write it stands for all. For `/a/b`:
//!
//! | written            | read as          | instead of it, too                               |
//! |--------------------|------------------|--------------------------------------------------|
//! | `//a/b`            | `/a/b`, `/b`     |                                                  |
//! | `/a//b`            | `/a/b`           |                                                  |
//! | `/a;/b`            | `/a/b`           | a dot, a blank or a control character behind it  |
//! | `/%61/b`           | `/a/b`           | a control character before it                    |
//! | `/a%2Fb`           | `/a/b`           | a backslash                                      |
//! | `/a/..;/b`         | `/b`             |                                                  |
//! | `/a%3F/b`          | `/a`             | a NUL                                            |

use std::collections::BTreeSet;

/// Up to so many segments or slashes are changed in each combination.
const MOST_COMBINED: usize = 4;
/// So many single ones, of longer paths, and so many letters of a segment.
const MOST_SINGLE: usize = 16;
/// So many segments are cut off.
const MOST_CUT: usize = 3;

/// What nobody reads as anything else.
const SEGMENT: &str = "~";

/// Paths that are read as a path, as it is or without some of it.
pub(crate) fn variants(path: &str) -> Vec<String> {
    let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    let count = segments.len();
    let places = || 0..count.min(MOST_SINGLE);
    let mut all = vec![format!("/{path}"), format!("//{SEGMENT}{path}")];
    // Segments that are not as they are written.
    for (which, is_one) in combinations(count) {
        let changed = |change: &dyn Fn(&str) -> String| joined(&segments, &which, change);
        all.push(changed(&|segment| format!("{segment};a")));
        all.push(changed(&|segment| encoded_at(segment, 0)));
        let most = if is_one { MOST_SINGLE } else { 0 };
        for at in 1..most {
            let encoded = changed(&|segment| encoded_at(segment, at));
            if encoded == path {
                break;
            }
            all.push(encoded);
        }
    }
    // Slashes that are none, and segments that are not as they are written, either.
    for (which, _) in combinations(count.saturating_sub(1)) {
        for is_encoded in [false, true] {
            let mut written = String::new();
            for (at, segment) in segments.iter().enumerate() {
                let has_slash = at == 0 || !which.contains(&(at - 1));
                written.push_str(if has_slash { "/" } else { "%2F" });
                written.push_str(&if is_encoded {
                    encoded_at(segment, 0)
                } else {
                    (*segment).to_owned()
                });
            }
            all.push(written);
        }
    }
    // More segments than are read.
    let with = |at: usize, more: &[&str], from: usize| {
        let before = segments.iter().take(at).chain(more);
        before.chain(segments.iter().skip(from)).fold(String::new(), |path, it| path + "/" + it)
    };
    for at in places().chain([count]) {
        all.push(with(at, &["", ""], at));
        all.push(with(at, &[".;"], at));
        all.push(with(at, &["..;"], at));
        all.push(with(at, &[SEGMENT, "..;"], at));
        all.push(with(at, &["%3Fa"], at + 1));
        all.push(with(at, &["%3Fa"], at));
    }
    for (at, segment) in segments.iter().enumerate().take(MOST_SINGLE) {
        all.push(with(at, &[&format!("{segment}%3F")], at + 1));
    }
    all.extend((1..=MOST_CUT).map(|cut| format!("{path}%3F{}", format!("/{SEGMENT}").repeat(cut))));
    all
}

/// What the [`variants`] of a path are read as, without any of their own kind.
pub(crate) fn read_in_variants(path: &str) -> BTreeSet<String> {
    let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    let of = |from: &[&str], more: &[&str]| {
        from.iter().chain(more).fold(String::new(), |path, segment| path + "/" + segment)
    };
    let mut all = BTreeSet::from([path.to_owned(), format!("/{SEGMENT}{path}"), "/".to_owned()]);
    for at in 0..=segments.len().min(MOST_SINGLE) {
        let Some((before, behind)) = segments.split_at_checked(at) else {
            continue;
        };
        all.insert(of(before, &[""]));
        if let [_, shorter @ ..] = behind {
            all.insert(of(before, shorter));
        }
        if !before.is_empty() {
            all.insert(of(before, &[]));
        }
    }
    // `/..;` at the end.
    let above = segments.len().checked_sub(2).and_then(|count| segments.get(..count));
    all.extend(above.map(|above| of(above, &[""])));
    all
}

/// A path that is longer than any route below one path, and is read as another one, too. No path has more segments than
/// `longest`.
pub(crate) fn detour(below: &str, longest: usize, path: &str) -> String {
    let below = below.trim_end_matches('/');
    // More than there are segments lead no further up.
    let above = "/..;".repeat(2 * longest);
    format!("{below}{}{above}{path}", format!("/{SEGMENT}").repeat(longest))
}

/// A path that has more readings than are tried.
pub(crate) fn endless() -> String {
    format!("/%{}61", "25".repeat(super::readings::MOST_READINGS + 1))
}

/// Which of so many are changed at once, and whether it is one.
fn combinations(count: usize) -> Vec<(Vec<usize>, bool)> {
    if count <= MOST_COMBINED {
        let chosen = |mask: usize| (0..count).filter(|at| mask >> at & 1 == 1).collect::<Vec<_>>();
        return (1..1 << count)
            .map(chosen)
            .map(|it| (it.len() == 1, it))
            .map(|(is, it)| (it, is))
            .collect();
    }
    let single = (0..count.min(MOST_SINGLE)).map(|at| (vec![at], true));
    let behind = (0..count.min(MOST_SINGLE)).map(|at| ((at..count).collect(), false));
    let before = (1..count.min(MOST_SINGLE)).map(|at| ((0..at).collect(), false));
    single.chain(behind).chain(before).collect()
}

fn joined(segments: &[&str], which: &[usize], change: impl Fn(&str) -> String) -> String {
    let mut path = String::new();
    for (at, segment) in segments.iter().enumerate() {
        path.push('/');
        path.push_str(&if which.contains(&at) { change(segment) } else { (*segment).to_owned() });
    }
    path
}

/// A segment with one of its letters, which are ASCII, encoded, if it has so many, and if that one is not encoded yet.
fn encoded_at(segment: &str, at: usize) -> String {
    let cut = segment.split_at_checked(at).and_then(|(before, behind)| {
        let mut characters = behind.chars();
        let letter = characters.next().filter(|it| *it != '%')?;
        Some(format!("{before}%{:02X}{}", u32::from(letter), characters.as_str()))
    });
    cut.unwrap_or_else(|| segment.to_owned())
}
