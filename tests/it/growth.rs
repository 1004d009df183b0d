//! What a configuration costs grows with its size, and not with its square, whoever wrote it.
//!
//! Times are compared within one run: of something, and of four times as much.

use std::time::{Duration, Instant};

use tower_cors::{Policy, PolicyBuilder};

/// The least of several times, which is about what it takes when nothing else runs.
fn least<T>(mut run: impl FnMut() -> T) -> Duration {
    let time = |_| {
        let begin = Instant::now();
        run();
        begin.elapsed()
    };
    (0..5).map(time).min().unwrap()
}

/// A square would make it sixteen times as much.
#[track_caller]
fn grows_with_its_size<T>(size: usize, run: impl Fn(usize) -> T) {
    let [some, more] = [size, 4 * size].map(|size| least(|| run(size)));
    assert!(more < 10 * some, "{some:?}, and {more:?}");
}

fn of(origins: impl IntoIterator<Item = String>) -> PolicyBuilder {
    Policy::builder().allow_origins(origins)
}

#[test]
fn prefixes_are_looked_up_among_prefixes() {
    grows_with_its_size(1_000, |count| {
        let names = (0..count).map(|at| format!("x-{at:05}-*"));
        of(["https://a.example".to_owned()]).allow_headers(names).build().unwrap()
    });
}
