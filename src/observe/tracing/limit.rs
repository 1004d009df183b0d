//! How many events of one sort are written.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::super::Outcome;
use crate::policy::Denial;

/// So many events of one sort are written in one window.
const MOST: u64 = 100;
const WINDOW: Duration = Duration::from_secs(60);

/// Counts events, each sort by itself.
#[derive(Default)]
pub(super) struct Limit(Mutex<HashMap<Sort, Window>>);

/// What is counted by itself. No client makes a new one: there are as many as outcomes and reasons make.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Sort {
    pub(super) outcome: Outcome,
    pub(super) denial: Option<Denial>,
    pub(super) is_candidate: bool,
}

/// An event that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pass {
    /// Whether it is the last of its window.
    pub(super) is_last: bool,
    /// How many were left out of the window before, if any were.
    pub(super) left_out: Option<u64>,
}

struct Window {
    began: Instant,
    seen: u64,
}

impl Limit {
    /// Whether an event is written.
    pub(super) fn pass(&self, sort: Sort) -> Option<Pass> {
        self.pass_at(sort, Instant::now())
    }

    fn pass_at(&self, sort: Sort, now: Instant) -> Option<Pass> {
        // Whoever panics while holding the lock leaves counts behind that are as good as any.
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(sort).or_insert(Window { began: now, seen: 0 });
        let mut left_out = None;
        // Another thread may have looked at the clock later, and be here first: then this is zero.
        if now.saturating_duration_since(window.began) >= WINDOW {
            left_out = window.seen.checked_sub(MOST).filter(|count| *count > 0);
            *window = Window { began: now, seen: 0 };
        }
        window.seen = window.seen.saturating_add(1);
        let is_last = window.seen == MOST;
        (window.seen <= MOST).then_some(Pass { is_last, left_out })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: Sort = Sort {
        outcome: Outcome::Denied,
        denial: Some(Denial::OriginNotAllowed),
        is_candidate: false,
    };

    /// The places in a window that are written, of so many events.
    fn written(limit: &Limit, sort: Sort, at: Instant, events: u64) -> Vec<(u64, Pass)> {
        let passed = (1..=events).map(|place| (place, limit.pass_at(sort, at)));
        passed.filter_map(|(place, pass)| Some((place, pass?))).collect()
    }

    #[test]
    fn a_hundred_a_minute_are_written_and_the_others_counted() {
        const NONE: Pass = Pass { is_last: false, left_out: None };
        let (limit, start) = (Limit::default(), Instant::now());
        let first = written(&limit, STRANGER, start, 1_000);
        assert_eq!(first.len(), 100);
        assert!(first.iter().all(|(place, pass)| *pass == Pass { is_last: *place == 100, ..NONE }));

        // Until the minute is over, none.
        let end = start + Duration::from_secs(60);
        let almost = end.checked_sub(Duration::from_nanos(1));
        assert_eq!(almost.and_then(|almost| limit.pass_at(STRANGER, almost)), None);

        // Then it begins anew, and the first tells of those left out.
        let second = written(&limit, STRANGER, end, 101);
        assert_eq!(second.len(), 100);
        assert_eq!(second.first(), Some(&(1, Pass { left_out: Some(901), ..NONE })));
        assert_eq!(second.get(1), Some(&(2, NONE)));
        assert_eq!(second.last(), Some(&(100, Pass { is_last: true, left_out: None })));

        // Also after hours; and then there is nothing to tell.
        let later = end + Duration::from_secs(86_400);
        let told = Pass { left_out: Some(1), ..NONE };
        assert_eq!(limit.pass_at(STRANGER, later), Some(told));
        assert_eq!(limit.pass_at(STRANGER, later + WINDOW), Some(NONE));
    }

    /// A hundred is the bound: of as many, none is left out.
    #[test]
    fn what_stays_below_the_bound_is_not_told_of() {
        let (limit, start) = (Limit::default(), Instant::now());
        assert_eq!(written(&limit, STRANGER, start, MOST).len(), 100);
        let next = limit.pass_at(STRANGER, start + WINDOW);
        assert_eq!(next, Some(Pass { is_last: false, left_out: None }));
    }

    #[test]
    fn sorts_are_counted_apart() {
        let (limit, start) = (Limit::default(), Instant::now());
        let sorts = [
            STRANGER,
            Sort { outcome: Outcome::Refused, ..STRANGER },
            Sort { denial: Some(Denial::HeaderNotAllowed), ..STRANGER },
            Sort { denial: None, ..STRANGER },
            Sort { is_candidate: true, ..STRANGER },
        ];
        for sort in sorts {
            assert_eq!(written(&limit, sort, start, 150).len(), 100);
        }
    }

    /// A clock that is read before another thread's turn is no reason to begin anew.
    #[test]
    fn an_earlier_time_is_of_the_same_window() {
        let (limit, earlier) = (Limit::default(), Instant::now());
        let start = earlier + 2 * WINDOW;
        assert_eq!(written(&limit, STRANGER, start, 150).len(), 100);
        assert_eq!(limit.pass_at(STRANGER, earlier), None);
        assert_eq!(limit.pass_at(STRANGER, start + WINDOW).and_then(|it| it.left_out), Some(51));
    }
}
