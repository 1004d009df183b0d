//! `probe`: a page's fetch against a live server, whatever its CORS is.
//!
//! The model of a browser runs it over a real connection. [`compare`] holds the answers to a document, and [`who`] says who
//! seems to have answered instead.

mod compare;
mod who;

use std::path::PathBuf;

use http::HeaderMap;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower_cors::browser::{Blocked, Browser, Exchange, Line as Decisive, Seen};

use self::compare::Compared;
use crate::connection::{self, Connection, Line};
use crate::document::Reading;
use crate::outcome::{Failure, Format, Outcome, Status};
use crate::page::{Asked, PageRequest, Shipped, check_url};
use crate::paint::{BOLD, ERROR, FAINT, GOOD, WARNING, paint};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The URL that is fetched
    #[arg(required_unless_present_any = ["curl", "har"], conflicts_with_all = ["curl", "har"])]
    url: Option<String>,
    #[command(flatten)]
    asked: Asked,
    /// Whose browser asks
    #[arg(long, value_enum, default_value_t)]
    browser: Shipped,
    /// The document that the server should follow: exit status 1 if it does not, and 0 if it does
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    line: Line,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What came of a request.
struct Probed {
    request: PageRequest,
    seen: Seen,
    compared: Option<Compared>,
    /// Who seems to have answered.
    who: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let is_twice = arguments.asked.is_pasted()
        && arguments.policy.as_ref().is_some_and(|file| file.as_os_str() == "-");
    if is_twice {
        return Err(Failure::new(&"standard input can be read once; give the document as a file"));
    }
    let open = |file| arguments.reading.open(file)?.routes();
    let routes = arguments.policy.as_deref().map(open).transpose()?;
    let requests =
        arguments.asked.requests(true, || Ok(arguments.url.clone().unwrap_or_default()))?;
    // What changed something once may do so again.
    let is_left_out = |request: &PageRequest| arguments.asked.is_whole_har() && !request.is_safe();
    let (left_out, requests): (Vec<_>, Vec<_>) = requests.into_iter().partition(is_left_out);
    let notes: Vec<String> = left_out
        .iter()
        .map(|PageRequest { method, url, .. }| {
            format!(
                "not sent, since it may change something: {method} {url}; choose it by `--entry N`"
            )
        })
        .collect();
    let notes = notes.join("\n");
    if requests.is_empty() {
        return Err(Failure::new(&notes));
    }
    let connection = arguments.line.connection()?;
    let runtime = connection::runtime()?;
    let (mut probed, mut failed) = (Vec::new(), Vec::new());
    for request in requests {
        let seen = match fetch(&request, &connection, &runtime, arguments.browser) {
            Ok(seen) => seen,
            // The other servers are asked nevertheless.
            Err(failure) => {
                failed.push((request, failure));
                continue;
            }
        };
        let compare = |routes| Compared::new(&request, &seen, routes, arguments.browser);
        let compared = routes.as_ref().map(compare).transpose()?;
        let is_odd = compared.as_ref().map_or(seen.blocked().is_some(), |it| !it.agrees());
        let who = if is_odd { who::answered(&seen) } else { Vec::new() };
        probed.push(Probed { request, seen, compared, who });
    }
    let status = match &*failed {
        [] => Status::found(probed.iter().any(Probed::is_found)),
        _ => Status::Wrong,
    };
    let outcome = match arguments.format {
        Format::Json => {
            let all: Vec<Value> = probed.iter().map(Probed::json).collect();
            let failed: Vec<Value> = failed.iter().map(as_failed).collect();
            Outcome::json(&json!({ "requests": all, "failed": failed }), status)?
        }
        Format::Text => {
            let all: Vec<String> = probed.iter().map(Probed::text).collect();
            Outcome { text: all.join("\n\n"), status, ..Outcome::default() }
        }
    };
    let between = if notes.is_empty() { "" } else { "\n" };
    let failed: String = failed.iter().map(|(_, failure)| failure.text()).collect();
    Ok(Outcome { notes: notes + between + &failed, ..outcome })
}

