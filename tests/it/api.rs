//! What can be written with the types of the crate.

use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use futures_util::FutureExt;
use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_cors::{
    Cors, CorsLayer, Decision, Denial, Enforceable, Enforcement, Policy, PolicyBuilder,
    PolicyErrors, PolicySource, Resolver,
};

fn one() -> PolicyBuilder {
    Policy::builder().allow_origins(["https://a.example", "https://b.example"])
}

fn from(origin: &str) -> Request<axum::body::Body> {
    Request::get("/").header("origin", origin).body(axum::body::Body::empty()).unwrap()
}

/// The origin that a router names to a page of `https://a.example`.
fn reader(app: Router) -> Option<HeaderValue> {
    let response = app.oneshot(from("https://a.example")).now_or_never().unwrap().unwrap();
    response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).cloned()
}

fn app() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

/// Whether a layer enforces is no matter of its type.
#[test]
fn enforcement_is_a_matter_of_configuration() -> Result<(), PolicyErrors> {
    for enforces in [false, true] {
        let mut layer = CorsLayer::new(one().build()?);
        if enforces {
            layer = layer.enforce(Enforcement::all_requests())?;
        }
        let app = app().layer(layer);
        let response = app.oneshot(from("https://evil.example")).now_or_never().unwrap().unwrap();
        let status = if enforces { StatusCode::FORBIDDEN } else { StatusCode::OK };
        assert_eq!(response.status(), status);
    }
    Ok(())
}

/// A helper may be generic over where policies come from, enforced or not.
#[test]
fn one_bound_is_enough_for_a_helper() -> Result<(), PolicyErrors> {
    fn with_cors<P: PolicySource>(layer: CorsLayer<P>) -> Result<Router, PolicyErrors> {
        Ok(app().layer(layer.enforce(Enforcement::unsafe_requests())?))
    }
    assert!(reader(with_cors(CorsLayer::new(one().build()?))?).is_some());
    #[cfg(feature = "reload")]
    assert!(reader(with_cors(CorsLayer::new(tower_cors::Reload::new(one().build()?)))?).is_some());
    Ok(())
}

/// A policy is a layer, and a layer is made of a policy.
#[test]
fn a_policy_is_taken_for_a_layer() -> Result<(), PolicyErrors> {
    assert_eq!(reader(app().layer(one().build()?)).unwrap(), "https://a.example");
    assert_eq!(reader(app().layer(CorsLayer::from(one().build()?))).unwrap(), "https://a.example");
    assert_eq!(reader(app().layer(CorsLayer::permissive())).unwrap(), "*");
    assert_eq!(reader(app().layer(Policy::nobody())), None);
    let resolver = Resolver::new(async |_| Ok(Some(one().build()?)), |error| panic!("{error}"));
    assert_eq!(reader(app().layer(resolver)).unwrap(), "https://a.example");
    #[cfg(feature = "reload")]
    let reloaded = reader(app().layer(tower_cors::Reload::new(one().build()?)));
    #[cfg(feature = "reload")]
    assert_eq!(reloaded.unwrap(), "https://a.example");
    Ok(())
}

#[test]
fn nobody_is_nobody() {
    let preflight = Request::options("/")
        .header("origin", "https://a.example")
        .header("access-control-request-method", "GET");
    let get = Request::get("/").header("origin", "null");
    for request in [preflight, get] {
        let decision = Policy::nobody().decide(&request.body(()).unwrap());
        assert_eq!(decision.denial(), Some(Denial::OriginNotAllowed));
    }
    let errors = Policy::builder().allow_origins([""; 0]).build().unwrap_err();
    assert_eq!(
        errors.to_string(),
        "no origin is allowed; give `allow_origins` at least one, or say `nobody`"
    );
}

