//! The request of a page: from arguments, from a command for curl, or from a HAR file.

mod curl;
mod har;
mod url;

use std::path::Path;

use clap::{Args, ValueEnum};
use tower_cors::browser::{Credentials, Fetch, Mode, UserAgent};

pub(crate) use self::url::check as check_url;
use crate::document;
use crate::outcome::Failure;

/// A page, and what it fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// The origin of the page.
    pub(crate) page: String,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) mode: RequestMode,
    /// Whether cookies go along.
    pub(crate) credentials: bool,
    /// The cookies that the browser has, as `Set-Cookie` writes them.
    pub(crate) cookies: Vec<String>,
}

/// What a page says of its request.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    /// The origin of the page: `https://app.example`, or `null`
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) from: Option<String>,
    /// The method
    #[arg(short = 'X', long, value_name = "METHOD", default_value = "GET")]
    method: String,
    /// A request header; by its name alone it has a value that needs permission, if there is one
    #[arg(short = 'H', long, value_name = "NAME[: VALUE]")]
    header: Vec<String>,
    /// The body
    #[arg(short, long, value_name = "BODY")]
    data: Option<String>,
    /// The request is made with credentials: cookies go along
    #[arg(long)]
    credentials: bool,
    /// A cookie that the browser has, and credentials then: `session=1; SameSite=None; Secure`
    #[arg(short = 'b', long, value_name = "COOKIE")]
    cookie: Vec<String>,
    /// The mode of the request
    #[arg(long, value_enum, default_value_t)]
    mode: RequestMode,
    /// The request is read from standard input: a command for curl, as browsers copy it
    #[arg(long, conflicts_with_all = ["method", "header", "data", "har"])]
    curl: bool,
    /// Requests are read from standard input: a HAR file, of which those with an `Origin` count
    #[arg(long, conflicts_with_all = ["method", "header", "data"])]
    har: bool,
    /// Of a HAR file the entry N alone, counted from 1
    #[arg(long, value_name = "N", requires = "har")]
    entry: Option<usize>,
}

/// The mode of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RequestMode {
    /// Under the CORS protocol, as `fetch` does
    #[default]
    Cors,
    /// Without, as an image does
    NoCors,
}

/// Which browser makes the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shipped {
    /// The Fetch Standard, to the letter
    #[default]
    Standard,
    /// Chrome and Edge
    Chromium,
    Firefox,
    /// Safari
    Webkit,
}

impl From<Shipped> for UserAgent {
    fn from(shipped: Shipped) -> Self {
        match shipped {
            Shipped::Standard => Self::Standard,
            Shipped::Chromium => Self::Chromium,
            Shipped::Firefox => Self::Firefox,
            Shipped::Webkit => Self::WebKit,
        }
    }
}

impl Asked {
    /// Whether the request is read from standard input.
    pub(crate) fn is_pasted(&self) -> bool {
        self.curl || self.har
    }

    /// Whether it is all that a HAR file has, and nobody chose one.
    pub(crate) fn is_whole_har(&self) -> bool {
        self.har && self.entry.is_none()
    }

    /// The requests. One that is not pasted is for a URL of the verb's. What is sent must be what was pasted.
    pub(crate) fn requests(
        &self,
        is_sent: bool,
        url: impl FnOnce() -> Result<String, Failure>,
    ) -> Result<Vec<PageRequest>, Failure> {
        let failure = |message: String| Failure::new(&format_args!("<stdin>: {message}"));
        if self.from.as_deref() == Some("") {
            return Err(Failure::new(
                &"`--from` is empty; write an origin such as \"https://app.example\", or \"null\"",
            ));
        }
        let most = if self.har { har::MAX_BYTES } else { document::MAX_BYTES };
        let stdin = || stdin(most);
        let mut requests = if self.curl {
            vec![curl::parse(&stdin()?, is_sent).map_err(failure)?]
        } else if self.har {
            har::parse(&stdin()?, self.entry, self.from.is_some()).map_err(failure)?
        } else {
            vec![self.own(url()?)?]
        };
        for request in &mut requests {
            if let Some(from) = &self.from {
                request.page.clone_from(from);
            }
            if self.mode == RequestMode::NoCors {
                request.mode = RequestMode::NoCors;
            }
            request.cookies.extend_from_slice(&self.cookie);
            request.credentials |= self.credentials || !self.cookie.is_empty();
            if request.page.is_empty() {
                return Err(failure(
                    "the request has no `Origin`; give the page by `--from`".to_owned(),
                ));
            }
        }
        Ok(requests)
    }

