//! A policy gives back its document, and that reads into a policy that decides the same.

use std::sync::LazyLock;

use http::{HeaderMap, Request};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use tower_cors::{Policy, PolicyBuilder, Route, Routes};

const ORIGINS: &[&str] = &[
    "https://a.example",
    "https://b.example:8443",
    "https://c.example",
    "https://d.example",
    "https://e.example",
    "http://insecure.example",
    "capacitor://localhost",
    "http://[::1]:3000",
    "http://localhost:*",
    "https://*.a.example",
    "https://*.a.example:8443",
    "https://*.b.example:*",
    "app://*.c.example",
    "https://*.github.io",
    "https://*.co.uk:*",
    "https://pr-*.a.example",
    "https://pr-*-x.a.example:*",
    "https://*-x.a.example:8443",
    "http://pr-*.localhost:3000",
    "app://*",
    "app://.",
    "app://",
    "ext://a*",
    "*",
];

/// Every origin that one of the patterns stands for, and some besides.
const HEADS: &[&str] = &[
    "https://a.example",
    "https://b.example:8443",
    "https://d.example",
    "http://insecure.example",
    "capacitor://localhost",
    "http://[::1]:3000",
    "http://localhost",
    "http://localhost:3000",
    "https://x.y.a.example",
    "https://x.a.example:8443",
    "https://x.b.example:1",
    "app://x.c.example",
    "https://any.github.io",
    "https://any.co.uk:1",
    "https://pr-1.a.example",
    "https://pr-1-x.a.example:1",
    "https://1-x.a.example:8443",
    "http://pr-1.localhost:3000",
    "app://x",
    "app://",
    "app://.",
    "ext://ab",
    "https://other.example",
    "null",
    "file://",
];

fn rule() -> impl Strategy<Value = PolicyBuilder> {
    let names = ["*", "authorization", "X-A", "x-b", "x-amz-*", "x-am*", "content-type"];
    let methods = ["GET", "PUT", "DELETE", "PROPFIND", "HEAD", "POST"];
    let some = |all: &'static [&'static str]| subsequence(all, 0..=all.len());
    (
        (some(ORIGINS), any::<bool>(), any::<bool>(), any::<bool>()),
        (subsequence(methods.to_vec(), 0..=6), any::<bool>(), any::<bool>()),
        subsequence(names.to_vec(), 0..=7),
        subsequence(vec!["ETag", "x-a", "X-B"], 0..=3),
        prop::option::of(select(vec![0, 5, 600, 86_400])),
    )
        .prop_map(
            |((origins, credentials, null, file), (methods, only, any), headers, exposed, age)| {
                // What would not build is left out: any origin and opaque ones with credentials.
                let origins = origins.into_iter().filter(|origin| !credentials || *origin != "*");
                let builder = Policy::builder()
                    .allow_origins(origins)
                    .allow_origins(["https://sure.example"])
                    .allow_credentials(credentials)
                    .allow_headers(headers)
                    .expose_headers(exposed)
                    .dangerously_allow_insecure_origins(true)
                    .dangerously_allow_public_suffixes(true)
                    .dangerously_allow_null_origin(null && !credentials)
                    .dangerously_allow_file_origin(file && !credentials);
                let builder = match (only, any) {
                    (true, _) => builder.only_methods(methods).only_methods(["PATCH"]),
                    (false, true) => builder.allow_methods(methods).allow_methods(["*"]),
                    (false, false) => builder.allow_methods(methods),
                };
                match age {
                    Some(seconds) => builder.max_age(std::time::Duration::from_secs(seconds)),
                    None => builder,
                }
            },
        )
}

/// Requests and preflights of every origin.
static REQUESTS: LazyLock<Vec<Request<()>>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for origin in HEADS {
        for method in ["GET", "PUT", "PATCH", "FOO"] {
            let request = Request::builder().method(method).header("origin", *origin);
            all.push(request.body(()).unwrap());
            for names in ["", "x-a", "x-amz-acl,content-type", "authorization", "x-other"] {
                let preflight = Request::options("/")
                    .header("origin", *origin)
                    .header("access-control-request-method", method)
                    .header("access-control-request-headers", names);
                all.push(preflight.body(()).unwrap());
            }
        }
    }
    all
});

