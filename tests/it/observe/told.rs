//! What the observer is told of each kind of request, and that the inner service runs after it.

use http::HeaderName;
use tower_cors::{CorsLayer, Enforcement, Policy, Resolver};

use super::{Boxed, Log, boxed, origins, request, send, two};

/// One layer, and what happens on each request.
struct Case {
    name: &'static str,
    layer: fn(&Log) -> Boxed,
    rows: &'static [(&'static str, &'static [&'static str])],
}

const CASES: &[Case] = &[
    Case {
        name: "a policy of two origins",
        layer: |log| boxed(&CorsLayer::new(two().build().unwrap()).observe(log.observer()), log),
        rows: &[
            ("GET /", &["inner"]),
            ("POST /; sec-fetch-site: cross-site", &["inner"]),
            ("OPTIONS /; method: PUT", &["inner"]),
            ("GET /; origin: https://a.example", &["cors allowed", "inner"]),
            ("DELETE /; origin: https://b.example", &["cors allowed", "inner"]),
            ("GET /; origin: https://evil.example", &["cors denied origin-not-allowed", "inner"]),
            ("GET /; origin: null", &["cors denied origin-not-allowed", "inner"]),
            (
                "GET /; origin: https://a.example; origin: https://a.example",
                &["cors denied origin-repeated", "inner"],
            ),
            (
                "POST /; origin: https://own.example; sec-fetch-site: same-origin",
                &["cors same-origin origin-not-allowed", "inner"],
            ),
            (
                "POST /; origin: http://own.example:8080; host: own.example:8080",
                &["cors same-origin origin-not-allowed", "inner"],
            ),
            (
                "POST /; origin: http://own.example; host: own.example:8080",
                &["cors denied origin-not-allowed", "inner"],
            ),
            (
                "POST /; origin: http://own.example; host: own.example; sec-fetch-site: cross-site",
                &["cors denied origin-not-allowed", "inner"],
            ),
            (
                "POST /; origin: https://own.example; sec-fetch-site: same-site",
                &["cors denied origin-not-allowed", "inner"],
            ),
            (
                "POST /; origin: https://a.example; sec-fetch-site: same-origin",
                &["cors allowed", "inner"],
            ),
            ("OPTIONS /; origin: https://a.example", &["cors allowed", "inner"]),
            ("OPTIONS /; origin: https://a.example; method: PUT", &["preflight allowed"]),
            (
                "OPTIONS /; origin: https://evil.example; method: PUT",
                &["preflight denied origin-not-allowed"],
            ),
            (
                "OPTIONS /; origin: https://evil.example; method: PUT; sec-fetch-site: same-origin",
                &["preflight denied origin-not-allowed"],
            ),
            (
                "OPTIONS /; origin: https://a.example; method: DELETE",
                &["preflight denied method-not-allowed"],
            ),
            (
                "OPTIONS /; origin: https://a.example; method: PUT; method: PUT",
                &["preflight denied method-repeated"],
            ),
            (
                "OPTIONS /; origin: https://a.example; method: PUT; names: x-a",
                &["preflight denied header-not-allowed"],
            ),
            (
                "OPTIONS /; origin: https://a.example; method: PUT; names: ,,,,,,,,,,,,,,,,,,",
                &["preflight denied header-list-too-long"],
            ),
        ],
    },
    Case {
        name: "a policy for any origin",
        layer: |log| boxed(&CorsLayer::permissive().observe(log.observer()), log),
        rows: &[
            ("GET /", &["inner"]),
            ("GET /; origin: https://a.example", &["cors allowed", "inner"]),
            ("OPTIONS /; origin: null; method: PUT", &["preflight allowed"]),
        ],
    },
    Case {
        name: "several rules",
        layer: |log| {
            let policy = Policy::from_rules([two(), origins(&["https://c.example"])]).unwrap();
            boxed(&CorsLayer::new(policy).observe(log.observer()), log)
        },
        rows: &[
            ("GET /; origin: https://a.example", &["cors allowed rules[0]", "inner"]),
            ("GET /; origin: https://c.example", &["cors allowed rules[1]", "inner"]),
            (
                "OPTIONS /; origin: https://c.example; method: PUT",
                &["preflight denied method-not-allowed rules[1]"],
            ),
        ],
    },
    Case {
        name: "preflights are passed on",
        layer: |log| {
            let layer = CorsLayer::new(two().build().unwrap()).pass_on_preflights(true);
            boxed(&layer.observe(log.observer()), log)
        },
        rows: &[
            ("OPTIONS /; origin: https://a.example; method: PUT", &["preflight allowed", "inner"]),
            (
                "OPTIONS /; origin: https://a.example; method: DELETE",
                &["preflight denied method-not-allowed"],
            ),
        ],
    },
    Case {
        name: "denials are hidden, and told to the observer",
        layer: |log| {
            let layer = CorsLayer::new(two().build().unwrap()).hide_denials(true);
            boxed(&layer.observe(log.observer()), log)
        },
        rows: &[
            ("OPTIONS /; origin: https://a.example; method: PUT", &["preflight allowed"]),
            (
                "OPTIONS /; origin: https://a.example; method: DELETE",
                &["preflight denied method-not-allowed"],
            ),
        ],
    },
    Case {
        name: "inner headers are kept",
        layer: |log| {
            let layer = CorsLayer::new(two().build().unwrap()).keep_inner_headers(true);
            boxed(&layer.observe(log.observer()), log)
        },
        rows: &[
            ("GET /", &["inner"]),
            ("GET /; origin: https://evil.example", &["cors denied origin-not-allowed", "inner"]),
        ],
    },
    Case {
        name: "unsafe requests are enforced",
        layer: |log| {
            let layer = CorsLayer::new(two().build().unwrap());
            let layer = layer.enforce(Enforcement::unsafe_requests()).unwrap();
            boxed(&layer.observe(log.observer()), log)
        },
        rows: &[
            ("GET /", &["inner"]),
            ("POST /", &["inner"]),
            ("GET /; origin: https://evil.example", &["cors denied origin-not-allowed", "inner"]),
            ("POST /; origin: https://evil.example", &["cors refused origin-not-allowed"]),
            ("POST /; sec-fetch-site: cross-site", &["plain refused origin-not-allowed"]),
            ("POST /; origin: https://a.example", &["cors allowed", "inner"]),
            (
                "POST /; origin: https://a.example; cookie: id=1",
                &["cors refused credentials-not-allowed"],
            ),
            (
                "POST /; origin: https://own.example; sec-fetch-site: same-origin",
                &["cors same-origin origin-not-allowed", "inner"],
            ),
            (
                "OPTIONS /; origin: https://evil.example; method: PUT",
                &["preflight denied origin-not-allowed"],
            ),
        ],
    },
    Case {
        name: "all requests are enforced, and hosts",
        layer: |log| {
            let layer = CorsLayer::new(two().build().unwrap());
            let enforcement = Enforcement::all_requests().hosts(["api.example"]);
            boxed(&layer.enforce(enforcement).unwrap().observe(log.observer()), log)
        },
        rows: &[
            ("GET /; host: api.example", &["inner"]),
            ("GET /; host: evil.example", &["plain refused host-not-allowed"]),
            (
                "GET /; host: api.example; origin: https://evil.example",
                &["cors refused origin-not-allowed"],
            ),
            (
                "GET /; host: evil.example; origin: https://a.example",
                &["cors refused host-not-allowed"],
            ),
            (
                "OPTIONS /; host: evil.example; origin: https://a.example; method: PUT",
                &["preflight refused host-not-allowed"],
            ),
            (
                "OPTIONS /; host: api.example; origin: https://a.example; method: PUT",
                &["preflight allowed"],
            ),
        ],
    },
    Case {
        name: "a resolver",
        layer: |log| boxed(&CorsLayer::with_resolver(tenants(log)).observe(log.observer()), log),
        rows: &[
            ("GET /; x-tenant: a", &["inner"]),
            ("GET /; x-tenant: a; origin: https://a.example", &["asked", "cors allowed", "inner"]),
            (
                "GET /; x-tenant: a; origin: https://c.example",
                &["asked", "cors denied origin-not-allowed", "inner"],
            ),
            (
                "GET /; x-tenant: none; origin: https://a.example",
                &["asked", "cors denied no-policy", "inner"],
            ),
            (
                "GET /; x-tenant: bad; origin: https://a.example",
                &["asked", "failed", "cors denied no-policy", "inner"],
            ),
            (
                "OPTIONS /; x-tenant: a; origin: https://a.example; method: PUT",
                &["asked", "preflight allowed"],
            ),
            (
                "OPTIONS /; x-tenant: bad; origin: https://a.example; method: PUT",
                &["asked", "failed", "preflight denied no-policy"],
            ),
        ],
    },
    Case {
        name: "a resolver that is enforced",
        layer: |log| {
            let layer = CorsLayer::with_resolver(tenants(log));
            let layer = layer.enforce(Enforcement::unsafe_requests()).unwrap();
            boxed(&layer.observe(log.observer()), log)
        },
        rows: &[
            (
                "POST /; x-tenant: bad; origin: https://a.example",
                &["asked", "failed", "cors refused no-policy"],
            ),
            (
                "POST /; x-tenant: none; sec-fetch-site: cross-site",
                &["asked", "plain refused no-policy"],
            ),
        ],
    },
    #[cfg(feature = "routes")]
    Case {
        name: "routes",
        layer: |log| boxed(&CorsLayer::new(paths()).observe(log.observer()), log),
        rows: &[
            ("GET /items; origin: https://a.example", &["cors allowed", "inner"]),
            (
                "OPTIONS /items; origin: https://a.example; method: X",
                &["preflight denied method-not-allowed"],
            ),
            ("GET /none", &["inner"]),
            ("GET /none; origin: https://a.example", &["cors denied no-policy", "inner"]),
            (
                "OPTIONS /none; origin: https://a.example; method: PUT",
                &["preflight denied no-policy"],
            ),
            ("GET /other; origin: https://a.example", &["cors denied no-policy", "inner"]),
            ("GET /left", &["inner"]),
            ("GET /left; origin: https://a.example", &["cors left-alone", "inner"]),
            (
                "OPTIONS /left; origin: https://a.example; method: PUT",
                &["preflight left-alone", "inner"],
            ),
            ("GET //items; origin: https://a.example", &["cors denied path-ambiguous", "inner"]),
            (
                "OPTIONS //items; origin: https://a.example; method: PUT",
                &["preflight denied path-ambiguous"],
            ),
        ],
    },
    #[cfg(feature = "routes")]
    Case {
        name: "routes that are enforced",
        layer: |log| {
            let layer = CorsLayer::new(paths());
            let layer = layer.enforce(Enforcement::unsafe_requests()).unwrap();
            boxed(&layer.observe(log.observer()), log)
        },
        rows: &[
            ("POST /none; origin: https://a.example", &["cors refused no-policy"]),
            ("POST //items; origin: https://a.example", &["cors refused path-ambiguous"]),
            ("POST /left; origin: https://evil.example", &["cors left-alone", "inner"]),
            ("POST /left; sec-fetch-site: cross-site", &["inner"]),
        ],
    },
];

