//! What a policy decides, and what its layer makes of a request and of the response of its inner service, held to the
//! oracle.
//!
//! An input has three parts: a policy (see `policy`), the head of a request, which begins with its method, and that of
//! the inner service's response, which begins with its status.

use std::str;

use http::Method;

use crate::oracle::{self, Answer, Config, Request, Response};
use crate::policy::Written;
use crate::subject::{from_map, in_order, layer, send, sorted, to_http};
use crate::text::{Part, parts};

pub fn check(input: &[u8]) -> Option<()> {
    let [policy, request, response] = parts(input)?;
    let mut written = Written::read(&policy)?;
    let policy = written.build()?;
    let (request, inner) = (read_request(&request)?, read_response(&response)?);
    let config = written.config();
    let message = to_http(&request);
    let expected = oracle::answer(&config, &request, &Response { status: 200, lines: Vec::new() });

    let decision = policy.decide(&message);
    let said = (decision.kind(), decision.denial(), decision.is_allowed());
    let is_allowed = expected.denial.is_none();
    let expected_of_it = (oracle::kind(&request), expected.denial, is_allowed);
    assert_eq!(said, expected_of_it, "{}", show(&config, &request));
    // The headers of a decision are those of a layer with no settings of its own.
    if !config.hide {
        let (lines, expected) = (from_map(&decision.headers()), expected.response.lines);
        assert_eq!(sorted(lines), sorted(expected), "{}", show(&config, &request));
    }

    let expected = oracle::answer(&config, &request, &inner);
    let actual = send(&layer(&config, policy), &request, &inner);
    let actual = Answer { denial: expected.denial, ..actual };
    let inner = &inner.lines;
    assert_eq!(in_order(actual), in_order(expected), "{} {inner:?}", show(&config, &request));
    Some(())
}

pub(crate) fn read_request(part: &Part<'_>) -> Option<Request> {
    let method = Method::from_bytes(part.first).ok()?;
    Some(Request { method: method.as_str().to_owned(), lines: part.lines() })
}

pub(crate) fn read_response(part: &Part<'_>) -> Option<Response> {
    let status = str::from_utf8(part.first).ok()?.parse().ok()?;
    // What switches protocols has no body to speak of.
    (200..1000).contains(&status).then(|| Response { status, lines: part.lines() })
}

fn show(config: &Config<'_>, request: &Request) -> String {
    format!("{config:?}\n{request:?}")
}
