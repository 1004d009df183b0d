//! What a page's browser makes of a proxy, held to what it makes of the layer.

use std::collections::BTreeSet;

use http::Response;
use tower::{BoxError, Layer, Service, service_fn};
use tower_cors::browser::{self, Browser, UserAgent};
use tower_cors::{CorsLayer, PolicySource};

use super::backend;
use super::cases::Asked;

/// What a page gets of one fetch.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Whether its preflight failed, if it took one.
    is_stopped: bool,
    /// The status, if it may read that, and the names of those headers of the service that it may read.
    seen: Option<(u16, BTreeSet<String>)>,
}

impl Outcome {
    async fn of<S, R>(browser: &mut Browser<S>, host: &str, asked: &Asked) -> Self
    where
        S: Service<http::Request<browser::Body>, Response = Response<R>, Error: Into<BoxError>>,
        R: hyper::body::Body<Error: Into<BoxError>>,
    {
        let seen = browser.fetch_from(asked.page, asked.fetch(host)).await.unwrap();
        // Proxies add others.
        let names = |names: &http::HeaderMap| {
            let of_service =
                names.keys().filter(|name| ["etag", "x-e", "x-f"].contains(&name.as_str()));
            of_service.map(ToString::to_string).collect()
        };
        Self {
            is_stopped: seen.sent().last().is_some_and(|it| it.is_preflight()),
            seen: seen.response().ok().map(|it| (it.status(), names(it.headers()))),
        }
    }

    fn is_within(&self, other: &Self) -> bool {
        let is_seen = match (&self.seen, &other.seen) {
            (Some((status, names)), Some((other, others))) => {
                status == other && names.is_subset(others)
            }
            (None, _) => true,
            (Some(_), None) => false,
        };
        is_seen && (self.is_stopped || !other.is_stopped)
    }
}

/// What was compared.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) same: usize,
    pub(super) narrower: usize,
    pub(super) readable: usize,
    failures: Vec<String>,
}

impl Counts {
    /// Runs fetches through a proxy, and through a layer. Each has one browser for all, with its caches.
    pub(super) async fn compare<P: PolicySource>(
        &mut self,
        socket: &std::path::Path,
        (number, source): (usize, P),
        all: &[Asked],
        may_be_narrower: impl Fn(&Asked) -> bool,
    ) {
        let host = format!("p{number}.example");
        let agents = [UserAgent::Standard, UserAgent::Chromium, UserAgent::Firefox];
        let agent = agents[number % agents.len()];
        let proxied = service_fn(|request| backend::hand_on(socket, request));
        let mut through_proxy = Browser::new(proxied).user_agent(agent);
        let layered = CorsLayer::new(source).layer(backend::service());
        let mut through_layer = Browser::new(layered).user_agent(agent);
        for asked in all {
            let ours = Outcome::of(&mut through_layer, &host, asked).await;
            let theirs = Outcome::of(&mut through_proxy, &host, asked).await;
            self.readable += usize::from(theirs.seen.is_some());
            if ours == theirs {
                self.same += 1;
            } else if theirs.is_within(&ours) && may_be_narrower(asked) {
                self.narrower += 1;
            } else {
                self.failures.push(format!("{host} {agent:?} {asked:?}\n  {ours:?}\n  {theirs:?}"));
            }
        }
    }

    pub(super) fn none_failed(&self) {
        let failures: Vec<&str> = self.failures.iter().take(20).map(String::as_str).collect();
        assert!(failures.is_empty(), "{} failures\n{}", self.failures.len(), failures.join("\n"));
    }
}
