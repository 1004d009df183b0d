//! A page calls a gRPC service over HTTP/1.1: the bytes of gRPC-Web, and its preflight.
//!
//! <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md>

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{listen, preflight, reader, send};

#[path = "../grpc_web.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod example;

const APP: &str = "https://app.example.com";
const PATH: &str = "/hello.Greeter/SayHello";

/// A message in a frame: a flag, the length in four bytes, and then field 1, a string.
fn frame(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    let mut frame = vec![0, 0, 0, 0, length + 2, 0x0a, length];
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// What came over a socket.
async fn call(body: Vec<u8>) -> (StatusCode, HeaderMap, Bytes) {
    let (listener, address) = listen().await;
    tokio::spawn(async move { axum::serve(listener, example::app().unwrap()).await });
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) = http1::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let request = Request::post(PATH)
        .header("host", address.to_string())
        .header("origin", APP)
        .header("content-type", "application/grpc-web+proto")
        .header("x-grpc-web", "1")
        .header("x-user-agent", "grpc-web-javascript/0.1")
        .body(Full::<Bytes>::from(body))
        .unwrap();
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    (head.status, head.headers, body.collect().await.unwrap().to_bytes())
}

#[tokio::test]
async fn the_preflight_of_a_call_is_allowed() {
    let app = example::app().unwrap();
    let names = "content-type,grpc-timeout,x-grpc-web,x-user-agent";
    let response = send(&app, preflight(PATH, APP, "POST", names)).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(reader(&response).as_deref(), Some(APP));
    assert_eq!(response.headers()["access-control-allow-headers"], names);
    assert_eq!(response.headers()["access-control-max-age"], "7200");

    let denied = send(&app, preflight(PATH, "https://evil.example", "POST", names)).await;
    assert_eq!(denied.status(), StatusCode::FORBIDDEN);
    let other = send(&app, preflight(PATH, APP, "POST", "x-other")).await;
    assert_eq!(reader(&other).as_deref(), Some(APP));
    assert!(!other.headers().contains_key("access-control-allow-headers"));
}

#[tokio::test]
async fn a_call_is_answered_with_a_message_and_trailers_that_the_page_can_read() {
    let (status, headers, body) = call(frame("page")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], "application/grpc-web+proto");
    assert_eq!(headers["access-control-allow-origin"], APP);
    assert_eq!(
        headers["access-control-expose-headers"],
        "grpc-message,grpc-status,grpc-status-details-bin"
    );
    // The message, and then the trailers in a frame of their own.
    let message = frame("hello, page");
    let (first, rest) = body.split_at(message.len());
    assert_eq!(first, message);
    let trailers = String::from_utf8_lossy(&rest[5..]).replace(": ", ":");
    assert_eq!((rest[0], trailers.as_str()), (0x80, "grpc-status:0\r\n"));
}

#[tokio::test]
async fn the_status_of_a_failed_call_is_in_fields_that_are_exposed() {
    let (status, headers, body) = call(vec![0; 5]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["grpc-status"], "3");
    let exposed = headers["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.split(',').any(|name| name == "grpc-status"), "{exposed}");
    assert!(exposed.split(',').any(|name| name == "grpc-message"), "{exposed}");
    assert!(body.is_empty() || body[0] == 0x80, "{body:?}");
}

/// What is no gRPC-Web is refused by tonic, and the page can read that.
#[tokio::test]
async fn another_request_is_refused_and_can_be_read() {
    let request = Request::get(PATH).header("origin", APP).body(Body::empty()).unwrap();
    let response = send(&example::app().unwrap(), request).await;
    assert!(!response.status().is_success());
    assert_eq!(reader(&response).as_deref(), Some(APP));
}
