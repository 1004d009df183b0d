//! From values to the keys of an object, and all that is wrong with their shape.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::errors::{Cause, Errors};
use super::path::Path;
use super::value::Value;
use crate::builder::MAX_RULES;
use crate::builder::error::{PolicyError, Quoted};
use crate::nearest::nearest;

/// The keys whose values could not be read; of a list, with the indices of the items that could not.
pub(super) type Unread = BTreeMap<&'static str, BTreeSet<usize>>;

/// The entries of an object that are not read yet.
#[derive(Debug)]
pub(super) struct Object {
    path: Path,
    entries: Vec<(String, Value)>,
    /// The keys that were asked for.
    known: Vec<&'static str>,
    /// Those that were there.
    found: Vec<&'static str>,
    unread: Unread,
}

impl Object {
    /// The entries of a value that is an object. Of a key that stands twice, the first counts.
    pub(super) fn new(
        path: &Path,
        value: Value,
        expected: &str,
        errors: &mut Errors,
    ) -> Option<Self> {
        let Value::Object(written) = value else {
            errors.expected(path.clone(), expected, &value);
            return None;
        };
        let mut seen = HashMap::with_capacity(written.len());
        let mut entries = Vec::with_capacity(written.len());
        for (key, value) in written {
            let behind = seen.entry(key.clone()).and_modify(|behind| *behind += 1).or_insert(0);
            if *behind == 0 {
                entries.push((key, value));
            } else {
                errors.push_shape(path.repeated_key(&key, *behind), "the key stands there twice");
            }
        }
        let (path, unread) = (path.clone(), Unread::new());
        Some(Self { path, entries, known: Vec::new(), found: Vec::new(), unread })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What is not read yet.
    pub(super) fn entries(&self) -> &[(String, Value)] {
        &self.entries
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(one, _)| one == key)
    }

    /// The value of a key, if it is there.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        let found = self.entries.iter().position(|(one, _)| one == key)?;
        self.found.push(key);
        Some(self.entries.remove(found).1)
    }

    /// The value of a key that has to be there.
    pub(super) fn require(&mut self, key: &'static str, errors: &mut Errors) -> Option<Value> {
        let value = self.take(key);
        if value.is_none() {
            errors.push_shape(self.path.clone(), format!("the key `{key}` is missing"));
        }
        value
    }

    /// An array of strings, of which there is at least one.
    pub(super) fn required_texts(&mut self, key: &'static str, errors: &mut Errors) -> Vec<String> {
        if !self.has(key) {
            self.require(key, errors);
            return Vec::new();
        }
        let texts = self.texts(key, errors);
        if texts.as_ref().is_some_and(Vec::is_empty) {
            errors.push_shape(self.path.key(key), "expected at least one string, found none");
        }
        texts.unwrap_or_default()
    }

    /// An array of strings. An empty one stands for an item that is none, so that the others keep their
    /// indices.
    pub(super) fn texts(&mut self, key: &'static str, errors: &mut Errors) -> Option<Vec<String>> {
        let value = self.take(key)?;
        let path = self.path.key(key);
        let Value::Array(items) = value else {
            errors.expected(path, "an array of strings", &value);
            self.unread.entry(key).or_default();
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::Text(text) => texts.push(text),
                other => {
                    errors.expected(path.index(index), "a string", &other);
                    self.unread.entry(key).or_default().insert(index);
                    texts.push(String::new());
                }
            }
        }
        Some(texts)
    }

    /// Tells the strings of a key that are none of those that are known.
    pub(super) fn expect_known(
        &self,
        key: &'static str,
        texts: &[String],
        known: &[&str],
        errors: &mut Errors,
    ) {
        let unread = self.unread.get(key);
        for (index, text) in texts.iter().enumerate() {
            let is_read = unread.is_none_or(|unread| !unread.contains(&index));
            if is_read && !known.contains(&text.as_str()) {
                // Those who list it think of preflights.
                let fix = match text.as_str() {
                    "OPTIONS" => "; remove it, since preflights need no permission",
                    _ => "",
                };
                let (path, text) = (self.path.key(key).index(index), Quoted(text));
                errors.push_shape(path, format!("expected one of {known:?}, found {text}{fix}"));
            }
        }
    }

    pub(super) fn flag(&mut self, key: &'static str, errors: &mut Errors) -> bool {
        match self.take(key) {
            Some(Value::Boolean(flag)) => flag,
            Some(other) => {
                errors.expected(self.path.key(key), "a boolean", &other);
                self.unread.entry(key).or_default();
                false
            }
            None => false,
        }
    }

    /// A string.
    pub(super) fn text(&mut self, key: &'static str, errors: &mut Errors) -> Option<String> {
        match self.take(key)? {
            Value::Text(text) => Some(text),
            other => {
                errors.expected(self.path.key(key), "a string", &other);
                None
            }
        }
    }

    /// A whole number of seconds.
    pub(super) fn seconds(&mut self, key: &'static str, errors: &mut Errors) -> Option<u64> {
        match self.take(key)? {
            Value::Whole(seconds) => Some(seconds),
            other => {
                errors.expected(self.path.key(key), "a whole number of seconds", &other);
                self.unread.entry(key).or_default();
                None
            }
        }
    }

    /// Every entry, whatever its key.
    #[cfg(feature = "routes")]
    pub(super) fn into_entries(self) -> Vec<(String, Value)> {
        self.entries
    }

    /// What to say of a key that nobody asked for.
    fn unknown(&self, key: &str) -> String {
        match nearest(key, &self.known) {
            Some(meant) if self.found.contains(&meant) => {
                format!("the key is unknown, and `{meant}` stands there, too; write one of them")
            }
            Some(meant) => format!("the key is unknown; write `{meant}`"),
            None => format!("the key is unknown; known are `{}`", self.known.join("`, `")),
        }
    }

    /// Tells the keys that nobody asked for. It gives those whose values could not be read.
    pub(super) fn finish(self, errors: &mut Errors) -> Unread {
        for (key, _) in &self.entries {
            let message = if errors.has_room() { self.unknown(key) } else { String::new() };
            errors.push_shape(self.path.key(key), message);
        }
        self.unread
    }
}

/// An array of rules, of which there are no more than a policy may have.
pub(super) fn rules_array(path: &Path, value: Value, errors: &mut Errors) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) if items.len() > MAX_RULES => {
            let error = PolicyError::TooManyRules { count: items.len() };
            errors.push(path.clone(), Cause::Policy(error));
            None
        }
        Value::Array(items) => Some(items),
        other => {
            errors.expected(path.clone(), "an array of rules", &other);
            None
        }
    }
}
