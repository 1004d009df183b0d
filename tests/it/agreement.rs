//! That the layer does what `Policy::decide` says, for every kind of policy.

use std::convert::Infallible;

use http::{HeaderMap, Method, Request, Response, StatusCode};
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Denial, Policy, RequestKind};

fn policies() -> Vec<Policy> {
    let builder = |origins: &[&str]| Policy::builder().allow_origins(origins);
    let two = || builder(&["https://a.example", "https://b.example"]);
    let one = || builder(&["https://a.example"]);
    let listed: Vec<String> = (0..9).map(|number| format!("https://{number}.example")).collect();
    let builders = [
        builder(&["*"]),
        builder(&["*"]).expose_headers(["*"]),
        builder(&["*"]).only_methods(["GET"]),
        one().expose_headers(["x-a"]),
        one().only_methods(["POST"]),
        two().allow_credentials(true).expose_headers(["x-a", "x-b"]),
        two().only_methods(["GET", "PUT"]),
        two().dangerously_allow_null_origin(true),
        builder(&["https://*.a.example", "https://a.example:*"]),
        one().allow_origins(&listed),
        two().allow_origins_if(|origin, method, _| {
            origin.host().starts_with("x.") && *method == Method::GET
        }),
    ];
    let mut policies: Vec<Policy> = builders
        .into_iter()
        .map(|builder| builder.max_age(std::time::Duration::from_secs(5)).build().unwrap())
        .collect();
    policies.push(Policy::permissive());
    policies.push(Policy::from_rules([one(), builder(&["https://b.example"])]).unwrap());
    let get = builder(&["https://b.example"]).only_methods(["GET"]);
    policies.push(Policy::from_rules([one(), get]).unwrap());
    policies
}

fn requests() -> Vec<Request<()>> {
    let origins: &[&[&str]] = &[
        &[],
        &["https://a.example"],
        &["https://b.example"],
        &["https://5.example"],
        &["https://x.a.example"],
        &["https://a.example:8443"],
        &["https://evil.example"],
        &["null"],
        &["https://a.example/"],
        &["https://a.example", "https://a.example"],
    ];
    let mut requests = Vec::new();
    for method in [Method::GET, Method::POST, Method::PUT, Method::OPTIONS, Method::CONNECT] {
        for origins in origins {
            for requested in [None, Some("GET"), Some("PUT"), Some("DELETE")] {
                let mut request = Request::new(());
                *request.method_mut() = method.clone();
                for origin in *origins {
                    request.headers_mut().append("origin", origin.parse().unwrap());
                }
                if let Some(requested) = requested {
                    let name = "access-control-request-method";
                    request.headers_mut().append(name, requested.parse().unwrap());
                }
                requests.push(request);
            }
        }
    }
    requests
}

fn sorted(headers: &HeaderMap) -> Vec<(String, String)> {
    let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    let mut fields: Vec<_> = headers.iter().map(field).collect();
    fields.sort();
    fields
}

#[tokio::test]
async fn the_layer_does_what_the_policy_says() {
    let inner = service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::builder().status(StatusCode::ACCEPTED).body(()).unwrap())
    });
    let mut seen = std::collections::HashSet::new();
    for policy in policies() {
        for request in requests() {
            let decision = policy.decide(&request);
            let service = CorsLayer::new(policy.clone()).layer(inner);
            let response = service.oneshot(request.clone()).await.unwrap();
            let case = format!("{policy:?}\n{request:?}\n{decision}");
            assert_eq!(sorted(response.headers()), sorted(&decision.headers()), "{case}");
            let status = match (decision.kind(), decision.denial()) {
                (RequestKind::Preflight, denial) => {
                    // One that is denied after its origin looks to a browser as if it were not.
                    let is_told = decision.headers().contains_key("access-control-allow-origin");
                    assert!(is_told || denial.is_some(), "{case}");
                    if is_told { StatusCode::NO_CONTENT } else { StatusCode::FORBIDDEN }
                }
                _ => StatusCode::ACCEPTED,
            };
            assert_eq!(response.status(), status, "{case}");
            seen.insert((decision.kind(), decision.denial()));
        }
    }
    for kind in [RequestKind::Simple, RequestKind::Preflight] {
        for denial in [
            None,
            Some(Denial::OriginNotAllowed),
            Some(Denial::OriginRepeated),
            Some(Denial::MethodNotAllowed),
        ] {
            assert!(seen.contains(&(kind, denial)), "{kind:?} {denial:?} was not met");
        }
    }
}
