//! `Vary` names every field that decides, so that no cache errors one answer for another.
//!
//! RFC 9111: <https://www.rfc-editor.org/rfc/rfc9111#section-4.1>

use http::{HeaderMap, Request, StatusCode};
use tower_cors::{CorsLayer, Denial, Enforcement, Policy, PolicySource, Route, Routes};

use super::{partners, send};

/// What requests differ in, absent or with a value.
const FIELDS: [(&str, &[&str]); 6] = [
    ("origin", &["", "https://partner.example", "https://shop.example", "https://evil.example"]),
    ("sec-fetch-site", &["", "same-origin", "cross-site", "none"]),
    ("upgrade", &["", "websocket"]),
    ("cookie", &["", "session=1"]),
    ("authorization", &["", "Basic cGFzc3dvcmQ="]),
    // Of other methods than OPTIONS nobody reads it.
    ("access-control-request-method", &["", "PUT"]),
];

/// Every combination of the fields.
fn requests(method: &str) -> Vec<HeaderMap> {
    let none = Request::builder().method(method).body(()).unwrap().headers().clone();
    let read = if method == "OPTIONS" { &FIELDS[..] } else { &FIELDS[..5] };
    read.iter().fold(vec![none], |requests, (name, values)| {
        let with = |request: &HeaderMap, value: &str| {
            let mut request = request.clone();
            if !value.is_empty() {
                request.insert(*name, value.parse().unwrap());
            }
            request
        };
        requests
            .iter()
            .flat_map(|request| values.iter().map(|value| with(request, value)).collect::<Vec<_>>())
            .collect()
    })
}

#[derive(Clone, Debug, PartialEq)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    denial: Option<Denial>,
    ran: bool,
}

fn answer<P: PolicySource>(layer: &CorsLayer<P>, method: &str, fields: &HeaderMap) -> Answer {
    let mut request = Request::builder().method(method).uri("/").body(String::new()).unwrap();
    request.headers_mut().clone_from(fields);
    request.headers_mut().insert("host", "shop.example".parse().unwrap());
    let (response, ran) = send(layer, request);
    let denial = response.extensions().get().copied();
    Answer { status: response.status(), headers: response.headers().clone(), denial, ran }
}

/// A cache keeps a response for all requests whose fields, of those that its `Vary` names, are the same.
#[track_caller]
fn serves_all_from_a_cache<P: PolicySource>(name: &str, layer: &CorsLayer<P>) {
    for method in ["GET", "HEAD", "OPTIONS", "POST", "CONNECT"] {
        let answers: Vec<(HeaderMap, Answer)> = requests(method)
            .into_iter()
            .map(|it| (it.clone(), answer(layer, method, &it)))
            .collect();
        for (stored, answer) in &answers {
            let vary = answer.headers["vary"].to_str().unwrap().to_ascii_lowercase();
            let vary: Vec<&str> = vary.split(", ").collect();
            for (other, expected) in &answers {
                let is_kept_for = vary.iter().all(|field| stored.get(*field) == other.get(*field));
                assert!(
                    !is_kept_for || answer == expected,
                    "{name} {method}: {answer:?} for {stored:?} is kept for {other:?}: {expected:?}",
                );
            }
        }
    }
}

#[test]
fn a_kept_response_is_that_of_every_request_that_it_is_kept_for() {
    let rules = Policy::from_rules([
        Policy::builder()
            .allow_origins(["https://partner.example"])
            .only_methods(["POST"])
            .allow_credentials(true),
        Policy::builder().allow_origins(["https://partner.example", "https://other.example"]),
    ]);
    let one = Policy::builder().allow_origins(["https://partner.example"]);
    for (name, enforcement) in [
        ("unsafe", Enforcement::unsafe_requests()),
        ("all", Enforcement::all_requests()),
        ("unsafe, own", Enforcement::unsafe_requests().own_origins(["https://shop.example"])),
        ("all, hosts", Enforcement::all_requests().hosts(["shop.example"])),
        ("unsafe, other hosts", Enforcement::unsafe_requests().hosts(["other.example"])),
    ] {
        for policy in [partners(), one.build().unwrap(), rules.clone().unwrap()] {
            let layer = CorsLayer::new(policy).enforce(enforcement.clone()).unwrap();
            serves_all_from_a_cache(name, &layer);
        }
        let any =
            Routes::builder().route("/", Policy::permissive()).route("/closed", Route::NoCors);
        let layer = CorsLayer::new(any.build().unwrap()).enforce(enforcement).unwrap();
        serves_all_from_a_cache(name, &layer);
    }
}

/// A page that only reads is kept by shared caches: it does not depend on `Cookie`.
#[test]
fn what_is_not_looked_at_does_not_stand_there() {
    let vary_of = |enforcement: Enforcement, method: &str, fields: &HeaderMap| {
        let layer = CorsLayer::new(partners()).enforce(enforcement).unwrap();
        answer(&layer, method, fields).headers["vary"].to_str().unwrap().to_owned()
    };
    let whole = "Origin, Sec-Fetch-Site, Upgrade, Cookie";
    for fields in requests("GET") {
        let is_upgrade = fields.contains_key("upgrade");
        let read = if is_upgrade { whole } else { "Origin, Upgrade" };
        assert_eq!(vary_of(Enforcement::unsafe_requests(), "GET", &fields), read, "{fields:?}");
        assert_eq!(vary_of(Enforcement::unsafe_requests(), "POST", &fields), whole, "{fields:?}");
        assert_eq!(vary_of(Enforcement::all_requests(), "GET", &fields), whole, "{fields:?}");
    }
}
