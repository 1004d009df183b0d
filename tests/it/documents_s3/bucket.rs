//! S3 as its user guide has it: of the rules, the first that matches; a `*` stands for any text.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>

use serde_json::Value;

pub(crate) fn first<'a>(
    rules: &'a Value,
    origin: &str,
    method: &str,
    names: &[&str],
) -> Option<&'a Value> {
    rules.as_array().unwrap().iter().find(|rule| {
        strings(rule, "AllowedOrigins").any(|pattern| matches(pattern, origin))
            && strings(rule, "AllowedMethods").any(|one| one == method)
            && names.iter().all(|name| {
                strings(rule, "AllowedHeaders")
                    .any(|pattern| matches(&pattern.to_lowercase(), &name.to_lowercase()))
            })
    })
}

pub(crate) fn strings<'a>(rule: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    rule[key].as_array().into_iter().flatten().map(|item| item.as_str().unwrap())
}

pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}
