//! What other filters of a rule do to the CORS headers of responses, and what is left of its own filter for CORS.
//!
//! `HTTPHeaderFilter`: <https://gateway-api.sigs.k8s.io/reference/spec/#httpheaderfilter>

use std::time::Duration;

use tower_cors::{Policy, Route, Routes};

/// What the paths of a rule have, and the warnings.
fn read_rule(rule: &str) -> (Route, Vec<String>) {
    let yaml = format!("spec: {{rules: [{{{rule}}}]}}");
    let (routes, warnings) = Routes::from_gateway_yaml(&yaml).unwrap();
    (routes.find("/").unwrap().clone(), warnings.iter().map(ToString::to_string).collect())
}

fn modifier(changes: &str) -> String {
    format!("{{type: ResponseHeaderModifier, responseHeaderModifier: {{{changes}}}}}")
}

const FULL: &str = "{type: CORS, cors: {allowOrigins: ['https://app.example'], allowCredentials: true, \
                    allowMethods: [PUT], allowHeaders: [x-a], exposeHeaders: [x-e], maxAge: 60}}";

#[test]
fn what_a_filter_behind_cors_changes_is_left_out() {
    let full = Policy::builder().allow_origins(["https://app.example"]);
    let with = |credentials: bool, methods: &[&str], headers: &[&str], exposed: &[&str], age| {
        let own = full.clone().allow_credentials(credentials).allow_methods(methods);
        let own = own.allow_headers(headers).expose_headers(exposed);
        own.max_age(Duration::from_secs(age)).build().unwrap()
    };
    // Of each header: what is left if it is removed, and if it is set or added to.
    let rows = [
        (
            "Allow-Credentials",
            "allowCredentials",
            [false, false].map(|it| with(it, &["PUT"], &["x-a"], &["x-e"], 60)),
        ),
        (
            "Allow-Methods",
            "allowMethods",
            [(); 2].map(|()| with(true, &[], &["x-a"], &["x-e"], 60)),
        ),
        (
            "Allow-Headers",
            "allowHeaders",
            [(); 2].map(|()| with(true, &["PUT"], &[], &["x-e"], 60)),
        ),
        (
            "Expose-Headers",
            "exposeHeaders",
            [(); 2].map(|()| with(true, &["PUT"], &["x-a"], &[], 60)),
        ),
        ("Max-Age", "maxAge", [5, 0].map(|age| with(true, &["PUT"], &["x-a"], &["x-e"], age))),
    ];
    let whole = Route::Policy(with(true, &["PUT"], &["x-a"], &["x-e"], 60));
    for (name, key, [removed, changed]) in rows {
        let header = format!("Access-Control-{name}");
        let [upper, lower] = [header.clone(), header.to_ascii_lowercase()];
        let forms = [
            (
                "remove",
                format!("remove: [x-b, {lower}]"),
                format!("remove[1]: \"{lower}\""),
                &removed,
            ),
            (
                "set",
                format!("set: [{{name: {upper}, value: a}}]"),
                format!("set[0]: \"{upper}\""),
                &changed,
            ),
            (
                "add",
                format!("add: [{{name: {upper}, value: a}}]"),
                format!("add[0]: \"{upper}\""),
                &changed,
            ),
        ];
        for (verb, changes, place, policy) in forms {
            let modifier = modifier(&changes);
            let expected = Route::Policy(policy.clone());
            let said = format!(
                "responseHeaderModifier.{place} is changed behind the filter for CORS, whose `{key}` is left out"
            );
            let behind = format!("filters: [{FULL}, {modifier}]");
            let told = vec![format!("spec.rules[0].filters[1].{said}")];
            assert_eq!(read_rule(&behind), (expected.clone(), told), "{verb} {name}");
            let of_backend =
                format!("filters: [{FULL}], backendRefs: [{{}}, {{filters: [{modifier}]}}]");
            let told = vec![format!("spec.rules[0].backendRefs[1].filters[0].{said}")];
            assert_eq!(read_rule(&of_backend), (expected, told), "{verb} {name}");
            let before = format!("filters: [{modifier}, {FULL}]");
            assert_eq!(read_rule(&before), (whole.clone(), Vec::new()), "{verb} {name}");
        }
    }
}

