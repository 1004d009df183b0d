//! Why a request is decided as it is: the whole text, what comes nearest, and that what is offered helps.

mod enforced;
mod hostile;
#[cfg(all(feature = "routes", feature = "serde"))]
mod keys;
mod offers;
#[cfg(feature = "routes")]
mod paths;
mod settings;
mod similar;

use http::Request;
use tower_cors::review::RuleSays;
use tower_cors::{Denial, Policy, PolicyBuilder};

/// A request, as `method uri; field: value; …`.
fn read(written: &str) -> Request<()> {
    let mut parts = written.split("; ");
    let (method, uri) = parts.next().unwrap().split_once(' ').unwrap();
    let request = Request::builder().method(method).uri(uri);
    let add = |request: http::request::Builder, field: &str| {
        let (name, value) = field.split_once(": ").unwrap();
        request.header(name, value)
    };
    parts.fold(request, add).body(()).unwrap()
}

/// A preflight of an origin, for a method, with header names.
fn preflight(origin: &str, method: &str, names: &str) -> Request<()> {
    let request = format!(
        "OPTIONS /items?token=secret; origin: {origin}; access-control-request-method: {method}"
    );
    if names.is_empty() {
        return read(&request);
    }
    read(&format!("{request}; access-control-request-headers: {names}"))
}

fn app() -> PolicyBuilder {
    Policy::builder().allow_origins(["https://app.example"]).allow_methods(["PUT", "DELETE"])
}

#[track_caller]
fn check(policy: &Policy, request: &Request<()>, expected: &str) {
    assert_eq!(policy.explain(request).to_string(), expected.trim_start());
}

#[test]
fn an_allowed_request_is_told_in_three_lines() {
    let policy = app().build().unwrap();
    check(
        &policy,
        &preflight("https://app.example", "PUT", ""),
        r#"
preflight allowed
  asked: PUT "/items" from "https://app.example"
  next: the browser sends the request"#,
    );
    check(
        &policy,
        &read("PUT /items; origin: https://app.example"),
        r#"
CORS request allowed
  asked: PUT "/items" from "https://app.example"
  next: the request runs, and the page may read the response"#,
    );
    check(
        &policy,
        &read("GET /items"),
        r#"
plain request
  asked: GET "/items"
  next: the browser makes no CORS check"#,
    );
}

/// What a preflight asks for is not what other requests ask for, though they may have its fields.
#[test]
fn the_fields_of_a_preflight_are_not_told_of_other_requests() {
    let fields = "origin: https://app.example; access-control-request-method: PUT; access-control-request-headers: x-a";
    check(
        &app().build().unwrap(),
        &read(&format!("GET /items; {fields}")),
        r#"
CORS request allowed
  asked: GET "/items" from "https://app.example"
  next: the request runs, and the page may read the response"#,
    );
}

#[test]
fn a_denied_request_names_what_is_at_fault_and_what_to_write() {
    let policy = app().build().unwrap();
    check(
        &policy,
        &preflight("https://app.example", "PATCH", ""),
        r#"
preflight denied: the requested method is not allowed
  asked: PATCH "/items" from "https://app.example"
  at fault: "PATCH"
  to allow it: add to `allow_methods`: "PATCH"
  next: the browser does not send the request"#,
    );
    check(
        &policy,
        &preflight("https://app.example", "GET", "x-b,X-A, traceparent,x-b"),
        r#"
preflight denied: a requested header name is not allowed
  asked: GET "/items" from "https://app.example", with "x-b,X-A, traceparent,x-b"
  at fault: "x-b", "x-a", "traceparent"
  to allow it: add to `allow_headers`: "x-b", "x-a", "traceparent"
  next: the browser does not send the request"#,
    );
    check(
        &policy,
        &read("POST /items; origin: http://app.example"),
        r#"
CORS request denied: the origin is not allowed
  asked: POST "/items" from "http://app.example"
  at fault: "http://app.example"
  to allow it: the scheme differs: "https://app.example" is allowed
  next: the request runs, and the page may not read the response"#,
    );
    check(
        &policy,
        &read("POST /items; origin: https://stranger.example"),
        r#"
CORS request denied: the origin is not allowed
  asked: POST "/items" from "https://stranger.example"
  at fault: "https://stranger.example"
  next: the request runs, and the page may not read the response"#,
    );
}

