//! Of a path that no route takes, the route that comes nearest, and the one to add.

use http::Request;
use tower_cors::review::Hint;
use tower_cors::{CorsLayer, Policy, Route, RouteErrors, Routes};

use super::read;

fn ask(path: &str) -> Request<()> {
    read(&format!("GET {path}; origin: https://app.example"))
}

fn table<'a>(paths: impl IntoIterator<Item = &'a str>) -> Result<Routes, RouteErrors> {
    let paths = paths.into_iter();
    paths.fold(Routes::builder(), |table, path| table.route(path, Policy::permissive())).build()
}

/// The hint about a path, after it was seen that it helps.
#[track_caller]
fn near(paths: &[&str], path: &str) -> Option<(String, String)> {
    let routes = table(paths.iter().copied()).unwrap();
    let explanation = routes.explain(&ask(path));
    let Some(Hint::NearRoute { route, add, .. }) = explanation.hint() else {
        return None;
    };
    assert!(paths.contains(&route.as_str()), "{paths:?} {path}: {route}");
    let more = table(paths.iter().copied().chain([add.as_str()])).unwrap();
    assert!(more.decide(&ask(path)).is_allowed(), "{paths:?} {path}: {add}");
    Some((route.clone(), add.clone()))
}

/// The routes, a path, and the route to add, with that from which it was made.
type Row = (&'static [&'static str], &'static str, Option<(&'static str, &'static str)>);

const ROWS: &[Row] = &[
    (&["/api"], "/api/items", Some(("/api", "/api/{*rest}"))),
    (&["/api"], "/api/items/1/", Some(("/api", "/api/{*rest}"))),
    (&["/api/"], "/api/items", Some(("/api/", "/api/{*rest}"))),
    (&["/api", "/api/v1"], "/api/v1/items", Some(("/api/v1", "/api/v1/{*rest}"))),
    (&["/items/{id}"], "/items/1/notes", Some(("/items/{id}", "/items/{id}/{*rest}"))),
    (&["/api"], "/api/", Some(("/api", "/api/"))),
    (&["/api/"], "/api", Some(("/api/", "/api"))),
    (&["/items/{id}"], "/items/1/", Some(("/items/{id}", "/items/{id}/"))),
    (&["/public/{*rest}"], "/public", Some(("/public/{*rest}", "/public"))),
    (&["/public/{*rest}"], "/public/", Some(("/public/{*rest}", "/public/"))),
    (&["/items/{id}/{*rest}"], "/items/1", Some(("/items/{id}/{*rest}", "/items/{id}"))),
    (&["/{*rest}"], "/", Some(("/{*rest}", "/"))),
    // Another path, or one that begins alike.
    (&["/api"], "/other", None),
    (&["/api"], "/apis", None),
    (&["/a/api"], "/api/items", None),
    // Everything below `/` is not near.
    (&["/"], "/items", None),
    // A parameter is no folder, nor is the rest of a segment.
    (&["/items/{id}"], "/items", None),
    (&["/items/v{*rest}"], "/items/v", None),
    (&["/items/{id}/notes/{*rest}"], "/items", None),
    (&["/api", "/api/{id}"], "/api/1/notes", Some(("/api/{id}", "/api/{id}/{*rest}"))),
    // It would stand beside a parameter, which is an error.
    (&["/api", "/api/{id}/notes"], "/api/1", None),
    (&["/api", "/api/v{id}"], "/api/items", Some(("/api", "/api/{*rest}"))),
    // Servers may read another path in it.
    (&["/api"], "/api/a%2e", None),
];

#[test]
fn the_nearest_route_is_named() {
    for (paths, path, expected) in ROWS {
        let expected = expected.map(|(route, add)| (route.to_owned(), add.to_owned()));
        assert_eq!(near(paths, path), expected, "{paths:?} {path}");
    }
}

#[test]
fn what_is_offered_helps_beside_any_other_routes() {
    let routes = [
        "/",
        "/a",
        "/a/",
        "/a/{*rest}",
        "/a/{id}",
        "/a/{id}/b",
        "/a/{id}/{*rest}",
        "/a/b",
        "/a/b{*rest}",
        "/a{id}/",
        "/a{id}/{*rest}",
        "/{*rest}",
    ];
    let paths = ["/", "/a", "/a/", "/a/b", "/a/b/", "/a/c", "/a/c/", "/a/c/b", "/a/b/c/d", "/d/e"];
    let mut offered = 0;
    for chosen in 0..1_u32 << routes.len() {
        let is_chosen = |number: &usize| chosen & (1 << number) != 0;
        let chosen: Vec<&str> = (0..routes.len()).filter(is_chosen).map(|it| routes[it]).collect();
        if table(chosen.iter().copied()).is_ok() {
            offered += paths.iter().filter(|path| near(&chosen, path).is_some()).count();
        }
    }
    assert!(offered > 200, "{offered}");
}

#[test]
fn a_layer_says_the_same_and_what_has_no_cors_on_purpose_is_left_so() {
    let policy = || Policy::builder().allow_origins(["https://app.example"]).build().unwrap();
    let routes = Routes::builder()
        .route("/api", policy())
        .route("/api/keys", Route::NoCors)
        .route("/hooks", Route::LeftAlone)
        .build()
        .unwrap();
    let layer = CorsLayer::new(routes.clone());
    let generic =
        "give it a policy: by a route for its path, by the `fallback`, or from the resolver";
    for (path, expected) in [
        ("/api/items", r#"the route "/api" does not cover it; add a route: "/api/{*rest}""#),
        ("/hooks/1", r#"the route "/hooks" does not cover it; add a route: "/hooks/{*rest}""#),
        ("/api/keys", generic),
        ("/api/keys/1", generic),
        ("/api/keys/", generic),
    ] {
        let said = routes.explain(&ask(path)).hint().unwrap().to_string();
        assert_eq!(said, expected, "{path}");
        assert_eq!(layer.explain(&ask(path)).hint().unwrap().to_string(), expected, "{path}");
        #[cfg(feature = "reload")]
        {
            let layer = CorsLayer::new(tower_cors::Reload::new(routes.clone()));
            assert_eq!(layer.explain(&ask(path)).hint().unwrap().to_string(), expected, "{path}");
        }
    }
    assert_eq!(routes.explain(&ask("/api")).hint(), None);
}

/// Of a path with many slashes only the last are looked at.
#[test]
fn a_deep_path_is_sought_for_a_bounded_time() {
    for (depth, is_near) in [(16, true), (17, false)] {
        let path = format!("/api{}", "/a".repeat(depth));
        assert_eq!(near(&["/api"], &path).is_some(), is_near, "{depth}");
    }
}
