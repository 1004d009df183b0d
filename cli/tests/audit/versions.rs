//! Servers of HTTP/2.

use std::sync::{Arc, Mutex};

use http::header::{CONNECTION, UPGRADE};
use http::{Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;

use super::audit;
use crate::server::Server;

const OVER_TWO: [&str; 4] = ["--from", "https://app.example", "--http", "2"];

/// It opens a WebSocket to anybody.
fn answer(request: &Request<Incoming>) -> Response<String> {
    let mut response = Response::new(String::new());
    response.headers_mut().insert("vary", "origin".parse().unwrap());
    if request.headers().contains_key(UPGRADE) {
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        response.headers_mut().insert(UPGRADE, "websocket".parse().unwrap());
        response.headers_mut().insert(CONNECTION, "upgrade".parse().unwrap());
    }
    response
}

#[test]
fn a_web_socket_is_asked_for_over_http_1() {
    let versions: Arc<Mutex<Vec<(Version, bool)>>> = Arc::default();
    let told = versions.clone();
    let server = Server::run(|listener| async move {
        while let Ok((stream, _)) = listener.accept().await {
            let told = told.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request: Request<Incoming>| {
                    let upgrades = request.headers().contains_key(UPGRADE);
                    told.lock().unwrap().push((request.version(), upgrades));
                    let response = answer(&request);
                    async move { Ok::<_, std::convert::Infallible>(response) }
                });
                let builder = auto::Builder::new(TokioExecutor::new());
                builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await.ok();
            });
        }
    });
    let (found, _, report) = audit(&server.url("/"), &OVER_TWO);
    assert!(found.contains(&"websocket".to_owned()), "{report:#}");
    assert!(report["stopped"].is_null(), "{report:#}");
    let versions = versions.lock().unwrap();
    assert_eq!(versions.iter().filter(|(_, upgrades)| *upgrades).count(), 1);
    for (version, upgrades) in versions.iter() {
        assert_eq!(*version == Version::HTTP_11, *upgrades, "{version:?}");
    }
}

#[test]
fn a_server_of_http_2_alone_opens_no_web_socket() {
    let server = Server::run(|listener| async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let service = service_fn(|request: Request<Incoming>| {
                    let response = answer(&request);
                    async move { Ok::<_, std::convert::Infallible>(response) }
                });
                let builder = http2::Builder::new(TokioExecutor::new());
                builder.serve_connection(TokioIo::new(stream), service).await.ok();
            });
        }
    });
    let (found, _, report) = audit(&server.url("/"), &OVER_TWO);
    assert!(found.is_empty(), "{report:#}");
    assert!(report["stopped"].is_null(), "{report:#}");
}
