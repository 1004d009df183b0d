//! What a client sends is escaped and cut, and costs no more than a bounded amount.

use http::{HeaderValue, Method, Request};
use proptest::prelude::*;
use tower_cors::{CorsLayer, Enforcement, Policy};

use super::{app, read};

/// The most that one explanation is.
const LINES: usize = 16;
const BYTES: usize = 12_000;

#[track_caller]
fn check(request: &Request<()>) {
    let policy = app().build().unwrap();
    let enforced = CorsLayer::new(policy.clone())
        .enforce(Enforcement::all_requests().hosts(["api.example"]))
        .unwrap();
    for explanation in [policy.explain(request), enforced.explain(request)] {
        let text = explanation.to_string();
        assert!(text.lines().count() <= LINES && text.len() <= BYTES, "{text}");
        let is_shown =
            |it: char| it == '\n' || !it.is_control() && !matches!(it, '\u{202e}' | '\u{200b}');
        assert!(text.chars().all(is_shown), "{text:?}");
        for value in explanation.at_fault() {
            assert!(value.len() <= 1_024, "{value}");
        }
    }
}

#[test]
fn a_value_of_256_bytes_is_told_whole() {
    for (bytes, cut) in [(256, ""), (257, "…")] {
        let origin = format!("https://{:a<1$}", "", bytes - 8);
        let request = Request::get("/").header("origin", &origin).body(()).unwrap();
        let explanation = app().build().unwrap().explain(&request);
        assert_eq!(explanation.at_fault(), [format!("{}{cut}", &origin[..256])]);
    }
}

#[test]
fn long_values_are_cut() {
    let long = "a".repeat(1 << 16);
    let names: Vec<String> = (0..600).map(|number| format!("x-{number}")).collect();
    for (origin, method, names) in [
        (long.as_str(), "PUT", "x-a"),
        ("https://app.example", long.as_str(), "x-a"),
        ("https://app.example", "PUT", long.as_str()),
        ("https://app.example", "PUT", &names.join(",")),
        ("https://app.example", "PUT", &names.join(",")[..3000]),
        ("\u{202e}https://app.example", "P\u{202e}T", "x-\u{200b}"),
    ] {
        let request = Request::options(format!("/{}", "b".repeat(1 << 15)))
            .header("origin", HeaderValue::from_bytes(origin.as_bytes()).unwrap())
            .header(
                "access-control-request-method",
                HeaderValue::from_bytes(method.as_bytes()).unwrap(),
            )
            .header(
                "access-control-request-headers",
                HeaderValue::from_bytes(names.as_bytes()).unwrap(),
            )
            .header("host", HeaderValue::from_bytes(origin.as_bytes()).unwrap());
        check(&request.body(()).unwrap());
    }
}

/// Of a hundred thousand origins none is searched for one by one.
#[test]
fn what_it_costs_does_not_grow_with_the_policy() {
    let cost = |count: usize| {
        let origins = (0..count).map(|number| format!("https://a{number}.example"));
        let policy = Policy::builder().allow_origins(origins).build().unwrap();
        let request = read("GET /; origin: https://stranger.example");
        allocation_counter::measure(|| drop(policy.explain(&request))).bytes_total
    };
    assert_eq!(cost(2_000), cost(100_000));
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(prop_oneof![0x20u8..0x7f, 0x80u8..=0xff, Just(b'\t')], 0..60),
        "(https?://)?(www\\.)?app\\.example\\.?(:[0-9]{1,5})?/?".prop_map(String::into_bytes),
        Just(b"null".to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_is_explained_in_a_few_lines(
        method in prop::sample::select(vec!["OPTIONS", "GET", "POST", "X"]),
        fields in prop::collection::vec((0usize..6, bytes()), 0..6),
    ) {
        const NAMES: [&str; 6] = [
            "origin", "access-control-request-method", "access-control-request-headers", "host",
            "sec-fetch-site", "cookie",
        ];
        let mut request = Request::new(());
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                request.headers_mut().append(NAMES[name], value);
            }
        }
        check(&request);
    }
}

/// Whatever it begins with.
#[test]
fn what_is_over_the_bound_of_an_origin_is_not_repaired() {
    let policy = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    let said = |tail| {
        let request = read(&format!("GET /; origin: https://a.example/{}", "a".repeat(tail)));
        policy.explain(&request).hint().unwrap().to_string()
    };
    assert!(said(300).ends_with(r#""https://a.example" is allowed"#));
    assert_eq!(said(400), "the origin has over 326 octets, so that no browser sent it");
}
