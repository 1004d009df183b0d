//! Cookies: those that servers set, those that never come, and why.
//!
//! <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html>
//!
//! `tests/browsers/cookies.rs` holds the modes for Chromium and Firefox to the real browsers.

use std::convert::Infallible;
use std::time::Duration;

use http::{HeaderMap, HeaderName, Method};
use tower::{Service, service_fn};
use tower_cors::browser::{
    Browser, CookieFate, CookieReason, Credentials, Exchange, Fetch, FetchError, Seen, UserAgent,
};

use crate::browser::{APP, Req, Res};

/// A page of the API's own site, and the API.
const SHOP: &str = "https://app.shop.example";
const API: &str = "https://api.shop.example";

/// Sets the cookies that the header `x-set` of the request has, parted by `|`, with the `Date` of `x-date`. It shares
/// everything with everybody.
fn server() -> impl Service<Req, Response = Res, Error = Infallible, Future: Send> + Clone + Send {
    service_fn(async |request: Req| {
        let asked = |name: &str| request.headers().get(name).cloned();
        let mut response = Res::default();
        let headers: &mut HeaderMap = response.headers_mut();
        for (name, value) in [
            ("access-control-allow-origin", asked("origin")),
            ("access-control-allow-methods", asked("access-control-request-method")),
            ("access-control-allow-headers", asked("access-control-request-headers")),
            ("access-control-allow-credentials", Some("true".parse().unwrap())),
            ("date", asked("x-date")),
        ] {
            headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
        }
        if request.method() == Method::OPTIONS {
            headers.insert("set-cookie", "p=1".parse().unwrap());
        }
        if let Some(lines) = asked("x-set") {
            for line in lines.to_str().unwrap().split('|') {
                headers.append("set-cookie", line.parse().unwrap());
            }
        }
        Ok(response)
    })
}

fn include(url: &str) -> Fetch {
    Fetch::get(url).credentials(Credentials::Include)
}

fn set(url: &str, lines: &str) -> Fetch {
    include(url).header("x-set", lines)
}

/// What is said of all cookies of a fetch.
fn fates(seen: &Seen) -> String {
    let cookies = seen.exchanges().iter().flat_map(Exchange::cookies);
    let fates: Vec<_> =
        cookies.map(|cookie| cookie.to_string().replace("the cookie ", "")).collect();
    fates.join("; ")
}

/// The `Cookie` that a fetch sent last.
fn sent(seen: &Seen) -> String {
    seen.sent().pop().unwrap().header("cookie").unwrap_or_default().to_owned()
}

