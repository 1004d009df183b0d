//! The CORS configuration of an Amazon S3 bucket.

use super::rule::{Entry, Fate, Said, each_once};
use super::rules;
use super::table::{Has, Table};
use super::tree::{self, object, texts};
use super::warning::{Loss, Warnings};
use crate::document::path::Path;
use crate::document::value::Value;
use crate::origin::pattern::Star;
use crate::safelist::NON_WILDCARD_REQUEST_HEADER;

const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", "DELETE"];
/// The most rules of a bucket.
const MOST_RULES: usize = 100;

pub(super) fn json(table: &Table<'_>, warnings: &mut Warnings) -> String {
    let rules = match table.sole() {
        Some((path, Has::Policy(policy))) => {
            let all = rules::all(policy, path, warnings);
            let mut rules = Vec::new();
            // What a rule has lost would be answered by those behind it, and these may say more.
            let mut is_lossy = false;
            for said in &all {
                if is_lossy {
                    warnings.push(&said.path, Loss::Behind);
                    continue;
                }
                let (rule, is_whole) = written(said, warnings);
                is_lossy = !is_whole;
                if rule.is_none() {
                    warnings.push(&said.path, Loss::Nothing);
                }
                if rules.len() < MOST_RULES {
                    rules.extend(rule);
                } else {
                    warnings.push(&said.path, Loss::TooMany);
                }
            }
            rules
        }
        Some((_, Has::NoCors)) => Vec::new(),
        Some((path, Has::LeftAlone)) => {
            warnings.push(path, Loss::Paths);
            Vec::new()
        }
        None => {
            warnings.push(&Path::default().key("routes"), Loss::Paths);
            Vec::new()
        }
    };
    if rules.is_empty() {
        warnings.push(&Path::default(), Loss::NoRules);
    }
    tree::json(&object([("CORSRules", Value::Array(rules))]))
}

/// The rule, unless nothing is left of it, and whether it answers all requests that the policy's does.
fn written(said: &Said, warnings: &mut Warnings) -> (Option<Value>, bool) {
    let mut is_whole = !said.has_predicates;
    let origins = said.origins(warnings, |value, entry| {
        let fate = judge(value, entry);
        is_whole &= matches!(fate, Fate::Kept(_));
        fate
    });
    let origins = each_once(origins);
    let (methods, has_all_methods) = methods(said, warnings);
    let (headers, has_all_headers) = headers(said, warnings);
    is_whole &= has_all_methods && has_all_headers;
    if said.credentials {
        warnings.push(&said.path.key("allow_credentials"), Loss::Credentials);
    }
    let exposed = warnings.sieve(&said.path.key("expose_headers"), &said.exposed, |name| {
        (name == "*").then_some(Loss::AnyExposed)
    });
    if origins.is_empty() || methods.is_empty() {
        return (None, is_whole);
    }
    let mut entries = vec![("AllowedOrigins", texts(origins)), ("AllowedMethods", texts(methods))];
    if !headers.is_empty() {
        entries.push(("AllowedHeaders", texts(headers)));
    }
    if !exposed.is_empty() {
        entries.push(("ExposeHeaders", texts(exposed)));
    }
    if let Some(max_age) = said.max_age {
        entries.push(("MaxAgeSeconds", Value::Whole(max_age)));
    }
    (Some(object(entries)), is_whole)
}

/// A `*` is any text, dots included, and there is one at most. Ports are written out.
fn judge(value: &str, entry: &Entry<'_>) -> Fate<String> {
    let pattern = match entry {
        Entry::Any => return Fate::Kept(vec![value.to_owned()]),
        Entry::Opaque => return Fate::Lost(Loss::Origin),
        Entry::Origins(pattern) => pattern,
    };
    let portless = value.strip_suffix(":*").unwrap_or(value).to_owned();
    let is_web = matches!(pattern.scheme(), "http" | "https");
    match pattern.star() {
        _ if pattern.scheme() == "file" => Fate::Lost(Loss::Origin),
        Some(Star::Characters) => Fate::Lost(Loss::Star),
        // An opaque host may have empty labels.
        Some(Star::Labels) if !is_web => Fate::Lost(Loss::Star),
        Some(_) if pattern.has_any_port() => Fate::Narrowed(portless, Loss::AnyPort),
        Some(_) => Fate::Kept(vec![value.to_owned()]),
        // The same twice but for any port, and each is written once.
        None => Fate::Kept(vec![portless, value.to_owned()]),
    }
}

/// The methods, and whether they are all of the rule's.
fn methods(said: &Said, warnings: &mut Warnings) -> (Vec<String>, bool) {
    let path = said.methods_path();
    if said.methods.is_any() {
        warnings.lose(&path, "*", Loss::AnyMethod);
        return (METHODS.map(str::to_owned).into(), false);
    }
    let allowed = said.allowed_methods();
    let known = warnings
        .sieve(&path, &allowed, |method| (!METHODS.contains(&method)).then_some(Loss::Method));
    let are_all = known.len() == allowed.len();
    (known, are_all)
}

/// The names, and whether they are all of the rule's.
fn headers(said: &Said, warnings: &mut Warnings) -> (Vec<String>, bool) {
    if said.any_header_and_authorization(warnings) {
        return (vec!["*".to_owned()], true);
    }
    let path = said.path.key("allow_headers");
    let prefixes: Vec<String> = said.prefixes.iter().map(|prefix| format!("{prefix}*")).collect();
    let covers =
        |prefix: &str| NON_WILDCARD_REQUEST_HEADER.starts_with(prefix.trim_end_matches('*'));
    let kept = warnings.sieve(&path, &prefixes, |prefix| {
        (covers(prefix) && !said.names_authorization()).then_some(Loss::Authorization)
    });
    let are_all = !said.any_header && kept.len() == prefixes.len();
    (said.headers.iter().cloned().chain(kept).collect(), are_all)
}
