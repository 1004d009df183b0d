//! What is alive in the process, and what it holds.

use std::alloc::System;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

pub(crate) static HANDLERS: Gauge = Gauge(AtomicUsize::new(0));
pub(crate) static RESOLVERS: Gauge = Gauge(AtomicUsize::new(0));
pub(crate) static POLICIES: Gauge = Gauge(AtomicUsize::new(0));

/// How many there are of something.
#[derive(Debug)]
pub(crate) struct Gauge(AtomicUsize);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct Alive(&'static Gauge);

impl Gauge {
    pub(crate) fn enter(&'static self) -> Alive {
        self.0.fetch_add(1, Ordering::SeqCst);
        Alive(self)
    }

    pub(crate) fn now(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What the process holds while no request is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    /// Bytes and blocks of the heap that were asked for and not given back.
    pub(crate) bytes: usize,
    pub(crate) blocks: usize,
    /// Bytes of memory that the system counts for the process, if it tells.
    pub(crate) resident: usize,
    pub(crate) descriptors: usize,
    pub(crate) policies: usize,
    pub(crate) handlers: usize,
    pub(crate) resolvers: usize,
    pub(crate) tasks: usize,
}

impl Held {
    pub(crate) fn now(tasks: usize) -> Self {
        let heap = HEAP.stats();
        Self {
            bytes: heap.bytes_allocated.wrapping_sub(heap.bytes_deallocated),
            blocks: heap.allocations.wrapping_sub(heap.deallocations),
            resident: resident().unwrap_or_default(),
            descriptors: fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
            policies: POLICIES.now(),
            handlers: HANDLERS.now(),
            resolvers: RESOLVERS.now(),
            tasks,
        }
    }
}

fn resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}