/// Lists are whatever can be walked, of whatever says a value.
#[test]
fn lists_of_every_kind_are_taken() {
    let expected = Policy::builder()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_methods(["PUT"])
        .allow_headers(["x-a"])
        .expose_headers(["etag"])
        .build();
    let value = HeaderValue::from_static("https://a.example");
    let values = [value.clone(), HeaderValue::from_static("https://b.example")];
    let borrowed = Policy::builder()
        .allow_origins(&values)
        .allow_methods(&[Method::PUT])
        .allow_headers([&HeaderName::from_static("x-a")])
        .expose_headers(vec![String::from("etag")])
        .build();
    assert_eq!(borrowed, expected);
    let owned = Policy::builder()
        .allow_origins(Some(value))
        .allow_origins("https://b.example".split(','))
        .allow_methods(std::iter::once(Method::PUT))
        .allow_headers([HeaderName::from_static("x-a")])
        .expose_headers(std::collections::BTreeSet::from(["etag"]))
        .build();
    assert_eq!(owned, expected);
    let boxed = Policy::builder()
        .allow_origins([Box::<str>::from("https://a.example"), "https://b.example".into()])
        .allow_methods([Cow::Borrowed("PUT")])
        .allow_headers([Cow::<str>::Owned("x-a".to_owned())])
        .expose_headers([Box::<str>::from("etag")])
        .build();
    assert_eq!(boxed, expected);
    let odd = HeaderValue::from_bytes(b"https://\xff.example").unwrap();
    let errors = Policy::builder().allow_origins([odd]).build().unwrap_err();
    assert!(errors.to_string().contains("is not ASCII"), "{errors}");
}

/// Two policies are equal if they were given the same, in whatever order.
#[test]
fn policies_are_compared() {
    fn of_a(origin: &tower_cors::Origin<'_>, _: &Method, _: &http::Uri) -> bool {
        origin.host() == "a.example"
    }
    let many = |from: u32| (from..from + 100).map(|n| format!("https://{}.example", n % 100));
    let same = [
        (one(), Policy::builder().allow_origins(["https://b.example", "https://a.example"])),
        (Policy::builder().allow_origins(many(0)), Policy::builder().allow_origins(many(50))),
        (one().allow_headers(["x-a", "x-b"]), one().allow_headers(["X-B", "x-a"])),
        (one().expose_headers(["x-a", "x-b"]), one().expose_headers(["X-B", "x-a"])),
        (one().allow_methods(["GET", "HEAD"]), one().allow_methods(["HEAD", "GET"])),
        (one().allow_methods(["GET"]), one()),
        // Which origins a predicate is asked about is of no effect where there is none.
        (
            one().allow_credentials(true),
            one().allow_credentials(true).dangerously_allow_insecure_origins(true),
        ),
    ];
    for (left, right) in same {
        assert_eq!(left.build(), right.build());
    }
    let different = [
        one(),
        one().allow_origins(["https://c.example"]),
        one().allow_origins(["https://*.a.example"]),
        one().allow_origins(["https://*.a.example:*"]),
        one().allow_origins(["http://localhost:*"]),
        one().allow_origins_if(of_a),
        one().allow_credentials(true),
        one().allow_methods(["PUT"]),
        one().only_methods(["PUT"]),
        one().allow_headers(["x-a"]),
        one().allow_headers(["x-a*"]),
        one().expose_headers(["x-a"]),
        one().max_age(Duration::from_secs(1)),
        one().name("partners"),
        one().dangerously_allow_null_origin(true),
        Policy::builder().allow_origins(["https://a.example"]),
        Policy::builder().allow_origins(["*"]),
    ];
    for (at, left) in different.iter().enumerate() {
        let left = left.build().unwrap();
        assert_eq!(left, left.clone());
        for right in different.iter().skip(at + 1) {
            assert_ne!(left, right.build().unwrap());
        }
    }
    let asks = one().allow_origins_if(of_a);
    assert_eq!(asks.build(), asks.clone().build(), "the same predicate");
    let decide = |origin: &str| -> Decision { one().build().unwrap().decide(&from(origin)) };
    assert_eq!(decide("https://a.example"), decide("https://a.example"));
    assert_ne!(decide("https://a.example"), decide("https://b.example"));
    assert_ne!(decide("https://a.example"), decide("https://evil.example"));
}

#[test]
fn the_name_of_a_policy_stands_before_its_errors() {
    let policy = one().name("partners").build().unwrap();
    assert_eq!((policy.name(), one().build().unwrap().name()), (Some("partners"), None));
    let errors = one().name("partners").allow_methods(["put", "get"]).build().unwrap_err();
    assert_eq!(
        errors.to_string(),
        "policy \"partners\": method \"put\" is not PUT, methods are case-sensitive; write \"PUT\"\n\
         policy \"partners\": method \"get\" is not GET, methods are case-sensitive; write \"GET\""
    );
    assert_eq!(errors.policy(), Some("partners"));
}

