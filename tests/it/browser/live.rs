//! A browser in front of a client that connects to live servers, over HTTP/1.1 and HTTP/2.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use http::{Request, Response, Version, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tower::service_fn;
use tower_cors::browser::{Blocked, Body, Browser, Fetch, UserAgent};

use crate::browser::APP;

type Answer = fn(&Request<Incoming>) -> Response<Full<Bytes>>;

/// A hyper server with CORS headers that were written by hand.
async fn serve(answer: Answer) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = hyper::service::service_fn(move |request| async move {
                Ok::<_, Infallible>(answer(&request))
            });
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                server.serve_connection(TokioIo::new(stream), service).await
            });
        }
    });
    address
}

fn shared(request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let line = format!("{} {} {:?}", request.method(), request.uri(), request.version());
    let host = request.headers().get(header::HOST).cloned();
    let mut response = Response::builder()
        .header("access-control-allow-origin", APP)
        .header("access-control-allow-methods", "PATCH")
        .header("access-control-expose-headers", "x-line, x-host")
        .header("x-line", line);
    if let Some(host) = host {
        response = response.header("x-host", host);
    }
    response.body(Full::from("ok")).unwrap()
}

fn unshared(_: &Request<Incoming>) -> Response<Full<Bytes>> {
    Response::new(Full::from("ok"))
}

/// A redirect to another server, which does not share its response.
#[tokio::test]
async fn a_redirect_leads_to_another_connection() {
    let other = serve(unshared).await;
    let api = serve(|request| {
        let other = request.uri().query().unwrap().to_owned();
        Response::builder()
            .status(302)
            .header("location", format!("http://{other}/login"))
            .header("access-control-allow-origin", APP)
            .body(Full::default())
            .unwrap()
    })
    .await;
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let mut browser = Browser::new(client).absolute_form(true).user_agent(UserAgent::Firefox);
    let seen = browser.fetch_from(APP, Fetch::get(format!("http://{api}/?{other}"))).await.unwrap();
    let blocked = seen.blocked().unwrap().to_string();
    assert!(
        blocked.starts_with(&format!("the response from \"http://{other}/login\" (after")),
        "{blocked}"
    );
    assert_eq!(
        seen.console().unwrap(),
        format!(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://{other}/login. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200."
        ),
    );
}

/// hyper-util's client, as it is.
#[tokio::test]
async fn a_client_with_a_pool() {
    let api = serve(shared).await;
    for (is_http2, version) in [(false, Version::HTTP_11), (true, Version::HTTP_2)] {
        let client =
            Client::builder(TokioExecutor::new()).http2_only(is_http2).build_http::<Body>();
        for user_agent in UserAgent::ALL {
            let mut browser =
                Browser::new(client.clone()).absolute_form(true).user_agent(user_agent);
            let fetch = Fetch::patch(format!("http://{api}/items?a=b#c")).body("{}");
            let seen = browser.fetch_from(APP, fetch).await.unwrap();
            let visible = seen.response().unwrap_or_else(|_| panic!("{seen}"));
            let uri =
                if is_http2 { format!("http://{api}/items?a=b") } else { "/items?a=b".into() };
            assert_eq!(visible.header("x-line").unwrap(), format!("PATCH {uri} {version:?}"));
            assert_eq!(visible.header("x-host").unwrap(), api.to_string());
            assert_eq!(visible.body().unwrap(), b"ok");
            let sent: Vec<_> = seen.sent().iter().map(ToString::to_string).collect();
            let url = format!("http://{api}/items?a=b");
            assert_eq!(sent, [format!("OPTIONS {url}"), format!("PATCH {url}")]);
        }
    }
}

/// A plain hyper connection for each request: what a tool does that wants to see to the connection itself.
#[tokio::test]
async fn a_connection_for_each_request() {
    let api = serve(shared).await;
    let connect = service_fn(|request: Request<Body>| async move {
        let authority = request.uri().authority().expect("the URI is absolute").to_string();
        let stream = TcpStream::connect(authority).await?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(std::io::Error::other)?;
        tokio::spawn(connection);
        let (mut parts, body) = request.into_parts();
        parts.uri = parts.uri.path_and_query().unwrap().as_str().parse().unwrap();
        let answered = sender.send_request(Request::from_parts(parts, body)).await;
        answered.map_err(std::io::Error::other)
    });
    let mut browser = Browser::new(connect).absolute_form(true);
    let seen = browser.fetch_from(APP, Fetch::get(format!("http://{api}/a"))).await.unwrap();
    assert_eq!(seen.response().unwrap().header("x-line"), Some("GET /a HTTP/1.1"));

    // Nobody listens there any more.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let seen = browser.fetch_from(APP, Fetch::get(&url)).await.unwrap();
    let Some(Blocked::ServiceFailed { cause, .. }) = seen.blocked() else { panic!("{seen}") };
    assert!(cause.starts_with("Connection refused"), "{cause}");
    assert_eq!(
        seen.blocked().unwrap().to_string(),
        format!("the service returned an error for {url:?} ({cause}); expected a response"),
    );
}

/// A server that hangs up in the middle of a body.
#[tokio::test]
async fn a_body_that_breaks_off_has_its_cause() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _read = stream.read(&mut [0; 4096]).await.unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\naccess-control-allow-origin: {APP}\r\n\r\nhalf"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
    });
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let mut browser = Browser::new(client).absolute_form(true);
    let seen = browser.fetch_from(APP, Fetch::get(format!("http://{address}/"))).await.unwrap();
    let visible = seen.response().unwrap();
    let error = visible.body().unwrap_err();
    assert!(visible.is_ok() && error.cause.contains("end of file"), "{error}");
}
