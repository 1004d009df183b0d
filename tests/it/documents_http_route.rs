//! A whole `HTTPRoute` of the Kubernetes Gateway API, read into a table that is never more open.
//!
//! `HTTPRoute`: <https://gateway-api.sigs.k8s.io/reference/spec/#httproute>

mod changed;

use tower_cors::{DocumentErrors, Route, Routes};

use super::documents::refused;

const ROUTE: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: shops}
spec:
  parentRefs: [{name: gateway}]
  hostnames: [shop.example]
  rules:
    - name: items
      matches:
        - path: {type: PathPrefix, value: /items}
        - path: {type: Exact, value: /search}
      filters:
        - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}]}}
        - type: CORS
          cors: {allowOrigins: ['https://app.example', 'https://*'], allowMethods: [PUT]}
      backendRefs: [{name: items, port: 80}]
    - matches: [{path: {value: /items/hooks/}}]
      backendRefs: [{name: hooks, port: 80}]
    - matches: [{path: {type: Exact, value: /items/closed}}]
      filters:
        - type: ResponseHeaderModifier
          responseHeaderModifier: {remove: [Access-Control-Allow-Origin]}
    - matches:
        - path: {type: Exact, value: /beta}
          headers: [{name: beta, value: '1'}]
        - path: {type: Exact, value: /gamma}
      filters: [{type: CORS, cors: {allowOrigins: ['*']}}]
    - matches: [{path: {type: Exact, value: /beta}}]
      filters: [{type: CORS, cors: {allowOrigins: ['*']}}]
    - matches: [{path: {type: Exact, value: /weighted}}]
      backendRefs:
        - {name: a, port: 80, filters: [{type: CORS, cors: {allowOrigins: ['*']}}]}
        - {name: b, port: 80}
    - matches: [{path: {type: Exact, value: /nobody}}]
      filters: [{type: CORS, cors: {allowOrigins: ['https://*']}}]
";

/// What a path has: the methods that a page of one origin may use, or a word.
fn has(routes: &Routes, path: &str) -> &'static str {
    match routes.find(path) {
        Some(Route::Policy(policy)) => {
            let preflight = http::Request::options(path)
                .header("origin", "https://app.example")
                .header("access-control-request-method", "PUT")
                .body(())
                .unwrap();
            if policy.decide(&preflight).is_allowed() { "PUT" } else { "GET" }
        }
        Some(Route::NoCors) => "no CORS",
        Some(Route::LeftAlone) => "left alone",
        None => "ambiguous",
    }
}

#[test]
fn each_path_has_what_its_rule_says() {
    let (routes, warnings) = Routes::from_gateway_yaml(ROUTE).unwrap();
    let rows = [
        ("/items", "PUT"),
        ("/items/", "PUT"),
        ("/items/1/2", "PUT"),
        ("/items1", "no CORS"),
        ("/search", "PUT"),
        ("/search/", "no CORS"),
        ("/items/hooks", "left alone"),
        ("/items/hooks/1", "left alone"),
        ("/items/hooks1", "PUT"),
        ("/items/closed", "no CORS"),
        ("/items/closed/1", "PUT"),
        ("/beta", "no CORS"),
        ("/gamma", "GET"),
        ("/weighted", "no CORS"),
        ("/nobody", "no CORS"),
        ("/", "no CORS"),
        ("/items/../other", "ambiguous"),
    ];
    for (path, expected) in rows {
        assert_eq!(has(&routes, path), expected, "{path}");
    }
    let said: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 6, "{said:#?}");
    let hosts = "spec.hostnames: left out, because a table of routes is for every host; put it behind these alone";
    assert_eq!(said[0], hosts);
    let said = &said[1..];
    let at = "spec.rules";
    assert!(said[0].starts_with(&format!("{at}[0].filters[1].cors.allowOrigins[1]: left out")));
    assert_eq!(
        said[1],
        "spec.rules[3].matches[0].headers: left out, because no route depends on it; the path has no CORS"
    );
    assert_eq!(
        said[2],
        "spec.rules[5].backendRefs[0].filters[0]: left out, because a route has one policy, whatever \
         answers; its paths have no CORS"
    );
    assert!(said[3].starts_with(&format!("{at}[6].filters[0].cors.allowOrigins[0]: left out")));
    assert_eq!(said[4], "spec.rules[6]: left out, because none of its origins is left");
}