/// Tenant `a` has a policy, `bad` an error, and no other one anything.
fn tenants(log: &Log) -> Resolver {
    let (policy, asked, failed) = (two().build().unwrap(), log.clone(), log.clone());
    let resolver = Resolver::new(
        move |head: http::Request<()>| {
            asked.push("asked");
            let policy = policy.clone();
            async move {
                match head.headers()["x-tenant"].as_bytes() {
                    b"a" => Ok(Some(policy)),
                    b"bad" => Err("the database is gone".into()),
                    _ => Ok(None),
                }
            }
        },
        move |_| failed.push("failed"),
    );
    resolver.vary_on([HeaderName::from_static("x-tenant")])
}

#[cfg(feature = "routes")]
fn paths() -> tower_cors::Routes {
    use tower_cors::{Route, Routes};
    let routes = Routes::builder().route("/items", two().build().unwrap());
    routes.route("/none", Route::NoCors).route("/left", Route::LeftAlone).build().unwrap()
}

#[test]
fn each_request_is_told_once_and_before_the_inner_service_runs() {
    let mut failures = Vec::new();
    for Case { name, layer, rows } in CASES {
        let log = Log::default();
        let service = layer(&log);
        for (line, expected) in *rows {
            send(&service, request(line));
            let told = log.take();
            if told != *expected {
                failures.push(format!("{name}\n  {line}\n  {told:?}\n  expected {expected:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
