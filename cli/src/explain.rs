//! `explain`: how a document decides on a page's request, and why.
//!
//! The model of a browser runs the fetch against a server of the document's policy. What it sends is explained by the
//! policy.

use std::convert::Infallible;
use std::path::PathBuf;

use http::{HeaderName, HeaderValue, Request, Response, Uri, header::COOKIE};
use serde_json::{Value, json};
use tower::{Layer, service_fn};
use tower_cors::browser::{Body, Browser, ResponseType, Seen, Sent};
use tower_cors::review::{Explanation, Next, RuleSays};
use tower_cors::{CorsLayer, Denial, Routes};

use crate::document::{self, Reading};
use crate::outcome::{Failure, Format, Outcome, Status};
use crate::page::{Asked, PageRequest, Shipped, check_url};
use crate::paint::{ERROR, FAINT, GOOD, paint};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The document; `-` is standard input
    file: PathBuf,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    asked: Asked,
    /// The path that is asked for
    #[arg(long, default_value = "/", conflicts_with_all = ["curl", "har"])]
    path: String,
    /// Whose browser asks
    #[arg(long, value_enum, default_value_t)]
    browser: Shipped,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A name that no page can have, so that whoever asks it asks another origin.
const SERVER: &str = "http://server.invalid";

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    if arguments.asked.is_pasted() && arguments.file.as_os_str() == "-" {
        return Err(Failure::new(&"standard input can be read once; give the document as a file"));
    }
    let source = arguments.reading.open(&arguments.file)?;
    let (routes, words) = (source.routes()?, source.format);
    let requests = arguments.asked.requests(false, || url(&arguments.path))?;
    let explained: Vec<Explained> = requests
        .into_iter()
        .map(|request| Explained::new(request, &routes, arguments.browser, words))
        .collect::<Result<_, _>>()?;
    let status = Status::found(explained.iter().any(Explained::is_blocked));
    match arguments.format {
        Format::Json => {
            let all: Vec<Value> = explained.iter().map(Explained::json).collect();
            Outcome::json(&json!({ "requests": all }), status)
        }
        Format::Text => {
            let all: Vec<String> = explained.iter().map(Explained::text).collect();
            Ok(Outcome { text: all.join("\n\n"), status, ..Outcome::default() })
        }
    }
}

fn url(path: &str) -> Result<String, Failure> {
    if path.starts_with('/') {
        return Ok(format!("{SERVER}{path}"));
    }
    Err(Failure::new(&format_args!(
        "path \"{path}\" does not begin with a slash; write \"/{path}\""
    )))
}

/// A page's request, and what comes of it.
struct Explained {
    request: PageRequest,
    /// The requests that the browser sends, each explained; and the one that it does not get to, if that tells more.
    steps: Vec<Explanation>,
    /// Why the browser gives the page nothing.
    blocked: Option<String>,
    /// Whether the page has the origin of the server, so that no browser asks what the policy allows.
    is_same_origin: bool,
    /// What the console of a shipped browser says of it.
    console: Option<String>,
    /// What names the settings.
    words: document::Format,
}

impl Explained {
    fn new(
        request: PageRequest,
        routes: &Routes,
        browser: Shipped,
        words: document::Format,
    ) -> Result<Self, Failure> {
        let seen = fetch(&request, routes, browser)?;
        let sent = seen.sent();
        let is_same_origin = seen.response().is_ok_and(|it| it.kind() == ResponseType::Basic);
        let explain = |sent: &&Sent| {
            let mut head = head(sent, request.credentials);
            let site = if is_same_origin { "same-origin" } else { "cross-site" };
            let name = HeaderName::from_static("sec-fetch-site");
            head.headers_mut().insert(name, HeaderValue::from_static(site));
            routes.explain(&head)
        };
        let mut steps: Vec<Explanation> = sent.iter().map(explain).collect();
        let blocked = seen.blocked().map(ToString::to_string);
        // The policy allows what it is asked by the preflight, and the browser misses the credentials.
        let is_early = matches!(&*sent, [only] if only.is_preflight());
        if let Some(step) = steps.first().filter(|_| is_early && blocked.is_some()) {
            if step.decision().is_allowed() && step.next() == Next::Sends {
                steps.extend(behind_preflight(&request, routes));
            }
        }
        let console = seen.console().filter(|_| browser != Shipped::Standard);
        let console = console.map(str::to_owned);
        Ok(Self { request, steps, blocked, is_same_origin, console, words })
    }

