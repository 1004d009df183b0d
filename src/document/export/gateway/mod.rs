//! `HTTPRoute` of the Kubernetes Gateway API, with CORS filters.

mod paths;

use super::rule::{Entry, Fate, Said, each_once};
use super::rules;
use super::table::{Has, Table};
use super::tree::{self, object, text, texts};
use super::warning::{Loss, Warnings};
use crate::document::path::Path;
use crate::document::value::Value;
use crate::origin::pattern::Star;
use crate::policy::decision::CORS_HEADERS;

const COMMENT: &str = "\
# The CORS filter is in the standard channel of the Gateway API since v1.5, and was in the experimental one since v1.3. Write
# your gateway in place of \"gateway\", your service in place of \"backend\", its port, and host names.
# Gateways by themselves may send no Vary, so that caches could give the answer for one origin to another, and may let the
# CORS headers of the service pass: the filter before CORS adds the one, and removes the others.
";

// The limits are those of the definition of the resource, which refuses what is over them:
// <https://github.com/kubernetes-sigs/gateway-api/blob/main/config/crd/standard/gateway.networking.k8s.io_httproutes.yaml>

/// The methods of the API, but for those that no script may use.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
/// The most origins of a filter, and the most names of a list.
const MOST_VALUES: usize = 64;
/// The longest origin, and the longest name of a header.
const LONGEST_ORIGIN: usize = 253;
const LONGEST_NAME: usize = 256;
/// The most paths of a rule, of a resource, and the most rules of one.
const MOST_OF_RULE: usize = 64;
const MOST_PATHS: usize = 128;
const MOST_RULES: usize = 16;

/// The paths that have the same.
struct Rule {
    matches: Vec<Value>,
    filters: Vec<Value>,
}

pub(super) fn yaml(table: &Table<'_>, warnings: &mut Warnings) -> String {
    let rules = match table.sole() {
        Some((path, has)) => {
            let filters = filters(&has, path, warnings);
            vec![Rule { matches: vec![path_match("PathPrefix", "/")], filters }]
        }
        None => paths::rules(table, warnings),
    };
    let mut parts: Vec<Vec<Rule>> = vec![Vec::new()];
    let mut paths = 0;
    for rule in rules {
        let has_room = paths + rule.matches.len() <= MOST_PATHS;
        let last = parts.last_mut().filter(|rules| rules.len() < MOST_RULES && has_room);
        if let Some(rules) = last {
            paths += rule.matches.len();
            rules.push(rule);
        } else {
            paths = rule.matches.len();
            parts.push(vec![rule]);
        }
    }
    let resources = parts.into_iter().enumerate().map(|(at, rules)| {
        let name = match at {
            0 => resource_name(table.name).to_owned(),
            at => format!("{}-{}", resource_name(table.name), at + 1),
        };
        resource(&name, rules)
    });
    let resources: Vec<Value> = resources.collect();
    let whole = match <[Value; 1]>::try_from(resources) {
        Ok([resource]) => resource,
        Err(resources) => object([
            ("apiVersion", text("v1")),
            ("kind", text("List")),
            ("items", Value::Array(resources)),
        ]),
    };
    format!("{COMMENT}{}", tree::yaml(&whole))
}

/// The name of a policy, if it can be one of a resource.
fn resource_name(name: &str) -> &str {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_name = name.len() <= 48 && name.bytes().all(is_part);
    let is_whole =
        name.starts_with(|first: char| first.is_ascii_lowercase()) && !name.ends_with('-');
    if is_name && is_whole { name } else { "cors" }
}

fn resource(name: &str, rules: Vec<Rule>) -> Value {
    let rules = rules.into_iter().map(|Rule { matches, filters }| {
        let mut entries = vec![("matches", Value::Array(matches))];
        if !filters.is_empty() {
            entries.push(("filters", Value::Array(filters)));
        }
        let backend = object([("name", text("backend")), ("port", Value::Whole(80))]);
        entries.push(("backendRefs", Value::Array(vec![backend])));
        object(entries)
    });
    let rules = Value::Array(rules.collect());
    let gateway = Value::Array(vec![object([("name", text("gateway"))])]);
    object([
        ("apiVersion", text("gateway.networking.k8s.io/v1")),
        ("kind", text("HTTPRoute")),
        ("metadata", object([("name", text(name))])),
        ("spec", object([("parentRefs", gateway), ("rules", rules)])),
    ])
}

fn path_match(kind: &str, value: &str) -> Value {
    object([("path", object([("type", text(kind)), ("value", text(value))]))])
}

