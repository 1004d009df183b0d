//! A candidate is asked beside the policy that answers, changes no answer, and is told of where it differs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::HeaderMap;
use tower_cors::{CorsLayer, Enforcement, Policy};

use super::walk::{policies, requests};
use super::{Log, boxed, origins, request, send, shown, two};

/// What a layer by itself does with a request, as a page sees it.
#[derive(Debug, PartialEq)]
struct Seen {
    told: String,
    is_refused: bool,
    /// For a page that asks with credentials.
    credentials: bool,
}

fn seen(layer: &CorsLayer, asked: &http::Request<()>) -> Seen {
    let log = Log::default();
    let (teller, headers) = (log.clone(), Log::default());
    let layer = layer.clone().observe(move |told| teller.push(shown(told)));
    let answer = send(&boxed(&layer, &headers), asked.clone());
    let mut told = log.take().pop().unwrap_or_default();
    // It is no difference which rule says so.
    if let Some(rule) = told.find(" rules[") {
        told.truncate(rule);
    }
    let has_cookies = asked.headers().contains_key("cookie");
    let is_credentials = |name: &str| name == "access-control-allow-credentials";
    let credentials = answer.1.iter().any(|(name, _)| is_credentials(name));
    Seen {
        is_refused: told.contains(" refused"),
        credentials: credentials && has_cookies && told.contains(" allowed"),
        told,
    }
}

/// Of all pairs of policies, the candidate enforced too: it is told exactly where a page would see another answer.
#[test]
fn the_candidate_is_told_where_a_page_would_see_a_difference() {
    let mut layers: Vec<CorsLayer> = policies().into_iter().map(CorsLayer::new).collect();
    let enforced = layers.clone().into_iter();
    layers.extend(enforced.filter_map(|it| it.enforce(Enforcement::unsafe_requests()).ok()));
    let hosts = Enforcement::all_requests().hosts(["api.example"]);
    layers.push(CorsLayer::new(two().build().unwrap()).enforce(hosts).unwrap());
    let requests = requests();
    let seen: Vec<Vec<Seen>> =
        layers.iter().map(|layer| requests.iter().map(|it| seen(layer, it)).collect()).collect();

    let (mut same, mut different) = (0, 0);
    for (layer, alone) in layers.iter().zip(&seen) {
        let unobserved = boxed(layer, &Log::default());
        for (candidate, other) in layers.iter().zip(&seen) {
            let log = Log::default();
            let both = layer.clone().report_only(candidate.clone()).observe(log.observer());
            let service = boxed(&both, &Log::default());
            for (place, request) in requests.iter().enumerate() {
                let case = format!("{layer:?}\n{candidate:?}\n{request:?}");
                assert_eq!(send(&service, request.clone()), send(&unobserved, request.clone()));
                let told = log.take();
                assert!(told.len() < 2, "{case}\n{told:?}");
                let is_checked = request.headers().contains_key("origin")
                    && (request.method() == "OPTIONS" || !is_same_origin(request.headers()));
                let (one, two) = (&alone[place], &other[place]);
                let differs =
                    if is_checked || one.is_refused || two.is_refused { one != two } else { false };
                let is_told = told.first().is_some_and(|told| told.contains(" | "));
                assert_eq!(is_told, differs, "{case}\n{told:?}\n{one:?}\n{two:?}");
                *(if differs { &mut different } else { &mut same }) += 1;
            }
        }
    }
    assert!(same > 10_000 && different > 10_000, "{same} {different}");
}

/// The hosts and the origins of these requests are names without a port.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let once = |name: &str| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none())
    };
    if headers.contains_key("sec-fetch-site") {
        return once("sec-fetch-site").is_some_and(|site| site == "same-origin");
    }
    once("origin").zip(once("host")).is_some_and(|(origin, host)| {
        [b"http://", &b"https://"[..]]
            .map(|scheme| [scheme, host.as_bytes()].concat())
            .contains(&origin.as_bytes().to_vec())
    })
}

/// What is told of an open policy with a stricter candidate.
#[test]
fn both_decisions_are_told() {
    let candidate = CorsLayer::new(two().build().unwrap());
    let enforcement = Enforcement::unsafe_requests().hosts(["api.example"]);
    let enforced = candidate.clone().enforce(enforcement).unwrap();
    let rows: &[(&CorsLayer, &str, &[&str])] = &[
        (&candidate, "GET /", &["inner"]),
        (&candidate, "GET /; origin: https://a.example", &["cors allowed", "inner"]),
        (
            &candidate,
            "GET /; origin: https://c.example",
            &["cors allowed | cors denied origin-not-allowed", "inner"],
        ),
        // The same page is allowed by `*` and by name.
        (
            &candidate,
            "OPTIONS /; origin: https://a.example; method: PUT; names: content-type",
            &["preflight allowed"],
        ),
        (
            &candidate,
            "OPTIONS /; origin: https://a.example; method: PUT; names: x-a",
            &["preflight allowed | preflight denied header-not-allowed"],
        ),
        (
            &candidate,
            "POST /; origin: https://own.example; sec-fetch-site: same-origin",
            &["cors allowed", "inner"],
        ),
        (&enforced, "GET /; host: api.example", &["inner"]),
        (
            &enforced,
            "GET /; host: evil.example",
            &["plain allowed | plain refused host-not-allowed", "inner"],
        ),
        (
            &enforced,
            "POST /; host: api.example; sec-fetch-site: cross-site",
            &["plain allowed | plain refused origin-not-allowed", "inner"],
        ),
        (
            &enforced,
            "OPTIONS /; host: evil.example; origin: https://a.example; method: PUT",
            &["preflight allowed | preflight refused host-not-allowed"],
        ),
    ];
    for (candidate, line, expected) in rows {
        let log = Log::default();
        let layer = CorsLayer::permissive().report_only((*candidate).clone());
        send(&boxed(&layer.observe(log.observer()), &log), request(line));
        assert_eq!(log.take(), *expected, "{line}");
    }
}