/// Each error type of the crate becomes one, by `?`.
#[test]
fn one_function_builds_everything() {
    fn build(origin: &str, status: u16, host: &str) -> Result<(), tower_cors::Error> {
        let policy = Policy::builder().allow_origins([origin]).build()?;
        let status = StatusCode::from_u16(status).unwrap_or_default();
        let _layer = CorsLayer::new(policy)
            .preflight_status(status)?
            .enforce(Enforcement::unsafe_requests().hosts([host]))?;
        #[cfg(feature = "routes")]
        let _routes =
            tower_cors::Routes::builder().route(origin, tower_cors::Route::NoCors).build()?;
        #[cfg(feature = "serde")]
        let _policy = Policy::from_json(host)?;
        Ok(())
    }
    let error = build("https://a.example/", 204, "a.example").unwrap_err();
    assert!(matches!(error, tower_cors::Error::Policy(_)));
    assert_eq!(format!("{error}"), format!("{error:?}"));
    let error = build("https://a.example", 404, "a.example").unwrap_err();
    assert_eq!(
        error.to_string(),
        "preflight status \"404\" is not successful, so browsers would refuse it; write 204 or 200"
    );
    let error: Box<dyn Error> = build("https://a.example", 204, "a b").unwrap_err().into();
    assert!(error.to_string().starts_with("host \"a b\""), "{error}");
    #[cfg(feature = "routes")]
    assert!(matches!(
        build("https://a.example", 204, "a.example"),
        Err(tower_cors::Error::Routes(_))
    ));
}

/// A denial is an error, for whoever hands it on as one.
#[test]
fn a_denial_is_an_error() {
    let error: Box<dyn Error + Send + Sync> = Denial::OriginNotAllowed.into();
    assert_eq!(error.to_string(), "the origin is not allowed");
}

/// As of every wrapper in tower.
#[test]
fn the_inner_service_can_be_had() {
    #[derive(Clone)]
    struct Counted<S>(S, usize);
    impl<S: Service<Request<()>>> Service<Request<()>> for Counted<S> {
        type Response = S::Response;
        type Error = S::Error;
        type Future = S::Future;

        fn poll_ready(
            &mut self,
            context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Result<(), S::Error>> {
            self.0.poll_ready(context)
        }

        fn call(&mut self, request: Request<()>) -> S::Future {
            self.1 += 1;
            self.0.call(request)
        }
    }
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let mut cors: Cors<_> = CorsLayer::permissive().layer(Counted(inner, 0));
    cors.get_mut().1 = 10;
    cors.call(Request::new(())).now_or_never().unwrap().unwrap();
    assert_eq!((cors.get_ref().1, cors.into_inner().1), (11, 11));
}

/// A map with room for no more names says too little, never too much.
#[test]
fn a_passed_on_preflight_into_a_full_map_keeps_its_vary() {
    const MOST: usize = 24_576;
    let full = |free: usize| {
        let mut response = Response::new(());
        for number in 0..MOST - free {
            let name = HeaderName::from_bytes(format!("x-{number}").as_bytes()).unwrap();
            response.headers_mut().append(name, HeaderValue::from_static("1"));
        }
        response
    };
    for free in 0..4 {
        let response = full(free);
        let inner = service_fn(move |_: Request<()>| {
            let response = response.clone();
            async { Ok::<_, Infallible>(response) }
        });
        let mut service =
            CorsLayer::new(one().build().unwrap()).pass_on_preflights(true).layer(inner);
        let preflight = Request::options("/")
            .header("origin", "https://a.example")
            .header("access-control-request-method", "GET");
        let preflight = preflight.body(()).unwrap();
        let response = service.call(preflight).now_or_never().unwrap().unwrap();
        let has = |name: &str| response.headers().contains_key(name);
        assert_eq!(has("vary"), free > 0, "{free}");
        assert_eq!(has("access-control-allow-origin"), free > 1, "{free}");
    }
}

/// A helper may take whatever enforces, a resolver too.
#[test]
fn one_bound_is_enough_to_enforce() {
    fn guarded<P: Enforceable>(layer: CorsLayer<P>) -> CorsLayer<P> {
        layer.enforce(Enforcement::unsafe_requests()).unwrap()
    }
    let _ = guarded(CorsLayer::new(one().build().unwrap()));
    let _ = guarded(CorsLayer::with_resolver(Resolver::new(|_| async { Ok(None) }, |_| {})));
}