#[test]
fn what_a_filter_behind_cors_takes_is_told_if_it_is_something() {
    let removes = modifier(
        "remove: [access-control-allow-credentials, access-control-allow-methods, access-control-allow-headers, \
         access-control-expose-headers, access-control-max-age]",
    );
    let cors = "{type: CORS, cors: {allowOrigins: ['https://app.example']}}";
    let bare = Policy::builder().allow_origins(["https://app.example"]);
    let bare = Route::Policy(bare.max_age(Duration::from_secs(5)).build().unwrap());
    assert_eq!(read_rule(&format!("filters: [{cors}, {removes}]")), (bare.clone(), Vec::new()));
    let (route, said) = read_rule(&format!("filters: [{FULL}, {removes}]"));
    assert_eq!((route, said.len()), (bare.clone(), 5), "{said:#?}");
    // What a filter opens is not taken.
    let sets = modifier("set: [{name: access-control-allow-credentials, value: 'true'}]");
    let (route, said) = read_rule(&format!("filters: [{cors}, {sets}]"));
    assert_eq!((route, said.len()), (bare, 1), "{said:#?}");
}

#[test]
fn where_a_filter_changes_whom_cors_allows_there_is_none() {
    let forms = [
        "remove: [Access-Control-Allow-Origin]",
        "set: [{name: Access-Control-Allow-Origin, value: '*'}]",
        "add: [{name: Access-Control-Allow-Origin, value: 'https://app.example'}]",
    ];
    let is =
        "\"Access-Control-Allow-Origin\" is changed, so that the paths of the rule have no CORS";
    for (form, verb) in forms.iter().zip(["remove", "set", "add"]) {
        let modifier = modifier(form);
        let said =
            |at: &str| vec![format!("spec.rules[0].{at}.responseHeaderModifier.{verb}[0]: {is}")];
        let behind = read_rule(&format!("filters: [{FULL}, {modifier}]"));
        assert_eq!(behind, (Route::NoCors, said("filters[1]")));
        let of_backend =
            read_rule(&format!("filters: [{FULL}], backendRefs: [{{filters: [{modifier}]}}]"));
        assert_eq!(of_backend, (Route::NoCors, said("backendRefs[0].filters[0]")));
        let (before, told) = read_rule(&format!("filters: [{modifier}, {FULL}]"));
        assert!(matches!(before, Route::Policy(_)) && told.is_empty(), "{told:#?}");
    }
}

#[test]
fn where_a_rule_without_cors_changes_that_of_the_service_there_is_none() {
    let origin = "remove: [ACCESS-CONTROL-ALLOW-ORIGIN]";
    let all = "remove: [x-a, access-control-allow-credentials, access-control-allow-origin]";
    for closed in [origin, all] {
        let rule = format!("filters: [{}]", modifier(closed));
        assert_eq!(read_rule(&rule), (Route::NoCors, Vec::new()), "{closed}");
    }
    let name = "{name: access-control-max-age, value: '60'}";
    let others = [
        "remove: [Access-Control-Max-Age]".to_owned(),
        format!("set: [{name}]"),
        format!("add: [{name}]"),
        format!("{origin}, add: [{name}]"),
    ];
    for other in others {
        let (route, said) = read_rule(&format!("filters: [{}]", modifier(&other)));
        assert_eq!((route, said.len()), (Route::NoCors, 1), "{other}: {said:#?}");
    }
    // Of several backends, another one may not do so.
    let (route, said) = read_rule(&format!("backendRefs: [{{filters: [{}]}}]", modifier(origin)));
    assert_eq!((route, said.len()), (Route::NoCors, 1), "{said:#?}");
    let rest =
        modifier("remove: [vary], set: [{name: x-a, value: access-control-allow-origin}, 1]");
    assert_eq!(read_rule(&format!("filters: [{rest}]")), (Route::LeftAlone, Vec::new()));
}
