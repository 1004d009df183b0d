//! What is found in a configuration while it is compiled.

use super::error::{PolicyError, PolicyErrors};
use crate::policy::Place;
use crate::policy::idle::Idle;

/// What is found, each with the place that was looked at.
pub(super) struct Findings {
    errors: PolicyErrors,
    idle: Vec<(Place, Idle)>,
    place: Place,
}

impl Findings {
    /// Nothing yet.
    pub(super) fn of(policy: Option<&str>) -> Self {
        let place = Place { rule: None, setting: "" };
        Self { errors: PolicyErrors::none_of(policy), idle: Vec::new(), place }
    }

    /// The same, for what is found at a place from now on.
    pub(super) fn at(&mut self, rule: Option<usize>, setting: &'static str) -> &mut Self {
        self.place = Place { rule, setting };
        self
    }

    pub(super) fn error(&mut self, error: PolicyError) {
        self.errors.push(self.place, error);
    }

    pub(super) fn idle(&mut self, idle: Idle) {
        self.idle.push((self.place, idle));
    }

    /// How many errors there are, at any place.
    pub(super) fn errors(&self) -> usize {
        self.errors.len()
    }

    /// The value and what has no effect, if there are no errors.
    pub(super) fn none_in<T>(self, value: T) -> Result<(T, Vec<(Place, Idle)>), PolicyErrors> {
        self.errors.none_in((value, self.idle))
    }
}
