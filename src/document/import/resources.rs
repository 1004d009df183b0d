//! The resources of Kubernetes in a text: one, those of a `List`, or those of several documents, each of which is one or a list.

use super::super::errors::Errors;
use super::super::format::Format;
use super::super::path::Path;
use super::super::reader::Object;
use super::super::value::Value;
use crate::builder::error::Quoted;

/// The resources of a text, each with its place.
pub(super) fn of(format: Format, whole: Value, errors: &mut Errors) -> Vec<(Path, Value)> {
    let mut resources = Vec::new();
    for (path, document) in documents(format, whole) {
        if document.get("items").is_some() {
            resources.extend(items(&path, document, errors).unwrap_or_default());
        } else {
            resources.push((path, document));
        }
    }
    expect_one_reach(&resources, errors);
    resources
}

fn documents(format: Format, whole: Value) -> Vec<(Path, Value)> {
    let path = Path::default();
    match (format, whole) {
        #[cfg(feature = "yaml")]
        (Format::YamlStream, Value::Array(documents)) => {
            // Behind the last `---` there may be nothing, and between two of them a comment.
            let are_empty = documents.iter().all(|document| *document == Value::Null);
            let documents = documents.into_iter().enumerate();
            let documents = documents.filter(|(_, it)| are_empty || *it != Value::Null);
            documents.map(|(at, document)| (path.index(at), document)).collect()
        }
        (_, whole) => vec![(path, whole)],
    }
}

fn items(path: &Path, written: Value, errors: &mut Errors) -> Option<Vec<(Path, Value)>> {
    expect_kind(path, &written, &["List", "HTTPRouteList"], errors)?;
    let mut object = Object::new(path, written, "a list", errors)?;
    Some(list(&mut object, "items", errors))
}

/// Tells the resources that are not for the same requests as the first, but for their paths. A table is for all.
fn expect_one_reach(resources: &[(Path, Value)], errors: &mut Errors) {
    for (of, key) in [("metadata", "namespace"), ("spec", "parentRefs"), ("spec", "hostnames")] {
        let reach = |(_, it): &(Path, Value)| it.get(of).and_then(|it| it.get(key)).cloned();
        let first = resources.first().and_then(reach);
        let other = resources.iter().find(|resource| reach(resource) != first);
        if let Some((path, _)) = other {
            let message = format!("the first resource has another `{key}`; read them one by one");
            errors.push_shape(path.key(of).key(key), message);
        }
    }
}

pub(super) fn expect_kind(
    path: &Path,
    value: &Value,
    kinds: &[&str],
    errors: &mut Errors,
) -> Option<()> {
    let is_one = |kind: &Value| matches!(kind, Value::Text(kind) if kinds.contains(&kind.as_str()));
    let other = value.get("kind").filter(|kind| !is_one(kind));
    if let (Some(other), Some(expected)) = (other, kinds.first()) {
        errors.expected(path.key("kind"), &Quoted(expected).to_string(), other);
    }
    other.is_none().then_some(())
}

/// The items under a key, each with its place; none if the key is not there.
pub(super) fn list(
    object: &mut Object,
    key: &'static str,
    errors: &mut Errors,
) -> Vec<(Path, Value)> {
    let path = object.path().key(key);
    match object.take(key) {
        Some(Value::Array(items)) => {
            let items = items.into_iter().enumerate();
            items.map(|(at, item)| (path.index(at), item)).collect()
        }
        Some(other) => {
            errors.expected(path, "an array", &other);
            Vec::new()
        }
        None => Vec::new(),
    }
}
