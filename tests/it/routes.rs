//! Policies by path.
//!
//! <https://docs.rs/axum/latest/axum/struct.Router.html#method.route>

mod errors;
mod fixes;
mod kinds;
mod like_axum;
mod naive;
#[cfg(unix)]
mod nginx;
mod readings;

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{HeaderMap, Request, Response, StatusCode};
use tower::{ServiceExt, service_fn};
use tower_cors::{CorsLayer, Denial, Policy, Route, Routes};

/// A policy that can be told from others by its origin.
fn policy(name: &str) -> Policy {
    Policy::builder().allow_origins([format!("https://{name}.example")]).build().unwrap()
}

/// The policy that a table has for a path, by name.
fn found(routes: &Routes, path: &str) -> Option<String> {
    let head = Request::get("/").body(()).unwrap();
    let headers = routes.find(path)?.policy()?.decide(&head).headers();
    let origin = headers["access-control-allow-origin"].to_str().unwrap();
    Some(origin.strip_prefix("https://")?.strip_suffix(".example")?.to_owned())
}

fn table(paths: &[(&str, &str)], fallback: bool) -> Routes {
    let mut builder = Routes::builder();
    for (path, name) in paths {
        builder = builder.route(*path, policy(name));
    }
    if fallback {
        builder = builder.fallback(policy("fallback"));
    }
    builder.build().unwrap()
}

const PATHS: &[(&str, &str)] = &[
    ("/", "root"),
    ("/items", "items"),
    ("/items/new", "new"),
    ("/items/{id}", "item"),
    ("/items/{id}/parts", "parts"),
    ("/Admin", "upper"),
    ("/admin", "lower"),
    ("/service+path", "plus"),
    ("/list[0]", "index"),
    ("/service%20path", "space"),
    ("/static/{*file}", "static"),
    ("/static/css/{*file}", "css"),
    ("/v1.{_minor}/docs", "version"),
    ("/%7Bbraces%7D", "braces"),
    ("/caf%C3%A9", "coffee"),
    ("/@admin/{*rest}", "at"),
];

/// What is at stake; paths, and the policy that each has, if any, with a fallback.
type Row = (&'static str, &'static [(&'static str, Option<&'static str>)]);
const ROWS: &[Row] = &[
    (
        "the most specific route",
        &[
            ("/", Some("root")),
            ("/items", Some("items")),
            ("/items/", Some("fallback")),
            ("/items/new", Some("new")),
            ("/items/news", Some("item")),
            ("/items/7", Some("item")),
            ("/items/7/parts", Some("parts")),
            ("/items/new/parts", Some("parts")),
            ("/items/7/others", Some("fallback")),
        ],
    ),
    (
        "21: Flask-CORS CVE-2024-6866: a path is matched whatever its case",
        &[("/Admin", Some("upper")), ("/admin", Some("lower")), ("/ADMIN", Some("fallback"))],
    ),
    (
        "20: Flask-CORS CVE-2024-6844: a plus is decoded to a space",
        &[
            ("/service+path", Some("plus")),
            ("/list[0]", Some("index")),
            ("/service%20path", Some("space")),
            ("/service path", None),
            ("/service%2Bpath", None),
        ],
    ),
    (
        "19: Flask-CORS CVE-2024-6839: the longest wins over the most specific",
        &[
            ("/static/a", Some("static")),
            ("/static/css/a", Some("css")),
            ("/static/css", Some("static")),
            ("/static/", Some("fallback")),
            ("/v1.2/docs", Some("version")),
            ("/%7Bbraces%7D", Some("braces")),
            ("/caf%C3%A9", Some("coffee")),
            ("", Some("fallback")),
            ("*", Some("fallback")),
        ],
    ),
    (
        "16: Flask-CORS CVE-2020-25032 and 25: rack-cors CVE-2019-18978: a path that is not normalized",
        &[
            ("/static/../items", None),
            ("/static/..", None),
            ("/./items", None),
            ("/static/%2e%2e/items", None),
            ("/static/.%2e/items", None),
            ("/static%2fa", None),
            ("/static/..%2fitems", None),
            ("/static/..\\items", None),
            ("/static/..;/items", None),
            ("/%69tems", None),
            ("//items", None),
            ("/items;a=b", None),
            // Whatever is read in it, it is below `/static`.
            ("/static/a%2fb", Some("static")),
            ("/static/%41", Some("static")),
            ("/static/a//b", Some("static")),
            ("/items/a;b", Some("item")),
        ],
    ),
    (
        "what only looks like a dot segment",
        &[
            ("/static/...", Some("static")),
            ("/static/..a", Some("static")),
            ("/static/.well-known", Some("static")),
            ("/static/a.b", Some("static")),
            ("/static/%c3%a9", Some("static")),
            ("/static/%2", Some("static")),
            ("/static/%", Some("static")),
        ],
    ),
];

