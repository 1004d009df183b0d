//! Policies that are found asynchronously.
//!
//! <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use std::convert::Infallible;
use std::error::Error;
use std::future::ready;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use futures_util::FutureExt;
use http::header::ORIGIN;
use http::{HeaderMap, HeaderName, Request, Response, StatusCode};
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Denial, Enforcement, Policy, Resolver};

type Log = Arc<Mutex<Vec<String>>>;

/// What a service with a resolver did.
#[derive(Clone, Default)]
struct Spy {
    asked: Log,
    reported: Log,
    ran: Log,
}

fn logged(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().unwrap())
}

const TENANT: HeaderName = HeaderName::from_static("x-tenant");

/// Finds `https://NAME.example` for the tenant `NAME`, none for `none`, and fails for `broken`.
fn resolver(spy: &Spy) -> Resolver {
    let (asked, reported) = (Arc::clone(&spy.asked), Arc::clone(&spy.reported));
    Resolver::new(
        move |head: Request<()>| {
            let names = head.headers().keys().map(HeaderName::as_str).collect::<Vec<_>>().join(" ");
            asked.lock().unwrap().push(format!("{} {} {names}", head.method(), head.uri()));
            let tenant = head.headers().get(TENANT).map(|value| value.to_str().unwrap());
            let found = match tenant {
                Some("broken") => Err("the database is gone".into()),
                None | Some("none") => Ok(None),
                Some(name) => {
                    let origin = [format!("https://{name}.example")];
                    let builder = Policy::builder().allow_origins(origin).allow_methods(["PUT"]);
                    builder.build().map(Some).map_err(Into::into)
                }
            };
            ready(found)
        },
        move |error| reported.lock().unwrap().push(error.to_string()),
    )
}

fn inner(
    spy: &Spy,
) -> impl Service<Request<()>, Response = Response<String>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    let ran = Arc::clone(&spy.ran);
    service_fn(move |request: Request<()>| {
        ran.lock().unwrap().push(request.method().to_string());
        let response = Response::builder()
            .header("access-control-allow-origin", "https://inner.example")
            .header("vary", "accept-encoding");
        async { Ok::<_, Infallible>(response.body("inner".to_owned()).unwrap()) }
    })
}

fn request(method: &str, origin: Option<&str>, tenant: Option<&str>) -> Request<()> {
    let mut request =
        Request::builder().method(method).uri("/items?q=1").header("cookie", "secret");
    if let Some(origin) = origin {
        request = request.header("origin", origin).header("host", "api.example");
    }
    if let Some(tenant) = tenant {
        request = request.header("x-tenant", tenant);
    }
    if method == "OPTIONS" {
        request = request.header("access-control-request-method", "PUT");
    }
    request.body(()).unwrap()
}

fn vary(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all("vary").iter().flat_map(|line| line.to_str().unwrap().split(", ")).collect()
}

const PREFLIGHT: [&str; 4] =
    ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "x-tenant"];
const OTHER: [&str; 3] = ["accept-encoding", "Origin", "x-tenant"];

