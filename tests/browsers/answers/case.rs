//! A case: a page, its fetch, and what each URL on the way answers. Plain data.

use std::fmt;

use serde_json::{Value, json};
use tower_cors::browser::{Credentials, Fetch, Mode, Redirect};

use crate::page::{Page, Port, Ports};

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) page: Page,
    /// One after the other, to the first hop.
    pub(crate) fetches: Vec<Asked>,
    /// The first is what the page fetches; each may redirect to the next.
    pub(crate) hops: Vec<Hop>,
}

/// A fetch, without its URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<&'static str>,
    pub(crate) mode: Mode,
    pub(crate) credentials: Credentials,
    pub(crate) redirect: Redirect,
}

/// A URL and its answers.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    pub(crate) host: &'static str,
    pub(crate) port: Port,
    pub(crate) to_preflight: Reply,
    pub(crate) to_request: Reply,
}

/// In a value, each byte is a character. `{origin}`, `{method}` and `{headers}` stand for the request's
/// `Origin` and `Access-Control-Request-*`; a line that names one that is missing is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) lines: Vec<(&'static str, String)>,
}

impl Hop {
    pub(crate) fn origin(&self, ports: Ports) -> String {
        format!("http://{}:{}", self.host, ports.number(self.port))
    }
}

impl Case {
    pub(crate) fn url(&self, id: usize, ports: Ports) -> String {
        format!("{}/c/{id}/0", self.hops[0].origin(ports))
    }

    /// As `page.js` takes them.
    pub(crate) fn to_script(&self, id: usize, ports: Ports) -> Value {
        let url = self.url(id, ports);
        self.fetches.iter().map(|fetch| fetch.to_script(&url)).collect()
    }
}

impl Asked {
    fn to_script(&self, url: &str) -> Value {
        let mode = match self.mode {
            Mode::NoCors => "no-cors",
            Mode::SameOrigin => "same-origin",
            _ => "cors",
        };
        let credentials = match self.credentials {
            Credentials::Omit => "omit",
            Credentials::Include => "include",
            _ => "same-origin",
        };
        let redirect = match self.redirect {
            Redirect::Error => "error",
            Redirect::Manual => "manual",
            _ => "follow",
        };
        json!({
            "url": url,
            "init": {
                "method": self.method,
                "headers": self.headers,
                "mode": mode,
                "credentials": credentials,
                "redirect": redirect,
            },
            "body": self.body,
        })
    }

    /// As `Browser` takes it.
    pub(crate) fn to_model(&self, url: &str) -> Fetch {
        let mut fetch = Fetch::new(self.method, url)
            .mode(self.mode)
            .credentials(self.credentials)
            .redirect(self.redirect);
        for (name, value) in &self.headers {
            fetch = fetch.header(name, value);
        }
        match self.body {
            Some(body) => fetch.body(body),
            None => fetch,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { page, fetches, hops } = self;
        write!(f, "from {page}")?;
        for Asked { method, headers, body, mode, credentials, redirect } in fetches {
            write!(
                f,
                "\n    {method} {headers:?}, body {body:?}, {mode:?}, credentials {credentials:?}, redirect {redirect:?}"
            )?;
        }
        for Hop { host, port, to_preflight, to_request } in hops {
            write!(f, "\n    {host}:<{port:?}>\n      {to_preflight}\n      {to_request}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        self.lines.iter().try_for_each(|(name, value)| write!(f, " | {name}: {value:?}"))
    }
}
