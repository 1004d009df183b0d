//! A policy for each part of an application, in two ways: each `Router` brings a layer of its own, or
//! one layer around all of them has a table of routes and policies that are known by name.
//!
//! The first keeps a policy beside the handlers that it is for, whoever merges or nests them. The
//! second keeps all of them on one page, and covers what no route matches, too.
//!
//! A path that no route matches belongs to the outermost router. So its 404 has the headers of the router
//! that was merged last, credentials and all; below the path of a nested router, too, it has none of that
//! router's. Give the outermost router a fallback of its own, as here, or put `Routes` around all of it.
//!
//! ```sh
//! cargo run --example routers
//! curl -i http://127.0.0.1:3000/items -H 'Origin: https://any.example'
//! curl -i http://127.0.0.1:3000/account -H 'Origin: https://app.example.com'
//! curl -i http://127.0.0.1:3000/admin/users -H 'Origin: https://admin.example.com'
//! curl -i http://127.0.0.1:3000/health -H 'Origin: https://app.example.com' # no CORS
//! ```

use std::collections::BTreeMap;
use std::env;
use std::error::Error;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, put};
use tower_cors::{CorsLayer, Policy, PolicyErrors, Route, Routes};
use tower_cors_recipes::listen;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let by_name = env::args().any(|argument| argument == "--by-name");
    let app = if by_name { by_name_app()? } else { by_router_app()? };
    let listener = listen().await?;
    axum::serve(listener, app).await?;
    Ok(())
}

/// Anybody may read.
fn public() -> Result<Policy, PolicyErrors> {
    Policy::builder().allow_origins(["*"]).only_methods(["GET"]).build()
}

/// Our own pages may write, for their visitors.
fn ours() -> Result<Policy, PolicyErrors> {
    Policy::builder()
        .allow_origins(["https://app.example.com"])
        .allow_credentials(true)
        .allow_methods(["PUT"])
        .build()
}

/// One page may administer.
fn admin() -> Result<Policy, PolicyErrors> {
    Policy::builder()
        .allow_origins(["https://admin.example.com"])
        .allow_credentials(true)
        .allow_methods(["PUT"])
        .build()
}

/// Each router has the policy that it is for, before it is merged or nested.
///
/// # Errors
///
/// Every error in one of the policies.
pub(crate) fn by_router_app() -> Result<Router, PolicyErrors> {
    let items =
        Router::new().route("/items", get(|| async { "items\n" })).layer(CorsLayer::new(public()?));
    let account = Router::new()
        .route("/account", put(|| async {}).get(|| async { "account\n" }))
        .layer(CorsLayer::new(ours()?));
    let users = Router::new()
        .route("/users", put(|| async {}).get(|| async { "users\n" }))
        .layer(CorsLayer::new(admin()?));
    // For monitors, not for pages.
    let health = Router::new().route("/health", get(|| async { "fine\n" }));
    // A fallback that is set behind the layers has none of their headers.
    let not_found = || async { StatusCode::NOT_FOUND };
    Ok(items.merge(account).nest("/admin", users).merge(health).fallback(not_found))
}

/// The same, with policies that are known by name and chosen by path, as in ASP.NET Core.
///
/// # Errors
///
/// Every error in a policy or in a route, and a name that no policy has.
pub(crate) fn by_name_app() -> Result<Router, Box<dyn Error>> {
    let policies =
        Policies(BTreeMap::from([("public", public()?), ("ours", ours()?), ("admin", admin()?)]));
    let routes = Routes::builder()
        .route("/items", policies.named("public")?)
        .route("/account", policies.named("ours")?)
        .route("/admin/{*rest}", policies.named("admin")?)
        .route("/health", Route::NoCors)
        .fallback(policies.named("ours")?)
        .build()?;
    let app = Router::new()
        .route("/items", get(|| async { "items\n" }))
        .route("/account", put(|| async {}).get(|| async { "account\n" }))
        .route("/admin/users", put(|| async {}).get(|| async { "users\n" }))
        .route("/health", get(|| async { "fine\n" }));
    Ok(app.layer(CorsLayer::new(routes)))
}

/// Policies by name.
pub(crate) struct Policies(pub(crate) BTreeMap<&'static str, Policy>);

impl Policies {
    /// A policy, to be cloned at no cost.
    ///
    /// # Errors
    ///
    /// If there is none of that name: an endpoint that asks for it would be left without.
    pub(crate) fn named(&self, name: &str) -> Result<Policy, String> {
        let found = self.0.get(name).cloned();
        found.ok_or_else(|| {
            let names: Vec<_> = self.0.keys().copied().collect();
            format!("there is no policy \"{name}\"; write one of {}", names.join(", "))
        })
    }
}
