//! Predicates: asked about parsed origins only, and with credentials only about safe ones.
//! <https://fetch.spec.whatwg.org/#origin-header>

use std::sync::{Arc, Mutex};

use tower_cors::{Policy, PolicyBuilder};

use super::{Row, check, parse_request, row, to_http};
use crate::oracle::{CLOSED, Config};

const ALL: Config<'static> = Config { predicate: Some(|_, _| true), ..CLOSED };
const DELETES: Config<'static> = Config {
    predicate: Some(|_, method| method == "DELETE"),
    methods: &["DELETE", "PUT"],
    ..CLOSED
};

fn simple(name: &'static str, config: Config<'static>, origin: &str, is_allowed: bool) -> Row {
    let credentials = if config.credentials { "; allow-credentials: true" } else { "" };
    let answer = if is_allowed {
        format!("ran 200; allow-origin: {origin}{credentials}; vary: Origin")
    } else {
        "ran 200 OriginNotAllowed; vary: Origin".to_owned()
    };
    row(name, config, format!("GET; origin: {origin}"), answer)
}

#[test]
fn a_predicate_answers_for_parsed_origins() {
    let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    let beside =
        Config { origins: &["https://a.example"], predicate: Some(|_, _| false), ..CLOSED };
    check(&[
        row("a plain request", ALL, "GET", "ran 200; vary: Origin"),
        simple("an origin", ALL, "https://x.example", true),
        simple("a custom scheme", ALL, "capacitor://localhost", true),
        simple("an http origin", ALL, "http://x.example", true),
        simple("never null", ALL, "null", false),
        simple("never a path", ALL, "https://x.example/", false),
        simple("never upper case", ALL, "https://X.example", false),
        simple("never a default port", ALL, "https://x.example:443", false),
        simple("never the empty string", ALL, "", false),
        simple("never bytes that are not UTF-8", ALL, "https://x\\xff", false),
        simple("never a file", ALL, "file://x", false),
        row(
            "never two origins",
            ALL,
            "GET; origin: https://x.example; origin: https://x.example",
            "ran 200 OriginRepeated; vary: Origin",
        ),
        row("beside one origin the policy is dynamic", beside, "GET", "ran 200; vary: Origin"),
        simple("beside one origin that one is allowed", beside, "https://a.example", true),
        simple("beside one origin another is asked about", beside, "https://b.example", false),
        row(
            "a simple request has its own method",
            DELETES,
            "DELETE; origin: https://x.example",
            "ran 200; allow-origin: https://x.example; vary: Origin",
        ),
        row(
            "a simple request has no other",
            DELETES,
            "PUT; origin: https://x.example; request-method: DELETE",
            "ran 200 OriginNotAllowed; vary: Origin",
        ),
        row(
            "a preflight has the requested method",
            DELETES,
            "OPTIONS; origin: https://x.example; request-method: DELETE",
            format!("answered 204; allow-origin: https://x.example; allow-methods: DELETE; {vary}"),
        ),
        row(
            "a preflight for another is denied by origin",
            DELETES,
            "OPTIONS; origin: https://x.example; request-method: PUT",
            format!("answered 403 OriginNotAllowed; {vary}"),
        ),
    ]);
}

#[test]
fn a_requested_method_that_is_none_cannot_be_asked_about() {
    let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    let never = Config { predicate: Some(|_, _| false), ..CLOSED };
    let asks = |name, config, lines, reason| {
        row(name, config, format!("OPTIONS; {lines}"), format!("answered 403 {reason}; {vary}"))
    };
    let origin = "origin: https://x.example; request-method: P/T";
    let twice = "origin: https://x.example; request-method: PUT; request-method: PUT";
    check(&[
        asks("no token, a predicate for all", ALL, origin, "MethodNotAllowed"),
        asks("no token, a predicate for none", never, origin, "MethodNotAllowed"),
        asks("two methods, a predicate for all", ALL, twice, "MethodRepeated"),
        asks("two methods, a predicate for none", never, twice, "MethodRepeated"),
        asks("no token, and null", ALL, "origin: null; request-method: P/T", "OriginNotAllowed"),
        asks(
            "a forbidden one can be",
            never,
            "origin: https://x.example; request-method: TRACE",
            "OriginNotAllowed",
        ),
        asks(
            "a forbidden one is denied",
            ALL,
            "origin: https://x.example; request-method: TRACE",
            "MethodNotAllowed",
        ),
    ]);
}