/// A browser sends `Origin` with every `POST`, to the server of the page itself, too.
#[test]
fn a_page_of_the_server_itself_is_told_apart() {
    let policy = app().build().unwrap();
    check(
        &policy,
        &read("POST /items; origin: https://www.app.example; sec-fetch-site: same-origin"),
        r#"
CORS request denied: the origin is not allowed
  asked: POST "/items" from "https://www.app.example"
  at fault: "https://www.app.example"
  next: the page has the origin of the server, so that its browser makes no CORS check"#,
    );
    assert_eq!(
        policy
            .explain(&read("POST /; origin: https://evil.example; sec-fetch-site: same-site"))
            .next(),
        tower_cors::review::Next::MayNotRead
    );
}

#[test]
fn of_several_rules_each_says_which_step_failed() {
    let reads = Policy::builder().allow_origins(["https://*.example"]).only_methods(["GET"]);
    let writes = app().allow_headers(["x-a"]);
    let policy = Policy::from_rules([reads, writes]).unwrap();
    check(
        &policy,
        &preflight("https://app.example", "PUT", "x-a,x-b,x-c"),
        r#"
preflight denied: a requested header name is not allowed (rules[1])
  asked: PUT "/items" from "https://app.example", with "x-a,x-b,x-c"
  rules[0]: the requested method is not allowed: "PUT"
  rules[1]: a requested header name is not allowed: "x-b" and 1 more
  at fault: "x-b", "x-c"
  to allow it: add to `allow_headers`: "x-b", "x-c"
  next: the browser does not send the request"#,
    );
    let explanation = policy.explain(&preflight("https://other.example", "PUT", ""));
    let denials = explanation.rules().iter().map(|rule| rule.denial().map(Denial::as_str));
    assert_eq!(
        denials.collect::<Vec<_>>(),
        [Some("method-not-allowed"), Some("origin-not-allowed")]
    );
    let at_fault = explanation.rules().iter().map(RuleSays::at_fault);
    assert_eq!(at_fault.collect::<Vec<_>>(), [["PUT"], ["https://other.example"]]);
}

#[test]
fn a_request_without_an_origin_is_denied_by_no_rule() {
    let rules = [["GET"], ["HEAD"]]
        .map(|only| Policy::builder().allow_origins(["https://a.example"]).only_methods(only));
    let explanation = Policy::from_rules(rules).unwrap().explain(&read("POST /"));
    assert_eq!(explanation.rules().iter().map(RuleSays::denial).collect::<Vec<_>>(), [None, None]);
}

#[test]
fn many_rules_are_a_few_lines() {
    let rule =
        |number: usize| Policy::builder().allow_origins([format!("https://a{number}.example")]);
    let policy = Policy::from_rules((0..50).map(rule)).unwrap();
    let explanation = policy.explain(&preflight("https://b.example", "PUT", ""));
    assert_eq!(explanation.rules().len(), 50);
    let text = explanation.to_string();
    assert!(text.contains("\n  and 42 more rules\n"), "{text}");
    assert_eq!(text.lines().count(), 13);
}

