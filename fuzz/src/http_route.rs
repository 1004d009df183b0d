//! What a gateway answers a path with: the rules of `HTTPRoute`s that may be asked, and their filters.
//!
//! <https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule>

use std::cmp::Reverse;

use serde_json::Value;
use tower_cors::{Policy, Route, Routes};

use crate::import::is_no_more_open_than_a_filter;
use crate::sent::sent;

/// A table is no more open than what it was read from: whichever rule of the resources answers a path, it has all that the
/// path's policy has, and where a table leaves a path alone, so does the gateway.
pub(crate) fn is_no_more_open(routes: &Routes, documents: &[Value]) {
    let resources = resources(documents);
    // A filter is held to a policy once, however many paths have both.
    let mut held: Vec<(&Value, &Policy)> = Vec::new();
    for path in paths(&resources) {
        let route = routes.find(&path);
        if matches!(route, None | Some(Route::NoCors)) {
            continue;
        }
        let rules = may_answer(&resources, &path);
        let rules = rules.unwrap_or_else(|| panic!("{path}: {route:?}, and maybe no rule"));
        for rule in rules {
            assert!(!has_backend_filter(rule), "{path}: {route:?} of {rule}");
            match (route, sole_filter(rule)) {
                (Some(Route::LeftAlone), None) => {
                    let redirects = |it: &Value| it.get("requestRedirect").is_some();
                    assert!(!items(&rule["filters"]).iter().any(redirects), "{path}: {rule}");
                    assert!(changed(rule).is_empty(), "{path}: {rule}");
                }
                (Some(Route::Policy(policy)), Some(filter)) => {
                    grants_nothing_changed(policy, rule);
                    if !held.iter().any(|(of, by)| std::ptr::eq(*of, filter) && *by == policy) {
                        held.push((filter, policy));
                    }
                }
                _ => panic!("{path}: {route:?} of {rule}"),
            }
        }
    }
    for (filter, policy) in held {
        is_no_more_open_than_a_filter(policy, filter, &sent(filter));
        // What another filter has may be what is allowed too much.
        let own = serde_json::to_value(policy).expect("one rule");
        is_no_more_open_than_a_filter(policy, filter, &sent(&own));
    }
}

/// One, those of a list, or those of several documents, each of which is one or a list.
fn resources(documents: &[Value]) -> Vec<&Value> {
    let documents = documents.iter().filter(|document| !document.is_null());
    documents
        .flat_map(|document| match document["items"].as_array() {
            Some(items) => items.iter().collect(),
            None => vec![document],
        })
        .collect()
}

/// What the matches of rules name, below and beside it.
fn paths(resources: &[&Value]) -> Vec<String> {
    let rules = resources.iter().flat_map(|resource| items(&resource["spec"]["rules"]));
    let matches = rules.flat_map(|rule| items(&rule["matches"]));
    let values = matches.filter_map(|one| one["path"]["value"].as_str()).take(8);
    let folders = std::iter::once("").chain(values.map(|path| path.trim_end_matches('/')));
    let around = |folder: &str| ["", "/", "/x", "x"].map(|end| format!("{folder}{end}"));
    folders.flat_map(around).filter(|path| path.starts_with('/')).collect()
}

/// The rules one of which answers. An exact path comes before a prefix, and a longer prefix before a shorter one. Of
/// equal ones, a match with conditions comes before those without, but may not apply, and the older resource is asked,
/// which may be any. Of a resource, the first rule is.
///
/// Nothing, if it may be that no rule answers.
fn may_answer<'a>(resources: &[&'a Value], path: &str) -> Option<Vec<&'a Value>> {
    let mut found = Vec::new();
    for (at, resource) in resources.iter().enumerate() {
        for rule in items(&resource["spec"]["rules"]) {
            let none = [Value::Null];
            let matches = match items(&rule["matches"]) {
                [] => &none,
                matches => matches,
            };
            for one in matches {
                let keys = one.as_object().into_iter().flat_map(|entries| entries.keys());
                let is_conditional = keys.into_iter().any(|key| key != "path");
                found.extend(rank(&one["path"], path).map(|rank| (rank, at, is_conditional, rule)));
            }
        }
    }
    found.sort_by_key(|(rank, ..)| Reverse(*rank));
    let mut rules = Vec::new();
    let mut certain = None;
    let mut asked = Vec::new();
    for (rank, at, is_conditional, rule) in found {
        if certain.is_some_and(|certain| certain != rank) {
            break;
        }
        if is_conditional {
            rules.push(rule);
        } else if !asked.contains(&at) {
            asked.push(at);
            rules.push(rule);
            certain = Some(rank);
        }
    }
    certain.map(|_| rules)
}

/// Whether a path is matched exactly, and how long what is matched is; nothing if it is not matched.
fn rank(matched: &Value, path: &str) -> Option<(bool, usize)> {
    let value = matched["value"].as_str().unwrap_or("/");
    if matched["type"] == "Exact" {
        return (value == path).then_some((true, value.len()));
    }
    // A slash at its end is ignored.
    let prefix = value.strip_suffix('/').unwrap_or(value);
    let rest = path.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with('/')).then_some((false, prefix.len()))
}

fn has_backend_filter(rule: &Value) -> bool {
    items(&rule["backendRefs"]).iter().flat_map(|it| items(&it["filters"])).any(is_cors)
}

fn sole_filter(rule: &Value) -> Option<&Value> {
    let filters = items(&rule["filters"]);
    let filter = &filters.iter().find(|filter| is_cors(filter))?["cors"];
    assert_eq!(filters.iter().filter(|filter| is_cors(filter)).count(), 1, "{rule}");
    Some(filter)
}

/// The headers of responses that grant something, and the keys of a policy for that.
const GRANTS: [(&str, &str); 6] = [
    ("access-control-allow-origin", "allow_origins"),
    ("access-control-allow-credentials", "allow_credentials"),
    ("access-control-allow-methods", "allow_methods"),
    ("access-control-allow-headers", "allow_headers"),
    ("access-control-expose-headers", "expose_headers"),
    ("access-control-max-age", "max_age"),
];

/// The keys whose headers are removed, set or added to: behind the filter for CORS if there is one, or in a backend.
fn changed(rule: &Value) -> Vec<&'static str> {
    let own = items(&rule["filters"]);
    let own = own.iter().skip(own.iter().position(is_cors).unwrap_or_default());
    let of_backends = items(&rule["backendRefs"]).iter().flat_map(|it| items(&it["filters"]));
    let modifiers = own.chain(of_backends).map(|filter| &filter["responseHeaderModifier"]);
    let names = modifiers.flat_map(|modifier| {
        let set = ["set", "add"].into_iter().flat_map(|key| items(&modifier[key]));
        items(&modifier["remove"]).iter().chain(set.map(|item| &item["name"]))
    });
    let key = |name: &str| GRANTS.iter().find(|(header, _)| name.eq_ignore_ascii_case(header));
    names.filter_map(Value::as_str).filter_map(key).map(|(_, key)| *key).collect()
}

/// A policy does not grant what a header that is changed does. The time is another one.
fn grants_nothing_changed(policy: &Policy, rule: &Value) {
    let written = serde_json::to_value(policy).expect("one rule");
    for key in changed(rule).into_iter().filter(|key| *key != "max_age") {
        let granted = &written[key];
        let is_none = granted.is_null() || granted == false || granted == &Value::Array(vec![]);
        assert!(is_none, "{key} of {written}, of {rule}");
    }
}

fn is_cors(filter: &Value) -> bool {
    filter.get("cors").is_some() || filter["type"] == "CORS"
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
