//! The crate, asked in the oracle's words.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Policy, PolicyErrors};

use crate::oracle::{Answer, Config, Line, Request, Response};

/// The policy in the crate's own terms. Public suffixes are allowed, since a build without the
/// feature `public-suffix` takes every domain for one.
pub(crate) fn build(config: &Config) -> Result<Policy, PolicyErrors> {
    let mut builder = Policy::builder()
        .allow_origins(config.origins)
        .allow_credentials(config.credentials)
        .allow_headers(config.headers)
        .expose_headers(config.exposed)
        .dangerously_allow_null_origin(config.null)
        .dangerously_allow_public_suffixes(true)
        .dangerously_allow_insecure_origins(config.insecure);
    builder = if config.only {
        builder.only_methods(config.methods)
    } else {
        builder.allow_methods(config.methods)
    };
    if let Some(predicate) = config.predicate {
        builder = builder.allow_origins_if(move |origin, method, _uri| {
            predicate(origin.as_str(), method.as_str())
        });
    }
    if let Some(seconds) = config.max_age {
        builder = builder.max_age(Duration::from_secs(seconds));
    }
    builder.build()
}

pub(crate) fn layer(config: &Config, policy: Policy) -> CorsLayer {
    CorsLayer::new(policy)
        .preflight_status(StatusCode::from_u16(config.preflight_status).unwrap())
        .unwrap()
        .pass_on_preflights(config.pass_on)
        .keep_inner_headers(config.keep)
        .hide_denials(config.hide)
}

/// What is behind the layer.
pub(crate) type Spy =
    BoxCloneSyncService<http::Request<&'static str>, http::Response<&'static str>, Infallible>;

/// Sends a request through the layer to a spy that gives the response.
pub(crate) fn send<L>(layer: &L, request: &Request, inner: &Response) -> Answer
where
    L: Layer<Spy>,
    L::Service: Service<
            http::Request<&'static str>,
            Response = http::Response<&'static str>,
            Error = Infallible,
        >,
{
    let ran = Arc::new(AtomicBool::new(false));
    let spy = {
        let (ran, inner) = (Arc::clone(&ran), inner.clone());
        service_fn(move |request: http::Request<&'static str>| {
            assert!(!ran.swap(true, Ordering::Relaxed), "the inner service ran twice");
            assert_eq!(*request.body(), "asked", "the body of the request is passed on");
            let mut response = http::Response::new("said");
            *response.status_mut() = StatusCode::from_u16(inner.status).unwrap();
            *response.headers_mut() = to_map(&inner.lines);
            async { Ok::<_, Infallible>(response) }
        })
    };
    let spy = BoxCloneSyncService::new(spy);
    let response = layer.layer(spy).call(to_http(request)).now_or_never().unwrap().unwrap();
    assert!(["said", ""].contains(response.body()));
    Answer {
        inner_ran: ran.load(Ordering::Relaxed),
        inner_body: *response.body() == "said",
        denial: None,
        response: Response {
            status: response.status().as_u16(),
            lines: from_map(response.headers()),
        },
    }
}

pub(crate) fn to_http(request: &Request) -> http::Request<&'static str> {
    let mut message = http::Request::new("asked");
    *message.method_mut() = Method::from_bytes(request.method.as_bytes()).unwrap();
    *message.headers_mut() = to_map(&request.lines);
    message
}

fn to_map(lines: &[Line]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        map.append(name, HeaderValue::from_bytes(value).unwrap());
    }
    map
}

pub(crate) fn from_map(map: &HeaderMap) -> Vec<Line> {
    map.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}

/// The lines of each name in their order, the names in any.
pub(crate) fn sorted(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by(|(name, _), (other, _)| name.cmp(other));
    lines
}

/// The same of an answer.
pub(crate) fn in_order(answer: Answer) -> Answer {
    let Response { status, lines } = answer.response;
    Answer { response: Response { status, lines: sorted(lines) }, ..answer }
}
