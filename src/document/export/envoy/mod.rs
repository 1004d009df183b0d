//! Envoy's filter `envoy.filters.http.cors`.
//!
//! What the filter leaves as it is: a simple request of an origin that is not allowed, and, unless it is told otherwise,
//! preflights of one. It sends no `Vary`. A field that is empty is taken from the `CorsPolicy` of the virtual host.

mod routes;

use super::regex;
use super::rule::{self, Entry, Fate, Said};
use super::table::{Has, Table};
use super::tree::{self, object, text, texts};
use super::warning::{Loss, Warnings};
use crate::document::path::Path;
use crate::document::value::Value;
use crate::origin::pattern::OriginPattern;
use crate::policy::decision::CORS_HEADERS;

const COMMENT: &str = "\
# Part of a virtual host, or of a route. The filters of the connection manager have to begin with envoy.filters.http.cors.
# What this policy does not allow must not be allowed by another one: write no CorsPolicy into the virtual host of a route.
# Envoy by itself
#  - sends no Vary, so that caches could give the answer for one origin to another: it is added to what the upstream
#    answers. Answers to preflights have none; no browser keeps those by URL;
#  - lets the upstream's own CORS headers pass: they are removed;
#  - hands preflights of other origins to the upstream: it answers them, 200 and without Access-Control-Allow-Origin;
#  - refuses, over HTTP/1, methods that it does not know, unless its http_protocol_options have allow_custom_methods.
";

const COMMENT_ON_ROUTES: &str = "\
# Part of a virtual host: its routes. Write your cluster in place of \"backend\", and no CorsPolicy into the virtual host.
# The filters of the connection manager have to begin with envoy.filters.http.cors.
# Envoy by itself
#  - sends no Vary, so that caches could give the answer for one origin to another: it is added to what the upstream
#    answers. Answers to preflights have none; no browser keeps those by URL;
#  - lets the upstream's own CORS headers pass: they are removed, but where a path is left alone;
#  - hands preflights of other origins to the upstream: it answers them, 200 and without Access-Control-Allow-Origin;
#  - refuses, over HTTP/1, methods that it does not know, unless its http_protocol_options have allow_custom_methods;
#  - takes the path as it is sent: the first route is for those that servers may read as others. They have no CORS.
";

pub(super) fn yaml(table: &Table<'_>, warnings: &mut Warnings) -> String {
    let comment = if table.has_paths() { COMMENT_ON_ROUTES } else { COMMENT };
    format!("{comment}{}", tree::yaml(&written(table, warnings)))
}

pub(super) fn json(table: &Table<'_>, warnings: &mut Warnings) -> String {
    tree::json(&written(table, warnings))
}

fn written(table: &Table<'_>, warnings: &mut Warnings) -> Value {
    match table.sole() {
        Some((path, has)) => object(configuration(&has, path, warnings)),
        None => routes::written(table, warnings),
    }
}

/// What is written into a virtual host, or into a route.
fn configuration(
    has: &Has<'_>,
    path: &Path,
    warnings: &mut Warnings,
) -> Vec<(&'static str, Value)> {
    let policy = match has {
        Has::LeftAlone => return Vec::new(),
        Has::NoCors => None,
        Has::Policy(policy) => {
            rule::one(policy, path, warnings).and_then(|said| allowing(&said, warnings))
        }
    };
    let is_open = policy.is_some();
    let mut entries = vec![(
        "@type",
        text("type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy"),
    )];
    entries.extend(policy.unwrap_or_default());
    entries.push(("forward_not_matching_preflights", Value::Boolean(false)));
    let names = CORS_HEADERS.iter().map(http::HeaderName::as_str);
    let mut all = vec![
        ("typed_per_filter_config", object([("envoy.filters.http.cors", object(entries))])),
        ("response_headers_to_remove", texts(names)),
    ];
    if is_open {
        let vary = object([
            ("header", object([("key", text("Vary")), ("value", text("Origin"))])),
            ("append_action", text("APPEND_IF_EXISTS_OR_ADD")),
        ]);
        all.push(("response_headers_to_add", Value::Array(vec![vary])));
    }
    all
}

/// The fields that allow something.
fn allowing(said: &Said, warnings: &mut Warnings) -> Option<Vec<(&'static str, Value)>> {
    if !said.shares_all(warnings) {
        return None;
    }
    let origins = said.origins(warnings, |_, entry| match entry {
        Entry::Any => Fate::Kept(vec![object([("exact", text("*"))])]),
        Entry::Opaque => Fate::Kept(vec![object([("exact", text("null"))])]),
        Entry::Origins(pattern) if pattern.is_exact() => {
            Fate::Kept(vec![object([("exact", text(pattern.text()))])])
        }
        Entry::Origins(pattern) if !fits(pattern) => Fate::Lost(Loss::TooLong),
        Entry::Origins(pattern) => {
            let regex = object([("regex", text(regex::of_origins(pattern)))]);
            Fate::Kept(vec![object([("safe_regex", regex)])])
        }
    });
    if origins.is_empty() {
        return None;
    }
    let mut entries = vec![("allow_origin_string_match", Value::Array(origins))];
    // To the filter, `*` by itself is what was asked for.
    let methods =
        if said.methods.is_any() { "*".to_owned() } else { said.allowed_methods().join(",") };
    entries.push(("allow_methods", text(methods)));
    let headers = allowed_headers(said, warnings);
    if !headers.is_empty() {
        entries.push(("allow_headers", text(headers)));
    }
    if !said.exposed.is_empty() {
        entries.push(("expose_headers", text(said.exposed.join(","))));
    }
    if let Some(max_age) = said.max_age {
        entries.push(("max_age", text(max_age.to_string())));
    }
    entries.push(("allow_credentials", Value::Boolean(said.credentials)));
    Some(entries)
}

fn allowed_headers(said: &Said, warnings: &mut Warnings) -> String {
    if said.any_header_and_authorization(warnings) {
        // To browsers, a `*` is any header only where there are no credentials.
        return if said.credentials { "*" } else { "*,authorization" }.to_owned();
    }
    said.lose_prefixes(warnings);
    said.headers.join(",")
}

/// The most instructions of a regular expression that Envoy takes, `re2.max_program_size.error_level`.
const MOST_INSTRUCTIONS: usize = 100;

/// Whether the expression of a pattern is short enough: it takes one for each character, and some for classes.
fn fits(pattern: &OriginPattern<'_>) -> bool {
    let classes = if matches!(pattern.scheme(), "http" | "https") { 24 } else { 36 };
    pattern.text().len() + classes <= MOST_INSTRUCTIONS
}