/// All that a policy says of them.
fn decisions(policy: &Policy) -> Vec<(String, HeaderMap)> {
    let decide = |request| {
        let decision = policy.decide(request);
        (decision.to_string(), decision.headers().clone())
    };
    REQUESTS.iter().map(decide).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_gives_back_its_document(rules in prop::collection::vec(rule(), 1..=3)) {
        // Rules that disagree are not built.
        let built = match &rules[..] {
            [rule] => rule.build(),
            rules => Policy::from_rules(rules.to_vec()),
        };
        let Ok(policy) = built else { return Ok(()) };
        let document = serde_json::to_string(&policy).unwrap();
        let read = Policy::from_json(&document).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), document);
        prop_assert_eq!(decisions(&read), decisions(&policy));
    }

    #[test]
    fn a_table_gives_back_its_document(
        routes in prop::collection::vec(route(), 1..=4),
        fallback in prop::option::of(route()),
    ) {
        let mut builder = Routes::builder();
        for (at, route) in routes.into_iter().enumerate() {
            builder = builder.route(format!("/{at}/{{*rest}}"), route);
        }
        if let Some(fallback) = fallback {
            builder = builder.fallback(fallback);
        }
        let routes = builder.build().unwrap();
        let document = serde_json::to_string(&routes).unwrap();
        // A table of nothing is no policy.
        let read = Routes::from_json(&document).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), document.clone());
        for path in ["/0/a", "/1/a", "/2/a", "/3/a", "/other"] {
            let decisions = |routes: &Routes| match routes.find(path).unwrap() {
                Route::Policy(policy) => decisions(policy),
                Route::NoCors => vec![("no CORS".to_owned(), HeaderMap::new())],
                Route::LeftAlone => vec![("left alone".to_owned(), HeaderMap::new())],
            };
            prop_assert_eq!(decisions(&read), decisions(&routes));
        }
        prop_assert_eq!(Routes::from_json(&document).unwrap(), read);
    }
}

/// What a path may have.
fn route() -> impl Strategy<Value = Route> {
    prop_oneof![
        Just(Route::NoCors),
        Just(Route::LeftAlone),
        rule().prop_map(|rule| rule.build().unwrap().into()),
    ]
}

fn document(policy: &Policy) -> Value {
    serde_json::to_value(policy).unwrap()
}

#[test]
fn the_document_is_canonical() {
    let policy = Policy::builder()
        .allow_origins(["https://b.example", "https://*.a.example", "https://a.example"])
        .allow_origins(["http://localhost:*", "https://a.example"])
        .allow_methods(["PUT", "GET", "DELETE"])
        .allow_headers(["X-B", "x-a", "x-a*"])
        .dangerously_allow_insecure_origins(true)
        .build()
        .unwrap();
    assert_eq!(
        document(&policy),
        json!({
            "allow_origins": [
                "https://a.example", "https://b.example", "http://localhost:*", "https://*.a.example"
            ],
            "allow_methods": ["DELETE", "PUT"],
            "allow_headers": ["x-b", "x-a*"],
        })
    );
    assert_eq!(
        document(&Policy::permissive()),
        json!({
            "allow_origins": ["*"],
            "allow_methods": ["*"],
            "allow_headers": ["*", "authorization"],
            "expose_headers": ["*"],
        })
    );
    // The calls that were needed are written.
    let policy = Policy::builder()
        .allow_origins(["http://a.example", "https://*.github.io"])
        .allow_credentials(true)
        .dangerously_allow_insecure_origins(true)
        .dangerously_allow_public_suffixes(true)
        .build()
        .unwrap();
    assert_eq!(
        document(&policy),
        json!({
            "allow_origins": ["http://a.example", "https://*.github.io"],
            "allow_credentials": true,
            "dangerously_allow_insecure_origins": true,
            "dangerously_allow_public_suffixes": true,
        })
    );
    let policy = Policy::builder().dangerously_allow_null_origin(true).build().unwrap();
    assert_eq!(document(&policy), json!({ "dangerously_allow_null_origin": true }));
    let policy = Policy::builder().dangerously_allow_file_origin(true).build().unwrap();
    assert_eq!(document(&policy), json!({ "dangerously_allow_file_origin": true }));

    let patterns = [
        "http://localhost:*",
        "moz-extension://*",
        "https://*.a.example",
        "https://pr-*.a.example",
        "https://site-*-team.vercel.app",
        "https://*-x.a.example:*",
    ];
    let policy = Policy::builder()
        .allow_origins(patterns)
        .dangerously_allow_public_suffixes(true)
        .build()
        .unwrap();
    let mut expected = json!({ "allow_origins": patterns });
    // Without the list of suffixes the call is needed.
    if cfg!(not(feature = "public-suffix")) {
        expected["dangerously_allow_public_suffixes"] = json!(true);
    }
    assert_eq!(document(&policy), expected);
}

