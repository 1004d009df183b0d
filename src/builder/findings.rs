//! What is found in a configuration while it is compiled.

use super::error::{PolicyError, PolicyErrors};
use crate::policy::{Place, PolicyWarning};

/// What is found in one setting.
#[derive(Default)]
pub(super) struct Found {
    pub(super) errors: Vec<PolicyError>,
    pub(super) warnings: Vec<PolicyWarning>,
}

/// What is found in all of them.
pub(super) struct Findings {
    pub(super) errors: PolicyErrors,
    pub(super) warnings: Vec<(Place, PolicyWarning)>,
}

impl Findings {
    /// Nothing yet.
    pub(super) fn of(policy: Option<&str>) -> Self {
        Self { errors: PolicyErrors::none_of(policy), warnings: Vec::new() }
    }

    /// The value and the warnings, if there are no errors.
    pub(super) fn none_in<T>(
        self,
        value: T,
    ) -> Result<(T, Vec<(Place, PolicyWarning)>), PolicyErrors> {
        self.errors.none_in((value, self.warnings))
    }

    /// Compiles one setting, and keeps what is found in it.
    pub(super) fn compile<T>(&mut self, place: Place, compile: impl FnOnce(&mut Found) -> T) -> T {
        let mut found = Found::default();
        let compiled = compile(&mut found);
        found.errors.into_iter().for_each(|error| self.errors.push(place, error));
        self.warnings.extend(found.warnings.into_iter().map(|warning| (place, warning)));
        compiled
    }
}
