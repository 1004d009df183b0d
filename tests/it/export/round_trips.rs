//! What a target can say exactly is read back as the same; and a document of this crate's own is always.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use http::{HeaderMap, Request};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tower_cors::export::{Export, Loss, Target, Warning};
use tower_cors::{Decision, DocumentWarning, Policy, PolicyBuilder, PolicyError, Route, Routes};

const ORIGINS: &[&str] = &[
    "https://a.example",
    "https://b.example:8443",
    "https://*.a.example",
    "https://*.b.example:8443",
    "https://pr-*.a.example",
    "http://localhost:3000",
    "http://localhost:*",
    "http://insecure.example",
    "app://localhost",
    "ext://*",
    "*",
];

const PAGES: &[&str] = &[
    "https://a.example",
    "https://b.example:8443",
    "https://x.y.a.example",
    "https://x.b.example:8443",
    "https://pr-1.a.example",
    "http://localhost:3000",
    "http://localhost",
    "http://localhost:1",
    "http://insecure.example",
    "file://",
    "app://localhost",
    "ext://x",
    "null",
    "https://other.example",
];

fn rule() -> impl Strategy<Value = PolicyBuilder> {
    let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "PROPFIND"];
    let names: &[&str] = &["*", "authorization", "x-a", "x-amz-*", "content-type"];
    (
        (subsequence(ORIGINS, 1..=3), any::<bool>(), 0..6, 0..6),
        (subsequence(methods.to_vec(), 1..=7), 0..3),
        subsequence(names, 0..=3),
        subsequence(vec!["etag", "x-b", "*"], 0..=2),
        prop::option::of(select(&[1, 5, 600][..])),
    )
        .prop_map(
            |((origins, credentials, null, file), (methods, kind), names, exposed, age)| {
                let exact = |value: &&str| !credentials || *value != "*";
                let builder = Policy::builder()
                    .allow_origins(origins.into_iter().filter(exact))
                    .allow_origins(["https://sure.example"])
                    .allow_credentials(credentials)
                    .allow_headers(names)
                    .expose_headers(exposed.into_iter().filter(exact))
                    .dangerously_allow_insecure_origins(true)
                    .dangerously_allow_null_origin(null == 0 && !credentials)
                    .dangerously_allow_file_origin(file == 0 && !credentials)
                    .dangerously_allow_public_suffixes(true);
                let builder = match kind {
                    0 => builder.only_methods(methods),
                    1 => builder.allow_methods(methods),
                    _ => builder.allow_methods(["*"]),
                };
                age.into_iter()
                    .fold(builder, |builder, age| builder.max_age(Duration::from_secs(age)))
            },
        )
}

/// Rules, some of which differ in nothing but origins, and some of which have a predicate.
fn rules() -> impl Strategy<Value = Vec<PolicyBuilder>> {
    let different = prop::collection::vec(rule(), 1..=3);
    let alike = (rule(), subsequence(ORIGINS, 1..=2))
        .prop_map(|(rule, more)| vec![rule.clone(), rule.allow_origins(more)]);
    let has_predicate = prop::collection::vec(prop::option::weighted(0.2, select(PAGES)), 3);
    (prop_oneof![2 => different, 1 => alike], has_predicate).prop_map(|(rules, pages)| {
        let with = |(rule, page): (PolicyBuilder, Option<&'static str>)| match page {
            Some(page) => rule.allow_origins_if(move |origin, _, _| origin.as_str() == page),
            None => rule,
        };
        rules.into_iter().zip(pages).map(with).collect()
    })
}

fn build(rules: &[PolicyBuilder]) -> Option<Policy> {
    match rules {
        [rule] => rule.build().ok(),
        rules => Policy::from_rules(rules.to_vec()).ok(),
    }
}

