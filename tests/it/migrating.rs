//! The replacements on the guide's page on migrating: none is more open than tower-http's original, as a browser sees it.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use tower::{Layer, service_fn};
use tower_cors::browser::{Body, Browser, Credentials, Fetch, Seen};
use tower_cors::{CorsLayer, Policy, PolicyBuilder};
use tower_http::cors::{self, AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, Any};

/// The name of a row, the original, its replacement, and whether a browser sees no difference.
type Row = (&'static str, cors::CorsLayer, Policy, bool);

const A: &str = "https://a.example";

fn value(text: &str) -> HeaderValue {
    text.parse().unwrap()
}

fn built(builder: &PolicyBuilder) -> Policy {
    builder.build().unwrap()
}

fn rows() -> Vec<Row> {
    let theirs = cors::CorsLayer::new;
    let ours = Policy::builder;
    let of_a = || theirs().allow_origin(value(A));
    let any = || ours().allow_origins(["*"]).allow_methods(["*"]).allow_headers(["*"]);
    let named = || [HeaderName::from_static("content-type"), HeaderName::from_static("x-a")];
    vec![
        ("permissive", cors::CorsLayer::permissive(), built(&any().expose_headers(["*"])), true),
        (
            "any of each",
            theirs().allow_origin(Any).allow_methods(Any).allow_headers(Any),
            built(&any()),
            true,
        ),
        ("one origin", of_a(), built(&ours().allow_origins([value(A)])), true),
        (
            "a list of origins",
            theirs().allow_origin([value(A), value("http://localhost:3000")]),
            built(&ours().allow_origins([A, "http://localhost:3000"])),
            true,
        ),
        ("an empty list", theirs().allow_origin(AllowOrigin::list([])), Policy::nobody(), true),
        (
            "a predicate that compares the end",
            theirs().allow_origin(AllowOrigin::predicate(|origin, _| {
                origin.as_bytes().ends_with(b".a.example")
            })),
            built(&ours().allow_origins(["https://*.a.example"])),
            false,
        ),
        (
            "a predicate that reads the path",
            theirs().allow_origin(AllowOrigin::predicate(|origin, parts| {
                origin == A && parts.uri.path().starts_with("/items")
            })),
            built(&ours().allow_origins_if(|origin, _, uri| {
                origin.as_str() == A && uri.path().starts_with("/items")
            })),
            true,
        ),
        (
            "methods, headers, credentials and a week",
            of_a()
                .allow_methods([Method::PUT, Method::PATCH])
                .allow_headers(named())
                .allow_credentials(true)
                .expose_headers([HeaderName::from_static("x-b")])
                .max_age(Duration::from_secs(604_800)),
            built(
                &ours()
                    .allow_origins([A])
                    .allow_methods([Method::PUT, Method::PATCH])
                    .allow_headers(named())
                    .allow_credentials(true)
                    .expose_headers(["x-b"])
                    .max_age(Duration::from_secs(604_800)),
            ),
            true,
        ),
        (
            "what mirrors methods and headers",
            of_a()
                .allow_methods(AllowMethods::mirror_request())
                .allow_headers(AllowHeaders::mirror_request())
                .allow_credentials(true),
            built(
                &ours()
                    .allow_origins([A])
                    .allow_methods(["*"])
                    .allow_headers(["*", "authorization"])
                    .allow_credentials(true),
            ),
            true,
        ),
    ]
}

/// More rows: nothing is set, or the origin is mirrored, or asked about.
fn more_rows() -> Vec<Row> {
    let theirs = cors::CorsLayer::new;
    let ours = Policy::builder;
    let mirrored = || {
        let builder = ours().allow_methods(["*"]).allow_headers(["*", "authorization"]);
        builder.allow_credentials(true)
    };
    vec![
        ("nothing is set", theirs(), Policy::nobody(), true),
        (
            "what mirrors origins, without credentials",
            theirs().allow_origin(AllowOrigin::mirror_request()),
            built(&ours().allow_origins(["*"])),
            true,
        ),
        (
            "very permissive, in development",
            cors::CorsLayer::very_permissive(),
            built(&mirrored().allow_origins(["http://localhost:*"])),
            false,
        ),
        (
            "very permissive, by a predicate",
            cors::CorsLayer::very_permissive(),
            built(&mirrored().allow_origins_if(|_, _, _| true)),
            false,
        ),
        (
            "credentials by a predicate",
            theirs()
                .allow_origin([value(A), value("http://localhost:3000")])
                .allow_credentials(AllowCredentials::predicate(|origin, _| origin == A)),
            Policy::from_rules([
                ours().allow_origins([A]).allow_credentials(true),
                ours().allow_origins(["http://localhost:3000"]),
            ])
            .unwrap(),
            true,
        ),
    ]
}

/// Pages that hit the rows, or miss them by little.
const PAGES: &[&str] = &[
    A,
    "http://a.example",
    "https://a.example:8443",
    "https://x.a.example",
    "http://x.a.example",
    "https://x.a.example:8443",
    "https://evil-a.example",
    "http://localhost:3000",
    "http://localhost",
];

fn fetches() -> Vec<Fetch> {
    let mut fetches = Vec::new();
    for path in ["/items/1", "/other"] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            for names in
                [&[][..], &["x-a"], &["x-c"], &["authorization"], &["x-a", "authorization"]]
            {
                for credentials in [Credentials::Omit, Credentials::Include] {
                    let fetch = Fetch::new(method, format!("https://api.example{path}"));
                    let with = names.iter().fold(fetch, |fetch, name| fetch.header(*name, "1"));
                    fetches.push(with.credentials(credentials));
                }
            }
        }
    }
    fetches
}

