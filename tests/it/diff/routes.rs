//! What two tables decide differently.

use http::Request;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tower_cors::review::Aspect;
use tower_cors::{Policy, PolicyBuilder, RequestHead, Route, Routes};

use super::random::{Outcome, cases};
use super::{app, one};

fn policy(builder: &PolicyBuilder) -> Policy {
    builder.build().unwrap()
}

#[test]
fn a_change_is_told_with_its_paths() {
    let (open, closed) = (policy(&one(&["*"])), policy(&app()));
    let put = policy(&app().allow_methods(["PUT"]));
    let rows: Vec<(&str, Routes, Routes, &[&str])> = vec![
        (
            "the same with other names of parameters",
            Routes::builder().route("/a/{id}", closed.clone()).build().unwrap(),
            Routes::builder().route("/a/{name}", closed.clone()).build().unwrap(),
            &["no differences"],
        ),
        (
            "every path",
            closed.clone().into(),
            open.clone().into(),
            &["+ newly admits any origin (opening)"],
        ),
        (
            "several paths in one line",
            Routes::builder()
                .route("/a", closed.clone())
                .route("/b/{id}", closed.clone())
                .route("/c", closed.clone())
                .build()
                .unwrap(),
            Routes::builder()
                .route("/a", put.clone())
                .route("/b/{id}", put.clone())
                .route("/c", closed.clone())
                .build()
                .unwrap(),
            &["+ /a and /b/{id}: newly allows the method PUT"],
        ),
        (
            "a route less, so that a wider one answers",
            Routes::builder()
                .route("/{*rest}", open.clone())
                .route("/a/{id}", closed.clone())
                .build()
                .unwrap(),
            Routes::builder().route("/{*rest}", open.clone()).build().unwrap(),
            &["+ /a/{id}: newly admits any origin (opening)"],
        ),
        (
            "no CORS any more",
            closed.clone().into(),
            Routes::builder().route("/a", Route::NoCors).fallback(closed.clone()).build().unwrap(),
            &["- /a: no longer admits https://app.example"],
        ),
        (
            "left alone, and no longer",
            Routes::builder()
                .route("/a", Route::LeftAlone)
                .fallback(closed.clone())
                .build()
                .unwrap(),
            Routes::builder()
                .route("/b", Route::LeftAlone)
                .fallback(closed.clone())
                .build()
                .unwrap(),
            &[
                "+ /b: newly leaves all requests alone, so that the CORS of the service itself passes (opening)",
                "- /a: no longer leaves requests alone",
            ],
        ),
        (
            "the fallback",
            Routes::builder().route("/a", open.clone()).build().unwrap(),
            Routes::builder().route("/a", open.clone()).fallback(closed.clone()).build().unwrap(),
            &["+ other paths: newly admits https://app.example"],
        ),
        (
            "where two patterns meet",
            Routes::builder().route("/{x}/b", closed.clone()).build().unwrap(),
            Routes::builder()
                .route("/{x}/b", closed.clone())
                .route("/a/{*rest}", open.clone())
                .build()
                .unwrap(),
            &["+ /a/{*rest}: newly admits any origin (opening)"],
        ),
    ];
    let mut failures = Vec::new();
    for (name, old, new, expected) in rows {
        let (said, expected) = (old.diff(&new).to_string(), expected.join("\n"));
        if said != expected {
            failures.push(format!("{name}:\n{said}\nand not\n{expected}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

const PATHS: &[&str] = &[
    "/",
    "/a",
    "/a/",
    "/b",
    "/a/{x}",
    "/a/{x}/c",
    "/{x}",
    "/{x}/",
    "/{x}/b",
    "/{x}/{y}",
    "/{*rest}",
    "/a/{*rest}",
    "/{x}/b/{*rest}",
    "/p{x}",
    "/p-{x}/b",
    "/p-q",
    "/a/b",
    "/a/b/c",
];

fn has() -> impl Strategy<Value = Route> {
    let policies = [
        one(&["*"]),
        app(),
        app().allow_methods(["PUT"]),
        one(&["https://*.a.example", "https://app.example"]).allow_headers(["x-a"]),
    ];
    let policies = policies.map(|builder| Route::Policy(policy(&builder)));
    let all: Vec<Route> = policies.into_iter().chain([Route::NoCors, Route::LeftAlone]).collect();
    select(all)
}

fn table() -> impl Strategy<Value = Routes> {
    let routes = subsequence(PATHS, 0..6).prop_flat_map(|paths| {
        let count = paths.len();
        (Just(paths), proptest::collection::vec(has(), count))
    });
    (routes, has()).prop_map(|((paths, has), fallback)| {
        let mut builder = Routes::builder().fallback(fallback);
        for (path, has) in paths.into_iter().zip(has) {
            // Without those that match the same as one before.
            let longer = builder.clone().route(path, has);
            builder = if longer.build().is_ok() { longer } else { builder };
        }
        builder.build().unwrap()
    })
}

fn path() -> impl Strategy<Value = String> {
    let segment = select(vec!["a", "b", "c", "p", "p-q", "p-x", "z"]);
    (proptest::collection::vec(segment, 0..5), any::<bool>()).prop_map(|(segments, has_slash)| {
        let path = format!("/{}", segments.join("/"));
        if has_slash && path.len() > 1 { format!("{path}/") } else { path }
    })
}

/// Whether the request is left alone, and if not, what is decided.
fn outcome<'a>(routes: &Routes, head: impl Into<RequestHead<'a>>) -> Option<Outcome> {
    let head = head.into();
    let is_alone = matches!(routes.find(head.uri().path()), Some(Route::LeftAlone));
    (!is_alone).then(|| Outcome::of(&routes.decide(head)))
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn no_path_is_missed(
        (old, new) in (table(), table()),
        paths in proptest::collection::vec(path(), 30),
    ) {
        let diff = old.diff(&new);
        prop_assert!(old.diff(&old.clone()).is_empty());
        for (path, (origin, method)) in paths.iter().flat_map(|path| {
            [("https://app.example", "PUT"), ("https://x.a.example", "GET"), ("null", "GET")].map(|it| (path, it))
        }) {
            let request = Request::options(path)
                .header("origin", origin)
                .header("access-control-request-method", method)
                .body(())
                .unwrap();
            let [before, after] = [&old, &new].map(|routes| outcome(routes, &request));
            prop_assert!(
                before == after || diff.iter().any(|change| change.covers(&request)),
                "{:?}\n{:?}\n{:?}\n{}\n{:?}\n{:?}", request, before, after, diff, old, new
            );
        }
        for change in &diff {
            prop_assert_ne!(change.aspect(), Aspect::TooMany);
            let witness = change.witness().unwrap();
            prop_assert_ne!(outcome(&old, &witness), outcome(&new, &witness), "{} {:?}", change, witness);
            prop_assert!(change.covers(&witness), "{} {:?}", change, witness);
        }
    }
}
