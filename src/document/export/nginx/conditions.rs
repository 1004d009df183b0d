//! What a rule asks of a request, as the entries of maps.

use super::super::regex;
use super::super::rule::{Entry as Origin, Fate, Said};
use super::super::warning::{Loss, Warnings};
use super::maps::{Entry, Numbered};
use crate::safelist::NON_WILDCARD_REQUEST_HEADER;

/// The longest text that has room in the table of a map by default. Longer ones are written as expressions.
const LONGEST_TEXT: usize = 40;

/// The bytes that a list may have within a parameter, of which nginx reads up to 4,096.
const ROOM: usize = 3_800;

/// A character of a token, <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>.
const TOKEN: &str = "[!#-'*+.0-9A-Z^-z|~-]";

/// The origins, each with the value that names it.
pub(super) fn origins(policy: &Numbered, warnings: &mut Warnings) -> Vec<Entry> {
    let Numbered { key, said } = policy;
    said.origins(warnings, |value, origin| {
        Fate::Kept(vec![match origin {
            Origin::Any => (format!("~^{key}"), value.to_owned()),
            Origin::Opaque => (format!("{key}{value}"), value.to_owned()),
            Origin::Origins(pattern) => {
                // The hosts of other schemes are of either case.
                let is_web = matches!(pattern.scheme(), "http" | "https");
                if is_web && pattern.is_exact() && value.len() <= LONGEST_TEXT {
                    (format!("{key}{value}"), value.to_owned())
                } else {
                    let regex = regex::of_origins(pattern);
                    (format!("~^{key}{regex}$"), "$http_origin".to_owned())
                }
            }
        }])
    })
}

/// What a preflight is told of its method. To one that is denied, `GET`, which needs no permission, is as good as nothing, and
/// the page's browser names the method. It does not look for GET, HEAD and POST: there the answer is 403.
pub(super) fn methods(policy: &Numbered, warnings: &mut Warnings) -> Vec<Entry> {
    let Numbered { key, said } = policy;
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
    let Numbered { key, said } = policy;
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

/// The bytes of a value in a list, as an expression, with each backslash doubled.
fn in_list(value: &str) -> usize {
    let escaped = regex::escape(value);
    escaped.len() + escaped.matches('\\').count() + 1
}

/// Whether nginx can write a name. It takes any `$` of a value for the beginning of a variable.
fn is_writable(name: &str) -> bool {
    !name.contains('$')
}
