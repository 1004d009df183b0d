//! The CORS configuration of an Amazon S3 bucket, read into a policy that is never more open.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>

mod bucket;
mod walk;

use http::{HeaderMap, Request};
use serde_json::json;
use tower_cors::{DocumentWarning, Policy};

use super::documents::refused;

/// The first example of the user guide.
const THREE_RULES: &str = r#"[
    {
        "AllowedHeaders": ["*"],
        "AllowedMethods": ["PUT", "POST", "DELETE"],
        "AllowedOrigins": ["http://www.example1.com"],
        "ExposeHeaders": []
    },
    {
        "AllowedHeaders": ["*"],
        "AllowedMethods": ["PUT", "POST", "DELETE"],
        "AllowedOrigins": ["http://www.example2.com"],
        "ExposeHeaders": []
    },
    {
        "AllowedHeaders": [],
        "AllowedMethods": ["GET"],
        "AllowedOrigins": ["*"],
        "ExposeHeaders": []
    }
]"#;

/// The second one.
const ONE_RULE: &str = r#"[
    {
        "AllowedHeaders": ["*"],
        "AllowedMethods": ["PUT", "POST", "DELETE"],
        "AllowedOrigins": ["http://www.example.com"],
        "ExposeHeaders": ["x-amz-server-side-encryption", "x-amz-request-id", "x-amz-id-2"],
        "MaxAgeSeconds": 3000
    }
]"#;

/// That of the command `put-bucket-cors`.
const OBJECT: &str = r#"{
    "CORSRules": [
        {
            "AllowedOrigins": ["http://www.example.com"],
            "AllowedHeaders": ["*"],
            "AllowedMethods": ["PUT", "POST", "DELETE"],
            "MaxAgeSeconds": 3000,
            "ExposeHeaders": ["x-amz-server-side-encryption"]
        },
        {
            "AllowedOrigins": ["*"],
            "AllowedHeaders": ["Authorization"],
            "AllowedMethods": ["GET"],
            "MaxAgeSeconds": 3000
        }
    ]
}"#;

fn preflight(origin: &str, method: &str, names: &[&str]) -> Request<()> {
    let request = Request::options("/key")
        .header("origin", origin)
        .header("access-control-request-method", method);
    let request = if names.is_empty() {
        request
    } else {
        request.header("access-control-request-headers", names.join(","))
    };
    request.body(()).unwrap()
}

fn simple(origin: &str, method: &str) -> Request<()> {
    Request::builder().method(method).uri("/key").header("origin", origin).body(()).unwrap()
}

#[test]
fn the_examples_of_the_user_guide_are_read_without_a_warning() {
    for (name, document) in [("three", THREE_RULES), ("one", ONE_RULE), ("object", OBJECT)] {
        let (_, warnings) = Policy::from_s3_json(document).unwrap();
        assert_eq!(warnings, [], "{name}");
    }
    let (policy, _) = Policy::from_s3_json(ONE_RULE).unwrap();
    let asked = preflight("http://www.example.com", "PUT", &["authorization", "x-amz-acl"]);
    let headers = policy.decide(&asked).headers();
    assert_eq!(headers["access-control-allow-origin"], "http://www.example.com");
    assert_eq!(headers["access-control-allow-methods"], "PUT");
    assert_eq!(headers["access-control-allow-headers"], "*,authorization");
    assert_eq!(headers["access-control-max-age"], "3000");
    assert!(!headers.contains_key("access-control-allow-credentials"));
    let posted = policy.decide(&simple("http://www.example.com", "POST"));
    assert_eq!(
        posted.headers()["access-control-expose-headers"],
        "x-amz-id-2,x-amz-request-id,x-amz-server-side-encryption"
    );
    // GET is not among the methods.
    let got = policy.decide(&simple("http://www.example.com", "GET"));
    assert!(!got.is_allowed());
    assert_eq!(got.headers(), HeaderMap::new());
}

