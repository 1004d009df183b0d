//! The routes of a virtual host, by the paths of a table.

use super::super::paths::{PLAIN, RoutePath};
use super::super::table::{Has, Table};
use super::super::tree::{object, text};
use super::super::warning::{Loss, Warnings};
use super::{MOST_INSTRUCTIONS, configuration};
use crate::document::path::Path;
use crate::document::value::Value;

/// The routes of a virtual host. Of those that match, the first is taken.
pub(super) fn written(table: &Table<'_>, warnings: &mut Warnings) -> Value {
    let whole = Path::default();
    warnings.push(&whole.key("routes"), Loss::AmbiguousPaths);
    let mut routes = vec![route(ambiguous(), &Has::NoCors, &whole, warnings)];
    for (path, written, has) in &table.routes {
        if let Some(matcher) = matcher(written) {
            routes.push(route(matcher, has, path, warnings));
        } else {
            // What it stands for must not be taken for something else.
            warnings.push(path, Loss::TooLong);
            let before = object([("prefix", text(written.before_parameter()))]);
            routes.push(route(before, &Has::NoCors, path, warnings));
        }
    }
    let (path, has) = &table.fallback;
    routes.push(route(object([("prefix", text("/"))]), has, path, warnings));
    object([("routes", Value::Array(routes))])
}

fn route(matcher: Value, has: &Has<'_>, path: &Path, warnings: &mut Warnings) -> Value {
    let cluster = object([("cluster", text("backend"))]);
    let both = [("match", matcher), ("route", cluster)];
    object(both.into_iter().chain(configuration(has, path, warnings)))
}

fn matcher(path: &RoutePath) -> Option<Value> {
    if let Some(exact) = path.exact() {
        return Some(object([("path", text(exact))]));
    }
    let fits = path.size() <= MOST_INSTRUCTIONS;
    let regex = fits.then(|| object([("regex", text(path.regex()))]))?;
    Some(object([("safe_regex", regex)]))
}

/// Whatever is no plain path, with or without a query.
fn ambiguous() -> Value {
    let regex = object([("regex", text(format!("{PLAIN}(?:\\?.*)?")))]);
    let header = object([
        ("name", text(":path")),
        ("string_match", object([("safe_regex", regex)])),
        ("invert_match", Value::Boolean(true)),
    ]);
    object([("prefix", text("/")), ("headers", Value::Array(vec![header]))])
}
