//! What of a request the server refuses, compiled.

use std::fmt;
use std::sync::Arc;

use http::header::{ORIGIN, UPGRADE};
use http::{HeaderValue, Method};

use super::authority;
use super::hosts::Hosts;
use super::paths::Paths;
use crate::origin::set::OriginSet;
use crate::policy::decision::Denial;
use crate::policy::vary::Varies;
use crate::request::{Field, RequestHead, SEC_FETCH_SITE};

/// What a layer refuses, compiled.
#[derive(Clone)]
pub(crate) struct Enforced(Arc<Compiled>);

pub(super) struct Compiled {
    pub(super) all: bool,
    pub(super) own_origins: Option<OriginSet>,
    pub(super) hosts: Option<Hosts>,
    pub(super) any_host_for: Paths,
}

/// Which step of [`Enforcement`](crate::Enforcement) decides on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EnforcementStep {
    /// The host is not listed: the request is refused.
    Host,
    /// Only unsafe requests are enforced, and this one is safe: it passes.
    NotCovered,
    /// The browser says that the page has the origin of the server: it passes.
    SameOrigin,
    /// The browser says that its user made the request, and there is no `Origin`: it passes.
    Navigation,
    /// A safe request without an `Origin`, such as for an image: it passes.
    NoOrigin,
    /// An unsafe request with neither `Origin` nor `Sec-Fetch-Site`: no browser sent it, or an old one. It
    /// passes.
    NoBrowser,
    /// The origin is one of the server's own: it passes.
    OwnOrigin,
    /// The route of the path is left alone: it passes.
    LeftAlone,
    /// None of these: the policy decides, and a denial is a refusal. A preflight is answered by the policy
    /// in any case.
    Policy,
}

/// What is known of a request before its policy is asked.
pub(crate) struct Examined {
    pub(crate) standing: Standing,
    pub(crate) step: EnforcementStep,
    /// What the response to it depends on, refused or not, unless it is a preflight.
    pub(crate) varies: Varies,
}

/// How a request stands with the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is refused, whatever the policy says.
    Refused(Denial),
    /// It is refused if the policy denies it.
    Judged,
    /// It is not refused.
    Passes,
}

impl Enforced {
    pub(super) fn new(compiled: Compiled) -> Self {
        Self(Arc::new(compiled))
    }

    pub(crate) fn examine(&self, head: RequestHead<'_>) -> Examined {
        let is_unsafe = is_unsafe(head);
        let covers = self.0.all || is_unsafe;
        let step = if !self.0.is_for_us(head) {
            EnforcementStep::Host
        } else if covers {
            self.0.proof(head, is_unsafe).unwrap_or(EnforcementStep::Policy)
        } else {
            EnforcementStep::NotCovered
        };
        let standing = match step {
            EnforcementStep::Host => Standing::Refused(Denial::HostNotAllowed),
            EnforcementStep::Policy => Standing::Judged,
            _ => Standing::Passes,
        };
        let varies = if covers { Varies::Enforcement } else { Varies::OriginAndUpgrade };
        Examined { standing, step, varies }
    }
}

impl Compiled {
    /// Step 1: the hosts.
    fn is_for_us(&self, head: RequestHead<'_>) -> bool {
        let Some(hosts) = &self.hosts else {
            return true;
        };
        authority::each(head, &|authority| hosts.contains(authority))
            || self.any_host_for.contains(head.uri().path())
    }

    /// Steps 2 to 4: what proves that the request is from the server's own pages, or no page's.
    fn proof(&self, head: RequestHead<'_>, is_unsafe: bool) -> Option<EnforcementStep> {
        let site = Field::find(head.headers(), &SEC_FETCH_SITE);
        let says =
            |value| site.and_then(Field::once).is_some_and(|site: &HeaderValue| site == value);
        if says("same-origin") {
            return Some(EnforcementStep::SameOrigin);
        }
        let Some(origin) = Field::find(head.headers(), &ORIGIN) else {
            return if says("none") {
                Some(EnforcementStep::Navigation)
            } else if !is_unsafe {
                Some(EnforcementStep::NoOrigin)
            } else {
                site.is_none().then_some(EnforcementStep::NoBrowser)
            };
        };
        let origin = origin.once()?;
        self.is_own(head, origin, site.is_none()).then_some(EnforcementStep::OwnOrigin)
    }

    /// Step 4: the origins of the server itself.
    fn is_own(&self, head: RequestHead<'_>, origin: &HeaderValue, site_unknown: bool) -> bool {
        match &self.own_origins {
            Some(own) => own.contains(origin.as_bytes()),
            None => site_unknown && authority::is_of(head, origin),
        }
    }
}

/// Whether the request may change something, or opens a WebSocket.
fn is_unsafe(head: RequestHead<'_>) -> bool {
    let has_safe_method =
        matches!(*head.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    !has_safe_method || head.headers().contains_key(UPGRADE)
}

impl fmt::Debug for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enforced").field("all", &self.0.all).finish_non_exhaustive()
    }
}
