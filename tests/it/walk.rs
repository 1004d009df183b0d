//! Every policy of a small world, asked about every request of it, against the oracle.
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>

use tower_cors::RequestHead;

use crate::oracle::{self, Answer, CLOSED, Config, Request, Response};
use crate::wire::{
    build, from_map, in_order, layer, parse_request, parse_response, send, show, show_lines,
    sorted, to_http,
};

const EXAMPLES: usize = 5;

/// Whose requests are allowed, and whether it goes with credentials.
fn openings() -> Vec<Config<'static>> {
    let one = Config { origins: &["https://a.example"], ..CLOSED };
    let several = Config {
        origins: &["https://a.example", "http://localhost:*", "https://*.p.example", "app://x"],
        ..CLOSED
    };
    let asks_method: Option<fn(&str, &str) -> bool> =
        Some(|origin, method| origin.ends_with(".example") && ["GET", "PUT"].contains(&method));
    vec![
        Config { origins: &["*"], ..CLOSED },
        Config { origins: &["*"], only: true, ..CLOSED },
        Config { origins: &["https://a.example", "*"], null: true, ..CLOSED },
        one,
        Config { credentials: true, ..one },
        Config { only: true, ..one },
        Config { null: true, ..one },
        Config { predicate: asks_method, ..one },
        Config { origins: &["https://*.p.example:*"], ..CLOSED },
        several,
        Config { credentials: true, ..several },
        Config { credentials: true, only: true, ..several },
        Config { null: true, ..several },
        Config { predicate: asks_method, credentials: true, ..several },
        Config { predicate: asks_method, ..CLOSED },
        Config { predicate: asks_method, credentials: true, insecure: true, ..CLOSED },
    ]
}

/// The openings, each with each of the methods and names; the rest goes round.
fn policies() -> Vec<Config<'static>> {
    let added: [&[&str]; 5] = [&[], &["PUT"], &["PUT", "own"], &["*"], &["DELETE", "*"]];
    let only: [&[&str]; 5] = [&["GET"], &["PUT"], &["HEAD", "own"], &["PUT", "GET"], &["own"]];
    let headers: [&[&str]; 6] = [
        &[],
        &["Content-Type", "x-a"],
        &["x-*"],
        &["*"],
        &["*", "authorization", "x-a"],
        &["a*", "Authorization"],
    ];
    let exposed: [&[&str]; 3] = [&[], &["x-e", "X-F"], &["*"]];
    let mut policies = Vec::new();
    for opening in openings() {
        for methods in if opening.only { only } else { added } {
            for headers in headers {
                let at = policies.len();
                let exposed = exposed[at % if opening.credentials { 2 } else { 3 }];
                let max_age = [None, Some(0), Some(600), Some(86_400)][at / 3 % 4];
                policies.push(Config { methods, headers, exposed, max_age, ..opening });
            }
        }
    }
    policies
}

const ORIGINS: [&str; 16] = [
    "",
    "; origin: https://a.example",
    "; origin: https://x.p.example",
    "; origin: https://x.y.p.example:8443",
    "; origin: https://p.example",
    "; origin: https://.p.example",
    "; origin: http://localhost",
    "; origin: http://localhost:3000",
    "; origin: http://a.example",
    "; origin: app://x",
    "; origin: null",
    "; origin:",
    "; origin: https://a.example/",
    "; origin: https://a.example\\xff",
    "; origin: https://a.example; origin: https://a.example",
    "; origin: null; origin: https://a.example",
];

const METHODS: [&str; 11] = [
    "",
    "; request-method: GET",
    "; request-method: PUT",
    "; request-method: HEAD",
    "; request-method: put",
    "; request-method: DELETE",
    "; request-method: own",
    "; request-method: Trace",
    "; request-method: P T",
    "; request-method:",
    "; request-method: PUT; request-method: PUT",
];

