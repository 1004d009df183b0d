//! The routes of a virtual host, by the paths of a table.

use super::super::paths::{PLAIN, RoutePath};
use super::super::table::{Has, Table};
use super::super::tree::{object, text};
use super::super::warning::{Loss, Warnings};
use super::{Answer, Entries, MOST_INSTRUCTIONS, answers};
use crate::document::path::Path;
use crate::document::value::Value;

/// The routes of a virtual host. Of those that match, the first is taken.
pub(super) fn written(table: &Table<'_>, warnings: &mut Warnings) -> Value {
    let mut routes = Vec::new();
    if table.has_paths() {
        let whole = Path::default();
        warnings.push(&whole.key("routes"), Loss::AmbiguousPaths);
        add(&mut routes, &ambiguous(), &Has::NoCors, &whole, warnings);
    }
    for (path, written, has) in &table.routes {
        if let Some(matcher) = matcher(written) {
            add(&mut routes, &matcher, has, path, warnings);
        } else {
            // What it stands for must not be taken for something else.
            warnings.push(path, Loss::TooLong);
            let before = vec![("prefix", text(written.before_parameter()))];
            add(&mut routes, &before, &Has::NoCors, path, warnings);
        }
    }
    let (path, has) = &table.fallback;
    add(&mut routes, &vec![("prefix", text("/"))], has, path, warnings);
    object([("routes", Value::Array(routes))])
}

/// The routes for what a path has: one for each origin that is chosen by, and one for the others.
fn add(
    routes: &mut Vec<Value>,
    matcher: &Entries,
    has: &Has<'_>,
    path: &Path,
    warnings: &mut Warnings,
) {
    for Answer { origin, entries } in answers(has, path, warnings) {
        let mut matcher = matcher.clone();
        if let Some(origin) = origin {
            let header = object([("name", text("origin")), ("string_match", origin)]);
            matcher.push(("headers", Value::Array(vec![header])));
        }
        let cluster = object([("cluster", text("backend"))]);
        let both = [("match", object(matcher)), ("route", cluster)];
        routes.push(object(both.into_iter().chain(entries)));
    }
}

fn matcher(path: &RoutePath) -> Option<Entries> {
    if let Some(exact) = path.exact() {
        return Some(vec![("path", text(exact))]);
    }
    let fits = path.size() <= MOST_INSTRUCTIONS;
    let regex = fits.then(|| object([("regex", text(path.regex()))]))?;
    Some(vec![("safe_regex", regex)])
}

/// Whatever is no plain path, with or without a query.
fn ambiguous() -> Entries {
    let regex = object([("regex", text(format!("{PLAIN}(?:\\?.*)?")))]);
    let header = object([
        ("name", text(":path")),
        ("string_match", object([("safe_regex", regex)])),
        ("invert_match", Value::Boolean(true)),
    ]);
    vec![("prefix", text("/")), ("headers", Value::Array(vec![header]))]
}
