//! The reading of an object, and of nothing else, without some of its keys.

use std::cell::Cell;
use std::fmt;

use serde::Deserializer;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, IgnoredAny, IntoDeserializer, MapAccess, Visitor};

use super::Document;

/// Reads an object: derived code would take an array of values in order, too.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    /// Keys that are passed over, with their values.
    pub(super) without: &'a [String],
    /// Holds the key that was not taken, if the reading failed for one.
    pub(super) refused: &'a Cell<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Document;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Document, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the keys of a policy")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Document, A::Error> {
        let rest = Rest { map, object: self };
        Document::deserialize(MapAccessDeserializer::new(rest))
    }
}

/// The entries of a map whose keys are not passed over.
struct Rest<'a, A> {
    map: A,
    object: Object<'a>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Rest<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error>
    where
        K: DeserializeSeed<'de>,
    {
        while let Some(key) = self.map.next_key::<String>()? {
            if !self.object.without.contains(&key) {
                self.object.refused.set(Some(key.clone()));
                let taken = seed.deserialize(key.into_deserializer())?;
                self.object.refused.set(None);
                return Ok(Some(taken));
            }
            self.map.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_value_seed<V>(&mut self, seed: V) -> Result<V::Value, A::Error>
    where
        V: DeserializeSeed<'de>,
    {
        self.map.next_value_seed(seed)
    }
}