fn names() -> Vec<String> {
    let lines = |count: usize| "; request-headers: x-a".repeat(count);
    let values = [
        "",
        " \\x09,",
        "x-a",
        "content-type, X-A",
        "content-type,*,X-A",
        "x-b",
        "Authorization",
        "accept,authorization",
        "x-a,x b",
        ",,x-a,",
        "x-a; request-headers:; request-headers: content-type",
    ];
    let values = values.iter().map(|value| format!("; request-headers: {value}"));
    let commas = format!("; request-headers: {}x-b", ",".repeat(17));
    values.chain([String::new(), lines(16), lines(17), commas]).collect()
}

/// Preflights from three origins in every way; all other requests with fewer of the fields that
/// matter less.
fn requests() -> Vec<Request> {
    let names = names();
    let mut heads = Vec::new();
    for origin in ORIGINS {
        let in_every_way = ["https://a.example", "https://x.p.example", "null"]
            .contains(&origin.trim_start_matches("; origin: "));
        let (methods, names) =
            if in_every_way { (METHODS.len(), &names[..]) } else { (4, &names[..4]) };
        for method in &METHODS[..methods] {
            heads.extend(names.iter().map(|name| format!("OPTIONS{origin}{method}{name}")));
        }
        for (method, requested) in [("GET", 0), ("PUT", 2), ("options", 2), ("TRACE", 1)] {
            heads.push(format!("{method}{origin}{}; request-headers: x-b", METHODS[requested]));
        }
    }
    heads.iter().map(|head| parse_request(head)).collect()
}

/// Counts, and keeps the first few that differ.
#[derive(Default)]
struct Walk {
    steps: usize,
    differing: usize,
    examples: Vec<String>,
}

impl Walk {
    /// `explain` says what was asked of what, what was expected, and what came.
    fn step(&mut self, is_same: bool, explain: impl FnOnce() -> String) {
        self.steps += 1;
        if !is_same {
            self.differing += 1;
            if self.examples.len() < EXAMPLES {
                self.examples.push(explain());
            }
        }
    }

    #[track_caller]
    fn finish(self, at_least: usize) {
        let Self { steps, differing, examples } = self;
        assert!(differing == 0, "{differing} of {steps} differ\n\n{}", examples.join("\n\n"));
        assert!(steps >= at_least, "only {steps} steps");
    }
}

#[test]
fn every_decision_is_the_oracles() {
    let requests: Vec<_> = requests().into_iter().map(|it| (to_http(&it), it)).collect();
    let empty = parse_response("200");
    let mut walk = Walk::default();
    for config in policies() {
        let policy = build(&config).unwrap();
        for (message, request) in &requests {
            let decision = policy.decide(RequestHead::from(message));
            let answer = oracle::answer(&config, request, &empty);
            let lines = sorted(from_map(&decision.headers()));
            let expected = sorted(answer.response.lines);
            let is_same = decision.kind() == oracle::kind(request)
                && decision.denial() == answer.denial
                && decision.is_allowed() == answer.denial.is_none()
                && lines == expected;
            walk.step(is_same, || {
                format!(
                    "{config:?}\n  asked:    {}{}\n  expected: {:?} {:?}{}\n  actual:   {:?} {:?}{}",
                    request.method,
                    show_lines(&request.lines),
                    oracle::kind(request),
                    answer.denial,
                    show_lines(&expected),
                    decision.kind(),
                    decision.denial(),
                    show_lines(&lines),
                )
            });
        }
    }
    walk.finish(250_000);
}

const INNER: [&str; 10] = [
    "200",
    "404; x-inner: 1",
    "204; vary: accept; vary: cookie",
    "500; vary: x-a, ORIGIN; content-length: 4",
    "200; vary: *; allow-origin: *",
    "299; allow-origin: https://evil.example; allow-origin:; vary: access-control-request-method",
    "300; allow-credentials: true; expose-headers: x-z; x-inner: 1; x-inner: 2",
    "199; allow-methods: X; allow-headers: x-z; max-age: 1; vary: x-origin",
    "200; allow-origin:; allow-credentials: true; vary: Origin; vary: Origin",
    "403; allow-origin: https://a.example; expose-headers: *; vary: \\xff",
];

