//! The judging of an enforcement, and its compiling.

use super::Enforcement;
use super::examine::{Compiled, Enforced};
use super::hosts::Hosts;
use super::paths::Paths;
use crate::builder::error::{PolicyError, PolicyErrors};
use crate::builder::is_for_strangers;
use crate::origin::OriginFault;
use crate::origin::pattern::{self, OriginPattern, Pattern};
use crate::origin::set::OriginSet;
use crate::policy::Place;

impl Enforcement {
    /// Judges all of it, and compiles it. `admits_everybody` says whether the policy denies nobody.
    pub(crate) fn compile(self, admits_everybody: bool) -> Result<Enforced, PolicyErrors> {
        let mut errors = PolicyErrors::none_of(None);
        let own_origins = self.compile_own_origins(&mut errors);
        if self.hosts.is_none() && !self.any_host_for.is_empty() {
            let place = Place { rule: None, setting: "any_host_for" };
            errors.push(place, PolicyError::UnusedAnyHostFor);
        }
        let hosts =
            self.hosts.map(|hosts| Hosts::compile(&hosts, self.public_suffixes, &mut errors));
        let any_host_for = Paths::compile(self.any_host_for, &mut errors);
        if admits_everybody {
            let place = Place { rule: None, setting: "enforce" };
            errors.push(place, PolicyError::EnforcedForNobody);
        }
        let compiled = Compiled { all: self.all, own_origins, hosts, any_host_for };
        errors.none_in(Enforced::new(compiled))
    }

    /// The set, unless none are given.
    fn compile_own_origins(&self, errors: &mut PolicyErrors) -> Option<OriginSet> {
        let mut patterns: Vec<OriginPattern<'_>> = Vec::new();
        let mut push = |error| errors.push(Place { rule: None, setting: "own_origins" }, error);
        for value in &self.own_origins {
            match Pattern::parse(value) {
                Ok(Pattern::Origins(pattern)) => {
                    self.danger(value, &pattern).into_iter().for_each(&mut push);
                    patterns.push(pattern);
                }
                Ok(Pattern::Any) | Err(OriginFault::Null | OriginFault::File) => {
                    push(PolicyError::OpenOwnOrigin { value: value.clone() });
                }
                Err(fault) => {
                    // A fix that would be refused in turn is none.
                    let is_sound = |fix: &String| match Pattern::parse(fix) {
                        Ok(Pattern::Origins(pattern)) => self.danger(fix, &pattern).is_none(),
                        Ok(Pattern::Any) | Err(_) => false,
                    };
                    let (value, fix) = (value.clone(), pattern::repair(value).filter(is_sound));
                    push(PolicyError::OwnOrigin { value, fault, fix });
                }
            }
        }
        (!self.own_origins.is_empty()).then(|| OriginSet::new(&patterns, false))
    }

    /// Own origins are held to the same as those that are allowed with credentials: no name of theirs
    /// may be a stranger's.
    fn danger(&self, value: &str, pattern: &OriginPattern<'_>) -> Option<PolicyError> {
        let is_strangers = !self.public_suffixes && is_for_strangers(pattern, true);
        is_strangers.then(|| PolicyError::PublicSuffixOwnOrigin { value: value.to_owned() })
    }
}
