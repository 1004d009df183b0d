//! Random tables: axum takes the same routes, and finds the same one for the same path.
//!
//! <https://docs.rs/axum/latest/axum/struct.Router.html#method.route>

use std::panic::{self, AssertUnwindSafe};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures_util::FutureExt;
use http::Request;
use proptest::prelude::*;
use tower::ServiceExt;
use tower_cors::Routes;

use super::{found, naive, policy};

const NAMES: &[&str] = &["zero", "one", "two", "three", "four", "five"];

fn segment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["a", "b", "ab", "{x}", "{y}", "a{x}", "ab{x}", "a.{x}", ""][..])
}

fn route() -> impl Strategy<Value = String> {
    let last = prop::sample::select(&["", "/", "/{*r}", "/a{*r}", "/ab{*r}"][..]);
    (prop::collection::vec(segment(), 0..3), last).prop_map(|(segments, last)| {
        let path: String = segments.iter().flat_map(|segment| ["/", segment]).collect();
        if path.is_empty() && last.is_empty() { "/".to_owned() } else { path + last }
    })
}

/// axum panics where it does not take a route.
fn of_axum(routes: &[(String, &'static str)]) -> Option<Router> {
    let build = || {
        routes.iter().fold(Router::new().fallback(async || "fallback"), |app, (path, name)| {
            let name = *name;
            app.route(path, get(move || async move { name }))
        })
    };
    panic::catch_unwind(AssertUnwindSafe(build)).ok()
}

fn served(app: &Router, path: &str) -> String {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).now_or_never().unwrap().unwrap();
    let body = axum::body::to_bytes(response.into_body(), 100).now_or_never().unwrap().unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_same_routes_are_taken_and_found(
        routes in prop::collection::vec(route(), 1..=NAMES.len()),
        paths in prop::collection::vec("(/(a|b|c|ab|abc|a[.]x|ac)?){1,4}", 1..20),
    ) {
        let routes: Vec<_> = routes.into_iter().zip(NAMES.iter().copied()).collect();
        let mut builder = Routes::builder().fallback(policy("fallback"));
        for (path, name) in &routes {
            builder = builder.route(path, policy(name));
        }
        // What we do not take, though axum does, is what servers read as another path.
        let is_read_otherwise = |(path, _): &(String, _)| path.contains("//") || path.contains("./");
        let (ours, theirs) = (builder.build(), of_axum(&routes));
        if routes.iter().any(is_read_otherwise) {
            prop_assert!(ours.is_err());
            return Ok(());
        }
        prop_assert_eq!(ours.is_ok(), theirs.is_some(), "{:?} {:?}", routes, ours);
        let (Ok(ours), Some(theirs)) = (ours, theirs) else { return Ok(()) };
        let named: Vec<_> = routes.iter().map(|(path, name)| (path.as_str(), *name)).collect();
        for path in paths {
            let served = served(&theirs, &path);
            prop_assert_eq!(naive::route(&named, &path).unwrap_or("fallback"), &served, "{}", path);
            // Where servers disagree, axum is one of them.
            if let Some(found) = found(&ours, &path) {
                prop_assert_eq!(found, served, "{}", path);
            } else {
                prop_assert!(path.contains("//"), "{}", path);
            }
        }
    }
}

/// Where axum panics, we do not.
#[test]
fn a_route_of_26_parameters_is_an_error() {
    let path = "/{a}".repeat(26);
    assert!(of_axum(&[(path.clone(), "zero")]).is_none());
    assert!(Routes::builder().route(path, policy("a")).build().is_err());
    let path = "/{a}".repeat(25);
    assert!(of_axum(&[(path.clone(), "zero")]).is_some());
    assert!(Routes::builder().route(path, policy("a")).build().is_ok());
}

/// Many routes, deep ones, and ones that share their beginnings.
#[test]
fn a_table_of_many_routes_finds_each() {
    let mut builder = Routes::builder().fallback(policy("fallback"));
    let (one, two) = (policy("one"), policy("two"));
    let paths: Vec<_> = (0..5_000).map(|at| format!("/a{at}/b{at}")).collect();
    for (at, path) in paths.iter().enumerate() {
        let policy = if at % 2 == 0 { &one } else { &two };
        builder = builder.route(path, policy.clone()).route(format!("/x{at}{{y}}"), policy.clone());
    }
    let depths: Vec<_> = (1..500).map(|depth| "/d".repeat(depth)).collect();
    for path in &depths {
        builder = builder.route(path, one.clone());
    }
    let routes = builder.build().unwrap();
    for (at, path) in paths.iter().enumerate() {
        let expected = if at % 2 == 0 { "one" } else { "two" };
        assert_eq!(found(&routes, path).as_deref(), Some(expected), "{path}");
        assert_eq!(found(&routes, &format!("/x{at}z")).as_deref(), Some(expected), "{path}");
    }
    for path in &depths {
        assert_eq!(found(&routes, path).as_deref(), Some("one"));
    }
    assert_eq!(found(&routes, &"/d".repeat(500)).as_deref(), Some("fallback"));
    drop(routes);
}
