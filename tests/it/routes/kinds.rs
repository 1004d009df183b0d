//! The three things that a path may have: a policy, no CORS, or it is left alone.

use std::convert::Infallible;

use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Denial, Enforcement, Policy, Route, Routes};

use super::policy;

/// A backend with CORS of its own, which answers preflights, too.
fn send<P>(layer: &CorsLayer<P>, request: Request<String>) -> Response<String>
where
    P: tower_cors::PolicySource,
{
    let inner = service_fn(|request: Request<String>| async move {
        let response = Response::builder()
            .status(StatusCode::ACCEPTED)
            .header("access-control-allow-origin", "https://inner.example")
            .header("access-control-allow-methods", "PURGE")
            .header("access-control-max-age", "7")
            .header("vary", "accept");
        Ok::<_, Infallible>(response.body(request.into_body()).unwrap())
    });
    layer.layer(inner).oneshot(request).now_or_never().unwrap().unwrap()
}

fn request(method: &str, path: &str, origin: Option<&str>) -> Request<String> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "shop.example")
        .header("sec-fetch-site", "cross-site")
        .header("cookie", "session=1");
    if let Some(origin) = origin {
        request = request.header("origin", origin);
        if method == "OPTIONS" {
            request = request.header("access-control-request-method", "PURGE");
        }
    }
    request.body("body".to_owned()).unwrap()
}

/// What the backend sends, and nothing else.
fn untouched() -> HeaderMap {
    HeaderMap::from_iter([
        (
            http::header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("https://inner.example"),
        ),
        (http::header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("PURGE")),
        (http::header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7")),
        (http::header::VARY, HeaderValue::from_static("accept")),
    ])
}

/// A gateway that adds CORS to one prefix, and has the rest as its backend has it.
fn gateway() -> Routes {
    Routes::builder()
        .route("/api/{*rest}", policy("items"))
        .route("/internal/{*rest}", Route::NoCors)
        .fallback(Route::LeftAlone)
        .build()
        .unwrap()
}

fn layers(routes: &Routes) -> Vec<(&'static str, CorsLayer<Routes>)> {
    let new = || CorsLayer::new(routes.clone());
    let enforcing = |enforcement: Enforcement| new().enforce(enforcement).unwrap();
    vec![
        ("bare", new()),
        ("keeping", new().keep_inner_headers(true)),
        ("passing on", new().pass_on_preflights(true)),
        ("enforcing", enforcing(Enforcement::unsafe_requests())),
        (
            "enforcing all",
            enforcing(Enforcement::all_requests().own_origins(["https://shop.example"])),
        ),
        ("with hosts", enforcing(Enforcement::all_requests().hosts(["shop.example"]))),
    ]
}

/// spring-cloud-gateway#461: CORS for one prefix, and everything else as the backend has it.
#[test]
fn a_path_that_is_left_alone_has_the_cors_of_its_backend() {
    let origins = [None, Some("https://items.example"), Some("https://evil.example"), Some("null")];
    for (name, layer) in layers(&gateway()) {
        for method in ["GET", "POST", "DELETE", "OPTIONS"] {
            for origin in origins {
                let response = send(&layer, request(method, "/other", origin));
                let row = format!("{name}: {method} {origin:?}");
                assert_eq!(response.status(), StatusCode::ACCEPTED, "{row}");
                assert_eq!(response.headers(), &untouched(), "{row}");
                assert_eq!(response.body(), "body", "{row}");
                assert!(response.extensions().get::<Denial>().is_none(), "{row}");
            }
        }
        // The others are what they were.
        let preflight = send(&layer, request("OPTIONS", "/api/x", Some("https://evil.example")));
        assert_eq!(preflight.status(), StatusCode::FORBIDDEN, "{name}");
        let preflight =
            send(&layer, request("OPTIONS", "/internal/x", Some("https://items.example")));
        assert_eq!(preflight.status(), StatusCode::FORBIDDEN, "{name}");
        let response = send(&layer, request("GET", "/internal/x", None));
        assert!(!response.headers().contains_key("access-control-allow-origin"), "{name}");
    }
}

/// Identity and payment providers post from a page of their own, or from none that has an origin.
#[test]
fn a_path_that_others_post_to_is_left_alone_with_enforcement_on() {
    let routes = Routes::builder()
        .route("/payment/done", Route::LeftAlone)
        .route("/saml/acs", Route::LeftAlone)
        .fallback(policy("partner"))
        .build()
        .unwrap();
    let layer = CorsLayer::new(routes).enforce(
        Enforcement::unsafe_requests()
            .own_origins(["https://shop.example"])
            .hosts(["shop.example"]),
    );
    let layer = layer.unwrap();
    for origin in [Some("https://bank.example"), Some("null"), None] {
        for path in ["/payment/done", "/saml/acs"] {
            let response = send(&layer, request("POST", path, origin));
            assert_eq!(response.status(), StatusCode::ACCEPTED, "{path} {origin:?}");
            assert_eq!(response.headers(), &untouched(), "{path} {origin:?}");
            // A rebound name is none of the others.
            let mut foreign = request("POST", path, origin);
            foreign.headers_mut().insert("host", "evil.example".parse().unwrap());
            let response = send(&layer, foreign);
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path} {origin:?}");
            assert_eq!(response.extensions().get(), Some(&Denial::HostNotAllowed));
        }
    }
    for origin in ["https://bank.example", "null"] {
        // What can be read as another path is not left alone.
        for path in
            ["/orders", "/payment/..%2forders", "//payment/done", "/payment/done;/../orders"]
        {
            let response = send(&layer, request("POST", path, Some(origin)));
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path} {origin}");
        }
    }
    let response = send(&layer, request("POST", "//payment/done", Some("https://bank.example")));
    assert_eq!(response.extensions().get(), Some(&Denial::PathAmbiguous));
}

