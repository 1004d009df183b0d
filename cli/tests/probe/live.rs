//! The exchange, the verdict, and the header at fault.

use tower_cors::Policy;

use super::{POLICY, by_hand, other, own};
use crate::program::Files;
use crate::server::Server;

fn files() -> Files {
    Files::new(&[("cors.toml", POLICY), ("other.toml", "allow_origins = ['https://else.example']")])
}

#[test]
fn a_fetch_that_is_allowed_has_status_0_and_shows_the_exchange() {
    let server = own();
    let url = server.url("/items");
    let arguments = ["probe", &url, "--from", "https://app.example", "-X", "PUT"];
    let more = ["-H", "content-type: application/json", "-d", "{}", "--credentials"];
    let ran = files().run(&[&arguments[..], &more].concat());
    assert_eq!(ran.status, 0, "{}{}", ran.text, ran.notes);
    for line in [
        format!("OPTIONS {url}"),
        "204 No Content".to_owned(),
        "  access-control-allow-methods: PUT".to_owned(),
        format!("PUT {url}"),
        "200 OK".to_owned(),
        "> access-control-allow-origin: https://app.example".to_owned(),
        "  access-control-expose-headers: x-request-id".to_owned(),
    ] {
        assert!(ran.text.lines().any(|it| it == line), "{line}\n{}", ran.text);
    }
    let first = ran.text.lines().next().unwrap();
    assert!(
        first
            .starts_with(&format!("PUT {url} from https://app.example: the page reads status 200")),
        "{first}"
    );
}

/// This crate's layer, another crate's, and headers that are written by hand: each denies in its own way.
#[test]
fn the_header_at_fault_is_told_whatever_the_server_is() {
    let own = own();
    let other = other();
    let by_hand = by_hand(
        &[("access-control-allow-origin", "*"), ("access-control-allow-headers", "x-b")],
        &[("access-control-allow-origin", "*")],
    );
    let rows: [(&Server, &[&str], &str); 7] = [
        (&own, &["--from", "https://evil.example"], "has no access-control-allow-origin"),
        (&other, &["--from", "https://evil.example"], "has no access-control-allow-origin"),
        (&own, &["--from", "https://app.example", "-H", "x-a"], "to allow the request header x-a"),
        (
            &other,
            &["--from", "https://app.example", "-H", "x-a"],
            "does not allow the request header x-a",
        ),
        (
            &other,
            &["--from", "https://app.example", "-X", "PATCH"],
            "does not allow the method PATCH",
        ),
        (
            &by_hand,
            &["--from", "https://app.example", "-H", "x-a"],
            "access-control-allow-headers \"x-b\"",
        ),
        (&by_hand, &["--from", "https://app.example", "-b", "session=1"], "\"*\" of the response"),
    ];
    for (server, arguments, reason) in rows {
        let url = server.url("/items");
        let ran = files().run(&[&["probe", &url], arguments].concat());
        assert_eq!(ran.status, 1, "{arguments:?}: {}{}", ran.text, ran.notes);
        assert!(ran.text.contains(reason), "{reason}: {}", ran.text);
        assert!(ran.text.lines().any(|line| line.starts_with("> ")), "{}", ran.text);
    }
}

#[test]
fn the_console_of_the_browser_is_that_which_is_chosen() {
    let server = own();
    let url = server.url("/items");
    for (browser, said) in [
        ("chromium", "has been blocked by CORS policy"),
        ("firefox", "Cross-Origin Request Blocked"),
    ] {
        let arguments = ["probe", &url, "--from", "https://evil.example", "--browser", browser];
        let ran = files().run(&arguments);
        assert!(ran.text.contains(said), "{}", ran.text);
    }
}

#[test]
fn a_server_that_cannot_be_reached_has_status_2() {
    let ran = files().run(&["probe", "http://127.0.0.1:1/items", "--from", "https://app.example"]);
    assert_eq!((ran.status, &*ran.text), (2, ""));
    assert!(ran.notes.starts_with("error: http://127.0.0.1:1/items: "), "{}", ran.notes);
    assert!(ran.notes.contains("Connection refused"), "{}", ran.notes);
}

#[test]
fn an_answer_that_never_comes_is_waited_for_no_longer_than_is_said() {
    let server = Server::run(|listener| async move {
        let mut kept = Vec::new();
        while let Ok(connection) = listener.accept().await {
            kept.push(connection);
        }
    });
    let url = server.url("/");
    let arguments = ["probe", &url, "--from", "https://app.example", "--timeout", "1"];
    files().run(&arguments).is(2, "", &format!("error: {url}: no answer within 1 second\n"));
}

