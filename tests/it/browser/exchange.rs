//! What crossed the wire, as data, and in words for a test that fails.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::{HeaderName, StatusCode, header};
use tower::service_fn;
use tower_cors::browser::{
    Browser, Credentials, Exchange, Fetch, Line, Mode, Redirect, UserAgent, Visible,
};
use tower_cors::{CorsLayer, Denial, Enforcement, Policy};

use crate::browser::{API, APP, Answer, OTHER, Req, Res, SHARE, fetch, server};

fn routes(policy: Policy) -> Router {
    Router::new().route("/items", get(async || "tea")).layer(CorsLayer::new(policy))
}

const ITEMS: &str = "https://api.example/items";

/// One line for each exchange: the request, who answered, how, and the line that decided.
fn lines(exchanges: &[Exchange]) -> Vec<String> {
    let line = |exchange: &Exchange| {
        let status = exchange.response().map(|response| response.status().as_u16());
        let cached = if exchange.is_cached() { " cached" } else { "" };
        format!("{}{cached} {status:?} {:?}", exchange.request(), exchange.decided_by())
    };
    exchanges.iter().map(line).collect()
}

#[tokio::test]
async fn a_denied_preflight_in_words() {
    let policy = Policy::builder()
        .allow_origins([APP])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .build()
        .unwrap();
    let mut browser = Browser::new(routes(policy)).user_agent(UserAgent::Chromium);
    let fetch = Fetch::put(ITEMS).header("content-type", "application/json").header("x-trace", "1");
    let seen = browser.fetch_from(APP, fetch).await.unwrap();
    assert_eq!(
        seen.to_string(),
        "\
PUT https://api.example/items from https://app.example is blocked

OPTIONS https://api.example/items
  accept: */*
  access-control-request-headers: content-type,x-trace
  access-control-request-method: PUT
  host: api.example
  origin: https://app.example
204 No Content
> access-control-allow-headers: content-type
  access-control-allow-methods: PUT
  access-control-allow-origin: https://app.example
  allow: GET,HEAD
  content-length: 0
  vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers

access-control-allow-headers \"content-type\" of the preflight's response from \"https://api.example/items\" does not allow the request header x-trace; expected \"x-trace\"
Chromium: Access to fetch at 'https://api.example/items' from origin 'https://app.example' has been blocked by CORS policy: Request header field x-trace is not allowed by Access-Control-Allow-Headers in preflight response.
tower-cors: preflight denied: a requested header name is not allowed
  asked: PUT \"/items\" from \"https://app.example\", with \"content-type,x-trace\"
  at fault: \"x-trace\"
  to allow it: add to `allow_headers`: \"x-trace\"
  next: the browser does not send the request",
    );
}

#[tokio::test]
async fn a_fetch_that_succeeds_in_words() {
    let policy = Policy::builder().allow_origins([APP]).build().unwrap();
    let seen = Browser::new(routes(policy)).fetch_from(APP, Fetch::get(ITEMS)).await.unwrap();
    assert_eq!(
        seen.to_string(),
        "\
GET https://api.example/items from https://app.example: the page reads status 200

GET https://api.example/items
  accept: */*
  host: api.example
  origin: https://app.example
200 OK
> access-control-allow-origin: https://app.example
  content-length: 3
  content-type: text/plain; charset=utf-8
",
    );
}

/// A test that returns an error prints its `Debug`.
#[tokio::test]
async fn debug_is_the_sentence() {
    let seen = fetch(&[("*", 200, &[])], APP, Fetch::get(API)).await.unwrap();
    let error: Box<dyn std::error::Error> = seen.response().unwrap_err().into();
    assert_eq!(
        format!("{error:?}"),
        "the response from \"https://api.example/\" has no access-control-allow-origin; expected \"https://app.example\""
    );
    let error = fetch(&[], "", Fetch::get(API)).await.unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
}

