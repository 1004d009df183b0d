//! What each scenario cost when it was last recorded, beyond the inner service alone.

/// The recorded costs of a scenario.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) scenario: &'static str,
    /// Instructions of a call.
    pub(crate) call: i64,
    /// Instructions of a clone and its drop.
    pub(crate) clone: i64,
    /// Allocations of a call. A clone makes none.
    pub(crate) allocations: i64,
    /// Locked instructions of a call: reference counts, each of a buffer of the request itself.
    pub(crate) atomics: i64,
}

const fn bound(
    scenario: &'static str,
    call: i64,
    clone: i64,
    allocations: i64,
    atomics: i64,
) -> Bound {
    Bound { scenario, call, clone, allocations, atomics }
}

/// The most instructions for a recorded count: another layout of the heap, or another C library,
/// moves a count by up to a tenth.
pub(crate) fn with_room(recorded: i64) -> i64 {
    recorded + recorded.abs() / 10 + 30
}

#[rustfmt::skip]
pub(crate) const BOUNDS: &[Bound] = &[
];
