//! What a rule asks of a request, as the entries of maps.

use super::super::paths::RoutePath;
use super::super::regex;
use super::super::rule::{Entry as Origin, Fate, Said};
use super::super::warning::{Loss, Warnings};
use super::maps::{Entry, Numbered};
use crate::origin::pattern::OriginPattern;
use crate::safelist::NON_WILDCARD_REQUEST_HEADER;

/// The longest text that has room in the table of a map by default. Longer ones are written as expressions.
const LONGEST_TEXT: usize = 44;

/// The bytes that a list may have within a parameter, of which nginx reads up to 4,096.
pub(super) const ROOM: usize = 3_800;

/// A character of a token, <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>.
const TOKEN: &str = "[!#-'*+.0-9A-Z^-z|~-]";

/// The origins of the only rule of a policy, each with the value that names it.
pub(super) fn origins(key: &str, said: &Said, warnings: &mut Warnings) -> Vec<Entry> {
    said.origins(warnings, |value, origin| {
        let text = format!("{key}{value}");
        // The hosts of other schemes are of either case.
        let is_text = text.len() <= LONGEST_TEXT
            && match origin {
                Origin::Any => false,
                Origin::Opaque => true,
                Origin::Origins(pattern) => is_web(pattern) && pattern.is_exact(),
            };
        let named = if is_text || matches!(origin, Origin::Any) { value } else { "$http_origin" };
        let key = if is_text { text } else { expression(key, origin) };
        Fate::Kept(vec![(key, named.to_owned())])
    })
}

/// The expressions of the origins. An expression does not come before those that are written before it, as a text does.
pub(super) fn expressions(key: &str, said: &Said, warnings: &mut Warnings) -> Vec<String> {
    said.origins(warnings, |_, origin| Fate::Kept(vec![expression(key, origin)]))
}

fn expression(key: &str, origin: &Origin<'_>) -> String {
    match origin {
        Origin::Any => format!("~^{key}"),
        Origin::Opaque => format!("~^{key}null$"),
        Origin::Origins(pattern) => format!("~^{key}{}$", regex::of_origins(pattern)),
    }
}

fn is_web(pattern: &OriginPattern<'_>) -> bool {
    matches!(pattern.scheme(), "http" | "https")
}

/// The expression of all paths that begin as a route does whose own expression has no room.
pub(super) fn beginning(route: &RoutePath) -> String {
    let before = route.before_parameter();
    let mut room = ROOM;
    let is_read = |character: &char| {
        let size = size(&regex::escape(character.encode_utf8(&mut [0; 4])));
        room.checked_sub(size).map(|left| room = left).is_some()
    };
    let beginning: String = before.chars().take_while(is_read).collect();
    format!("~^{}", regex::escape(&beginning))
}

/// What a preflight is told of its method. To one that is denied, `GET`, which needs no permission, is as good as nothing, and
/// the page's browser names the method. It does not look for GET, HEAD and POST: there the answer is 403.
pub(super) fn methods(policy: &Numbered, warnings: &mut Warnings) -> Vec<Entry> {
    let Numbered { key, said, .. } = policy;
    let echoed = || "$http_access_control_request_method".to_owned();
    let mut entries = Vec::new();
    if said.methods.is_any() {
        entries.push((format!("~*^{key}(?:CONNECT|TRACE|TRACK)$"), "GET".to_owned()));
        let any = if said.credentials { echoed() } else { "*".to_owned() };
        entries.push((format!("~^{key}{TOKEN}+$"), any));
    } else {
        let is_read = |byte: u8| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_');
        let mut methods = warnings.sieve(&said.methods_path(), &said.allowed_methods(), |method| {
            (!method.bytes().all(is_read)).then_some(Loss::Method)
        });
        warnings.fit(&said.methods_path(), &mut methods, ROOM, in_list);
        let denied = ["GET", "HEAD", "POST"].map(str::to_owned);
        let denied: Vec<_> = denied.iter().filter(|method| !methods.contains(method)).collect();
        if !denied.is_empty() {
            entries.push((format!("~^{key}(?:{})$", regex::any_of(denied)), String::new()));
        }
        entries.push((format!("~^{key}(?:{})$", regex::any_of(&methods)), echoed()));
    }
    entries.push((format!("~^{key}"), "GET".to_owned()));
    entries
}

