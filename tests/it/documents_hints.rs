//! What a message says to write instead, in documents that are nearly right or meant for another reader:
//! and that it works.

use serde_json::{Value, json};
use tower_cors::Policy;

/// Written, and the key that the message offers, if it offers one.
const KEYS: &[(&str, Option<&str>)] = &[
    ("allow_origin", Some("allow_origins")),
    ("allowOrigins", Some("allow_origins")),
    ("allow-origins", Some("allow_origins")),
    ("allowed_origins", Some("allow_origins")),
    ("AllowedOrigins", Some("allow_origins")),
    ("alow_orgins", Some("allow_origins")),
    ("origins", Some("allow_origins")),
    ("allow_method", Some("allow_methods")),
    ("methods", Some("allow_methods")),
    ("onlyMethods", Some("only_methods")),
    ("allow_header", Some("allow_headers")),
    ("exposed_headers", Some("expose_headers")),
    ("expose-headers", Some("expose_headers")),
    ("credentials", Some("allow_credentials")),
    ("allowCredentials", Some("allow_credentials")),
    ("maxage", Some("max_age")),
    ("max-age", Some("max_age")),
    ("max_age_seconds", Some("max_age")),
    ("allow_null_origin", Some("dangerously_allow_null_origin")),
    ("dangerously_allow_null_origins", Some("dangerously_allow_null_origin")),
    ("rule", Some("rules")),
    ("id", None),
    ("", None),
    ("cors", None),
    ("vary", None),
    ("timeout", None),
    ("é", None),
    // Three letters are a part of too much.
    ("age", None),
    // No more than 64 bytes are compared.
    ("allow_origins_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Some("allow_origins")),
    ("allow_origins_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", None),
];

/// A value that each key takes.
fn value_of(key: &str) -> Value {
    match key {
        "allow_origins" => json!(["https://a.example"]),
        "allow_methods" | "only_methods" => json!(["PUT"]),
        "allow_headers" | "expose_headers" => json!(["x-a"]),
        "max_age" => json!(60),
        "rules" => json!([{ "allow_origins": ["https://a.example"] }]),
        _ => json!(true),
    }
}

#[test]
fn an_unknown_key_is_answered_with_the_nearest() {
    let mut failures = Vec::new();
    for (written, meant) in KEYS {
        let value = value_of(meant.unwrap_or_default());
        let said = Policy::from_json(&json!({ *written: value }).to_string()).unwrap_err();
        let message = said.iter().next().unwrap().to_string();
        let expected = match meant {
            Some(meant) => format!(": the key is unknown; write `{meant}` at line 1 column "),
            None => ": the key is unknown; known are `rules`, `allow_origins`, ".to_owned(),
        };
        if !message.contains(&expected) {
            failures.push(format!("{written}: {message}"));
        }
        // What is offered is taken, beside what every policy needs.
        if let Some(meant) = meant {
            let mut document = json!({ *meant: value });
            if !["rules", "allow_origins"].contains(meant) {
                document["allow_origins"] = json!(["https://b.example"]);
            }
            let read = Policy::from_json(&document.to_string());
            failures.extend(read.err().map(|error| format!("{written}, fixed: {error}")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_key_that_stands_beside_its_nearest_is_not_told_to_take_its_place() {
    let json = r#"{"allow_origins": ["*"], "allowOrigins": ["https://a.example"]}"#;
    assert_eq!(
        Policy::from_json(json).unwrap_err().to_string(),
        "allowOrigins: the key is unknown, and `allow_origins` stands there, too; write one of them at \
         line 1 column 42"
    );
}

/// In YAML a `*` without quotes is an alias. Each text is put right by what its message says.
#[cfg(feature = "yaml")]
#[test]
fn a_wildcard_without_quotes_is_told_to_have_them() {
    for text in [
        "allow_origins:\n  - *\n",
        "allow_origins: [*]\n",
        "allow_origins: [ *, ]\r\n",
        "allow_origins:\n  - https://a.example\n  - *.b.example # ours\n",
        "allow_origins: [https://a.example, *.b.example]\n",
        "rules:\n  - allow_origins: [https://a.example]\n    allow_headers:\n    - *\n",
    ] {
        let said = Policy::from_yaml(text).unwrap_err().to_string();
        let words = said.split_once(" without quotes is an alias in YAML; write ");
        let Some((value, rest)) = words else { panic!("{text:?}: {said}") };
        let (fix, _) = rest.split_once(" with its quotes at line ").unwrap();
        let fixed = text.replacen(value, fix, 1);
        Policy::from_yaml(&fixed).unwrap_or_else(|error| panic!("{fixed}: {error}"));
    }
}

/// Where nothing is offered, quotes at least have the value judged.
#[cfg(feature = "yaml")]
#[test]
fn what_no_alias_can_be_called_is_told_to_have_quotes() {
    for value in ["**", "*://a.example", "*-id"] {
        let said = Policy::from_yaml(&format!("allow_origins:\n  - {value}\n")).unwrap_err();
        let expected = format!(
            "{value} without quotes is an alias in YAML; put it into quotes at line 2 column 5"
        );
        assert_eq!(said.to_string(), expected);
    }
}

/// A route as Kubernetes has it, with filters of two types.
#[cfg(feature = "yaml")]
const ROUTE: &str = r"
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: cors
spec:
  hostnames: [shop.example]
  rules:
  - backendRefs: [{name: shop, port: 80}]
  - matches: [{path: {type: PathPrefix, value: /}}]
    filters:
    - type: RequestHeaderModifier
      requestHeaderModifier: {add: [{name: x-a, value: b}]}
    - type: CORS
      cors:
        allowOrigins: [https://a.example]
";

#[cfg(feature = "yaml")]
#[test]
fn a_whole_route_is_told_where_its_filter_is() {
    let more = "  - filters: [{type: CORS, cors: {allowOrigins: ['*']}}]\n";
    let rows = [
        (
            ROUTE.to_owned(),
            "expected a CORS filter, found a whole HTTPRoute; give the object at \
             `spec.rules[1].filters[1].cors`, or read the whole by `Routes::from_gateway_json` at line 2 column 1",
        ),
        (
            format!("{ROUTE}{more}"),
            "expected a CORS filter, found a whole HTTPRoute; give the object at \
             `spec.rules[1].filters[1].cors` or `spec.rules[2].filters[0].cors`, or read the whole \
             by `Routes::from_gateway_json` at line 2 column 1",
        ),
        (
            format!("{ROUTE}{more}{more}{more}"),
            "expected a CORS filter, found a whole HTTPRoute; give the object at \
             `spec.rules[1].filters[1].cors`, `spec.rules[2].filters[0].cors` or 2 others, \
             or read the whole by `Routes::from_gateway_json` at line 2 column 1",
        ),
        (
            "kind: Gateway\nspec: {listeners: []}\n".to_owned(),
            "expected a CORS filter, found a whole Gateway; it has no filter with the key `cors` at line 1 column 1",
        ),
        (
            "type: CORS\ncors:\n  allowOrigins: [https://a.example]\n".to_owned(),
            "expected a CORS filter, found what it stands in; give the object at `cors` at line 1 column 1",
        ),
    ];
    for (yaml, message) in rows {
        assert_eq!(Policy::from_gateway_yaml(&yaml).unwrap_err().to_string(), message, "{yaml}");
        // The object at that place is taken.
        let Some((_, path)) = message.split_once("the object at `") else { continue };
        let (path, _) = path.split_once('`').unwrap();
        let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
        let whole: Value = serde_saphyr::from_str(&yaml).unwrap();
        let filter = whole.pointer(&pointer).unwrap();
        assert!(Policy::from_gateway_json(&filter.to_string()).is_ok(), "{filter}");
    }
}

/// That of wrangler, the command line of Cloudflare, for a bucket of R2.
///
/// <https://developers.cloudflare.com/r2/buckets/cors/>
const WRANGLER: &str = r#"{
    "rules": [{
        "allowed": {
            "origins": ["https://a.example"], "methods": ["GET", "PUT"], "headers": ["content-type"]
        },
        "exposeHeaders": ["etag"],
        "maxAgeSeconds": 3600
    }]
}"#;

/// <https://cloud.google.com/storage/docs/cors-configurations>
const GOOGLE: &str = r#"[{
    "origin": ["https://a.example"],
    "method": ["GET", "PUT"],
    "responseHeader": ["x-goog-meta-owner"],
    "maxAgeSeconds": 3600
}]"#;

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>"#;

#[test]
fn the_rules_of_other_stores_are_told_from_those_of_s3() {
    let said = |text: &str| Policy::from_s3_json(text).unwrap_err().to_string();
    let xml =
        "expected JSON, found XML; give what `aws s3api get-bucket-cors` prints, which is JSON";
    assert_eq!(said(XML), xml);
    assert_eq!(said(&format!("\u{feff}\n {XML}")), xml);
    assert_eq!(
        said(r#"{"rules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]}"#),
        "the key `CORSRules` is missing at line 1 column 1\n\
         rules: the key is unknown; write `CORSRules` at line 1 column 11"
    );

    let wrangler = "rules: expected the rules of S3 under the key `CORSRules`, found those of wrangler; in \
        each, write `allowed.origins` as `AllowedOrigins`, `allowed.methods` as `AllowedMethods`, \
        `allowed.headers` as `AllowedHeaders`, `exposeHeaders` as `ExposeHeaders`, `maxAgeSeconds` as \
        `MaxAgeSeconds` at line 2 column 14";
    assert_eq!(said(WRANGLER), wrangler);
    let bare = serde_json::from_str::<Value>(WRANGLER).unwrap()["rules"].to_string();
    let (_, wrong) = wrangler.split_once("rules: ").unwrap();
    assert_eq!(said(&bare), wrong.replace("line 2 column 14", "line 1 column 1"));
    let rule = &serde_json::from_str::<Value>(WRANGLER).unwrap()["rules"][0];
    assert_written_as(rule, wrangler, |rule| json!({ "CORSRules": [rule] }));

    let google = "expected the rules of S3, found those of Google Cloud Storage; in each, write `origin` \
        as `AllowedOrigins`, `method` as `AllowedMethods`, `responseHeader` as `AllowedHeaders` and as \
        `ExposeHeaders`, `maxAgeSeconds` as `MaxAgeSeconds` at line 1 column 1";
    assert_eq!(said(GOOGLE), google);
    // One key alone is a mistake.
    let said = said(r#"[{"origin": ["*"], "AllowedMethods": ["GET"]}]"#);
    assert!(said.contains("[0].origin: the key is unknown; write `AllowedOrigins`"), "{said}");
    let rule = &serde_json::from_str::<Value>(GOOGLE).unwrap()[0];
    assert_written_as(rule, google, |rule| json!([rule]));
}

/// Renames the keys of a rule as the message says: then it is read, with every value.
#[track_caller]
fn assert_written_as(rule: &Value, message: &str, whole: impl Fn(Value) -> Value) {
    let mut written = json!({});
    let (_, renamings) = message.split_once("write ").unwrap();
    for renaming in renamings.split(", ") {
        let names: Vec<&str> = renaming.split('`').skip(1).step_by(2).collect();
        let (from, to) = names.split_first().unwrap();
        for to in to {
            written[*to] = rule.pointer(&format!("/{}", from.replace('.', "/"))).unwrap().clone();
        }
    }
    let (policy, warnings) = Policy::from_s3_json(&whole(written).to_string()).unwrap();
    assert_eq!(warnings, []);
    let document = serde_json::to_value(&policy).unwrap();
    assert_eq!(document["allow_origins"], json!(["https://a.example"]));
    assert_eq!(document["only_methods"], json!(["GET", "PUT"]));
    assert_eq!(document["allow_headers"].as_array().unwrap().len(), 1);
    assert_eq!(document["max_age"], json!(3600));
    assert!(document["expose_headers"].is_array());
}

#[test]
fn options_among_the_methods_of_a_bucket_is_told_to_be_removed() {
    let json = r#"[{"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "OPTIONS"]}]"#;
    assert_eq!(
        Policy::from_s3_json(json).unwrap_err().to_string(),
        "[0].AllowedMethods[1]: expected one of [\"GET\", \"PUT\", \"POST\", \"DELETE\", \"HEAD\"], found \
         \"OPTIONS\"; remove it, since preflights need no permission at line 1 column 62"
    );
    assert!(Policy::from_s3_json(&json.replace(", \"OPTIONS\"", "")).is_ok());
}

/// What to write has the keys of the document, and nothing that it has no key for. A value stays as it was written.
#[test]
fn documents_of_other_systems_are_told_their_own_keys() {
    let gateway = r#"{"allowOrigins": ["*", "`allow_origins`"], "allowHeaders": ["Cookie"], "exposeHeaders": ["x-a", "host"]}"#;
    let s3 = r#"[{"AllowedOrigins": ["*", "`allow_origins`", "null", "file://"], "AllowedMethods": ["GET"],
        "AllowedHeaders": ["Cookie"], "ExposeHeaders": ["host"]}]"#;
    let read = [Policy::from_gateway_json(gateway), Policy::from_s3_json(s3)];
    let said = read.map(|read| {
        let (_, warnings) = read.unwrap();
        warnings.iter().map(ToString::to_string).collect::<Vec<_>>()
    });
    let no_scheme =
        "has no scheme; write scheme://host or scheme://host:port, as in \"https://a.example\"";
    let [host, cookie] = [
        "response-header name \"host\" is one of requests; remove it, or give it to",
        "left out, because request-header name \"Cookie\" cannot be set by scripts; remove it",
    ];
    assert_eq!(
        said,
        [
            vec![
                format!("allowOrigins[1]: left out, because origin \"`allow_origins`\" {no_scheme}"),
                format!("allowHeaders[0]: {cookie}, and set `allowCredentials` for cookies"),
                format!("exposeHeaders[1]: left out, because {host} `allowHeaders`"),
            ],
            vec![
                format!("[0].AllowedOrigins[1]: left out, because origin \"`allow_origins`\" {no_scheme}"),
                "[0].AllowedOrigins[2]: left out, because origin \"null\" stands for every opaque origin, \
                 sandboxed pages of attackers too; leave it out"
                    .to_owned(),
                "[0].AllowedOrigins[3]: left out, because origin \"file://\" stands for every local file, and only some web views send it; \
                 leave it out".to_owned(),
                format!("[0].AllowedHeaders[0]: {cookie}"),
                format!("[0].ExposeHeaders[0]: left out, because {host} `AllowedHeaders`"),
            ],
        ]
    );
}

/// Each phrase that is replaced stands in a message: one that is reworded must be reworded there, too.
#[test]
fn what_is_replaced_in_messages_stands_in_one() {
    let words = include_str!("../../src/document/import/words.rs");
    let messages = concat!(
        include_str!("../../src/builder/error/mod.rs"),
        include_str!("../../src/builder/error/advice.rs"),
        include_str!("../../src/review/lint/idle.rs"),
    );
    let table = words.split_once("];").unwrap().0;
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix("[\""));
    let phrases: Vec<&str> = rows.filter_map(|row| row.split('"').next()).collect();
    assert_eq!(phrases.len(), 10);
    for phrase in phrases {
        assert!(messages.contains(phrase), "no message says {phrase}");
    }
}
