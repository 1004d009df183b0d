//! Objects, arrays and texts, as JSON or as YAML.

use std::fmt::Write;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::document::value::Value;

/// An object, in order.
pub(super) fn object<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

pub(super) fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

pub(super) fn texts<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Value {
    Value::Array(values.into_iter().map(text).collect())
}

/// In JSON, indented, and with a last line that ends.
pub(super) fn json(value: &Value) -> String {
    let mut written = serde_json::to_string_pretty(value).unwrap_or_default();
    written.push('\n');
    written
}

/// In YAML. Every text is in double quotes, with the escapes of JSON, which are escapes of YAML, too. No object and no array
/// is empty.
pub(super) fn yaml(value: &Value) -> String {
    let mut written = String::new();
    write_yaml(&mut written, value, 0);
    written
}

fn write_yaml(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(entries) => {
            for (at, (key, value)) in entries.iter().enumerate() {
                if at > 0 {
                    indent(out, depth);
                }
                out.push_str(&name(key));
                out.push(':');
                write_below(out, value, depth + 1);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    indent(out, depth);
                }
                out.push_str("- ");
                match item {
                    Value::Object(_) => write_yaml(out, item, depth + 1),
                    other => write_scalar(out, other),
                }
            }
        }
        other => write_scalar(out, other),
    }
}

/// The value behind a key.
fn write_below(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(_) | Value::Array(_) => {
            out.push('\n');
            indent(out, depth);
            write_yaml(out, value, depth);
        }
        other => {
            out.push(' ');
            write_scalar(out, other);
        }
    }
}

/// What takes one line: a text, or a number.
fn write_scalar(out: &mut String, value: &Value) {
    let _infallible = writeln!(out, "{}", serde_json::to_string(value).unwrap_or_default());
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A key without quotes, if it needs none.
fn name(key: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    if key.bytes().all(is_plain) {
        key.to_owned()
    } else {
        serde_json::to_string(key).unwrap_or_default()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(boolean) => serializer.serialize_bool(*boolean),
            Self::Whole(whole) => serializer.serialize_u64(*whole),
            Self::Number(text) | Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}