/// Every reason that a response gives marks one line, and it is the last exchange's.
#[tokio::test]
async fn the_line_that_decided() {
    const PREFLIGHT: &[(&str, &str)] = &[("access-control-allow-origin", "*")];
    let missing = |name: HeaderName| Some(Line::Missing(name));
    let present = |name: HeaderName| Some(Line::Header(name));
    let include = |fetch: Fetch| fetch.credentials(Credentials::Include);
    let rows: Vec<(Fetch, &'static [Answer], Option<Line>)> = vec![
        (Fetch::get(API), &[("*", 200, SHARE)], present(header::ACCESS_CONTROL_ALLOW_ORIGIN)),
        (Fetch::get("/"), &[("*", 200, &[])], None),
        (Fetch::get(API).mode(Mode::NoCors), &[("*", 200, &[])], None),
        (Fetch::get(API), &[("*", 200, &[])], missing(header::ACCESS_CONTROL_ALLOW_ORIGIN)),
        (
            include(Fetch::get(API)),
            &[("*", 200, &[("access-control-allow-origin", "*")])],
            present(header::ACCESS_CONTROL_ALLOW_ORIGIN),
        ),
        (
            include(Fetch::get(API)),
            &[("*", 200, &[("access-control-allow-origin", "{origin}")])],
            missing(header::ACCESS_CONTROL_ALLOW_CREDENTIALS),
        ),
        (Fetch::put(API), &[("*", 405, PREFLIGHT)], Some(Line::Status)),
        (Fetch::put(API), &[("*", 200, PREFLIGHT)], missing(header::ACCESS_CONTROL_ALLOW_METHODS)),
        (
            Fetch::get(API).header("x-a", "1"),
            &[(
                "*",
                200,
                &[("access-control-allow-origin", "*"), ("access-control-allow-headers", "x-b")],
            )],
            present(header::ACCESS_CONTROL_ALLOW_HEADERS),
        ),
        (
            Fetch::get("/a").mode(Mode::SameOrigin),
            &[("*", 302, &[("location", API)])],
            present(header::LOCATION),
        ),
        (
            Fetch::get("/a").redirect(Redirect::Error),
            &[("*", 302, &[("location", "/b")])],
            Some(Line::Status),
        ),
    ];
    for (asked, answers, expected) in rows {
        let seen = fetch(answers, APP, asked).await.unwrap();
        let (last, others) = seen.exchanges().split_last().unwrap();
        assert_eq!(last.decided_by(), expected.as_ref(), "{seen}");
        assert!(others.iter().all(|exchange| exchange.decided_by().is_none()), "{seen}");
        let marks = seen.to_string().lines().filter(|line| line.starts_with("> ")).count();
        assert_eq!(marks, usize::from(expected.is_some()), "{seen}");
    }
}

/// The identity provider's response is the one without the header, and it is the one that is marked.
#[tokio::test]
async fn every_hop_of_a_redirect_is_there() {
    const EXPIRED: &[Answer] = &[
        (
            "GET api.example/items",
            302,
            &[("location", "https://login.example/"), ("access-control-allow-origin", APP)],
        ),
        ("GET login.example/", 200, &[]),
    ];
    let seen = fetch(EXPIRED, APP, Fetch::get(ITEMS)).await.unwrap();
    assert_eq!(
        lines(seen.exchanges()),
        [
            "GET https://api.example/items Some(302) None",
            "GET https://login.example/ Some(200) Some(Missing(\"access-control-allow-origin\"))",
        ]
    );
    let location = &seen.exchanges()[0].response().unwrap().headers()["location"];
    assert_eq!(location, "https://login.example/");
}

#[tokio::test]
async fn what_the_http_cache_answered_is_there_and_was_not_sent() {
    const KEPT: &[Answer] = &[(
        "*",
        200,
        &[("cache-control", "max-age=60"), ("access-control-allow-origin", "{origin}")],
    )];
    let mut browser = Browser::new(server(KEPT));
    assert!(browser.fetch_from(OTHER, Fetch::get(API)).await.unwrap().is_readable());
    let seen = browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
    assert_eq!(
        lines(seen.exchanges()),
        ["GET https://api.example/ cached Some(200) Some(Missing(\"vary\"))"]
    );
    assert!(seen.sent().is_empty());
    assert!(seen.to_string().contains("\n200 OK, of the HTTP cache\n> (no vary)\n"), "{seen}");
}

