//! A document of any format, as it was written.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::errors::Errors;
use super::path::{Path, Segment};
use crate::builder::error::{Count, Quoted};

/// The most values of a document, arrays and objects included.
const MAX_VALUES: usize = 100_000;

/// A value of a document. It is read as a whole before it is judged, so that all its errors are
/// found at once, whatever the format.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    /// A whole number that is not negative.
    Whole(u64),
    /// Any other number, as it is shown.
    Number(String),
    Text(String),
    Array(Vec<Value>),
    /// In order, with the keys that stand there twice.
    Object(Vec<(String, Value)>),
}

/// Form: found …
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(boolean) => write!(f, "{boolean}"),
            Self::Whole(whole) => write!(f, "{whole}"),
            Self::Number(number) => f.write_str(number),
            Self::Text(text) => write!(f, "{}", Quoted(text)),
            Self::Array(_) => f.write_str("an array"),
            Self::Object(_) => f.write_str("an object"),
        }
    }
}

impl Value {
    /// Reads a whole document.
    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Room::default().value().deserialize(deserializer)
    }

    /// The value of a key, if this is an object with that key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(one, _)| one == key).map(|(_, of)| of),
            _ => None,
        }
    }

    /// The items, if this is an array.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The value under some keys, each in the value of the one before.
    pub(super) fn find(self, place: &Path, errors: &mut Errors) -> Option<Self> {
        let (mut value, mut path) = (self, Path::default());
        for segment in place.segments() {
            let Segment::Key(key, _) = segment else { return None };
            let Self::Object(entries) = value else {
                errors.expected(path, &format!("an object with the key {}", Quoted(key)), &value);
                return None;
            };
            let Some((_, found)) = entries.into_iter().find(|(one, _)| one == key) else {
                errors.push_shape(path, format!("the key {} is missing", Quoted(key)));
                return None;
            };
            (value, path) = (found, path.key(key));
        }
        Some(value)
    }
}

/// How many more values are read.
pub(super) struct Room(Cell<usize>);

impl Default for Room {
    fn default() -> Self {
        Self(Cell::new(MAX_VALUES))
    }
}

impl Room {
    /// The seed of a value.
    pub(super) fn value(&self) -> AnyValue<'_> {
        AnyValue { room: &self.0 }
    }
}

/// Any value, as long as there is room for one more.
pub(super) struct AnyValue<'a> {
    room: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for AnyValue<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(room) = self.room.get().checked_sub(1) else {
            let most = Count(MAX_VALUES);
            return Err(D::Error::custom(format!("there are over {most} values; write fewer")));
        };
        self.room.set(room);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Value, E> {
        Ok(Value::Boolean(boolean))
    }

    fn visit_u64<E>(self, whole: u64) -> Result<Value, E> {
        Ok(Value::Whole(whole))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(u64::try_from(number).map_or_else(|_| Value::Number(number.to_string()), Value::Whole))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(format!("{number:?}")))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(AnyValue { room: self.room })? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Vec::new();
        while let Some(key) = entries.next_key()? {
            object.push((key, entries.next_value_seed(AnyValue { room: self.room })?));
        }
        Ok(Value::Object(object))
    }
}
