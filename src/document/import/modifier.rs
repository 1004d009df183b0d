//! What filters of an `HTTPRoute` do to the CORS headers of responses.
//!
//! `HTTPHeaderFilter`: <https://gateway-api.sigs.k8s.io/reference/spec/#httpheaderfilter>

use http::HeaderName;
use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;

use super::super::path::Path;
use super::super::value::Value;
use super::warning::{DocumentWarning, Warnings};
use crate::policy::decision::CORS_HEADERS;

/// A CORS header that is removed, or set to something, or that something is added to.
pub(super) struct Change {
    at: Path,
    /// As written.
    name: String,
    pub(super) header: &'static HeaderName,
    pub(super) removes: bool,
}

/// The changes of the filters from one of them on.
pub(super) fn changes(at_filters: &Path, filters: &[Value], from: usize) -> Vec<Change> {
    let mut changes = Vec::new();
    for (index, filter) in filters.iter().enumerate().skip(from) {
        let Some(modifier) = filter.get("responseHeaderModifier") else { continue };
        let at = at_filters.index(index).key("responseHeaderModifier");
        for key in ["remove", "set", "add"] {
            let items = modifier.get(key).map(Value::items).unwrap_or_default();
            for (index, item) in items.iter().enumerate() {
                let Value::Text(name) = item.get("name").unwrap_or(item) else { continue };
                let is_it = |header: &&HeaderName| name.eq_ignore_ascii_case(header.as_str());
                let Some(header) = CORS_HEADERS.iter().find(is_it) else { continue };
                let (at, name) = (at.key(key).index(index), name.clone());
                changes.push(Change { at, name, header, removes: key == "remove" });
            }
        }
    }
    changes
}

/// Whether they do nothing but take from every response what allows an origin.
pub(super) fn remove_all(changes: &[Change]) -> bool {
    changes.iter().all(|change| change.removes) && changes.iter().any(Change::is_of_origin)
}

impl Change {
    pub(super) fn is_of_origin(&self) -> bool {
        *self.header == ACCESS_CONTROL_ALLOW_ORIGIN
    }

    /// Warns of it, with the key that is left out, or that the paths have no CORS.
    pub(super) fn warn(&self, left_out: Option<&'static str>, warnings: &mut Warnings) {
        let (key, value) = (self.at.to_string(), self.name.clone());
        warnings.push(&self.at, DocumentWarning::HeaderChanged { key, value, left_out });
    }
}
