//! From values to the keys of an object, and all that is wrong with their shape.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::path::Path;
use super::problems::Problems;
use super::value::Value;

/// The keys whose values are not as they should be; of a list, with the indices of the items that are not.
pub(super) type Faulty = BTreeMap<&'static str, BTreeSet<usize>>;

/// The entries of an object that are not read yet.
#[derive(Debug)]
pub(super) struct Object {
    path: Path,
    entries: Vec<(String, Value)>,
    /// The keys that were asked for.
    known: Vec<&'static str>,
    faulty: Faulty,
}

impl Object {
    /// The entries of a value that is an object. Of a key that stands twice, the first counts.
    pub(super) fn new(
        path: &Path,
        value: Value,
        expected: &str,
        problems: &mut Problems,
    ) -> Option<Self> {
        let Value::Object(written) = value else {
            problems.expected(path.clone(), expected, &value);
            return None;
        };
        let mut seen = HashMap::with_capacity(written.len());
        let mut entries = Vec::with_capacity(written.len());
        for (key, value) in written {
            let behind = seen.entry(key.clone()).and_modify(|behind| *behind += 1).or_insert(0);
            if *behind == 0 {
                entries.push((key, value));
            } else {
                problems.push_fault(path.repeated_key(&key, *behind), "the key stands there twice");
            }
        }
        Some(Self { path: path.clone(), entries, known: Vec::new(), faulty: Faulty::new() })
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
        Some(self.entries.remove(found).1)
    }

    /// The value of a key that has to be there.
    pub(super) fn require(&mut self, key: &'static str, problems: &mut Problems) -> Option<Value> {
        let value = self.take(key);
        if value.is_none() {
            problems.push_fault(self.path.clone(), format!("the key `{key}` is missing"));
        }
        value
    }

    /// An array of strings, of which there is at least one.
    pub(super) fn required_texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Vec<String> {
        if !self.has(key) {
            self.require(key, problems);
            return Vec::new();
        }
        let texts = self.texts(key, problems);
        if texts.as_ref().is_some_and(Vec::is_empty) {
            problems.push_fault(self.path.key(key), "expected at least one string, found none");
        }
        texts.unwrap_or_default()
    }

    /// An array of strings. An empty one stands for an item that is none, so that the others keep their
    /// indices.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<Vec<String>> {
        let value = self.take(key)?;
        let path = self.path.key(key);
        let Value::Array(items) = value else {
            problems.expected(path, "an array of strings", &value);
            self.faulty.entry(key).or_default();
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::Text(text) => texts.push(text),
                other => {
                    problems.expected(path.index(index), "a string", &other);
                    self.faulty.entry(key).or_default().insert(index);
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
        problems: &mut Problems,
    ) {
        let faulty = self.faulty.get(key);
        for (index, text) in texts.iter().enumerate() {
            let is_read = faulty.is_none_or(|faulty| !faulty.contains(&index));
            if is_read && !known.contains(&text.as_str()) {
                let path = self.path.key(key).index(index);
                problems.push_fault(path, format!("expected one of {known:?}, found {text:?}"));
            }
        }
    }

    pub(super) fn flag(&mut self, key: &'static str, problems: &mut Problems) -> bool {
        match self.take(key) {
            Some(Value::Boolean(flag)) => flag,
            Some(other) => {
                problems.expected(self.path.key(key), "a boolean", &other);
                self.faulty.entry(key).or_default();
                false
            }
            None => false,
        }
    }

    /// A whole number of seconds.
    pub(super) fn seconds(&mut self, key: &'static str, problems: &mut Problems) -> Option<u64> {
        match self.take(key)? {
            Value::Whole(seconds) => Some(seconds),
            other => {
                problems.expected(self.path.key(key), "a whole number of seconds", &other);
                self.faulty.entry(key).or_default();
                None
            }
        }
    }

    /// Every entry, whatever its key.
    #[cfg(feature = "routes")]
    pub(super) fn into_entries(self) -> Vec<(String, Value)> {
        self.entries
    }

    /// Tells the keys that nobody asked for. It gives those whose values are not as they should be.
    pub(super) fn finish(self, problems: &mut Problems) -> Faulty {
        let known = self.known.join("`, `");
        for (key, _) in &self.entries {
            problems
                .push_fault(self.path.key(key), format!("the key is unknown; known are `{known}`"));
        }
        self.faulty
    }
}

/// An array of anything.
pub(super) fn array(path: &Path, value: Value, problems: &mut Problems) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items),
        other => {
            problems.expected(path.clone(), "an array of rules", &other);
            None
        }
    }
}
