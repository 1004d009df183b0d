//! Denied preflights that all look alike, as a setting of the layer has it: 403, and no CORS header.
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use tower::{Layer, Service};
use tower_cors::{CorsLayer, Enforcement, Policy, Reload, Resolver, Route, Routes};

use super::subject::Spy;
use super::{check, parse_request, parse_response, row, send, show};
use crate::oracle::{CLOSED, Config};

const VARY: &str = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

const MINUTE: Duration = Duration::from_secs(60);

/// The answers of a layer that hides denials, or does not, to four preflights: denied by origin, by method and
/// by names, and allowed. The inner service runs for none.
fn answers<L>(layer: &L) -> [String; 4]
where
    L: Layer<Spy>,
    L::Service: Service<
            http::Request<&'static str>,
            Response = http::Response<&'static str>,
            Error = Infallible,
        >,
{
    [
        "origin: https://b.example; request-method: PUT",
        "origin: https://a.example; request-method: PATCH",
        "origin: https://a.example; request-method: PUT; request-headers: x-a,z",
        "origin: https://a.example; request-method: PUT; request-headers: x-a",
    ]
    .map(|lines| {
        let request = parse_request(&format!("OPTIONS; {lines}; host: shop.example"));
        let said = show(&send(layer, &request, &parse_response("200; allow-origin: *")));
        said.replace(&format!("; {VARY}"), "")
    })
}

#[test]
fn denials_are_hidden_whatever_finds_the_policy() {
    let policy = || {
        let builder = Policy::builder().allow_origins(["https://a.example"]).max_age(MINUTE);
        builder.allow_methods(["PUT"]).allow_headers(["x-a"]).build().unwrap()
    };
    let silent = "answered 403";
    let origin = "; allow-origin: https://a.example";
    let allowed = format!("{origin}; allow-methods: PUT; allow-headers: x-a; max-age: 60");
    let hidden = [silent, silent, silent, &format!("answered 204{allowed}")].map(str::to_owned);
    let told = [
        silent.to_owned(),
        format!("answered 204{origin}; allow-methods: GET"),
        format!("answered 204{origin}; allow-methods: PUT; allow-headers: x-a"),
        hidden[3].clone(),
    ];
    let passed = |answers: &[String; 4]| {
        let [one, two, three, _] = answers.clone();
        [one, two, three, format!("ran 200{allowed}")]
    };
    let routes = || {
        let builder = Routes::builder().fallback(Route::NoCors).route("/", policy());
        builder.build().unwrap()
    };
    let resolver = || Resolver::new(move |_| ready(Ok(Some(policy()))), |error| panic!("{error}"));
    let enforcement = || Enforcement::all_requests().hosts(["shop.example"]);

    for (hide, expected) in [(false, &told), (true, &hidden)] {
        let new = || CorsLayer::new(policy()).hide_denials(hide);
        assert_eq!(answers(&new()), *expected, "a policy");
        assert_eq!(answers(&CorsLayer::new(routes()).hide_denials(hide)), *expected, "routes");
        let reload = CorsLayer::new(Reload::new(policy())).hide_denials(hide);
        assert_eq!(answers(&reload), *expected, "a reload handle");
        let found = CorsLayer::with_resolver(resolver()).hide_denials(hide);
        assert_eq!(answers(&found), *expected, "a resolver");
        let enforced = new().enforce(enforcement()).unwrap();
        assert_eq!(answers(&enforced), *expected, "enforcement");
        let found = found.enforce(enforcement()).unwrap();
        assert_eq!(answers(&found), *expected, "a resolver under enforcement");

        // What is denied never passes.
        let expected = passed(expected);
        assert_eq!(answers(&new().pass_on_preflights(true)), expected, "passing on");
        let enforced = enforced.pass_on_preflights(true);
        assert_eq!(answers(&enforced), expected, "passing on under enforcement");
        let found = CorsLayer::with_resolver(resolver()).hide_denials(hide);
        assert_eq!(answers(&found.pass_on_preflights(true)), expected, "a resolver, passing on");
    }
}

/// What is told has the status of what is allowed, whatever that is; what is hidden has not.
#[test]
fn the_status_is_that_of_an_allowed_preflight() {
    let two = &["https://a.example", "https://b.example"];
    let ok = Config { origins: two, preflight_status: 200, max_age: Some(600), ..CLOSED };
    let hidden = Config { hide: true, ..ok };
    let from_a = |name, config, method: &str, answer: &str| {
        let request = format!("OPTIONS; origin: https://a.example; request-method: {method}");
        row(name, config, request, format!("{answer}; {VARY}"))
    };
    let told = "answered 200 MethodNotAllowed; allow-origin: https://a.example; allow-methods: GET";
    check(&[
        from_a("status: told", ok, "X", told),
        from_a("status: hidden", hidden, "X", "answered 403 MethodNotAllowed"),
        from_a(
            "status: allowed, where denials are hidden",
            hidden,
            "GET",
            "answered 200; allow-origin: https://a.example; max-age: 600",
        ),
    ]);
}

/// Without a policy there is nobody to speak; and a request of another host is refused before it is judged.
#[test]
fn where_no_policy_is_asked_nobody_speaks() {
    let policy = || Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    let request = parse_request("OPTIONS; origin: https://a.example; request-method: PUT");
    let inner = parse_response("200");
    let routes = Routes::builder().fallback(policy()).route("/", Route::NoCors).build().unwrap();
    let silent = format!("answered 403; {VARY}");
    assert_eq!(show(&send(&CorsLayer::new(routes), &request, &inner)), silent);
    let enforcement = Enforcement::all_requests().hosts(["shop.example"]);
    let enforced = CorsLayer::new(policy()).enforce(enforcement).unwrap();
    assert_eq!(show(&send(&enforced, &request, &inner)), silent);
    let nobody = CorsLayer::new(Policy::nobody());
    assert_eq!(show(&send(&nobody, &request, &inner)), silent);
    let left = Routes::builder().fallback(policy()).route("/", Route::LeftAlone).build().unwrap();
    assert_eq!(show(&send(&CorsLayer::new(left), &request, &inner)), "ran 200");
}