/// All that browsers send: preflights, and requests, for which some take one.
static REQUESTS: LazyLock<Vec<Request<()>>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for page in PAGES.iter().chain(&["https://sure.example"]) {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
            let request = Request::builder().method(method).uri("/0/x").header("origin", *page);
            all.push(request.body(()).unwrap());
        }
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "FOO"] {
            for names in ["", "x-a", "x-amz-acl,content-type", "authorization", "x-other"] {
                let preflight = Request::options("/0/x")
                    .header("origin", *page)
                    .header("access-control-request-method", method)
                    .header("access-control-request-headers", names);
                all.push(preflight.body(()).unwrap());
            }
        }
    }
    all
});

/// What counts of a decision to a browser. For how long it keeps an answer that does not say it: for 5 seconds.
fn meaning(decision: &Decision) -> (bool, HeaderMap) {
    let mut headers = decision.headers();
    headers.remove("vary");
    headers.remove("access-control-allow-methods");
    if !decision.is_allowed() {
        headers.clear();
    } else if decision.kind() == tower_cors::RequestKind::Preflight {
        headers.entry("access-control-max-age").or_insert(http::HeaderValue::from_static("5"));
    }
    // To a page, each origin by its name is the same as any.
    if let Some(named) = headers.get_mut("access-control-allow-origin") {
        *named = http::HeaderValue::from_static("*");
    }
    (decision.is_allowed(), headers)
}

/// Whether a browser ever sends the request: whether a preflight for its method succeeds, if it takes one.
fn is_sent(request: &Request<()>, decide: impl Fn(&Request<()>) -> Decision) -> bool {
    let method = request.method().as_str();
    let preflight = Request::options("/0/x")
        .header("origin", &request.headers()["origin"])
        .header("access-control-request-method", method);
    let is_simple = ["OPTIONS", "GET", "HEAD", "POST"].contains(&method);
    is_simple || decide(&preflight.body(()).unwrap()).is_allowed()
}

/// Whether a page may do no more by one than by the other: read, read these names, with credentials, and for so long.
fn is_within(one: &(bool, HeaderMap), other: &(bool, HeaderMap)) -> bool {
    let exposed = |headers: &HeaderMap| -> BTreeSet<String> {
        let names = headers.get("access-control-expose-headers");
        let names = names.map(|names| names.to_str().unwrap().to_ascii_lowercase());
        names.iter().flat_map(|names| names.split(',')).map(str::to_owned).collect()
    };
    let age = |headers: &HeaderMap| {
        let age = headers.get("access-control-max-age");
        age.map(|age| age.to_str().unwrap().parse::<u64>().unwrap())
    };
    let ((is_allowed, headers), (other_is_allowed, others)) = (one, other);
    let (names, other_names) = (exposed(headers), exposed(others));
    let credentials = "access-control-allow-credentials";
    !is_allowed
        || *other_is_allowed
            && (other_names.contains("*") || names.is_subset(&other_names))
            && (!headers.contains_key(credentials) || others.contains_key(credentials))
            && age(headers) <= age(others)
}