#[test]
fn without_matches_a_rule_is_for_every_path() {
    let yaml = "spec: {rules: [{filters: [{type: CORS, cors: {allowOrigins: ['*']}}]}]}";
    let (routes, warnings) = Routes::from_gateway_yaml(yaml).unwrap();
    assert_eq!(warnings, []);
    assert_eq!([has(&routes, "/"), has(&routes, "/a/b")], ["GET", "GET"]);
    let yaml = "spec: {rules: [{matches: [{method: GET}]}, {matches: [{}]}]}";
    let (routes, warnings) = Routes::from_gateway_yaml(yaml).unwrap();
    assert_eq!(warnings[0].key(), "spec.rules[0].matches[0].method");
    assert_eq!(has(&routes, "/"), "no CORS");
}

#[test]
fn what_is_no_route_is_refused() {
    let rule = |rule: &str| format!("spec:\n  rules:\n    - {rule}\n");
    let path = |path: &str| rule(&format!("matches: [{{path: {path}}}]"));
    let rows = [
        (
            "kind: GRPCRoute\n".to_owned(),
            "kind: expected \"HTTPRoute\", found \"GRPCRoute\" at line 1 column 1",
        ),
        ("metadata: {}\n".to_owned(), "the key `spec` is missing at line 1 column 1"),
        (
            "spec: {rules: {}}\n".to_owned(),
            "spec.rules: expected an array, found an object at line 1 column 15",
        ),
        (
            path("{type: RegularExpression, value: /a.*}"),
            "spec.rules[0].matches[0].path.type: expected \"Exact\" or \"PathPrefix\", found \"RegularExpression\" at line 3 column 25",
        ),
        (
            path("{value: '/a/{id}'}"),
            "spec.rules[0].matches[0].path.value: expected a path, found \"/a/{id}\" at line 3 column 25",
        ),
        (
            path("{type: Exact, valeu: /a}"),
            "spec.rules[0].matches[0].path.valeu: the key is unknown; known are `type`, `value` at line 3 column 38",
        ),
        (
            rule("filters: [{type: CORS, cors: {allowOrigin: ['*']}}]"),
            "spec.rules[0].filters[0].cors.allowOrigin: the key is unknown; write `allowOrigins` at line 3 column 50",
        ),
        (
            rule("filters: [{type: CORS}]"),
            "spec.rules[0].filters[0]: the key `cors` is missing at line 3 column 17",
        ),
        (
            rule("filters: [{cors: {allowOrigins: ['*']}}, {cors: {allowOrigins: ['*']}}]"),
            "spec.rules[0].filters[1]: a rule has one CORS filter; remove one of them at line 3 column 48",
        ),
    ];
    let read = |yaml: &str| -> Result<_, DocumentErrors> { Routes::from_gateway_yaml(yaml) };
    refused(rows.iter().map(|(yaml, said)| (yaml.as_str(), read(yaml), *said)));
}

#[test]
fn a_path_that_no_table_has_is_told_once_as_it_was_written() {
    let rows: [(&str, &[&str]); 4] = [
        ("{value: /a;b}", &["/a;b"]),
        ("{value: /a;b/}", &["/a;b"]),
        ("{type: Exact, value: /a;b}", &["/a;b"]),
        ("{value: /a;b}}, {path: {type: Exact, value: /a;b}", &["/a;b", "/a;b"]),
    ];
    for (paths, expected) in rows {
        let yaml = format!("spec:\n  rules:\n    - matches: [{{path: {paths}}}]\n");
        let errors = Routes::from_gateway_yaml(&yaml).unwrap_err();
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), expected.len(), "{paths}: {said:#?}");
        for (at, (said, path)) in said.iter().zip(expected).enumerate() {
            let begin = format!("spec.rules[0].matches[{at}].path.value: route {path:?} would ");
            assert!(said.starts_with(&begin), "{said}");
        }
    }
    // The fault of nothing but the longest route is told, too.
    for path in ["//".to_owned(), format!("/{}", "a".repeat(1020))] {
        let yaml = format!("spec: {{rules: [{{matches: [{{path: {{value: {path:?}}}}}]}}]}}");
        let errors = Routes::from_gateway_yaml(&yaml).unwrap_err();
        assert_eq!(errors.iter().len(), 1, "{errors}");
    }
}

