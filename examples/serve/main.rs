//! An API behind the layer, and a page on another origin that tries it in a browser.
//!
//! ```sh
//! cargo run --example serve
//! cargo run --example serve -- --policy my-policy.json
//! ```
//!
//! A policy file has a policy, or routes with a policy each, in JSON, TOML or YAML.
//!
//! What the layer decides on each request is logged on stderr.
//!
//! Open the printed page: it sends one request of each kind that the CORS protocol tells apart, and
//! shows which answers the browser lets its script read, beside what the policy says.

pub(crate) mod api;
pub(crate) mod arguments;
pub(crate) mod cases;
pub(crate) mod expect;
pub(crate) mod page;

use std::env;
use std::fmt::Display;
use std::fs;
use std::future;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use tokio::net::TcpListener;
use tower_cors::{DocumentErrors, Routes};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use self::api::api;
use self::arguments::{Arguments, USAGE};
use self::page::page;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If stderr is gone too, the status alone must do.
            let _ = writeln!(io::stderr(), "{}", failure.message);
            ExitCode::from(failure.status)
        }
    }
}

async fn run() -> Result<(), Failure> {
    let arguments = Arguments::parse(env::args_os().skip(1))
        .map_err(|error| Failure::usage(format!("{error}\n\n{USAGE}")))?;
    if arguments.help {
        return Ok(print(&format!("{USAGE}\n"))?);
    }
    // Whoever tries a policy wants to see what is allowed, too.
    let ours = Targets::new().with_target("tower_cors", LevelFilter::DEBUG);
    let log = fmt().with_max_level(LevelFilter::DEBUG).with_writer(io::stderr).finish();
    log.with(ours).init();
    let document = read(arguments.policy.as_deref())?;
    let routes = parse(arguments.policy.as_deref(), &document).map_err(Failure::usage)?;

    let api_listener = bind("--api", arguments.api).await?;
    let page_listener = bind("--page", arguments.page).await?;
    let api_url = format!("http://{}", reachable(api_listener.local_addr()?));
    let page_url = format!("http://localhost:{}", page_listener.local_addr()?.port());
    print(&greeting(&api_url, &page_url))?;

    let page = page(api_url, routes.clone(), document);
    // Whoever still waits for an answer does not keep the program from ending.
    tokio::select! {
        result = axum::serve(api_listener, api(routes)) => Ok(result?),
        result = axum::serve(page_listener, page) => Ok(result?),
        () = interrupted() => Ok(()),
    }
}

/// The policy that is built in, or that of a file.
fn read(file: Option<&Path>) -> Result<String, Failure> {
    let Some(file) = file else {
        return Ok(include_str!("policy.json").to_owned());
    };
    fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("--policy {}: {error}", file.display())))
}

/// Reads a document in the format that the name of its file says, which is JSON if it says none.
pub(crate) fn parse(file: Option<&Path>, document: &str) -> Result<Routes, DocumentErrors> {
    let extension = file.and_then(Path::extension).unwrap_or_default().to_ascii_lowercase();
    match extension.to_str() {
        Some("toml") => Routes::from_toml(document),
        Some("yaml" | "yml") => Routes::from_yaml(document),
        _ => Routes::from_json(document),
    }
}

async fn bind(name: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let free =
            if error.kind() == io::ErrorKind::AddrInUse { "; port 0 is always free" } else { "" };
        Failure::new(1, format!("{name} {address}: {error}{free}"))
    })
}

/// The address under which a browser here reaches a listener, which may listen on all addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if ip.is_unspecified() => (IpAddr::from(Ipv4Addr::LOCALHOST), address.port()).into(),
        _ => address,
    }
}

fn greeting(api: &str, page: &str) -> String {
    format!(
        "\
api {api}
page {page}

Open the page in a browser, or try:

curl -i {api}/echo -H 'Origin: {page}'
curl -i {api}/echo -H 'Origin: https://other.example'
curl -i {api}/echo -X OPTIONS -H 'Origin: {page}' -H 'Access-Control-Request-Method: PUT'
"
    )
}

/// Prints a text at once. A reader who has seen enough, and closed the pipe, ends nothing.
fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Ends when the user presses Ctrl-C.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        future::pending::<()>().await;
    }
}

/// Why the program ends, and its exit status: 2 if what it was given is wrong.
struct Failure {
    status: u8,
    message: String,
}

impl Failure {
    fn new(status: u8, message: impl Display) -> Self {
        Self { status, message: message.to_string() }
    }

    fn usage(message: impl Display) -> Self {
        Self::new(2, message)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(1, error)
    }
}
