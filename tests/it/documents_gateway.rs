//! The CORS filter of the Kubernetes Gateway API, read into a policy that is never more open.
//!
//! `HTTPCORSFilter`: <https://gateway-api.sigs.k8s.io/geps/gep-1767/>

use http::Request;
use tower_cors::{Decision, DocumentWarning, Policy};

use super::documents::refused;

fn preflight(policy: &Policy, origin: &str, method: &str, names: &str) -> Decision {
    let request = Request::options("/resource/foo")
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", names);
    policy.decide(&request.body(()).unwrap())
}

fn get(policy: &Policy, origin: &str) -> Decision {
    policy.decide(&Request::get("/resource/foo").header("origin", origin).body(()).unwrap())
}

fn read(json: &str) -> (Policy, Vec<String>) {
    let (policy, warnings) = Policy::from_gateway_json(json).unwrap();
    (policy, warnings.iter().map(ToString::to_string).collect())
}

#[test]
fn the_simple_example_of_the_proposal() {
    let (policy, warnings) = read(
        r#"{
            "allowOrigins": ["*"],
            "allowMethods": ["GET", "HEAD", "POST"],
            "allowHeaders": [
                "Accept", "Accept-Language", "Content-Language", "Content-Type", "Range"
            ]
        }"#,
    );
    assert_eq!(warnings, [""; 0]);
    let headers = get(&policy, "https://foo.example").headers();
    assert_eq!(headers["access-control-allow-origin"], "*");
    let preflight = preflight(&policy, "https://foo.example", "GET", "content-type,range");
    assert_eq!(preflight.headers()["access-control-max-age"], "5");
}

/// The complex example of the proposal.
#[cfg(feature = "yaml")]
const COMPLEX: &str = "\
allowOrigins:
- https://foo.example
- http://foo.example
allowCredentials: true
allowMethods:
- GET
- PUT
- POST
- DELETE
- PATCH
- OPTIONS
allowHeaders:
- DNT
- X-CustomHeader
- Keep-Alive
- User-Agent
- X-Requested-With
- If-Modified-Since
- Cache-Control
- Content-Type
- Authorization
exposeHeaders:
- Content-Security-Policy
maxAge: 1728000
";

#[cfg(feature = "yaml")]
#[test]
fn the_complex_example_of_the_proposal() {
    let (policy, warnings) = Policy::from_gateway_yaml(COMPLEX).unwrap();
    let said: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            r#"allowOrigins[1]: left out, because origin "http://foo.example" is insecure, and credentials are allowed; write its https: form"#,
            r#"allowHeaders[0]: left out, because request-header name "DNT" cannot be set by scripts; remove it"#,
            r#"allowHeaders[2]: left out, because request-header name "Keep-Alive" cannot be set by scripts; remove it"#,
            "maxAge: 1728000 seconds are capped at 86400, the most that browsers keep",
        ]
    );
    let headers =
        preflight(&policy, "https://foo.example", "PUT", "authorization,x-customheader").headers();
    assert_eq!(headers["access-control-allow-origin"], "https://foo.example");
    assert_eq!(headers["access-control-allow-credentials"], "true");
    assert_eq!(headers["access-control-allow-methods"], "PUT");
    assert_eq!(headers["access-control-allow-headers"], "authorization,x-customheader");
    assert_eq!(headers["access-control-max-age"], "86400");
    let headers = get(&policy, "https://foo.example").headers();
    assert_eq!(headers["access-control-expose-headers"], "content-security-policy");
    assert!(!preflight(&policy, "https://foo.example", "TRACE", "").is_allowed());
}

#[cfg(feature = "yaml")]
#[test]
fn the_example_without_credentials_of_the_proposal() {
    let yaml = "\
allowOrigins:
- https://foo.example
allowCredentials: false
allowMethods:
- GET
- POST
";
    let (policy, warnings) = Policy::from_gateway_yaml(yaml).unwrap();
    assert_eq!(warnings, []);
    let headers = get(&policy, "https://foo.example").headers();
    assert!(!headers.contains_key("access-control-allow-credentials"));
}

#[test]
fn any_origin_with_credentials_is_any_origin_without() {
    let (policy, warnings) = read(
        r#"{
            "allowOrigins": ["*"], "allowCredentials": true, "allowMethods": ["*"],
            "allowHeaders": ["*"], "exposeHeaders": ["*", "etag"]
        }"#,
    );
    assert_eq!(
        warnings,
        [
            "allowCredentials: left out, because any origin is allowed; list the origins",
            "exposeHeaders[0]: left out, because `allowCredentials` cannot be combined with exposing any header; list the names",
        ]
    );
    let headers = get(&policy, "https://foo.example").headers();
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert_eq!(headers["access-control-expose-headers"], "etag");
    assert!(!headers.contains_key("access-control-allow-credentials"));
}

