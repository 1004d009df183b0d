//! Policies by path.

mod error;

use std::fmt;
use std::sync::Arc;

use matchit::Router;

pub use self::error::{RouteError, RouteErrors};
use super::PolicySource;
use super::sealed::{Choice, Choose, Judge, Seal};
use crate::policy::vary::Varies;
use crate::policy::{Decision, Denial, Policy};
use crate::request::RequestHead;

/// A table of policies by path, in the syntax of axum's routes: `/items`, `/items/{id}`,
/// `/static/{*file}`.
///
/// The path is that of the URI as the layer sees it, and is not decoded: `/a+b` and `/a%20b` are two,
/// and so are `/Items` and `/items`. A layer inside axum's `Router::nest` sees it without the prefix.
/// The most specific route is chosen, as axum does: `/items/new` before `/items/{id}` before
/// `/{*rest}`. `{*rest}` matches no empty rest.
///
/// The choice is made ahead of routing and of authentication, for preflights too. Where there is no
/// policy there is no CORS: a preflight is denied, and all else goes to the inner service, whose own
/// CORS headers are removed, even if the layer keeps them elsewhere.
///
/// A path with dot segments, encoded slashes or needlessly encoded letters, in which a server further
/// on may see another path, has no policy, not even the fallback: `/api/../admin`,
/// `/api/%2e%2e/admin`, `/api%2fadmin`, `/%61dmin`, and the same with `\`.
///
/// So write every path that is to have no policy: `/internal`, and if that is answered too,
/// `/internal/`, beside `/internal/{*rest}`.
///
/// ```
/// use tower_cors::{CorsLayer, Policy, Routes};
///
/// let routes = Routes::builder()
///     .route("/public/{*rest}", Policy::permissive())
///     .route("/account", Policy::builder().allow_origins(["https://app.example"]).build()?)
///     .route("/internal", None)
///     .route("/internal/{*rest}", None)
///     .build()?;
/// let layer = CorsLayer::new(routes);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Routes(Arc<Table>);

struct Table {
    router: Router<Option<Policy>>,
    fallback: Option<Policy>,
    /// As they were written.
    routes: Vec<(String, Option<Policy>)>,
}

/// Collects the routes of a table; [`build`](Self::build) judges them.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RoutesBuilder {
    routes: Vec<(String, Option<Policy>)>,
    fallback: Option<Policy>,
}

impl Routes {
    /// A builder without any route.
    pub fn builder() -> RoutesBuilder {
        RoutesBuilder::default()
    }

    /// Decides on a request, by the policy for its path. Without a policy, only a plain request is not
    /// denied.
    pub fn decide<'a>(&self, head: impl Into<RequestHead<'a>>) -> Decision {
        let head = head.into();
        match self.find(head.uri().path()) {
            Some(policy) => policy.decide(head),
            None => Decision::without_policy(head, Denial::NoPolicy, Varies::Never),
        }
    }

    /// The policy for a path, if there is one.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Policy> {
        if is_ambiguous(path) {
            return None;
        }
        match self.0.router.at(path) {
            Ok(found) => found.value.as_ref(),
            Err(_) => self.0.fallback.as_ref(),
        }
    }

    /// The routes, as they were written.
    #[cfg(feature = "serde")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Option<&Policy>)> {
        self.0.routes.iter().map(|(path, policy)| (path.as_str(), policy.as_ref()))
    }

    /// The policy for the paths that no route matches.
    #[cfg(feature = "serde")]
    pub(crate) fn fallback(&self) -> Option<&Policy> {
        self.0.fallback.as_ref()
    }
}

impl RoutesBuilder {
    /// Adds a route: the policy for a path, or `None` for a path that has none, although another
    /// route or the fallback covers it.
    pub fn route(mut self, path: impl Into<String>, policy: impl Into<Option<Policy>>) -> Self {
        self.routes.push((path.into(), policy.into()));
        self
    }

    /// The policy for the paths that no route matches.
    pub fn fallback(mut self, policy: Policy) -> Self {
        self.fallback = Some(policy);
        self
    }

    /// Judges the routes, and compiles the table.
    ///
    /// # Errors
    ///
    /// Every route that is not as axum writes them (`items`, `/items/:id`, `/items/{id`), that no
    /// request could match (`/a/../b`), or that matches the same paths as an earlier one
    /// (`/items/{id}` and `/items/{name}`).
    pub fn build(&self) -> Result<Routes, RouteErrors> {
        let mut router = Router::new();
        let mut errors = Vec::new();
        for (path, policy) in &self.routes {
            if let Some(fault) = error::fault(path) {
                errors.push(fault);
            } else if let Err(refused) = router.insert(path.as_str(), policy.clone()) {
                errors.push(RouteError::new(path, &refused));
            }
        }
        let table = Table { router, fallback: self.fallback.clone(), routes: self.routes.clone() };
        RouteErrors::none_of(errors, Routes(Arc::new(table)))
    }
}

/// Whether someone who decodes or normalizes the path may take it for another one.
fn is_ambiguous(path: &str) -> bool {
    let path = path.as_bytes();
    // Most paths have none of the characters that could make them so.
    if !path.iter().any(|byte| matches!(byte, b'.' | b'%' | b'\\')) {
        return false;
    }
    path.contains(&b'\\')
        || path.windows(3).any(is_needlessly_encoded)
        || path.split(|&byte| byte == b'/').any(is_dot_segment)
}

/// A slash that is hidden, or an unreserved character, which means the same decoded:
/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
fn is_needlessly_encoded(window: &[u8]) -> bool {
    let [b'%', digits @ ..] = window else {
        return false;
    };
    // A sign would be taken for a digit's.
    let digits = str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'));
    digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).is_some_and(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'\\' | b'-' | b'.' | b'_' | b'~')
    })
}

/// Dot segment, with parameters too, which some servers cut off:
/// <https://url.spec.whatwg.org/#single-dot-path-segment>
fn is_dot_segment(segment: &[u8]) -> bool {
    matches!(segment, [b'.'] | [b'.', b'.'] | [b'.', b';', ..] | [b'.', b'.', b';', ..])
}

impl PolicySource for Routes {}

impl Choose for Routes {
    fn is_dynamic(_seal: Seal) -> bool {
        // The path is in the key of a cache.
        false
    }

    fn choose<T>(
        &self,
        _seal: Seal,
        head: RequestHead<'_>,
        decide: impl FnOnce(Choice<'_>) -> T,
    ) -> T {
        decide(match self.find(head.uri().path()) {
            Some(policy) => Choice::Policy(policy),
            None => Choice::NoCors(Denial::NoPolicy),
        })
    }
}

impl Judge for Routes {
    fn admits_everybody(&self, _seal: Seal) -> bool {
        let routes = self.0.routes.iter().map(|(_path, policy)| policy.as_ref());
        let mut all = routes.chain(self.0.fallback.as_ref().map(Some)).peekable();
        all.peek().is_some() && all.all(|policy| policy.is_some_and(Policy::admits_everybody))
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.0.routes.iter().map(|(path, policy)| (path, policy));
        f.debug_map().entries(routes).entry(&"fallback", &self.0.fallback).finish()
    }
}
