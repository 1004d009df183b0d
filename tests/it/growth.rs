//! What a configuration costs grows with its size, and not with its square, whoever wrote it.
//!
//! Times are compared within one run: of something, and of eight times as much.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tower_cors::{Policy, PolicyBuilder};

/// The least of several times of the processor, which is about what it takes when nothing else runs.
pub(crate) fn least<T>(mut run: impl FnMut() -> T) -> Duration {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let time = |_| {
        let begin = now();
        run();
        now().checked_sub(begin).unwrap()
    };
    (0..5).map(time).min().unwrap()
}

/// A square would make it 64 times as much.
#[track_caller]
fn grows_with_its_size<T>(size: usize, run: impl Fn(usize) -> T) {
    let [some, more] = [size, 8 * size].map(|size| least(|| run(size)));
    assert!(more < 30 * some, "{some:?}, and {more:?}");
}

fn of(origins: impl IntoIterator<Item = String>) -> PolicyBuilder {
    Policy::builder().allow_origins(origins)
}

#[test]
fn prefixes_are_looked_up_among_prefixes() {
    grows_with_its_size(500, |count| {
        let names = (0..count).map(|at| format!("x-{at:05}-*"));
        of(["https://a.example".to_owned()]).allow_headers(names).build().unwrap()
    });
}

#[test]
fn what_a_name_in_unicode_meant_is_not_worked_out_at_any_length() {
    grows_with_its_size(2_500, |count| {
        let name: String = ('\u{4e00}'..).take(count).collect();
        of([format!("https://{name}.example")]).build().unwrap_err()
    });
}
