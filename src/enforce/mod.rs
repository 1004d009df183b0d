//! Refusing cross-origin requests at the server.

mod hosts;

use std::fmt;
use std::sync::Arc;

use http::Method;
use http::header::{HeaderName, HeaderValue, ORIGIN, UPGRADE};

use self::hosts::{Authority, Hosts};
use crate::builder::error::{PolicyError, PolicyErrors};
use crate::builder::{Values, store};
use crate::origin::pattern::{self, OriginPattern, Pattern};
use crate::origin::set::OriginSet;
use crate::origin::{Origin, OriginFault};
use crate::policy::Place;
use crate::policy::decision::Denial;
use crate::request::{Field, RequestHead};

/// Which cross-origin requests the server itself refuses if the policy denies them.
///
/// CORS alone keeps responses from pages, and no request from the server: the inner service runs, and
/// only the browser hides its response. With [`CorsLayer::enforce`](crate::CorsLayer::enforce) the
/// inner service is not called for requests that are refused. In this order:
///
/// 1. with [`hosts`](Self::hosts), any request whose authority is not listed is refused;
/// 2. `Sec-Fetch-Site: same-origin` or `none` passes;
/// 3. a request without `Origin` passes: links and images are not CORS;
/// 4. an `Origin` among [`own_origins`](Self::own_origins) passes. If none are given, and there is no
///    `Sec-Fetch-Site`, one whose host and port are those of the request's authority passes. The
///    scheme is not compared, so behind a proxy that terminates TLS own origins should be given;
/// 5. otherwise the policy decides, and a preflight is answered as ever.
///
/// A request that is refused gets status 403, no body, no CORS header, and the same `Vary` as one that is
/// admitted. The response carries the [`Denial`] among its extensions, so that a service around the layer
/// can put a response of its own in its place.
///
/// ```
/// use tower_cors::{CorsLayer, Enforcement, Policy};
///
/// let policy = Policy::builder().allow_origins(["https://partner.example"]).build()?;
/// let layer = CorsLayer::new(policy).enforce(
///     Enforcement::unsafe_requests()
///         .own_origins(["https://shop.example"])
///         .hosts(["shop.example"]),
/// )?;
/// # Ok::<(), tower_cors::PolicyErrors>(())
/// ```
///
/// Fetch Metadata: <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>
#[derive(Clone, Debug)]
#[must_use]
pub struct Enforcement {
    all: bool,
    own_origins: Vec<String>,
    hosts: Option<Vec<String>>,
}

impl Enforcement {
    /// Refuses requests with unsafe methods, and WebSocket upgrades.
    ///
    /// Unsafe is every method but GET, HEAD, OPTIONS and TRACE, so a WebSocket over HTTP/2, an
    /// extended CONNECT, is covered, too; over HTTP/1.1, any request with an `Upgrade`.
    ///
    /// RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1>, RFC 8441:
    /// <https://www.rfc-editor.org/rfc/rfc8441#section-4>
    pub fn unsafe_requests() -> Self {
        Self { all: false, own_origins: Vec::new(), hosts: None }
    }

    /// Refuses requests with any method.
    pub fn all_requests() -> Self {
        Self { all: true, ..Self::unsafe_requests() }
    }

    /// The origins of the server itself, as browsers name them: exact ones, or patterns as of
    /// [`allow_origins`](crate::PolicyBuilder::allow_origins) other than `*`.
    pub fn own_origins(mut self, origins: impl Values) -> Self {
        store(&mut self.own_origins, origins);
        self
    }

    /// The authorities under which the server is known: against DNS rebinding, by which a page has its
    /// own name resolve to an address of the server.
    ///
    /// Each is a host, `shop.example`, for requests without a port or with 80 or 443; or a host with a
    /// port, `localhost:3000`; or with any port, `localhost:*`. The host may begin with `*.`. Case is
    /// ignored. The authority of a request is that of its URI if it has one, else its one `Host`.
    pub fn hosts(mut self, hosts: impl Values) -> Self {
        store(self.hosts.get_or_insert_default(), hosts);
        self
    }

    /// Judges all of it, and compiles it.
    pub(crate) fn compile(self) -> Result<Enforced, PolicyErrors> {
        let mut errors = PolicyErrors::none_of(None);
        let own_origins = compile_origins(&self.own_origins, &mut errors);
        let hosts = self.hosts.map(|hosts| Hosts::compile(&hosts, &mut errors));
        let compiled = Compiled { all: self.all, own_origins, hosts };
        errors.none_in(Enforced(Arc::new(compiled)))
    }
}

/// The set, unless none are given.
fn compile_origins(origins: &[String], errors: &mut PolicyErrors) -> Option<OriginSet> {
    let mut patterns: Vec<OriginPattern<'_>> = Vec::new();
    let place = Place { rule: None, setting: "own_origins" };
    for value in origins {
        match Pattern::parse(value) {
            Ok(Pattern::Origins(pattern)) => patterns.push(pattern),
            Ok(Pattern::Any) | Err(OriginFault::Null) => {
                errors.push(place, PolicyError::OpenOwnOrigin { value: value.clone() });
            }
            Err(fault) => {
                let (value, fix) = (value.clone(), pattern::repair(value));
                errors.push(place, PolicyError::Origin { value, fault, fix });
            }
        }
    }
    (!origins.is_empty()).then(|| OriginSet::new(&patterns, false))
}

/// What a layer refuses, compiled.
#[derive(Clone)]
pub(crate) struct Enforced(Arc<Compiled>);

struct Compiled {
    all: bool,
    own_origins: Option<OriginSet>,
    hosts: Option<Hosts>,
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Compiled {
    /// Whether the request is one of those that are refused at all.
    fn covers(&self, head: RequestHead<'_>) -> bool {
        let is_safe =
            matches!(*head.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
        self.all || !is_safe || head.headers().contains_key(UPGRADE)
    }

    /// Whether the request is for sure from the server's own pages, or no page's.
    fn is_own(&self, head: RequestHead<'_>) -> bool {
        let site = Field::find(head.headers(), &SEC_FETCH_SITE);
        let is_own = |site: &HeaderValue| site == "same-origin" || site == "none";
        if site.and_then(Field::once).is_some_and(is_own) {
            return true;
        }
        let Some(origin) = Field::find(head.headers(), &ORIGIN) else {
            return true;
        };
        let Some(origin) = origin.once() else {
            return false;
        };
        match &self.own_origins {
            Some(own) => own.contains(origin.as_bytes()),
            None if site.is_some() => false,
            None => Origin::from_bytes(origin.as_bytes())
                .zip(Authority::of(head))
                .is_some_and(|(origin, authority)| authority.is_of(&origin)),
        }
    }
}

impl Enforced {
    /// Whether safe methods are among what is refused.
    pub(crate) fn enforces_all(&self) -> bool {
        self.0.all
    }

    /// Whether the request is refused if the policy denies it; or why it is refused whatever the policy
    /// says.
    pub(crate) fn examine(&self, head: RequestHead<'_>) -> Result<bool, Denial> {
        if let Some(hosts) = &self.0.hosts
            && !Authority::of(head).is_some_and(|authority| hosts.contains(authority))
        {
            return Err(Denial::HostNotAllowed);
        }
        Ok(self.0.covers(head) && !self.0.is_own(head))
    }
}

impl fmt::Debug for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enforced").field("all", &self.0.all).finish_non_exhaustive()
    }
}
