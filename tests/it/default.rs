//! What goes on the wire where the crate is built with its default features alone: the tests of the library, once more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::any::{Any, TypeId};
use std::convert::Infallible;

use futures_util::FutureExt;
use http::{Request, Response};
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Denial, Enforcement, Policy};

mod agreement;
mod allocations;
mod oracle;
#[allow(dead_code, unused_imports, reason = "what it shares is for tests that are left out here")]
mod wire;

/// Their tests need routes. These are the same steps by a policy alone.
#[test]
fn enforcement_refuses_what_is_denied() {
    let policy = Policy::builder().allow_origins(["https://app.example"]).allow_methods(["PUT"]);
    let enforcement = Enforcement::unsafe_requests().hosts(["api.example"]);
    let layer = CorsLayer::new(policy.build().unwrap()).enforce(enforcement).unwrap();
    let (app, evil) = (("origin", "https://app.example"), ("origin", "https://evil.example"));
    let own = ("sec-fetch-site", "same-origin");
    for (method, host, fields, expected) in [
        ("POST", "api.example", &[app][..], (200, None)),
        ("POST", "api.example", &[evil], (403, Some(Denial::OriginNotAllowed))),
        ("POST", "api.example", &[evil, own], (200, None)),
        (
            "POST",
            "api.example",
            &[("sec-fetch-site", "cross-site")],
            (403, Some(Denial::OriginNotAllowed)),
        ),
        ("GET", "api.example", &[evil], (200, None)),
        ("GET", "evil.example", &[], (403, Some(Denial::HostNotAllowed))),
        ("OPTIONS", "api.example", &[app, ("access-control-request-method", "PUT")], (204, None)),
        ("OPTIONS", "api.example", &[evil, ("access-control-request-method", "PUT")], (403, None)),
    ] {
        let request = Request::builder().method(method).header("host", host);
        let request = fields.iter().fold(request, |it, (name, value)| it.header(*name, *value));
        let inner =
            service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(String::new())));
        let answer = layer.layer(inner).oneshot(request.body(()).unwrap());
        let answer = answer.now_or_never().unwrap().unwrap();
        let told = (answer.status().as_u16(), answer.extensions().get().copied());
        assert_eq!(told, expected, "{method} {host} {fields:?}");
    }
}

/// Stands for what the crate does not have in this build.
struct Absent;

trait Fallback {
    fn explain(&self, _: &Request<()>) -> Absent {
        Absent
    }
}

impl Fallback for CorsLayer {}

/// What a build has for several members has the features of all.
#[test]
fn no_other_feature_is_on() {
    let policy = Policy::builder().allow_origins(["https://app.example"]).build().unwrap();
    let explained = CorsLayer::new(policy).explain(&Request::new(()));
    assert!(
        is_absent(&explained),
        "the feature `review` is on; test this by `-p tower-cors-default`"
    );
}

fn is_absent<T: Any>(_: &T) -> bool {
    TypeId::of::<T>() == TypeId::of::<Absent>()
}
