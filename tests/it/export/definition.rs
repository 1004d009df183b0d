//! What is written for a gateway is what the definition of `HTTPRoute` takes: its types, its limits, its patterns and its rules.
//!
//! <https://github.com/kubernetes-sigs/gateway-api/blob/main/config/crd/standard/gateway.networking.k8s.io_httproutes.yaml>

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;
use tower_cors::export::{Export, Loss, Target};
use tower_cors::{Policy, Route, Routes};

use super::hostile;

/// The values of a list: the most of them, the longest, and the pattern that each has to match.
struct Values {
    key: &'static str,
    most: usize,
    longest: usize,
    pattern: &'static str,
    /// Whether a `*` stands alone.
    has_any: bool,
}

const NAME: &str = r"^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$";

const CORS: [Values; 4] = [
    Values {
        key: "allowOrigins",
        most: 64,
        longest: 253,
        pattern: r"(^\*$)|(^(http(s)?):\/\/(((\*\.)?([a-zA-Z0-9\-]+\.)*[a-zA-Z0-9-]+|\*)(:([0-9]{1,5}))?)$)",
        has_any: true,
    },
    Values {
        key: "allowMethods",
        most: 9,
        longest: 7,
        pattern: r"^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|\*)$",
        has_any: true,
    },
    Values { key: "allowHeaders", most: 64, longest: 256, pattern: NAME, has_any: true },
    Values { key: "exposeHeaders", most: 64, longest: 256, pattern: NAME, has_any: true },
];

/// Those of the values, compiled once.
static PATTERNS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let compiled = |it: &Values| (it.pattern, Regex::new(it.pattern).unwrap());
    CORS.iter().map(compiled).collect()
});

static PATH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$").unwrap()
});

#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn unless(&mut self, is_right: bool, value: &impl ToString) {
        if !is_right {
            self.0.push(value.to_string());
        }
    }

    /// A list of texts, without one that is there twice.
    fn list(&mut self, of: &Value, expected: &Values) {
        let Some(list) = of.get(expected.key) else { return };
        let texts: Vec<&str> =
            list.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let (_, pattern) = PATTERNS.iter().find(|(it, _)| *it == expected.pattern).unwrap();
        self.unless((1..=expected.most).contains(&texts.len()), list);
        self.unless(texts.iter().collect::<HashSet<_>>().len() == texts.len(), list);
        self.unless(!(expected.has_any && texts.len() > 1 && texts.contains(&"*")), list);
        for text in texts {
            self.unless((1..=expected.longest).contains(&text.chars().count()), &text);
            self.unless(pattern.is_match(text), &text);
        }
    }

    fn keys(&mut self, of: &Value, known: &[&str]) {
        self.unless(of.as_object().unwrap().keys().all(|key| known.contains(&&**key)), of);
    }

    fn cors(&mut self, cors: &Value) {
        let keys = [
            "allowOrigins",
            "allowMethods",
            "allowHeaders",
            "exposeHeaders",
            "allowCredentials",
            "maxAge",
        ];
        self.keys(cors, &keys);
        for values in &CORS {
            self.list(cors, values);
        }
        let age = cors.get("maxAge");
        self.unless(
            age.is_none_or(|age| (1..=i64::from(i32::MAX)).contains(&age.as_i64().unwrap())),
            cors,
        );
    }

    fn filters(&mut self, filters: &[Value]) {
        self.unless(filters.len() <= 16, &filters.len());
        let kinds: Vec<&str> =
            filters.iter().map(|filter| filter["type"].as_str().unwrap()).collect();
        self.unless(kinds.iter().collect::<HashSet<_>>().len() == kinds.len(), &kinds.join(" "));
        for (filter, kind) in filters.iter().zip(kinds) {
            match kind {
                "CORS" => self.cors(&filter["cors"]),
                "ResponseHeaderModifier" => {
                    let changes = &filter["responseHeaderModifier"];
                    self.keys(changes, &["add", "remove"]);
                    let names = Values {
                        key: "remove",
                        most: 16,
                        longest: 256,
                        pattern: NAME,
                        has_any: false,
                    };
                    self.list(changes, &names);
                }
                other => self.unless(false, &other),
            }
        }
    }

    fn path(&mut self, path: &Value) {
        let (kind, value) = (path["type"].as_str().unwrap(), path["value"].as_str().unwrap());
        self.unless(["Exact", "PathPrefix"].contains(&kind), &kind);
        self.unless(value.starts_with('/') && value.len() <= 1024 && PATH.is_match(value), &value);
        let refused = ["//", "/./", "/../", "%2f", "%2F", "#"];
        self.unless(!refused.iter().any(|it| value.contains(it)), &value);
        self.unless(!value.ends_with("/..") && !value.ends_with("/."), &value);
    }

    fn resource(&mut self, resource: &Value) {
        self.unless(resource["apiVersion"] == "gateway.networking.k8s.io/v1", resource);
        self.unless(resource["kind"] == "HTTPRoute", resource);
        let name = resource["metadata"]["name"].as_str().unwrap();
        let is_known =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_name = name.bytes().all(is_known) && !name.starts_with('-') && !name.ends_with('-');
        self.unless(is_name && (1..=63).contains(&name.len()), &name);
        let rules = resource["spec"]["rules"].as_array().unwrap();
        self.unless((1..=16).contains(&rules.len()), &rules.len());
        let mut all = 0;
        for rule in rules {
            let matches = rule["matches"].as_array().unwrap();
            self.unless((1..=64).contains(&matches.len()), &matches.len());
            all += matches.len();
            for it in matches {
                self.path(&it["path"]);
            }
            self.filters(rule.get("filters").and_then(Value::as_array).map_or(&[], Vec::as_slice));
        }
        self.unless(all <= 128, &all);
    }
}