async fn answer(_: Request<Body>) -> Result<Response<String>, Infallible> {
    let response = Response::builder().header("x-b", "1").header("x-c", "1");
    Ok(response.body("inner".to_owned()).unwrap())
}

/// What a page sees, and how many requests its browser sent.
fn shown(seen: &Seen) -> (Option<String>, usize) {
    let readable = seen.response().ok();
    let headers = readable.map(|it| format!("{:?} {:?}", it.header("x-b"), it.header("x-c")));
    (headers, seen.sent().len())
}

#[test]
fn no_replacement_is_more_open() {
    let mut failures = Vec::new();
    let mut readable = 0;
    for (name, theirs, ours, is_same) in rows().into_iter().chain(more_rows()) {
        let theirs = theirs.layer(service_fn(answer));
        let ours = CorsLayer::new(ours).layer(service_fn(answer));
        for page in PAGES {
            for fetch in fetches() {
                let mut browser = Browser::new(theirs.clone());
                let by_theirs = browser.fetch_from(page, fetch.clone()).now_or_never();
                let mut browser = Browser::new(ours.clone());
                let by_ours = browser.fetch_from(page, fetch.clone()).now_or_never();
                let [by_theirs, by_ours] = [by_theirs, by_ours].map(|it| it.unwrap().unwrap());
                let (was, is) = (shown(&by_theirs), shown(&by_ours));
                readable += usize::from(is.0.is_some());
                let is_more_open = is.1 > was.1 || is.0.is_some() && is.0 != was.0;
                if is_more_open || is_same && is != was {
                    failures.push(format!("{name}: {page} {fetch:?}: {is:?}, not {was:?}"));
                }
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} differ: {:#?}",
        failures.len(),
        &failures[..3.min(failures.len())]
    );
    assert!(readable > 500, "{readable}: the pages miss the rows");
}

/// Each row stands in the guide by its name there.
#[test]
fn the_guide_has_the_rows() {
    let guide = include_str!("../../src/guide/migrating.md");
    for written in [
        "`CorsLayer::permissive()`",
        "`.allow_origin(Any)`",
        "`CorsLayer::new()`, with no further call | `Policy::nobody()`",
        "`AllowOrigin::list([])` | `Policy::nobody()`",
        "`AllowOrigin::mirror_request()`, without credentials | `.allow_origins([\"*\"])`",
        "`.allow_origins_if(\\|_, _, _\\| true)`",
        "`AllowCredentials::predicate(…)`, `MaxAge::dynamic(…)` | by origin several rules",
        "ends_with(b\".a.example\")",
        "`AllowHeaders::mirror_request()` | `.allow_headers([\"*\", \"authorization\"])`",
        "`.allow_headers(Any)` | `.allow_headers([\"*\"])`",
        "More than a day is sent as a day",
    ] {
        assert!(guide.contains(written), "{written}");
    }
}
