//! What is found in a configuration while it is compiled.

use super::error::{PolicyError, PolicyErrors};
use crate::policy::Place;
use crate::policy::idle::Idle;

/// What is found in one setting.
#[derive(Default)]
pub(super) struct Found {
    pub(super) errors: Vec<PolicyError>,
    pub(super) idle: Vec<Idle>,
}

/// What is found in all of them.
pub(super) struct Findings {
    pub(super) errors: PolicyErrors,
    pub(super) idle: Vec<(Place, Idle)>,
}

impl Findings {
    /// Nothing yet.
    pub(super) fn of(policy: Option<&str>) -> Self {
        Self { errors: PolicyErrors::none_of(policy), idle: Vec::new() }
    }

    /// The value and what has no effect, if there are no errors.
    pub(super) fn none_in<T>(self, value: T) -> Result<(T, Vec<(Place, Idle)>), PolicyErrors> {
        self.errors.none_in((value, self.idle))
    }

    /// Compiles one setting, and keeps what is found in it.
    pub(super) fn compile<T>(&mut self, place: Place, compile: impl FnOnce(&mut Found) -> T) -> T {
        let mut found = Found::default();
        let compiled = compile(&mut found);
        self.keep(place, found);
        compiled
    }

    fn keep(&mut self, place: Place, found: Found) {
        found.errors.into_iter().for_each(|error| self.errors.push(place, error));
        self.idle.extend(found.idle.into_iter().map(|idle| (place, idle)));
    }
}
