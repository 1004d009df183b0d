//! What no policy of the crate answers, bad max-ages, stale responses, and headers that are set twice: the real
//! browser sends what `Browser` as that browser sends.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use axum::response::{Html, Response};
use axum::{Router, body::Body, routing};
use http::{HeaderName, HeaderValue, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower_cors::browser::{Browser, Fetch, Mode, UserAgent};

use crate::driver::{self, Driver};
use crate::page::document;

/// A fetch, made twice, and the lines of `Access-Control-Max-Age` in the answer to its preflight.
#[derive(Clone)]
struct Row {
    method: &'static str,
    mode: Mode,
    headers: Vec<(&'static str, String)>,
    max_age: &'static [&'static str],
    /// `Cache-Control` of all answers.
    cache: &'static str,
}

/// The `Access-Control-Max-Age` lines of an answer.
const MAX_AGES: [&[&str]; 22] = [
    &[],
    &[""],
    &["0"],
    &["600"],
    &["-1"],
    &["-a"],
    &["-"],
    &["abc"],
    &["600.5"],
    &["600s"],
    &["600", "600"],
    &["600, 600"],
    &["00"],
    &["0600"],
    &["-0"],
    &["+600"],
    &["+0"],
    &["99999999999999999999"],
    &["600,"],
    &["0", ""],
    &["", "0"],
    &["\"0\""],
];

fn rows() -> Vec<Row> {
    let (long, half) = ("a".repeat(100), "a".repeat(63));
    let twice = |name, value: &str| vec![(name, value.to_owned()), (name, value.to_owned())];
    let mut rows = Vec::new();
    // First, since a browser asks about a stale response behind script's back.
    for cache in [
        "max-age=600",
        "max-age=0",
        "max-age=0, stale-while-revalidate=600",
        "max-age=0, stale-while-revalidate=600, must-revalidate",
        "max-age=0, stale-while-revalidate=600, no-cache",
    ] {
        rows.push(Row {
            method: "GET",
            mode: Mode::Cors,
            headers: Vec::new(),
            max_age: &[],
            cache,
        });
    }
    rows.extend(MAX_AGES.into_iter().map(|max_age| Row {
        method: "PUT",
        mode: Mode::Cors,
        headers: Vec::new(),
        max_age,
        cache: "no-store",
    }));
    for headers in [
        twice("accept", &long),
        twice("accept", &half),
        twice("accept-language", "de"),
        twice("content-type", "text/plain"),
        twice("x-a", "1"),
    ] {
        for mode in [Mode::Cors, Mode::NoCors] {
            rows.push(Row {
                method: "POST",
                mode,
                headers: headers.clone(),
                max_age: &["0"],
                cache: "no-store",
            });
        }
    }
    rows
}

type Arrived = Arc<Mutex<Vec<(String, String)>>>;

#[test]
fn chromium_sends_what_the_model_sends() {
    if let Some(mut chromium) = driver::chromium() {
        check(UserAgent::Chromium, &mut chromium);
    }
}

#[test]
fn firefox_sends_what_the_model_sends() {
    if let Some(mut firefox) = driver::firefox() {
        check(UserAgent::Firefox, &mut firefox);
    }
}

#[track_caller]
fn check(user_agent: UserAgent, driver: &mut impl Driver) {
    let runtime = Runtime::new().expect("a runtime");
    let bind = || {
        runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("there is a free port")
    };
    let (page, api) = (bind(), bind());
    let origin = |listener: &TcpListener| {
        format!("http://localhost:{}", listener.local_addr().expect("it is bound").port())
    };
    let (page_origin, api_origin) = (origin(&page), origin(&api));
    let (rows, arrived) = (rows(), Arrived::default());
    let app = app(&rows, &arrived);
    for listener in [page, api] {
        let app = app.clone();
        runtime.spawn(async { axum::serve(listener, app).await });
    }
    let url = |id: usize| format!("{api_origin}/{id}");

    driver.open(&format!("{page_origin}/page"));
    let fetches: Value = rows.iter().enumerate().map(|(id, row)| row.to_script(&url(id))).collect();
    driver.call("attemptAll", &fetches.to_string());
    let real = take(&arrived);
    for (id, row) in rows.iter().enumerate() {
        let mut browser = Browser::new(app.clone()).user_agent(user_agent);
        for _ in 0..2 {
            let run = browser.fetch_from(&page_origin, row.to_model(&url(id)));
            runtime.block_on(run).expect("script may fetch so");
        }
    }
    let modelled = take(&arrived);
    let of = |arrived: &[(String, String)], id: usize| -> Vec<_> {
        let path = format!("/{id}");
        arrived.iter().filter(|(at, _)| *at == path).map(|(_, line)| line.clone()).collect()
    };
    let failures: Vec<_> = (0..rows.len())
        .filter(|id| of(&real, *id).is_empty() || of(&real, *id) != of(&modelled, *id))
        .map(|id| {
            let Row { method, mode, headers, max_age, cache } = &rows[id];
            let (real, modelled) = (of(&real, id), of(&modelled, id));
            format!(
                "{method} {mode:?} {headers:?} {max_age:?} {cache}\n  real {real:?}\n  model {modelled:?}"
            )
        })
        .collect();
    assert!(failures.is_empty(), "{} rows:\n{}", failures.len(), failures.join("\n"));
}

fn take(arrived: &Arrived) -> Vec<(String, String)> {
    std::mem::take(&mut *arrived.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Row {
    fn to_script(&self, url: &str) -> Value {
        let mode = if self.mode == Mode::NoCors { "no-cors" } else { "cors" };
        let init = json!({"method": self.method, "mode": mode, "headers": self.headers});
        json!([{"url": url, "init": init, "body": null}, {"url": url, "init": init, "body": null}])
    }

    fn to_model(&self, url: &str) -> Fetch {
        let fetch = Fetch::new(self.method, url).mode(self.mode);
        self.headers.iter().fold(fetch, |fetch, (name, value)| fetch.header(name, value))
    }
}

/// Pages, and at the number of a row what answers to its fetch.
fn app(rows: &[Row], arrived: &Arrived) -> Router {
    let mut app = Router::new().route("/page", routing::get(async || Html(document())));
    for (id, row) in rows.iter().enumerate() {
        let (max_age, cache, arrived) = (row.max_age, row.cache, Arc::clone(arrived));
        let answer = async move |request: Request| {
            let at = request.uri().path().to_owned();
            let line = line(&request);
            arrived.lock().unwrap_or_else(PoisonError::into_inner).push((at, line));
            response(max_age, cache)
        };
        app = app.route(&format!("/{id}"), routing::any(answer));
    }
    app
}

fn line(request: &Request) -> String {
    let field = |name: &HeaderName| {
        let lines: Vec<_> = request
            .headers()
            .get_all(name)
            .iter()
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        format!("; {name}: {}", lines.join(", "))
    };
    // `Content-Type` is left out: set twice, Firefox sends it once.
    let names = [header::ACCEPT, header::ACCESS_CONTROL_REQUEST_HEADERS, header::IF_NONE_MATCH];
    format!("{}{}", request.method(), names.iter().map(field).collect::<String>())
}

fn response(max_age: &[&'static str], cache: &'static str) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "PUT"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "accept, content-type, x-a"),
        (header::CACHE_CONTROL, cache),
        (header::ETAG, "\"a\""),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for line in max_age {
        headers.append(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(line));
    }
    response
}