/// A list, each of whose resources has its own `spec`.
fn list(specs: &[&str]) -> String {
    let item = |spec: &&str| format!("  - kind: HTTPRoute\n    spec: {spec}\n");
    format!("apiVersion: v1\nkind: List\nitems:\n{}", specs.iter().map(item).collect::<String>())
}

const PUT: &str =
    "filters: [{type: CORS, cors: {allowOrigins: ['https://app.example'], allowMethods: [PUT]}}]";
const GET: &str = "filters: [{type: CORS, cors: {allowOrigins: ['https://app.example']}}]";

#[test]
fn the_resources_of_a_list_are_one_table() {
    let shared = "{path: {value: /same}}, {path: {value: /shared/}}";
    let first = format!("{{rules: [{{matches: [{{path: {{value: /a}}}}, {shared}], {PUT}}}]}}");
    let second = format!(
        "{{rules: [{{matches: [{{path: {{value: /a/b}}}}, {{path: {{value: /shared}}}}], {GET}}}, \
         {{matches: [{{path: {{value: /same}}}}], {PUT}}}]}}"
    );
    let yaml = list(&[&first, &second]);
    let json: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap();
    for read in [Routes::from_gateway_yaml(&yaml), Routes::from_gateway_json(&json.to_string())] {
        let (routes, warnings) = read.unwrap();
        let said: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "items[1].spec.rules[0].matches[1].path.value: left out, because another HTTPRoute has the path, \
                 too, and the older of both answers; it has no CORS"
            ]
        );
        let rows = [
            ("/a", "PUT"),
            ("/a/x", "PUT"),
            ("/a/b/x", "GET"),
            ("/same/x", "PUT"),
            ("/shared/x", "no CORS"),
            ("/other", "no CORS"),
        ];
        for (path, expected) in rows {
            assert_eq!(has(&routes, path), expected, "{path}");
        }
    }
}

#[test]
fn the_hosts_of_a_list_are_told_once() {
    let spec = format!(
        "{{hostnames: [a.example], rules: [{{matches: [{{path: {{value: /a}}}}], {GET}}}]}}"
    );
    let other = spec.replace("/a", "/b");
    let (_, warnings) = Routes::from_gateway_yaml(&list(&[&spec, &other])).unwrap();
    let keys: Vec<&str> = warnings.iter().map(tower_cors::DocumentWarning::key).collect();
    assert_eq!(keys, ["items[0].spec.hostnames"]);
    let none = format!("{{hostnames: [], rules: [{{{GET}}}]}}");
    assert_eq!(Routes::from_gateway_yaml(&list(&[&none])).unwrap().1, []);
}

#[test]
fn a_list_that_is_no_table_is_refused() {
    let rows = [
        (
            list(&["{rules: []}", "{hostnames: [a.example], rules: []}"]),
            "items[1].spec.hostnames: the first resource has another `hostnames`; read them one by one at line 7 column 23",
        ),
        (
            list(&["{parentRefs: [{name: a}], rules: []}", "{parentRefs: [{name: b}], rules: []}"]),
            "items[1].spec.parentRefs: the first resource has another `parentRefs`; read them one by one at line 7 column 24",
        ),
        (
            list(&["{rules: [{matches: {}}]}"]),
            "items[0].spec.rules[0].matches: expected an array, found an object at line 5 column 30",
        ),
        (
            list(&["{rules: []}"]).replace("HTTPRoute", "Service"),
            "items[0].kind: expected \"HTTPRoute\", found \"Service\" at line 4 column 5",
        ),
        (
            list(&["{rules: []}"]).replace("List", "HTTPRoute"),
            "kind: expected \"List\", found \"HTTPRoute\" at line 2 column 1",
        ),
        ("items: 1".to_owned(), "items: expected an array, found 1 at line 1 column 1"),
    ];
    let read = |yaml: &str| -> Result<_, DocumentErrors> { Routes::from_gateway_yaml(yaml) };
    refused(rows.iter().map(|(yaml, said)| (yaml.as_str(), read(yaml), *said)));
}