/// What the definition refuses.
fn faults(export: &Export) -> Vec<String> {
    let whole: Value = serde_saphyr::from_str(export.text()).unwrap();
    let mut faults = Faults::default();
    if whole["kind"] == "List" {
        faults.unless(whole["apiVersion"] == "v1", &whole["apiVersion"]);
        let items = whole["items"].as_array().unwrap();
        let names: HashSet<&Value> = items.iter().map(|it| &it["metadata"]["name"]).collect();
        faults.unless(names.len() == items.len(), &"two of one name");
        for item in items {
            faults.resource(item);
        }
    } else {
        faults.resource(&whole);
    }
    faults.0
}

/// Policies whose web origins are as long as they may be, and odd.
fn of_the_web() -> impl Strategy<Value = Policy> {
    let hosts = prop::collection::vec(
        r"([a-z0-9_-]{1,61}[a-z0-9_]\.){1,4}example(:[1-9][0-9]{0,3}|:\*)?",
        1..70,
    );
    let names = prop::collection::vec("[!#$%&'+.^_`|~0-9a-z-]{1,20}|[a-z]{250,270}", 0..70);
    (hosts, any::<bool>(), names.clone(), names, prop::option::of(0..86_401_u64)).prop_filter_map(
        "it builds",
        |(hosts, is_any, headers, exposed, age)| {
            let builder = Policy::builder()
                .allow_origins(hosts.iter().map(|host| format!("https://{host}")))
                .allow_origins(hosts.iter().map(|host| format!("https://*.{host}")))
                .allow_origins(is_any.then_some("*"))
                .allow_headers(headers)
                .expose_headers(exposed)
                .expose_headers(is_any.then_some("*"))
                .dangerously_allow_public_suffixes(true);
            let builder = age
                .into_iter()
                .fold(builder, |builder, age| builder.max_age(std::time::Duration::from_secs(age)));
            builder.build().ok()
        },
    )
}