/// Some of the policies, with each combination of the settings.
fn layers() -> Vec<Config<'static>> {
    let mut layers = Vec::new();
    for config in policies().into_iter().step_by(13) {
        for settings in 0..16 {
            let preflight_status = if settings & 1 == 0 { 204 } else { 200 };
            let (pass_on, keep, hide) = (settings & 2 != 0, settings & 4 != 0, settings & 8 != 0);
            layers.push(Config { preflight_status, pass_on, keep, hide, ..config });
        }
    }
    layers
}

#[test]
fn every_response_is_the_oracles() {
    let requests: Vec<_> = requests().into_iter().step_by(23).collect();
    let inner: Vec<Response> = INNER.iter().map(|text| parse_response(text)).collect();
    let mut walk = Walk::default();
    for config in layers() {
        let layer = layer(&config, build(&config).unwrap());
        for request in &requests {
            for inner in &inner {
                let expected = in_order(oracle::answer(&config, request, inner));
                let actual = send(&layer, request, inner);
                let actual = in_order(Answer { denial: expected.denial, ..actual });
                walk.step(actual == expected, || {
                    format!(
                        "{config:?}\n  asked:    {}{}\n  inner:    {}{}\n  expected: {}\n  actual:   {}",
                        request.method,
                        show_lines(&request.lines),
                        inner.status,
                        show_lines(&inner.lines),
                        show(&expected),
                        show(&actual),
                    )
                });
            }
        }
    }
    walk.finish(50_000);
}

/// Names as policies list them: alone, beside their own beginnings, and under prefixes.
const LISTS: [&[&str]; 10] = [
    &[],
    &["x-b", "x", "X-A-B", "x-a"],
    &["x-a", "accept"],
    &["x-b*", "x-a-*", "b*", "accept"],
    &["x-*", "x-a-*", "x-a"],
    &["a*", "x-b", "x-c*", "y-*"],
    &["a*", "x", "Authorization"],
    &["authorization*", "b*"],
    &["*", "x-a"],
    &["*", "AUTHORIZATION", "a*"],
];

const ELEMENTS: [&str; 14] = [
    "",
    "*",
    " ",
    "x",
    "x-a",
    "X-A",
    " x-a-b\\x09",
    "x-b",
    "x-",
    "accept",
    "authorization",
    "Authorization-x",
    "x a",
    "b-c",
];

/// All lists of up to three elements, on one line or with a line each.
fn lists_of_names() -> Vec<Request> {
    let mut lists = Vec::new();
    let pairs = ELEMENTS.iter().flat_map(|a| ELEMENTS.iter().map(move |b| vec![*a, *b]));
    lists.extend(ELEMENTS.iter().map(|a| vec![*a]));
    lists.extend(pairs.clone());
    lists.extend(pairs.flat_map(|pair| ELEMENTS.iter().map(move |c| [&pair[..], &[*c]].concat())));
    let head = "OPTIONS; origin: https://a.example; request-method: GET; request-headers: ";
    let heads = lists.iter().flat_map(|list| {
        [",", "; request-headers: "].map(|joint| format!("{head}{}", list.join(joint)))
    });
    heads.map(|head| parse_request(&head)).collect()
}

#[test]
fn every_list_of_names_is_the_oracles() {
    let requests: Vec<_> = lists_of_names().into_iter().map(|it| (to_http(&it), it)).collect();
    let empty = parse_response("200");
    let mut walk = Walk::default();
    for headers in LISTS {
        let config = Config { origins: &["https://a.example"], headers, ..CLOSED };
        let policy = build(&config).unwrap();
        for (message, request) in &requests {
            let decision = policy.decide(message);
            let lines = sorted(from_map(&decision.headers()));
            let answer = oracle::answer(&config, request, &empty);
            let is_same = decision.denial() == answer.denial;
            walk.step(is_same && lines == sorted(answer.response.lines.clone()), || {
                let asked = show_lines(&request.lines);
                let expected = show_lines(&answer.response.lines);
                let (denial, lines) = (decision.denial(), show_lines(&lines));
                format!(
                    "{headers:?}\n  asked:    {asked}\n  expected: {:?}{expected}\n  actual:   {denial:?}{lines}",
                    answer.denial
                )
            });
        }
    }
    walk.finish(40_000);
}
