//! Two hyper servers: one whose policy is swapped, and one whose policy a resolver finds.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{HeaderName, HeaderValue, Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, Service};
use tower_cors::{CorsLayer, Policy, Reload, Resolver};

use super::gauge::{HANDLERS, RESOLVERS};

/// What the resolver says when it panics, so that no other panic passes for it.
pub(crate) const PANIC: &str = "the resolver panics";

pub(crate) struct Servers {
    /// Of their own, so that its tasks are theirs alone.
    runtime: Runtime,
    pub(crate) reloading: SocketAddr,
    pub(crate) resolving: SocketAddr,
    /// How often the resolver told of a failure.
    pub(crate) reports: Arc<AtomicUsize>,
}

impl Servers {
    pub(crate) fn start(policy: &Reload<Policy>) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let reports = Arc::new(AtomicUsize::new(0));
        let resolver = resolver(policy.clone(), Arc::clone(&reports));
        let reloading = serve(&runtime, CorsLayer::new(policy.clone()).layer(inner()))?;
        let resolving = serve(&runtime, CorsLayer::with_resolver(resolver).layer(inner()))?;
        Ok(Self { runtime, reloading, resolving, reports })
    }

    /// How many tasks they have.
    pub(crate) fn tasks(&self) -> usize {
        self.runtime.metrics().num_alive_tasks()
    }
}

/// Does as the field `x-turn` says.
fn resolver(policy: Reload<Policy>, reports: Arc<AtomicUsize>) -> Resolver {
    let resolve = async move |head: Request<()>| {
        let _alive = RESOLVERS.enter();
        tokio::task::yield_now().await;
        match head.headers().get("x-turn").map(HeaderValue::as_bytes) {
            Some(b"finds") => Ok(Some(policy.current())),
            Some(b"fails") => Err("the resolver fails".into()),
            Some(b"hangs") => pending().await,
            _ => std::panic::panic_any(PANIC),
        }
    };
    let report = move |_| {
        reports.fetch_add(1, Ordering::SeqCst);
    };
    Resolver::new(resolve, report).vary_on([HeaderName::from_static("x-turn")])
}

fn serve<S>(runtime: &Runtime, service: S) -> io::Result<SocketAddr>
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let service = TowerToHyperService::new(service);
    let _runtime = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tokio::spawn(async move {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http2().enable_connect_protocol();
        while let Ok((stream, _)) = listener.accept().await {
            let (builder, service) = (builder.clone(), service.clone());
            tokio::spawn(async move {
                // That a client goes away is no error of the server's.
                let io = TokioIo::new(stream);
                let _gone = builder.serve_connection_with_upgrades(io, service).await;
            });
        }
    });
    Ok(address)
}

fn inner() -> Router {
    Router::new()
        .route("/", any(answer))
        .route("/slow", any(slow))
        .route("/socket", any(socket))
        .with_state(())
}

/// With CORS headers of its own, none of which may get through.
async fn answer(body: Bytes) -> impl IntoResponse {
    let _alive = HANDLERS.enter();
    let fields = [
        ("vary", "accept-encoding"),
        ("access-control-allow-origin", "https://inner.example"),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "x-inner"),
    ];
    drop(body);
    (fields, Body::from("inner"))
}

/// Longer than it takes until the next swap.
async fn slow(body: Bytes) -> impl IntoResponse {
    let _alive = HANDLERS.enter();
    tokio::time::sleep(Duration::from_millis(100)).await;
    answer(body).await
}

/// Echoes.
async fn socket(upgrade: WebSocketUpgrade) -> impl IntoResponse {
    let response = upgrade.on_upgrade(async |mut socket| {
        let _alive = HANDLERS.enter();
        // Once it is asked to close, it has nothing more to receive.
        while let Some(Ok(message)) = socket.recv().await {
            if matches!(message, Message::Text(_)) && socket.send(message).await.is_err() {
                return;
            }
        }
    });
    ([("vary", "accept-encoding"), ("access-control-allow-origin", "*")], response)
}
