//! What is unwise about policies by path.

use std::collections::HashMap;
use std::ptr;

use super::catalogue::Lint;
use super::finding::{Finding, Findings};
use crate::policy::shown::Quoted;
use crate::policy::{Place, Policy};
use crate::select::{Route, Routes};

impl Routes {
    /// What is valid in the table and in its policies, and unwise, as [`Policy::lint`] tells it of one policy.
    ///
    /// A policy that several routes have is told of once, with the paths of all of them.
    ///
    /// ```
    /// use tower_cors::{Policy, Route, Routes};
    ///
    /// let policy = Policy::builder().allow_origins(["http://localhost"]).build()?;
    /// let routes = Routes::builder()
    ///     .route("/items", policy.clone())
    ///     .route("/items/{id}", policy)
    ///     .build()?;
    /// let findings = routes.lint();
    /// assert_eq!(
    ///     findings.to_string(),
    ///     "routes[\"/items\"].allow_origins (and 1 more): origin \"http://localhost\" is for port 80 alone; \
    ///      write \"http://localhost:*\", or the port [loopback-without-port]",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn lint(&self) -> Findings {
        let mut found = Vec::new();
        for Shared { policy, paths, in_fallback } in by_policy(self) {
            // A policy for every path is one by itself.
            let is_alone = paths.is_empty() && self.iter().len() == 0;
            found.extend(policy.lint().into_iter().map(|finding| {
                if is_alone { finding } else { finding.in_routes(&paths, in_fallback) }
            }));
        }
        found.extend(self.iter().filter_map(|(path, route)| without_root(self, path, route)));
        found.into_iter().collect()
    }
}

/// A policy, and where it is.
struct Shared<'a> {
    policy: &'a Policy,
    paths: Vec<String>,
    in_fallback: bool,
}

/// Each policy once, in the order of the routes.
fn by_policy(routes: &Routes) -> Vec<Shared<'_>> {
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    let mut all: Vec<Shared<'_>> = Vec::new();
    let fallback = (None, routes.fallback());
    let places = routes.iter().map(|(path, route)| (Some(path), route)).chain([fallback]);
    for (path, policy) in places.filter_map(|(path, route)| Some((path, route.policy()?))) {
        let number = *numbers.entry(policy.address()).or_insert(all.len());
        if number == all.len() {
            all.push(Shared { policy, paths: Vec::new(), in_fallback: false });
        }
        let Some(shared) = all.get_mut(number) else { continue };
        shared.paths.extend(path.map(str::to_owned));
        shared.in_fallback |= path.is_none();
    }
    all
}

/// No CORS for all below a path, where the path itself has a policy by the fallback.
fn without_root(routes: &Routes, path: &str, route: &Route) -> Option<Finding> {
    let is_closed = matches!(route, Route::NoCors);
    let (root, _) = path.strip_suffix('}')?.rsplit_once("/{*")?;
    // With a parameter it is many paths.
    if !is_closed || root.is_empty() || root.contains(['{', '}']) {
        return None;
    }
    let is_fallback = |path: &str| {
        let has = routes.find(path).filter(|route| route.policy().is_some());
        has.is_some_and(|route| ptr::eq(route, routes.fallback()))
    };
    let with_slash = format!("{root}/");
    let open: Vec<&str> =
        [root, &with_slash].into_iter().filter(|path| is_fallback(path)).collect();
    let (first, rest) = open.split_first()?;
    let named = rest
        .iter()
        .fold(Quoted(first).to_string(), |named, path| format!("{named} and {}", Quoted(path)));
    let them = if rest.is_empty() { "it" } else { "them" };
    let message =
        format!("the route does not match {named}, which the fallback allows; add {them}");
    let place = Place { rule: None, setting: "" };
    Some(
        Finding::new(Lint::RouteWithoutItsRoot, place, message)
            .in_routes(&[path.to_owned()], false),
    )
}
