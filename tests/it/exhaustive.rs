//! The two halves of the protocol held against each other: a page reads a response exactly when the
//! policy was meant to let it, and sees exactly the headers that were meant to be exposed.
//!
//! Fetch: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use std::collections::BTreeSet;
use std::convert::Infallible;

use axum::body::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, service_fn};
use tower_cors::browser::{Browser, Credentials, Fetch};
use tower_cors::{CorsLayer, Policy};

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
        let builder = Policy::builder()
            .allow_origins(self.origins.0)
            .dangerously_allow_null_origin(self.null)
            .dangerously_allow_public_suffixes(true)
            .allow_credentials(self.credentials)
            .allow_methods(self.methods)
            .allow_headers(self.headers)
            .expose_headers(self.exposed);
        builder.build().unwrap()
    }

    fn lets_read(self, asked: Asked) -> bool {
        let page = self.origins.1.contains(&asked.page) || self.null && asked.page == "null";
        let credentials = self.credentials || !matches!(asked.credentials, Credentials::Include);
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
        page && credentials && method && headers
    }

    fn shows(self) -> BTreeSet<&'static str> {
        let shown = |name: &&&str| {
            SAFELISTED.contains(name) || self.exposed == ["*"] || self.exposed.contains(name)
        };
        SENT.iter().filter(shown).copied().collect()
    }
}

impl Asked {
    fn every() -> Vec<Self> {
        let mut every = Vec::new();
        for page in PAGES {
            for method in ASKED_METHODS {
                for headers in ASKED_HEADERS {
                    for credentials in [Credentials::Omit, Credentials::Include] {
                        every.push(Self { page, method, headers, credentials });
                    }
                }
            }
        }
        every
    }

    fn fetch(self) -> Fetch {
        let fetch = Fetch::new(self.method, "https://api.example/").credentials(self.credentials);
        self.headers.iter().fold(fetch, |fetch, (name, value)| fetch.header(name, value))
    }
}

/// Every policy is asked by every page, for every method; of the rest each pair occurs.
#[tokio::test]
async fn a_page_reads_what_it_was_meant_to_and_nothing_else() {
    let inner = service_fn(|_: Request<Full<Bytes>>| async {
        let mut response = Response::new(Full::new(Bytes::from("body")));
        for name in SENT {
            response.headers_mut().insert(*name, "text/plain".parse().unwrap());
        }
        Ok::<_, Infallible>(response)
    });
    let (every_meant, every_asked) = (Meant::every(), Asked::every());
    let (mut readable, mut blocked, mut failures) = (0, 0, Vec::new());
    for meant in every_meant {
        let service = CorsLayer::new(meant.policy()).layer(inner);
        for &asked in &every_asked {
            let mut browser = Browser::new(service.clone());
            let seen = browser.fetch_from(asked.page, asked.fetch()).await.unwrap();
            let shown: Option<BTreeSet<&str>> = seen
                .response()
                .ok()
                .map(|visible| visible.headers().keys().map(http::HeaderName::as_str).collect());
            let expected = meant.lets_read(asked).then(|| meant.shows());
            if expected.is_some() {
                readable += 1
            } else {
                blocked += 1
            }
            if shown != expected {
                let reason = seen.blocked().map(ToString::to_string);
                failures.push(format!(
                    "{meant:?}\n  {asked:?}\n  shown    {shown:?} {reason:?}\n  expected {expected:?}"
                ));
            }
        }
    }
    assert!(readable > 1_000 && blocked > 1_000, "{readable} readable, {blocked} blocked");
    failures.truncate(5);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
