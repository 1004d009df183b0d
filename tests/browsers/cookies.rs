//! Cookies: the real browser keeps and sends those that `Browser` as that browser keeps and sends.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use axum::response::{Html, Response};
use axum::{Router, body::Body, routing};
use http::{HeaderValue, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower_cors::browser::{Browser, Credentials, Exchange, Fetch, UserAgent};

use crate::driver::{self, Driver};
use crate::page::document;

/// A page fetches from a host, which sets a cookie; then another page fetches from another host.
#[derive(Clone, Copy, Debug)]
struct Way {
    set: [&'static str; 2],
    get: [&'static str; 2],
    /// The host whose redirect leads to the second fetch.
    via: Option<&'static str>,
}

const fn way(set: [&'static str; 2], get: [&'static str; 2]) -> Way {
    Way { set, get, via: None }
}

const API: &str = "api.example.com";
const APP: &str = "app.example.com";

const WAYS: [Way; 22] = [
    // One site, one host.
    way(["localhost", "localhost"], ["localhost", "localhost"]),
    way(["127.0.0.1", "127.0.0.1"], ["127.0.0.1", "127.0.0.1"]),
    way([API, API], [API, API]),
    // One site, several hosts.
    way([APP, API], [APP, API]),
    way([API, API], [APP, API]),
    way([API, API], [API, APP]),
    way([API, API], [API, "v1.api.example.com"]),
    way(["v1.api.example.com", "v1.api.example.com"], [API, API]),
    // Two sites: set by its own page, or by the other one.
    way(["localhost", "localhost"], ["127.0.0.1", "localhost"]),
    way(["127.0.0.1", "localhost"], ["127.0.0.1", "localhost"]),
    way(["127.0.0.1", "localhost"], ["localhost", "localhost"]),
    way(["127.0.0.1", "localhost"], [APP, "localhost"]),
    way([APP, "localhost"], ["app.example.co.uk", "localhost"]),
    way([API, API], ["localhost", API]),
    way(["localhost", API], ["localhost", API]),
    // The names below `localhost`: whether they are of its site.
    way(["localhost", "localhost"], ["sub.localhost", "localhost"]),
    way(["sub.localhost", "sub.localhost"], ["localhost", "sub.localhost"]),
    way(["sub.localhost", "sub.localhost"], ["deep.sub.localhost", "sub.localhost"]),
    // Sites under one public suffix.
    way(["a.example.co.uk", "a.example.co.uk"], ["b.example.co.uk", "a.example.co.uk"]),
    way(["a.example.co.uk", "a.example.co.uk"], ["a.other.co.uk", "a.example.co.uk"]),
    // There and back again.
    Way {
        set: ["localhost", "localhost"],
        get: ["localhost", "localhost"],
        via: Some("127.0.0.1"),
    },
    Way {
        set: ["localhost", "localhost"],
        get: ["127.0.0.1", "localhost"],
        via: Some("127.0.0.1"),
    },
];

/// A cookie: what its name begins with, and what stands behind its value. Where nothing is said of a path, it is for all.
const COOKIES: [(&str, &str); 39] = [
    ("", ""),
    ("", "SameSite=Lax"),
    ("", "samesite=strict"),
    ("", "SameSite=None"),
    ("", "SameSite=None; Secure"),
    ("", "SameSite=Other"),
    ("", "Secure"),
    ("", "SameSite=None; Secure; Partitioned"),
    ("", "Secure; Partitioned"),
    ("", "SameSite=None; Partitioned"),
    ("", "SameSite=Lax; Partitioned"),
    ("", "Partitioned"),
    ("", "SameSite=None; Secure; Path=/get"),
    ("", "SameSite=None; Secure; Path=/ge"),
    ("", "SameSite=None; Secure; Path=get"),
    ("", "SameSite=None; Secure; Path=/set"),
    ("", "Domain={host}"),
    ("", "Domain={parent}"),
    ("", "Domain=.{parent}"),
    ("", "Domain=other.example.com"),
    ("", "Domain="),
    ("", "Max-Age=0"),
    ("", "Max-Age=600; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
    ("", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
    ("", "Expires=Fri, 01 Jan 2100 00:00:00 GMT"),
    ("__Secure-", "Secure; SameSite=None"),
    ("__Host-", "Secure; Path=/; SameSite=None"),
    ("__Host-", "Secure; SameSite=None"),
    ("__secure-", "SameSite=Lax"),
    ("__Http-", "Secure; HttpOnly; SameSite=None"),
    ("__Http-", "Secure; HttpOnly"),
    ("__Http-", "Secure; SameSite=None"),
    ("__Http-", "Secure"),
    ("__http-", "HttpOnly"),
    ("__Host-Http-", "Secure; HttpOnly; Path=/; SameSite=None"),
    ("__Host-Http-", "Secure; HttpOnly; Path=/"),
    ("__Host-Http-", "Secure; Path=/"),
    ("__Host-Http-", "Secure; HttpOnly"),
    ("__host-http-", "HttpOnly; Path=/"),
];

#[derive(Clone, Copy, Debug)]
struct Row {
    way: Way,
    cookie: (&'static str, &'static str),
    /// Of the fetch that sets it, and of the one that may send it.
    credentials: [Credentials; 2],
}

fn rows() -> Vec<Row> {
    use Credentials::{Include, Omit, SameOrigin};
    let with = |credentials| {
        WAYS.into_iter().map(move |way| Row { way, cookie: ("", "Path=/"), credentials })
    };
    let all = WAYS.into_iter().flat_map(|way| {
        let credentials = [Include, Include];
        COOKIES.into_iter().map(move |cookie| Row { way, cookie, credentials })
    });
    all.chain(with([SameOrigin, Include]))
        .chain(with([Include, SameOrigin]))
        .chain(with([Omit, Include]))
        .chain(with([Include, Omit]))
        .collect()
}

impl Row {
    fn set_url(&self, id: usize, port: u16) -> String {
        format!("http://{}:{port}/set/{id}", self.way.set[1])
    }

    fn get_url(&self, id: usize, port: u16) -> String {
        let direct = format!("http://{}:{port}/get/{id}", self.way.get[1]);
        match self.way.via {
            Some(host) => format!("http://{host}:{port}/via/{id}?{direct}"),
            None => direct,
        }
    }

    fn line(&self, id: usize) -> String {
        let host = self.way.set[1];
        let parent = host.split_once('.').map_or(host, |(_, parent)| parent);
        let (start, end) = self.cookie;
        let end = end.replace("{host}", host).replace("{parent}", parent);
        let is_whole = end.contains("Path") || start.starts_with("__Host-");
        format!("{start}c{id}=1; {end}{}", if is_whole { "" } else { "; Path=/" })
    }
}

/// What arrived: the rows whose cookie went along with the second fetch.
type Arrived = BTreeSet<usize>;

struct Server {
    runtime: Runtime,
    port: u16,
    app: Router,
    arrived: Arc<Mutex<Arrived>>,
}

impl Server {
    fn start(rows: &[Row]) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let bound = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = bound.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let arrived = Arc::new(Mutex::new(Arrived::new()));
        let lines: Vec<_> = rows.iter().enumerate().map(|(id, row)| row.line(id)).collect();
        let noted = Arc::clone(&arrived);
        let answer = async move |request: Request| respond(&request, &lines, &noted);
        let app =
            Router::new().route("/page", routing::get(async || Html(document()))).fallback(answer);
        runtime.spawn(axum::serve(listener, app.clone()).into_future());
        Self { runtime, port, app, arrived }
    }

    fn take(&self) -> Arrived {
        std::mem::take(&mut *self.arrived.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn respond(request: &Request, lines: &[String], arrived: &Mutex<Arrived>) -> Response {
    let mut response = Response::new(Body::from("ok"));
    let headers = response.headers_mut();
    let origin = request.headers().get(header::ORIGIN).cloned();
    headers.extend(origin.map(|origin| (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)));
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let mut parts = request.uri().path().split('/').skip(1);
    let (Some(step), Some(Ok(id))) = (parts.next(), parts.next().map(str::parse::<usize>)) else {
        return response;
    };
    let value = |text: &str| HeaderValue::from_str(text).expect("a value");
    match step {
        "set" => {
            headers.insert(header::SET_COOKIE, value(&lines[id]));
        }
        "via" => {
            headers.insert(header::LOCATION, value(request.uri().query().expect("a URL")));
            *response.status_mut() = http::StatusCode::TEMPORARY_REDIRECT;
        }
        _ => {
            let name = lines[id].split('=').next().expect("a name");
            let cookies = request.headers().get_all(header::COOKIE).iter();
            let mut pairs = cookies.flat_map(|line| line.to_str().expect("ASCII").split("; "));
            if pairs.any(|pair| pair.split('=').next() == Some(name)) {
                arrived.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
            }
        }
    }
    response
}

/// What the real browser sends. All cookies are set before any is sent.
fn real(driver: &mut impl Driver, server: &Server, rows: &[Row]) -> Arrived {
    let mut is_open = false;
    for step in 0..2 {
        let mut pages: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (id, row) in rows.iter().enumerate() {
            let (page, url) = match step {
                0 => (row.way.set[0], row.set_url(id, server.port)),
                _ => (row.way.get[0], row.get_url(id, server.port)),
            };
            let credentials = match row.credentials[step] {
                Credentials::Omit => "omit",
                Credentials::Include => "include",
                _ => "same-origin",
            };
            let init = json!({"method": "GET", "credentials": credentials, "mode": "cors"});
            pages.entry(page).or_default().push(json!([{"url": url, "init": init, "body": null}]));
        }
        for (page, fetches) in pages {
            let url = format!("http://{page}:{}/page", server.port);
            if is_open {
                driver.navigate(&url);
            } else {
                driver.open(&url);
            }
            is_open = true;
            driver.call("attemptAll", &Value::from(fetches).to_string());
        }
    }
    server.take()
}

/// What `Browser` sends, and what it says of the cookies.
fn modelled(server: &Server, rows: &[Row], user_agent: UserAgent) -> (Arrived, Vec<String>) {
    let fates = rows.iter().enumerate().map(|(id, row)| {
        let mut browser = Browser::new(server.app.clone()).user_agent(user_agent);
        let urls = [row.set_url(id, server.port), row.get_url(id, server.port)];
        let pages = [row.way.set[0], row.way.get[0]];
        let mut fates = Vec::new();
        for ((url, page), credentials) in urls.iter().zip(pages).zip(row.credentials) {
            let page = format!("http://{page}:{}", server.port);
            let fetch = Fetch::get(url).credentials(credentials);
            let seen = server.runtime.block_on(browser.fetch_from(&page, fetch));
            let seen = seen.expect("script may fetch so");
            let cookies = seen.exchanges().iter().flat_map(Exchange::cookies);
            fates.extend(cookies.map(ToString::to_string));
        }
        fates.join("; ")
    });
    let fates = fates.collect();
    (server.take(), fates)
}

#[track_caller]
fn check(user_agent: UserAgent, driver: &mut impl Driver) {
    let rows = rows();
    let server = Server::start(&rows);
    let real = real(driver, &server, &rows);
    let (modelled, fates) = modelled(&server, &rows, user_agent);
    let wrong: Vec<_> = real
        .symmetric_difference(&modelled)
        .map(|id| {
            let Row { way, credentials, .. } = &rows[*id];
            let was = if real.contains(id) { "sends" } else { "does not send" };
            let line = rows[*id].line(*id);
            format!(
                "{user_agent} {was} {line:?}, {way:?}, {credentials:?}; Browser: {}",
                fates[*id]
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    let (sent, kept) = (real.len(), rows.len() - real.len());
    assert!(sent > 50 && kept > 50, "{sent} cookies are sent, and {kept} are not");
}

#[test]
fn chromium_sends_the_cookies_that_the_model_sends() {
    if let Some(mut chromium) = driver::chromium() {
        check(UserAgent::Chromium, &mut chromium);
    }
}

#[test]
fn firefox_sends_the_cookies_that_the_model_sends() {
    if let Some(mut firefox) = driver::firefox() {
        check(UserAgent::Firefox, &mut firefox);
    }
}
