//! Patterns with a `*` within a label, and the labels that stand for what they meet in.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::iter;

use super::ports::Ports;
use crate::origin::place::Port;

/// What a label is made of.
const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz0123456789_-";

/// The most texts that are tried to leave all longer starts, or ends, behind.
const MOST_TRIED: usize = 4_000;

/// The patterns with a `*` within a label directly under one domain, by what stands before the `*` and behind
/// it in the label.
#[derive(Default)]
pub(super) struct Labels<'a> {
    ports: BTreeMap<(&'a str, &'a str), Ports<'a>>,
    /// For each start the ends that belong to it.
    by_start: HashMap<&'a str, BTreeSet<&'a str>>,
    /// All that a start begins with, and all that an end ends with.
    beginnings: HashSet<&'a str>,
    endings: HashSet<&'a str>,
}

impl<'a> Labels<'a> {
    pub(super) fn add(&mut self, start: &'a str, end: &'a str, port: Port<'a>) {
        self.ports.entry((start, end)).or_default().add(port);
        self.by_start.entry(start).or_default().insert(end);
        self.beginnings.extend(beginnings(start));
        self.endings.extend((0..=end.len()).filter_map(|at| end.get(at..)));
    }

    /// The patterns that a label is in.
    pub(super) fn matching<'b>(
        &'b self,
        label: &'b str,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'b Ports<'a>)> + 'b {
        let starts = beginnings(label).filter_map(|start| self.by_start.get_key_value(start));
        let pairs = starts.flat_map(|(start, ends)| ends.iter().map(|end| (*start, *end)));
        let is_in = |(start, end): &(&str, &str)| {
            label.len() > start.len() + end.len() && label.ends_with(end)
        };
        pairs
            .filter(is_in)
            .filter_map(|(start, end)| Some((start, end, self.ports.get(&(start, end))?)))
    }

    /// Whether a label is in no pattern that is not for every longer label with this start and end.
    pub(super) fn is_generic(&self, label: &str, start: &str, end: &str) -> bool {
        self.matching(label)
            .all(|(its_start, its_end, _)| start.starts_with(its_start) && end.ends_with(its_end))
    }

    /// The starts and ends at which patterns meet: the longer start and the longer end of two, where one
    /// includes the other. Nothing if there are too many.
    pub(super) fn meetings(&self, most: usize) -> Option<BTreeSet<(&'a str, &'a str)>> {
        let mut meetings = BTreeSet::new();
        let mut tried = 0;
        for &(start, end) in self.ports.keys() {
            for ends in beginnings(start).filter_map(|shorter| self.by_start.get(shorter)) {
                meetings.extend(
                    ends.iter().filter(|other| other.ends_with(end)).map(|end| (start, *end)),
                );
                tried += ends.len();
                if tried > 100 * most || meetings.len() > most {
                    return None;
                }
            }
        }
        Some(meetings)
    }

    /// The labels with a start and an end, and nothing between, that are in a pattern at all.
    pub(super) fn overlaps(&self, start: &str, end: &str) -> impl Iterator<Item = String> {
        let shared = beginnings(end).filter(move |shared| start.ends_with(shared));
        let labels =
            shared.filter_map(move |shared| Some(format!("{start}{}", end.strip_prefix(shared)?)));
        labels.filter(|label| self.matching(label).next().is_some())
    }

    /// What comes behind a start so that the label has no longer one, nor that of a pattern that the end
    /// belongs to, too.
    fn head(&self, start: &str, end: &str) -> Option<String> {
        let is_pattern = |start: &str| {
            let ends = self.by_start.get(start);
            ends.is_some_and(|ends| ends.iter().any(|other| end.ends_with(other)))
        };
        shortest(|head| {
            let start = format!("{start}{head}");
            (!is_pattern(&start)).then(|| !self.beginnings.contains(&*start))
        })
    }

    /// The same before an end.
    fn tail(&self, start: &str, end: &str) -> Option<String> {
        let is_pattern = |end: &str| {
            beginnings(start)
                .any(|start| self.by_start.get(start).is_some_and(|ends| ends.contains(end)))
        };
        let reversed = |tail: &str| tail.chars().rev().collect::<String>();
        let tail = shortest(|tail| {
            let end = format!("{}{end}", reversed(tail));
            (!is_pattern(&end)).then(|| !self.endings.contains(&*end))
        });
        tail.map(|tail| reversed(&tail))
    }
}

/// What may stand between a start and an end, in two parts, so that a number may be put between these. The
/// first are words that people can read.
pub(super) fn fillers(
    labels: Option<&Labels<'_>>,
    start: &str,
    end: &str,
) -> impl Iterator<Item = (String, String)> {
    let found = iter::once_with(move || {
        labels.and_then(|labels| labels.head(start, end).zip(labels.tail(start, end)))
    });
    // Where there is no room for more.
    let single = ALPHABET.chars().map(|one| (one.to_string(), String::new()));
    iter::once(("an".to_owned(), "y".to_owned())).chain(found.flatten()).chain(single)
}

/// The shortest text that is told to be the end of the search, by way of texts that may be gone on with.
fn shortest(judge: impl Fn(&str) -> Option<bool>) -> Option<String> {
    let mut tried = 0;
    let mut texts = VecDeque::from([String::new()]);
    while let Some(text) = texts.pop_front() {
        for one in ALPHABET.chars() {
            tried += 1;
            let longer = format!("{text}{one}");
            match judge(&longer) {
                Some(true) => return Some(longer),
                Some(false) if tried < MOST_TRIED => texts.push_back(longer),
                Some(false) | None => {}
            }
        }
    }
    None
}

/// All that a text begins with, itself and nothing included.
fn beginnings(text: &str) -> impl Iterator<Item = &str> {
    (0..=text.len()).filter_map(|at| text.get(..at))
}
