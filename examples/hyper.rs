//! The layer on hyper, without axum: HTTP/1 and HTTP/2 on one port.
//!
//! ```sh
//! cargo run --example hyper
//! curl -i http://127.0.0.1:3000/ -H 'Origin: https://app.example.com'
//! curl -i http://127.0.0.1:3000/ -H 'Origin: https://app.example.com' --http2-prior-knowledge
//! ```

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::io::{self, Write};

use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower::util::BoxCloneService;
use tower_cors::{CorsLayer, Policy, PolicyErrors};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = listen().await?;
    let address = listener.local_addr()?;
    writeln!(io::stdout(), "listening on http://{address}")?;
    serve(listener, app()?).await?;
    Ok(())
}

/// Listens where `ADDRESS` says; without it on port 3000, or on a free one if that is taken.
async fn listen() -> Result<TcpListener, String> {
    let given = env::var("ADDRESS").ok();
    let address = given.as_deref().unwrap_or("127.0.0.1:3000");
    let listener = match TcpListener::bind(address).await {
        Err(error) if given.is_none() && error.kind() == io::ErrorKind::AddrInUse => {
            let said = writeln!(io::stderr(), "port 3000 is taken, so another one is used");
            said.map_err(|error| error.to_string())?;
            TcpListener::bind("127.0.0.1:0").await
        }
        listener => listener,
    };
    let failed = |error| {
        format!("cannot listen on {address}: {error}; set ADDRESS to another, as in 127.0.0.1:0")
    };
    listener.map_err(failed)
}

/// A service for requests with a body of type `B`.
pub(crate) type App<B> = BoxCloneService<Request<B>, Response<Full<Bytes>>, Infallible>;

/// The inner service, and the layer around it.
///
/// # Errors
///
/// Every error in the policy.
pub(crate) fn app<B: Send + 'static>() -> Result<App<B>, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com", "https://*.app.example.com"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .build()?;
    let service = ServiceBuilder::new().layer(CorsLayer::new(policy)).service_fn(hello);
    Ok(BoxCloneService::new(service))
}

/// Serves every connection in a task of its own.
///
/// # Errors
///
/// When the listener fails; a connection that does is reported, and the others go on.
pub(crate) async fn serve(listener: TcpListener, app: App<Incoming>) -> io::Result<()> {
    let service = TowerToHyperService::new(app);
    loop {
        let (stream, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            let connections = auto::Builder::new(TokioExecutor::new());
            let connection = connections.serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                // If stderr is gone too, there is nobody to tell.
                let _ = writeln!(io::stderr(), "{error}");
            }
        });
    }
}

/// The inner service: it knows nothing of CORS.
async fn hello<B>(request: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let text = format!("hello over {:?}\n", request.version());
    Ok(Response::new(Full::from(text)))
}
