//! Names of header fields, as sets.

use std::collections::{BTreeMap, BTreeSet};

use super::super::change::Direction;
use super::super::claim::Fact;
use super::super::origins::ANY;
use crate::policy::rule::Rule;
use crate::policy::sent::SentValue;
use crate::safelist::NON_WILDCARD_REQUEST_HEADER;

/// Without what another of the facts covers, and each once.
pub(super) fn without_covered(told: Vec<(Fact, Vec<String>)>) -> Vec<(Fact, Vec<String>)> {
    let told: BTreeMap<Fact, Vec<String>> = told.into_iter().collect();
    let prefixes: Vec<String> = told
        .keys()
        .filter_map(|fact| match fact {
            Fact::Header(element) => element.strip_suffix('*').map(str::to_owned),
            _ => None,
        })
        .collect();
    let is_covered = |fact: &Fact| match fact {
        Fact::Header(element) if element == NON_WILDCARD_REQUEST_HEADER => false,
        Fact::Header(element) => {
            let wider = |prefix: &String| {
                element.starts_with(&**prefix) && element.strip_suffix('*') != Some(prefix)
            };
            prefixes.iter().any(wider)
        }
        // Any header is any number of them.
        _ => prefixes.iter().any(String::is_empty),
    };
    told.into_iter().filter(|(fact, _)| !is_covered(fact)).collect()
}

/// The names of response headers that only one of two rules exposes; `*` for all.
pub(super) fn exposed(old: &Rule, new: &Rule) -> Vec<(Direction, String)> {
    if old.expose == new.expose {
        return Vec::new();
    }
    let [before, after] = [old, new].map(|rule| names(rule.expose.as_ref()));
    let only = |direction, wide: &BTreeSet<String>, narrow: &BTreeSet<String>| {
        let beyond =
            wide.iter().filter(|_| !narrow.contains(ANY)).filter(|it| !narrow.contains(*it));
        // All are told as one.
        let has_any = wide.contains(ANY);
        let told = beyond.filter(|it| !has_any || *it == ANY).cloned();
        told.map(|name| (direction, name)).collect::<Vec<_>>()
    };
    let mut told = only(Direction::Added, &after, &before);
    told.extend(only(Direction::Removed, &before, &after));
    told
}

fn names(value: Option<&SentValue>) -> BTreeSet<String> {
    let value = value.map(SentValue::as_bytes).unwrap_or_default();
    let names = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    let names = names.filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()).collect()
}
