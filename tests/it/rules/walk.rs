//! Every two rules of a pool, held to the same in plain words.
//!
//! <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use tower_cors::{Policy, PolicyBuilder};

use super::{preflight, says, simple};

/// A rule, and what it means in plain words.
#[derive(Clone, Copy, Debug)]
struct Rule {
    origins: &'static [&'static str],
    credentials: bool,
    /// The only methods, or none to allow PUT besides the safelisted ones.
    only: Option<&'static [&'static str]>,
    headers: &'static [&'static str],
    exposed: &'static [&'static str],
}

impl Rule {
    fn builder(&self) -> PolicyBuilder {
        let builder = Policy::builder()
            .allow_origins(self.origins)
            .dangerously_allow_public_suffixes(true)
            .allow_credentials(self.credentials)
            .allow_headers(self.headers)
            .expose_headers(self.exposed);
        match self.only {
            Some(methods) => builder.only_methods(methods),
            None => builder.allow_methods(["PUT"]),
        }
    }

    fn matches_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|pattern| match pattern.split_once("*.") {
            _ if *pattern == "*" => true,
            Some((scheme, base)) => {
                origin.starts_with(scheme) && origin.ends_with(&format!(".{base}"))
            }
            None => origin == *pattern,
        })
    }

    /// Without only methods, whoever is allowed to send a request may read the response.
    fn shares(&self, method: &str) -> bool {
        self.only.is_none_or(|only| only.contains(&method))
    }

    fn allows_method(&self, method: &str) -> bool {
        self.only.unwrap_or(&["GET", "HEAD", "POST", "PUT"]).contains(&method)
    }

    fn allows_name(&self, name: &str) -> bool {
        self.headers.contains(&name) || self.headers.contains(&"*") && name != "authorization"
    }

    fn matches(&self, origin: &str, method: &str) -> bool {
        self.matches_origin(origin) && self.shares(method)
    }

    fn allows(&self, origin: &str, method: &str, names: &[&str]) -> bool {
        self.matches_origin(origin)
            && self.allows_method(method)
            && names.iter().all(|name| self.allows_name(name))
    }
}

const ORIGINS: [&str; 4] =
    ["https://a.example", "https://b.example", "https://eu.a.example", "https://other.example"];
const METHODS: [&str; 3] = ["GET", "PUT", "DELETE"];
const NAMES: [&[&str]; 4] = [&[], &["x-a"], &["x-a", "x-b"], &["authorization"]];

fn pool() -> Vec<Rule> {
    let origins: [&[&str]; 4] = [
        &["https://a.example"],
        &["https://b.example", "https://a.example"],
        &["https://*.a.example"],
        &["*"],
    ];
    let only: [Option<&[&str]>; 3] = [None, Some(&["GET"]), Some(&["DELETE", "PUT"])];
    let headers: [&[&str]; 4] = [&[], &["x-a"], &["*"], &["*", "authorization"]];
    let mut pool = Vec::new();
    for origins in origins {
        for only in only {
            for headers in headers {
                pool.push(Rule { origins, credentials: false, only, headers, exposed: &[] });
                if origins == ["*"] {
                    pool.push(Rule {
                        origins,
                        credentials: false,
                        only,
                        headers,
                        exposed: &["x-e"],
                    });
                } else {
                    pool.push(Rule { origins, credentials: true, only, headers, exposed: &[] });
                }
            }
        }
    }
    pool
}

/// A preflight and the request after it, that the two rules would answer differently.
fn witness(rules: [Rule; 2]) -> Option<(&'static str, &'static str)> {
    let differ =
        rules[0].credentials != rules[1].credentials || rules[0].exposed != rules[1].exposed;
    let requests =
        ORIGINS.iter().flat_map(|origin| METHODS.iter().map(move |method| (origin, method)));
    requests.map(|(origin, method)| (*origin, *method)).find(|(origin, method)| {
        let both = rules.iter().all(|rule| rule.matches(origin, method));
        let later_alone = NAMES.iter().any(|names| {
            !rules[0].allows(origin, method, names) && rules[1].allows(origin, method, names)
        });
        differ && both && later_alone
    })
}

/// Every two rules of the pool, held to the same in plain words: whether they make a policy, who
/// answers each request, and that a preflight and its request are answered alike.
#[test]
fn every_two_rules_do_what_they_say() {
    let pool = pool();
    let (mut built, mut refused, mut decisions) = (0, 0, 0);
    for (first, second) in pool.iter().flat_map(|one| pool.iter().map(move |two| (*one, *two))) {
        let rules = [first, second];
        let policy = Policy::from_rules(rules.iter().map(Rule::builder));
        let Ok(policy) = policy else {
            refused += 1;
            let errors = policy.unwrap_err();
            assert!(witness(rules).is_some(), "{rules:#?} do not disagree: {errors}");
            continue;
        };
        built += 1;
        assert_eq!(witness(rules), None, "{rules:#?} disagree");
        for (origin, method) in
            ORIGINS.iter().flat_map(|origin| METHODS.iter().map(move |method| (*origin, *method)))
        {
            let request = policy.decide(&simple(origin, method));
            let answers = rules.iter().position(|rule| rule.matches(origin, method));
            assert_eq!(request.is_allowed(), answers.is_some(), "{rules:#?} {method} {origin}");
            if let Some(answers) = answers {
                assert_eq!(request.rule(), Some(answers));
            }
            for names in NAMES {
                decisions += 1;
                let decision = policy.decide(&preflight(origin, method, names));
                let answers = rules.iter().position(|rule| rule.allows(origin, method, names));
                assert_eq!(
                    decision.is_allowed(),
                    answers.is_some(),
                    "{rules:#?} {method} {origin} {names:?}"
                );
                if let Some(answers) = answers {
                    assert_eq!(decision.rule(), Some(answers));
                    let (asked, followed) = (decision.headers(), request.headers());
                    for name in ["access-control-allow-credentials", "access-control-allow-origin"]
                    {
                        // `*` and the origin itself say the same to a page without credentials.
                        let said = [&asked, &followed].map(|headers| says(headers, name));
                        assert!(
                            said[0] == said[1] || said.contains(&"*".to_owned()),
                            "{rules:#?} {method} {origin} {names:?}: {said:?}"
                        );
                    }
                }
            }
        }
    }
    assert!(built > 5_000 && refused > 500 && decisions > 200_000, "{built} {refused} {decisions}");
}
