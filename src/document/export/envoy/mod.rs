//! Envoy's filter `envoy.filters.http.cors`.
//!
//! What the filter leaves as it is: a simple request of an origin that is not allowed, and, unless it is told otherwise,
//! preflights of one. It sends no `Vary`. A field that is empty is taken from the `CorsPolicy` of the virtual host.

mod report;
mod routes;

use super::regex;
use super::rule::{Entry, Fate, Said};
use super::rules;
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
#  - adds nothing to what a route answers by itself, by direct_response or redirect: have an upstream answer;
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
#  - adds nothing to what a route answers by itself, by direct_response or redirect: have an upstream answer;
#  - hands preflights of other origins to the upstream: it answers them, 200 and without Access-Control-Allow-Origin;
#  - refuses, over HTTP/1, methods that it does not know, unless its http_protocol_options have allow_custom_methods;
#  - takes the path as it is sent: of several paths, the first route is for those that servers may read as others. They have
#    no CORS.
";

const COMMENT_ON_REPORT: &str = "\
# The service goes on to answer. Where Envoy answers CORS today, this would end that. Envoy counts the requests of origins
# that the policy allows in cors.origin_valid, and the others in cors.origin_invalid. It does not look at methods and names of
# headers.
# Part of a virtual host, or of a route; if it begins with routes, of a virtual host: write your cluster in place of \"backend\".
# The filters of the connection manager have to begin with envoy.filters.http.cors.
";

pub(super) fn yaml(table: &Table<'_>, warnings: &mut Warnings) -> String {
    let written = written(table, warnings);
    let comment = if written.get("routes").is_some() { COMMENT_ON_ROUTES } else { COMMENT };
    format!("{comment}{}", tree::yaml(&written))
}

/// What only looks.
pub(super) fn report_only(table: &Table<'_>, warnings: &mut Warnings) -> String {
    format!("{COMMENT_ON_REPORT}{}", tree::yaml(&report::only(written(table, warnings))))
}

pub(super) fn json(table: &Table<'_>, warnings: &mut Warnings) -> String {
    tree::json(&written(table, warnings))
}

fn written(table: &Table<'_>, warnings: &mut Warnings) -> Value {
    if let Some((path, has)) = table.sole() {
        let sole = <[Answer; 1]>::try_from(answers(&has, path, warnings));
        if let Ok([Answer { entries, .. }]) = sole {
            return object(entries);
        }
    }
    routes::written(table, warnings)
}

/// The entries of an object.
type Entries = Vec<(&'static str, Value)>;

/// What is written into a virtual host, or into a route.
struct Answer {
    /// What matches the origin that it is for; nothing, if it is for all that have none before it.
    origin: Option<Value>,
    entries: Entries,
}

/// What a path has: for each origin of all rules but the last what its rule says, and behind those the last one.
fn answers(has: &Has<'_>, path: &Path, warnings: &mut Warnings) -> Vec<Answer> {
    let policy = match has {
        Has::LeftAlone => return vec![Answer { origin: None, entries: Vec::new() }],
        Has::NoCors => return vec![Answer { origin: None, entries: configuration(None, false) }],
        Has::Policy(policy) => policy,
    };
    let rules = rules::by_origin(policy, path, warnings);
    let (mut answers, mut rest, mut is_lossy) = (Vec::new(), None, false);
    for (at, said) in rules.iter().enumerate() {
        if is_lossy {
            // It would answer what a rule before it has lost.
            warnings.push(&said.path, Loss::Behind);
            continue;
        }
        let (origins, are_all) = origins(said, warnings);
        let allowed = allowing(said, warnings);
        is_lossy = !are_all;
        if at + 1 == rules.len() {
            rest = allowed.filter(|_| !origins.is_empty()).map(|it| with_origins(origins, it));
            continue;
        }
        answers.extend(origins.into_iter().map(|origin| {
            let fields = allowed.clone().map(|fields| with_origins(vec![origin.clone()], fields));
            Answer { origin: Some(origin), entries: configuration(fields, true) }
        }));
    }
    answers.push(Answer { origin: None, entries: configuration(rest, rules.len() > 1) });
    answers
}

fn with_origins(origins: Vec<Value>, fields: Entries) -> Entries {
    let origins = ("allow_origin_string_match", Value::Array(origins));
    std::iter::once(origins).chain(fields).collect()
}

/// A `CorsPolicy`, closed if it has no fields, and what is done to the headers of responses.
fn configuration(fields: Option<Entries>, varies: bool) -> Entries {
    let varies = varies || fields.is_some();
    let mut entries = vec![(
        "@type",
        text("type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy"),
    )];
    entries.extend(fields.unwrap_or_default());
    entries.push(("forward_not_matching_preflights", Value::Boolean(false)));
    let names = CORS_HEADERS.iter().map(http::HeaderName::as_str);
    let mut all = vec![
        ("typed_per_filter_config", object([("envoy.filters.http.cors", object(entries))])),
        ("response_headers_to_remove", texts(names)),
    ];
    if varies {
        let vary = object([
            ("header", object([("key", text("Vary")), ("value", text("Origin"))])),
            ("append_action", text("APPEND_IF_EXISTS_OR_ADD")),
        ]);
        all.push(("response_headers_to_add", Value::Array(vec![vary])));
    }
    all
}

/// What matches the origins of a rule, each by itself, and whether these are all.
fn origins(said: &Said, warnings: &mut Warnings) -> (Vec<Value>, bool) {
    let mut are_all = true;
    let origins = said.origins(warnings, |_, entry| match entry {
        Entry::Any => Fate::Kept(vec![object([("exact", text("*"))])]),
        Entry::Opaque => Fate::Kept(vec![object([("exact", text("null"))])]),
        Entry::Origins(pattern) if pattern.is_exact() => {
            Fate::Kept(vec![object([("exact", text(pattern.text()))])])
        }
        Entry::Origins(pattern) if !fits(pattern) => {
            are_all = false;
            Fate::Lost(Loss::TooLong)
        }
        Entry::Origins(pattern) => {
            let regex = object([("regex", text(regex::of_origins(pattern)))]);
            Fate::Kept(vec![object([("safe_regex", regex)])])
        }
    });
    (origins, are_all)
}

/// The fields that allow something, but for the origins.
fn allowing(said: &Said, warnings: &mut Warnings) -> Option<Entries> {
    if !said.shares_all(warnings) {
        return None;
    }
    // To the filter, `*` by itself is what was asked for.
    let methods =
        if said.methods.is_any() { "*".to_owned() } else { said.allowed_methods().join(",") };
    let mut entries = vec![("allow_methods", text(methods))];
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
