//! Which route comes nearest to a path that none takes: one for what is above it, below it, or beside it by a slash.

use super::pattern::{Pattern, Wildcard};
use super::router::Router;
use super::{Route, Routes, readings};

/// So many slashes of a path are looked at, so that one request costs no more.
const FEW: usize = 16;

impl Routes {
    /// The route that comes nearest to a path that none takes, and one to add that takes it. Nothing if a route takes
    /// the path, or if what comes nearest has no CORS on purpose.
    pub(crate) fn near(&self, path: &str) -> Option<(String, String)> {
        let router = &self.0.router;
        if router.find(path).is_some() || !readings::is_plain(path) {
            return None;
        }
        let (near, add) =
            self.beside(path).or_else(|| self.above(path)).or_else(|| self.below(path))?;
        let is_open = !matches!(self.0.route(near), Route::NoCors);
        let pattern = Pattern::parse(&add).ok().filter(|it| router.has_room_for(it))?;
        // A parameter may be empty within a path, and not at its end.
        let mut alone = Router::default();
        let takes_path = alone.insert(&pattern, 0).is_ok() && alone.find(path).is_some();
        (is_open && takes_path).then(|| (self.written(near).to_owned(), add))
    }

    /// `/api` or `/api/`, each for the other.
    fn beside(&self, path: &str) -> Option<(usize, String)> {
        if let Some(without) = path.strip_suffix('/') {
            let near = self.0.router.find(without)?;
            return Some((near, format!("{}/", self.written(near))));
        }
        let near = self.0.router.find(&format!("{path}/"))?;
        Some((near, self.written(near).strip_suffix('/')?.to_owned()))
    }

    /// `/api` or `/api/`, for `/api/items`.
    fn above(&self, path: &str) -> Option<(usize, String)> {
        let slashes = path.rmatch_indices('/').map(|(at, _)| at).filter(|at| *at > 0).take(FEW);
        let near = slashes
            .flat_map(|at| [path.get(..at), path.get(..=at)])
            .find_map(|above| self.0.router.find(above?))?;
        let written = self.written(near);
        Some((near, format!("{}/{{*rest}}", written.strip_suffix('/').unwrap_or(written))))
    }

    /// `/api/{*rest}`, for `/api` or `/api/`.
    fn below(&self, path: &str) -> Option<(usize, String)> {
        let folder = path.strip_suffix('/').unwrap_or(path);
        // No segment of a route is written so, so that only a parameter or a rest takes it.
        let near = self.0.router.find(&format!("{folder}/\""))?;
        let written = self.written(near);
        let pattern = Pattern::parse(written).ok()?;
        let last = pattern.segments().last()?;
        if last.wildcard != Some(Wildcard::Rest)
            || pattern.segments().len() != folder.split('/').count()
        {
            return None;
        }
        let (above, _) = written.rsplit_once('/')?;
        let slash = if path.ends_with('/') { "/" } else { "" };
        Some((near, format!("{above}{slash}")))
    }

    /// A route, as it was written.
    fn written(&self, number: usize) -> &str {
        self.0.routes.get(number).map(|(path, _)| path.as_str()).unwrap_or_default()
    }
}
