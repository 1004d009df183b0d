//! The connection to a live server: HTTP/1.1 and 2, TLS with the roots of the system.

use std::error::Error;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use clap::ValueEnum;
use http::{HeaderValue, Request, Response, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Runtime;
use tower::Service;
use tower_cors::browser::Body;

use crate::outcome::Failure;

/// How a server is reached.
#[derive(Debug, clap::Args)]
pub(crate) struct Line {
    /// Trusts the certificates in FILE (PEM), besides those that the system trusts
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// The version of HTTP [default: what the server offers]
    #[arg(long, value_enum, value_name = "VERSION")]
    http: Option<Version>,
    /// How many seconds an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Version {
    /// HTTP/1.1 alone
    #[value(name = "1.1")]
    One,
    /// HTTP/2 alone, without TLS too
    #[value(name = "2")]
    Two,
}

/// A client. It sends whole URLs' requests one after another, and follows no redirect.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    /// For requests with `Upgrade`, which HTTP/2 does not have.
    upgrading: Client<HttpsConnector<HttpConnector>, Body>,
    timeout: Duration,
}

type BoxError = Box<dyn Error + Send + Sync>;

/// About the most that is read of a body.
const MAX_BODY: usize = 1 << 20;

const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("tower-cors/", env!("CARGO_PKG_VERSION")));

impl Line {
    pub(crate) fn connection(&self) -> Result<Connection, Failure> {
        let mut roots = RootCertStore::empty();
        // Where the system has none, or one that is odd, the error is that of the server's certificate.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = &self.cacert {
            for certificate in certificates(file)? {
                roots.add(certificate).map_err(|error| of_file(file, &error))?;
            }
        }
        let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::new(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Connection {
            client: client(tls.clone(), self.http),
            upgrading: client(tls, Some(Version::One)),
            timeout: Duration::from_secs(self.timeout),
        })
    }
}

fn client(
    tls: ClientConfig,
    version: Option<Version>,
) -> Client<HttpsConnector<HttpConnector>, Body> {
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
    let connector = match version {
        None => connector.enable_all_versions().build(),
        Some(Version::One) => connector.enable_http1().build(),
        Some(Version::Two) => connector.enable_http2().build(),
    };
    let is_two = version == Some(Version::Two);
    Client::builder(TokioExecutor::new()).http2_only(is_two).build(connector)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let read = read.map_err(|error| of_file(file, &error))?;
    if read.is_empty() {
        return Err(of_file(file, &"there is no certificate; give a file in PEM"));
    }
    Ok(read)
}

fn of_file(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(&format_args!("{}: {error}", file.display()))
}

impl Service<Request<Body>> for Connection {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // The client writes the authority of the URL, as the version of HTTP has it.
        let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let headers = request.headers_mut();
        if headers.get(header::HOST).is_some_and(|host| *host == *authority) {
            headers.remove(header::HOST);
        }
        headers.entry(header::USER_AGENT).or_insert(USER_AGENT);
        let upgrades = headers.contains_key(header::UPGRADE);
        let client = if upgrades { &self.upgrading } else { &self.client };
        let (answer, timeout) = (client.request(request), self.timeout);
        Box::pin(async move {
            let late = |_| format!("no answer within {}", seconds(timeout));
            let answer = tokio::time::timeout(timeout, answer).await.map_err(late)??;
            let (parts, body) = answer.into_parts();
            Ok(Response::from_parts(parts, beginning(body, timeout).await.into()))
        })
    }
}

fn seconds(timeout: Duration) -> String {
    match timeout.as_secs() {
        1 => "1 second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}

/// As much of a body as comes in time. A stream of events never ends.
async fn beginning(mut body: Incoming, timeout: Duration) -> Vec<u8> {
    let mut read = Vec::new();
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            read.extend(frame.into_data().unwrap_or_default());
            if read.len() > MAX_BODY {
                break;
            }
        }
    };
    // What is read by then is enough.
    tokio::time::timeout(timeout, reading).await.ok();
    read
}

/// What runs whatever waits for servers. Connections end with it.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(&error))
}
