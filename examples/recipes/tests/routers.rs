//! A policy for each part of an application: by router, and by name, with the same answers.

use axum::Router;
use http::StatusCode;

use super::{preflight, reader, request, send};

#[path = "../routers.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod example;

const APP: &str = "https://app.example.com";
const ADMIN: &str = "https://admin.example.com";
const ANY: &str = "https://any.example";

fn apps() -> [(&'static str, Router); 2] {
    let by_router = example::by_router_app().unwrap();
    [("by router", by_router), ("by name", example::by_name_app().unwrap())]
}

#[tokio::test]
async fn each_part_has_its_own_readers() {
    for (case, app) in apps() {
        for (path, origin, is_read) in [
            ("/items", ANY, true),
            ("/items", APP, true),
            ("/account", APP, true),
            ("/account", ANY, false),
            ("/account", ADMIN, false),
            ("/admin/users", ADMIN, true),
            ("/admin/users", APP, false),
            ("/health", APP, false),
            ("/health", ADMIN, false),
        ] {
            let response = send(&app, request("GET", path, origin, &[])).await;
            assert_eq!(response.status(), StatusCode::OK, "{case}, {path}");
            // A policy of one origin names it to everybody.
            let may_read = reader(&response).is_some_and(|it| it == origin || it == "*");
            assert_eq!(may_read, is_read, "{case}, {path}, {origin}");
        }
    }
}

#[tokio::test]
async fn each_part_has_its_own_preflights() {
    for (case, app) in apps() {
        for (path, origin, status, allows) in [
            // To whom anybody may read, it is told that PUT is not allowed.
            ("/items", ANY, StatusCode::NO_CONTENT, false),
            ("/account", APP, StatusCode::NO_CONTENT, true),
            ("/account", ADMIN, StatusCode::FORBIDDEN, false),
            ("/admin/users", ADMIN, StatusCode::NO_CONTENT, true),
            ("/admin/users", APP, StatusCode::FORBIDDEN, false),
        ] {
            let response = send(&app, preflight(path, origin, "PUT", "")).await;
            assert_eq!(response.status(), status, "{case}, {path}, {origin}");
            let methods = response.headers().get("access-control-allow-methods");
            assert_eq!(methods.is_some_and(|it| it == "PUT"), allows, "{case}, {path}, {origin}");
        }
        // No policy: by router, the preflight is a method that the route has not.
        let response = send(&app, preflight("/health", APP, "PUT", "")).await;
        assert!(response.status().is_client_error(), "{case}");
        assert_eq!(reader(&response), None, "{case}");
    }
}

#[tokio::test]
async fn only_the_table_covers_what_no_route_matches() {
    let [(_, by_router), (_, by_name)] = apps();
    let nowhere = || request("GET", "/nowhere", APP, &[]);
    let response = send(&by_router, nowhere()).await;
    assert_eq!((response.status(), reader(&response)), (StatusCode::NOT_FOUND, None));
    let response = send(&by_name, nowhere()).await;
    assert_eq!(
        (response.status(), reader(&response).as_deref()),
        (StatusCode::NOT_FOUND, Some(APP))
    );
}

#[test]
fn a_name_that_no_policy_has_is_an_error_at_start_up() {
    let policies = example::Policies([("public", tower_cors::Policy::permissive())].into());
    assert!(policies.named("public").is_ok());
    assert_eq!(
        policies.named("Public").unwrap_err(),
        "there is no policy \"Public\"; write one of public"
    );
}