    fn own(&self, url: String) -> Result<PageRequest, Failure> {
        let Some(page) = self.from.clone() else {
            return Err(Failure::new(
                &"whose page asks is missing; give it by `--from`, or a request by `--curl` or `--har`",
            ));
        };
        let mut headers: Vec<_> = self.header.iter().map(|header| field(header)).collect();
        let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if self.data.is_some() && !has_type {
            // As of a string that script sends.
            headers.push(("content-type".to_owned(), "text/plain;charset=UTF-8".to_owned()));
        }
        Ok(PageRequest {
            page,
            method: self.method.clone(),
            url,
            headers,
            body: self.data.clone().map(String::into_bytes),
            mode: self.mode,
            credentials: self.credentials,
            cookies: Vec::new(),
        })
    }
}

impl PageRequest {
    /// Whether the method says that the request changes nothing.
    ///
    /// RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1>
    pub(crate) fn is_safe(&self) -> bool {
        ["GET", "HEAD", "OPTIONS"].iter().any(|safe| self.method.eq_ignore_ascii_case(safe))
    }

    pub(crate) fn fetch(&self) -> Fetch {
        let credentials =
            if self.credentials { Credentials::Include } else { Credentials::SameOrigin };
        let mode = match self.mode {
            RequestMode::Cors => Mode::Cors,
            RequestMode::NoCors => Mode::NoCors,
        };
        let fetch = Fetch::new(&self.method, &self.url).credentials(credentials).mode(mode);
        let fetch =
            self.headers.iter().fold(fetch, |fetch, (name, value)| fetch.header(name, value));
        match &self.body {
            Some(body) => fetch.body(body.clone()),
            None => fetch,
        }
    }

    /// The request as a page made it, from what its browser sent.
    ///
    /// A preflight stands for the request that it asks for.
    fn sent(method: &str, url: &str, sent: Vec<(String, String)>, body: Option<Vec<u8>>) -> Self {
        let value = |asked: &str| {
            let found = sent.iter().find(|(name, _)| name.eq_ignore_ascii_case(asked));
            found.map(|(_, value)| value.clone())
        };
        let page = value("origin").unwrap_or_default();
        // As the parser of URLs does.
        let url = &url.replace(['\t', '\n', '\r'], "");
        let is_no_cors = value("sec-fetch-mode").as_deref() == Some("no-cors");
        let mode = if is_no_cors { RequestMode::NoCors } else { RequestMode::Cors };
        let cookies: Vec<String> =
            value("cookie").iter().flat_map(|line| of_other_sites(line, url)).collect();
        let credentials = value("cookie").is_some();
        let asked = value("access-control-request-method").filter(|_| method == "OPTIONS");
        let (method, headers, body) = if let Some(asked) = asked {
            let names = value("access-control-request-headers").unwrap_or_default();
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
            (asked, names.map(field).collect(), None)
        } else {
            let is_script = |(name, value): &(String, String)| !is_of_browser(name, value);
            (method.to_owned(), sent.into_iter().filter(is_script).collect(), body)
        };
        Self { page, method, url: url.to_owned(), headers, body, mode, credentials, cookies }
    }
}

/// The cookies of a field, as they must have been set to go along from another site.
fn of_other_sites(line: &str, url: &str) -> Vec<String> {
    let attributes = if url.starts_with("https:") { "; SameSite=None; Secure" } else { "" };
    let cookies = line.split(';').map(str::trim).filter(|cookie| !cookie.is_empty());
    cookies.map(|cookie| format!("{cookie}{attributes}")).collect()
}

fn stdin(most: u64) -> Result<String, Failure> {
    document::read(Path::new("-"), most)
        .map_err(|why| Failure::new(&format_args!("<stdin>: {why}")))
}

/// A field as it is written; a name alone has a value that needs permission, if there is one.
fn field(written: &str) -> (String, String) {
    let (name, value) = match written.split_once(':') {
        Some((name, value)) => (name.trim(), value.trim()),
        None => (written.trim(), unsafe_value(written.trim())),
    };
    (name.to_owned(), value.to_owned())
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
fn unsafe_value(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "content-type" => "application/json",
        "range" => "bytes=0-0,2-2",
        "accept" | "accept-language" | "content-language" => "\"\"",
        _ => "1",
    }
}

/// Whether a browser writes the field by itself, so that no script asked for it. Those that no script may set, the
/// model of a browser leaves out.
fn is_of_browser(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "user-agent" | "priority" | "x-client-data" | "upgrade-insecure-requests" | "save-data"
        // The HTTP cache asks whether what it has is current.
        | "if-none-match" | "if-modified-since" => true,
        // A reload, and developer tools that pass by the cache.
        "cache-control" => matches!(value, "no-cache" | "max-age=0"),
        "pragma" => value == "no-cache",
        // `:authority` of HTTP/2.
        _ => name.starts_with(':') || name == "authority",
    }
}
