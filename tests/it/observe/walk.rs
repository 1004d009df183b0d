//! For a product of policies, sources, settings, enforcements and requests: an observed layer answers byte for byte
//! as the unobserved one does, and tells once what `Policy::decide` says.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use http::{HeaderName, Request};
use tower_cors::observe::Outcome;
use tower_cors::{
    CorsLayer, Decision, Enforceable, Enforcement, Policy, PolicySource, RequestKind, Resolver,
};

use super::{Answer, Boxed, Log, boxed, origins, request, send, two};

pub(super) fn policies() -> Vec<Policy> {
    let rules = [two(), origins(&["https://*.c.example"]).only_methods(["GET"])];
    vec![
        Policy::permissive(),
        origins(&["*"]).only_methods(["GET"]).build().unwrap(),
        origins(&["https://a.example"]).expose_headers(["x-a"]).build().unwrap(),
        two().build().unwrap(),
        two().allow_credentials(true).expose_headers(["x-a", "x-b"]).build().unwrap(),
        origins(&["https://a.example", "https://d.example:8443"])
            .only_methods(["GET", "PUT"])
            .build()
            .unwrap(),
        origins(&["https://*.c.example"]).allow_methods(["*"]).build().unwrap(),
        two().allow_origins_if(|origin, _, _| origin.port() == Some(8443)).build().unwrap(),
        Policy::from_rules(rules).unwrap(),
        Policy::nobody(),
    ]
}

pub(super) fn requests() -> Vec<Request<()>> {
    let mut requests = Vec::new();
    let from = [
        "",
        "; origin: https://a.example",
        "; origin: https://x.c.example",
        "; origin: https://d.example:8443",
        "; origin: https://evil.example; x-stray: 1",
        "; origin: null",
        "; origin: https://a.example; origin: https://a.example",
    ];
    let rest = ["", "; cookie: id=1", "; sec-fetch-site: same-origin"];
    let asked = [
        "",
        "; method: GET",
        "; method: PUT; names: content-type",
        "; method: PUT; names: x-a; names: content-type",
        "; method: DELETE",
        "; method: PUT; method: PUT",
    ];
    for from in from {
        for rest in rest {
            for method in ["GET", "DELETE"] {
                requests.push(request(&format!("{method} /items; host: api.example{from}{rest}")));
            }
        }
        for asked in asked {
            for path in ["/items", "//items"] {
                requests.push(request(&format!("OPTIONS {path}; host: api.example{from}{asked}")));
            }
        }
        requests.push(request(&format!("PUT /items; host: evil.example{from}")));
        requests.push(request(&format!("GET /left; host: api.example{from}; upgrade: websocket")));
    }
    requests
}

type Told = (Decision, Outcome);

/// A layer, one that is not observed, and what the first one told.
struct Pair {
    observed: Boxed,
    unobserved: Boxed,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Pair {
    fn new<P>(layer: &CorsLayer<P>, boxed: impl Fn(&CorsLayer<P>) -> Boxed) -> Self
    where
        P: Clone,
    {
        let told = Arc::<Mutex<Vec<_>>>::default();
        let teller = Arc::clone(&told);
        let observed = layer.clone().observe(move |observation| {
            let told = (observation.decision().clone(), observation.outcome());
            assert_eq!(observation.explain().decision(), &told.0);
            assert!(observation.candidate().is_none());
            teller.lock().unwrap().push(told);
        });
        Self { observed: boxed(&observed), unobserved: boxed(layer), told }
    }

    /// The answer, which is the same for both, and what was told.
    #[track_caller]
    fn ask(&self, request: &Request<()>, case: &str) -> (Answer, Option<Told>) {
        let [observed, unobserved] =
            [&self.observed, &self.unobserved].map(|service| send(service, request.clone()));
        assert_eq!(observed, unobserved, "{case}\n{request:?}");
        let mut told = self.told.lock().unwrap().split_off(0);
        assert!(told.len() < 2, "{case}\n{request:?}\n{told:?}");
        (unobserved, told.pop())
    }
}

/// What holds of each answer, and of what was told of it.
#[track_caller]
fn hold(answer: &Answer, told: Option<&Told>, request: &Request<()>, case: &str) {
    let (status, _, refused, body) = answer;
    let has_run = body == "inner";
    let Some((decision, outcome)) = told else {
        assert!(has_run && !request.headers().contains_key("origin"), "{case}\n{request:?}");
        return;
    };
    assert_eq!(decision.denial().is_some(), is_denial(*outcome), "{case}\n{request:?}");
    match outcome {
        Outcome::Refused => assert_eq!((status.as_u16(), *refused), (403, decision.denial())),
        _ => assert_eq!(*refused, None, "{case}\n{request:?}"),
    }
    match decision.kind() {
        RequestKind::Plain => assert_eq!(*outcome, Outcome::Refused, "{case}\n{request:?}"),
        RequestKind::Simple => assert_eq!(has_run, *outcome != Outcome::Refused, "{case}"),
        RequestKind::Preflight => assert!(!has_run || decision.is_allowed(), "{case}"),
    }
}

fn is_denial(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Denied | Outcome::Refused | Outcome::SameOrigin)
}

