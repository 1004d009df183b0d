//! Where the layer belongs in an axum application, and what happens elsewhere.
//!
//! <https://docs.rs/axum/latest/axum/middleware/index.html#applying-middleware>

use axum::Router;
use axum::body::Body;
use axum::routing::{get, put};
use http::{Request, Response, StatusCode};
use tower::ServiceExt;
use tower_cors::{CorsLayer, Policy};

fn layer() -> CorsLayer {
    let origins = ["https://a.example", "https://b.example"];
    let policy = Policy::builder().allow_origins(origins).allow_methods(["PUT"]).build();
    CorsLayer::new(policy.unwrap())
}

async fn send(app: Router, method: &str, path: &str) -> Response<Body> {
    let mut request =
        Request::builder().method(method).uri(path).header("origin", "https://a.example");
    if method == "OPTIONS" {
        request = request.header("access-control-request-method", "PUT");
    }
    app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn allowed(response: &Response<Body>) -> bool {
    response
        .headers()
        .get("access-control-allow-origin")
        .is_some_and(|it| it == "https://a.example")
}

#[tokio::test]
async fn on_the_router_behind_all_routes_everything_is_covered() {
    let app = Router::new().route("/items", put(|| async {})).layer(layer());
    let preflight = send(app.clone(), "OPTIONS", "/items").await;
    assert_eq!((preflight.status(), allowed(&preflight)), (StatusCode::NO_CONTENT, true));
    let request = send(app.clone(), "PUT", "/items").await;
    assert_eq!((request.status(), allowed(&request)), (StatusCode::OK, true));
    // Errors too, so that the page can read what went wrong.
    let not_found = send(app.clone(), "PUT", "/nowhere").await;
    assert_eq!((not_found.status(), allowed(&not_found)), (StatusCode::NOT_FOUND, true));
    let not_allowed = send(app, "DELETE", "/items").await;
    assert_eq!(
        (not_allowed.status(), allowed(&not_allowed)),
        (StatusCode::METHOD_NOT_ALLOWED, true)
    );
}

#[tokio::test]
async fn no_preflight_reaches_a_route_layer_of_a_method_router() {
    let app = Router::new().route("/items", put(|| async {}).route_layer(layer()));
    let preflight = send(app.clone(), "OPTIONS", "/items").await;
    assert_eq!((preflight.status(), allowed(&preflight)), (StatusCode::METHOD_NOT_ALLOWED, false));
    // The request itself would be decorated, but no browser would send it.
    assert!(allowed(&send(app, "PUT", "/items").await));
}

#[tokio::test]
async fn a_preflight_does_reach_a_layer_of_a_method_router() {
    let app = Router::new().route("/items", put(|| async {}).layer(layer()));
    let preflight = send(app, "OPTIONS", "/items").await;
    assert_eq!((preflight.status(), allowed(&preflight)), (StatusCode::NO_CONTENT, true));
}

#[tokio::test]
async fn a_layer_of_a_method_router_covers_the_methods_before_it() {
    let app = Router::new().route("/items", get(|| async {}).layer(layer()).put(|| async {}));
    let preflight = send(app.clone(), "OPTIONS", "/items").await;
    assert_eq!((preflight.status(), allowed(&preflight)), (StatusCode::NO_CONTENT, true));
    assert!(allowed(&send(app.clone(), "GET", "/items").await));
    let request = send(app, "PUT", "/items").await;
    assert_eq!((request.status(), allowed(&request)), (StatusCode::OK, false));
}

#[tokio::test]
async fn a_route_that_is_added_behind_the_layer_is_not_covered() {
    let app = Router::new()
        .route("/before", get(|| async {}))
        .layer(layer())
        .route("/behind", get(|| async {}));
    assert!(allowed(&send(app.clone(), "GET", "/before").await));
    assert!(!allowed(&send(app, "GET", "/behind").await));
}

#[tokio::test]
async fn a_layer_of_one_nested_router_covers_that_router() {
    let api = Router::new().route("/items", put(|| async {})).layer(layer());
    let app = Router::new().nest("/api", api).route("/", get(|| async {}));
    let preflight = send(app.clone(), "OPTIONS", "/api/items").await;
    assert_eq!((preflight.status(), allowed(&preflight)), (StatusCode::NO_CONTENT, true));
    assert!(!allowed(&send(app, "GET", "/").await));
}

/// deadlock-api#167: a path of no group is the outer router's, whose fallback is that of what was merged
/// last.
#[tokio::test]
async fn a_path_that_nothing_matches_has_the_headers_of_the_router_that_was_merged_last() {
    let public = || Router::new().route("/public", get(|| async {}));
    let login = || Router::new().route("/login", get(|| async {})).layer(layer());
    let merged = Router::new().merge(public()).merge(login());
    let response = send(merged, "GET", "/nowhere").await;
    assert_eq!((response.status(), allowed(&response)), (StatusCode::NOT_FOUND, true));
    let merged = Router::new().merge(login()).merge(public());
    let response = send(merged, "GET", "/nowhere").await;
    assert_eq!((response.status(), allowed(&response)), (StatusCode::NOT_FOUND, false));

    // A fallback that is set behind both has none of their headers.
    let fallback = || async { StatusCode::NOT_FOUND };
    let merged = Router::new().merge(public()).merge(login()).fallback(fallback);
    let response = send(merged, "GET", "/nowhere").await;
    assert_eq!((response.status(), allowed(&response)), (StatusCode::NOT_FOUND, false));
}

/// cc-switch#5853: below the path of a nested router, what it does not match is the outer router's.
#[tokio::test]
async fn below_a_nested_router_its_layer_does_not_cover_what_it_does_not_match() {
    let api = || Router::new().route("/items", put(|| async {})).layer(layer());
    let app = Router::new().nest("/api", api()).route("/", get(|| async {}));
    for (method, status) in [("GET", StatusCode::NOT_FOUND), ("OPTIONS", StatusCode::NOT_FOUND)] {
        let response = send(app.clone(), method, "/api/nowhere").await;
        assert_eq!((response.status(), allowed(&response)), (status, false), "{method}");
    }

    // A table around all of it does, and covers nothing else.
    #[cfg(feature = "routes")]
    {
        let policy = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
        let routes = tower_cors::Routes::builder().route("/api/{*rest}", policy).build().unwrap();
        let app = Router::new().nest("/api", Router::new().route("/items", put(|| async {})));
        let app = app.route("/", get(|| async {})).layer(CorsLayer::new(routes));
        let response = send(app.clone(), "GET", "/api/nowhere").await;
        assert_eq!((response.status(), allowed(&response)), (StatusCode::NOT_FOUND, true));
        assert!(!allowed(&send(app.clone(), "GET", "/").await));
        assert!(!allowed(&send(app, "GET", "/nowhere").await));
    }
}