/// Each set has a hash of its own, which nothing shows.
#[test]
fn equal_policies_have_equal_documents_and_show_alike() {
    let build = || {
        let origins = (0..500).flat_map(|at| {
            [
                format!("https://{at}.example"),
                format!("https://*.{at}.example"),
                format!("https://{at}-*.a.example:*"),
            ]
        });
        let builder = Policy::builder().allow_origins(origins);
        builder.dangerously_allow_public_suffixes(true).build().unwrap()
    };
    let (one, two) = (build(), build());
    assert_eq!(document(&one), document(&two));
    assert_eq!(format!("{one:?}"), format!("{two:?}"));
}

#[test]
fn many_origins_are_all_given_back() {
    let origins: Vec<String> = (0..1000).map(|at| format!("https://{at:04}.example")).collect();
    let policy = Policy::builder().allow_origins(&origins).build().unwrap();
    assert_eq!(document(&policy), json!({ "allow_origins": origins }));
}

#[test]
fn what_cannot_be_written_is_said() {
    let policy = Policy::builder().allow_origins_if(|_, _, _| true).build().unwrap();
    let error = serde_json::to_string(&policy).unwrap_err().to_string();
    assert_eq!(error, "a policy with a predicate has no document");
    let routes = Routes::builder().route("/", policy).build().unwrap();
    assert_eq!(serde_json::to_string(&routes).unwrap_err().to_string(), error);

    let (policy, _) = Policy::from_s3_json(
        r#"[
            {"AllowedOrigins": ["https://a.example"], "AllowedMethods": ["GET"]},
            {
                "AllowedOrigins": ["*"], "AllowedMethods": ["GET"],
                "AllowedHeaders": ["x-a"], "ExposeHeaders": ["x-b"]
            }
        ]"#,
    )
    .unwrap();
    let error = serde_json::to_string(&policy).unwrap_err().to_string();
    assert_eq!(error, "a policy whose rules disagree has no document");
}

#[test]
fn what_was_imported_is_written_in_our_words() {
    let (policy, _) = Policy::from_s3_json(
        r#"[{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "AllowedHeaders": ["*"]}]"#,
    )
    .unwrap();
    assert_eq!(
        document(&policy),
        json!({
            "allow_origins": ["*"],
            "only_methods": ["GET"],
            "allow_headers": ["*", "authorization"],
        })
    );
}

/// A dangerous call is written where it is needed, and nowhere else.
#[test]
fn calls_that_are_not_needed_are_not_written() {
    for json in [
        json!({ "allow_origins": ["https://a.example"], "allow_credentials": true }),
        json!({ "allow_origins": ["http://a.example"] }),
        json!({
            "allow_origins": ["http://a.example"],
            "allow_credentials": true,
            "dangerously_allow_insecure_origins": true,
        }),
    ] {
        assert_eq!(document(&Policy::from_json(&json.to_string()).unwrap()), json);
    }
}
