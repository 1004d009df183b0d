//! The warnings, each with its key, word for word.

use std::collections::HashSet;

use tower_cors::export::{Export, Loss, Target, Warning};
use tower_cors::{Policy, Route, Routes};

/// What a policy says, a target, and what is told.
const ROWS: &[(&str, Target, &[&str])] = &[
    (
        r#"{"allow_origins": ["https://a.example"], "allow_credentials": true, "max_age": 600}"#,
        Target::Envoy,
        &[],
    ),
    (
        r#"{"allow_origins": ["https://a.example"], "allow_headers": ["*"]}"#,
        Target::EnvoyJson,
        &[
            r#"allow_headers: "*" is left out, because in Envoy it would cover `authorization`, too; name that, or list the names"#,
        ],
    ),
    (
        r#"{"allow_origins": ["https://a.example"], "allow_headers": ["x-*"]}"#,
        Target::Gateway,
        &[
            r#"allow_headers: "x-*" is left out, because the Gateway API takes it for a name; list the names"#,
        ],
    ),
    (
        r#"{"allow_origins": ["https://a.example"], "allow_headers": ["x-*", "a*"]}"#,
        Target::S3,
        &[
            r#"allow_headers: "a*" is left out, because in S3 it would cover `authorization`, too; name that, or list the names"#,
        ],
    ),
    (
        r#"{"allow_origins": ["https://a.example"], "allow_headers": ["x-*"]}"#,
        Target::EnvoyJson,
        &[r#"allow_headers: "x-*" is left out, because Envoy takes it for a name; list the names"#],
    ),
    (
        r#"{"allow_origins": ["https://a.example"], "only_methods": ["GET"]}"#,
        Target::Envoy,
        &[
            "only_methods: the rule is left out, because Envoy would share the responses to all of GET, HEAD and POST",
        ],
    ),
    (
        r#"{"rules": [
            {"allow_origins": ["https://a.example"], "allow_credentials": true},
            {"allow_origins": ["https://b.example"], "allow_credentials": true},
            {"allow_origins": ["*"]}
        ]}"#,
        Target::Gateway,
        &[
            "rules[2]: is left out, because the Gateway API has one rule, and this one differs from the first in more than origins",
        ],
    ),
    (
        r#"{"rules": [
            {"allow_origins": ["https://a.example"], "allow_credentials": true, "allow_methods": ["PUT"]},
            {"allow_origins": ["https://*.b.example"], "allow_methods": ["PATCH"], "max_age": 600},
            {"allow_origins": ["*"], "expose_headers": ["etag"]}
        ]}"#,
        Target::Nginx,
        &[],
    ),
    (
        r#"{"rules": [
            {"allow_origins": ["https://*.a.example:*"]},
            {"allow_origins": ["https://x.a.example:8443", "https://b.example"], "allow_methods": ["PUT"]}
        ]}"#,
        Target::Envoy,
        &[
            "rules[1]: for an origin that an earlier rule has, too, the earlier rule alone counts, because Envoy chooses a rule by the origin",
        ],
    ),
    (
        r#"{"rules": [
            {"allow_origins": ["https://*.a-name-that-is-so-long.that-its-expression-has-no-room.in-envoy-by-default.example"]},
            {"allow_origins": ["https://*.example"], "allow_methods": ["PUT"], "dangerously_allow_public_suffixes": true},
            {"allow_origins": ["https://b.test"], "allow_methods": ["PATCH"]}
        ]}"#,
        Target::EnvoyJson,
        &[
            r#"rules[0].allow_origins: "https://*.a-name-that-is-so-long.that-its-expression-has-no-room.in-envoy-by-default.example" is left out, because its regular expression is longer than Envoy takes by default"#,
            "rules[1]: for an origin that an earlier rule has, too, the earlier rule alone counts, because Envoy chooses a rule by the origin",
            "rules[1]: is left out, because it would answer what a rule before it has lost; write what is lost in another way",
            "rules[2]: is left out, because it would answer what a rule before it has lost; write what is lost in another way",
        ],
    ),
    (
        r#"{"allow_origins": ["*"], "allow_methods": ["*"]}"#,
        Target::Nginx,
        &[r#"allow_methods: "*" is narrowed to the methods that nginx knows; list the methods"#],
    ),
    (
        r#"{"allow_origins": ["*"], "expose_headers": ["x-$a"], "allow_methods": ["x-y"]}"#,
        Target::Nginx,
        &[
            r#"allow_methods: "x-y" is left out, because nginx does not know the method"#,
            r#"expose_headers: "x-$a" is left out, because nginx cannot write its characters"#,
        ],
    ),
    (
        r#"{
            "allow_origins": [
                "https://pr-*.a.example", "http://localhost:*", "app://localhost", "http://[::1]:3000",
                "https://b.example"
            ],
            "dangerously_allow_null_origin": true, "dangerously_allow_public_suffixes": true,
            "allow_methods": ["PROPFIND"], "allow_headers": ["*", "authorization"], "max_age": 0
        }"#,
        Target::Gateway,
        &[
            r#"allow_origins: "app://localhost" is left out, because the Gateway API has no such origins"#,
            r#"allow_origins: "http://[::1]:3000" is left out, because the Gateway API has no such origins"#,
            r#"allow_origins: "null" is left out, because the Gateway API has no such origins"#,
            r#"allow_origins: "http://localhost:*" is narrowed to the default port, because the Gateway API has no pattern for it; list the ports"#,
            r#"allow_origins: "https://pr-*.a.example" is left out, because the `*` of the Gateway API would stand for dots, too; list the origins"#,
            r#"allow_methods: "PROPFIND" is left out, because the Gateway API does not know the method"#,
            r#"allow_headers: "authorization" is left out, because the Gateway API takes no name beside "*""#,
            "max_age: 0 seconds are written as 1, the least that the Gateway API takes",
        ],
    ),
    (
        r#"{"rules": [
            {"allow_origins": ["https://a.example"], "allow_credentials": true, "allow_methods": ["*"]},
            {"allow_origins": ["*"], "expose_headers": ["*"], "only_methods": ["GET"]}
        ]}"#,
        Target::S3,
        &[
            "rules[0].allow_credentials: is left out, because S3 has no credentials",
            r#"rules[0].allow_methods: "*" is narrowed to the methods that S3 knows; list the methods"#,
            "rules[1]: is left out, because it would answer what a rule before it has lost; write what is lost in another way",
        ],
    ),
    (
        r#"{"allow_origins": ["*"], "expose_headers": ["*"], "only_methods": ["PATCH"]}"#,
        Target::S3,
        &[
            r#"only_methods: "PATCH" is left out, because S3 does not know the method"#,
            r#"expose_headers: "*" is left out, because S3 takes it for a name; list the names"#,
            "is left out, because nothing is left of it",
            "no rule is left, and S3 refuses a configuration without one; delete the one that is there",
        ],
    ),
];