/// No CORS is no way to let others post: it refuses them all.
#[test]
fn a_path_without_cors_is_closed_to_others_with_enforcement_on() {
    let routes =
        Routes::builder().route("/payment/done", Route::NoCors).fallback(policy("partner"));
    let layer = CorsLayer::new(routes.build().unwrap()).enforce(Enforcement::unsafe_requests());
    let response =
        send(&layer.unwrap(), request("POST", "/payment/done", Some("https://partner.example")));
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(response.extensions().get(), Some(&Denial::NoPolicy));
}

#[test]
fn the_decision_on_a_path_that_is_left_alone_adds_and_removes_nothing() {
    for method in ["GET", "OPTIONS"] {
        let decision = gateway().decide(&request(method, "/other", Some("https://evil.example")));
        assert!(decision.is_allowed(), "{method}");
        assert_eq!((decision.denial(), decision.rule()), (None, None), "{method}");
        assert!(decision.headers().is_empty(), "{method}");
        let mut headers = untouched();
        decision.write_to(&mut headers);
        assert_eq!(headers, untouched(), "{method}");
    }
    let said = [("GET", None), ("GET", Some("null")), ("OPTIONS", Some("null"))]
        .map(|(method, origin)| gateway().decide(&request(method, "/other", origin)).to_string());
    assert_eq!(said, ["plain request", "CORS request left alone", "preflight left alone"]);
}

#[test]
fn what_a_path_has_is_told() {
    let routes = gateway();
    assert_eq!(routes.find("/other"), Some(&Route::LeftAlone));
    assert_eq!(routes.find("/internal/x"), Some(&Route::NoCors));
    assert_eq!(routes.find("/api/x"), Some(&Route::Policy(policy("items"))));
    assert_eq!(routes.find("/api/x").and_then(Route::policy), Some(&policy("items")));
    assert_eq!(routes.find("/other").and_then(Route::policy), None);
    assert_eq!(routes.find("/api/../internal/x"), None);
    // Without a fallback there is no CORS.
    assert_eq!(Routes::builder().build().unwrap().find("/other"), Some(&Route::NoCors));
    let said = format!("{:?}", Routes::builder().route("/a", Route::NoCors).build().unwrap());
    assert_eq!(said, r#"{"/a": NoCors, "fallback": NoCors}"#);
}

/// One type for what is configured, be it a policy or a table, and for what is reloaded.
#[cfg(feature = "reload")]
#[test]
fn a_policy_becomes_a_table_under_load() {
    let reload = tower_cors::Reload::<Routes>::new(policy("first").into());
    let layer = CorsLayer::new(reload.clone());
    let allowed = |path: &str, origin: &str| {
        let response = send(&layer, request("GET", path, Some(origin)));
        response.headers().get("access-control-allow-origin").is_some_and(|it| it == origin)
    };
    assert!(
        allowed("/other", "https://first.example") && allowed("/api/x", "https://first.example")
    );
    reload.swap(gateway());
    assert!(
        !allowed("/other", "https://first.example") && allowed("/api/x", "https://items.example")
    );
    assert_eq!(reload.current(), gateway());
}

#[test]
fn tables_are_equal_if_the_same_paths_have_the_same() {
    let table = |routes: &[(&str, Route)], fallback: Route| {
        let mut builder = Routes::builder().fallback(fallback);
        for (path, route) in routes {
            builder = builder.route(*path, route.clone());
        }
        builder.build().unwrap()
    };
    let (a, b) = (|| Route::Policy(policy("a")), || Route::Policy(policy("b")));
    let one = table(&[("/x", a()), ("/y/{id}", b()), ("/z/{*rest}", Route::NoCors)], a());
    let same = [
        one.clone(),
        table(&[("/x", a()), ("/y/{id}", b()), ("/z/{*rest}", Route::NoCors)], a()),
        table(&[("/z/{*all}", Route::NoCors), ("/y/{name}", b()), ("/x", a())], a()),
    ];
    for other in same {
        assert_eq!(one, other);
    }
    let different = [
        table(&[("/x", a()), ("/y/{id}", b()), ("/z/{*rest}", Route::NoCors)], b()),
        table(&[("/x", a()), ("/y/{id}", b()), ("/z/{*rest}", Route::NoCors)], Route::NoCors),
        table(&[("/x", b()), ("/y/{id}", b()), ("/z/{*rest}", Route::NoCors)], a()),
        table(&[("/x", a()), ("/y/{id}", b()), ("/z/{*rest}", Route::LeftAlone)], a()),
        table(&[("/x", a()), ("/y/{id}", b()), ("/z/{rest}", Route::NoCors)], a()),
        table(&[("/x", a()), ("/y/{id}", b())], a()),
        table(&[("/x", a()), ("/y", b()), ("/z/{*rest}", Route::NoCors)], a()),
        a().policy().unwrap().clone().into(),
    ];
    for other in different {
        assert_ne!(one, other);
    }
    let (all, none): (Routes, _) = (policy("a").into(), Routes::builder());
    assert_eq!(all, none.clone().fallback(policy("a")).build().unwrap());
    assert_ne!(all, none.build().unwrap());
    let _: &dyn Fn(Policy) -> Routes = &Routes::from;
}
