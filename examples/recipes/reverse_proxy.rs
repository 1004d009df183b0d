//! A reverse proxy on hyper, with CORS in one place: in front of a backend that has CORS headers of
//! its own, or of one that has none.
//!
//! What the backend says of CORS is removed, so that exactly one answer comes out; preflights are
//! answered here, and never reach the backend; and when there is no backend, the page can read that,
//! too. One part of the backend, `/public`, has a CORS policy of its own, and is left alone.
//!
//! ```sh
//! python3 -m http.server 8000 &
//! cargo run --example reverse_proxy -- 127.0.0.1:8000
//! curl -i http://127.0.0.1:3000/ -H 'Origin: https://app.example.com'
//! curl -i http://127.0.0.1:3000/ -X OPTIONS -H 'Origin: https://app.example.com' \
//!     -H 'Access-Control-Request-Method: PUT'
//! ```

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::io::{self, Write};

use http::header::{
    CONNECTION, HOST, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Request, Response, StatusCode, Uri, Version};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower::util::BoxCloneSyncService;
use tower_cors::{CorsLayer, Error as CorsError, Policy, Route, Routes};
use tower_cors_recipes::listen;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let backend = env::args().nth(1).ok_or("usage: reverse_proxy HOST:PORT")?.parse()?;
    let listener = listen().await?;
    serve(listener, app(backend)?).await?;
    Ok(())
}

/// The body of a response: the backend's, or none.
type Body = BoxBody<Bytes, hyper::Error>;

/// The proxy, as a service.
pub(crate) type App = BoxCloneSyncService<Request<Incoming>, Response<Body>, Infallible>;

/// The proxy for a backend, and the layer around it.
///
/// # Errors
///
/// Every error in the policy and the routes.
pub(crate) fn app(backend: Authority) -> Result<App, CorsError> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com", "https://m.example.com"])
        .allow_credentials(true)
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["content-type", "authorization"])
        .build()?;
    let routes =
        Routes::builder().route("/public/{*rest}", Route::LeftAlone).fallback(policy).build()?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let service = ServiceBuilder::new()
        .layer(CorsLayer::new(routes))
        .service_fn(move |request| forward(client.clone(), backend.clone(), request));
    Ok(BoxCloneSyncService::new(service))
}

/// Serves every connection in a task of its own.
///
/// # Errors
///
/// When the listener fails; a connection that does is reported, and the others go on.
pub(crate) async fn serve(listener: TcpListener, app: App) -> io::Result<()> {
    let service = TowerToHyperService::new(app);
    loop {
        let (stream, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            let connections = auto::Builder::new(TokioExecutor::new());
            if let Err(error) = connections.serve_connection(TokioIo::new(stream), service).await {
                // If stderr is gone too, there is nobody to tell.
                let _ = writeln!(io::stderr(), "{error}");
            }
        });
    }
}

/// Asks the backend. It is told nothing of CORS that it could not see anyway, and whatever it
/// answers of CORS, the layer replaces.
async fn forward(
    client: Client<HttpConnector, Incoming>,
    backend: Authority,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    remove_connection_fields(request.headers_mut());
    // The client writes a `Host` of its own.
    request.headers_mut().remove(HOST);
    *request.version_mut() = Version::HTTP_11;

    let mut parts = request.uri().clone().into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(backend);
    let outcome = match Uri::from_parts(parts) {
        Ok(uri) => {
            *request.uri_mut() = uri;
            client.request(request).await.map_err(|error| (StatusCode::BAD_GATEWAY, error.into()))
        }
        // `OPTIONS *` and CONNECT name nothing that could be asked for.
        Err(error) => Err((StatusCode::BAD_REQUEST, error.into())),
    };
    Ok(match outcome {
        Ok(mut response) => {
            remove_connection_fields(response.headers_mut());
            // The backend's version is between it and the client here.
            *response.version_mut() = Version::default();
            response.map(BodyExt::boxed)
        }
        Err((status, error)) => {
            let error: Box<dyn Error + Send + Sync> = error;
            let _ = writeln!(io::stderr(), "{error}");
            let mut response = Response::new(Body::default());
            *response.status_mut() = status;
            response
        }
    })
}

/// Removes what is meant for the next hop only: <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>
fn remove_connection_fields(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let keep_alive = HeaderName::from_static("keep-alive");
    let always = [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, keep_alive];
    for name in always.into_iter().chain([PROXY_AUTHENTICATE, PROXY_AUTHORIZATION]).chain(named) {
        headers.remove(name);
    }
}