#[cfg(feature = "routes")]
#[test]
fn a_path_is_told_by_routes() {
    use tower_cors::{Route, Routes};

    let routes = Routes::builder()
        .route("/items/{id}", app().build().unwrap())
        .route("/hooks", Route::LeftAlone)
        .route("/internal/{*rest}", Route::NoCors)
        .build()
        .unwrap();
    let explain = |uri: &str| {
        routes.explain(&read(&format!("GET {uri}; origin: https://app.example"))).to_string()
    };
    assert_eq!(
        explain("/items/1"),
        r#"CORS request allowed
  asked: GET "/items/1" from "https://app.example"
  next: the request runs, and the page may read the response"#
    );
    assert_eq!(
        explain("/item/1?q"),
        r#"CORS request denied: no policy is for the request
  asked: GET "/item/1" from "https://app.example"
  at fault: "/item/1"
  to allow it: give it a policy: by a route for its path, by the `fallback`, or from the resolver
  next: the request runs, and the page may not read the response"#
    );
    assert_eq!(
        explain("/internal/x"),
        r#"CORS request denied: no policy is for the request
  asked: GET "/internal/x" from "https://app.example"
  at fault: "/internal/x"
  to allow it: give it a policy: by a route for its path, by the `fallback`, or from the resolver
  next: the request runs, and the page may not read the response"#
    );
    assert_eq!(
        explain("/items/..%2Fhooks"),
        r#"CORS request denied: servers can read the path as more than one, with different policies
  asked: GET "/items/..%2Fhooks" from "https://app.example"
  at fault: "/items/..%2Fhooks"
  to allow it: write the path without encoded slashes, dot segments and the like, or give its readings the same policy
  next: the request runs, and the page may not read the response"#
    );
    assert_eq!(
        explain("/hooks"),
        r#"CORS request left alone
  asked: GET "/hooks" from "https://app.example"
  next: the CORS headers of the inner service decide"#
    );
}

/// What a browser does next, where it is not the usual.
#[test]
fn what_comes_next_is_told() {
    let policy = app().build().unwrap();
    let next = |request: &str| policy.explain(&read(request)).next().to_string();
    let (unchecked, may_not) = (
        "the browser makes no CORS check",
        "the request runs, and the page may not read the response",
    );
    let evil = "origin: https://evil.example";
    for (request, expected) in [
        (format!("GET /; {evil}; upgrade: WebSocket"), unchecked),
        (format!("CONNECT /; {evil}"), unchecked),
        (format!("POST /; {evil}; sec-fetch-mode: navigate"), unchecked),
        (format!("POST /; {evil}; sec-fetch-mode: no-cors"), unchecked),
        // Allowed or not: the page gets an opaque response.
        ("POST /; origin: https://app.example; sec-fetch-mode: no-cors".to_owned(), unchecked),
        (format!("POST /; {evil}; sec-fetch-mode: cors"), may_not),
        (
            format!("POST /; {evil}; sec-fetch-site: same-origin"),
            "the page has the origin of the server, so that its browser makes no CORS check",
        ),
        (format!("POST /; {evil}; sec-fetch-site: same-origin; sec-fetch-site: a"), may_not),
        (
            format!("POST /; {evil}; host: evil.example"),
            "the page has the origin of the server, so that its browser makes no CORS check",
        ),
        (format!("POST /; {evil}; host: evil.example:8080"), may_not),
        ("GET https://app.example/; origin: http://app.example".to_owned(), may_not),
        (
            "GET http://app.example/; origin: http://app.example".to_owned(),
            "the page has the origin of the server, so that its browser makes no CORS check",
        ),
        (format!("POST /; {evil}; host: evil.example; sec-fetch-site: same-site"), may_not),
        // A page that sends cookies asks with credentials.
        ("GET /; origin: https://app.example; cookie: a=b".to_owned(), may_not),
    ] {
        assert_eq!(next(&request), expected, "{request}");
    }
    let kept = tower_cors::CorsLayer::new(policy).keep_inner_headers(true);
    assert_eq!(
        kept.explain(&read(&format!("GET /; {evil}"))).next().to_string(),
        "the CORS headers of the inner service decide"
    );
}

/// The README shows an explanation as it really looks.
#[test]
fn the_readme_shows_a_real_explanation() {
    let policy = app().allow_headers(["content-type"]).build().unwrap();
    let request = read(
        "OPTIONS /items/1; origin: https://app.example; access-control-request-method: PUT; \
         access-control-request-headers: content-type,traceparent",
    );
    let explanation = policy.explain(&request).to_string();
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("```text\n{explanation}\n```")), "{explanation}");
}
