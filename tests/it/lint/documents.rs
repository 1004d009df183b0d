//! Findings about documents have the key, the line and the column of what they are about.

use tower_cors::review::Lint;
use tower_cors::{Document, Policy};

use super::said;

#[test]
fn each_finding_has_its_key_and_its_position() {
    let text = r#"{
  "http": {
    "cors": {
      "rules": [
        {
          "allow_origins": ["https://a.example", "http://a.example"],
          "allow_methods": ["PUT", "GET", "PUT"],
          "max_age": 86400
        },
        {
          "allow_origins": ["https://b.example"],
          "allow_headers": ["x-a", "X-A", "te"],
          "dangerously_allow_public_suffixes": true
        },
        { "allow_origins": ["https://b.example"], "max_age": 600 }
      ]
    }
  }
}"#;
    let findings = Document::json(text).key("http").key("cors").lint().unwrap();
    assert_eq!(
        said(&findings),
        [
            r#"http.cors.rules[0].allow_origins[1]: origin "http://a.example" is allowed beside its https form, and whoever is on the way can write its pages; remove it at line 6 column 67 [http-beside-https]"#,
            r#"http.cors.rules[0].allow_methods[1]: method "GET" needs no permission; remove it at line 7 column 40 [method-safelisted]"#,
            r#"http.cors.rules[0].allow_methods[2]: method "PUT" is already listed; remove it at line 7 column 47 [repeated]"#,
            r#"http.cors.rules[0].allow_headers: request-header name "content-type" is missing, and pages that send JSON by PUT set it; add it at line 5 column 9 [content-type-missing]"#,
            r#"http.cors.rules[0].max_age: max-age "86400" is longer than most browsers keep (Chromium 7200 seconds, WebKit 600); write 7200 at line 8 column 26 [max-age-too-long]"#,
            r#"http.cors.rules[1].allow_headers[1]: request-header name "X-A" is already listed; remove it at line 12 column 40 [repeated]"#,
            r#"http.cors.rules[1].allow_headers[2]: request-header name "te" cannot be set by scripts; remove it at line 12 column 46 [header-forbidden]"#,
            "http.cors.rules[1].dangerously_allow_public_suffixes: nothing needs it; remove it at line 13 column 51 [danger-not-needed]",
            "http.cors.rules[1].max_age: max-age is missing, and browsers ask again after 5 seconds; write 600 at line 10 column 9 [no-max-age]",
            "http.cors.rules[2]: no request reaches the rule, since rules[1] allows all that it allows; remove it at line 15 column 9 [unreachable-rule]",
        ]
    );
    let first = findings.iter().next().unwrap();
    assert_eq!((first.place().rule, first.place().setting), (Some(0), "allow_origins"));
    let position = first.position().unwrap();
    assert_eq!((position.line, position.column), (6, 67));
    for finding in &findings {
        let (key, message) = (finding.key(), finding.message());
        let said =
            format!("{key}: {message} at {} [{}]", finding.position().unwrap(), finding.lint());
        assert_eq!(finding.to_string(), said);
    }
}

/// What is missing from a whole document stands where that begins, in every format.
#[test]
#[cfg(all(feature = "toml", feature = "yaml"))]
fn the_whole_stands_at_its_first_character() {
    let json =
        "\u{feff}\n  {\"allow_origins\": [\"https://a.example\"], \"allow_methods\": [\"DELETE\"]}";
    let toml = "\n\n  allow_origins = ['https://a.example']\nallow_methods = ['DELETE']";
    let yaml = "\n# ours\nallow_origins: ['https://a.example']\nallow_methods: [DELETE]";
    for (document, expected) in [
        (Document::json(json), (2, 3)),
        (Document::toml(toml), (3, 3)),
        (Document::yaml(yaml), (2, 1)),
    ] {
        let findings = document.lint().unwrap();
        let [finding] = findings.iter().collect::<Vec<_>>()[..] else { panic!("{findings}") };
        assert_eq!(finding.lint(), Lint::NoMaxAge);
        let position = finding.position().unwrap();
        assert_eq!((position.line, position.column), expected);
    }
}

/// So does what is missing from a rule, though the reader of JSON tells where it stopped.
#[test]
fn an_object_of_json_stands_at_its_bracket() {
    let rule = r#"{ "allow_origins": ["https://a.example"] }"#;
    let rules = format!("{{\n \"rules\": [\n{rule},\n   {{ }}, {{\n}}]\n}}");
    let said = Policy::from_json(&rules).unwrap_err().to_string();
    assert_eq!(
        said.lines().map(|line| line.rsplit_once(" at ").unwrap().1).collect::<Vec<_>>(),
        ["line 4 column 4", "line 4 column 9"],
        "{said}"
    );
}

