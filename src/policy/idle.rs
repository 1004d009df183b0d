//! What in a configuration has no effect, and is left out of the policy.

/// An entry that has no effect. The builder finds it, since the compiled policy is without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Idle {
    /// As written; empty if it is a call without a value.
    pub(crate) value: String,
    pub(crate) why: Why,
}

/// Why an entry has no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The same entry stands there before.
    Repeated,
    /// Another entry allows all that this one does.
    Covered {
        /// The other one, as written; a prefix in lower case.
        by: String,
    },
    /// GET, HEAD or POST, which every policy allows.
    MethodSafelisted,
    /// CONNECT, TRACE or TRACK, which no script may use.
    MethodForbidden,
    /// A request header that no script may set, so that no browser asks for it.
    HeaderForbidden,
    /// A response header of the CORS protocol among the request headers. It is allowed: some pages send
    /// one by mistake.
    HeaderOfProtocol,
    /// A response header that scripts may always read.
    ExposedSafelisted,
    /// A header among the exposed ones that only requests have.
    ExposedRequestOnly,
    /// A max-age over the 86,400 seconds that are the most any browser keeps; 86,400 is sent.
    MaxAgeTooLong,
    /// A call that allows something dangerous, of which there is nothing.
    DangerNotNeeded,
    /// A predicate beside `*`.
    PredicateNeverAsked,
}

impl Idle {
    pub(crate) fn new(value: &str, why: Why) -> Self {
        Self { value: value.to_owned(), why }
    }
}
