//! Policies by path.

#[cfg(feature = "diff")]
pub(crate) mod ambiguous;
mod encoding;
mod error;
#[cfg(feature = "review")]
mod near;
pub(super) mod pattern;
pub(crate) mod readings;
#[cfg(feature = "diff")]
pub(crate) mod regions;
mod repair;
mod router;
mod rules;
mod signs;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use self::error::{RouteError, RouteErrors, RouteFault};
use self::pattern::Pattern;
use self::router::Router;
use super::PolicySource;
use super::sealed::{Choice, Choose, Judge, Seal};
use crate::policy::vary::Varies;
use crate::policy::{Decision, Denial, Policy};
use crate::request::RequestHead;

/// A table of policies by path, in the syntax of axum's routes: `/items`, `/items/{id}`,
/// `/static/{*file}`. There are no regular expressions.
///
/// The path is that of the URI as the layer sees it, and is not decoded: `/a+b` and `/a%20b` are two,
/// and so are `/Items` and `/items`. A layer inside axum's `Router::nest` sees it without the prefix.
/// The most specific route is chosen, as axum does: `/items/new` before `/items/{id}` before
/// `/{*rest}`. `{*rest}` matches no empty rest, so `/items/{*rest}` matches neither `/items` nor
/// `/items/`.
///
/// The choice is made ahead of routing and of authentication, for preflights too.
///
/// ```
/// use tower_cors::{CorsLayer, Policy, Route, Routes};
///
/// let routes = Routes::builder()
///     .route("/public/{*rest}", Policy::permissive())
///     .route("/account", Policy::builder().allow_origins(["https://app.example"]).build()?)
///     .route("/internal", Route::NoCors)
///     .route("/internal/", Route::NoCors)
///     .route("/internal/{*rest}", Route::NoCors)
///     .route("/webhooks/payment", Route::LeftAlone)
///     .build()?;
/// let layer = CorsLayer::new(routes);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What a path has
///
/// Each route, and the fallback for all other paths, is one of three: a policy; [no CORS](Route::NoCors);
/// or it is [left alone](Route::LeftAlone). Without a fallback the other paths have no CORS.
///
/// A path that *others* post to, such as that of a payment or a login at another provider, is left alone:
/// its requests come from any origin or from `null`, and with
/// [`CorsLayer::enforce`](crate::CorsLayer::enforce) they would be refused. No CORS would not help: it
/// refuses every cross-origin request. A policy for any origin would let them in, and would let every page
/// read the response, too.
///
/// # Paths that can be read as more than one
///
/// The service, or a server that it hands the request on to, may read another path in the one that was
/// sent. `/internal%2Fkeys` is `/internal/keys` to who decodes it, and `//internal` is `/internal` to
/// nginx. So the readings of a path are tried, and what it has is that on which they agree. Where they do
/// not, nothing is for the path, not even the fallback:
/// [`PathAmbiguous`](crate::Denial::PathAmbiguous).
///
/// The readings are what is left by any of these, in any order and more than once:
///
/// - encoded bytes are decoded, all of them or all but slashes, `%u0069` too;
/// - `\` is read as `/`;
/// - several slashes are merged, or are followed by a host;
/// - parameters are cut, from a `;` to the end of a segment;
/// - dot segments are removed, `/a/../b`;
/// - dots and blanks at the end of a segment are cut;
/// - the path ends at a NUL, or at a `?` that was encoded; other control characters are removed.
///
/// So `/projects/group%2Fname` has the policy of `/projects/{id}` if `/projects/{id}/{name}` has the same
/// one, or the fallback if neither is there. A path with over 64 readings, or over 16 KiB of them, is as
/// one whose readings disagree, unless every path has the same. A path with one reading is read once.
///
/// What a server does on purpose with *its* paths, no table can know: paths in any case, as with Express,
/// ASP.NET Core, or a file system of Windows or macOS; a trailing slash that makes no difference; suffixes
/// such as `.json`. Before such servers write each spelling that is answered; or have no fallback, so
/// that only what is written has a policy.
///
/// # A policy or a table, by configuration
///
/// A [`Policy`] becomes a table in which every path has it, so one type does for both:
///
/// ```
/// use tower_cors::{CorsLayer, Policy, Route, Routes};
///
/// fn routes(has_webhooks: bool) -> Result<Routes, Box<dyn std::error::Error>> {
///     let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
///     if !has_webhooks {
///         return Ok(policy.into());
///     }
///     Ok(Routes::builder().route("/webhooks/{*rest}", Route::LeftAlone).fallback(policy).build()?)
/// }
///
/// let layer: CorsLayer<Routes> = CorsLayer::new(routes(true)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The same goes for what is reloaded: a `Reload<Routes>` takes one policy by `policy.into()`, too.
///
/// # Whether anything has changed
///
/// Two tables are equal if the same paths have equal things, in whatever order they were added, and
/// whatever the names of parameters: so a file that is read again can be told from what is in force.
#[derive(Clone)]
pub struct Routes(Arc<Table>);