#[tokio::test]
async fn the_policy_is_that_of_the_tenant_and_an_error_opens_nothing() {
    let spy = Spy::default();
    let service = ServiceBuilder::new()
        .layer(CorsLayer::with_resolver(resolver(&spy).vary_on([TENANT])))
        .service(inner(&spy));
    let (good, evil) = (Some("https://shop.example"), Some("https://evil.example"));
    // Method, origin, tenant; status, allowed origin, whether it is asked, reported, and whether
    // the inner service ran.
    let rows = [
        ("GET", good, Some("shop"), 200, good, true, false, true),
        ("GET", evil, Some("shop"), 200, None, true, false, true),
        ("GET", good, Some("none"), 200, None, true, false, true),
        ("GET", good, None, 200, None, true, false, true),
        ("GET", good, Some("broken"), 200, None, true, true, true),
        ("GET", None, Some("shop"), 200, None, false, false, true),
        ("GET", None, Some("broken"), 200, None, false, false, true),
        ("OPTIONS", good, Some("shop"), 204, good, true, false, false),
        ("OPTIONS", evil, Some("shop"), 403, None, true, false, false),
        ("OPTIONS", good, Some("none"), 403, None, true, false, false),
        ("OPTIONS", good, Some("broken"), 403, None, true, true, false),
    ];
    for (method, origin, tenant, status, allowed, asked, reported, ran) in rows {
        let name = format!("{method} {origin:?} {tenant:?}");
        let response = service.clone().oneshot(request(method, origin, tenant)).await.unwrap();
        let headers = response.headers();
        let found = headers.get("access-control-allow-origin").map(|it| it.to_str().unwrap());
        assert_eq!((response.status().as_u16(), found), (status, allowed), "{name}");
        let expected: &[&str] = if method == "OPTIONS" { &PREFLIGHT } else { &OTHER };
        assert_eq!(vary(headers), expected, "{name}");
        // An answer has one line. Those of the inner service stay as they are, before the layer's and the names.
        let lines = headers.get_all("vary").iter().count();
        assert_eq!(lines, if ran { 3 } else { 1 }, "{name}");
        assert_eq!(logged(&spy.reported).len(), usize::from(reported), "{name}");
        assert_eq!(logged(&spy.ran).len(), usize::from(ran), "{name}");
        // The function sees what `Vary` names and no more: no cookie.
        let seen = match tenant {
            Some(_) => format!("{method} /items?q=1 host origin x-tenant"),
            None => format!("{method} /items?q=1 host origin"),
        };
        assert_eq!(logged(&spy.asked), if asked { vec![seen] } else { Vec::new() }, "{name}");
    }
}

#[tokio::test]
async fn a_field_that_is_not_named_is_not_seen() {
    let spy = Spy::default();
    let service =
        ServiceBuilder::new().layer(CorsLayer::with_resolver(resolver(&spy))).service(inner(&spy));
    let origin = Some("https://shop.example");
    let response = service.oneshot(request("GET", origin, Some("shop"))).await.unwrap();
    assert!(!response.headers().contains_key("access-control-allow-origin"));
    assert_eq!(logged(&spy.asked), ["GET /items?q=1 host origin"]);
}

/// A name that is given twice, or is seen anyway, is seen once and stands in `Vary` once.
#[tokio::test]
async fn a_field_is_named_once() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let resolver = Resolver::new(
        move |head: Request<()>| {
            let names = head.headers().iter().map(|(name, _)| name.to_string());
            seen.lock().unwrap().extend(names);
            ready(Ok(None))
        },
        |_| {},
    );
    let resolver = resolver.vary_on([ORIGIN, TENANT]).vary_on([TENANT]);
    let service = ServiceBuilder::new()
        .layer(CorsLayer::with_resolver(resolver))
        .service(inner(&Spy::default()));
    let request = request("GET", Some("https://shop.example"), Some("shop"));
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(vary(response.headers()), OTHER);
    assert_eq!(logged(&lines), ["host", "origin", "x-tenant"]);
}

/// Whatever way the function is written: as a closure with a block, or as a function.
#[test]
fn functions_of_every_form_are_taken() {
    async fn find(head: Request<()>) -> Result<Option<Policy>, Box<dyn Error + Send + Sync>> {
        let depth: usize = head.uri().query().unwrap_or("1").parse()?;
        Ok((depth > 0).then(Policy::permissive))
    }
    let report = |error| panic!("{error}");
    let service = inner(&Spy::default());
    drop(CorsLayer::with_resolver(Resolver::new(find, report)).layer(service.clone()));
    let block = |head| async move { find(head).await };
    drop(CorsLayer::with_resolver(Resolver::new(block, report)).layer(service.clone()));
    // One that captures, and whose errors are of several types.
    let tenants = Arc::new(Mutex::new(vec!["shop".to_owned()]));
    let closure = async move |head: Request<()>| {
        let Some(tenant) = head.headers().get(TENANT) else { return Ok(None) };
        let tenant = tenant.to_str()?;
        tokio::time::sleep(Duration::from_millis(tenant.parse()?)).await;
        let known = tenants.lock().map_err(|error| error.to_string())?;
        Ok(known.iter().any(|one| one == tenant).then(Policy::permissive))
    };
    drop(CorsLayer::with_resolver(Resolver::new(closure, report)).layer(service));
}

