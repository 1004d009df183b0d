//! The table of all lints in the docs is true: each has its row, and each example gives its finding.

use std::collections::BTreeSet;
use std::time::Duration;

use tower_cors::review::{Findings, Lint, Severity};
use tower_cors::{Enforcement, Policy, PolicyBuilder};

const SOURCE: &str = include_str!("../../../src/review/lint/catalogue.rs");

/// The cells of each row: id, example, reason.
fn rows() -> Vec<[&'static str; 3]> {
    let rows = SOURCE.lines().filter_map(|line| line.strip_prefix("/// | `"));
    let cells = rows.map(|row| {
        let (id, rest) = row.split_once("` | ").unwrap();
        let (example, why) = rest.strip_suffix(" |").unwrap().split_once(" | ").unwrap();
        [id, example, why]
    });
    cells.collect()
}

/// The names and the arguments of chained calls.
fn calls(chain: &str) -> Vec<(&str, &str)> {
    let chain = chain.trim_start_matches('.');
    let calls =
        chain.split(").").filter(|call| !call.is_empty()).map(|call| call.trim_end_matches(')'));
    calls.map(|call| call.split_once('(').unwrap()).collect()
}

fn texts(arguments: &str) -> Vec<String> {
    serde_json::from_str(arguments).unwrap()
}

fn policy(chain: &str) -> PolicyBuilder {
    let mut builder = Policy::builder();
    if !chain.contains(".allow_origins(") {
        builder = builder.allow_origins(["https://app.example"]);
    }
    for (name, arguments) in calls(chain) {
        builder = match name {
            "allow_origins" => builder.allow_origins(texts(arguments)),
            "allow_origins_if" => {
                let holds = arguments.ends_with("true");
                builder.allow_origins_if(move |_, _, _| holds)
            }
            "allow_credentials" => builder
                .allow_credentials(arguments == "true")
                // Which without the list of suffixes every pattern needs.
                .dangerously_allow_public_suffixes(!cfg!(feature = "public-suffix")),
            "allow_methods" => builder.allow_methods(texts(arguments)),
            "allow_headers" => builder.allow_headers(texts(arguments)),
            "expose_headers" => builder.expose_headers(texts(arguments)),
            "max_age" => {
                let seconds = arguments.strip_prefix("Duration::from_secs(").unwrap();
                builder.max_age(Duration::from_secs(seconds.replace('_', "").parse().unwrap()))
            }
            "dangerously_allow_insecure_origins" => {
                builder.dangerously_allow_insecure_origins(arguments == "true")
            }
            other => panic!("the table calls {other}"),
        };
    }
    builder
}

/// The findings of an example: of a policy, of an enforcement, of a table, or of several rules.
fn findings(example: &str) -> Findings {
    let chains: Vec<&str> = example.split('`').skip(1).step_by(2).collect();
    match chains[..] {
        [chain] if chain.starts_with(".hosts(") => {
            let [("hosts", hosts)] = calls(chain)[..] else { panic!("{chain}") };
            Enforcement::unsafe_requests().hosts(texts(hosts)).lint()
        }
        #[cfg(feature = "routes")]
        [".route(\"/internal/{*rest}\", Route::NoCors)"] => {
            let routes = tower_cors::Routes::builder();
            let routes = routes.route("/internal/{*rest}", tower_cors::Route::NoCors);
            routes.fallback(policy("").build().unwrap()).build().unwrap().lint()
        }
        [chain] => policy(chain).build().unwrap().lint(),
        _ => Policy::from_rules(chains.into_iter().map(policy)).unwrap().lint(),
    }
}

#[test]
fn each_lint_has_its_row_and_its_example_gives_it() {
    let ids: Vec<&str> = Lint::all().map(Lint::as_str).collect();
    assert_eq!(rows().iter().map(|[id, ..]| *id).collect::<Vec<_>>(), ids);
    let mut missed = Vec::new();
    for [id, example, why] in rows() {
        let lint: Lint = id.parse().unwrap();
        assert_eq!(lint.why(), why, "{id}");
        let needs = [
            (Lint::OpenToStrangers, cfg!(feature = "public-suffix")),
            (Lint::RouteWithoutItsRoot, cfg!(feature = "routes")),
        ];
        if needs.contains(&(lint, false)) {
            continue;
        }
        let findings = findings(example);
        if !findings.iter().any(|finding| finding.lint() == lint) {
            missed.push(format!("{id}: {example} gives {findings}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Every variant of the source is in the list of all, and is called as its id.
#[test]
fn all_lints_are_listed() {
    let body = SOURCE.split("pub enum Lint {").nth(1).unwrap().split("\n}").next().unwrap();
    let variants = body.lines().filter_map(|line| line.strip_suffix(',')).map(str::trim);
    let variants: BTreeSet<String> = variants.map(str::to_owned).collect();
    let listed: BTreeSet<String> = Lint::all().map(|lint| format!("{lint:?}")).collect();
    assert_eq!(variants, listed);
    assert_eq!(Lint::all().len(), listed.len());
    for lint in Lint::all() {
        let letters = lint.as_str().replace('-', "");
        assert_eq!(letters, format!("{lint:?}").to_lowercase());
        assert_eq!(lint.to_string().parse(), Ok(lint));
    }
}

#[test]
fn an_unknown_id_is_answered_with_the_nearest() {
    for (id, said) in [
        ("no-maxage", r#"lint "no-maxage" is unknown; write "no-max-age""#),
        ("WHOLE_DOMAIN", r#"lint "WHOLE_DOMAIN" is unknown; write "whole-domain""#),
        ("spelling", r#"lint "spelling" is unknown; write an id of a lint, such as "covered""#),
        ("", r#"lint "" is unknown; write an id of a lint, such as "covered""#),
    ] {
        let error = id.parse::<Lint>().unwrap_err();
        assert_eq!((error.to_string(), error.value()), (said.to_owned(), id));
        assert_eq!(error.nearest().is_some(), said.ends_with("-age\"") || id.contains('_'));
    }
}

#[test]
fn lints_can_be_allowed_and_are_graded() {
    let policy =
        policy(r#".allow_origins(["http://localhost"]).allow_methods(["GET"])"#).build().unwrap();
    let findings = policy.lint();
    let told: Vec<_> = findings.iter().map(|it| (it.lint(), it.severity(), it.value())).collect();
    assert_eq!(
        told,
        [
            (Lint::LoopbackWithoutPort, Severity::Warning, Some("http://localhost")),
            (Lint::MethodSafelisted, Severity::Note, Some("GET")),
        ]
    );
    assert!(Severity::Note < Severity::Warning);
    assert_eq!(format!("{} {}", Severity::Note, Severity::Warning), "note warning");
    let left = findings.clone().allow(Lint::LoopbackWithoutPort).allow(Lint::Covered);
    assert_eq!((left.len(), left.is_empty()), (1, false));
    assert!(left.allow(Lint::MethodSafelisted).is_empty());
    let by_value: Vec<_> = findings.clone().into_iter().collect();
    assert!(by_value.iter().eq(&findings));
    assert_eq!(findings.iter().next().unwrap().place().setting, "allow_origins");
}
