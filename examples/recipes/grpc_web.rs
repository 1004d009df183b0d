//! gRPC-Web on tonic: a page on another origin calls a gRPC service, over HTTP/1.1 too.
//!
//! The layer is outside of [`GrpcWebLayer`], so it answers preflights, and exposes the fields in which
//! a failed call has its status. `tower_cors::presets::grpc_web` knows their names.
//!
//! The message types and the service stand here by hand, so that no `protoc` is needed; with
//! `tonic-prost-build` they would be `GreeterServer::new(…)` in the place of `greeter()`.
//!
//! ```sh
//! cargo run --example grpc_web
//! # SayHello(HelloRequest { name: "page" }): a flag, the length, and field 1.
//! printf '\0\0\0\0\6\n\4page' | curl -is http://127.0.0.1:3000/hello.Greeter/SayHello \
//!     --data-binary @- -H 'Content-Type: application/grpc-web+proto' -H 'X-Grpc-Web: 1' \
//!     -H 'Origin: https://app.example.com' | cat -v
//! ```

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use axum::Router;
use http::{Request, Response};
use tonic::Status;
use tonic_prost::ProstCodec;
use tonic_web::GrpcWebLayer;
use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Policy, PolicyErrors, presets};
use tower_cors_recipes::listen;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = listen().await?;
    axum::serve(listener, app()?).await?;
    Ok(())
}

/// The service, behind the layers.
///
/// # Errors
///
/// Every error in the policy.
pub(crate) fn app() -> Result<Router, PolicyErrors> {
    let builder = Policy::builder()
        .allow_origins(["https://app.example.com", "https://*.app.example.com"])
        .max_age(Duration::from_secs(7200));
    let policy = presets::grpc_web(builder).build()?;
    Ok(Router::new()
        .route_service("/hello.Greeter/SayHello", GrpcWebLayer::new().layer(greeter()))
        .layer(CorsLayer::new(policy)))
}

/// `message HelloRequest { string name = 1; }`
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct HelloRequest {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
}

/// `message HelloReply { string message = 1; }`
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct HelloReply {
    #[prost(string, tag = "1")]
    pub(crate) message: String,
}

/// `service Greeter { rpc SayHello (HelloRequest) returns (HelloReply); }`
fn greeter() -> impl Service<
    Request<tonic::body::Body>,
    Response = Response<tonic::body::Body>,
    Error = Infallible,
    Future: Send,
> + Clone
+ Send
+ Sync {
    service_fn(|request| async {
        let mut grpc = tonic::server::Grpc::new(ProstCodec::default());
        Ok(grpc.unary(service_fn(say_hello), request).await)
    })
}

async fn say_hello(
    request: tonic::Request<HelloRequest>,
) -> Result<tonic::Response<HelloReply>, Status> {
    let HelloRequest { name } = request.into_inner();
    if name.is_empty() {
        return Err(Status::invalid_argument("who is it?"));
    }
    Ok(tonic::Response::new(HelloReply { message: format!("hello, {name}") }))
}
