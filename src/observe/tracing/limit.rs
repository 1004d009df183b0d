//! How many events of one sort are written.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::policy::Denial;

/// So many events of one sort are written in one window.
const MOST: u64 = 100;
const WINDOW: Duration = Duration::from_secs(60);

/// Counts events, each sort by itself. There are no more sorts than reasons to deny, twice, and one.
#[derive(Default)]
pub(super) struct Limit(Mutex<HashMap<Sort, Window>>);

/// An event that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pass {
    /// Whether it is the last of its window.
    pub(super) is_last: bool,
    /// How many were left out since the last one, if any were.
    pub(super) left_out: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    Denied(Denial),
    Refused(Denial),
    Difference,
}

struct Window {
    began: Instant,
    seen: u64,
}

impl Limit {
    /// Whether an event of a denial is written.
    pub(super) fn pass(&self, denial: Denial, is_refused: bool) -> Option<Pass> {
        let sort = if is_refused { Sort::Refused(denial) } else { Sort::Denied(denial) };
        self.pass_at(sort, Instant::now())
    }

    /// The same of a difference between two decisions.
    pub(super) fn pass_difference(&self) -> Option<Pass> {
        self.pass_at(Sort::Difference, Instant::now())
    }

    fn pass_at(&self, sort: Sort, now: Instant) -> Option<Pass> {
        // Who panics while he holds it leaves counts behind that are as good as any.
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(sort).or_insert(Window { began: now, seen: 0 });
        let mut left_out = None;
        if now.duration_since(window.began) >= WINDOW {
            left_out = window.seen.checked_sub(MOST).filter(|count| *count > 0);
            *window = Window { began: now, seen: 0 };
        }
        window.seen += 1;
        let is_last = window.seen == MOST;
        (window.seen <= MOST).then_some(Pass { is_last, left_out })
    }
}