fn said(export: &Export) -> Vec<String> {
    export.warnings().iter().map(ToString::to_string).collect()
}

#[test]
fn each_loss_is_told_with_its_key() {
    for (document, target, expected) in ROWS {
        // Rules that disagree are for S3 alone.
        let policy = Policy::from_json(document);
        let policy = policy.unwrap_or_else(|error| panic!("{error}\n{document}"));
        assert_eq!(said(&policy.export(*target)), *expected, "{document}");
    }
}

#[test]
fn a_table_has_the_keys_of_its_document() {
    let open = Policy::builder().allow_origins(["*"]).allow_headers(["x-*"]).build().unwrap();
    let routes = Routes::builder()
        .route("/items/{id}", open.clone())
        .route("/hooks/{*rest}", Route::LeftAlone)
        .fallback(open)
        .build()
        .unwrap();
    let prefix =
        r#"allow_headers: "x-*" is left out, because Envoy takes it for a name; list the names"#;
    let ambiguous = "paths with encoded characters, or that can be read as others, have no CORS";
    assert_eq!(
        said(&routes.export(Target::Envoy)),
        [
            format!("routes: {ambiguous}"),
            format!(r#"routes["/items/{{id}}"].{prefix}"#),
            format!("fallback.{prefix}")
        ]
    );
    assert_eq!(said(&routes.export(Target::Nginx)), [format!("routes: {ambiguous}")]);
    assert_eq!(said(&routes.export(Target::NginxServer)), [""; 0]);
    assert_eq!(
        said(&routes.export(Target::Gateway)),
        [
            "routes: a path that can be read as another one has what the gateway reads; have it normalize paths",
            r#"routes["/items/{id}"]: is left out, because the Gateway API has no parameters, and the paths below have no CORS"#,
            r#"fallback.allow_headers: "x-*" is left out, because the Gateway API takes it for a name; list the names"#,
        ]
    );
    let odd = Routes::builder().route("/a|b", Route::LeftAlone).build().unwrap();
    assert_eq!(
        said(&odd.export(Target::Gateway))[1..],
        [
            r#"routes["/a|b"]: is left out, because the Gateway API cannot write the path, and those in its folder have no CORS"#
        ]
    );
    assert_eq!(
        said(&routes.export(Target::S3)),
        [
            "routes: are left out, because S3 has no paths",
            "no rule is left, and S3 refuses a configuration without one; delete the one that is there"
        ]
    );
    // A policy by itself has no `fallback`.
    let alone = Policy::builder().allow_origins(["*"]).allow_headers(["x-*"]).build().unwrap();
    assert_eq!(said(&Routes::from(alone).export(Target::Envoy)), [prefix]);
}

#[test]
fn more_than_a_target_takes_is_left_out() {
    let origins: Vec<String> = (0..70).map(|at| format!("https://a{at:02}.example")).collect();
    let policy = Policy::builder().allow_origins(&origins).build().unwrap();
    let export = policy.export(Target::Gateway);
    assert_eq!(
        said(&export),
        [
            r#"allow_origins: "https://a64.example" and what follows is left out, because the Gateway API takes no more"#
        ]
    );
    assert!(export.text().contains("https://a63.example") && !export.text().contains("a64"));
    let name = "x".repeat(257);
    let policy = Policy::builder().allow_origins(["https://a.example"]).allow_headers([&name]);
    assert_eq!(
        said(&policy.build().unwrap().export(Target::Gateway)),
        [format!(
            "allow_headers: {name:?} is left out, because it is longer than the Gateway API takes"
        )]
    );
    let rules = origins.iter().chain(&origins[..40]).enumerate().map(|(at, _)| {
        Policy::builder().allow_origins([format!("https://b{at}.example")]).only_methods(["GET"])
    });
    let export = Policy::from_rules(rules).unwrap().export(Target::S3);
    assert_eq!(export.warnings().len(), 10);
    assert_eq!(export.warnings()[0].key(), "rules[100]");
    let long = format!("https://*.{}.example", "a".repeat(63));
    let policy = Policy::builder().allow_origins([&*long, "https://b.example"]).build().unwrap();
    assert_eq!(
        said(&policy.export(Target::Envoy)),
        [format!(
            "allow_origins: {long:?} is left out, because its regular expression is longer than Envoy takes by default"
        )]
    );
}

/// Which of them share origins is found without comparing each with each.
#[test]
fn a_thousand_rules_are_written() {
    let rule = |at: usize| {
        let origins = (0..20).map(|host| format!("https://a{host}.b{at}.example"));
        let builder = Policy::builder().allow_origins(origins);
        builder
            .allow_origins([format!("https://*.c{at}.example")])
            .allow_headers([format!("x-{at}")])
    };
    let policy = Policy::from_rules((0..1_000).map(rule)).unwrap();
    let export = policy.export(Target::Nginx);
    assert_eq!(export.warnings(), []);
    assert!(export.text().contains("\"0-999\""));
}

#[test]
fn a_predicate_is_told() {
    let policy = Policy::builder()
        .allow_origins(["https://a.example"])
        .allow_origins_if(|_, _, _| true)
        .build()
        .unwrap();
    for target in Target::ALL.iter().filter(|target| **target != Target::NginxServer) {
        let export = policy.export(*target);
        assert_eq!(said(&export), ["allow_origins: a predicate is left out; list the origins"]);
        assert!(export.text().contains("a.example") || export.text().contains("a\\\\.example"));
    }
}

/// Whatever a rule loses of what it answers, S3 would answer by the next, which may say more. Envoy and nginx choose by the
/// origin, and lose no origin but those of predicates.
#[test]
fn what_a_rule_has_lost_is_answered_by_none_behind_it() {
    let page = || Policy::builder().allow_origins(["https://pr.a.example"]);
    let ports = || Policy::builder().allow_origins(["https://*.a.example:*"]);
    let rows = [
        ("predicate", Loss::Predicate, page().allow_origins_if(|_, _, _| true)),
        ("predicate", Loss::Predicate, Policy::builder().allow_origins_if(|_, _, _| true)),
        ("any port", Loss::AnyPort, ports()),
        ("`*` in a label", Loss::Star, page().allow_origins(["https://pr-*.a.example"])),
        ("method", Loss::Method, page().only_methods(["GET", "PATCH"])),
        ("methods", Loss::Method, page().only_methods(["PATCH"])),
        ("any method", Loss::AnyMethod, page().allow_methods(["*"])),
        ("any header", Loss::Authorization, page().allow_headers(["*"])),
        ("prefix", Loss::Authorization, page().allow_headers(["au*"])),
        // Said twice, and told once.
        ("twice", Loss::AnyPort, ports().allow_origins(["https://*.a.example:*"])),
    ];
    for (name, loss, first) in rows {
        let behind = Policy::builder()
            .allow_origins(["https://*.a.example"])
            .only_methods(["GET"])
            .expose_headers(["x-secret"]);
        let Ok(policy) = Policy::from_rules([first, behind]) else {
            panic!("{name} does not build")
        };
        for target in Target::ALL {
            let chooses = matches!(
                target,
                Target::Envoy | Target::EnvoyJson | Target::EnvoyReportOnly | Target::Nginx
            );
            let export = policy.export(*target);
            let is_there = export.text().contains("x-secret");
            assert!(!is_there || chooses && name != "predicate", "{name}: {export}");
        }
        let export = policy.export(Target::S3);
        let told: Vec<_> = export.warnings().iter().map(|it| (it.key(), it.loss())).collect();
        assert_eq!(told.iter().filter(|(_, it)| *it == loss).count(), 1, "{name}: {told:?}");
        assert!(told.contains(&("rules[1]", Loss::Behind)), "{name}: {told:?}");
    }
}

/// Of two rules that are written as one, the later one may be what has a predicate.
#[test]
fn what_a_predicate_of_a_joined_rule_has_let_in_is_answered_by_none_behind_it() {
    let rule = |origin| Policy::builder().allow_origins([origin]);
    let asks = rule("https://b.example").allow_origins_if(|_, _, _| true);
    let behind = rule("https://c.example").allow_methods(["PUT"]);
    let policy = Policy::from_rules([rule("https://a.example"), asks, behind]).unwrap();
    for target in [Target::Envoy, Target::Nginx] {
        let export = policy.export(target);
        let told: Vec<_> = export.warnings().iter().map(|it| (it.key(), it.loss())).collect();
        assert!(told.contains(&("rules[2]", Loss::Behind)), "{told:?}");
        assert!(!export.text().contains("c.example") && !export.text().contains("c\\\\.example"));
    }
}

#[test]
fn nobody_is_nobody_everywhere() {
    for target in Target::ALL {
        let export = Policy::nobody().export(*target);
        assert!(export.text().ends_with('\n') && !export.text().contains("example"), "{export}");
        let is_told = export.warnings().iter().any(|warning| warning.loss() == Loss::NoRules);
        assert_eq!(is_told, *target == Target::S3, "{export}");
    }
}

#[test]
fn targets_have_names_of_their_own() {
    let names: HashSet<&str> = Target::ALL.iter().map(|target| target.as_str()).collect();
    assert_eq!(names.len(), Target::ALL.len());
    let all =
        ["envoy", "envoy-json", "envoy-report-only", "gateway", "nginx", "nginx-server", "s3"];
    assert_eq!(names, HashSet::from(all));
    let warning = Policy::permissive().export(Target::S3).warnings().to_vec();
    assert_eq!(warning.iter().filter_map(Warning::value).collect::<Vec<_>>(), ["*", "*"]);
}

/// What the targets do by themselves stands in the files.
#[test]
fn comments_say_what_targets_do_by_themselves() {
    let policy = Policy::permissive();
    let text = |target| policy.export(target).text().to_owned();
    assert!(text(Target::Envoy).starts_with('#') && text(Target::Envoy).contains("sends no Vary"));
    assert!(text(Target::Envoy).contains(r#"value: "Origin""#));
    assert!(text(Target::NginxServer).contains("an add_header"));
    assert!(text(Target::Gateway).contains("send no Vary"));
    assert!(text(Target::EnvoyJson).starts_with('{'));
}

#[test]
fn an_export_is_shown_as_its_text() {
    let export = Policy::permissive().export(Target::S3);
    assert!(export.text().starts_with('{'));
    assert_eq!(export.to_string(), export.text());
}

/// A rule has as many patterns with a `*` within a label as rules may have, and none that another one meets.
#[test]
fn what_many_patterns_share_is_looked_for_up_to_the_bound() {
    let rule = |patterns: Vec<String>| Policy::builder().allow_origins(patterns);
    let many = rule((0..999).map(|n| format!("https://p{n}-*.a.example")).collect());
    let other = rule(vec!["https://q-*.b.example".to_owned()]).allow_methods(["PUT"]);
    let export = Policy::from_rules([many, other]).unwrap().export(Target::Envoy);
    assert_eq!(export.warnings(), []);
}