/// Holds what was read back to what was exported: never more open, and the same without a warning. What a reader asks a
/// dangerous call for, it leaves out, and nothing else.
fn hold(
    export: &Export,
    told: &[DocumentWarning],
    ours: impl Fn(&Request<()>) -> Decision,
    theirs: impl Fn(&Request<()>) -> Decision,
) -> Result<(), TestCaseError> {
    let is_told = |loss: Loss| loss != Loss::AmbiguousPaths;
    let is_dangerous = |warning: &DocumentWarning| match warning {
        DocumentWarning::LeftOut { error, .. } => {
            matches!(error, PolicyError::InsecureOriginWithCredentials { .. })
        }
        _ => false,
    };
    prop_assert!(told.iter().all(is_dangerous), "{:?}\n{}", told, export);
    let is_lossy = export.warnings().iter().map(Warning::loss).any(is_told) || !told.is_empty();
    for request in REQUESTS.iter().filter(|request| is_sent(request, &theirs)) {
        let (ours, theirs) = (meaning(&ours(request)), meaning(&theirs(request)));
        if is_lossy {
            let is_within = is_within(&theirs, &ours);
            prop_assert!(is_within, "{:?}\n{:?}\n{:?}\n{}", request, ours, theirs, export);
        } else {
            prop_assert_eq!(ours, theirs, "{:?}\n{}", request, export);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_for_s3_is_read_back(rules in rules()) {
        let Some(policy) = build(&rules) else { return Ok(()) };
        let export = policy.export(Target::S3);
        let Ok((read, told)) = Policy::from_s3_json(export.text()) else {
            prop_assert!(!export.warnings().is_empty(), "{}", export);
            return Ok(());
        };
        hold(&export, &told, |request| policy.decide(request), |request| read.decide(request))?;
    }

    #[test]
    fn what_is_written_for_a_gateway_is_read_back(rules in rules()) {
        let Some(policy) = build(&rules) else { return Ok(()) };
        let export = policy.export(Target::Gateway);
        let (read, told) = Routes::from_gateway_yaml(export.text()).unwrap();
        hold(&export, &told, |request| policy.decide(request), |request| read.decide(request))?;
    }

    #[test]
    fn a_table_that_is_written_for_a_gateway_is_read_back(
        paths in subsequence(vec!["/0/x", "/0/{*rest}", "/0", "/0/", "/{*rest}", "/", "/2/{id}/y", "/1/x|y"], 1..=4),
        has in prop::collection::vec(route(), 5),
    ) {
        let mut builder = Routes::builder().fallback(has[0].clone());
        for (path, has) in paths.iter().zip(&has[1..]) {
            builder = builder.route(*path, has.clone());
        }
        let routes = builder.build().unwrap();
        let export = routes.export(Target::Gateway);
        let (read, told) = Routes::from_gateway_yaml(export.text()).unwrap();
        for path in ["/0/x", "/0/1", "/0", "/0/", "/", "/1", "/1/2", "/1/x|y", "/2/1/y", "/2/1/z"] {
            let (ours, theirs) = (routes.find(path).unwrap(), read.find(path).unwrap());
            match (ours, theirs) {
                (Route::Policy(ours), Route::Policy(theirs)) => {
                    hold(&export, &told, |request| ours.decide(request), |request| theirs.decide(request))?;
                }
                (_, Route::NoCors) => {
                    let is_lossy = export.warnings().len() > 1;
                    prop_assert!(is_lossy || *ours == Route::NoCors, "{}\n{}", path, export);
                }
                _ => prop_assert_eq!(ours, theirs, "{}\n{}", path, export),
            }
        }
    }

    /// Through any of this crate's formats, and as often as one likes.
    #[test]
    fn a_document_decides_the_same_after_any_journey(
        rules in prop::collection::vec(rule(), 1..=3),
        formats in prop::collection::vec(0..3, 1..6),
        has in prop::collection::vec(route(), 3),
    ) {
        let built = match &rules[..] {
            [rule] => rule.clone().name("a \"name\"\n").build(),
            [first, others @ ..] => {
                let first = first.clone().name("a name of several");
                Policy::from_rules(std::iter::once(first).chain(others.to_vec()))
            }
            [] => return Ok(()),
        };
        let Ok(policy) = built else { return Ok(()) };
        let mut builder = Routes::builder().fallback(policy);
        for (at, has) in has.into_iter().enumerate() {
            builder = builder.route(format!("/{at}/{{*rest}}"), has);
        }
        let routes = builder.build().unwrap();
        let mut read = routes.clone();
        for format in formats {
            let next = match format {
                0 => Routes::from_json(&serde_json::to_string_pretty(&read).unwrap()),
                1 => Routes::from_toml(&toml::to_string(&read).unwrap()),
                _ => Routes::from_yaml(&serde_saphyr::to_string(&read).unwrap()),
            };
            read = next.unwrap();
        }
        prop_assert_eq!(&read, &routes);
        for request in &*REQUESTS {
            prop_assert_eq!(read.decide(request), routes.decide(request));
        }
    }
}

fn route() -> impl Strategy<Value = Route> {
    prop_oneof![
        Just(Route::NoCors),
        Just(Route::LeftAlone),
        rule().prop_map(|rule| rule.build().unwrap().into()),
    ]
}
