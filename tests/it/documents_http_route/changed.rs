//! What other filters of a rule do to CORS headers, and what is left of its own filter for CORS.
//!
//! `HTTPRouteFilter`: <https://gateway-api.sigs.k8s.io/reference/spec/#httproutefilter>

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
    let names = ["allow-credentials", "allow-methods", "allow-headers", "expose-headers"];
    let sets = names.map(|name| format!("{{name: access-control-{name}, value: 'true'}}"));
    let sets = modifier(&format!("set: [{}]", sets.join(", ")));
    assert_eq!(read_rule(&format!("filters: [{cors}, {sets}]")), (bare, Vec::new()));
}

#[test]
fn a_max_age_that_is_set_and_removed_is_the_smaller_of_both() {
    let cors = "{type: CORS, cors: {allowOrigins: ['https://app.example']}}";
    let none = Policy::builder().allow_origins(["https://app.example"]);
    let none = Route::Policy(none.max_age(Duration::ZERO).build().unwrap());
    let sets = modifier("set: [{name: Access-Control-Max-Age, value: '1'}]");
    let removes = modifier("remove: [Access-Control-Max-Age]");
    let said = |at: &str| {
        vec![format!(
            "spec.rules[0].{at}.responseHeaderModifier.set[0]: \"Access-Control-Max-Age\" is changed behind the \
             filter for CORS, whose `maxAge` is left out"
        )]
    };
    let rows = [
        (format!("filters: [{cors}, {sets}]"), "filters[1]"),
        (format!("filters: [{cors}, {sets}, {removes}]"), "filters[1]"),
        (format!("filters: [{cors}, {removes}, {sets}]"), "filters[2]"),
        (
            format!("filters: [{cors}, {sets}], backendRefs: [{{filters: [{removes}]}}]"),
            "filters[1]",
        ),
    ];
    for (rule, at) in rows {
        assert_eq!(read_rule(&rule), (none.clone(), said(at)), "{rule}");
    }
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
    // Behind that, a backend may open again, or close once more.
    let remove = modifier(origin);
    for (changes, count) in [(format!("set: [{name}]"), 1), (origin.to_owned(), 0)] {
        let of_backend = modifier(&changes);
        let rule = format!("filters: [{remove}], backendRefs: [{{filters: [{of_backend}]}}]");
        let (route, said) = read_rule(&rule);
        assert_eq!((route, said.len()), (Route::NoCors, count), "{changes}: {said:#?}");
    }
    let rest =
        modifier("remove: [vary, origin], set: [{name: x-a, value: access-control-allow-origin}]");
    assert_eq!(read_rule(&format!("filters: [{rest}]")), (Route::LeftAlone, Vec::new()));
}

#[test]
fn where_the_gateway_redirects_without_cors_there_is_none() {
    let redirect = "{type: RequestRedirect, requestRedirect: {hostname: b.example}}";
    let rows = [
        format!("filters: [{redirect}]"),
        format!("filters: [{}, {redirect}]", modifier("remove: [vary]")),
        format!("filters: [{redirect}], backendRefs: [{{filters: [{redirect}]}}]"),
    ];
    for rule in rows {
        assert_eq!(read_rule(&rule), (Route::NoCors, Vec::new()), "{rule}");
    }
    // Of several backends, another one may answer by itself.
    let vary = modifier("remove: [vary]");
    let of_backend = format!(
        "backendRefs: [{{}}, {{filters: [{vary}, {redirect}]}}, {{filters: [{redirect}]}}]"
    );
    let said = "spec.rules[0].backendRefs[1].filters[1]: left out, because a route has one policy, whatever answers; \
                its paths have no CORS";
    assert_eq!(read_rule(&of_backend), (Route::NoCors, vec![said.to_owned()]));
    let with_cors = [
        format!("filters: [{FULL}, {redirect}]"),
        format!("filters: [{FULL}], backendRefs: [{{filters: [{redirect}]}}]"),
    ];
    for rule in with_cors {
        let (route, said) = read_rule(&rule);
        assert!(matches!(route, Route::Policy(_)) && said.is_empty(), "{rule}: {said:#?}");
    }
}

