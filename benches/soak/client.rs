//! A client, which has a connection of its own by HTTP/1.1 to each server, and shares one by HTTP/2.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::future::ready;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use futures_util::{SinkExt, StreamExt, stream};
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::ext::Protocol;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::case::{Act, Case};
use super::law::{Answer, Asked};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// What hyper and the handshake of a WebSocket add to a response.
const NOT_COMPARED: [&str; 5] =
    ["connection", "content-length", "date", "sec-websocket-accept", "upgrade"];

/// How long a client waits that goes away.
const BEFORE_LEAVING: Duration = Duration::from_millis(20);

/// A connection, which ends with it.
#[derive(Debug)]
pub(crate) struct Connection<T> {
    sender: T,
    task: JoinHandle<()>,
}

impl<T> Drop for Connection<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) type Shared = Connection<http2::SendRequest<Body>>;

pub(crate) async fn shared(address: SocketAddr) -> Result<Shared> {
    let io = TokioIo::new(TcpStream::connect(address).await?);
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), io).await?;
    let task = tokio::spawn(async move {
        let _gone = connection.await;
    });
    // That the server takes WebSockets is in its settings, which are there with the first answer.
    let request = Request::get(format!("http://{address}/")).body(Body::empty())?;
    sender.send_request(request).await?.into_body().collect().await?;
    Ok(Connection { sender, task })
}

/// A client of one server.
#[derive(Debug)]
pub(crate) struct Client<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) shared: &'a Shared,
    pub(crate) own: Option<Connection<http1::SendRequest<Body>>>,
}

impl Client<'_> {
    /// The answer, if the client has waited for it.
    pub(crate) async fn act(&mut self, case: &Case, version: u64) -> Result<Option<Answer>> {
        match case.act {
            Act::Ask | Act::AskInVain => self.ask(case, version, Body::empty()).await.map(Some),
            Act::Leave => self.leave(case, version).await,
            Act::LeaveHead => self.leave_head().await.map(|()| None),
            Act::Socket | Act::LeaveSocket if case.is_http2 => {
                self.extended_connect(case, version).await.map(Some)
            }
            Act::Socket | Act::LeaveSocket => self.upgrade(case, version).await.map(Some),
        }
    }

    async fn ask(&mut self, case: &Case, version: u64, body: Body) -> Result<Answer> {
        let mut request = self.request(&case.asked, version, body)?;
        if case.is_http2 {
            return read(self.shared.sender.clone().send_request(request).await?).await;
        }
        let host = self.address.to_string().parse()?;
        request.headers_mut().insert("host", host);
        *request.uri_mut() = Uri::from_static(case.asked.path);
        // It ends with this function, unless the answer comes.
        let mut own = match self.own.take() {
            Some(own) => own,
            None => connect(self.address).await?,
        };
        own.sender.ready().await?;
        let answer = read(own.sender.send_request(request).await?).await?;
        self.own = Some(own);
        Ok(answer)
    }

    async fn leave(&mut self, case: &Case, version: u64) -> Result<Option<Answer>> {
        let half = stream::once(ready(Ok::<_, Infallible>("half")));
        let body = match case.asked.method {
            "POST" => Body::from_stream(half.chain(stream::pending())),
            _ => Body::empty(),
        };
        let asking = self.ask(case, version, body);
        let answer = tokio::time::timeout(BEFORE_LEAVING, asking).await;
        self.own = None;
        answer.ok().transpose()
    }

    async fn leave_head(&self) -> Result<()> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a.example\r\nori").await?;
        tokio::time::sleep(BEFORE_LEAVING).await;
        Ok(())
    }

    /// A WebSocket by HTTP/2.
    ///
    /// RFC 8441: <https://www.rfc-editor.org/rfc/rfc8441>
    async fn extended_connect(&self, case: &Case, version: u64) -> Result<Answer> {
        let mut request = self.request(&case.asked, version, Body::empty())?;
        *request.method_mut() = Method::CONNECT;
        request.extensions_mut().insert(Protocol::from_static("websocket"));
        request.headers_mut().insert("sec-websocket-version", 13.into());
        let mut response = self.shared.sender.clone().send_request(request).await?;
        let upgraded = TokioIo::new(hyper::upgrade::on(&mut response).await?);
        echo(WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await, case.act)
            .await?;
        Ok(answer(response.map(|_| Vec::new())))
    }

    /// A WebSocket by HTTP/1.1.
    async fn upgrade(&self, case: &Case, version: u64) -> Result<Answer> {
        let mut request = format!("ws://{}/socket", self.address).into_client_request()?;
        for (name, value) in case.asked.fields(version) {
            request.headers_mut().append(name, value);
        }
        let stream = TcpStream::connect(self.address).await?;
        let (socket, response) = tokio_tungstenite::client_async(request, stream).await?;
        echo(socket, case.act).await?;
        Ok(answer(response.map(|_| Vec::new())))
    }

    fn request(&self, asked: &Asked, version: u64, body: Body) -> Result<Request<Body>> {
        let uri = format!("http://{}{}", self.address, asked.path);
        let mut request = Request::builder().method(asked.method).uri(uri);
        for (name, value) in asked.fields(version) {
            request = request.header(name, value);
        }
        Ok(request.body(body)?)
    }
}

async fn connect(address: SocketAddr) -> Result<Connection<http1::SendRequest<Body>>> {
    let io = TokioIo::new(TcpStream::connect(address).await?);
    let (sender, connection) = http1::handshake(io).await?;
    let task = tokio::spawn(async move {
        let _gone = connection.await;
    });
    Ok(Connection { sender, task })
}

async fn read(response: Response<Incoming>) -> Result<Answer> {
    let (head, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(answer(Response::from_parts(head, body.into())))
}

fn answer(response: Response<Vec<u8>>) -> Answer {
    let (head, body) = response.into_parts();
    // Lines of one name are one list.
    let mut fields = BTreeMap::new();
    for (name, value) in &head.headers {
        if !NOT_COMPARED.contains(&name.as_str()) {
            let lines: &mut Vec<_> = fields.entry(name.as_str().to_owned()).or_default();
            lines.push(String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
    }
    let fields = fields.into_iter().map(|(name, lines)| (name, lines.join(", "))).collect();
    // Each version of HTTP has its own for a WebSocket that is open.
    let status = match head.status {
        StatusCode::SWITCHING_PROTOCOLS => StatusCode::OK,
        status => status,
    };
    Answer { status: status.as_u16(), fields, body }
}

async fn echo<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: WebSocketStream<S>,
    act: Act,
) -> Result<()> {
    socket.send(Message::text("hello")).await?;
    let echoed = socket.next().await.ok_or("closed")??;
    if echoed != Message::text("hello") {
        return Err(format!("echoed {echoed:?}").into());
    }
    if act == Act::Socket {
        socket.close(None).await?;
        while let Some(message) = socket.next().await {
            message?;
        }
    }
    Ok(())
}