fn enforcements<P: Enforceable + Clone>(layer: &CorsLayer<P>) -> Vec<CorsLayer<P>> {
    let hosts = Enforcement::unsafe_requests().hosts(["api.example"]);
    let all = Enforcement::all_requests().own_origins(["https://own.example"]);
    let enforced = [Enforcement::unsafe_requests(), all, hosts];
    let enforced = enforced.into_iter().filter_map(|it| layer.clone().enforce(it).ok());
    [layer.clone()].into_iter().chain(enforced).collect()
}

fn settings<P: Clone>(layer: &CorsLayer<P>) -> Vec<CorsLayer<P>> {
    let each = [false, true];
    let all = each.into_iter().flat_map(|pass| each.map(|hide| (pass, hide)));
    let all = all.flat_map(|(pass, hide)| each.map(|keep| (pass, hide, keep)));
    all.map(|(pass, hide, keep)| {
        layer.clone().pass_on_preflights(pass).hide_denials(hide).keep_inner_headers(keep)
    })
    .collect()
}

fn walk<P: PolicySource + Enforceable + Debug>(source: P, case: &str) -> usize {
    let mut met = 0;
    for (number, layer) in settings(&CorsLayer::new(source)).iter().enumerate() {
        for layer in enforcements(layer) {
            let pair = Pair::new(&layer, |layer| boxed(layer, &Log::default()));
            for request in requests() {
                let case = format!("{case}, settings {number}, {layer:?}");
                let (answer, told) = pair.ask(&request, &case);
                hold(&answer, told.as_ref(), &request, &case);
                met += 1;
            }
        }
    }
    met
}

#[test]
fn an_observed_policy_answers_as_an_unobserved_one() {
    let met: usize = policies().into_iter().map(|policy| walk(policy, "policy")).sum();
    assert!(met > 20_000, "{met}");
}

/// The unobserved layer is held to `decide` elsewhere; here it is the observation.
#[test]
fn what_is_told_is_what_the_policy_decides() {
    for policy in policies() {
        let layer = CorsLayer::new(policy.clone());
        let pair = Pair::new(&layer, |layer| boxed(layer, &Log::default()));
        for request in requests() {
            let decided = policy.decide(&request);
            match pair.ask(&request, "decide").1 {
                Some((told, _)) => assert_eq!(told, decided, "{policy:?}\n{request:?}"),
                None => assert_eq!(decided.kind(), RequestKind::Plain),
            }
        }
    }
}

#[cfg(feature = "reload")]
#[test]
fn an_observed_handle_answers_as_an_unobserved_one() {
    for policy in policies().into_iter().step_by(4) {
        walk(tower_cors::Reload::new(policy), "reload");
    }
}

#[cfg(feature = "routes")]
#[test]
fn observed_routes_answer_as_unobserved_ones() {
    use tower_cors::{Route, Routes};
    for policy in policies().into_iter().step_by(2) {
        let routes = Routes::builder().route("/items", policy).route("/left", Route::LeftAlone);
        walk(routes.build().unwrap(), "routes");
    }
}

#[test]
fn an_observed_resolver_answers_as_an_unobserved_one() {
    for policy in policies().into_iter().step_by(2) {
        let resolver = Resolver::new(
            move |head: Request<()>| {
                let policy = Some(policy.clone()).filter(|_| head.uri().path() != "/left");
                async move { Ok(policy) }
            },
            |_| {},
        );
        let resolver = resolver.vary_on([HeaderName::from_static("x-tenant")]);
        for layer in settings(&CorsLayer::with_resolver(resolver.clone())) {
            for layer in enforcements(&layer) {
                let pair = Pair::new(&layer, |layer| boxed(layer, &Log::default()));
                for request in requests() {
                    let (answer, told) = pair.ask(&request, "resolver");
                    hold(&answer, told.as_ref(), &request, "resolver");
                }
            }
        }
    }
}
