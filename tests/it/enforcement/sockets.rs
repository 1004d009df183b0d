//! Web sockets, which know no CORS: their upgrades are refused by a real server, to real clients.
//!
//! RFC 6455: <https://www.rfc-editor.org/rfc/rfc6455#section-10.2>, RFC 8441:
//! <https://www.rfc-editor.org/rfc/rfc8441#section-4>

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::routing::{any, get};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{Request, StatusCode, Version};
use http_body_util::Empty;
use hyper::ext::Protocol;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::Role;
use tower_cors::{CorsLayer, Enforcement};

use super::partners;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// A server with a WebSocket that echoes, and the count of its upgrades.
async fn server() -> Result<(SocketAddr, Arc<AtomicUsize>)> {
    let upgrades = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&upgrades);
    let upgrade = move |upgrade: WebSocketUpgrade| async move {
        counted.fetch_add(1, Ordering::Relaxed);
        upgrade.on_upgrade(async |mut socket| {
            while let Some(Ok(Message::Text(text))) = socket.recv().await {
                if socket.send(Message::Text(text)).await.is_err() {
                    return;
                }
            }
        })
    };
    let layer = CorsLayer::new(partners()).enforce(Enforcement::unsafe_requests())?;
    let app = Router::new()
        .route("/socket", any(upgrade))
        .route("/", get(|| async { "hello" }))
        .layer(layer);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok((address, upgrades))
}

/// 48: Vite CVE-2025-24010: any page may open a WebSocket of a development server.
#[tokio::test]
async fn an_upgrade_over_http_1_of_a_denied_origin_is_refused() -> Result<()> {
    let (address, upgrades) = server().await?;
    let connect = async |origin: String, cookie: bool| {
        let mut request = format!("ws://{address}/socket").into_client_request()?;
        request.headers_mut().insert("origin", origin.parse()?);
        if cookie {
            request.headers_mut().insert("cookie", "session=1".parse()?);
        }
        Ok::<_, Box<dyn Error + Send + Sync>>(tokio_tungstenite::connect_async(request).await)
    };
    // A partner is allowed, but not to act as its visitor.
    for (evil, cookie) in [
        ("https://evil.example", false),
        ("null", false),
        ("http://127.0.0.1:1", false),
        ("https://partner.example", true),
    ] {
        match connect(evil.to_owned(), cookie).await? {
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
                assert_eq!(response.status(), StatusCode::FORBIDDEN, "{evil}");
            }
            other => return Err(format!("{evil}: {other:?}").into()),
        }
    }
    assert_eq!(upgrades.load(Ordering::Relaxed), 0);
    // A partner's, and the server's own page.
    let own = format!("http://{address}");
    for (origin, cookie) in [("https://partner.example".to_owned(), false), (own, true)] {
        let (mut socket, _) = connect(origin, cookie).await??;
        socket.send("hello".into()).await?;
        let echoed = socket.next().await.ok_or("closed")??;
        assert_eq!(echoed.into_text()?, "hello");
    }
    assert_eq!(upgrades.load(Ordering::Relaxed), 2);
    Ok(())
}

#[tokio::test]
async fn an_extended_connect_over_http_2_of_a_denied_origin_is_refused() -> Result<()> {
    let (address, upgrades) = server().await?;
    let io = TokioIo::new(TcpStream::connect(address).await?);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await?;
    tokio::spawn(connection);
    // The first exchange brings the server's settings, which allow an extended CONNECT.
    let uri = format!("http://{address}/");
    let first = sender.send_request(Request::get(&uri).body(Empty::<Bytes>::new())?).await?;
    assert_eq!(first.version(), Version::HTTP_2);

    for (origin, cookie, status) in [
        ("https://evil.example", None, StatusCode::FORBIDDEN),
        ("https://partner.example", Some("session=1"), StatusCode::FORBIDDEN),
        ("https://partner.example", None, StatusCode::OK),
    ] {
        let mut request = Request::connect(format!("{uri}socket"))
            .extension(Protocol::from_static("websocket"))
            .header("sec-websocket-version", "13")
            .header("origin", origin);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        let request = request.body(Empty::new())?;
        let response = sender.send_request(request).await?;
        assert_eq!(response.status(), status, "{origin}");
        assert_eq!(upgrades.load(Ordering::Relaxed), usize::from(status.is_success()));
        if status.is_success() {
            let io = TokioIo::new(hyper::upgrade::on(response).await?);
            let mut socket = WebSocketStream::from_raw_socket(io, Role::Client, None).await;
            socket.send("hello".into()).await?;
            let echoed = socket.next().await.ok_or("closed")??;
            assert_eq!(echoed.into_text()?, "hello");
        }
    }
    Ok(())
}
