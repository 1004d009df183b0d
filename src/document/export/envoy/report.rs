//! A configuration that only looks: it counts the origins that it would allow or not, and answers none.

use super::super::tree::object;
use crate::document::value::Value;

/// The same configuration, without its effect.
pub(super) fn only(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let left = entries.into_iter().filter(|(key, _)| !ACTS.contains(&key.as_str()));
            Value::Object(
                left.map(|(key, value)| (key.clone(), with_switches(&key, value))).collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(only).collect()),
        other => other,
    }
}

/// What may have an effect where the filter is off.
const ACTS: [&str; 3] =
    ["response_headers_to_remove", "response_headers_to_add", "forward_not_matching_preflights"];

fn with_switches(key: &str, value: Value) -> Value {
    match only(value) {
        Value::Object(mut entries) if key == "envoy.filters.http.cors" => {
            for (switch, percent) in [("filter_enabled", 0), ("shadow_enabled", 100)] {
                let of_hundred = object([("numerator", Value::Whole(percent))]);
                entries.push((switch.to_owned(), object([("default_value", of_hundred)])));
            }
            Value::Object(entries)
        }
        other => other,
    }
}
