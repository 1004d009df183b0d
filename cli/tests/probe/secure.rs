//! TLS with a certificate of one's own, and HTTP/2.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::program::{Files, Ran};
use crate::server::Server;

/// Headers by hand, over HTTP/1.1 or 2 as the client asks, with TLS or without; and whether it was 2.
fn server(tls: Option<TlsAcceptor>) -> (Server, Arc<AtomicBool>) {
    let was_two = Arc::new(AtomicBool::new(false));
    let told = was_two.clone();
    let server = Server::run(|listener| async move {
        while let Ok((stream, _)) = listener.accept().await {
            let told = told.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                told.store(request.version() == Version::HTTP_2, Ordering::Relaxed);
                let hosts = request.headers().get_all("host").iter().count();
                let has_host = hosts == usize::from(request.version() != Version::HTTP_2);
                let response = Response::builder()
                    .header("access-control-allow-origin", if has_host { "*" } else { "host" })
                    .body(String::new());
                async move { response }
            });
            let builder = auto::Builder::new(TokioExecutor::new());
            match &tls {
                Some(tls) => {
                    // A client that does not trust it ends the handshake.
                    let Ok(stream) = tls.accept(stream).await else { continue };
                    builder.serve_connection(TokioIo::new(stream), service).await.ok();
                }
                None => drop(builder.serve_connection(TokioIo::new(stream), service).await),
            }
        }
    });
    (server, was_two)
}

fn acceptor(certificate: &CertifiedKey<rcgen::KeyPair>) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

#[test]
fn tls_is_checked_and_http_2_is_spoken_where_it_is_offered() {
    let certificate = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = Files::new(&[("ca.pem", &certificate.cert.pem()), ("none.pem", "")]);
    let (server, was_two) = server(Some(acceptor(&certificate)));
    let url = format!("https://localhost:{}/", server.address.port());
    let run = |arguments: &[&str]| -> Ran {
        files.run(&[&["probe", &url, "--from", "https://app.example"], arguments].concat())
    };
    for (arguments, is_two) in [
        (&["--cacert", "ca.pem"][..], true),
        (&["--cacert", "ca.pem", "--http", "2"], true),
        (&["--cacert", "ca.pem", "--http", "1.1"], false),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.status, 0, "{}{}", ran.text, ran.notes);
        assert!(ran.text.contains("> access-control-allow-origin: *"), "{}", ran.text);
        assert_eq!(was_two.load(Ordering::Relaxed), is_two, "{arguments:?}");
    }
    let stranger = run(&[]);
    assert_eq!(stranger.status, 2, "{}", stranger.text);
    assert!(stranger.notes.contains("invalid peer certificate"), "{}", stranger.notes);
    run(&["--cacert", "none.pem"]).is(
        2,
        "",
        "error: none.pem: there is no certificate; give a file in PEM\n",
    );
    let missing = run(&["--cacert", "missing.pem"]);
    assert!(missing.notes.starts_with("error: missing.pem: "), "{}", missing.notes);
}

#[test]
fn http_2_is_spoken_without_tls_where_it_is_asked_for() {
    let (server, was_two) = server(None);
    let url = server.url("/");
    for (version, is_two) in [("2", true), ("1.1", false)] {
        let arguments = ["probe", &url, "--from", "https://app.example", "--http", version];
        let ran = Files::new(&[]).run(&arguments);
        assert_eq!(ran.status, 0, "{}{}", ran.text, ran.notes);
        assert!(ran.text.contains("> access-control-allow-origin: *"), "{}", ran.text);
        assert_eq!(was_two.load(Ordering::Relaxed), is_two);
    }
}
