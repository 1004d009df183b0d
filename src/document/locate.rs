//! The position of a value in a text.
//!
//! No format tells positions but in errors. So the text is read once more, to where the value stands,
//! and there the reading fails on purpose.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::path::Segment;

/// Reads to a value, and fails: at its beginning if it is an array or an object, else behind it.
pub(super) struct ToValue<'a>(pub(super) &'a [Segment]);

impl<'de> DeserializeSeed<'de> for ToValue<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// What is neither on the way nor an array or object fails by default.
impl<'de> Visitor<'de> for ToValue<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Some((Segment::Index(index), rest)) = self.0.split_first() else {
            return Err(A::Error::custom("here"));
        };
        for _ in 0..*index {
            items.next_element::<IgnoredAny>()?;
        }
        items.next_element_seed(ToValue(rest))?;
        Err(A::Error::custom("here"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Some((Segment::Key(wanted, behind), rest)) = self.0.split_first() else {
            return Err(A::Error::custom("here"));
        };
        let mut behind = *behind;
        while let Some(key) = entries.next_key::<String>()? {
            if key != *wanted {
                entries.next_value::<IgnoredAny>()?;
            } else if behind > 0 {
                behind -= 1;
                entries.next_value::<IgnoredAny>()?;
            } else {
                entries.next_value_seed(ToValue(rest))?;
            }
        }
        Err(A::Error::custom("here"))
    }
}