    fn is_left_alone(&self) -> bool {
        self.steps.iter().any(|step| step.next() == Next::AsTheInnerServiceSays)
    }

    /// Whether the policy keeps the page from reading the response.
    fn is_blocked(&self) -> bool {
        self.blocked.is_some() && !self.is_left_alone()
    }

    fn verdict(&self) -> &'static str {
        match &self.blocked {
            _ if self.is_same_origin => "same origin",
            _ if self.is_left_alone() => "left alone",
            Some(_) => "blocked",
            None => "allowed",
        }
    }

    fn text(&self) -> String {
        let PageRequest { page, method, url, .. } = &self.request;
        let style = if self.is_blocked() { ERROR } else { GOOD };
        let url = url.strip_prefix(SERVER).unwrap_or(url);
        let with = if self.request.credentials { ", with credentials" } else { "" };
        let verdict = paint(style, self.verdict());
        let mut lines = vec![format!("{verdict}: {method} {url} from {page}{with}")];
        if self.is_same_origin {
            // What the policy says of it concerns no browser.
            lines.push(Next::SameOrigin.to_string());
        } else {
            lines.extend(self.steps.iter().map(|step| self.words.words(&step.to_string())));
        }
        if let Some(reason) = self.blocked.as_ref().filter(|_| self.is_blocked()) {
            let console = self.console.iter().map(|said| format!("on its console: {said}"));
            let said = [format!("in the browser: {reason}")].into_iter().chain(console);
            lines.extend(said.map(|said| paint(FAINT, said.replace(SERVER, ""))));
        }
        lines.join("\n")
    }

    fn json(&self) -> Value {
        let PageRequest { page, method, url, credentials, .. } = &self.request;
        json!({
            "verdict": self.verdict(),
            "page": page,
            "method": method,
            "url": url.strip_prefix(SERVER).unwrap_or(url),
            "credentials": credentials,
            "browser": self.blocked,
            "console": self.console,
            "steps": self.steps.iter().map(|step| as_json(step, self.words)).collect::<Vec<_>>(),
        })
    }
}

/// What the model of a browser makes of a server that has the policy.
pub(crate) fn fetch(
    request: &PageRequest,
    routes: &Routes,
    browser: Shipped,
) -> Result<Seen, Failure> {
    let server =
        service_fn(async |_: Request<Body>| Ok::<_, Infallible>(Response::new(String::new())));
    let server = CorsLayer::new(routes.clone()).layer(server);
    check_url(&request.url)?;
    let mut browser = Browser::new(server).user_agent(browser.into());
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|error| Failure::new(&error))?;
    let seen = runtime.block_on(browser.fetch_from(&request.page, request.fetch()));
    seen.map_err(|error| Failure::new(&error))
}

/// What the server got, as the policy reads it. Whoever asks with credentials has cookies.
pub(crate) fn head(sent: &Sent, has_cookies: bool) -> Request<()> {
    let mut head = Request::new(());
    *head.method_mut() = sent.method().clone();
    *head.uri_mut() = sent.url().parse::<Uri>().unwrap_or_default();
    head.headers_mut().clone_from(sent.headers());
    if has_cookies && !sent.is_preflight() {
        head.headers_mut().insert(COOKIE, HeaderValue::from_static("a=b"));
    }
    head
}

/// The request that would follow on the preflight, explained.
fn behind_preflight(request: &PageRequest, routes: &Routes) -> Option<Explanation> {
    let head = Request::builder()
        .method(request.method.as_str())
        .uri(&request.url)
        .header("origin", &request.page)
        .header(COOKIE, "a=b")
        .body(());
    Some(routes.explain(&head.ok()?))
}

fn as_json(step: &Explanation, words: document::Format) -> Value {
    let decision = step.decision();
    let rule = |says: &RuleSays| {
        json!({
            "denial": says.denial().map(Denial::as_str),
            "at_fault": says.at_fault(),
        })
    };
    json!({
        "kind": decision.kind().as_str(),
        "is_allowed": decision.is_allowed(),
        "denial": decision.denial().map(Denial::as_str),
        "at_fault": step.at_fault(),
        "hint": step.hint().map(|hint| words.words(&hint.to_string())),
        "rules": step.rules().iter().map(rule).collect::<Vec<_>>(),
        "next": step.next().to_string(),
        "text": words.words(&step.to_string()),
    })
}