/// It is one type, so it can stand in a struct and in a static, and be returned by name.
#[test]
fn a_resolver_can_be_named() {
    struct Configuration {
        resolver: Resolver,
    }
    static CONFIGURATION: OnceLock<Configuration> = OnceLock::new();
    fn of_tenants(spy: &Spy) -> Resolver {
        resolver(spy).vary_on([TENANT])
    }
    let spy = Spy::default();
    let configured = CONFIGURATION.get_or_init(|| Configuration { resolver: of_tenants(&spy) });
    let service = CorsLayer::with_resolver(configured.resolver.clone()).layer(inner(&spy));
    let get = request("GET", Some("https://shop.example"), Some("shop"));
    let response = service.oneshot(get).now_or_never().unwrap().unwrap();
    assert!(response.headers().contains_key("access-control-allow-origin"));
}

/// While a policy is looked for, a preflight keeps nobody from the inner service.
#[tokio::test]
async fn a_slow_resolver_keeps_no_permit_for_a_preflight() {
    let resolver = Resolver::new(|_| std::future::pending(), |_| {});
    let service = ServiceBuilder::new()
        .layer(CorsLayer::with_resolver(resolver))
        .layer(ConcurrencyLimitLayer::new(1))
        .service(inner(&Spy::default()));
    let (mut asking, mut plain) = (service.clone(), service);
    let preflight = request("OPTIONS", Some("https://shop.example"), None);
    let mut waiting = asking.ready().await.unwrap().call(preflight);
    assert!((&mut waiting).now_or_never().is_none(), "nobody answers");
    let answered = plain.ready().now_or_never().expect("a permit").unwrap();
    assert!(answered.call(request("GET", None, None)).await.is_ok());
}

/// Not even where those of the inner service are kept: a failure never opens.
#[tokio::test]
async fn a_failed_resolver_keeps_no_inner_header() {
    let spy = Spy::default();
    let layer = CorsLayer::with_resolver(resolver(&spy).vary_on([TENANT])).keep_inner_headers(true);
    let service = ServiceBuilder::new().layer(layer).service(inner(&spy));
    for (origin, tenant, kept) in [
        (Some("https://shop.example"), "shop", true),
        (Some("https://inner.example"), "broken", false),
        (Some("https://inner.example"), "none", false),
        (None, "broken", true),
    ] {
        let response = service.clone().oneshot(request("GET", origin, Some(tenant))).await.unwrap();
        let found = response.headers().contains_key("access-control-allow-origin");
        assert_eq!(found, kept, "{origin:?} {tenant}");
    }
}

/// Even a policy for any origin, or for exactly one, depends on what chose it.
#[tokio::test]
async fn what_is_resolved_is_dynamic() {
    for (origins, allowed) in [("*", Some("*")), ("https://b.example", None)] {
        let policy = Policy::builder().allow_origins([origins]).build().unwrap();
        let resolver = Resolver::new(move |_| ready(Ok(Some(policy.clone()))), |_| {});
        let service = ServiceBuilder::new()
            .layer(CorsLayer::with_resolver(resolver.vary_on([TENANT, TENANT])))
            .service(inner(&Spy::default()));
        for (origin, allowed) in [(Some("https://a.example"), allowed), (None, None)] {
            let response = service.clone().oneshot(request("GET", origin, None)).await.unwrap();
            let found = response.headers().get("access-control-allow-origin");
            assert_eq!(found.map(|it| it.to_str().unwrap()), allowed);
            assert_eq!(vary(response.headers())[..2], ["accept-encoding", "Origin"]);
        }
    }
}

