//! What one rule says of a request, and how near it came to allowing it.

use super::decision::{Denial, Grant};
use super::names::Refusal;
use super::rule::{Admission, Rule};
use crate::request::{Field, RequestHead};

/// What a rule says of a request.
pub(super) struct Verdict<'a, T, E = Denial> {
    pub(super) rule: &'a Rule,
    /// Which of several it is.
    pub(super) index: Option<usize>,
    pub(super) outcome: Result<T, E>,
}

impl Verdict<'_, Admission<'_>, Refusal<'_>> {
    /// What the answer to a preflight gets; if it is denied and that is to be hidden, nothing.
    #[inline]
    pub(super) fn grant(
        &self,
        head: RequestHead<'_>,
        origin: Field<'_>,
        method: Field<'_>,
        hide: bool,
    ) -> Option<Grant> {
        match &self.outcome {
            Ok(admission) => Some(self.rule.grant(admission)),
            Err(refusal) if refusal.may_be_told() && !hide => {
                self.rule.grant_less(head, origin, method, *refusal)
            }
            Err(_) => None,
        }
    }
}

/// How near a rule came to allowing a request: origin, then method, then names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Origin,
    Method,
    Names,
    /// It allows the request, or no other may: an `Origin` that stands there twice is denied by whoever
    /// reads it.
    Final,
}

impl<T, E: Copy + Into<Denial>> Verdict<'_, T, E> {
    pub(super) fn rank(&self) -> Rank {
        match self.outcome.as_ref().err().map(|&error| error.into()) {
            None | Some(Denial::OriginRepeated) => Rank::Final,
            Some(Denial::HeaderNotAllowed | Denial::HeaderListTooLong) => Rank::Names,
            Some(Denial::MethodNotAllowed | Denial::MethodRepeated) => Rank::Method,
            // The others are not a rule's.
            Some(
                Denial::OriginNotAllowed
                | Denial::CredentialsNotAllowed
                | Denial::HostNotAllowed
                | Denial::NoPolicy
                | Denial::PathAmbiguous,
            ) => Rank::Origin,
        }
    }
}
