//! Which requests a change is about.
#![allow(clippy::too_many_lines, reason = "tables are long")]

use std::time::Duration;

use http::Request;
use tower_cors::{Policy, PolicyBuilder};

use super::{app, one};

/// A request of [`app`]'s origin, as `method` or as `preflight method; names`.
fn request(written: &str) -> Request<()> {
    let (line, names) = written.split_once("; ").unwrap_or((written, ""));
    let request = Request::builder().header("origin", "https://app.example");
    let request = match line.strip_prefix("preflight ") {
        Some(method) => request.method("OPTIONS").header("access-control-request-method", method),
        None => request.method(line),
    };
    // A plain request may have the field, too, which is none of its business.
    let request = if names.is_empty() {
        request
    } else {
        request.header("access-control-request-headers", names)
    };
    request.body(()).unwrap()
}

/// Two policies, the line of a change, requests that it is about, and others.
type Row = (
    Vec<PolicyBuilder>,
    Vec<PolicyBuilder>,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

#[test]
fn a_change_is_about_what_it_tells_of() {
    let put = || app().allow_methods(["PUT"]);
    let rows: Vec<Row> = vec![
        (
            vec![app()],
            vec![put()],
            "+ newly allows the method PUT",
            &["preflight PUT", "PUT"],
            &["preflight GET", "GET", "preflight CONNECT"],
        ),
        (
            vec![app().only_methods(["POST"])],
            vec![app().only_methods(["POST", "GET"])],
            "+ newly allows the method GET",
            &["preflight GET", "GET", "CONNECT"],
            &["POST", "preflight POST"],
        ),
        (
            vec![app().only_methods(["GET", "HEAD", "POST"])],
            vec![app()],
            "+ newly shares responses to any method",
            &["PUT", "GET"],
            &["preflight PUT"],
        ),
        (
            vec![app()],
            vec![app().allow_credentials(true)],
            "+ newly grants credentials (opening)",
            &["GET", "preflight GET"],
            &[],
        ),
        (
            vec![app()],
            vec![app().expose_headers(["x-a"])],
            "+ newly exposes the response header x-a",
            &["GET", "PUT"],
            &["preflight GET"],
        ),
        (
            vec![app()],
            vec![app().max_age(Duration::from_secs(1))],
            "~ changes the max-age from none to 1 s",
            &["preflight GET"],
            &["GET"],
        ),
        (
            vec![app()],
            vec![app().allow_headers(["x-a", "y-*"])],
            "+ newly allows the request headers x-a and y-*",
            &["preflight GET; x-a", "preflight GET; b, y-b"],
            &["preflight GET", "preflight GET; x-b", "GET; x-a", "GET"],
        ),
        (
            vec![put()],
            vec![put(), app().only_methods(["PUT"]).allow_headers(["x-a"])],
            "+ newly allows the request header x-a, for PUT",
            &["preflight PUT; x-a"],
            &["preflight GET; x-a", "PUT; x-a"],
        ),
        (
            vec![app().allow_headers(["x-a"]), app().allow_headers(["x-b"])],
            vec![app().allow_headers(["x-a", "x-b"])],
            "+ newly allows the request headers x-a and x-b together",
            &["preflight GET; x-a,x-b"],
            &["preflight GET; x-a", "GET; x-a,x-b"],
        ),
        (
            vec![put().allow_headers(["x-a"]), put().allow_headers(["x-b"])],
            vec![
                put().allow_headers(["x-a"]),
                put().allow_headers(["x-b"]),
                app().only_methods(["PUT"]).allow_headers(["x-a", "x-b"]),
            ],
            "+ newly allows the request headers x-a and x-b together, for PUT",
            &["preflight PUT; x-a,x-b"],
            &["preflight GET; x-a,x-b", "preflight PUT; x-a"],
        ),
        (
            vec![one(&["https://other.example"])],
            vec![one(&["https://other.example"]), app()],
            "+ newly admits https://app.example",
            &["GET", "preflight PUT; x-a"],
            &[],
        ),
    ];
    let mut failures = Vec::new();
    for (old, new, line, about, others) in rows {
        let [old, new] = [old, new].map(|rules| Policy::from_rules(rules).unwrap());
        let diff = old.diff(&new);
        let Some(change) = diff.iter().find(|change| change.to_string() == line) else {
            failures.push(format!("{line}: not in {diff}"));
            continue;
        };
        for (requests, is_covered) in [(about, true), (others, false)] {
            let wrong = requests.iter().filter(|it| change.covers(&request(it)) != is_covered);
            failures.extend(wrong.map(|it| format!("{line}: {it}, not {is_covered}")));
        }
        let from_elsewhere = Request::get("/").header("origin", "https://else.example");
        let is_for_app = change.origins().len() == 1;
        if change.covers(&from_elsewhere.body(()).unwrap()) && is_for_app {
            failures.push(format!("{line}: another origin"));
        }
        if change.covers(&Request::get("/").body(()).unwrap()) {
            failures.push(format!("{line}: a request without origin"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
