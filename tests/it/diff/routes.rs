//! What two tables decide differently.

use http::Request;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tower_cors::review::{Aspect, Change};
use tower_cors::{Policy, PolicyBuilder, RequestHead, Route, Routes};

use super::random::{Outcome, cases};
use super::{app, one};

/// A name, two tables, and what is told of them.
pub(super) type Row<'a> = (&'a str, Routes, Routes, &'a [&'a str]);

pub(super) fn policy(builder: &PolicyBuilder) -> Policy {
    builder.build().unwrap()
}

#[test]
fn a_change_is_told_with_its_paths() {
    let (open, closed) = (policy(&one(&["*"])), policy(&app()));
    let put = policy(&app().allow_methods(["PUT"]));
    let rows: Vec<Row<'_>> = vec![
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
            &[
                "+ /a/{id}: newly admits any origin (opening)",
                "+ paths that can be read as more than one, such as //a/any: newly admits any origin (opening)",
            ],
        ),
        (
            "no CORS any more",
            closed.clone().into(),
            Routes::builder().route("/a", Route::NoCors).fallback(closed.clone()).build().unwrap(),
            &[
                "- /a: no longer admits https://app.example",
                "- paths that can be read as more than one, such as //a: no longer admits https://app.example",
            ],
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
                "+ paths that can be read as more than one, such as //a: newly admits https://app.example",
                "- paths that can be read as more than one, such as //b: no longer admits https://app.example",
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
            &[
                "+ /a/{*rest}: newly admits any origin (opening)",
                "+ paths that can be read as more than one, such as /a/b;a: newly admits any origin (opening)",
                "- paths that can be read as more than one, such as /a;a/b: no longer admits https://app.example",
            ],
        ),
    ];
    check(rows);
}

/// Each line is as expected, and is shown by a request.
#[track_caller]
pub(super) fn check(rows: Vec<Row<'_>>) {
    let mut failures = Vec::new();
    for (name, old, new, expected) in rows {
        let (said, expected) = (old.diff(&new).to_string(), expected.join("\n"));
        if said != expected {
            failures.push(format!("{name}:\n{said}\nand not\n{expected}"));
        }
        for change in &old.diff(&new) {
            let Some(witness) = change.witness() else {
                assert_eq!(change.aspect(), Aspect::Predicates, "{change}");
                continue;
            };
            if outcome(&old, &witness) == outcome(&new, &witness) || !change.covers(&witness) {
                failures.push(format!("{name}: {change} is shown by {witness:?}"));
            }
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
    "/p{*rest}",
    "/p",
    "/any{x}",
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

type Has = Vec<(&'static str, Route)>;

fn has_of_paths() -> impl Strategy<Value = Has> {
    let routes = subsequence(PATHS, 0..6).prop_flat_map(|paths| {
        let count = paths.len();
        (Just(paths), proptest::collection::vec(has(), count))
    });
    routes.prop_map(|(paths, has)| paths.into_iter().zip(has).collect())
}

fn table(has: Has, fallback: Route) -> Routes {
    let mut builder = Routes::builder().fallback(fallback);
    for (path, has) in has {
        // Without those that match the same as one before.
        let longer = builder.clone().route(path, has);
        builder = if longer.build().is_ok() { longer } else { builder };
    }
    builder.build().unwrap()
}

/// Two tables that have little in common, and two of few things of which one has some more.
fn two_tables() -> impl Strategy<Value = (Routes, Routes)> {
    let other = || (has_of_paths(), has()).prop_map(|(has, fallback)| table(has, fallback));
    let other = (other(), other());
    let near = (has_of_paths(), has_of_paths(), [has(), has(), has()], any::<[bool; 2]>());
    let near = near.prop_map(|(few, more, [one, two, three], [is_turned, is_fallback])| {
        let few: Has = few
            .into_iter()
            .zip([&one, &two].into_iter().cycle())
            .map(|((path, _), has)| (path, has.clone()))
            .collect();
        let more = more
            .into_iter()
            .zip([&two, &three, &one].into_iter().cycle())
            .map(|((path, _), has)| (path, has.clone()));
        let more = more.take(2).chain(few.clone()).collect();
        let fallback = if is_fallback { three } else { one.clone() };
        let (old, new) = (table(few, one), table(more, fallback));
        if is_turned { (new, old) } else { (old, new) }
    });
    prop_oneof![other, near]
}

fn path() -> impl Strategy<Value = String> {
    let plain = select(vec!["a", "b", "c", "p", "p-q", "p-x", "anyz", "z"]);
    let odd = select(ODD);
    let segments = |segment: BoxedStrategy<&'static str>| {
        (proptest::collection::vec(segment, 0..5), any::<bool>()).prop_map(
            |(segments, has_slash)| {
                let path = format!("/{}", segments.join("/"));
                if has_slash && path.len() > 1 { format!("{path}/") } else { path }
            },
        )
    };
    let mixed = prop_oneof![2 => plain.clone(), 1 => odd];
    let many = Just(format!("/%{}61", "25".repeat(70)));
    prop_oneof![
        10 => segments(plain.boxed()),
        20 => segments(mixed.clone().boxed()),
        5 => segments(mixed.boxed()).prop_map(|path| format!("/{path}")),
        1 => many,
    ]
}

/// What servers may read as something else.
const ODD: &[&str] = &[
    "",
    "",
    "..",
    "..;",
    ".;",
    "%2e%2e",
    ";",
    "a;x",
    "b;",
    "p;",
    "p-q;x",
    "a.",
    "b.",
    "p-q.",
    "a%20",
    "%61",
    "%62",
    "%63",
    "%70",
    "p%2Dq",
    "p-%71",
    "%70-q",
    "a%2Fb",
    "a%2Fb%2Fc",
    "%61%2F%62",
    "a%2Fz",
    "z%2Fb",
    "%2F",
    "a%2F",
    "..%2Fa",
    "a%5Cb",
    "b%3Fx",
    "a%3F",
    "%3F",
    "z%3F",
    "a%00",
    "a%09",
    "%0A",
    "%u0061",
    "%2561",
    "~%20",
    "%25",
];

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
        (old, new) in two_tables(),
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
            // Where a path has something in one of them alone, that is what is told.
            let has = [&old, &new].map(|routes| routes.find(path).is_some());
            let is_told = |change: &Change| {
                change.covers(&request)
                    && (has[0] == has[1] || change.aspect() == Aspect::AmbiguousPaths)
            };
            prop_assert!(
                before == after || diff.iter().any(is_told),
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
