//! The layer behind real sockets: axum and hyper, with HTTP/1.1 and HTTP/2.
//!
//! RFC 9112: <https://www.rfc-editor.org/rfc/rfc9112>, RFC 9113: <https://www.rfc-editor.org/rfc/rfc9113>

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::{ServiceBuilder, service_fn};
use tower_cors::{CorsLayer, Policy};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn layer() -> Result<CorsLayer> {
    let policy = Policy::builder()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .build()?;
    Ok(CorsLayer::new(policy))
}

async fn axum_server() -> Result<SocketAddr> {
    let app = Router::new().route("/", get(|| async { "inner" })).layer(layer()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn hyper_server() -> Result<SocketAddr> {
    let inner = service_fn(|_: Request<Incoming>| async {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("inner"))))
    });
    let service = TowerToHyperService::new(ServiceBuilder::new().layer(layer()?).service(inner));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                server.serve_connection(TokioIo::new(stream), service).await
            });
        }
    });
    Ok(address)
}

/// Sends a request over a connection of its own.
async fn send(
    address: SocketAddr,
    version: Version,
    mut request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>> {
    let io = TokioIo::new(TcpStream::connect(address).await?);
    *request.uri_mut() = format!("http://{address}/").parse()?;
    if version == Version::HTTP_2 {
        let executor = TokioExecutor::new();
        let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io).await?;
        tokio::spawn(connection);
        return Ok(sender.send_request(request).await?);
    }
    request.headers_mut().insert("host", address.to_string().parse()?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}

#[tokio::test]
async fn every_kind_of_request_over_every_version() -> Result<()> {
    for (server, address) in [("axum", axum_server().await?), ("hyper", hyper_server().await?)] {
        for version in [Version::HTTP_11, Version::HTTP_2] {
            let case = format!("{server}, {version:?}");

            let preflight = Request::options("/")
                .header("origin", "https://a.example")
                .header("access-control-request-method", "PUT")
                .header("access-control-request-headers", "content-type")
                .body(Full::default())?;
            let response = send(address, version, preflight).await?;
            assert_eq!(response.version(), version, "{case}");
            assert_eq!(response.status(), StatusCode::NO_CONTENT, "{case}");
            let headers = response.headers();
            assert_eq!(headers["access-control-allow-origin"], "https://a.example", "{case}");
            assert_eq!(headers["access-control-allow-methods"], "PUT", "{case}");
            assert_eq!(headers["access-control-allow-headers"], "content-type", "{case}");
            assert!(response.into_body().collect().await?.to_bytes().is_empty(), "{case}");

            let denied = Request::options("/")
                .header("origin", "https://evil.example")
                .header("access-control-request-method", "PUT")
                .body(Full::default())?;
            let response = send(address, version, denied).await?;
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{case}");
            assert!(!response.headers().contains_key("access-control-allow-origin"), "{case}");

            let simple =
                Request::get("/").header("origin", "https://b.example").body(Full::default())?;
            let response = send(address, version, simple).await?;
            let headers = response.headers();
            assert_eq!(headers["access-control-allow-origin"], "https://b.example", "{case}");
            assert_eq!(headers["vary"], "Origin", "{case}");
            assert_eq!(response.into_body().collect().await?.to_bytes(), "inner", "{case}");

            let plain = Request::get("/").body(Full::default())?;
            let response = send(address, version, plain).await?;
            assert!(!response.headers().contains_key("access-control-allow-origin"), "{case}");
            assert_eq!(response.headers()["vary"], "Origin", "{case}");
        }
    }
    Ok(())
}

/// The handshake of RFC 6455 needs the request's extensions and the response's as they are.
#[tokio::test]
async fn a_web_socket_is_upgraded_and_speaks() -> Result<()> {
    use axum::extract::ws::{Message, WebSocketUpgrade};
    use futures_util::{SinkExt, StreamExt};
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;

    let upgrade = |upgrade: WebSocketUpgrade| async {
        upgrade.on_upgrade(async |mut socket| {
            while let Some(Ok(Message::Text(text))) = socket.recv().await {
                if socket.send(Message::Text(text)).await.is_err() {
                    return;
                }
            }
        })
    };
    let app = Router::new().route("/socket", get(upgrade)).layer(layer()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });

    let mut request = format!("ws://{address}/socket").into_client_request()?;
    request.headers_mut().insert("origin", "https://a.example".parse()?);
    let (mut socket, response) = tokio_tungstenite::connect_async(request).await?;
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(response.headers()["access-control-allow-origin"], "https://a.example");
    socket.send("hello".into()).await?;
    let echoed = socket.next().await.ok_or("closed")??;
    assert_eq!(echoed.into_text()?, "hello");
    Ok(())
}