#[test]
fn where_a_filter_changes_what_cors_is_decided_by_there_is_none() {
    let of_requests = |changes: &str| {
        format!("{{type: RequestHeaderModifier, requestHeaderModifier: {{{changes}}}}}")
    };
    let forms = [
        ("remove: [ORIGIN]", "remove[0]: \"ORIGIN\""),
        ("set: [{name: Origin, value: 'https://app.example'}]", "set[0]: \"Origin\""),
        (
            "add: [{name: a, value: b}, {name: access-control-request-method, value: GET}]",
            "add[1]: \"access-control-request-method\"",
        ),
        (
            "remove: [Access-Control-Request-Headers]",
            "remove[0]: \"Access-Control-Request-Headers\"",
        ),
    ];
    for (form, place) in forms {
        let modifier = of_requests(form);
        let rows = [
            (format!("filters: [{modifier}]"), "filters[0]"),
            (format!("filters: [{modifier}, {FULL}]"), "filters[0]"),
            (format!("filters: [{FULL}, {modifier}]"), "filters[1]"),
            (
                format!("filters: [{FULL}], backendRefs: [{{filters: [{modifier}]}}]"),
                "backendRefs[0].filters[0]",
            ),
        ];
        for (rule, at) in rows {
            let said = format!(
                "spec.rules[0].{at}.requestHeaderModifier.{place} is changed, so that the paths of the rule have no CORS"
            );
            assert_eq!(read_rule(&rule), (Route::NoCors, vec![said]), "{rule}");
        }
    }
    let rest = of_requests("remove: [access-control-allow-origin, x-origin]");
    assert_eq!(read_rule(&format!("filters: [{rest}]")), (Route::LeftAlone, Vec::new()));
    let (route, said) = read_rule(&format!("filters: [{FULL}, {rest}]"));
    assert!(matches!(route, Route::Policy(_)) && said.is_empty(), "{said:#?}");
}

#[test]
fn a_filter_that_only_the_gateway_knows_is_told() {
    let extension =
        "{type: ExtensionRef, extensionRef: {group: a.example, kind: Middleware, name: a}}";
    let said = |at: &str, kind: &str| {
        format!(
            "spec.rules[0].{at}: not read, because what \"{kind}\" does is up to the gateway; see whether it changes CORS"
        )
    };
    let (with_cors, _) = read_rule(&format!("filters: [{FULL}]"));
    let rows = [
        (
            format!("filters: [{extension}]"),
            &Route::LeftAlone,
            vec![said("filters[0]", "ExtensionRef")],
        ),
        (
            format!("filters: [{FULL}, {extension}, {{type: Later}}]"),
            &with_cors,
            vec![said("filters[1]", "ExtensionRef"), said("filters[2]", "Later")],
        ),
        (
            format!("filters: [{FULL}], backendRefs: [{{}}, {{filters: [{extension}]}}]"),
            &with_cors,
            vec![said("backendRefs[1].filters[0]", "ExtensionRef")],
        ),
        (
            "filters: [{extensionRef: {}}]".to_owned(),
            &Route::LeftAlone,
            vec![said("filters[0]", "ExtensionRef")],
        ),
        (
            "filters: [{type: URLRewrite}, {type: RequestMirror}, {type: ExternalAuth}]".to_owned(),
            &Route::LeftAlone,
            Vec::new(),
        ),
    ];
    for (rule, route, told) in rows {
        assert_eq!(read_rule(&rule), (route.clone(), told), "{rule}");
    }
    // It is told before what is lost, and if the paths have no CORS, too.
    let redirect = "{type: RequestRedirect, requestRedirect: {}}";
    let rule = format!("filters: [{redirect}, {extension}]");
    assert_eq!(read_rule(&rule), (Route::NoCors, vec![said("filters[1]", "ExtensionRef")]));
}

