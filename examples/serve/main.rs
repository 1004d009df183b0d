//! A workbench: an API behind the layer, and a page on another origin that tries it in your browser.
//!
//! ```sh
//! cargo run --example serve
//! cargo run --example serve -- --policy my-policy.yaml --watch
//! ```
//!
//! A policy file has a policy, or routes with a policy each, in JSON, TOML or YAML.
//!
//! Open the printed page. It sends one request of each kind that the CORS protocol tells apart, and shows which answers
//! your browser lets it read, what crossed the wire, and why. There you build requests of your own, and change the policy.
//!
//! What the layer decides on each request is logged on stderr.

pub(crate) mod api;
pub(crate) mod arguments;
pub(crate) mod attempt;
pub(crate) mod cases;
pub(crate) mod document;
pub(crate) mod in_force;
pub(crate) mod page;
pub(crate) mod record;
pub(crate) mod starting;
pub(crate) mod told;
pub(crate) mod watch;
pub(crate) mod workbench;

use std::env;
use std::fmt::Display;
use std::fs;
use std::future;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::process::ExitCode;

use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use self::api::logged_api;
use self::arguments::{Arguments, USAGE};
use self::document::{Format, in_file};
use self::in_force::InForce;
use self::page::page;
use self::record::{Record, keep};
use self::starting::{BUILT_IN, starting_points};
use self::workbench::Workbench;

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
    let in_force = read(arguments.policy.as_deref())?;

    let api_listener = bind("--api", arguments.api).await?;
    let page_listener = bind("--page", arguments.page).await?;
    let other_listener = neighbour(page_listener.local_addr()?).await?;
    // Page and API are two sites if one is named and the other is not.
    let apis: Vec<_> = origins(api_listener.local_addr()?).into_iter().rev().collect();
    let mut pages = origins(page_listener.local_addr()?);
    let greeting = greeting(first(&apis), first(&pages));
    pages.extend(origins(other_listener.local_addr()?));

    let record = Record::default();
    let api = logged_api(in_force.source()).layer(from_fn_with_state(record.clone(), keep));
    let starting_points = starting_points().map_err(|error| Failure::new(1, error))?;
    let bench = Workbench { in_force: in_force.clone(), record, pages, apis, starting_points };
    let page = page(bench).map_err(|errors| Failure::new(1, errors))?;
    if let (Some(file), true) = (arguments.policy, arguments.watch) {
        watch::follow(file, in_force);
    }
    // From its first poll on, the signal is waited for: before anybody is told that the program runs.
    let mut interrupted = pin!(interrupted());
    tokio::select! {
        biased;
        () = &mut interrupted => return Ok(()),
        () = future::ready(()) => {}
    }
    print(&greeting)?;

    // Whoever still waits for an answer does not keep the program from ending.
    tokio::select! {
        result = axum::serve(api_listener, api) => Ok(result?),
        result = axum::serve(page_listener, page.clone()) => Ok(result?),
        result = axum::serve(other_listener, page) => Ok(result?),
        () = interrupted => Ok(()),
    }
}

/// The policy that is built in, or that of a file.
fn read(file: Option<&Path>) -> Result<InForce, Failure> {
    let (name, format, text) = match file {
        None => ("built in".to_owned(), Format::Json, BUILT_IN.to_owned()),
        Some(file) => {
            let name = file.display().to_string();
            let text = fs::read_to_string(file)
                .map_err(|error| Failure::usage(format!("--policy {name}: {error}")))?;
            (name, Format::of_file(file), text)
        }
    };
    InForce::new(name.clone(), format, text)
        .map_err(|errors| Failure::usage(in_file(&name, &errors)))
}

async fn bind(name: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let free =
            if error.kind() == io::ErrorKind::AddrInUse { "; port 0 is always free" } else { "" };
        Failure::new(1, format!("{name} {address}: {error}{free}"))
    })
}

/// Listens on the next port, under which the page is another origin; on any other one if that is taken.
async fn neighbour(page: SocketAddr) -> io::Result<TcpListener> {
    let next = SocketAddr::new(page.ip(), page.port().wrapping_add(1));
    match TcpListener::bind(next).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(SocketAddr::new(page.ip(), 0)).await,
    }
}

/// The origins under which a browser here reaches a listener: that of its name, if this machine alone is meant, and
/// that of its address. An origin never names the default port.
pub(crate) fn origins(address: SocketAddr) -> Vec<String> {
    let ip = match address.ip() {
        ip if ip.is_unspecified() => IpAddr::from(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let port = match address.port() {
        80 => String::new(),
        port => format!(":{port}"),
    };
    let address = if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() };
    let name = ip.is_loopback().then(|| "localhost".to_owned());
    name.into_iter().chain([address]).map(|host| format!("http://{host}{port}")).collect()
}

fn first(origins: &[String]) -> &str {
    origins.first().map(String::as_str).unwrap_or_default()
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
