//! A flood of denials writes no more than a hundred events a minute of each sort.

use std::thread;

use tower_cors::observe::to_tracing;
use tower_cors::{CorsLayer, Enforcement};
use tracing::Level;
use tracing::subscriber::with_default;

use super::log::{Kept, Line};
use super::{Log, boxed, request, send, two};

const EVIL: &str = "GET /; origin: https://evil.example";

fn by_reason<'a>(lines: &'a [Line], reason: &str) -> Vec<&'a Line> {
    lines.iter().filter(|line| line.fields.get("reason").is_some_and(|it| it == reason)).collect()
}

#[test]
fn a_flood_from_64_threads_writes_a_hundred_events() {
    let layer = CorsLayer::new(two().build().unwrap()).observe(to_tracing());
    let kept = Kept::from(Level::INFO);
    thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                with_default(kept.clone(), || {
                    let service = boxed(&layer, &Log::default());
                    for _ in 0..50 {
                        send(&service, request(EVIL));
                    }
                });
            });
        }
    });
    let lines = kept.take();
    assert_eq!(lines.len(), 100);
    let limited: Vec<&String> =
        lines.iter().filter_map(|line| line.fields.get("limited")).collect();
    assert_eq!(limited, ["true"]);
    assert!(lines.iter().all(|line| !line.fields.contains_key("left_out")));
}

#[test]
fn a_flood_of_one_sort_hides_no_other() {
    let policy = two().build().unwrap();
    let layer = CorsLayer::new(policy.clone())
        .report_only(CorsLayer::new(policy).enforce(Enforcement::all_requests()).unwrap())
        .enforce(Enforcement::unsafe_requests())
        .unwrap()
        .observe(to_tracing());
    let kept = Kept::from(Level::INFO);
    let own = "OPTIONS /; origin: https://a.example; method: PUT; names: x-a";
    let form = "POST /; origin: https://evil.example";
    with_default(kept.clone(), || {
        let service = boxed(&layer, &Log::default());
        (0..1_000).for_each(|_| drop(send(&service, request(EVIL))));
        for line in [own, form] {
            send(&service, request(line));
        }
    });
    let lines = kept.take();
    // Of the flood 100 events, and 100 of the candidate, which refuses it; the own page; and the form.
    assert_eq!(lines.len(), 202);
    assert_eq!(by_reason(&lines, "header-not-allowed").len(), 1);
    let refused = lines.iter().filter(|line| line.level == Level::WARN);
    assert_eq!(refused.count(), 1);
}

/// Layers that were cloned share the limit, as the services of one server do; each observer has its own.
#[test]
fn each_observer_has_a_limit_of_its_own() {
    let of = |layers: [CorsLayer; 2]| {
        let kept = Kept::from(Level::INFO);
        with_default(kept.clone(), || {
            for layer in layers {
                let service = boxed(&layer, &Log::default());
                (0..150).for_each(|_| drop(send(&service, request(EVIL))));
            }
        });
        kept.take().len()
    };
    let new = || CorsLayer::new(two().build().unwrap()).observe(to_tracing());
    let layer = new();
    assert_eq!(of([layer.clone(), layer]), 100);
    assert_eq!(of([new(), new()]), 200);
}