/// A stream of events is read for a while, and then told.
#[test]
fn a_body_that_never_ends_keeps_nobody_waiting() {
    let app = axum::Router::new().fallback(async || {
        let body = axum::body::Body::new(Endless);
        http::Response::builder().header("access-control-allow-origin", "*").body(body).unwrap()
    });
    let server = Server::new(app);
    let arguments = ["probe", &server.url("/"), "--from", "https://app.example", "--timeout", "1"];
    assert_eq!(files().run(&arguments).status, 0);
}

struct Endless;

impl hyper::body::Body for Endless {
    type Data = hyper::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

#[test]
fn a_document_beside_it_is_what_counts() {
    let files = files();
    for server in [own(), other()] {
        let url = server.url("/items");
        for (from, more) in [
            ("https://app.example", &["-X", "PUT", "-H", "content-type", "--credentials"][..]),
            ("https://app.example", &[]),
            ("https://app.example", &["-H", "x-a"]),
            ("https://evil.example", &[]),
            ("https://evil.example", &["-X", "PUT"]),
        ] {
            let arguments = ["probe", &url, "--from", from, "--policy", "cors.toml"];
            let ran = files.run(&[&arguments[..], more].concat());
            assert!(
                ran.text.ends_with("the server does what the document says\n"),
                "{from} {more:?}: {}",
                ran.text
            );
            assert_eq!(ran.status, 0, "{}", ran.text);
        }
        let arguments = ["probe", &url, "--from", "https://app.example", "--policy", "other.toml"];
        let ran = files.run(&arguments);
        assert_eq!(ran.status, 1);
        let line = format!(
            "  GET {url}: access-control-allow-origin should be \"https://else.example\", and is \"https://app.example\""
        );
        assert!(ran.text.lines().any(|it| it == line), "{}", ran.text);
    }
}

/// Each server blocks a page that the document allows.
#[test]
fn a_server_that_blocks_what_the_document_allows_does_not_agree() {
    const ORIGIN: (&str, &str) = ("access-control-allow-origin", "https://app.example");
    const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");
    const VARY: (&str, &str) = ("vary", "origin");
    let files = files();
    let rows: [(Server, &[&str], &str); 3] = [
        // Methods differ by case.
        (
            by_hand(
                &[
                    ORIGIN,
                    CREDENTIALS,
                    ("access-control-allow-methods", "put"),
                    ("access-control-max-age", "600"),
                ],
                &[ORIGIN, CREDENTIALS, VARY, ("access-control-expose-headers", "x-request-id")],
            ),
            &["-X", "PUT"],
            "access-control-allow-methods should be \"PUT\", and is \"put\"",
        ),
        // `*` means nothing where credentials go along.
        (
            by_hand(
                &[
                    ORIGIN,
                    CREDENTIALS,
                    ("access-control-allow-methods", "*"),
                    ("access-control-allow-headers", "*"),
                    ("access-control-max-age", "600"),
                ],
                &[ORIGIN, CREDENTIALS, VARY, ("access-control-expose-headers", "x-request-id")],
            ),
            &["-X", "PUT", "-H", "content-type", "--credentials"],
            "access-control-allow-headers should be \"content-type\", and is \"*\"",
        ),
        // No field differs, and the list is malformed for browsers.
        (
            by_hand(
                &[
                    ORIGIN,
                    CREDENTIALS,
                    ("access-control-allow-methods", "PUT"),
                    ("access-control-allow-headers", "content-type, b@d"),
                    ("access-control-max-age", "600"),
                ],
                &[ORIGIN, CREDENTIALS, VARY, ("access-control-expose-headers", "x-request-id")],
            ),
            &["-X", "PUT", "-H", "content-type"],
            "the page should not be blocked, and is: ",
        ),
    ];
    for (server, more, said) in rows {
        let url = server.url("/items");
        let arguments = ["probe", &url, "--from", "https://app.example", "--policy", "cors.toml"];
        let ran = files.run(&[&arguments[..], more].concat());
        assert_eq!(ran.status, 1, "{}{}", ran.text, ran.notes);
        assert!(ran.text.contains(said), "{said}: {}", ran.text);
        assert!(ran.text.contains("the page should not be blocked, and is: "), "{}", ran.text);
    }
    // Without credentials `*` is a wildcard.
    let public = Files::new(&[("any.toml", "allow_origins = ['*']\nallow_methods = ['PUT']")]);
    let server = by_hand(
        &[("access-control-allow-origin", "*"), ("access-control-allow-methods", "*")],
        &[("access-control-allow-origin", "*")],
    );
    let url = server.url("/items");
    let arguments = ["probe", &url, "--from", "https://app.example", "--policy", "any.toml"];
    let ran = public.run(&[&arguments[..], &["-X", "PUT"]].concat());
    assert_eq!(ran.status, 0, "{}{}", ran.text, ran.notes);
}

#[test]
fn programs_read_it_as_json() {
    let server = own();
    let url = server.url("/items");
    let arguments = ["probe", &url, "--from", "https://evil.example", "--format", "json"];
    let report = files().run(&[&arguments[..], &["--policy", "cors.toml"]].concat()).json(0);
    let probed = &report["requests"][0];
    assert_eq!(probed["verdict"], "blocked");
    assert_eq!(probed["exchanges"][0]["status"], 200);
    assert_eq!(probed["exchanges"][0]["decided_by"]["missing"], "access-control-allow-origin");
    assert_eq!(probed["policy"]["agrees"], true);
    assert_eq!(probed["who"].as_array().unwrap().len(), 0);
}

/// A page of the same site, since no browser sends a cookie from another one without TLS.
#[test]
fn what_is_pasted_is_sent() {
    let layer = Policy::builder()
        .allow_origins(["http://127.0.0.1:5173"])
        .allow_credentials(true)
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .build()
        .unwrap();
    let server = Server::new(axum::Router::new().fallback(async || "saved").layer(layer));
    let url = server.url("/items");
    let command = format!(
        "curl '{url}' -X PUT -H 'origin: http://127.0.0.1:5173' -H 'content-type: application/json' \
         -b 'a=1; b=2' --data-raw '{{}}'"
    );
    let ran = files().run_with(&["probe", "--curl"], &command);
    assert_eq!(ran.status, 0, "{}{}", ran.text, ran.notes);
    assert!(ran.text.contains(&format!("PUT {url} from http://127.0.0.1:5173")), "{}", ran.text);
    assert!(ran.text.contains("  cookie: a=1; b=2"), "{}", ran.text);
}

/// The most likely wrong turn with credentials: the cookie never comes.
#[test]
fn a_cookie_that_never_comes_is_told() {
    let server = own();
    let url = server.url("/items");
    let arguments = ["probe", &url, "--from", "https://app.example", "-b", "session=1"];
    let ran = files().run(&arguments);
    assert!(!ran.text.contains("  cookie: session=1"), "{}", ran.text);
    assert!(ran.text.contains("SameSite"), "{}", ran.text);
}

/// The example of this repository is a live server, too.
#[test]
fn the_example_serve_is_asked() {
    let serve = crate::serve::Serve::start();
    let url = format!("http://{}/echo", serve.api);
    let arguments =
        ["probe", &url, "--from", "http://localhost:3001", "-X", "PUT", "--credentials"];
    let ran = files().run(&arguments);
    assert_eq!(ran.status, 0, "{}{}", ran.text, ran.notes);
    let ran = files().run(&["probe", &url, "--from", "https://evil.example", "-X", "PUT"]);
    assert_eq!(ran.status, 1, "{}", ran.text);
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/serve/policies/app.json");
    let document = ["--policy", policy];
    for from in ["http://localhost:3001", "https://evil.example"] {
        let ran = files().run(&[&["probe", &url, "--from", from][..], &document].concat());
        assert_eq!(ran.status, 0, "{}", ran.text);
    }
}

/// A HAR file has requests for many servers, some of them gone.
#[test]
fn what_fails_of_a_har_file_keeps_nothing_else_back() {
    let server = own();
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/gone", listener.local_addr().unwrap())
    };
    let socket = "wss://api.example/live".to_owned();
    let url = server.url("/items");
    let entry = |url: &String| {
        let origin = serde_json::json!({ "name": "origin", "value": "https://app.example" });
        serde_json::json!({ "request": { "method": "GET", "url": url, "headers": [origin] } })
    };
    let entries: Vec<_> = [&gone, &socket, &url].into_iter().map(entry).collect();
    let har = serde_json::json!({ "log": { "entries": entries } }).to_string();
    for format in ["text", "json"] {
        let ran = files().run_with(&["probe", "--har", "--format", format], &har);
        assert_eq!(ran.status, 2, "{ran:#?}");
        assert!(ran.text.contains(&url), "{}", ran.text);
        let notes: Vec<&str> = ran.notes.lines().collect();
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].starts_with(&format!("error: {gone}: ")), "{notes:?}");
        assert!(notes[1].starts_with(&format!("error: URL \"{socket}\" has ")), "{notes:?}");
    }
}