/// A cookie is set by a page, and asked for by another one of the same browser: what the second fetch says of it.
struct Row {
    user_agent: UserAgent,
    set: (&'static str, &'static str, &'static str),
    get: (&'static str, Fetch),
    fates: &'static str,
}

const LAX: &str = "c is not sent: it is SameSite=Lax, and the page is of another site";
const DEFAULT: &str =
    "c is not sent: it has no SameSite, which counts as Lax, and the page is of another site";
const APART: &str = "c is not sent: the browser keeps cookies of other sites apart for each site that fetches from them, and it was set elsewhere";
const BLOCKED: &str = "c is not sent: the browser blocks cookies of other sites than the page's";

#[tokio::test]
async fn whether_a_cookie_comes() {
    use UserAgent::{Chromium, Firefox, Standard, WebKit};
    const NONE: &str = "c=1; SameSite=None; Secure";
    let own = |line| (API, API, line);
    let mut rows = Vec::new();
    let mut row = |user_agents: &[UserAgent], set, get: (&'static str, Fetch), fates| {
        for &user_agent in user_agents {
            rows.push(Row { user_agent, set, get: get.clone(), fates });
        }
    };
    row(&UserAgent::ALL, own("c=1"), (SHOP, include(API)), "c is sent");
    row(&UserAgent::ALL, own("c=1; SameSite=Strict"), (SHOP, include(API)), "c is sent");
    row(&[Standard, Chromium], own("c=1"), (APP, include(API)), DEFAULT);
    row(&[Firefox], own("c=1"), (APP, include(API)), APART);
    row(&[WebKit], own("c=1"), (APP, include(API)), BLOCKED);
    row(&UserAgent::ALL, own("c=1; SameSite=Lax"), (APP, include(API)), LAX);
    row(&[Standard, Chromium], own(NONE), (APP, include(API)), "c is sent");
    row(&[Firefox], own(NONE), (APP, include(API)), APART);
    row(&[WebKit], own(NONE), (APP, include(API)), BLOCKED);
    row(&[Standard, Chromium, Firefox], (APP, API, NONE), (APP, include(API)), "c is sent");
    row(&[Firefox], (APP, API, NONE), (SHOP, include(API)), APART);
    row(&[Standard, Chromium], (APP, API, NONE), (SHOP, include(API)), "c is sent");
    row(
        &[Chromium],
        (APP, API, "c=1; SameSite=None; Secure; Partitioned"),
        ("https://other.example", include(API)),
        APART,
    );
    row(
        &UserAgent::ALL,
        own("c=1"),
        (SHOP, Fetch::get(API)),
        "c is not sent: the credentials mode is `same-origin`, and the URL is of another origin than the page",
    );
    row(
        &UserAgent::ALL,
        own("c=1"),
        (API, Fetch::get(API).credentials(Credentials::Omit)),
        "c is not sent: the credentials mode is `omit`",
    );
    row(&UserAgent::ALL, own("c=1"), (API, Fetch::get(API)), "c is sent");
    row(&[Standard, Chromium], own("c=1"), ("null", include(API)), DEFAULT);
    row(&[Standard, Chromium], own("c=1"), (SHOP, include("http://api.shop.example/")), DEFAULT);
    row(&[Firefox, WebKit], own("c=1"), (SHOP, include("http://api.shop.example/")), "c is sent");
    row(
        &UserAgent::ALL,
        own("c=1"),
        (SHOP, include(SHOP)),
        "c is not sent: it is for another host",
    );
    row(&UserAgent::ALL, own("c=1; Domain=shop.example"), (SHOP, include(SHOP)), "c is sent");
    row(
        &UserAgent::ALL,
        (SHOP, "https://shop.example", "c=1"),
        (SHOP, include(API)),
        "c is not sent: it is for another host",
    );
    for set in [own("c=1; Path=/v1"), (API, "https://api.shop.example/v1/login", "c=1")] {
        row(&UserAgent::ALL, set, (SHOP, include(API)), "c is not sent: it is for another path");
    }
    row(
        &UserAgent::ALL,
        own("c=1; Secure"),
        (SHOP, include("http://api.shop.example/")),
        "c is not sent: it is Secure, and the URL is not https",
    );
    // Other servers know nothing of it.
    row(&UserAgent::ALL, own("c=1"), (SHOP, include("https://else.example/")), "");
    let mut failures = Vec::new();
    for Row { user_agent, set: (page, url, line), get: (asks, fetch), fates: expected } in rows {
        let mut browser = Browser::new(server()).user_agent(user_agent);
        let first = browser.fetch_from(page, set(url, line)).await.unwrap();
        assert_eq!(first.exchanges().last().unwrap().cookies()[0].fate(), CookieFate::Kept);
        let seen = browser.fetch_from(asks, fetch).await.unwrap();
        let got = fates(&seen);
        let is_sent = sent(&seen) == "c=1";
        if got != expected || is_sent != (expected == "c is sent") {
            failures.push(format!("{user_agent}, {line}, {asks}: expected {expected}, got {got}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What is said of one line of `Set-Cookie`.
#[tokio::test]
async fn whether_a_cookie_is_kept() {
    use UserAgent::{Chromium, Firefox, Standard, WebKit};
    const HTTP: &str = "http://api.shop.example";
    const PREFIX: CookieFate = CookieFate::Refused(CookieReason::Prefix);
    const DOMAIN: CookieFate = CookieFate::Refused(CookieReason::Domain);
    let refused = CookieFate::Refused;
    let all = &UserAgent::ALL[..];
    let knowing = &[Standard, Chromium, Firefox][..];
    let rows: &[(&[UserAgent], &str, &str, &str, CookieFate)] = &[
        (all, API, API, "c=1", CookieFate::Kept),
        (all, API, API, "c=1; Max-Age=0", CookieFate::Removed),
        (
            all,
            API,
            API,
            "c=1; Max-Age=-1; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
            CookieFate::Removed,
        ),
        (all, API, API, "c=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", CookieFate::Removed),
        (all, API, API, "c=1; Expires=Friday, 01-Jan-99 00:00:00 GMT", CookieFate::Removed),
        (all, API, API, "c=1; Expires=nonsense", CookieFate::Kept),
        (all, API, API, "nothing", refused(CookieReason::Malformed)),
        (all, API, API, "c=1; Domain=shop.example", CookieFate::Kept),
        (all, API, API, "c=1; Domain=.SHOP.example", CookieFate::Kept),
        (all, API, API, "c=1; Domain=example", DOMAIN),
        (all, API, API, "c=1; Domain=app.shop.example", DOMAIN),
        (all, API, API, "c=1; Domain=else.example", DOMAIN),
        (all, "https://a.github.io", "https://a.github.io", "c=1; Domain=github.io", DOMAIN),
        (all, API, API, "__Host-c=1; Secure; Path=/", CookieFate::Kept),
        (all, API, API, "__Host-c=1; Secure", PREFIX),
        (all, API, API, "__host-c=1; Secure; Path=/; Domain=api.shop.example", PREFIX),
        (all, API, API, "__Secure-c=1", PREFIX),
        (all, API, API, "__Http-c=1; Secure; HttpOnly", CookieFate::Kept),
        (knowing, API, API, "__Http-c=1; Secure", PREFIX),
        (knowing, API, API, "__http-c=1; HttpOnly", PREFIX),
        (&[WebKit], API, API, "__Http-c=1", CookieFate::Kept),
        (all, API, API, "__Host-Http-c=1; Secure; HttpOnly; Path=/", CookieFate::Kept),
        (knowing, API, API, "__Host-Http-c=1; Secure; Path=/", PREFIX),
        (&[WebKit], API, API, "__Host-Http-c=1; Secure; Path=/", CookieFate::Kept),
        (all, API, API, "__host-http-c=1; Secure; HttpOnly", PREFIX),
        (knowing, API, API, "c=1; SameSite=None", refused(CookieReason::NoneWithoutSecure)),
        (&[WebKit], API, API, "c=1; SameSite=None", CookieFate::Kept),
        (&[Standard, WebKit], API, API, "c=1; Partitioned", CookieFate::Kept),
        (all, HTTP, HTTP, "c=1; Secure", refused(CookieReason::Insecure)),
        (
            &[Chromium, Firefox],
            "http://localhost",
            "http://localhost:81",
            "c=1; Secure",
            CookieFate::Kept,
        ),
        (
            &[Standard, WebKit],
            "http://localhost",
            "http://localhost:81",
            "c=1; Secure",
            refused(CookieReason::Insecure),
        ),
        (
            &[Chromium, Firefox],
            API,
            API,
            "c=1; Partitioned",
            refused(CookieReason::PartitionedWithoutSecure),
        ),
        (all, APP, API, "c=1; SameSite=Lax", refused(CookieReason::Lax)),
        (all, APP, API, "c=1; SameSite=Strict; Secure", refused(CookieReason::Strict)),
        (&[Standard, Chromium], APP, API, "c=1", refused(CookieReason::LaxByDefault)),
        (&[Firefox], APP, API, "c=1", CookieFate::Kept),
        (&[WebKit], APP, API, "c=1", refused(CookieReason::ThirdParty)),
    ];
    let mut failures = Vec::new();
    for &(user_agents, page, url, line, expected) in rows {
        for &user_agent in user_agents {
            let mut browser = Browser::new(server()).user_agent(user_agent);
            let seen = browser.fetch_from(page, set(url, line)).await.unwrap();
            let cookies = seen.exchanges().last().unwrap().cookies();
            if cookies.len() != 1 || cookies[0].fate() != expected {
                failures.push(format!("{user_agent}, {page}, {url}, {line}: {cookies:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The credentials mode of the fetch that logs in decides whether the browser takes the cookie at all.
#[tokio::test]
async fn a_login_without_credentials_keeps_no_cookie() {
    for (credentials, reason) in [
        (Credentials::SameOrigin, CookieReason::SameOrigin),
        (Credentials::Omit, CookieReason::Omit),
    ] {
        let login = set(API, "c=1; SameSite=None; Secure").credentials(credentials);
        let mut browser = Browser::new(server());
        let seen = browser.fetch_from(APP, login).await.unwrap();
        let [preflight, response] = seen.exchanges() else { panic!("{seen}") };
        assert_eq!(response.cookies()[0].fate(), CookieFate::Refused(reason));
        let fate = preflight.cookies()[0].fate();
        assert_eq!(fate, CookieFate::Refused(CookieReason::Preflight), "{seen}");
        let seen = browser.fetch_from(APP, include(API)).await.unwrap();
        assert_eq!((sent(&seen), fates(&seen)), (String::new(), String::new()));
    }
}

/// The clock is the browser's, and `Date` says what `Expires` is held against.
#[tokio::test]
async fn cookies_expire() {
    const LINES: &str = "a=1; Max-Age=60|b=1; Expires=Thu, 01 Jan 1970 00:01:30 GMT; Max-Age=x|c=1";
    let mut browser = Browser::new(server());
    let fetch = set(API, LINES).header("x-date", "Thu, 01 Jan 1970 00:00:00 GMT");
    browser.fetch_from(API, fetch).await.unwrap();
    for (seconds, expected) in
        [(59, "a=1; b=1; c=1"), (1, "b=1; c=1"), (30, "c=1"), (u64::MAX, "c=1")]
    {
        browser.advance(Duration::from_secs(seconds));
        assert_eq!(sent(&browser.fetch_from(API, include(API)).await.unwrap()), expected);
    }
}

/// Longer paths first, and then the older ones; a cookie of the same name, domain and path replaces another.
#[tokio::test]
async fn the_order_of_cookies() {
    let mut browser = Browser::new(server());
    browser
        .fetch_from(API, set(API, "a=1|b=1; Path=/v1/|c=1; Path=/v1/items|a=2|d=1"))
        .await
        .unwrap();
    let url = "https://api.shop.example/v1/items/1";
    assert_eq!(sent(&browser.fetch_from(API, include(url)).await.unwrap()), "c=1; b=1; a=2; d=1");
    let url = "https://api.shop.example/v1/items2";
    assert_eq!(sent(&browser.fetch_from(API, include(url)).await.unwrap()), "b=1; a=2; d=1");
}

/// An insecure response cannot put its cookie in the place of a secure one.
#[tokio::test]
async fn secure_cookies_are_left_alone() {
    let mut browser = Browser::new(server()).user_agent(UserAgent::Firefox);
    browser.fetch_from(API, set(API, "c=1; Secure")).await.unwrap();
    let http = "http://api.shop.example";
    let seen = browser.fetch_from(http, set(http, "c=2")).await.unwrap();
    let fate = seen.exchanges()[0].cookies().last().unwrap().fate();
    assert_eq!(fate, CookieFate::Refused(CookieReason::Overwrites));
    assert_eq!(sent(&browser.fetch_from(API, include(API)).await.unwrap()), "c=1");
    // No cookie that is secure is in the place of these: of the name, or of the path.
    browser.fetch_from(API, set(API, "e=1; Secure; Path=/v1")).await.unwrap();
    for line in ["d=1", "d=2", "e=2"] {
        let seen = browser.fetch_from(http, set(http, line)).await.unwrap();
        let cookie = seen.exchanges()[0].cookies().last().unwrap();
        assert_eq!((cookie.name(), cookie.fate()), (&line[..1], CookieFate::Kept), "{line}");
    }
}

/// Names under it belong to many, so that nobody else gets what it sets.
#[tokio::test]
async fn the_domain_of_a_public_suffix_is_the_host_alone() {
    for host in ["https://github.io", "https://127.0.0.1"] {
        let domain = host.trim_start_matches("https://");
        let mut browser = Browser::new(server());
        let lines = format!("c=1|c=2; Domain={domain}");
        let seen = browser.fetch_from(host, set(host, &lines)).await.unwrap();
        assert_eq!(fates(&seen), "c is kept; c is kept");
        assert_eq!(sent(&browser.fetch_from(host, include(host)).await.unwrap()), "c=2");
    }
}

/// The response that says 401 for want of a cookie is readable: only the exchange tells why there was none.
#[tokio::test]
async fn a_cookie_that_never_comes_in_words() {
    let mut browser = Browser::new(server()).user_agent(UserAgent::Chromium);
    browser.fetch_from(API, set(API, "session=1; HttpOnly")).await.unwrap();
    let fetch = include("https://api.shop.example/me");
    let seen = browser.fetch_from(APP, fetch).await.unwrap();
    assert_eq!(
        seen.to_string(),
        "\
GET https://api.shop.example/me from https://app.example: the page reads status 200

GET https://api.shop.example/me
  accept: */*
  host: api.shop.example
  origin: https://app.example
  (the cookie session is not sent: it has no SameSite, which counts as Lax, and the page is of another site)
200 OK
  access-control-allow-credentials: true
> access-control-allow-origin: https://app.example
",
    );
}

#[tokio::test]
async fn a_cookie_of_a_user_is_as_one_of_the_server() {
    let mut browser = Browser::new(server())
        .cookie(API, "a=1; SameSite=None; Secure")
        .cookie(API, "b=2; Max-Age=60")
        .cookie("https://shop.example", "d=1; Domain=shop.example");
    assert_eq!(sent(&browser.fetch_from(SHOP, include(API)).await.unwrap()), "a=1; b=2; d=1");
    browser.advance(Duration::from_secs(60));
    assert_eq!(sent(&browser.fetch_from(APP, include(API)).await.unwrap()), "a=1");

    let mut browser = Browser::new(server()).cookie(API, "a=1; SameSite=None");
    let error = browser.fetch_from(APP, include(API)).await.unwrap_err();
    assert!(matches!(
        error,
        FetchError::Cookie { reason: Some(CookieReason::NoneWithoutSecure), .. }
    ));
    assert_eq!(
        error.to_string(),
        "cookie \"a=1; SameSite=None\" cannot be set by \"https://api.shop.example\" (it is SameSite=None, and not Secure); write one such as \"session=1; SameSite=None; Secure\" for \"https://api.example\"",
    );
}

/// Chromium judges the URL alone, and Firefox what led there.
#[tokio::test]
async fn a_redirect_over_another_site() {
    for (user_agent, expected) in [(UserAgent::Chromium, "c is sent"), (UserAgent::Firefox, LAX)] {
        let service = service_fn(async |request: Req| {
            let is_there = request.headers()["host"] == "api.shop.example";
            let mut response = server().call(request).await?;
            if !is_there {
                *response.status_mut() = http::StatusCode::FOUND;
                response.headers_mut().insert("location", API.parse().unwrap());
            }
            Ok::<_, Infallible>(response)
        });
        let mut browser =
            Browser::new(service).user_agent(user_agent).cookie(API, "c=1; SameSite=Lax");
        let seen = browser.fetch_from(API, include("https://else.example/")).await.unwrap();
        assert_eq!(fates(&seen), expected, "{seen}");
    }
}
