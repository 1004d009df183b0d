//! Systems that refuse at the server: Salesforce OCAPI, and Spring.

use std::collections::HashMap;
use std::sync::Arc;

use http::{HeaderName, Request, Response, StatusCode};
use tower::ServiceBuilder;
use tower_cors::{CorsLayer, Denial, Enforcement, Policy, Resolver, Routes};

use super::{Result, preflight, request, send};

/// Origins by client application, no `*`. From an unknown origin GET and HEAD go on without CORS
/// headers; unsafe methods get 401 with a fault document, and are not processed.
#[test]
fn salesforce_ocapi() -> Result {
    let of_client = |origins: &[&str]| {
        Policy::builder()
            .allow_origins(origins)
            .allow_credentials(true)
            .allow_methods(["PUT", "PATCH", "DELETE"])
            .allow_headers(["x-dw-client-id", "content-type"])
            .build()
    };
    let clients = Arc::new(HashMap::from([
        ("storefront", of_client(&["https://shop.example", "https://m.shop.example"])?),
        ("kiosk", of_client(&["https://kiosk.example"])?),
    ]));
    // In the query of a preflight, whose header fields have only names, and in either of a request.
    let resolve = move |head: Request<()>| {
        let in_query = head.uri().query().and_then(|query| query.strip_prefix("client_id="));
        let in_header =
            head.headers().get("x-dw-client-id").and_then(|client| client.to_str().ok());
        let found = in_query.or(in_header).and_then(|client| clients.get(client)).cloned();
        async move { Ok(found) }
    };
    // A refusal carries its denial, and a layer around this one puts the document in its place.
    let fault = |response: Response<String>| {
        let Some(denial) = response.extensions().get::<Denial>() else { return response };
        let fault = format!(r#"{{"fault":{{"type":"UnauthorizedOrigin","message":"{denial}"}}}}"#);
        let (mut head, _) = response.into_parts();
        head.status = StatusCode::UNAUTHORIZED;
        Response::from_parts(head, fault)
    };
    let resolver = Resolver::new(resolve, |error| panic!("{error}"))
        .vary_on([HeaderName::from_static("x-dw-client-id")]);
    let cors = CorsLayer::with_resolver(resolver).enforce(Enforcement::unsafe_requests())?;
    let layer = ServiceBuilder::new().map_response(fault).layer(cors).into_inner();

    let page = |method: &str, client: &str, origin: &str| {
        let mut request: Request<String> = request(method, "/baskets", origin);
        request.headers_mut().insert("x-dw-client-id", client.parse().unwrap());
        request.headers_mut().insert("host", "api.example".parse().unwrap());
        send(&layer, request)
    };
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
        let known = page(method, "storefront", "https://shop.example");
        assert_eq!((known.ran, known.reader()), (true, "https://shop.example"), "{method}");
    }
    // An origin of nobody, one of another client, and a client that nobody knows.
    for (client, origin) in [
        ("storefront", "https://evil.example"),
        ("storefront", "https://kiosk.example"),
        ("nobody", "https://shop.example"),
    ] {
        for method in ["GET", "HEAD"] {
            let unknown = page(method, client, origin);
            assert_eq!(
                (unknown.status(), unknown.ran),
                (StatusCode::OK, true),
                "{client} {method}"
            );
            assert_eq!(unknown.cors(), [""; 0], "{client} {method}");
        }
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let unknown = page(method, client, origin);
            assert_eq!(unknown.status(), StatusCode::UNAUTHORIZED, "{client} {method}");
            assert!(!unknown.ran, "{client} {method}: not processed");
            assert!(unknown.response.body().contains("UnauthorizedOrigin"), "{client} {method}");
            assert_eq!(unknown.cors(), [""; 0], "{client} {method}");
        }
    }
    let path = "/baskets?client_id=kiosk";
    let asked = send(&layer, preflight(path, "https://kiosk.example", "PATCH", "content-type"));
    assert_eq!(asked.status(), StatusCode::NO_CONTENT);
    let asked = send(&layer, preflight(path, "https://shop.example", "PATCH", ""));
    assert_eq!(asked.status(), StatusCode::FORBIDDEN);
    // `*` is no origin of a client with credentials.
    assert!(of_client(&["*"]).is_err());
    Ok(())
}

/// A map of paths; what is of the same origin is no matter of CORS; 403 for actual requests that are
/// denied, with any method.
#[test]
fn spring() -> Result {
    let partners = Policy::builder()
        .allow_origins(["https://domain1.example", "https://domain2.example"])
        .allow_methods(["PUT"])
        .build()?;
    let routes = Routes::builder().route("/api/{*rest}", partners).build()?;
    let layer = CorsLayer::new(routes).enforce(Enforcement::all_requests())?;
    let page = |method: &str, path: &str, origin: &str| {
        let mut request = request(method, path, origin);
        request.headers_mut().insert("host", "shop.example".parse().unwrap());
        send(&layer, request)
    };
    let known = page("GET", "/api/items", "https://domain1.example");
    assert_eq!((known.ran, known.reader()), (true, "https://domain1.example"));
    for method in ["GET", "POST", "PUT"] {
        let denied = page(method, "/api/items", "https://evil.example");
        assert_eq!((denied.status(), denied.ran), (StatusCode::FORBIDDEN, false), "{method}");
        let own = page(method, "/api/items", "https://shop.example");
        assert_eq!((own.status(), own.ran), (StatusCode::OK, true), "{method}");
    }
    let mut plain = Request::post("/api/items").body(String::new())?;
    plain.headers_mut().insert("host", "shop.example".parse()?);
    assert!(send(&layer, plain).ran);
    Ok(())
}
