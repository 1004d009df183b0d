//! What the observer for `tracing` writes: levels, the target, and every field.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tower_cors::observe::to_tracing;
use tower_cors::{CorsLayer, Enforcement, Policy};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::{Log, boxed, origins, request, send, two};

/// A subscriber that keeps the events of a level and those above it.
#[derive(Clone)]
pub(super) struct Kept {
    level: Level,
    events: Arc<Mutex<Vec<Line>>>,
}

/// One event: its level and target, and its fields by name. The message is the field `message`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) level: Level,
    target: String,
    pub(super) fields: BTreeMap<&'static str, String>,
}

impl Kept {
    pub(super) fn from(level: Level) -> Self {
        Self { level, events: Arc::default() }
    }

    pub(super) fn take(&self) -> Vec<Line> {
        self.events.lock().unwrap().split_off(0)
    }
}

impl Subscriber for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Other tests of this process log elsewhere.
        *metadata.level() <= self.level
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let (level, target) = (*event.metadata().level(), event.metadata().target().to_owned());
        self.events.lock().unwrap().push(Line { level, target, fields: fields.0 });
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        assert_eq!(self.0.insert(field.name(), value.to_owned()), None);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// What is logged of requests to a layer, from that level on.
fn logged(level: Level, layer: &CorsLayer, lines: &[&str]) -> Vec<Line> {
    let kept = Kept::from(level);
    tracing::subscriber::with_default(kept.clone(), || {
        let service = boxed(layer, &Log::default());
        for line in lines {
            send(&service, request(line));
        }
    });
    kept.take()
}

fn enforced() -> CorsLayer {
    let policy = Policy::from_rules([two(), origins(&["https://c.example"])]).unwrap();
    let enforcement = Enforcement::unsafe_requests().hosts(["api.example"]);
    CorsLayer::new(policy).enforce(enforcement).unwrap().observe(to_tracing())
}

type Pairs = &'static [(&'static str, &'static str)];