#[test]
fn with_credentials_it_is_not_asked_about_insecure_origins() {
    let with = Config { credentials: true, ..ALL };
    let insecure = Config { insecure: true, ..with };
    check(&[
        simple("credentials: https", with, "https://x.example", true),
        simple("credentials: a custom scheme", with, "tauri://localhost", true),
        simple("credentials: http", with, "http://x.example", false),
        simple("credentials: http and a port", with, "http://x.example:8080", false),
        simple("credentials: localhost", with, "http://localhost:3000", true),
        simple("credentials: under localhost", with, "http://a.b.localhost", true),
        simple("credentials: only ends in localhost", with, "http://notlocalhost", false),
        simple("credentials: begins with localhost", with, "http://localhost.example", false),
        simple("credentials: 127.0.0.1", with, "http://127.0.0.1", true),
        simple("credentials: all of 127.0.0.0/8", with, "http://127.255.255.254:1", true),
        simple("credentials: not 128.0.0.1", with, "http://128.0.0.1", false),
        simple("credentials: not 127 before a name", with, "http://127.0.0.1.example", false),
        simple("credentials: [::1]", with, "http://[::1]:8080", true),
        simple("credentials: not [::2]", with, "http://[::2]", false),
        simple("credentials: not a mapped address", with, "http://[::ffff:7f00:1]", false),
        simple("the opt-in: http", insecure, "http://x.example", true),
        simple("the opt-in: still never null", insecure, "null", false),
    ]);
}

/// What a predicate is asked about while a policy decides on requests.
fn asked(builder: PolicyBuilder, requests: &[&str]) -> Vec<String> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&log);
    let policy: Policy = builder
        .allow_origins_if(move |origin, method, uri| {
            writer.lock().unwrap().push(format!("{} {method} {uri}", origin.as_str()));
            false
        })
        .build()
        .unwrap();
    for request in requests {
        let mut request = to_http(&parse_request(request));
        *request.uri_mut() = "/a?b".parse().unwrap();
        assert!(policy.decide(&request).headers().contains_key("vary"));
    }
    let asked = log.lock().unwrap();
    asked.clone()
}

#[test]
fn it_is_asked_only_where_it_matters() {
    let requests = [
        "GET",
        "OPTIONS; request-method: PUT",
        "GET; origin: null",
        "GET; origin: https://x.example/",
        "GET; origin: https://listed.example",
        "GET; origin: https://a.under.example",
        "GET; origin: https://x.example; origin: https://x.example",
        "GET; origin: http://x.example",
        "GET; origin: https://x.example",
        "OPTIONS; origin: https://y.example:8443; request-method: PUT",
    ];
    let builder = Policy::builder()
        .allow_origins(["https://listed.example", "https://*.under.example"])
        .allow_credentials(true)
        .dangerously_allow_public_suffixes(true);
    let expected = ["https://x.example GET /a?b", "https://y.example:8443 PUT /a?b"];
    assert_eq!(asked(builder, &requests), expected);
}

/// No policy allows a longer one, and nobody copies it.
#[test]
fn it_is_asked_about_a_method_of_up_to_4096_bytes() {
    let requests = [4_096, 4_097].map(|length| {
        format!("OPTIONS; origin: https://x.example; request-method: {}", "X".repeat(length))
    });
    let expected = format!("https://x.example {} /a?b", "X".repeat(4_096));
    assert_eq!(asked(Policy::builder(), &requests.each_ref().map(String::as_str)), [expected]);
}

#[test]
fn any_of_several_predicates_is_enough() {
    let policy = Policy::builder()
        .allow_origins_if(|origin, _, _| origin.host() == "a.example")
        .allow_origins_if(|origin, _, _| origin.port() == Some(8443))
        .build()
        .unwrap();
    for (origin, expected) in [
        ("https://a.example", true),
        ("https://b.example:8443", true),
        ("https://a.example:8443", true),
        ("https://b.example", false),
    ] {
        let request = to_http(&parse_request(&format!("GET; origin: {origin}")));
        assert_eq!(policy.decide(&request).is_allowed(), expected, "{origin}");
    }
}