#[test]
fn the_only_rule_of_an_array_has_its_place() {
    let text = r#"{ "rules": [{ "allow_origins": ["https://a.example."] }] }"#;
    assert_eq!(
        said(&Document::json(text).lint().unwrap()),
        [
            r#"rules[0].allow_origins[0]: origin "https://a.example." is another origin than "https://a.example"; write that at line 1 column 52 [trailing-dot]"#,
        ]
    );
}

#[test]
fn a_policy_by_itself_is_linted() {
    let text = r#"{ "allow_origins": ["*", "https://a.example", "*"] }"#;
    assert_eq!(
        said(&Document::json(text).lint().unwrap()),
        [
            r#"allow_origins[1]: origin "https://a.example" is covered by "*"; remove it at line 1 column 44 [covered]"#,
            r#"allow_origins[2]: origin "*" is already listed; remove it at line 1 column 49 [repeated]"#,
        ]
    );
    let policy = Policy::from_json(text).unwrap();
    assert!(policy.lint().iter().all(|finding| finding.position().is_none()));
    assert!(Document::json(r#"{ "nobody": true }"#).lint().unwrap().is_empty());
}

#[test]
fn errors_are_those_of_reading() {
    let text = r#"{ "cors": { "allow_origins": ["https://a.example/"] } }"#;
    let document = Document::json(text).key("cors");
    assert_eq!(document.lint().unwrap_err(), document.policy().unwrap_err());
    let missing = Document::json(text).key("http");
    assert_eq!(missing.lint().unwrap_err(), missing.policy().unwrap_err());
}

#[cfg(feature = "routes")]
#[test]
fn routes_are_linted() {
    let policy = r#"{ "allow_origins": ["http://localhost"] }"#;
    let text = format!(
        "{{\n\"routes\": {{\n\"/a\": {policy},\n\"/b\": {policy},\n\"/c/{{*rest}}\": false\n}},\n\
         \"fallback\": {policy}\n}}"
    );
    let origin = r#"origin "http://localhost" is for port 80 alone; write "http://localhost:*", or the port"#;
    let expected = [
        format!(r#"routes["/a"].allow_origins[0]: {origin} at line 3 column 44 [loopback-without-port]"#),
        format!(r#"routes["/b"].allow_origins[0]: {origin} at line 4 column 44 [loopback-without-port]"#),
        format!("fallback.allow_origins[0]: {origin} at line 7 column 50 [loopback-without-port]"),
        r#"routes["/c/{*rest}"]: the route does not match "/c" and "/c/", which the fallback allows; add them at line 5 column 19 [route-without-its-root]"#.to_owned(),
    ];
    assert_eq!(said(&Document::json(&text).lint().unwrap()), expected);
    let alone = format!(r#"{{ "fallback": {policy} }}"#);
    let findings = Document::json(&alone).lint().unwrap().to_string();
    assert!(findings.starts_with("fallback.allow_origins[0]: origin"), "{findings}");
}

#[cfg(all(feature = "toml", feature = "yaml"))]
#[test]
fn other_formats_are_linted() {
    let toml = "[cors]\nallow_origins = [\n  \"https://a.example\",\n  \"http://localhost\",\n]\n";
    let yaml = "cors:\n  allow_origins:\n    - https://a.example\n    - http://localhost\n";
    for document in [Document::toml(toml), Document::yaml(yaml)] {
        let findings = document.key("cors").lint().unwrap();
        let finding = findings.iter().next().unwrap();
        assert_eq!(finding.lint(), Lint::LoopbackWithoutPort);
        assert_eq!(finding.position().unwrap().line, 4, "{finding}");
    }
}

/// To find a position takes another reading of the text.
#[test]
fn of_many_findings_in_a_large_text_the_last_have_no_position() {
    let origins: Vec<String> = (0..20_000)
        .flat_map(|number| [format!("https://{number}.a.example"), "https://*.a.example".into()])
        .collect();
    let text = serde_json::json!({ "allow_origins": origins }).to_string();
    let findings = Document::json(&text).lint().unwrap();
    assert_eq!(findings.len(), 39_999);
    let with_position = findings.iter().filter(|finding| finding.position().is_some()).count();
    assert!((1..100).contains(&with_position), "{with_position}");
}

/// The reader makes the dangerous calls that the document needs, and no others.
#[test]
fn what_other_systems_wrote_is_not_blamed_for_calls_of_ours() {
    for origin in ["https://a.example", "https://*.a.example", "https://site-*.vercel.app"] {
        let bucket = format!(r#"[{{"AllowedOrigins": ["{origin}"], "AllowedMethods": ["GET"]}}]"#);
        let filter = format!(r#"{{"allowOrigins": ["{origin}", "https://b.example"]}}"#);
        let policies = [
            Policy::from_s3_json(&bucket).unwrap().0,
            Policy::from_gateway_json(&filter).unwrap().0,
        ];
        for policy in policies {
            let findings = policy.lint().allow(Lint::OpenToStrangers);
            assert!(findings.is_empty(), "{findings}");
        }
    }
}
