//! Documents that are given to the wrong reader: what they are, and what to give instead.

use super::super::path::Path;
use super::super::value::Value;
use crate::builder::error::Cut;

/// What to say of an object of Kubernetes that has CORS filters in it, or of a filter with its type.
pub(super) fn around_filter(value: &Value) -> Option<String> {
    let whole = Path::default();
    if value.get("cors").is_some() {
        let message = "expected a CORS filter, found what it stands in; give the object at `cors`";
        return Some(message.to_owned());
    }
    let spec = value.get("spec")?;
    let kind = match value.get("kind") {
        Some(Value::Text(kind)) => kind.as_str(),
        _ => "resource",
    };
    let rules = spec.get("rules").map(Value::items).unwrap_or_default();
    let at_rules = whole.key("spec").key("rules");
    let paths = rules.iter().enumerate().flat_map(|(index, rule)| {
        let at_filters = at_rules.index(index).key("filters");
        let filters = rule.get("filters").map(Value::items).unwrap_or_default().iter().enumerate();
        let with_cors = filters.filter(|(_, filter)| filter.get("cors").is_some());
        with_cors.map(move |(index, _)| at_filters.index(index).key("cors"))
    });
    let mut paths = paths.map(|path| format!("`{path}`"));
    let advice = match (paths.next(), paths.next(), paths.count()) {
        (Some(one), None, _) => format!("give the object at {one}"),
        (Some(one), Some(two), 0) => format!("give the object at {one} or {two}"),
        (Some(one), Some(two), more) => format!("give the object at {one}, {two} or {more} others"),
        (None, ..) => "it has no filter with the key `cors`".to_owned(),
    };
    // With the feature `routes`, which whoever has such a resource may want.
    let whole = match kind {
        "HTTPRoute" => ", or read the whole by `Routes::from_gateway_json`",
        _ => "",
    };
    Some(format!("expected a CORS filter, found a whole {}; {advice}{whole}", Cut(kind)))
}

/// What to say of a text that is the XML of a bucket.
pub(super) fn xml(text: &str) -> Option<&'static str> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<').then_some(
        "expected JSON, found XML; give what `aws s3api get-bucket-cors` prints, which is JSON",
    )
}

/// What to say of the rules of another store than S3, and where they stand.
pub(super) fn other_store(value: &Value) -> Option<(Path, &'static str)> {
    let whole = Path::default();
    let has = |value: &Value, key| value.items().iter().any(|rule| rule.get(key).is_some());
    let wrangler = match value.get("rules") {
        Some(rules) => has(rules, "allowed").then(|| whole.key("rules")),
        None => has(value, "allowed").then(|| whole.clone()),
    };
    if let Some(path) = wrangler {
        return Some((
            path,
            "expected the rules of S3 under the key `CORSRules`, found those of wrangler; in each, write \
             `allowed.origins` as `AllowedOrigins`, `allowed.methods` as `AllowedMethods`, \
             `allowed.headers` as `AllowedHeaders`, `exposeHeaders` as `ExposeHeaders`, \
             `maxAgeSeconds` as `MaxAgeSeconds`",
        ));
    }
    (has(value, "origin") && has(value, "method")).then_some((
        whole,
        "expected the rules of S3, found those of Google Cloud Storage; in each, write `origin` as \
         `AllowedOrigins`, `method` as `AllowedMethods`, `responseHeader` as `AllowedHeaders` and as \
         `ExposeHeaders`, `maxAgeSeconds` as `MaxAgeSeconds`",
    ))
}