/// What a path has.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a request is decided on, or it is not, and there is no fourth"
)]
pub enum Route {
    /// A policy, which answers preflights and decorates responses.
    Policy(Policy),
    /// No CORS. A preflight is denied; all other requests go to the inner service, whose own CORS headers
    /// are removed, even if the layer keeps them elsewhere. Enforcement refuses cross-origin requests.
    NoCors,
    /// The layer does nothing: preflights and all other requests go to the inner service, whose own CORS
    /// headers pass. Enforcement refuses none, but for a host that is not listed.
    LeftAlone,
}

struct Table {
    router: Router,
    /// Each as it was written, and what it has. A route is known by its number here, and the fallback by
    /// the next one.
    routes: Vec<(String, Route)>,
    fallback: Route,
    /// For each number the first one that has the same.
    same: Vec<usize>,
    /// The only one of these numbers, if there are no others.
    sole: Option<usize>,
}

/// Collects the routes of a table; [`build`](Self::build) judges them.
#[derive(Clone, Debug)]
#[must_use]
pub struct RoutesBuilder {
    routes: Vec<(String, Route)>,
    fallback: Route,
}

impl Routes {
    /// A builder without any route, whose fallback is [no CORS](Route::NoCors).
    pub fn builder() -> RoutesBuilder {
        RoutesBuilder { routes: Vec::new(), fallback: Route::NoCors }
    }

    /// Decides on a request, by what its path has.
    ///
    /// Where there is no policy, only a plain request is not denied. The decision on a path that is left
    /// alone adds nothing to a response, and removes nothing from it.
    pub fn decide<'a>(&self, head: impl Into<RequestHead<'a>>) -> Decision {
        let head = head.into();
        match self.choice(head) {
            Choice::Policy(policy) => policy.decide(head),
            Choice::NoCors(denial) => Decision::without_policy(head, denial, Varies::Never),
            Choice::LeftAlone => Decision::left_alone(head),
        }
    }

    /// What a path has; nothing if it
    /// [can be read as more than one](Self#paths-that-can-be-read-as-more-than-one) that have different
    /// things.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Route> {
        let table = &*self.0;
        // Whatever it is read as, there is but one thing to have.
        let is_certain = self.sole_number().is_some()
            || readings::is_plain(path)
            || readings::agree(path, |reading| table.same.get(table.number(reading)));
        is_certain.then(|| table.route(table.number(path)))
    }

    fn choice(&self, head: RequestHead<'_>) -> Choice<'_> {
        match self.find(head.uri().path()) {
            Some(Route::Policy(policy)) => Choice::Policy(policy),
            Some(Route::NoCors) => Choice::NoCors(Denial::NoPolicy),
            Some(Route::LeftAlone) => Choice::LeftAlone,
            None => Choice::NoCors(Denial::PathAmbiguous),
        }
    }

    /// What a path has, and a number that is the same for those that have the same.
    #[cfg(feature = "diff")]
    pub(crate) fn find_numbered(&self, path: &str) -> (Option<usize>, Option<&Route>) {
        let route = self.find(path);
        let same = route.and_then(|_| self.0.same.get(self.0.number(path)));
        (same.copied(), route)
    }

    /// The number of what a path has if it is not read as any other.
    #[cfg(feature = "diff")]
    pub(crate) fn number_as_it_stands(&self, path: &str) -> usize {
        let number = self.0.number(path);
        self.0.same.get(number).copied().unwrap_or(number)
    }

    /// The number of what every path has, if all have the same.
    pub(crate) fn sole_number(&self) -> Option<usize> {
        self.0.sole
    }

    /// The routes, as they were written.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Route)> {
        self.0.routes.iter().map(|(path, route)| (path.as_str(), route))
    }

    /// What the paths have that no route matches.
    pub(crate) fn fallback(&self) -> &Route {
        &self.0.fallback
    }
}

impl RoutesBuilder {
    /// Adds a route: what a path has, a [`Policy`] or a [`Route`].
    pub fn route(mut self, path: impl Into<String>, has: impl Into<Route>) -> Self {
        self.routes.push((path.into(), has.into()));
        self
    }

