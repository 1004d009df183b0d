//! Which of several patterns say nothing that another one does not say.

use std::collections::{BTreeMap, HashSet};

use super::{ANY, Whom, parse, set_of};
use crate::origin::pattern::{OriginPattern, Star};
use crate::origin::place::{Place, Port, above, ends};

/// More patterns with a `*` within a label under one domain are told without being compared with each other.
const MOST_COMPARED: usize = 500;

/// Those that no other one covers, each once.
pub(in super::super) fn without_covered(mut whom: Vec<Whom>) -> Vec<Whom> {
    whom.sort();
    whom.dedup_by(|one, other| one.text == other.text);
    if let Some(at) = whom.iter().position(|one| one.text == ANY) {
        return vec![whom.swap_remove(at)];
    }
    let texts: HashSet<&str> = whom.iter().map(|one| one.text.as_str()).collect();
    let patterns: BTreeMap<&str, OriginPattern<'_>> = texts
        .iter()
        .filter_map(|text| Some((*text, parse(text).filter(|it| !it.is_exact())?)))
        .collect();
    let set = set_of(patterns.keys().copied());
    let mut labels: BTreeMap<_, Vec<&OriginPattern<'_>>> = BTreeMap::new();
    for pattern in patterns.values().filter(|it| it.is_star(Star::Characters)) {
        labels.entry((pattern.scheme(), above(pattern))).or_default().push(pattern);
    }
    let of_any_port = patterns
        .iter()
        .filter(|(_, it)| it.is_star(Star::Everything) || it.star().is_some() && it.has_any_port());
    let of_any_port = set_of(of_any_port.map(|(text, _)| *text));
    let is_covered = |one: &Whom| match patterns.get(one.text.as_str()) {
        None => set.contains(one.origin.as_bytes()),
        // One host, at any port.
        Some(pattern) if pattern.star().is_none() => of_any_port.contains(one.origin.as_bytes()),
        Some(pattern) => {
            let beside = labels.get(&(pattern.scheme(), above(pattern)));
            let beside = beside.filter(|all| all.len() <= MOST_COMPARED);
            wider(pattern).any(|text| text != one.text && texts.contains(&*text))
                || beside.into_iter().flatten().any(|other| includes(other, pattern))
        }
    };
    let kept: Vec<bool> = whom.iter().map(|one| !is_covered(one)).collect();
    let mut kept = kept.into_iter();
    whom.retain(|_| kept.next().unwrap_or(true));
    whom
}

/// The texts of patterns that stand for all that one with a `*` does and more, but for those with a `*` within a label.
fn wider<'a>(pattern: &'a OriginPattern<'a>) -> impl Iterator<Item = String> + 'a {
    let (scheme, port) = (pattern.scheme(), port(Place::of(pattern).port));
    let hosts = ends(above(pattern)).map(|end| format!("*{end}"));
    let both =
        hosts.flat_map(move |host| [&port, ":*"].map(|port| format!("{scheme}://{host}{port}")));
    both.chain([format!("{scheme}://*")])
}

fn port(port: Port<'_>) -> String {
    match port {
        Port::Written("") => String::new(),
        Port::Written(port) => format!(":{port}"),
        Port::Any | Port::Either => ":*".to_owned(),
    }
}

/// Whether one of two patterns under the same domain is for all that the other one is for, and more.
fn includes(wide: &OriginPattern<'_>, narrow: &OriginPattern<'_>) -> bool {
    let (Some((start, end, _)), Some((longer_start, longer_end, _))) =
        (wide.in_label(), narrow.in_label())
    else {
        return false;
    };
    let [port, port_of_narrow] = [wide, narrow].map(|it| Place::of(it).port);
    longer_start.starts_with(start)
        && longer_end.ends_with(end)
        && (port == port_of_narrow || port == Port::Any)
        && (start, end, port) != (longer_start, longer_end, port_of_narrow)
}