#[test]
fn a_filter_of_another_shape_is_refused() {
    let origin = "Access-Control-Allow-Origin";
    let behind = |filter: &str| format!("filters: [{FULL}, {filter}]");
    let modifier = |key: &str| behind(&modifier(key));
    let rows = [
        (behind("1"), "filters[1]: expected an object with the keys of a filter, found 1"),
        (behind("{type: 1}"), "filters[1].type: expected a string, found 1"),
        (
            behind("{type: ResponseHeaderModifier}"),
            "filters[1]: the key `responseHeaderModifier` is missing",
        ),
        (
            behind("{type: RequestHeaderModifier}"),
            "filters[1]: the key `requestHeaderModifier` is missing",
        ),
        (behind("{type: RequestRedirect}"), "filters[1]: the key `requestRedirect` is missing"),
        (behind("{type: ExtensionRef}"), "filters[1]: the key `extensionRef` is missing"),
        (
            behind(&format!("{{responseHeaderModifier: [{origin}]}}")),
            "filters[1].responseHeaderModifier: expected an object with the keys of a header modifier, found an array",
        ),
        (
            behind("{requestHeaderModifier: {remove: Origin}}"),
            "filters[1].requestHeaderModifier.remove: expected an array, found \"Origin\"",
        ),
        (
            modifier(&format!("remove: {origin}")),
            "filters[1].responseHeaderModifier.remove: expected an array, found \"Access-Control-Allow-Origin\"",
        ),
        (
            modifier(&format!("remove: [{{name: {origin}}}]")),
            "filters[1].responseHeaderModifier.remove[0]: expected a string, found an object",
        ),
        (
            modifier(&format!("remove: ['{origin} ']")),
            "filters[1].responseHeaderModifier.remove[0]: expected the name of a header, found \"Access-Control-Allow-Origin \"",
        ),
        (
            modifier(&format!("set: {{name: {origin}, value: a}}")),
            "filters[1].responseHeaderModifier.set: expected an array, found an object",
        ),
        (
            modifier(&format!("add: [{origin}]")),
            "filters[1].responseHeaderModifier.add[0]: expected an object with the keys `name` and `value`, found \"Access-Control-Allow-Origin\"",
        ),
        (
            modifier("add: [{value: a}]"),
            "filters[1].responseHeaderModifier.add[0]: the key `name` is missing",
        ),
        (
            modifier("add: [{name: 1, value: a}]"),
            "filters[1].responseHeaderModifier.add[0].name: expected a string, found 1",
        ),
        (
            modifier(&format!("set: [{{name: a, value: b, names: {origin}}}]")),
            "filters[1].responseHeaderModifier.set[0].names: the key is unknown, and `name` stands there, too; write one of them",
        ),
        (
            modifier(&format!("Remove: [{origin}]")),
            "filters[1].responseHeaderModifier.Remove: the key is unknown; write `remove`",
        ),
        ("backendRefs: {}".to_owned(), "backendRefs: expected an array, found an object"),
        (
            "backendRefs: [a]".to_owned(),
            "backendRefs[0]: expected an object with the keys of a backend, found \"a\"",
        ),
        (
            "backendRefs: [{filters: {}}]".to_owned(),
            "backendRefs[0].filters: expected an array, found an object",
        ),
    ];
    for (rule, expected) in rows {
        let yaml = format!("spec: {{rules: [{{{rule}}}]}}");
        let errors = Routes::from_gateway_yaml(&yaml).unwrap_err();
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let expected = format!("spec.rules[0].{expected} at line 1 ");
        assert!(said.len() == 1 && said[0].starts_with(&expected), "{rule}: {said:#?}\n{expected}");
    }
}