/// What a preflight is told of its names: they are echoed if all are allowed; otherwise all that are listed are told, so that
/// the page's browser names the first that is not.
pub(super) fn names(policy: &Numbered, warnings: &mut Warnings) -> Vec<Entry> {
    let Numbered { key, said, .. } = policy;
    let echoed = || "$http_access_control_request_headers".to_owned();
    let (path, mut headers) = (said.path.key("allow_headers"), said.headers.clone());
    // Their expression stands there twice.
    warnings.fit(&path, &mut headers, ROOM / 2, in_list);
    let writable = headers.iter().filter(|name| is_writable(name)).cloned();
    let listed = writable.collect::<Vec<_>>().join(",");
    let mut entries = vec![(format!("~^{key}$"), String::new())];
    if said.any_header {
        // By itself a `*` does not stand for `authorization`, and it is no name either.
        let named = said.names_authorization();
        let others = if named { "\\*" } else { "(?:authorization|\\*)" };
        let denied = format!("~*^{key}(?:.*,)?[ \\t]*{others}[ \\t]*(?:,|$)");
        entries.push((denied, listed));
        entries.push((
            format!("~^{key}"),
            match (said.credentials, named) {
                (true, _) => echoed(),
                (false, true) => format!("*,{NON_WILDCARD_REQUEST_HEADER}"),
                (false, false) => "*".to_owned(),
            },
        ));
        return entries;
    }
    let name = one_name(said, &headers);
    if !name.is_empty() {
        entries.push((format!("~*^{key}(?:{name})(?:, ?(?:{name}))*$"), echoed()));
    }
    entries.push((format!("~^{key}"), listed));
    entries
}

/// The expression of one name that is allowed.
fn one_name(said: &Said, headers: &[String]) -> String {
    let mut alternatives: Vec<String> = headers.iter().map(|name| regex::escape(name)).collect();
    let is_unnamed = !said.names_authorization();
    for prefix in &said.prefixes {
        let is_covering = is_unnamed && NON_WILDCARD_REQUEST_HEADER.starts_with(prefix.as_str());
        let but = if is_covering { "(?!authorization(?:,|$))" } else { "" };
        alternatives.push(format!("{but}{}{TOKEN}*", regex::escape(prefix)));
    }
    alternatives.join("|")
}

/// The methods whose responses are shared, in front of the rest of the request's first line.
pub(super) fn shared(said: &Said, warnings: &mut Warnings) -> String {
    if said.methods.are_only() {
        let mut methods = said.allowed_methods();
        warnings.fit(&said.methods_path(), &mut methods, ROOM, in_list);
        format!("(?:{}) ", regex::any_of(&methods))
    } else {
        String::new()
    }
}

/// What is exposed.
pub(super) fn exposed(said: &Said, warnings: &mut Warnings) -> Option<String> {
    let path = said.path.key("expose_headers");
    let mut names = warnings
        .sieve(&path, &said.exposed, |name| (!is_writable(name)).then_some(Loss::Character));
    warnings.fit(&path, &mut names, ROOM, in_list);
    (!names.is_empty()).then(|| names.join(","))
}

/// The bytes of a value in a list, as an expression.
fn in_list(value: &str) -> usize {
    size(&regex::escape(value)) + 1
}

/// The bytes of an expression, with each backslash doubled.
pub(super) fn size(regex: &str) -> usize {
    regex.len() + regex.matches('\\').count()
}

/// Whether nginx can write a name. It takes any `$` of a value for the beginning of a variable.
fn is_writable(name: &str) -> bool {
    !name.contains('$')
}