/// A response that the server says is unchanged: it sends a 304, and the cache has the rest.
#[tokio::test]
async fn a_response_that_is_asked_about_is_two_exchanges() {
    const UNCHANGED: &[(&str, &str)] =
        &[("etag", "\"1\""), ("cache-control", "no-cache"), ("access-control-allow-origin", "*")];
    let service = service_fn(async |request: Req| {
        let is_known = request.headers().contains_key("if-none-match");
        let mut response = Res::default();
        *response.status_mut() = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        for (name, value) in UNCHANGED {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        Ok::<_, Infallible>(response)
    });
    let mut browser = Browser::new(service);
    assert!(browser.fetch_from(APP, Fetch::get(API)).await.unwrap().is_readable());
    let seen = browser.fetch_from(APP, Fetch::get(API)).await.unwrap();
    assert_eq!(
        lines(seen.exchanges()),
        [
            "GET https://api.example/ Some(304) None",
            "GET https://api.example/ cached Some(200) Some(Header(\"access-control-allow-origin\"))",
        ]
    );
    assert_eq!(seen.sent().len(), 1);
}

/// A page may send OPTIONS itself, and that is asked for as any other method.
#[tokio::test]
async fn a_pages_own_options_request_is_no_preflight() {
    let seen = fetch(&[("*", 200, SHARE)], APP, Fetch::new("OPTIONS", API)).await.unwrap();
    let sent = seen.sent();
    let sent: Vec<_> = sent.iter().map(|it| (it.method().as_str(), it.is_preflight())).collect();
    assert_eq!(sent, [("OPTIONS", true), ("OPTIONS", false)]);
}

/// Whoever answers, the layer says what it thinks of the request; and the answers are those that others get.
#[tokio::test]
async fn the_layer_says_why() {
    let policy = || Policy::builder().allow_origins([APP]).build().unwrap();
    let mut browser = Browser::new(routes(policy()));
    let seen = browser.fetch_from(APP, Fetch::delete(ITEMS)).await.unwrap();
    let [remark] = seen.exchanges()[0].remarks() else { panic!("{seen}") };
    assert!(
        remark.starts_with("preflight denied: the requested method is not allowed"),
        "{remark}"
    );
    assert!(seen.to_string().contains(&format!("\ntower-cors: {remark}")), "{seen}");

    // It is the inner service that answers.
    let seen = browser.fetch_from(OTHER, Fetch::get(ITEMS)).await.unwrap();
    let [remark] = seen.exchanges()[0].remarks() else { panic!("{seen}") };
    assert!(remark.contains(&Denial::OriginNotAllowed.to_string()), "{remark}");
    assert!(remark.contains(&format!("at fault: {OTHER:?}")), "{remark}");

    // The server refuses, which `Display` tells only if the page gets a network error.
    let layer = CorsLayer::new(policy()).enforce(Enforcement::unsafe_requests()).unwrap();
    let app = Router::new().route("/items", get(async || "tea")).layer(layer);
    let seen = Browser::new(app).fetch_from(OTHER, Fetch::post(ITEMS)).await.unwrap();
    assert!(seen.to_string().contains("next: the request does not run"), "{seen}");

    // No layer of this crate.
    let seen = fetch(&[("*", 200, &[])], APP, Fetch::get(API)).await.unwrap();
    assert!(seen.exchanges()[0].remarks().is_empty());
}

/// Only the scheme differs, which no header of the request tells.
#[tokio::test]
async fn the_layer_knows_that_the_page_is_of_another_origin() {
    let policy = Policy::builder().allow_origins(["https://api.example"]).build().unwrap();
    let app = Router::new().route("/items", get(async || "tea")).layer(CorsLayer::new(policy));
    let seen = Browser::new(app).fetch_from("http://api.example", Fetch::get(ITEMS)).await.unwrap();
    assert!(seen.response().is_err());
    let said = seen.to_string();
    assert!(said.contains(r#"the scheme differs: "https://api.example" is allowed"#), "{said}");
    assert!(said.contains("the page may not read the response"), "{said}");
}

/// No header tells the layer: a preflight has no cookies, and this page has none either.
#[tokio::test]
async fn the_layer_knows_that_the_page_asks_with_credentials() {
    let builder = Policy::builder().allow_origins([APP]).allow_methods(["DELETE"]);
    let predicate = builder.clone().allow_origins_if(|_, _, _| false);
    let granting = builder.clone().allow_credentials(true);
    let include = |fetch: Fetch| fetch.credentials(Credentials::Include);
    let (sends, reads) = (
        "next: the browser sends the request",
        "next: the request runs, and the page may read the response",
    );
    let add =
        "to allow it: set `allow_credentials`, if pages of the origin may act as their visitor";
    let sends_not = format!("{add}\n  next: the browser does not send the request");
    let reads_not =
        format!("{add}\n  next: the request runs, and the page may not read the response");
    let rows = [
        (&builder, Fetch::get(ITEMS), reads),
        (&builder, Fetch::delete(ITEMS), sends),
        (&builder, include(Fetch::get(ITEMS)), &*reads_not),
        (&builder, include(Fetch::delete(ITEMS)), &*sends_not),
        (&builder, include(Fetch::post(ITEMS)).mode(Mode::NoCors), reads),
        (&predicate, include(Fetch::get(ITEMS)), &*reads_not),
        (&predicate, include(Fetch::delete(ITEMS)), &*sends_not),
        (&granting, include(Fetch::get(ITEMS)), reads),
        (&granting, include(Fetch::delete(ITEMS)), sends),
    ];
    for (builder, fetch, expected) in rows {
        let mut browser = Browser::new(routes(builder.build().unwrap()));
        let seen = browser.fetch_from(APP, fetch).await.unwrap();
        let [remark] = seen.exchanges()[0].remarks() else { panic!("{seen}") };
        let (_, rest) = remark.split_once(" from \"https://app.example\"\n  ").unwrap();
        assert_eq!(rest, expected, "{seen}");
    }
}

#[tokio::test]
async fn the_first_line_says_what_the_page_gets() {
    let rows: [(Fetch, &[Answer], &str); 4] = [
        (
            Fetch::get("/a"),
            &[("*", 404, SHARE)],
            "GET https://app.example/a from https://app.example: the page reads status 404",
        ),
        (
            Fetch::get(API).mode(Mode::NoCors),
            &[("*", 200, SHARE)],
            "GET https://api.example/ from https://app.example: the page gets an opaque response, and reads nothing of it",
        ),
        (
            Fetch::get("/a").redirect(Redirect::Manual),
            &[("*", 302, &[("location", "/b")])],
            "GET https://app.example/a from https://app.example: the page gets an opaque redirect, and reads nothing of it",
        ),
        (
            Fetch::get(API),
            &[("*", 200, &[])],
            "GET https://api.example/ from https://app.example is blocked",
        ),
    ];
    for (fetch_of, answers, expected) in rows {
        let seen = fetch(answers, APP, fetch_of).await.unwrap();
        assert_eq!(seen.to_string().lines().next(), Some(expected));
        assert!(!seen.response().is_ok_and(Visible::is_ok), "no status here is 200 to 299");
    }
}

#[test]
fn a_browser_shows_its_service_and_its_clock() {
    let mut browser = Browser::new("a service").user_agent(UserAgent::Firefox);
    browser.advance(Duration::from_secs(60));
    assert_eq!(
        format!("{browser:?}"),
        "Browser { service: \"a service\", user_agent: Firefox, now: 60s, .. }"
    );
}

#[test]
fn every_user_agent_has_a_name() {
    let names = UserAgent::ALL.map(UserAgent::as_str);
    assert_eq!(names, ["standard", "chromium", "firefox", "webkit"]);
    let shown = UserAgent::ALL.map(|user_agent| user_agent.to_string());
    assert_eq!(shown, ["the standard", "Chromium", "Firefox", "WebKit"]);
}

#[tokio::test]
async fn each_method_has_a_constructor() {
    for (fetch, method) in [
        (Fetch::get(API), "GET"),
        (Fetch::head(API), "HEAD"),
        (Fetch::post(API), "POST"),
        (Fetch::put(API), "PUT"),
        (Fetch::patch(API), "PATCH"),
        (Fetch::delete(API), "DELETE"),
    ] {
        let seen = Browser::new(server(&[("*", 200, SHARE)])).fetch_from(APP, fetch).await.unwrap();
        assert_eq!(seen.sent().last().unwrap().method(), method);
    }
}

/// A server chooses its fields and cookies, and logs of CI show them.
#[tokio::test]
async fn what_would_steer_a_terminal_is_escaped_in_words() {
    let hostile = "a\u{9b}31m\u{202e}b\u{2066}=1";
    let server = service_fn(async move |_: Req| {
        let value = http::HeaderValue::from_bytes(hostile.as_bytes()).unwrap();
        let mut response = http::Response::new(String::new());
        for name in [header::SET_COOKIE, header::SERVER, header::ACCESS_CONTROL_ALLOW_ORIGIN] {
            response.headers_mut().insert(name, value.clone());
        }
        Ok::<_, Infallible>(response)
    });
    let mut browser = Browser::new(server).user_agent(UserAgent::Chromium);
    let fetch = Fetch::get(ITEMS).credentials(Credentials::Include);
    let text = browser.fetch_from(APP, fetch).await.unwrap().to_string();
    assert!(text.contains("server: a\\u009b31m\\u202eb\\u2066=1"), "{text}");
    let steers = |it: char| it.is_control() && it != '\n' || "\u{202e}\u{2066}".contains(it);
    assert!(!text.contains(steers), "{text:?}");
}
