//! Where in a document a value stands.

use std::fmt;

use crate::builder::error::Quoted;

/// The keys and indices that lead to a value from the whole: `routes["/a"].rules[1].max_age`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// A key of an object; of those that are the same, the one so many behind the first.
    Key(String, usize),
    /// An item of an array, counted from 0.
    Index(usize),
}

impl Path {
    pub(super) fn key(&self, key: &str) -> Self {
        self.repeated_key(key, 0)
    }

    pub(super) fn repeated_key(&self, key: &str, behind: usize) -> Self {
        self.with(Segment::Key(key.to_owned(), behind))
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    /// The path of what stands at the other one, which begins where this one ends.
    pub(super) fn join(&self, mut other: Self) -> Self {
        other.0.splice(0..0, self.0.iter().cloned());
        other
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.0
    }

    fn with(&self, segment: Segment) -> Self {
        let mut path = self.clone();
        path.0.push(segment);
        path
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key, _) if !is_plain(key) => write!(f, "[{}]", Quoted(key))?,
                Segment::Key(key, _) if position == 0 => f.write_str(key)?,
                Segment::Key(key, _) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

/// Whether a key needs no quotes.
fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key.len() < 64
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