#[test]
fn what_is_lost_is_warned_of() {
    let document = r#"{"CORSRules": [
        {
            "ID": "previews",
            "AllowedOrigins": ["https://a.*.example", "https://*", "https://a.example/"],
            "AllowedMethods": ["GET"],
            "ExposeHeaders": ["ETag"],
            "MaxAgeSeconds": 86400
        },
        {
            "AllowedOrigins": ["https://a.example", "http://localhost:*", "null"],
            "AllowedMethods": ["GET", "PUT"],
            "AllowedHeaders": ["x-amz-*", "x-*-meta", "Cookie"],
            "ExposeHeaders": ["etag", "x-amz-request-id", "*", "Set-Cookie"],
            "MaxAgeSeconds": 1728000
        }
    ]}"#;
    let (policy, warnings) = Policy::from_s3_json(document).unwrap();
    let said: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let expected = [
        r#"CORSRules[0].AllowedOrigins[0]: left out, because origin "https://a.*.example" has a `*` where none can stand; write a pattern, as in "https://*.a.example", "https://pr-*.a.example" or "https://a.example:*""#,
        r#"CORSRules[0].AllowedOrigins[1]: left out, because origin "https://*" has a `*` where none can stand; write a pattern, as in "https://*.a.example", "https://pr-*.a.example" or "https://a.example:*""#,
        r#"CORSRules[0].AllowedOrigins[2]: left out, because origin "https://a.example/" has a path; write "https://a.example""#,
        "CORSRules[0]: left out, because none of its origins is left",
        r#"CORSRules[1].AllowedOrigins[1]: left out, because "http://localhost:*" would stand for the default port, too; list the ports"#,
        r#"CORSRules[1].AllowedOrigins[2]: left out, because origin "null" stands for every opaque origin, sandboxed pages of attackers too; leave it out"#,
        r#"CORSRules[1].AllowedHeaders[1]: left out, because request-header name "x-*-meta" has a `*` that is not at its end; write the names, or a prefix, as in "x-amz-*""#,
        r#"CORSRules[1].AllowedHeaders[2]: left out, because request-header name "Cookie" cannot be set by scripts; remove it"#,
        r#"CORSRules[1].ExposeHeaders[1]: "x-amz-request-id" is left out, because an earlier rule would not have exposed it to the origins that it lost"#,
        r#"CORSRules[1].ExposeHeaders[2]: left out, because "*" means nothing in the original either"#,
        r#"CORSRules[1].ExposeHeaders[3]: left out, because response-header name "Set-Cookie" is forbidden by the Fetch Standard; remove it"#,
        "CORSRules[1].MaxAgeSeconds: 1728000 seconds are capped at 86400, the most that browsers keep",
    ];
    assert_eq!(said, expected);
    assert!(matches!(&warnings[11], DocumentWarning::MaxAgeCapped { value: 1_728_000, .. }));
    assert_eq!(warnings[3].key(), "CORSRules[0]");

    let headers = policy.decide(&preflight("https://a.example", "PUT", &["x-amz-acl"])).headers();
    assert_eq!(headers["access-control-max-age"], "86400");
    let headers = policy.decide(&simple("https://a.example", "GET")).headers();
    assert_eq!(headers["access-control-expose-headers"], "etag");
}

/// A bucket's `*` is any text, none and dots included. Here it is less, and said so.
#[test]
fn a_pattern_within_a_label_is_kept() {
    let document = r#"[
        {
            "AllowedOrigins": ["https://*-app.a.example", "https://x-*.vercel.app", "https://*app.com"],
            "AllowedMethods": ["GET"],
            "ExposeHeaders": ["etag"]
        },
        {
            "AllowedOrigins": ["https://a.b-app.a.example", "app://*"],
            "AllowedMethods": ["GET"],
            "ExposeHeaders": ["x-amz-request-id"]
        }
    ]"#;
    let (policy, warnings) = Policy::from_s3_json(document).unwrap();
    let said: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            r#"[0].AllowedOrigins[2]: left out, because origin "https://*app.com" has a `*` beside the name of a domain, so that the domains of strangers match; write "https://*.app.com""#,
            r#"[0].AllowedOrigins[0]: the `*` of "https://*-app.a.example" stands for one character or more, and for no dot"#,
            r#"[0].AllowedOrigins[1]: the `*` of "https://x-*.vercel.app" stands for one character or more, and for no dot"#,
            r#"[1].ExposeHeaders[0]: "x-amz-request-id" is left out, because an earlier rule would not have exposed it to the origins that it lost"#,
        ]
    );
    assert!(
        matches!(&warnings[1], DocumentWarning::Narrowed { value, .. } if value.contains("-app"))
    );
    let rule = |origin| {
        let decision = policy.decide(&simple(origin, "GET"));
        decision.rule().filter(|_| decision.is_allowed())
    };
    for (origin, expected) in [
        ("https://pr-1-app.a.example", Some(0)),
        ("https://x-1.vercel.app", Some(0)),
        ("https://a.b-app.a.example", Some(1)),
        ("app://x", Some(1)),
        ("https://-app.a.example", None),
        ("https://c.b-app.a.example", None),
        ("https://x-.vercel.app", None),
        ("https://evilapp.com", None),
    ] {
        assert_eq!(rule(origin), expected, "{origin}");
    }
}

