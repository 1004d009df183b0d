//! What of a request the server refuses, compiled.

use std::fmt;
use std::sync::Arc;

use http::header::{HeaderName, ORIGIN, UPGRADE};
use http::{HeaderValue, Method};

use super::authority;
use super::hosts::Hosts;
use super::paths::Paths;
use crate::origin::Origin;
use crate::origin::set::OriginSet;
use crate::policy::decision::Denial;
use crate::policy::vary::Varies;
use crate::request::{Field, RequestHead};

/// What a layer refuses, compiled.
#[derive(Clone)]
pub(crate) struct Enforced(Arc<Compiled>);

pub(super) struct Compiled {
    pub(super) all: bool,
    pub(super) own_origins: Option<OriginSet>,
    pub(super) hosts: Option<Hosts>,
    pub(super) any_host_for: Paths,
}

/// What is known of a request before its policy is asked.
pub(crate) struct Examined {
    pub(crate) standing: Standing,
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

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Enforced {
    pub(super) fn new(compiled: Compiled) -> Self {
        Self(Arc::new(compiled))
    }

    pub(crate) fn examine(&self, head: RequestHead<'_>) -> Examined {
        let is_unsafe = is_unsafe(head);
        let covers = self.0.all || is_unsafe;
        let standing = if !self.0.is_for_us(head) {
            Standing::Refused(Denial::HostNotAllowed)
        } else if covers && !self.0.is_proven(head, is_unsafe) {
            Standing::Judged
        } else {
            Standing::Passes
        };
        let varies = if covers { Varies::Enforcement } else { Varies::OriginAndUpgrade };
        Examined { standing, varies }
    }
}

impl Compiled {
    /// Step 1: the hosts.
    fn is_for_us(&self, head: RequestHead<'_>) -> bool {
        let Some(hosts) = &self.hosts else {
            return true;
        };
        authority::each(head, |authority| hosts.contains(authority))
            || self.any_host_for.contains(head.uri().path())
    }

    /// Steps 2 to 4: whether the request is for sure from the server's own pages, or no page's.
    fn is_proven(&self, head: RequestHead<'_>, is_unsafe: bool) -> bool {
        let site = Field::find(head.headers(), &SEC_FETCH_SITE);
        let says =
            |value| site.and_then(Field::once).is_some_and(|site: &HeaderValue| site == value);
        if says("same-origin") {
            return true;
        }
        let Some(origin) = Field::find(head.headers(), &ORIGIN) else {
            return says("none") || !is_unsafe || site.is_none();
        };
        origin.once().is_some_and(|origin| self.is_own(head, origin, site.is_none()))
    }

    /// Step 4: the origins of the server itself.
    fn is_own(&self, head: RequestHead<'_>, origin: &HeaderValue, site_unknown: bool) -> bool {
        match &self.own_origins {
            Some(own) => own.contains(origin.as_bytes()),
            None => {
                site_unknown
                    && Origin::from_bytes(origin.as_bytes()).is_some_and(|origin| {
                        authority::each(head, |authority| authority.is_of(&origin))
                    })
            }
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
