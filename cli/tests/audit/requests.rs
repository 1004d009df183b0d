//! What an audit sends: a bounded number of requests that change nothing, one at a time, by a plain name.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;

use super::audit;
use crate::program::Files;
use crate::server::Server;

#[test]
fn requests_are_sent_one_at_a_time_and_change_nothing() {
    let at_once = Arc::new(AtomicUsize::new(0));
    let got: Arc<Mutex<Vec<(String, String, String)>>> = Arc::default();
    let told = got.clone();
    let app = Router::new().fallback(move |request: Request| {
        let field = |name| {
            let value = request.headers().get(name).map(|value| value.to_str().unwrap());
            value.unwrap_or_default().to_owned()
        };
        let method = request.method().to_string();
        told.lock().unwrap().push((method, field("user-agent"), field("authorization")));
        let at_once = at_once.clone();
        async move {
            let others = at_once.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1)).await;
            at_once.fetch_sub(1, Ordering::SeqCst);
            assert_eq!(others, 0);
            "hello"
        }
    });
    let server = Server::new(app);
    let arguments = ["--from", "https://app.example", "-H", "authorization: Bearer x"];
    let (_, _, report) = audit(&server.url("/a/b?q=1"), &arguments);
    let got = got.lock().unwrap();
    assert_eq!(report["requests"], got.len());
    for (method, user_agent, authorization) in got.iter() {
        assert_eq!(*user_agent, concat!("tower-cors/", env!("CARGO_PKG_VERSION")));
        match method.as_str() {
            "GET" => assert_eq!(authorization, "Bearer x"),
            "OPTIONS" => assert_eq!(authorization, ""),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn bad_input_is_told() {
    for (arguments, said) in [
        (&["http://127.0.0.1:1/"][..], "error: GET http://127.0.0.1:1/?tower-cors-audit=0: "),
        (
            &["api.example"],
            "error: URL \"api.example\" has no scheme; write \"https://api.example\"",
        ),
        (&["http://127.0.0.1:1/", "-H", "x"], "error: header \"x\" is none; write \"name: value\""),
        (
            &["http://127.0.0.1:1/", "--from", "https://app.example/"],
            "error: origin \"https://app.example/\" has a path; write one such as ",
        ),
        (
            &["http://127.0.0.1:1/", "-X", "POST"],
            "error: invalid value 'POST' for '--method <METHOD>'",
        ),
    ] {
        let ran = Files::new(&[]).run(&[&["audit"], arguments].concat());
        assert_eq!((ran.status, &*ran.text), (2, ""), "{arguments:?}");
        assert!(ran.notes.starts_with(said), "{}", ran.notes);
    }
}
