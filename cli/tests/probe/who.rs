//! Who seems to have answered in place of the layer.

use super::{POLICY, by_hand};
use crate::program::Files;
use crate::server::Server;

/// Name, the fields of a preflight's answer and of others, arguments, and the beginning of what is said.
type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
    &'static str,
);

const PUT: &[&str] = &["-X", "PUT"];
const ALLOWED: &[(&str, &str)] = &[
    ("access-control-allow-origin", "https://app.example"),
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-methods", "PUT"),
    ("access-control-max-age", "600"),
    ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
];

const ROWS: &[Row] = &[
    (
        "authentication",
        &[("status", "401"), ("www-authenticate", "Bearer")],
        &[],
        PUT,
        "authentication answered the preflight with 401 Unauthorized",
    ),
    (
        "authentication that forbids",
        &[("status", "403"), ("www-authenticate", "Negotiate")],
        &[],
        PUT,
        "authentication answered the preflight with 403 Forbidden",
    ),
    (
        "a router",
        &[("status", "405"), ("allow", "GET, PUT")],
        &[],
        PUT,
        "a router answered the preflight with 405 Method Not Allowed (allow: GET, PUT)",
    ),
    (
        "a router without the path",
        &[("status", "404")],
        &[],
        PUT,
        "a router answered the preflight with 404 Not Found",
    ),
    (
        "a log-in page",
        &[("status", "302"), ("location", "https://id.example/login")],
        &[],
        PUT,
        "somebody redirected the preflight to https://id.example/login, a log-in page",
    ),
    (
        "a log-in page, for a request without a preflight",
        &[],
        &[("status", "302"), ("location", "https://id.example/login")],
        &[],
        "somebody redirected the request to https://id.example/login, a log-in page, without Access-Control-Allow-Origin, so that no browser follows; answer 401 to scripts, and redirect pages alone",
    ),
    (
        "another place",
        &[],
        &[("status", "308"), ("location", "/items/")],
        &[],
        "somebody redirected the request to /items/, without Access-Control-Allow-Origin, so that no browser follows; put the layer outside of it",
    ),
    (
        "a proxy",
        ALLOWED,
        &[
            ("access-control-allow-origin", "https://app.example"),
            ("access-control-allow-origin", "*"),
            ("via", "1.1 edge"),
        ],
        PUT,
        "two have answered the request: a proxy or a second layer added its own Access-Control-Allow-Origin (\"https://app.example\" and \"*\"); have one place answer (via: 1.1 edge)",
    ),
    ("a rate limit", &[], &[("status", "429")], &[], "a rate limit answered the request with 429"),
    (
        "a gateway",
        &[],
        &[("status", "502"), ("server", "edge/1.0")],
        &[],
        "a gateway answered the request with 502 Bad Gateway, since the server behind it did not (server: edge/1.0)",
    ),
    (
        "an error page",
        &[],
        &[("status", "500")],
        &[],
        "an error page answered the request with 500",
    ),
    (
        "nobody",
        &[],
        &[],
        &[],
        "the request did not pass a CORS layer: it has neither Access-Control-Allow-Origin nor Vary: Origin",
    ),
];

#[test]
fn each_is_known_by_its_marks() {
    let files = Files::new(&[("cors.toml", POLICY)]);
    let mut failures = Vec::new();
    for (name, preflight, other, arguments, said) in ROWS {
        let server = by_hand(preflight, other);
        let url = server.url("/items");
        for policy in [&[][..], &["--policy", "cors.toml"]] {
            let run =
                [&["probe", &url, "--from", "https://app.example"], *arguments, policy].concat();
            let ran = files.run(&run);
            let line = format!("who answered: {said}");
            if ran.status != 1 || !ran.text.lines().any(|it| it.starts_with(&line)) {
                failures.push(format!("{name} ({}): {}{}", ran.status, ran.text, ran.notes));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// The session has expired, and the API redirects to a page of another server.
#[test]
fn a_redirect_to_a_log_in_page_is_told_with_both_urls() {
    let page = Server::new(axum::Router::new().fallback(async || "log in"));
    let login = page.url("/login?next=items");
    let location = login.clone();
    let app = axum::Router::new().fallback(async move || {
        http::Response::builder()
            .status(302)
            .header("location", location)
            .header("access-control-allow-origin", "https://app.example")
            .header("vary", "origin")
            .body(axum::body::Body::empty())
            .unwrap()
    });
    let api = Server::new(app);
    let url = api.url("/items");
    let ran = Files::new(&[]).run(&["probe", &url, "--from", "https://app.example"]);
    let line =
        format!("who answered: {login} answered, to which {url} redirected: a log-in page; ");
    assert!(ran.text.lines().any(|it| it.starts_with(&line)), "{}", ran.text);
    assert_eq!(ran.status, 1);
}

/// It denies as the document does, so that nobody else answered.
#[test]
fn nobody_is_named_where_the_server_does_what_the_document_says() {
    let files = Files::new(&[("cors.toml", POLICY)]);
    let server = super::own();
    let arguments = ["probe", &server.url("/items"), "--from", "https://evil.example"];
    let ran = files.run(&[&arguments[..], &["--policy", "cors.toml"]].concat());
    assert!(!ran.text.contains("who answered"), "{}", ran.text);
    assert_eq!(ran.status, 0);
}
