//! No value changes what stands around it, whatever characters it has.

use proptest::prelude::*;
use serde_json::Value;
use tower_cors::export::Target;
use tower_cors::{Policy, Routes};

/// Values as hostile as a policy may have them, and a name that may be anything.
pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    let token = "[!#$%&'+.^_`|~0-9A-Za-z-]{1,12}";
    let names = prop::collection::vec(token, 0..4);
    let hosts = prop::collection::vec("[!\"$%&'()+.=A-Z_`a-z{}~0-9-]{1,70}", 1..4);
    (any::<String>(), hosts, names.clone(), names.clone(), names).prop_filter_map(
        "it builds",
        |(name, hosts, methods, headers, exposed)| {
            Policy::builder()
                .name(name)
                .allow_origins(hosts.iter().map(|host| format!("app://{host}")))
                .allow_origins(hosts.iter().map(|host| format!("ext://*.{host}:*")))
                .allow_methods(methods)
                .allow_headers(headers)
                .expose_headers(exposed)
                .dangerously_allow_public_suffixes(true)
                .build()
                .ok()
        },
    )
}

/// The parameters of a configuration of nginx as its reader has them, each line of them: every one in quotes, or plain.
///
/// <https://nginx.org/en/docs/beginners_guide.html#conf_structure>
fn nginx(text: &str) -> Vec<Vec<String>> {
    let mut lines = vec![Vec::new()];
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '#' => while rest.next().is_some_and(|it| it != '\n') {},
            ';' | '{' | '}' => lines.push(Vec::new()),
            ' ' | '\n' => {}
            '"' => {
                let mut parameter = String::new();
                loop {
                    match rest.next().expect("a quote is open") {
                        '"' => break,
                        '\\' => match rest.next().unwrap() {
                            escaped @ ('"' | '\\') => parameter.push(escaped),
                            other => panic!("an escape that nginx leaves: \\{other}"),
                        },
                        '\n' => panic!("a line ends in quotes"),
                        other => parameter.push(other),
                    }
                }
                assert!(matches!(rest.peek(), Some(' ' | ';')), "text behind a quote");
                lines.last_mut().unwrap().push(parameter);
            }
            other => {
                let mut parameter = other.to_string();
                while let Some(next) = rest.next_if(|it| !" \n;{}\"".contains(*it)) {
                    parameter.push(next);
                }
                lines.last_mut().unwrap().push(parameter);
            }
        }
    }
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// The variables that a value of nginx names.
fn is_known(variable: &str, prefix: &str) -> bool {
    let name = variable.trim_end_matches(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    name.starts_with(prefix) || name.starts_with("http_") || name.starts_with("request_")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn yaml_says_what_json_says(policy in policy()) {
        let json: Value = serde_json::from_str(policy.export(Target::EnvoyJson).text()).unwrap();
        let yaml = policy.export(Target::Envoy);
        let read: Value = serde_saphyr::from_str(yaml.text()).unwrap();
        prop_assert_eq!(read, json, "{}", yaml);
    }

    #[test]
    fn the_others_can_be_read(policy in policy()) {
        let s3: Value = serde_json::from_str(policy.export(Target::S3).text()).unwrap();
        prop_assert!(s3["CORSRules"].is_array());
        let gateway = policy.export(Target::Gateway);
        prop_assert!(Routes::from_gateway_yaml(gateway.text()).is_ok(), "{}", gateway);
    }

    #[test]
    fn nginx_reads_what_was_written(policy in policy()) {
        let export = policy.export(Target::Nginx);
        prop_assert!(export.text().is_ascii());
        let lines = nginx(export.text());
        let prefix = lines.iter().find(|line| line[0] == "map").unwrap()[2].clone();
        let prefix = prefix[1..].rsplit_once("__").unwrap().0.to_owned();
        for line in &lines {
            match &line[..] {
                [format, _name, text] if format == "log_format" => {
                    prop_assert!(text.is_empty(), "{:?}", line);
                }
                [map, _source, variable] => {
                    prop_assert!(map == "map" && variable.starts_with('$'), "{:?}", line);
                }
                // Whatever a key is, a value names no variables but those that are meant.
                [_key, value] => prop_assert!(
                    value.split('$').skip(1).all(|variable| is_known(variable, &prefix)),
                    "{:?}", line
                ),
                _ => prop_assert!(false, "{:?}", line),
            }
        }
        // Each origin without a pattern is one of the keys, as it is or as an expression.
        let server = policy.export(Target::NginxServer);
        prop_assert!(server.text().lines().all(|line| line.starts_with('#') || line.contains(&prefix) || line.contains("_hide_header")));
    }

    /// Policies with different names have different variables.
    #[test]
    fn names_are_told_apart(one in any::<String>(), other in any::<String>()) {
        let server = |name: &str| {
            let policy = Policy::builder().name(name).allow_origins(["*"]).build().unwrap();
            policy.export(Target::NginxServer).text().to_ascii_lowercase()
        };
        prop_assert_eq!(one == other, server(&one) == server(&other));
        prop_assert!(server("a") != server("A") && server("a-b") != server("a_b"));
    }
}