#[tokio::test]
async fn a_failed_resolver_refuses_where_it_is_enforced() {
    let spy = Spy::default();
    let layer = CorsLayer::with_resolver(resolver(&spy).vary_on([TENANT]))
        .enforce(Enforcement::unsafe_requests().hosts(["api.example"]))
        .unwrap();
    let service = ServiceBuilder::new().layer(layer).service(inner(&spy));
    let good = Some("https://shop.example");
    for (method, origin, tenant, status) in [
        ("POST", good, "shop", StatusCode::OK),
        ("POST", good, "broken", StatusCode::FORBIDDEN),
        ("POST", good, "none", StatusCode::FORBIDDEN),
        ("POST", Some("https://evil.example"), "shop", StatusCode::FORBIDDEN),
        ("GET", good, "broken", StatusCode::OK),
        // A page of another site may have sent it, whose browser keeps the `Origin` to itself.
        ("POST", None, "shop", StatusCode::FORBIDDEN),
        ("POST", None, "broken", StatusCode::FORBIDDEN),
        ("GET", None, "broken", StatusCode::OK),
    ] {
        let mut request = request(method, origin, Some(tenant));
        request.headers_mut().remove("cookie");
        request.headers_mut().insert("host", "api.example".parse().unwrap());
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{method} {origin:?} {tenant}");
        let ran = logged(&spy.ran).len();
        assert_eq!(ran, usize::from(status == StatusCode::OK), "{method} {origin:?} {tenant}");
        let enforced: &[&str] = match method {
            "GET" => &["Origin, Upgrade"],
            _ => &["Origin, Sec-Fetch-Site, Upgrade, Cookie"],
        };
        let inner: &[&str] = if ran == 1 { &["accept-encoding"] } else { &[] };
        assert_eq!(
            vary(response.headers()).join(", "),
            [inner, enforced, &["x-tenant"]].concat().join(", ")
        );
    }
    assert_eq!(logged(&spy.reported).len(), 3);
    let with_cookie = request("POST", good, Some("shop"));
    let response = service.clone().oneshot(with_cookie).await.unwrap();
    assert_eq!(response.extensions().get(), Some(&Denial::CredentialsNotAllowed));
    // A request for a host that is not listed is refused before anybody is asked.
    logged(&spy.asked);
    let mut foreign = request("GET", good, Some("shop"));
    foreign.headers_mut().insert("host", "evil.example".parse().unwrap());
    let response = service.oneshot(foreign).await.unwrap();
    assert_eq!((response.status(), logged(&spy.asked).len()), (StatusCode::FORBIDDEN, 0));
}

#[tokio::test]
async fn settings_hold_for_resolved_policies_too() {
    let spy = Spy::default();
    let layer = CorsLayer::with_resolver(resolver(&spy).vary_on([TENANT]))
        .preflight_status(StatusCode::OK)
        .unwrap();
    let service = ServiceBuilder::new()
        .layer(layer.keep_inner_headers(true).pass_on_preflights(true))
        .service(inner(&spy));
    let origin = Some("https://shop.example");
    let response = service.clone().oneshot(request("GET", origin, Some("shop"))).await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "https://inner.example");
    let response = service.oneshot(request("OPTIONS", origin, Some("shop"))).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(logged(&spy.ran), ["GET", "OPTIONS"]);
}

/// The inner service that was ready is the one that is called, and none is kept.
#[tokio::test]
async fn a_resolver_keeps_no_permit_and_uses_the_ready_service() {
    let spy = Spy::default();
    let mut service = ServiceBuilder::new()
        .layer(CorsLayer::with_resolver(resolver(&spy).vary_on([TENANT])))
        .layer(ConcurrencyLimitLayer::new(1))
        .service(inner(&spy));
    let origin = Some("https://shop.example");
    let preflight = service
        .ready()
        .await
        .unwrap()
        .call(request("OPTIONS", origin, Some("shop")))
        .await
        .unwrap();
    assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
    let first = service.ready().await.unwrap().call(request("GET", origin, Some("shop")));
    assert!(service.ready().now_or_never().is_none(), "the permit is the first request's");
    drop(first);
    let response = service.ready().await.unwrap().call(request("GET", origin, Some("shop"))).await;
    assert_eq!(response.unwrap().status(), StatusCode::OK);
}