/// What the browser makes of the server, if that answers at all.
fn fetch(
    request: &PageRequest,
    connection: &Connection,
    runtime: &Runtime,
    browser: Shipped,
) -> Result<Seen, Failure> {
    check_url(&request.url)?;
    let mut browser =
        Browser::new(connection.clone()).absolute_form(true).user_agent(browser.into());
    for cookie in &request.cookies {
        browser = browser.cookie(&request.url, cookie);
    }
    let seen = runtime.block_on(browser.fetch_from(&request.page, request.fetch()));
    let seen = seen.map_err(|error| Failure::new(&error))?;
    match unreached(&seen) {
        Some(cause) => Err(Failure::new(&format_args!("{}: {cause}", request.url))),
        None => Ok(seen),
    }
}

/// Why nothing was answered at all.
fn unreached(seen: &Seen) -> Option<&str> {
    match seen.blocked() {
        Some(Blocked::ServiceFailed { cause, .. })
            if seen.exchanges().iter().all(|exchange| exchange.response().is_none()) =>
        {
            Some(cause)
        }
        _ => None,
    }
}

impl Probed {
    /// Whether the server does what the document does not say; without a document, whether the page is blocked.
    fn is_found(&self) -> bool {
        let is_blocked = self.seen.blocked().is_some();
        self.compared.as_ref().map_or(is_blocked, |compared| !compared.agrees())
    }

    fn text(&self) -> String {
        let style = if self.seen.blocked().is_some() { ERROR } else { GOOD };
        let exchange = self.seen.to_string();
        let mut lines: Vec<String> = exchange
            .lines()
            .enumerate()
            .map(|(number, line)| match line {
                _ if number == 0 || line.starts_with("> ") => paint(style, line),
                _ if line.starts_with("  ") => line.to_owned(),
                _ => paint(BOLD, line),
            })
            .collect();
        if let Some(compared) = &self.compared {
            lines.push(String::new());
            let style = if compared.agrees() { GOOD } else { WARNING };
            lines.push(paint(style, compared.verdict()));
            lines.extend(compared.differences.iter().map(|difference| format!("  {difference}")));
        }
        if !self.who.is_empty() {
            lines.push(String::new());
            lines.extend(
                self.who.iter().map(|who| format!("{} {who}", paint(FAINT, "who answered:"))),
            );
        }
        lines.join("\n")
    }

    fn json(&self) -> Value {
        let PageRequest { page, method, url, credentials, .. } = &self.request;
        let compared = self.compared.as_ref().map(
            |compared| json!({ "agrees": compared.agrees(), "differences": compared.differences }),
        );
        json!({
            "verdict": match self.seen.blocked() {
                Some(_) => "blocked",
                None if self.seen.is_readable() => "readable",
                None => "opaque",
            },
            "page": page,
            "method": method,
            "url": url,
            "credentials": credentials,
            "reason": self.seen.blocked().map(ToString::to_string),
            "console": self.seen.console(),
            "exchanges": self.seen.exchanges().iter().map(as_json).collect::<Vec<_>>(),
            "policy": compared,
            "who": self.who,
        })
    }
}

/// A request that no server answered, and why.
fn as_failed((request, failure): &(PageRequest, Failure)) -> Value {
    let PageRequest { page, method, url, credentials, .. } = request;
    json!({
        "page": page,
        "method": method,
        "url": url,
        "credentials": credentials,
        "error": failure.message(),
    })
}

fn as_json(exchange: &Exchange) -> Value {
    let decided_by = exchange.decided_by().map(|line| match line {
        Decisive::Header(name) => json!({ "header": name.as_str() }),
        Decisive::Missing(name) => json!({ "missing": name.as_str() }),
        _ => json!("status"),
    });
    let sent = exchange.request();
    json!({
        "method": sent.method().as_str(),
        "url": sent.url(),
        "sent": fields(sent.headers()),
        "is_cached": exchange.is_cached(),
        "status": exchange.response().map(|response| response.status().as_u16()),
        "answered": exchange.response().map(|response| fields(response.headers())),
        "decided_by": decided_by,
        "cookies": exchange.cookies().iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn fields(headers: &HeaderMap) -> Vec<[String; 2]> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| [name.to_string(), text(value)]).collect()
}