#[test]
fn any_header_covers_authorization_only_where_it_is_echoed() {
    let read = |credentials: bool| {
        let json = format!(
            r#"{{"allowOrigins": ["https://a.example"], "allowHeaders": ["*"], "allowCredentials": {credentials}}}"#
        );
        let (policy, warnings) = Policy::from_gateway_json(&json).unwrap();
        assert_eq!(warnings, []);
        policy
    };
    let asks = |policy: &Policy, names| preflight(policy, "https://a.example", "GET", names);
    assert!(asks(&read(true), "authorization,x-a").is_allowed());
    assert!(asks(&read(false), "x-a").is_allowed());
    assert!(!asks(&read(false), "authorization").is_allowed());
    // Without `allowMethods`, those that need no permission are allowed.
    assert!(!preflight(&read(true), "https://a.example", "PUT", "").is_allowed());
    assert!(preflight(&read(true), "https://a.example", "POST", "").is_allowed());
}

#[test]
fn what_cannot_be_written_is_left_out() {
    let (policy, warnings) = Policy::from_gateway_json(
        r#"{
            "allowOrigins": [
                "https://*.foo.example", "https://bar.example:443", "https://*", "http://*.*",
                "https://*foo.com", "https://*:8443", "http://localhost:*", "moz-extension://*",
                "https://foo*.example"
            ],
            "allowMethods": ["CONNECT", "TRACE", "PATCH"],
            "allowHeaders": ["x-*", "Sec-Fetch-Site", "x-a"],
            "exposeHeaders": ["Set-Cookie", "x-b"]
        }"#,
    )
    .unwrap();
    let keys: Vec<&str> = warnings.iter().map(DocumentWarning::key).collect();
    assert_eq!(
        keys,
        [
            "allowOrigins[2]",
            "allowOrigins[3]",
            "allowOrigins[4]",
            "allowOrigins[5]",
            "allowOrigins[6]",
            "allowOrigins[7]",
            "allowOrigins[8]",
            "allowMethods[0]",
            "allowMethods[1]",
            "allowHeaders[0]",
            "allowHeaders[1]",
            "exposeHeaders[0]",
        ]
    );
    let allowed = |origin| get(&policy, origin).is_allowed();
    assert!(allowed("https://a.b.foo.example"));
    assert!(allowed("https://foo1.example"));
    assert_eq!(
        [&warnings[5], &warnings[6]].map(ToString::to_string),
        [
            r#"allowOrigins[7]: left out, because "moz-extension://*" would stand for any port, too; list the origins"#,
            r#"allowOrigins[8]: the `*` of "https://foo*.example" stands for one character or more, and for no dot"#,
        ]
    );
    // The default port is the same as none.
    assert!(allowed("https://bar.example"));
    for origin in [
        "https://foo.example",
        "https://foo.b.example",
        "https://evilfoo.com",
        "moz-extension://x",
        "http://localhost:3000",
    ] {
        assert!(!allowed(origin), "{origin}");
    }
    let asks = |method, names| preflight(&policy, "https://bar.example", method, names);
    assert!(asks("PATCH", "x-a").is_allowed());
    assert!(!asks("PATCH", "x-b").is_allowed());
}

#[test]
fn a_pattern_over_a_public_suffix_is_left_out_with_credentials() {
    let read = |credentials: bool| {
        let json = format!(
            r#"{{"allowOrigins": ["https://*.github.io", "https://a.example"], "allowCredentials": {credentials}}}"#
        );
        Policy::from_gateway_json(&json).unwrap()
    };
    let (policy, warnings) = read(true);
    assert!(matches!(&warnings[..], [DocumentWarning::LeftOut { .. }]), "{warnings:?}");
    assert!(!get(&policy, "https://any.github.io").is_allowed());
    let (policy, warnings) = read(false);
    assert_eq!(warnings, []);
    assert!(get(&policy, "https://any.github.io").is_allowed());
}

#[test]
fn what_is_left_out_with_credentials_is_wrong_for_the_reason_that_a_builder_gives() {
    for origin in ["https://*.github.io", "https://a*.github.io", "app://a*", "http://a.example"] {
        let json = format!(
            r#"{{"allowOrigins": ["https://a.example", "{origin}"], "allowCredentials": true}}"#
        );
        let (_, warnings) = Policy::from_gateway_json(&json).unwrap();
        let builder = Policy::builder().allow_origins([origin]).allow_credentials(true);
        let errors = builder.build().unwrap_err();
        let [DocumentWarning::LeftOut { error, .. }] = &warnings[..] else {
            panic!("{origin}: {warnings:?}");
        };
        assert_eq!(Some(error), errors.iter().next(), "{origin}");
    }
}