    /// What the paths have that no route matches: a [`Policy`] or a [`Route`]. Without this call it is no
    /// CORS.
    pub fn fallback(mut self, has: impl Into<Route>) -> Self {
        self.fallback = has.into();
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
        let mut router = Router::default();
        let mut errors = Vec::new();
        for (number, (path, _)) in self.routes.iter().enumerate() {
            match Pattern::parse(path).map(|pattern| router.insert(&pattern, number)) {
                Ok(Ok(())) => {}
                Ok(Err(other)) => {
                    let with = self.routes.get(other).map(|(path, _)| path.clone());
                    let with = with.unwrap_or_default();
                    errors.push(RouteError::Conflict { path: path.clone(), with });
                }
                Err(fault) => errors.push(RouteError::new(path, fault)),
            }
        }
        let table = Table::new(router, self.routes.clone(), self.fallback.clone());
        RouteErrors::none_of(errors, Routes(Arc::new(table)))
    }
}

impl Default for RoutesBuilder {
    fn default() -> Self {
        Routes::builder()
    }
}

impl Table {
    fn new(router: Router, written: Vec<(String, Route)>, fallback: Route) -> Self {
        // A table with more than so many different policies is not worth the comparisons.
        const MOST: usize = 64;
        let mut different: Vec<(usize, &Route)> = Vec::new();
        let all = written.iter().map(|(_, route)| route).chain([&fallback]);
        let same = all.enumerate().map(|(number, route)| {
            // A clone is found first, since it takes no comparing.
            let is_clone = |(_, other): &&(usize, &Route)| route.is_clone_of(other);
            let clone = different.iter().find(is_clone);
            let same = || different.iter().take(MOST).find(|(_, other)| route.is_same_as(other));
            let found = clone.or_else(same);
            let (first, _) = found.copied().unwrap_or((number, route));
            if first == number {
                different.push((number, route));
            }
            first
        });
        let same: Vec<usize> = same.collect();
        let sole = same.first().copied().filter(|first| same.iter().all(|it| it == first));
        Self { same, sole, router, routes: written, fallback }
    }

    /// The number of the route that a path takes as it stands.
    fn number(&self, path: &str) -> usize {
        self.router.find(path).unwrap_or(self.routes.len())
    }

    /// What the paths have, each written in one way.
    fn by_paths(&self) -> BTreeMap<String, &Route> {
        let written = |path: &String| match Pattern::parse(path) {
            Ok(pattern) => pattern.filled("{}", "{*}"),
            Err(_) => path.clone(),
        };
        self.routes.iter().map(|(path, route)| (written(path), route)).collect()
    }

    fn route(&self, number: usize) -> &Route {
        self.routes.get(number).map_or(&self.fallback, |(_, route)| route)
    }
}

impl Route {
    /// The policy, if it is one.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        match self {
            Self::Policy(policy) => Some(policy),
            Self::NoCors | Self::LeftAlone => None,
        }
    }

    fn is_clone_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Policy(one), Self::Policy(other)) => one.is_clone_of(other),
            _ => self == other,
        }
    }

    /// Whether both have the same for a request, whatever policies are called.
    fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Policy(one), Self::Policy(other)) => one.decides_as(other),
            _ => self == other,
        }
    }
}

impl From<Policy> for Route {
    fn from(policy: Policy) -> Self {
        Self::Policy(policy)
    }
}

/// Every path has the policy.
impl From<Policy> for Routes {
    fn from(policy: Policy) -> Self {
        Self(Arc::new(Table::new(Router::default(), Vec::new(), policy.into())))
    }
}

impl PartialEq for Routes {
    fn eq(&self, other: &Self) -> bool {
        let is_clone = Arc::ptr_eq(&self.0, &other.0);
        is_clone || (self.0.fallback == other.0.fallback && self.0.by_paths() == other.0.by_paths())
    }
}

impl PolicySource for Routes {}

impl Choose for Routes {
    fn choose<T>(
        &self,
        _seal: Seal,
        head: RequestHead<'_>,
        decide: impl FnOnce(Choice<'_>) -> T,
    ) -> T {
        decide(self.choice(head))
    }

    #[cfg(feature = "review")]
    fn near(&self, _seal: Seal, path: &str) -> Option<(String, String)> {
        self.near(path)
    }
}

impl Judge for Routes {
    fn admits_everybody(&self, _seal: Seal) -> bool {
        let mut all = self.0.routes.iter().map(|(_path, route)| route).chain([&self.0.fallback]);
        all.all(|route| match route {
            Route::Policy(policy) => policy.admits_everybody(),
            Route::NoCors => false,
            Route::LeftAlone => true,
        })
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.0.routes.iter().map(|(path, route)| (path, route));
        f.debug_map().entries(routes).entry(&"fallback", &self.0.fallback).finish()
    }
}