/// What a rule does to CORS.
fn filters(has: &Has<'_>, path: &Path, warnings: &mut Warnings) -> Vec<Value> {
    let cors = match has {
        Has::LeftAlone => return Vec::new(),
        Has::NoCors => None,
        Has::Policy(policy) => {
            rules::one(policy, path, warnings).and_then(|said| filter(&said, warnings))
        }
    };
    let names = CORS_HEADERS.iter().map(http::HeaderName::as_str);
    let mut changes = vec![("remove", texts(names))];
    if cors.is_some() {
        let vary = object([("name", text("Vary")), ("value", text("Origin"))]);
        changes.push(("add", Value::Array(vec![vary])));
    }
    let changes = object([
        ("type", text("ResponseHeaderModifier")),
        ("responseHeaderModifier", object(changes)),
    ]);
    let cors = cors.map(|cors| object([("type", text("CORS")), ("cors", cors)]));
    std::iter::once(changes).chain(cors).collect()
}

/// The object under `cors`, unless it would allow nobody.
fn filter(said: &Said, warnings: &mut Warnings) -> Option<Value> {
    if !said.shares_all(warnings) {
        return None;
    }
    let mut origins = each_once(said.origins(warnings, judge));
    if origins.iter().any(|origin| origin == "*") {
        origins = vec!["*".to_owned()];
    }
    if origins.is_empty() {
        return None;
    }
    warnings.limit(&said.path.key("allow_origins"), &mut origins, MOST_VALUES);
    let methods = if said.methods.is_any() {
        vec!["*".to_owned()]
    } else {
        warnings.sieve(&said.methods_path(), &said.allowed_methods(), |method| {
            (!METHODS.contains(&method)).then_some(Loss::Method)
        })
    };
    let mut entries = vec![("allowOrigins", texts(origins)), ("allowMethods", texts(methods))];
    let headers = allowed_headers(said, warnings);
    if !headers.is_empty() {
        entries.push(("allowHeaders", texts(headers)));
    }
    let exposed = if said.exposed.iter().any(|name| name == "*") {
        vec!["*".to_owned()]
    } else {
        names(&said.path.key("expose_headers"), &said.exposed, warnings)
    };
    if !exposed.is_empty() {
        entries.push(("exposeHeaders", texts(exposed)));
    }
    if said.credentials {
        entries.push(("allowCredentials", Value::Boolean(true)));
    }
    if let Some(max_age) = said.max_age {
        if max_age == 0 {
            warnings.push(&said.path.key("max_age"), Loss::MaxAge);
        }
        entries.push(("maxAge", Value::Whole(max_age.max(1))));
    }
    Some(object(entries))
}

/// A `*` stands for any text to the left, dots included. Schemes are those of the web, and hosts have letters, digits, `-`
/// and dots.
fn judge(value: &str, entry: &Entry<'_>) -> Fate<String> {
    let pattern = match entry {
        Entry::Any => return Fate::Kept(vec![value.to_owned()]),
        Entry::Opaque => return Fate::Lost(Loss::Origin),
        Entry::Origins(pattern) => pattern,
    };
    let is_web = matches!(pattern.scheme(), "http" | "https");
    let portless = value.strip_suffix(":*").unwrap_or(value);
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:/*".contains(&byte);
    match pattern.star() {
        _ if !is_web || !value.bytes().all(is_known) => Fate::Lost(Loss::Origin),
        Some(Star::Characters | Star::Everything) => Fate::Lost(Loss::Star),
        _ if portless.len() > LONGEST_ORIGIN => Fate::Lost(Loss::TooLong),
        Some(Star::Labels) | None if pattern.has_any_port() => {
            Fate::Narrowed(portless.to_owned(), Loss::AnyPort)
        }
        Some(Star::Labels) | None => Fate::Kept(vec![value.to_owned()]),
    }
}

fn allowed_headers(said: &Said, warnings: &mut Warnings) -> Vec<String> {
    let path = said.path.key("allow_headers");
    if said.any_header_and_authorization(warnings) {
        // Where there are no credentials, a gateway may send the `*`, which by the standard is not `authorization`.
        if !said.credentials {
            warnings.lose(&path, "authorization", Loss::BesideAnyHeader);
        }
        return vec!["*".to_owned()];
    }
    let kept = names(&path, &said.headers, warnings);
    said.lose_prefixes(warnings);
    kept
}

/// The names of headers that have room.
fn names(path: &Path, names: &[String], warnings: &mut Warnings) -> Vec<String> {
    let mut kept =
        warnings.sieve(path, names, |name| (name.len() > LONGEST_NAME).then_some(Loss::TooLong));
    warnings.limit(path, &mut kept, MOST_VALUES);
    kept
}
