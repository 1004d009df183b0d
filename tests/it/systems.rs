//! What well-known systems do with CORS, said with this crate.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>,
//! <https://github.com/expressjs/cors>, <https://flask-cors.readthedocs.io>,
//! <https://learn.microsoft.com/aspnet/core/security/cors>,
//! <https://gateway-api.sigs.k8s.io/geps/gep-1767/>,
//! <https://docs.spring.io/spring-framework/reference/web/webmvc-cors.html>

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN,
    HeaderName,
};
use http::{Request, Response, StatusCode};
use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Policy};

mod enforcing;
mod gateways;
mod tables;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// What was answered, and whether the inner service ran.
#[derive(Debug)]
struct Answer {
    response: Response<String>,
    ran: bool,
}

impl Answer {
    fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The one value of a field, or nothing.
    #[track_caller]
    fn says(&self, name: HeaderName) -> &str {
        let mut values = self.response.headers().get_all(name).iter();
        let value = values.next().map_or("", |value| value.to_str().unwrap());
        assert_eq!(values.next(), None);
        value
    }

    /// Whom the response is shared with.
    #[track_caller]
    fn reader(&self) -> &str {
        self.says(ACCESS_CONTROL_ALLOW_ORIGIN)
    }

    /// Every CORS field, by its name.
    fn cors(&self) -> Vec<&str> {
        let names = self.response.headers().keys().map(HeaderName::as_str);
        names.filter(|name| name.starts_with("access-control-")).collect()
    }
}

/// Sends a request through a layer to a backend that says of CORS what it should not.
fn send<L, S>(layer: &L, request: Request<String>) -> Answer
where
    L: Layer<Spied, Service = S>,
    S: Service<Request<String>, Response = Response<String>, Error = Infallible>,
{
    let count = Arc::new(AtomicUsize::new(0));
    let service = layer.layer(spied(Arc::clone(&count)));
    let response = call(service, request);
    Answer { response, ran: count.load(Ordering::Relaxed) > 0 }
}

type Spied = tower::util::BoxCloneSyncService<Request<String>, Response<String>, Infallible>;

fn spied(count: Arc<AtomicUsize>) -> Spied {
    Spied::new(service_fn(move |_: Request<String>| {
        count.fetch_add(1, Ordering::Relaxed);
        let mut response = Response::new("processed".to_owned());
        let evil = http::HeaderValue::from_static("https://evil.example");
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, evil);
        let yes = http::HeaderValue::from_static("true");
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        async { Ok(response) }
    }))
}

/// Nothing here waits.
fn call<S>(mut service: S, request: Request<String>) -> Response<String>
where
    S: Service<Request<String>, Response = Response<String>, Error = Infallible>,
{
    service.call(request).now_or_never().unwrap().unwrap()
}

/// A request of a page.
fn request(method: &str, path: &str, origin: &str) -> Request<String> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("origin", origin)
        .body(String::new())
        .unwrap()
}

/// A preflight for a method, and for names.
fn preflight(path: &str, origin: &str, method: &str, names: &str) -> Request<String> {
    let mut request = request("OPTIONS", path, origin);
    let headers = request.headers_mut();
    headers.insert("access-control-request-method", method.parse().unwrap());
    if !names.is_empty() {
        headers.insert("access-control-request-headers", names.parse().unwrap());
    }
    request
}

/// One policy for one app: `origin`, `methods`, `allowedHeaders`, `exposedHeaders`, `credentials`,
/// `maxAge`, `optionsSuccessStatus`; `preflightContinue` is a setting of the layer, too.
#[test]
fn express() -> Result {
    let policy = Policy::builder()
        .allow_origins(["https://app.example", "https://eu.app.example"])
        .allow_methods(["PUT", "PATCH", "DELETE"])
        .allow_headers(["content-type", "authorization"])
        .expose_headers(["content-range"])
        .allow_credentials(true)
        .max_age(Duration::from_secs(86_400))
        .build()?;
    let layer = CorsLayer::new(policy).preflight_status(StatusCode::OK)?;

    let asked = send(&layer, preflight("/", "https://app.example", "PATCH", "authorization"));
    assert_eq!((asked.status(), asked.ran), (StatusCode::OK, false));
    assert_eq!(asked.reader(), "https://app.example");
    assert_eq!(asked.says(ACCESS_CONTROL_ALLOW_HEADERS), "authorization");
    let read = send(&layer, request("GET", "/", "https://eu.app.example"));
    assert_eq!((read.reader(), read.ran), ("https://eu.app.example", true));
    // There, an origin that is not listed gets no header either, and a preflight of it is 200.
    let denied = send(&layer, preflight("/", "https://evil.example", "PATCH", ""));
    assert_eq!((denied.status(), denied.cors().len()), (StatusCode::FORBIDDEN, 0));

    let passed_on = send(
        &layer.clone().pass_on_preflights(true),
        preflight("/", "https://app.example", "PUT", ""),
    );
    assert_eq!((passed_on.reader(), passed_on.ran), ("https://app.example", true));
    Ok(())
}
