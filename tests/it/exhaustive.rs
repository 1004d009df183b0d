//! The two halves of the protocol held against each other: a page reads a response exactly when the
//! policy was meant to let it, and sees exactly the headers that were meant to be exposed.
//!
//! Fetch: <https://fetch.spec.whatwg.org/#http-cors-protocol>

mod denied;
mod rules;

use std::collections::{BTreeSet, HashSet};
use std::convert::Infallible;

use axum::body::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, Service, service_fn};
use tower_cors::browser::{Body, Browser, Credentials, Fetch};
use tower_cors::{CorsLayer, Policy, PolicyBuilder};

type Words = &'static [&'static str];

/// What is allowed to whom, as a person would say it.
#[derive(Clone, Copy, Debug)]
struct Meant {
    /// What is written, and the pages that are meant.
    origins: (Words, Words),
    null: bool,
    credentials: bool,
    methods: Words,
    headers: Words,
    exposed: Words,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    page: &'static str,
    method: &'static str,
    headers: &'static [(&'static str, &'static str)],
    credentials: Credentials,
}

const PAGES: Words = &[
    "https://a.example",
    "https://b.example",
    "https://eu.a.example",
    "https://evil.example",
    "http://localhost:3000",
    "null",
];

const ORIGINS: &[(Words, Words)] = &[
    (&["*"], PAGES),
    (&["https://a.example"], &["https://a.example"]),
    (&["https://a.example", "https://b.example"], &["https://a.example", "https://b.example"]),
    (&["https://*.a.example"], &["https://eu.a.example"]),
    (&["http://localhost:*"], &["http://localhost:3000"]),
];

const METHODS: &[Words] = &[&[], &["PUT"], &["*"]];

const HEADERS: &[Words] =
    &[&[], &["x-a", "content-type"], &["X-*"], &["*"], &["*", "authorization"]];

const EXPOSED: &[Words] = &[&[], &["x-shown"], &["*"]];

const ASKED_METHODS: Words = &["GET", "POST", "PUT", "DELETE", "patch"];

const ASKED_HEADERS: &[&[(&str, &str)]] = &[
    &[],
    &[("content-type", "text/plain")],
    &[("content-type", "application/json")],
    &[("x-a", "1")],
    &[("x-b", "1"), ("x-a", "1")],
    &[("authorization", "Basic YTpi")],
];

const CREDENTIALS: [Credentials; 3] =
    [Credentials::Omit, Credentials::SameOrigin, Credentials::Include];

/// What the inner service sends, and which of it scripts see anyway.
const SENT: Words = &["content-type", "x-shown", "x-other"];
const SAFELISTED: Words = &["content-type"];

impl Meant {
    /// All that can be built: with credentials, nothing is open to everybody.
    fn every() -> Vec<Self> {
        let mut every = Vec::new();
        for &origins in ORIGINS {
            for (null, credentials) in [(false, false), (false, true), (true, false)] {
                for &methods in METHODS {
                    for &headers in HEADERS {
                        for &exposed in EXPOSED {
                            let wild = origins.0 == ["*"] || exposed == ["*"];
                            if !(credentials && wild) {
                                every.push(Self {
                                    origins,
                                    null,
                                    credentials,
                                    methods,
                                    headers,
                                    exposed,
                                });
                            }
                        }
                    }
                }
            }
        }
        every
    }

    fn policy(self) -> Policy {
        self.builder().build().unwrap()
    }

    fn builder(self) -> PolicyBuilder {
        Policy::builder()
            .allow_origins(self.origins.0)
            .dangerously_allow_null_origin(self.null)
            .dangerously_allow_public_suffixes(true)
            .allow_credentials(self.credentials)
            .allow_methods(self.methods)
            .allow_headers(self.headers)
            .expose_headers(self.exposed)
    }

    fn lets_read(self, asked: Asked) -> bool {
        let credentials = self.credentials || !matches!(asked.credentials, Credentials::Include);
        self.matches(asked) && credentials
    }

    /// Whether the page, the method and the headers are meant.
    fn matches(self, asked: Asked) -> bool {
        let page = self.origins.1.contains(&asked.page) || self.null && asked.page == "null";
        let safelisted = ["GET", "POST"].contains(&asked.method);
        let method = safelisted || self.methods == ["*"] || self.methods.contains(&asked.method);
        let headers = asked.headers.iter().all(|&(name, value)| match name {
            "authorization" => self.headers.contains(&name),
            "content-type" if value == "text/plain" => true,
            _ => {
                self.headers.contains(&"*")
                    || self.headers.contains(&name)
                    || self.headers.contains(&"X-*") && name.starts_with("x-")
            }
        });
        page && method && headers
    }