#[test]
fn a_page_with_cookies_may_miss_credentials() {
    let with = |policy: Policy, candidate: Policy, cookie: &str| {
        let log = Log::default();
        let layer = CorsLayer::new(policy).report_only(candidate).observe(log.observer());
        let asked = request(&format!("GET /; origin: https://a.example{cookie}"));
        send(&boxed(&layer, &Log::default()), asked);
        log.take()
    };
    let plain = || two().build().unwrap();
    let credentials = || two().allow_credentials(true).build().unwrap();
    let cookie = "; cookie: id=1";
    assert_eq!(with(plain(), plain(), cookie), ["cors allowed"]);
    assert_eq!(with(plain(), credentials(), cookie), ["cors allowed | cors allowed"]);
    assert_eq!(with(credentials(), plain(), cookie), ["cors allowed | cors allowed"]);
    assert_eq!(with(credentials(), plain(), ""), ["cors allowed"]);
    // Which headers are exposed is a matter of the policies, and not of the request.
    let exposed = two().expose_headers(["x-a"]).build().unwrap();
    assert_eq!(with(exposed, plain(), cookie), ["cors allowed"]);
}

#[test]
fn the_candidate_explains_itself() {
    let log = Log::default();
    let teller = log.clone();
    let candidate = CorsLayer::new(two().build().unwrap());
    let candidate = candidate.enforce(Enforcement::all_requests()).unwrap();
    let layer = CorsLayer::permissive().report_only(candidate).observe(move |told| {
        assert!(told.explain().decision().is_allowed());
        let candidate = told.candidate().unwrap();
        assert!(candidate.candidate().is_none());
        teller.push(candidate.explain().to_string());
    });
    let asked = request("GET /; origin: http://a.example; sec-fetch-site: cross-site");
    send(&boxed(&layer, &Log::default()), asked);
    let said = log.take().concat();
    assert!(said.contains(r#"the scheme differs: "https://a.example" is allowed"#), "{said}");
    assert!(said.contains("next: the request does not run"), "{said}");
}

#[cfg(all(feature = "reload", feature = "routes"))]
#[test]
fn a_candidate_is_a_policy_or_routes_or_a_handle() {
    use tower_cors::{Reload, Route, Routes};

    let asked = || request("GET /left; origin: https://a.example");
    let told = |layer: CorsLayer| {
        let log = Log::default();
        send(&boxed(&layer.observe(log.observer()), &Log::default()), asked());
        log.take()
    };
    let strict = || origins(&["https://c.example"]).build().unwrap();
    let denied = ["cors allowed | cors denied origin-not-allowed"];
    assert_eq!(told(CorsLayer::permissive().report_only(strict())), denied);

    let routes = Routes::builder().route("/left", Route::LeftAlone).build().unwrap();
    let left = ["cors allowed | cors left-alone"];
    assert_eq!(told(CorsLayer::permissive().report_only(routes.clone())), left);

    let handle = Reload::new(Policy::permissive());
    let layer = CorsLayer::permissive().report_only(handle.clone());
    assert_eq!(told(layer.clone()), ["cors allowed"]);
    handle.swap(strict());
    assert_eq!(told(layer.clone()), denied);
    // The last candidate is asked.
    assert_eq!(told(layer.report_only(Reload::new(routes))), left);
}

/// Neither without an observer, nor for observers of its own.
#[test]
fn a_candidate_whose_decision_nobody_reads_is_not_asked() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let candidate = Policy::builder().allow_origins_if(move |_, _, _| {
        counter.fetch_add(1, Ordering::Relaxed);
        false
    });
    let candidate = CorsLayer::new(candidate.build().unwrap());
    let log = Log::default();
    let candidate = candidate.observe(log.observer());
    let line = "GET /; origin: https://a.example";
    let layer = CorsLayer::permissive().report_only(candidate);
    send(&boxed(&layer, &Log::default()), request(line));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    let layer = layer.observe(|told| assert!(told.candidate().is_some()));
    send(&boxed(&layer, &Log::default()), request(line));
    assert_eq!((asked.load(Ordering::Relaxed), log.take()), (1, vec![]));
}