fn paths() -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)> {
    ROWS.iter().flat_map(|(name, paths)| paths.iter().map(|(path, found)| (*name, *path, *found)))
}

#[test]
fn a_path_has_the_policy_of_the_most_specific_route() {
    let (with, without) = (table(PATHS, true), table(PATHS, false));
    let mut failures = Vec::new();
    for (name, path, expected) in paths() {
        let bare = expected.filter(|name| *name != "fallback");
        for (routes, expected) in [(&with, expected), (&without, bare)] {
            let found = found(routes, path);
            if found.as_deref() != expected {
                failures.push(format!("{name}: {path}: {found:?}, not {expected:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// axum itself is the oracle: the same routes, and the same one for the same path.
#[tokio::test]
async fn the_route_is_the_one_that_axum_takes() {
    let mut app = Router::new().fallback(|| async { "fallback" });
    for (path, name) in PATHS {
        app = app.route(path, get(move || async move { *name }));
    }
    let routes = table(PATHS, true);
    let mut compared = 0;
    for (_, path, expected) in paths() {
        let Ok(request) = Request::get(path).body(Body::empty()) else { continue };
        if expected.is_none() || !path.starts_with('/') {
            continue;
        }
        let response = app.clone().oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        assert_eq!(found(&routes, path).unwrap().as_bytes(), body, "{path}");
        compared += 1;
    }
    assert!(compared > 25, "{compared}");
}

/// An app with CORS headers of its own, behind a layer with routes.
async fn send(routes: Routes, method: &str, path: &str) -> (StatusCode, HeaderMap, bool) {
    let inner = service_fn(|_: Request<String>| async {
        let response = Response::builder()
            .header("access-control-allow-origin", "https://inner.example")
            .header("access-control-allow-credentials", "true")
            .header("x-ran", "yes");
        Ok::<_, Infallible>(response.body(String::new()).unwrap())
    });
    let service = tower::ServiceBuilder::new().layer(CorsLayer::new(routes)).service(inner);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("origin", "https://items.example")
        .header("access-control-request-method", "GET");
    let response = service.oneshot(request.body(String::new()).unwrap()).await.unwrap();
    let ran = response.headers().contains_key("x-ran");
    (response.status(), response.headers().clone(), ran)
}

/// Kept headers are the inner service's word on pages that nobody allowed, so they stay only where there
/// is a policy.
#[tokio::test]
async fn without_a_policy_no_inner_header_is_kept() {
    let routes = Routes::builder()
        .route("/items", policy("items"))
        .route("/none", Route::NoCors)
        .build()
        .unwrap();
    let inner = service_fn(|_: Request<String>| async {
        let response =
            Response::builder().header("access-control-allow-origin", "https://b.example");
        Ok::<_, Infallible>(response.body(String::new()).unwrap())
    });
    let layer = CorsLayer::new(routes).keep_inner_headers(true);
    let service = tower::ServiceBuilder::new().layer(layer).service(inner);
    for (path, kept) in
        [("/items", Some("https://b.example")), ("/none", None), ("/items/..", None)]
    {
        for from in [None, Some("https://items.example")] {
            let mut request = Request::get(path);
            if let Some(from) = from {
                request = request.header("origin", from);
            }
            let request = request.body(String::new()).unwrap();
            let response = service.clone().oneshot(request).await.unwrap();
            assert_eq!(origin(response.headers()), kept, "{path} {from:?}");
        }
    }
}

#[test]
fn a_table_decides_by_itself() {
    let routes = table(&[("/items", "items")], false);
    let request = |path: &str, origin: Option<&str>| {
        let mut request = Request::get(path);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        routes.decide(&request.body(()).unwrap())
    };
    assert!(request("/items", Some("https://items.example")).is_allowed());
    let denied = request("/nowhere", Some("https://items.example"));
    assert_eq!(denied.denial(), Some(Denial::NoPolicy));
    assert_eq!(denied.to_string(), "CORS request denied: no policy is for the request");
    assert_eq!(request("/nowhere", None).denial(), None);
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap())
}

/// 39: hapi CVE-2015-9236: one route's CORS leaks into another's.
#[tokio::test]
async fn without_a_policy_there_is_no_cors_and_no_header_of_the_inner_service() {
    let routes = Routes::builder()
        .route("/items", policy("items"))
        .route("/{*rest}", policy("rest"))
        .route("/internal/{*rest}", Route::NoCors)
        .build()
        .unwrap();
    for path in ["/internal/a", "/", "/internal/../b", "/internal%2fb"] {
        let (status, headers, ran) = send(routes.clone(), "GET", path).await;
        assert_eq!((status, ran), (StatusCode::OK, true), "{path}");
        assert_eq!(headers.keys().collect::<Vec<_>>(), ["x-ran"], "{path}");
        let (status, headers, ran) = send(routes.clone(), "OPTIONS", path).await;
        assert_eq!((status, ran), (StatusCode::FORBIDDEN, false), "{path}");
        assert_eq!(headers.keys().collect::<Vec<_>>(), ["vary"], "{path}");
    }
    let (status, headers, ran) = send(routes.clone(), "OPTIONS", "/items").await;
    assert_eq!((status, ran), (StatusCode::NO_CONTENT, false));
    assert_eq!(origin(&headers), Some("https://items.example"));
    let (_, headers, _) = send(routes, "GET", "/items?id=/../7").await;
    assert_eq!(origin(&headers), Some("https://items.example"), "the query is no part of the path");
}

/// 40: hapi CVE-2015-9243: the settings of one route are merged into another's.
#[tokio::test]
async fn no_route_inherits_from_another() {
    let open = Policy::builder().allow_origins(["*"]).build().unwrap();
    let own = Policy::builder().allow_origins(["https://items.example"]).allow_credentials(true);
    let routes = Routes::builder()
        .route("/open", open)
        .route("/{*rest}", own.build().unwrap())
        .build()
        .unwrap();
    let (_, headers, _) = send(routes.clone(), "GET", "/open").await;
    assert_eq!(origin(&headers), Some("*"));
    assert!(!headers.contains_key("access-control-allow-credentials"));
    let (_, headers, _) = send(routes, "GET", "/own").await;
    assert_eq!(origin(&headers), Some("https://items.example"));
    assert_eq!(headers["access-control-allow-credentials"], "true");
}

/// The layer stands outside of the router and of authentication, so a preflight meets neither.
#[tokio::test]
async fn a_preflight_meets_neither_routing_nor_authentication() {
    let auth =
        axum::middleware::from_fn(|request: Request<Body>, next: axum::middleware::Next| async {
            match request.headers().get("authorization") {
                Some(_) => next.run(request).await,
                None => Response::builder().status(401).body(Body::empty()).unwrap(),
            }
        });
    let app = Router::new()
        .route("/items", get(|| async { "items" }))
        .layer(auth)
        .layer(CorsLayer::new(table(&[("/items", "items"), ("/nowhere", "items")], false)));
    for (method, path, status) in [
        ("OPTIONS", "/items", StatusCode::NO_CONTENT),
        ("OPTIONS", "/nowhere", StatusCode::NO_CONTENT),
        ("GET", "/items", StatusCode::UNAUTHORIZED),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("origin", "https://items.example")
            .header("access-control-request-method", "GET");
        let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), status, "{method} {path}");
        assert_eq!(origin(response.headers()), Some("https://items.example"), "{method} {path}");
    }
}

/// Inside `nest` the prefix is gone from the path; outside, it is there.
#[tokio::test]
async fn what_is_seen_inside_nest() {
    let inside = Router::new()
        .route("/items", get(|| async {}))
        .layer(CorsLayer::new(table(&[("/items", "inside"), ("/api/items", "outside")], false)));
    let app = Router::new().nest("/api", inside);
    let request = || {
        let request = Request::get("/api/items").header("origin", "https://inside.example");
        request.body(Body::empty()).unwrap()
    };
    let response = app.clone().oneshot(request()).await.unwrap();
    assert_eq!(origin(response.headers()), Some("https://inside.example"));
    let outside = table(&[("/items", "inside"), ("/api/items", "outside")], false);
    let response = app.layer(CorsLayer::new(outside)).oneshot(request()).await.unwrap();
    assert_eq!(origin(response.headers()), Some("https://outside.example"));
}
