//! An axum server whose CORS is nobody's, tower-cors's or tower-http's: `server CORS ORIGINS`.

use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::routing::get;
use tower_http::cors::AllowOrigin;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let cors = arguments.next().ok_or("whose CORS?")?;
    let count: usize = arguments.next().ok_or("how many origins?")?.parse()?;
    let origins: Vec<String> = (0..count).map(|i| format!("https://o{i}.example")).collect();

    let app = Router::new().route("/items/{id}", get(async || "hello").options(async || "hello"));
    let app = match cors.as_str() {
        "none" => app,
        "tower-cors" => app.layer(ours(origins)?),
        "tower-http" => app.layer(theirs(&origins)?),
        other => return Err(format!("nobody's CORS is {other}").into()),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    axum::serve(listener, app).await?;
    Ok(())
}

fn ours(origins: Vec<String>) -> Result<tower_cors::CorsLayer, tower_cors::PolicyErrors> {
    let policy = tower_cors::Policy::builder()
        .allow_origins(origins)
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["content-type", "authorization", "x-requested-with"])
        .max_age(Duration::from_secs(600))
        .build()?;
    Ok(tower_cors::CorsLayer::new(policy))
}

fn theirs(origins: &[String]) -> Result<tower_http::cors::CorsLayer, Box<dyn Error>> {
    let origins: Vec<HeaderValue> =
        origins.iter().map(|origin| origin.parse()).collect::<Result<_, _>>()?;
    let origins = match &origins[..] {
        [one] => AllowOrigin::exact(one.clone()),
        _ => AllowOrigin::list(origins),
    };
    let names = ["content-type", "authorization", "x-requested-with"];
    Ok(tower_http::cors::CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::PUT, Method::DELETE])
        .allow_headers(names.map(HeaderName::from_static))
        .max_age(Duration::from_secs(600)))
}