/// A rule that lost something would have answered some preflights itself, and for no longer.
#[test]
fn a_max_age_is_no_longer_than_that_of_a_rule_that_lost_something() {
    let rows = [
        // What the first rule has; the max-ages of both, and of the answer.
        (r#""https://x*""#, r#""*""#, "0", "86400", "0"),
        (r#""https://*xb.a.example""#, r#""*""#, "0", "86400", "0"),
        (r#""https://b.example""#, r#""x-*-meta""#, "600", "86400", "600"),
        (r#""https://b.example""#, r#""*""#, "0", "600", "600"),
        (r#""https://x*""#, r#""*""#, "600", "60", "60"),
        (r#""https://x*""#, r#""*""#, "172800", "172800", "86400"),
    ];
    for (origin, header, first, second, expected) in rows {
        let document = format!(
            r#"[
                {{"AllowedOrigins": [{origin}, "https://c.example"], "AllowedMethods": ["GET"],
                  "AllowedHeaders": [{header}], "MaxAgeSeconds": {first}}},
                {{"AllowedOrigins": ["https://xb.a.example"], "AllowedMethods": ["GET"],
                  "AllowedHeaders": ["*"], "MaxAgeSeconds": {second}}}
            ]"#
        );
        let (policy, warnings) = Policy::from_s3_json(&document).unwrap();
        let headers = policy.decide(&preflight("https://xb.a.example", "GET", &["x-a"])).headers();
        assert_eq!(headers["access-control-max-age"], expected, "{document}");
        let warned = warnings.iter().map(ToString::to_string).filter(|it| it.contains("shortened"));
        let expected = (expected != second && expected != "86400").then(|| {
            format!(
                "[1].MaxAgeSeconds: {second} seconds are shortened to {expected}, those of an earlier \
                 rule that lost origins or headers"
            )
        });
        assert_eq!(warned.collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>());
    }
}

/// Many rules that lost an origin, each with many names, would take minutes if each were held to all
/// before it.
#[test]
fn many_rules_that_lost_something_are_read_in_time() {
    let names: Vec<String> = (0..60).map(|name| format!("x-{name}")).collect();
    let rule = |n: usize| {
        json!({
            "AllowedOrigins": ["https://*", format!("https://a{n}.example")],
            "AllowedMethods": ["GET"],
            "ExposeHeaders": names,
        })
    };
    let document = json!((0..800).map(rule).collect::<Vec<_>>()).to_string();
    let (_, warnings) = Policy::from_s3_json(&document).unwrap();
    assert_eq!(warnings.len(), 800);
}

#[test]
fn rules_may_disagree_and_are_warned_of() {
    let document = r#"[
        {"AllowedOrigins": ["https://a.example"], "AllowedMethods": ["GET"]},
        {
            "AllowedOrigins": ["*"],
            "AllowedMethods": ["GET"],
            "AllowedHeaders": ["x-a"],
            "ExposeHeaders": ["etag"]
        }
    ]"#;
    let (policy, warnings) = Policy::from_s3_json(document).unwrap();
    assert!(matches!(&warnings[..], [DocumentWarning::RulesDisagree { .. }]), "{warnings:?}");
    // As in S3, the second rule answers the preflight, and the first one the request.
    let preflight = policy.decide(&preflight("https://a.example", "GET", &["x-a"]));
    assert_eq!(preflight.rule(), Some(1));
    let request = policy.decide(&simple("https://a.example", "GET"));
    assert_eq!(request.rule(), Some(0));
    assert!(!request.headers().contains_key("access-control-expose-headers"));
}

/// Name, document, message.
const ERRORS: &[(&str, &str, &str)] = &[
    (
        "nothing is left",
        "[{\n\"AllowedOrigins\": [\"https://*\",\n\"http://a:*\"], \"AllowedMethods\": [\"GET\"]\n}]",
        r#"[0].AllowedOrigins[0]: origin "https://*" has a `*` where none can stand; write a pattern, as in "https://*.a.example", "https://pr-*.a.example" or "https://a.example:*" at line 2 column 30
[0].AllowedOrigins[1]: left out, because "http://a:*" would stand for the default port, too; list the ports at line 3 column 12
[0]: left out, because none of its origins is left at line 1 column 2
[0].AllowedOrigins: no origin is allowed; give `AllowedOrigins` at least one at line 2 column 19"#,
    ),
    (
        "no rules",
        r#"{"CORSRules": []}"#,
        "CORSRules: there is no rule; give at least one at line 1 column 15",
    ),
    (
        "no rules, and an unknown key",
        r#"{"CORSRules": [], "Rules": []}"#,
        "Rules: the key is unknown, and `CORSRules` stands there, too; write one of them at line 1 column 28\n\
         CORSRules: there is no rule; give at least one at line 1 column 15",
    ),
    (
        "rules that are no objects, and errors in the others",
        r#"[7, {"AllowedOrigins": ["*"], "AllowedMethods": [7, "PATCH"]}, "*", {"AllowedOrigins": "*"}]"#,
        r#"[0]: expected an object with the keys of a rule, found 7 at line 1 column 2
[1].AllowedMethods[0]: expected a string, found 7 at line 1 column 50
[1].AllowedMethods[1]: expected one of ["GET", "PUT", "POST", "DELETE", "HEAD"], found "PATCH" at line 1 column 59
[2]: expected an object with the keys of a rule, found "*" at line 1 column 66
[3].AllowedOrigins: expected an array of strings, found "*" at line 1 column 90
[3]: the key `AllowedMethods` is missing at line 1 column 69"#,
    ),
    ("no key", "{}", "the key `CORSRules` is missing at line 1 column 1"),
    (
        "missing keys",
        "[{}]",
        "[0]: the key `AllowedOrigins` is missing at line 1 column 2\n[0]: the key `AllowedMethods` is missing at line 1 column 2",
    ),
    (
        "empty lists",
        r#"[{"AllowedOrigins": [], "AllowedMethods": []}]"#,
        "[0].AllowedOrigins: expected at least one string, found none at line 1 column 21\n[0].AllowedMethods: expected at least one string, found none at line 1 column 43",
    ),
    (
        "a method that S3 does not know",
        r#"[{"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "PATCH"]}]"#,
        r#"[0].AllowedMethods[1]: expected one of ["GET", "PUT", "POST", "DELETE", "HEAD"], found "PATCH" at line 1 column 60"#,
    ),
    (
        "an unknown key and a wrong type",
        r#"[{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "MaxAge": 1, "AllowedHeaders": "*"}]"#,
        r#"[0].AllowedHeaders: expected an array of strings, found "*" at line 1 column 88
[0].MaxAge: the key is unknown; write `MaxAgeSeconds` at line 1 column 65"#,
    ),
    (
        "a document of ours",
        r#""*""#,
        r#"expected an array of rules, or an object with the key `CORSRules`, found "*" at line 1 column 1"#,
    ),
];

#[test]
fn what_is_no_configuration_is_refused() {
    refused(ERRORS.iter().map(|(name, json, said)| (*name, Policy::from_s3_json(json), *said)));
}

#[test]
fn a_short_key_in_another_case_is_answered_with_the_one_that_was_meant() {
    let said = |key: &str| {
        let rule = serde_json::json!({
            key: "a", "AllowedOrigins": ["https://a.example"], "AllowedMethods": ["GET"],
        });
        let document = serde_json::json!({ "CORSRules": [rule] }).to_string();
        Policy::from_s3_json(&document).map(|_| ()).map_err(|errors| errors.to_string())
    };
    assert_eq!(said("ID"), Ok(()));
    assert!(said("Id").unwrap_err().contains("Id: the key is unknown; write `ID` at"));
    assert!(said("It").unwrap_err().contains("It: the key is unknown; known are `AllowedOrigins`"));
}