fn table() -> impl Strategy<Value = Routes> {
    let segment =
        "[]!\"$&'()*+,=:@|^`a-z~.-]{1,9}|[a-c]|[$]{200,600}".prop_map(|it| it.replace('[', ""));
    let path = (
        prop::collection::vec(segment, 1..4),
        prop_oneof![Just(""), Just("/{*rest}"), Just("/{id}"), Just("/")],
    );
    let has = prop_oneof![
        Just(Route::NoCors),
        Just(Route::LeftAlone),
        (0..4).prop_map(|at| {
            let origin = format!("https://a{at}.example");
            Policy::builder().allow_origins([origin]).build().unwrap().into()
        }),
    ];
    (prop::collection::vec((path, has.clone()), 1..8), has).prop_filter_map(
        "it builds",
        |(routes, fallback)| {
            let mut builder = Routes::builder().fallback(fallback);
            for ((segments, end), has) in routes {
                builder = builder.route(format!("/{}{end}", segments.join("/")), has);
            }
            builder.build().ok()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_definition_takes_every_policy(policy in prop_oneof![hostile::policy(), of_the_web()]) {
        let export = policy.export(Target::Gateway);
        prop_assert_eq!(faults(&export), Vec::<String>::new(), "{}", export);
    }

    #[test]
    fn the_definition_takes_every_table(routes in table()) {
        let export = routes.export(Target::Gateway);
        prop_assert_eq!(faults(&export), Vec::<String>::new(), "{}", export);
        let read = Routes::from_gateway_yaml(export.text());
        prop_assert!(read.is_ok(), "{}{}", read.unwrap_err(), export);
    }
}

/// More rules, and more paths, than one resource may have.
#[test]
fn a_large_table_is_a_list_that_is_read_back() {
    let of = |at: usize| {
        let policy = Policy::builder().allow_origins([format!("https://a{at}.example")]);
        policy.max_age(std::time::Duration::from_secs(600)).build().unwrap()
    };
    for (paths, different) in [(20, 20), (300, 3), (300, 40)] {
        let mut builder = Routes::builder();
        for at in 0..paths {
            builder = builder.route(format!("/{at}"), of(at % different));
        }
        let routes = builder.build().unwrap();
        let export = routes.export(Target::Gateway);
        assert!(export.text().contains("\nkind: \"List\"\n"), "{export}");
        assert_eq!(faults(&export), Vec::<String>::new());
        let json: Value = serde_saphyr::from_str(export.text()).unwrap();
        for read in
            [Routes::from_gateway_yaml(export.text()), Routes::from_gateway_json(&json.to_string())]
        {
            let (read, told) = read.unwrap();
            assert_eq!(told, []);
            for path in
                (0..paths).map(|at| format!("/{at}")).chain(["/".to_owned(), "/x/y".to_owned()])
            {
                assert_eq!(read.find(&path), routes.find(&path), "{path}");
            }
        }
    }
}

#[test]
fn a_path_that_cannot_be_written_closes_its_folder() {
    let open = || Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    let long = format!("/a/{}", "x".repeat(1_000));
    for path in ["/a/x|y", "/a/x|/{*rest}", "/a/b|/c", "/a/x]"] {
        let routes = Routes::builder()
            .route(path, Route::NoCors)
            .route("/a/b/{*rest}", open())
            .route(&long, open())
            .fallback(open())
            .build()
            .unwrap();
        let export = routes.export(Target::Gateway);
        let lost: Vec<_> =
            export.warnings().iter().filter(|it| it.loss() == Loss::UnwritablePath).collect();
        assert_eq!(lost.len(), 1, "{export}");
        assert_eq!(lost[0].key(), format!("routes[{path:?}]"));
        assert_eq!(faults(&export), Vec::<String>::new());
        let (read, _) = Routes::from_gateway_yaml(export.text()).unwrap();
        for (below, is_open) in
            [("/a/x|y", false), ("/a/other", false), ("/a", false), ("/a/b/c", true), ("/b", true)]
        {
            let has = read.find(below);
            assert_eq!(matches!(has, Some(Route::Policy(_))), is_open, "{path} {below}: {has:?}");
        }
    }
}
