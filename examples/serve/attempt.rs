//! A request that is tried: what a page's script asks of `fetch`.

use serde::{Deserialize, Serialize};
use tower_cors::browser::{self, Fetch};

/// A call of `fetch` in a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attempt {
    /// The origin of the page; `null` is that of a sandboxed frame.
    pub(crate) from: String,
    pub(crate) url: String,
    #[serde(default = "get")]
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) credentials: Credentials,
    #[serde(default)]
    pub(crate) mode: Mode,
    #[serde(default)]
    pub(crate) body: Option<String>,
    /// A URL that is fetched before, with the same mode and credentials: what it sets is there then.
    #[serde(default)]
    pub(crate) first: Option<String>,
}

fn get() -> String {
    "GET".to_owned()
}

/// Fetch: <https://fetch.spec.whatwg.org/#concept-request-credentials-mode>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Credentials {
    Omit,
    #[default]
    SameOrigin,
    Include,
}

/// Fetch: <https://fetch.spec.whatwg.org/#concept-request-mode>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    #[default]
    Cors,
    NoCors,
    SameOrigin,
}

impl Attempt {
    /// The same for the model of a browser.
    pub(crate) fn fetch(&self) -> Fetch {
        let fetch = self.with_modes(Fetch::new(&self.method, &self.url));
        let fetch =
            self.headers.iter().fold(fetch, |fetch, (name, value)| fetch.header(name, value));
        match &self.body {
            Some(body) => fetch.body(body.as_bytes()),
            None => fetch,
        }
    }

    /// What is fetched before it, if anything is.
    pub(crate) fn first(&self) -> Option<Fetch> {
        self.first.as_ref().map(|url| self.with_modes(Fetch::get(url)))
    }

    fn with_modes(&self, fetch: Fetch) -> Fetch {
        let mode = match self.mode {
            Mode::Cors => browser::Mode::Cors,
            Mode::NoCors => browser::Mode::NoCors,
            Mode::SameOrigin => browser::Mode::SameOrigin,
        };
        let credentials = match self.credentials {
            Credentials::Omit => browser::Credentials::Omit,
            Credentials::SameOrigin => browser::Credentials::SameOrigin,
            Credentials::Include => browser::Credentials::Include,
        };
        fetch.mode(mode).credentials(credentials)
    }
}
