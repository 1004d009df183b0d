//! What is written: one policy, or a table of them, and what each is called.

use std::collections::HashMap;

use super::paths::RoutePath;
use crate::document::path::Path;
use crate::document::write::split;
use crate::policy::Policy;
use crate::select::{Route, Routes};

/// What a path has.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Has<'a> {
    Policy(&'a Policy),
    /// No CORS; and only a table has that.
    NoCors,
    LeftAlone,
}

impl<'a> Has<'a> {
    fn of(route: &'a Route) -> Self {
        match route {
            Route::Policy(policy) => Self::Policy(policy),
            Route::NoCors => Self::NoCors,
            Route::LeftAlone => Self::LeftAlone,
        }
    }

    /// The same for clones of a policy.
    fn address(&self) -> usize {
        match self {
            Self::Policy(policy) => policy.address(),
            // No policy is there.
            Self::NoCors => 0,
            Self::LeftAlone => 1,
        }
    }

    /// The same for those that are equal, and rarely for others.
    fn words(&self) -> String {
        let mut words = Vec::new();
        if let Self::Policy(policy) = self {
            for rule in policy.rules() {
                words.extend(rule.origins.written());
                words.extend(rule.methods.written());
                words.extend(rule.headers.written());
                words.extend(split(rule.expose.as_ref()));
                words.extend(split(rule.max_age.as_ref()));
                words.push(rule.credentials.to_string());
            }
        }
        words.join(" ")
    }
}

/// Policies by path. The most specific path comes first, so that the first that matches is the one.
pub(super) struct Table<'a> {
    pub(super) name: &'a str,
    source: Option<&'a Routes>,
    pub(super) routes: Vec<(Path, RoutePath, Has<'a>)>,
    /// What the other paths have.
    pub(super) fallback: (Path, Has<'a>),
}

impl<'a> Table<'a> {
    pub(super) fn of_policy(policy: &'a Policy) -> Self {
        Self {
            name: policy.name().unwrap_or_default(),
            source: None,
            routes: Vec::new(),
            fallback: (Path::default(), Has::Policy(policy)),
        }
    }

    /// A table in which all paths have the same is as one policy.
    pub(super) fn of_routes(table: &'a Routes) -> Self {
        let whole = Path::default();
        let at_routes = whole.key("routes");
        let is_bare = table.iter().len() == 0;
        let is_same = table.sole_number().is_some();
        let of_route = |(path, route): (&str, &'a Route)| {
            Some((at_routes.key(path), RoutePath::parse(path)?, Has::of(route)))
        };
        let written = table.iter().filter(|_| !is_same);
        let mut routes: Vec<_> = written.filter_map(of_route).collect();
        routes.sort_by(|(_, one, _), (_, other, _)| one.compare(other));
        let at_fallback = if is_bare { whole } else { whole.key("fallback") };
        let fallback = (at_fallback, Has::of(table.fallback()));
        let named = |has: &Has<'a>| match has {
            Has::Policy(policy) => policy.name(),
            Has::NoCors | Has::LeftAlone => None,
        };
        let name = named(&fallback.1).or_else(|| routes.iter().find_map(|(.., has)| named(has)));
        Self { name: name.unwrap_or_default(), source: Some(table), routes, fallback }
    }

    /// What a path has.
    pub(super) fn find(&self, path: &str) -> Has<'a> {
        let found = self.source.and_then(|routes| routes.find(path));
        found.map_or(Has::NoCors, Has::of)
    }

    /// Whether there are paths that have something else.
    pub(super) fn has_paths(&self) -> bool {
        !self.routes.is_empty()
    }

    /// What every path has, unless they differ.
    pub(super) fn sole(&self) -> Option<(&Path, Has<'a>)> {
        let (path, has) = &self.fallback;
        (!self.has_paths()).then_some((path, *has))
    }
}

/// What paths have, each once and with a number.
#[derive(Default)]
pub(super) struct Different<'a> {
    all: Vec<Has<'a>>,
    /// Their numbers, by where a policy is in memory, and by what is written of it, so that few are compared.
    by_address: HashMap<usize, usize>,
    by_words: HashMap<String, Vec<usize>>,
}

impl<'a> Different<'a> {
    /// The number of what a path has, counted from 0, and whether it is new.
    pub(super) fn number(&mut self, has: Has<'a>) -> (usize, bool) {
        let address = has.address();
        if let Some(number) = self.by_address.get(&address) {
            return (*number, false);
        }
        let next = self.all.len();
        let alike = self.by_words.entry(has.words()).or_default();
        let same = alike.iter().find(|number| self.all.get(**number) == Some(&has));
        let number = same.copied().unwrap_or(next);
        if number == next {
            alike.push(number);
            self.all.push(has);
        }
        self.by_address.insert(address, number);
        (number, number == next)
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }
}