#[test]
fn what_is_no_filter_is_refused() {
    let rows = [
        (
            r#"{"allowMethods": ["GET"]}"#,
            "allowOrigins: no origin is allowed; give `allowOrigins` at least one at line 1 column 25",
        ),
        (
            r#"{"allowOrigins": ["https://*"]}"#,
            "allowOrigins[0]: origin \"https://*\" has a `*` where none can stand; write a pattern, as in \"https://*.a.example\", \"https://pr-*.a.example\" or \"https://a.example:*\" at line 1 column 29\n\
             allowOrigins: no origin is allowed; give `allowOrigins` at least one at line 1 column 18",
        ),
        (
            r#"{"allowOrigins": ["*"], "allowMethods": ["get"], "maxAge": "5s", "kind": "CORS"}"#,
            "allowMethods[0]: expected one of [\"GET\", \"HEAD\", \"POST\", \"PUT\", \"DELETE\", \"CONNECT\", \"OPTIONS\", \"TRACE\", \"PATCH\", \"*\"], found \"get\" at line 1 column 46\n\
             maxAge: expected a whole number of seconds, found \"5s\" at line 1 column 63\n\
             kind: the key is unknown; known are `allowOrigins`, `allowCredentials`, `allowMethods`, `allowHeaders`, `exposeHeaders`, `maxAge` at line 1 column 79",
        ),
        ("[]", "expected an object with the keys of a filter, found an array at line 1 column 1"),
    ];
    refused(rows.map(|(json, said)| (json, Policy::from_gateway_json(json), said)));
}

/// A filter as its documentation has it: a `*` in a host stands for any text without a slash.
mod filter {
    use serde_json::Value;

    pub(super) fn strings<'a>(filter: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
        filter[key].as_array().into_iter().flatten().map(|item| item.as_str().unwrap())
    }

    pub(super) fn allows_origin(filter: &Value, origin: &str) -> bool {
        strings(filter, "allowOrigins").any(|pattern| match pattern.split_once('*') {
            _ if pattern == "*" => true,
            None => pattern == origin || pattern.strip_suffix(":443") == Some(origin),
            Some((start, end)) => {
                origin.len() > start.len() + end.len()
                    && origin.starts_with(start)
                    && origin.ends_with(end)
                    && origin.matches(':').count() == pattern.matches(':').count()
            }
        })
    }

    pub(super) fn allows_method(filter: &Value, method: &str) -> bool {
        ["GET", "HEAD", "POST"].contains(&method)
            || strings(filter, "allowMethods").any(|one| one == "*" || one == method)
    }

    pub(super) fn allows_header(filter: &Value, name: &str) -> bool {
        let echoes = filter["allowCredentials"] == true;
        strings(filter, "allowHeaders").any(|one| {
            one == "*" && (echoes || name != "authorization") || one.eq_ignore_ascii_case(name)
        })
    }
}

#[test]
fn a_policy_is_never_more_open_than_the_filter() {
    use serde_json::json;

    let origins = [
        json!(["https://a.example"]),
        json!(["https://*.a.example", "http://b.example", "https://c.example:443"]),
        json!(["*"]),
        json!(["https://*", "https://b*.example", "http://localhost:3000", "app://*"]),
    ];
    let methods = [json!([]), json!(["PUT"]), json!(["*"]), json!(["GET", "TRACE"])];
    let headers = [json!([]), json!(["*"]), json!(["X-A", "x-*"]), json!(["Authorization"])];
    let heads = [
        "https://a.example",
        "https://x.y.a.example",
        "http://b.example",
        "https://bc.example",
        "https://bc.d.example",
        "app://x",
        "app://x:80",
        "https://c.example",
        "http://localhost:3000",
        "null",
    ];
    let (mut read, mut open) = (0, 0);
    for origins in &origins {
        for (methods, headers) in
            methods.iter().flat_map(|it| headers.iter().map(move |of| (it, of)))
        {
            for credentials in [false, true] {
                let document = json!({
                    "allowOrigins": origins, "allowMethods": methods, "allowHeaders": headers,
                    "allowCredentials": credentials, "exposeHeaders": ["*", "x-e"],
                });
                let (policy, _) = Policy::from_gateway_json(&document.to_string()).unwrap();
                read += 1;
                for origin in heads {
                    let theirs = filter::allows_origin(&document, origin);
                    let simple = get(&policy, origin);
                    assert!(!simple.is_allowed() || theirs, "{origin} {document:#}");
                    let said = simple.headers();
                    if credentials {
                        let exposed = said.get("access-control-expose-headers");
                        assert!(exposed.is_none_or(|names| names == "x-e"), "{document:#}");
                    } else {
                        assert!(!said.contains_key("access-control-allow-credentials"));
                    }
                    for method in ["GET", "PUT", "TRACE", "PATCH"] {
                        for name in ["x-a", "x-b", "authorization"] {
                            let ours = preflight(&policy, origin, method, name).is_allowed();
                            let theirs = theirs
                                && filter::allows_method(&document, method)
                                && filter::allows_header(&document, name);
                            assert!(!ours || theirs, "{origin} {method} {name} {document:#}");
                            open += usize::from(ours);
                        }
                    }
                }
            }
        }
    }
    assert!(read == 128 && open > 300, "{read} {open}");
}
