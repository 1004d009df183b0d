//! What each scenario cost when it was last recorded, beyond the inner service alone, in cargo's release profile.

use super::scenario::Scenario;

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
    /// Locked instructions of a call: reference counts, of the request's buffer, and of the values
    /// of the policy that are sent.
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

/// The scenarios without a bound, and the bounds without a scenario.
pub(crate) fn unmatched(scenarios: &[Scenario]) -> Vec<String> {
    let bounded = |name: &str| BOUNDS.iter().any(|bound| bound.scenario == name);
    let known = |name: &str| scenarios.iter().any(|scenario| scenario.name == name);
    let scenarios = scenarios.iter().filter(|scenario| !bounded(&scenario.name));
    let bounds = BOUNDS.iter().filter(|bound| !known(bound.scenario));
    scenarios
        .map(|scenario| format!("{}: no bound is recorded", scenario.name))
        .chain(bounds.map(|bound| format!("{}: a bound, but no such scenario", bound.scenario)))
        .collect()
}

#[rustfmt::skip]
pub(crate) const BOUNDS: &[Bound] = &[
    bound("any origin, plain", 480, 8, 0, 0),
    bound("any origin, allowed", 480, 8, 0, 0),
    bound("1 origin, plain", 517, 8, 0, 2),
    bound("1 origin, allowed", 517, 8, 0, 2),
    bound("2 origins, plain", 577, 8, 0, 0),
    bound("2 origins, allowed", 872, 8, 0, 2),
    bound("2 origins, denied", 627, 8, 0, 0),
    bound("2 origins, allowed, observed", 1_453, 8, 0, 2),
    bound("2 origins, allowed, empty map", 1_171, 8, 2, 2),
    bound("2 origins, allowed, other Vary", 1_529, 8, 1, 2),
    bound("2 origins, plain, empty map", 898, 8, 2, 0),
    bound("2 origins, plain, other Vary", 1_238, 8, 1, 0),
    bound("any origin, allowed, empty map", 779, 8, 2, 0),
    bound("2 origins, credentials", 1_066, 8, 0, 2),
    bound("2 origins, credentials, exposed name", 1_396, 8, 0, 4),
    bound("10 origins, allowed", 984, 8, 0, 2),
    bound("1,000 origins, allowed", 1_007, 8, 0, 2),
    bound("100,000 origins, allowed", 979, 8, 0, 2),
    bound("100,000 origins, denied", 704, 8, 0, 0),
    bound("1,000,000 origins, allowed", 979, 0, 0, 2),
    bound("1 pattern, allowed", 1_083, 8, 0, 2),
    bound("10,000 patterns, allowed", 1_160, 8, 0, 2),
    bound("10,000 patterns, denied", 769, 8, 0, 0),
    bound("1 pattern within a label, allowed", 1_349, 8, 0, 2),
    bound("10,000 patterns within a label, allowed", 1_488, 8, 0, 2),
    bound("10,000 patterns within a label, denied", 954, 8, 0, 0),
    bound("preflight, allowed, 3 names", 1_561, 8, -2, 8),
    bound("preflight, allowed, 3 of 10 names", 1_688, 8, -2, 8),
    bound("preflight, allowed, 10 names", 1_923, 8, -2, 8),
    bound("preflight, allowed, 50 names", 3_618, 8, -2, 8),
    bound("preflight, denied by origin", 266, 8, -2, 0),
    bound("preflight, denied by method", 819, 8, -2, 2),
    bound("preflight, denied by header", 2_172, 8, -1, 4),
    bound("preflight, denied by header, hidden", 838, 8, -2, 0),
    bound("preflight, denied by header, observed", 2_572, 8, -1, 4),
    // Of these, the allocator takes some 80 to give memory back to the system.
    bound("preflight, 64 KiB of origin", 264, 8, -2, 0),
    bound("preflight, 64 KiB of commas", 456, 8, -2, 0),
    bound("preflight, 64 KiB of names", 456, 8, -2, 0),
    bound("preflight, 1,000 lines", 1_578, 8, 0, 0),
];
