//! Policies of other systems' documents: what is allowed is allowed there, too.

use http::HeaderMap;
use serde_json::Value;
use tower_cors::Policy;

use crate::bucket;
use crate::sent::Sent;

pub(crate) fn is_no_more_open_than_a_bucket(policy: &Policy, rules: &Value, all: &[Sent]) {
    for sent in all {
        let decision = policy.decide(&sent.request);
        if !decision.is_allowed() {
            continue;
        }
        let names: Vec<&str> = sent.names.iter().flatten().map(String::as_str).collect();
        let theirs = bucket::first(rules, &sent.origin, &sent.method, &names);
        let theirs = theirs.unwrap_or_else(|| panic!("{:?} of {rules}", sent.request));
        let headers = decision.headers();
        assert!(!headers.contains_key("access-control-allow-credentials"), "{rules}");
        if sent.names.is_some() {
            let most = theirs["MaxAgeSeconds"].as_u64().unwrap_or(5);
            assert!(max_age(&headers) <= most, "{:?} of {rules}", sent.request);
        }
        let may: Vec<&str> = bucket::strings(theirs, "ExposeHeaders").collect();
        exposes_no_more(&headers, &may);
    }
}

/// `HTTPCORSFilter`: <https://gateway-api.sigs.k8s.io/geps/gep-1767/>
pub(crate) fn is_no_more_open_than_a_filter(policy: &Policy, filter: &Value, all: &[Sent]) {
    let has = |key, word: &str, is_wild: bool| {
        let mut items = bucket::strings(filter, key);
        items.any(|item| item == "*" && is_wild || item.eq_ignore_ascii_case(word))
    };
    // A `*` is sent as such, and does not stand for `authorization`. With credentials, the filter echoes what is asked.
    let has_header = |name: &String| {
        let is_wild =
            filter["allowCredentials"] == true || !name.eq_ignore_ascii_case("authorization");
        has("allowHeaders", name, is_wild)
    };
    for sent in all {
        let decision = policy.decide(&sent.request);
        if !decision.is_allowed() {
            continue;
        }
        let mut origins = bucket::strings(filter, "allowOrigins");
        assert!(
            origins.any(|pattern| is_listed(pattern, &sent.origin)),
            "{:?} of {filter}",
            sent.request
        );
        let headers = decision.headers();
        if let Some(names) = &sent.names {
            let is_simple = ["GET", "HEAD", "POST"].contains(&&*sent.method);
            assert!(
                is_simple || has("allowMethods", &sent.method, true),
                "{:?} of {filter}",
                sent.request
            );
            assert!(names.iter().all(has_header), "{:?} of {filter}", sent.request);
            let most = filter["maxAge"].as_u64().unwrap_or(5);
            assert!(max_age(&headers) <= most, "{:?} of {filter}", sent.request);
        }
        if headers.contains_key("access-control-allow-credentials") {
            assert_eq!(filter["allowCredentials"], true);
        }
        let may: Vec<&str> = bucket::strings(filter, "exposeHeaders").collect();
        exposes_no_more(&headers, &may);
    }
}

/// A `*` is for hosts, and the default port is the same as none.
fn is_listed(pattern: &str, origin: &str) -> bool {
    let is_default = |scheme: &str, port: &str| {
        pattern.strip_suffix(port).filter(|portless| portless.starts_with(scheme))
    };
    let portless = is_default("https://", ":443").or_else(|| is_default("http://", ":80"));
    !pattern.ends_with(":*") && bucket::matches(portless.unwrap_or(pattern), origin)
}

/// What a browser takes if nothing is said is five seconds.
fn max_age(headers: &HeaderMap) -> u64 {
    let value = headers.get("access-control-max-age");
    value.map_or(5, |value| value.to_str().ok().and_then(|it| it.parse().ok()).expect("a number"))
}

pub(crate) fn exposes_no_more(headers: &HeaderMap, may: &[&str]) {
    for line in headers.get_all("access-control-expose-headers") {
        for name in line.to_str().expect("names").split(',') {
            let is_theirs = may.iter().any(|it| *it == "*" || it.eq_ignore_ascii_case(name));
            assert!(is_theirs, "{name} of {may:?}");
        }
    }
}
