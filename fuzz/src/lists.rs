//! Lists of names in fields: `Access-Control-Request-Headers` of a request, `Vary` of the response of an inner service.
//! Held to the oracle.
//!
//! An input is a text of lines: on the first the names that a policy allows, each of the others a line of both fields.

use std::str;

use http::HeaderValue;
use tower_cors::Policy;

use crate::oracle::{self, CLOSED, Config, Line, Request, Response};
use crate::subject::{build, from_map, layer, send, sorted, to_http};

const ORIGIN: &str = "https://a.example";

pub fn check(input: &[u8]) -> Option<()> {
    let mut lines = input.split(|byte| *byte == b'\n');
    let allowed = str::from_utf8(lines.next()?).ok()?;
    let lines: Vec<&[u8]> = lines.collect();
    if lines.len() > 32 || lines.iter().any(|line| HeaderValue::from_bytes(line).is_err()) {
        return None;
    }
    let is_sound = |name: &&str| {
        Policy::builder().allow_origins([ORIGIN]).allow_headers([*name]).build().is_ok()
    };
    let headers: Vec<&str> = allowed.split(' ').filter(is_sound).take(32).collect();
    let named = |name| -> Vec<Line> {
        lines.iter().map(|line| (str::to_owned(name), line.to_vec())).collect()
    };
    let mut head = named("access-control-request-headers");
    for (name, value) in [("origin", ORIGIN), ("access-control-request-method", "PUT")] {
        head.push((name.to_owned(), value.as_bytes().to_vec()));
    }
    let preflight = Request { method: "OPTIONS".to_owned(), lines: head };
    let options = Request { method: "OPTIONS".to_owned(), lines: Vec::new() };
    let silent = Response { status: 200, lines: Vec::new() };
    let varying = Response { status: 200, lines: named("vary") };

    for origins in [&[ORIGIN][..], &["*"], &[ORIGIN, "https://b.example"]] {
        let config = Config { origins, headers: &headers, methods: &["PUT"], ..CLOSED };
        let policy = build(&config).expect("sound names");
        let decision = policy.decide(&to_http(&preflight));
        let expected = oracle::answer(&config, &preflight, &silent);
        assert_eq!(decision.denial(), expected.denial, "{config:?}\n{lines:?}");
        let said = sorted(from_map(&decision.headers()));
        assert_eq!(said, sorted(expected.response.lines), "{config:?}\n{lines:?}");

        // What varies already is told once.
        let answer = send(&layer(&config, policy), &options, &varying);
        let expected = oracle::answer(&config, &options, &varying);
        assert_eq!(sorted(answer.response.lines), sorted(expected.response.lines), "{config:?}");
    }
    Some(())
}