    fn shows(self) -> BTreeSet<String> {
        let shown = |name: &&&str| {
            SAFELISTED.contains(name) || self.exposed == ["*"] || self.exposed.contains(name)
        };
        SENT.iter().filter(shown).map(ToString::to_string).collect()
    }

    /// What kind of policy it is, in each respect.
    fn kinds(self) -> [String; 6] {
        [
            format!("{:?}", self.origins.0),
            format!("null: {}", self.null),
            format!("credentials: {}", self.credentials),
            format!("methods: {:?}", self.methods),
            format!("headers: {:?}", self.headers),
            format!("exposed: {:?}", self.exposed),
        ]
    }
}

impl Asked {
    fn every() -> Vec<Self> {
        let mut every = Vec::new();
        for page in PAGES {
            for method in ASKED_METHODS {
                for headers in ASKED_HEADERS {
                    for credentials in CREDENTIALS {
                        every.push(Self { page, method, headers, credentials });
                    }
                }
            }
        }
        every
    }

    fn kinds(self) -> [String; 4] {
        [
            self.page.to_owned(),
            self.method.to_owned(),
            format!("{:?}", self.headers),
            format!("{:?}", self.credentials),
        ]
    }

    fn fetch(self) -> Fetch {
        let fetch = Fetch::new(self.method, "https://api.example/").credentials(self.credentials);
        self.headers.iter().fold(fetch, |fetch, (name, value)| fetch.header(name, value))
    }
}

fn sent() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from("body")));
    for name in SENT {
        response.headers_mut().insert(*name, "text/plain".parse().unwrap());
    }
    response
}

/// The names of the service's own headers that script sees, if it sees any.
async fn shown<S>(service: S, asked: Asked) -> Result<BTreeSet<String>, String>
where
    S: Service<Request<Body>, Response = Response<Full<Bytes>>, Error = Infallible>,
{
    let mut browser = Browser::new(service);
    let seen = browser.fetch_from(asked.page, asked.fetch()).await.unwrap();
    let visible = seen.response().map_err(|blocked| blocked.to_string())?;
    let names = visible.headers().keys().map(ToString::to_string);
    // Exposing `*` shows what the layer adds, too.
    Ok(names.filter(|name| name != "vary" && !name.starts_with("access-control-")).collect())
}

/// A seventh of the whole product, seven being prime to the length of each list: every pair of a
/// kind of policy and a kind of request is in it.
#[tokio::test]
async fn a_page_reads_what_it_was_meant_to_and_nothing_else() {
    let inner = service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(sent()) });
    let (every_meant, every_asked) = (Meant::every(), Asked::every());
    let (mut pairs, mut failures, mut readable, mut blocked) = (HashSet::new(), Vec::new(), 0, 0);
    for (row, &meant) in every_meant.iter().enumerate() {
        let service = CorsLayer::new(meant.policy()).layer(inner);
        for (column, &asked) in every_asked.iter().enumerate() {
            if !(row + column).is_multiple_of(7) {
                continue;
            }
            let expected = meant.lets_read(asked).then(|| meant.shows());
            *(if expected.is_some() { &mut readable } else { &mut blocked }) += 1;
            let shown = shown(service.clone(), asked).await;
            if shown.clone().ok() != expected {
                failures
                    .push(format!("{meant:?}\n  {asked:?}\n  {shown:?}, expected {expected:?}"));
            }
            for kind in meant.kinds() {
                pairs.extend(asked.kinds().map(|asked| (kind.clone(), asked)));
            }
        }
    }
    failures.truncate(5);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(readable > 1_000 && blocked > 1_000, "{readable} readable, {blocked} blocked");
    let kinds_of_policy = ORIGINS.len() + 2 + 2 + METHODS.len() + HEADERS.len() + EXPOSED.len();
    let kinds_of_request =
        PAGES.len() + ASKED_METHODS.len() + ASKED_HEADERS.len() + CREDENTIALS.len();
    assert_eq!(pairs.len(), kinds_of_policy * kinds_of_request);
}