/// One request to [`enforced`] each: the level, and all fields.
const ROWS: &[(&str, Level, Pairs)] = &[
    (
        "GET /items?secret=1; host: api.example; origin: https://a.example",
        Level::DEBUG,
        &[
            ("message", "CORS request allowed (rules[0])"),
            ("kind", "cors"),
            ("method", "GET"),
            ("path", "/items"),
            ("origin", "https://a.example"),
            ("outcome", "allowed"),
            ("rule", "0"),
        ],
    ),
    (
        "OPTIONS /items?secret=1; host: api.example; origin: https://a.example; method: PUT; names: x-b,x-a",
        Level::INFO,
        &[
            ("message", "preflight denied: a requested header name is not allowed (rules[0])"),
            ("kind", "preflight"),
            ("method", "PUT"),
            ("path", "/items"),
            ("origin", "https://a.example"),
            ("outcome", "denied"),
            ("reason", "header-not-allowed"),
            ("rule", "0"),
            ("at_fault", r#""x-b", "x-a""#),
            ("hint", r#"add to `allow_headers`: "x-b", "x-a""#),
            ("step", "the policy decides"),
        ],
    ),
    (
        "GET /; host: api.example; origin: http://a.example; sec-fetch-site: cross-site",
        Level::INFO,
        &[
            ("message", "CORS request denied: the origin is not allowed (rules[0])"),
            ("kind", "cors"),
            ("method", "GET"),
            ("path", "/"),
            ("origin", "http://a.example"),
            ("outcome", "denied"),
            ("reason", "origin-not-allowed"),
            ("rule", "0"),
            ("at_fault", r#""http://a.example""#),
            ("hint", r#"the scheme differs: "https://a.example" is allowed"#),
            ("step", "a safe request passes, since only unsafe ones are enforced"),
        ],
    ),
    (
        "POST /; host: api.example; origin: https://own.example; sec-fetch-site: same-origin",
        Level::DEBUG,
        &[
            (
                "message",
                "CORS request denied: the origin is not allowed (rules[0]); its page is of the same origin",
            ),
            ("kind", "cors"),
            ("method", "POST"),
            ("path", "/"),
            ("origin", "https://own.example"),
            ("outcome", "same-origin"),
            ("reason", "origin-not-allowed"),
            ("rule", "0"),
            ("at_fault", r#""https://own.example""#),
            ("step", "it passes, by `Sec-Fetch-Site: same-origin`"),
        ],
    ),
    (
        "DELETE /items; host: api.example; origin: https://evil.example",
        Level::WARN,
        &[
            ("message", "CORS request denied: the origin is not allowed (rules[0])"),
            ("kind", "cors"),
            ("method", "DELETE"),
            ("path", "/items"),
            ("origin", "https://evil.example"),
            ("outcome", "refused"),
            ("reason", "origin-not-allowed"),
            ("rule", "0"),
            ("at_fault", r#""https://evil.example""#),
            ("step", "the policy decides"),
        ],
    ),
    (
        "GET /; host: evil.example",
        Level::WARN,
        &[
            ("message", "plain request denied: the host is not allowed"),
            ("kind", "plain"),
            ("method", "GET"),
            ("path", "/"),
            ("outcome", "refused"),
            ("reason", "host-not-allowed"),
            ("at_fault", r#""evil.example""#),
            (
                "hint",
                "if the server is known by that host, add it to `hosts`; for probes, give their path to \
                 `any_host_for`",
            ),
            ("step", "the host is not listed"),
        ],
    ),
];

#[test]
fn each_event_has_its_level_and_all_its_fields() {
    for (line, level, fields) in ROWS {
        // The rules of both levels are the same, and so are the events; only what is below is left out.
        for least in [*level, Level::TRACE] {
            let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
            let target = "tower_cors".to_owned();
            let expected = Line { level: *level, target, fields: fields.collect() };
            assert_eq!(logged(least, &enforced(), &[line]), [expected], "{line}");
        }
    }
    // Each level leaves out those below it.
    let lines: Vec<&str> = ROWS.iter().map(|(line, ..)| *line).collect();
    for (level, count) in [(Level::ERROR, 0), (Level::WARN, 2), (Level::INFO, 4), (Level::DEBUG, 6)]
    {
        assert_eq!(logged(level, &enforced(), &lines).len(), count, "{level}");
    }
}

#[test]
fn requests_that_are_not_told_are_not_logged() {
    let lines = ["GET /; host: api.example", "OPTIONS /; host: api.example; method: PUT"];
    assert_eq!(logged(Level::TRACE, &enforced(), &lines), []);
}

#[test]
fn a_difference_is_a_second_event() {
    let stricter = CorsLayer::new(two().build().unwrap());
    let stricter = stricter.enforce(Enforcement::all_requests()).unwrap();
    let layer = CorsLayer::permissive().report_only(stricter).observe(to_tracing());
    let lines = ["GET /; origin: https://c.example", "GET /; origin: https://a.example"];
    let [allowed, candidate, agreed] = logged(Level::DEBUG, &layer, &lines).try_into().unwrap();
    assert_eq!((allowed.level, &*allowed.fields["outcome"]), (Level::DEBUG, "allowed"));
    assert_eq!((agreed.level, &*agreed.fields["outcome"]), (Level::DEBUG, "allowed"));
    let expected = [
        ("message", "report-only: CORS request denied: the origin is not allowed"),
        ("kind", "cors"),
        ("method", "GET"),
        ("path", "/"),
        ("origin", "https://c.example"),
        ("outcome", "refused"),
        ("reason", "origin-not-allowed"),
        ("at_fault", r#""https://c.example""#),
        ("step", "the policy decides"),
        ("answered", "allowed"),
    ];
    assert_eq!(candidate.level, Level::INFO);
    assert_eq!(candidate.fields, expected.map(|(name, value)| (name, value.to_owned())).into());
    assert_eq!(logged(Level::WARN, &layer, &lines), []);
}

#[test]
fn each_field_is_cut() {
    let names = (0..100).map(|number| format!("x-{number:0>15}")).collect::<Vec<_>>().join(",");
    let asked = "OPTIONS /; host: api.example; origin: https://a.example; method: PUT; names:";
    let path = "a".repeat(1_000);
    let (listed, long) = (format!("{asked} {names}"), format!("POST /{path}; origin: {path}"));
    let [listed, long] = logged(Level::INFO, &enforced(), &[&listed, &long]).try_into().unwrap();
    let length = |line: &Line, field| line.fields[field].trim_end_matches('…').len();
    for (line, field, bytes) in [
        (&listed, "at_fault", 512),
        (&listed, "hint", 512),
        (&long, "path", 256),
        (&long, "origin", 256),
    ] {
        assert_eq!((length(line, field), field), (bytes, field));
        assert!(line.fields[field].ends_with('…'), "{field}");
    }
}

/// A predicate is asked once more by an explanation: so it tells whether one is made.
#[test]
fn an_event_that_is_not_written_is_not_explained() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let policy = Policy::builder().allow_origins_if(move |_, _, _| {
        counter.fetch_add(1, Ordering::Relaxed);
        false
    });
    let layer = CorsLayer::new(policy.build().unwrap());
    let asked_for = |layer: &CorsLayer, level, requests| {
        asked.store(0, Ordering::Relaxed);
        logged(level, layer, &vec!["GET /; origin: https://a.example"; requests]);
        asked.load(Ordering::Relaxed)
    };
    let one = asked_for(&layer, Level::TRACE, 1);
    let observed = layer.observe(to_tracing());
    assert_eq!(asked_for(&observed, Level::WARN, 1), one, "below the level");
    asked.store(0, Ordering::Relaxed);
    let own = "GET /; origin: https://a.example; sec-fetch-site: same-origin";
    logged(Level::INFO, &observed, &[own]);
    assert_eq!(asked.load(Ordering::Relaxed), one, "below the level, of the same origin");
    // What nobody reads takes no place of what is read later.
    asked_for(&observed, Level::WARN, 1_000);
    let explained = asked_for(&observed, Level::INFO, 100);
    assert!(explained >= 200 * one, "{explained}");
    assert_eq!(asked_for(&observed, Level::INFO, 1_000), 1_000 * one, "beyond the limit");
}
