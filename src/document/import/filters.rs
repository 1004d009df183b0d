//! What the filters of an `HTTPRoute` do to CORS.
//!
//! `HTTPRouteFilter`: <https://gateway-api.sigs.k8s.io/reference/spec/#httproutefilter>

use http::HeaderName;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN};

use super::super::errors::Errors;
use super::super::path::Path;
use super::super::reader::Object;
use super::super::value::Value;
use super::gateway::Filter;
use super::resources::list;
use super::warning::{DocumentWarning, Warnings};
use crate::builder::error::Quoted;
use crate::policy::decision::CORS_HEADERS;

/// The filters of a rule or of a backend.
#[derive(Default)]
pub(super) struct Filters {
    /// The filter for CORS, and where it stands.
    pub(super) cors: Option<(Path, Filter)>,
    /// The changes of CORS headers. Those of responses count behind the filter for CORS if there is one.
    pub(super) changes: Vec<Change>,
    /// Where the first filter stands by which the gateway answers with a redirect.
    pub(super) redirect: Option<Path>,
    /// Those that are not known, and their types.
    pub(super) not_read: Vec<(Path, String)>,
}

/// A filter of the gateway's own.
const EXTENSION: &str = "ExtensionRef";
/// The filters of the API that do nothing to CORS.
const OTHERS: [&str; 3] = ["URLRewrite", "RequestMirror", "ExternalAuth"];

/// A header that is removed, or set to something, or that something is added to.
pub(super) struct Change {
    at: Path,
    /// As written.
    name: String,
    pub(super) header: HeaderName,
    pub(super) removes: bool,
}

impl Filters {
    /// Reads the filters of a rule or of a backend.
    pub(super) fn read(object: &mut Object, errors: &mut Errors) -> Self {
        let mut filters = Self::default();
        for (at, filter) in list(object, "filters", errors) {
            let expected = "an object with the keys of a filter";
            if let Some(filter) = Object::new(&at, filter, expected, errors) {
                filters.add(at, filter, errors);
            }
        }
        filters
    }

    fn add(&mut self, at: Path, mut filter: Object, errors: &mut Errors) {
        let kind = filter.text("type", errors);
        let mut is_known = kind.as_deref().is_none_or(|kind| OTHERS.contains(&kind));
        let mut take = |of: &str, key| match &kind {
            Some(kind) if kind == of => {
                is_known = true;
                filter.require(key, errors)
            }
            _ => filter.take(key),
        };
        let cors = take("CORS", "cors");
        let of_responses = take("ResponseHeaderModifier", "responseHeaderModifier");
        let of_requests = take("RequestHeaderModifier", "requestHeaderModifier");
        if take("RequestRedirect", "requestRedirect").is_some() {
            self.redirect.get_or_insert_with(|| at.clone());
        }
        let extension = take(EXTENSION, "extensionRef").map(|_| EXTENSION.to_owned());
        if let Some(kind) = extension.or(kind.filter(|_| !is_known)) {
            self.not_read.push((at.clone(), kind));
        }
        if let Some(cors) = cors {
            let read = Filter::read(at.key("cors"), cors, errors);
            if self.cors.is_some() {
                errors.push_shape(at, "a rule has one CORS filter; remove one of them");
                return;
            }
            self.cors = read.map(|filter| (at.clone(), filter));
            self.changes.retain(|change| is_of_requests(&change.header));
        }
        if let Some(modifier) = of_responses {
            let changes = changes(&at.key("responseHeaderModifier"), modifier, errors).into_iter();
            self.changes.extend(changes.filter(|it| CORS_HEADERS.contains(&it.header)));
        }
        if let Some(modifier) = of_requests {
            let changes = changes(&at.key("requestHeaderModifier"), modifier, errors).into_iter();
            self.changes.extend(changes.filter(|it| is_of_requests(&it.header)));
        }
    }
}

/// What a modifier does.
///
/// `HTTPHeaderFilter`: <https://gateway-api.sigs.k8s.io/reference/spec/#httpheaderfilter>
fn changes(path: &Path, modifier: Value, errors: &mut Errors) -> Vec<Change> {
    let mut changes = Vec::new();
    let expected = "an object with the keys of a header modifier";
    let Some(mut object) = Object::new(path, modifier, expected, errors) else { return changes };
    for key in ["remove", "set", "add"] {
        let removes = key == "remove";
        for (at, item) in list(&mut object, key, errors) {
            let name = if removes { text(&at, item, errors) } else { name(&at, item, errors) };
            let Some(name) = name else { continue };
            if let Ok(header) = HeaderName::from_bytes(name.as_bytes()) {
                changes.push(Change { at, name, header, removes });
            } else {
                let found = Quoted(&name);
                errors.push_shape(at, format!("expected the name of a header, found {found}"));
            }
        }
    }
    object.finish(errors);
    changes
}

fn text(at: &Path, value: Value, errors: &mut Errors) -> Option<String> {
    match value {
        Value::Text(text) => Some(text),
        other => {
            errors.expected(at.clone(), "a string", &other);
            None
        }
    }
}

fn name(at: &Path, value: Value, errors: &mut Errors) -> Option<String> {
    let expected = "an object with the keys `name` and `value`";
    let mut object = Object::new(at, value, expected, errors)?;
    let name = object.require("name", errors);
    object.take("value");
    object.finish(errors);
    text(&at.key("name"), name?, errors)
}

/// Whether CORS is decided by this header of requests.
fn is_of_requests(header: &HeaderName) -> bool {
    *header == ORIGIN || header.as_str().starts_with("access-control-request-")
}

/// Whether they do nothing but take from every response what allows an origin.
pub(super) fn remove_all(changes: &[Change]) -> bool {
    changes.iter().all(|change| change.removes)
        && changes.iter().any(|change| change.header == ACCESS_CONTROL_ALLOW_ORIGIN)
}

impl Change {
    /// Whether the paths have no CORS because of it, even with a filter for CORS.
    pub(super) fn closes(&self) -> bool {
        self.header == ACCESS_CONTROL_ALLOW_ORIGIN || is_of_requests(&self.header)
    }

    /// Warns of it, with the key that is left out, or that the paths have no CORS.
    pub(super) fn warn(&self, left_out: Option<&'static str>, warnings: &mut Warnings) {
        let (key, value) = (self.at.to_string(), self.name.clone());
        warnings.push(&self.at, DocumentWarning::HeaderChanged { key, value, left_out });
    }
}
