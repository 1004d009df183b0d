//! What to write in place of a path that is no route.

use super::encoding;
use super::pattern::{Pattern, is_expression};

/// The route that was meant, if that can be told.
pub(super) fn repair(path: &str) -> Option<String> {
    let path = path.trim().replace("%2e", ".").replace("%2E", ".");
    let path = match path.split_once("://") {
        Some((scheme, behind)) if !scheme.contains('/') => {
            behind.find('/').map_or("/", |slash| behind.get(slash..).unwrap_or("/"))
        }
        _ => path.as_str(),
    };
    let (path, is_open) = bare(path);
    let path = without_query(&path)?;
    let path = path.strip_prefix('/').or_else(|| is_relative(path).then_some(path))?;
    let mut segments = Vec::new();
    let mut written = path.split('/').peekable();
    while let Some(segment) = written.next() {
        let is_last = written.peek().is_none();
        match segment {
            // It is no slash too many, but a URL in a path.
            "" if segments.last().is_some_and(|it: &String| it.ends_with(':')) => return None,
            // A slash too many, or one that goes nowhere.
            "" | "." if !is_last => {}
            "." => segments.push(String::new()),
            ".." => {
                segments.pop();
                if is_last {
                    segments.push(String::new());
                }
            }
            _ => segments.push(modern(segment, is_last)?),
        }
    }
    if is_open {
        // What begins so, whatever follows.
        let last = segments.last_mut().filter(|last| last.is_empty())?;
        "{*rest}".clone_into(last);
    }
    let route = format!("/{}", segments.join("/"));
    Pattern::parse(&route).is_ok().then_some(route)
}

/// A regular expression without its anchors and escapes, and whether it goes on behind its end.
fn bare(path: &str) -> (String, bool) {
    let (start, end) = (path.strip_prefix('^'), path.strip_suffix('$'));
    let is_open = start.is_some() && end.is_none() && !path.ends_with('*') && !path.ends_with('+');
    let path = start.unwrap_or(path);
    let path = path.strip_suffix('$').unwrap_or(path);
    let path = path.replace("([^/]+)", "{any}").replace("[^/]+", "{any}");
    (path.replace("\\/", "/").replace("\\.", "."), is_open)
}

/// The path up to its query or fragment; nothing where a `?` may say that something is optional.
fn without_query(path: &str) -> Option<&str> {
    let Some((before, behind)) = path.split_once(['?', '#']) else {
        return Some(path);
    };
    // Nor where it stands within a group of a regular expression.
    let is_open = [('(', ')'), ('[', ']'), ('{', '}')]
        .iter()
        .any(|(open, close)| before.matches(*open).count() > before.matches(*close).count());
    let is_query = !behind.is_empty() && !behind.starts_with(['/', '}', ':', ')']);
    (is_query && !is_open).then_some(before)
}

/// Whether only the slash is missing: it does not begin with a host.
fn is_relative(path: &str) -> bool {
    let (first, behind) = path.split_once('/').unwrap_or((path, ""));
    let is_host = first.contains('.') && !behind.is_empty();
    let is_of_path = |character: char| !character.is_whitespace() && !"~^:".contains(character);
    !is_host && first.chars().all(is_of_path) && !first.starts_with('*')
}

/// A segment in the syntax of axum, as browsers send it. What is no name, or not at the end, is refused with the route.
fn modern(segment: &str, is_last: bool) -> Option<String> {
    let unbraced = segment.replace("{{", "%7B").replace("}}", "%7D");
    if let Some(name) = rest(&unbraced, is_last) {
        return Some(format!("{{*{name}}}"));
    }
    if let Some(name) = parameter(&unbraced) {
        return Some(format!("{{{name}}}"));
    }
    let at = unbraced.find('{').unwrap_or(unbraced.len());
    let (literal, parameter) = unbraced.split_at_checked(at)?;
    if literal.contains(['*', '}']) || is_expression(literal) {
        return None;
    }
    let mut decoded = Vec::new();
    encoding::decode(literal.as_bytes(), &mut decoded, |byte| byte != b'/');
    // A `%` that encodes nothing is sent as it is, and read in two ways.
    let is_decoded = literal.matches('%').count() * 2 == literal.len() - decoded.len();
    if !is_decoded {
        return None;
    }
    let mut encoded = Vec::new();
    encoding::encode(&decoded, &mut encoded);
    Some(String::from_utf8(encoded).ok()? + parameter)
}

/// The name of what takes all that follows.
fn rest(segment: &str, is_last: bool) -> Option<&str> {
    if segment == "*" && !is_last {
        return None;
    }
    if matches!(segment, "*" | "**" | ".*" | "(.*)" | ".+" | "(.+)") {
        return Some("rest");
    }
    let inner = |open, close| segment.strip_prefix(open)?.strip_suffix(close);
    inner(":", "*")
        .or_else(|| inner(":", "+"))
        .or_else(|| inner("<path:", ">"))
        .or_else(|| inner("[...", "]"))
        .or_else(|| inner("{**", "}"))
        .or_else(|| inner("{*", "}"))
        .or_else(|| inner("{", "...}"))
        .or_else(|| inner("{", "+}"))
        .or_else(|| inner("{", ":path}"))
        .or_else(|| segment.strip_prefix('*'))
}

/// The name of what takes the segment.
fn parameter(segment: &str) -> Option<&str> {
    if segment == "*" {
        return Some("any");
    }
    let inner = |open, close| segment.strip_prefix(open)?.strip_suffix(close);
    segment
        .strip_prefix(':')
        .or_else(|| inner("<string:", ">"))
        .or_else(|| inner("<", ">"))
        .or_else(|| inner("[", "]"))
        .or_else(|| inner("{", "}"))
}
