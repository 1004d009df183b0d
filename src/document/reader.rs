//! From values to the keys of an object, and all that is wrong with their shape.

use std::collections::HashMap;

use super::path::Path;
use super::value::Value;

/// What is wrong so far with the shape of a document: where, and what.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<(Path, String)>);

impl Faults {
    pub(super) fn push(&mut self, path: Path, message: impl Into<String>) {
        self.0.push((path, message.into()));
    }

    pub(super) fn expected(&mut self, path: Path, expected: &str, found: &Value) {
        self.push(path, format!("expected {expected}, found {found}"));
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = (Path, String)> {
        self.0.into_iter()
    }
}

/// The entries of an object that are not read yet.
#[derive(Debug)]
pub(super) struct Object {
    path: Path,
    entries: Vec<(String, Value)>,
    /// The keys that were asked for.
    known: Vec<&'static str>,
    /// Those whose values are not as they should be.
    faulty: Vec<&'static str>,
}

impl Object {
    /// The entries of a value that is an object. Of a key that stands twice, the first counts.
    pub(super) fn new(
        path: &Path,
        value: Value,
        expected: &str,
        faults: &mut Faults,
    ) -> Option<Self> {
        let Value::Object(written) = value else {
            faults.expected(path.clone(), expected, &value);
            return None;
        };
        let mut seen = HashMap::with_capacity(written.len());
        let mut entries = Vec::with_capacity(written.len());
        for (key, value) in written {
            let behind = seen.entry(key.clone()).and_modify(|behind| *behind += 1).or_insert(0);
            if *behind == 0 {
                entries.push((key, value));
            } else {
                faults.push(path.repeated_key(&key, *behind), "the key stands there twice");
            }
        }
        Some(Self { path: path.clone(), entries, known: Vec::new(), faulty: Vec::new() })
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
    pub(super) fn require(&mut self, key: &'static str, faults: &mut Faults) -> Option<Value> {
        let value = self.take(key);
        if value.is_none() {
            faults.push(self.path.clone(), format!("the key `{key}` is missing"));
        }
        value
    }

    /// An array of strings, of which there is at least one.
    pub(super) fn required_texts(&mut self, key: &'static str, faults: &mut Faults) -> Vec<String> {
        if !self.has(key) {
            self.require(key, faults);
            return Vec::new();
        }
        let texts = self.texts(key, faults);
        if texts.as_ref().is_some_and(Vec::is_empty) && !self.faulty.contains(&key) {
            faults.push(self.path.key(key), "expected at least one string, found none");
        }
        texts.unwrap_or_default()
    }

    /// An array of strings.
    pub(super) fn texts(&mut self, key: &'static str, faults: &mut Faults) -> Option<Vec<String>> {
        let value = self.take(key)?;
        let path = self.path.key(key);
        let Value::Array(items) = value else {
            faults.expected(path, "an array of strings", &value);
            self.faulty.push(key);
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::Text(text) => texts.push(text),
                other => {
                    faults.expected(path.index(index), "a string", &other);
                    self.faulty.push(key);
                }
            }
        }
        Some(texts)
    }

    pub(super) fn flag(&mut self, key: &'static str, faults: &mut Faults) -> bool {
        match self.take(key) {
            Some(Value::Boolean(flag)) => flag,
            Some(other) => {
                faults.expected(self.path.key(key), "a boolean", &other);
                self.faulty.push(key);
                false
            }
            None => false,
        }
    }

    /// A whole number of seconds.
    pub(super) fn seconds(&mut self, key: &'static str, faults: &mut Faults) -> Option<u64> {
        match self.take(key)? {
            Value::Whole(seconds) => Some(seconds),
            other => {
                faults.expected(self.path.key(key), "a whole number of seconds", &other);
                self.faulty.push(key);
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
    pub(super) fn finish(self, faults: &mut Faults) -> Vec<&'static str> {
        let known = self.known.join("`, `");
        for (key, _) in &self.entries {
            faults.push(self.path.key(key), format!("the key is unknown; known are `{known}`"));
        }
        self.faulty
    }
}

/// An array of anything.
pub(super) fn array(path: &Path, value: Value, faults: &mut Faults) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items),
        other => {
            faults.expected(path.clone(), "an array of rules", &other);
            None
        }
    }
}
