//! The examples `hyper` and `policy` do what they say. The tests within `policy` run here, too.

use http::{Request, StatusCode, Version};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

#[path = "../../examples/hyper.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod hyper_example;

#[cfg(feature = "review")]
#[path = "../../examples/policy.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod policy_example;

const APP: &str = "https://app.example.com";

#[tokio::test]
async fn on_hyper_a_preflight_is_answered_by_the_layer() {
    let request = Request::options("/")
        .header("origin", "https://eu.app.example.com")
        .header("access-control-request-method", "PUT")
        .body(())
        .unwrap();
    let response = hyper_example::app().unwrap().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()["access-control-allow-origin"], "https://eu.app.example.com");
    assert_eq!(response.headers()["access-control-allow-methods"], "PUT");
    assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
}

#[tokio::test]
async fn on_hyper_http_1_and_2_get_the_same_headers() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(hyper_example::serve(listener, hyper_example::app().unwrap()));

    for version in [Version::HTTP_11, Version::HTTP_2] {
        let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
        let request = Request::get(format!("http://{address}/"))
            .header("origin", APP)
            .header("host", address.to_string())
            .version(version)
            .body(Empty::<Bytes>::new())
            .unwrap();
        let response = if version == Version::HTTP_2 {
            let (mut client, connection) =
                conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
            tokio::spawn(connection);
            client.send_request(request).await.unwrap()
        } else {
            let (mut client, connection) = conn::http1::handshake(stream).await.unwrap();
            tokio::spawn(connection);
            client.send_request(request).await.unwrap()
        };
        assert_eq!(response.headers()["access-control-allow-origin"], APP, "{version:?}");
        assert_eq!(response.headers()["vary"], "Origin", "{version:?}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, format!("hello over {version:?}\n"));
    }
    server.abort();
}

#[cfg(feature = "review")]
#[test]
fn the_policy_s_table_names_what_is_denied() {
    let table = policy_example::table(&policy_example::policy().unwrap()).unwrap();
    let denied: Vec<_> = table.iter().filter(|line| line.contains("denied")).collect();
    assert_eq!((table.len(), denied.len()), (8, 4), "{table:#?}");
    assert!(denied[3].contains("PATCH"), "{table:#?}");
    assert!(denied[3].ends_with("denied: the requested method is not allowed"), "{table:#?}");
}
