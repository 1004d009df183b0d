//! `OPTIONS` that is no preflight, wherever its policy is found.
//! <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use std::future::ready;

use http::HeaderName;
use tower_cors::{CorsLayer, Policy, Resolver, Route, Routes};

use super::{parse_request, parse_response, send, show};

/// Whether `OPTIONS` is a preflight depends on fields; where nothing is decided by them, they are not named.
#[test]
fn options_that_is_no_preflight_varies_as_one_wherever_the_policy_is_found() {
    const ALL: &str = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    let policy = || Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    let says = |layer: &CorsLayer<Routes>, request: &str| {
        show(&send(layer, &parse_request(request), &parse_response("200; allow-origin: x")))
    };
    let to = |route: Route| {
        let builder = Routes::builder().fallback(policy()).route("/", route);
        CorsLayer::new(builder.build().unwrap())
    };
    for request in ["OPTIONS", "OPTIONS; origin: https://a.example", "OPTIONS; request-method: PUT"]
    {
        let one = format!("ran 200; allow-origin: https://a.example; {ALL}");
        assert_eq!(says(&to(policy().into()), request), one, "{request}");
        assert_eq!(says(&to(Route::NoCors), request), format!("ran 200; {ALL}"), "{request}");
        assert_eq!(says(&to(Route::LeftAlone), request), "ran 200; allow-origin: x", "{request}");
    }
    assert_eq!(says(&to(Route::NoCors), "GET; origin: https://a.example"), "ran 200");

    let find = move |_| ready(Ok(Some(policy())));
    let tenant = HeaderName::from_static("x-tenant");
    let resolver = Resolver::new(find, |error| panic!("{error}")).vary_on([tenant]);
    let request = parse_request("OPTIONS; origin: https://a.example");
    let found = CorsLayer::with_resolver(resolver);
    assert_eq!(
        show(&send(&found, &request, &parse_response("200; vary: accept"))),
        format!("ran 200; allow-origin: https://a.example; vary: accept; {ALL}; vary: x-tenant"),
    );
}
