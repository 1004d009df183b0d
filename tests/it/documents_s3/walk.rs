//! Policies held to buckets, for all that a browser could send.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>

use std::sync::LazyLock;

use http::Request;
use serde_json::{Value, json};
use tower_cors::{DocumentWarning, Policy};

use super::{bucket, preflight, simple};

const ORIGINS: &[&str] = &[
    "https://a.example",
    "https://x.a.example",
    "https://x.y.a.example",
    "https://ab.example",
    "https://abc.example",
    "https://a-app.a.example",
    "https://-app.a.example",
    "https://x.y-app.a.example",
    "app://localhost",
    "app://localhost:3000",
    "https://b.example",
    "https://b.example:8443",
    "http://localhost",
    "http://localhost:3000",
    "null",
];

/// What a browser could send: origin, method, names of a preflight, and the request.
type Sent = (&'static str, &'static str, Option<&'static [&'static str]>, Request<()>);

static SENT: LazyLock<Vec<Sent>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for origin in ORIGINS {
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            for names in [&[][..], &["x-a"], &["authorization"], &["x-a-y", "x-b"]] {
                all.push((*origin, method, Some(names), preflight(origin, method, names)));
            }
            all.push((*origin, method, None, simple(origin, method)));
        }
    }
    all
});

/// Holds the policy to the bucket, for all that a browser could send. How many preflights are as open.
fn compare(document: &Value, is_whole: bool, policy: &Policy) -> usize {
    let mut as_open = 0;
    for (origin, method, names, request) in SENT.iter() {
        let decision = policy.decide(request);
        let theirs = bucket::first(document, origin, method, names.unwrap_or_default());
        let ours = decision.is_allowed();
        let same = if is_whole { ours == theirs.is_some() } else { !ours || theirs.is_some() };
        assert!(same, "{ours} {theirs:?} {origin} {method} {names:?}\n{document:#}");
        as_open += usize::from(ours && names.is_some());
        let headers = decision.headers();
        assert!(!headers.contains_key("access-control-allow-credentials"));
        if let (true, Some(rule), Some(_)) = (ours, theirs, names) {
            let age = headers.get("access-control-max-age");
            let age = age.map_or(5, |age| age.to_str().unwrap().parse::<u64>().unwrap());
            let may = rule["MaxAgeSeconds"].as_u64().unwrap_or(5);
            assert!(age <= may, "{age} {may} {origin} {method} {names:?}\n{document:#}");
        }
        if let (true, Some(rule), Some(exposed)) =
            (ours, theirs, headers.get("access-control-expose-headers"))
        {
            let may: Vec<&str> = bucket::strings(rule, "ExposeHeaders").collect();
            for name in exposed.to_str().unwrap().split(',') {
                assert!(may.contains(&name), "{name} {origin} {method}\n{document:#}");
            }
        }
    }
    as_open
}

#[test]
fn a_policy_is_never_more_open_than_the_bucket() {
    let origins = [
        json!(["https://a.example"]),
        json!(["https://*.a.example", "https://b.example"]),
        json!(["*"]),
        json!(["https://a*.example", "https://b.example"]),
        json!(["https://*-app.a.example", "app://*"]),
        json!(["https://a.*.example", "https://b.example"]),
        json!(["http://localhost:*"]),
        json!(["https://*", "null"]),
    ];
    let headers = [json!([]), json!(["*"]), json!(["X-*"]), json!(["x-*-y", "x-a"]), json!(["a*"])];
    let exposed = [json!([]), json!(["x-e"]), json!(["x-e", "x-f"])];
    let mut rules = Vec::new();
    for origins in &origins {
        for methods in [json!(["GET"]), json!(["GET", "PUT"])] {
            for headers in &headers {
                for exposed in &exposed {
                    let mut rule = json!({
                        "AllowedOrigins": origins,
                        "AllowedMethods": methods,
                        "AllowedHeaders": headers,
                        "ExposeHeaders": exposed,
                    });
                    // Four, which is prime to the number of headers and to that of exposed names.
                    if let Some(max_age) = [None, Some(0), Some(600), Some(86_400)][rules.len() % 4]
                    {
                        rule["MaxAgeSeconds"] = json!(max_age);
                    }
                    rules.push(rule);
                }
            }
        }
    }
    let (mut read, mut whole, mut open) = (0, 0, 0);
    for (at, one) in rules.iter().enumerate() {
        for two in rules.iter().skip(at % 37).step_by(37) {
            let document = json!([one, two]);
            let Ok((policy, warnings)) = Policy::from_s3_json(&document.to_string()) else {
                continue;
            };
            let disagree = |warning: &DocumentWarning| {
                matches!(warning, DocumentWarning::RulesDisagree { .. })
            };
            let is_whole = warnings.iter().all(disagree);
            open += compare(&document, is_whole, &policy);
            read += 1;
            whole += usize::from(is_whole);
        }
    }
    assert!(read > 700 && whole > 100 && open > 10_000, "{read} {whole} {open}");
}
