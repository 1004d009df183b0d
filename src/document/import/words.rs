//! What messages call the settings of another system: by the keys of its documents, and not by this crate's.

use std::fmt;

use crate::builder::error::Quoted;

/// Of this crate, and in documents of S3 and of the Gateway API. What these have no key for is not offered.
const WORDS: &[[&str; 3]] = &[
    ["`public-suffix`, list the origins, or call `allow_origins_if`", WITH_FEATURE, WITH_FEATURE],
    [", or call `allow_origins_if`", "", ""],
    [", or set `dangerously_allow_insecure_origins`", "", ""],
    [" and set `dangerously_allow_null_origin`", "", ""],
    [" and set `dangerously_allow_file_origin`", "", ""],
    [", or say `nobody`", "", ""],
    [", and set `allow_credentials` for cookies", "", ", and set `allowCredentials` for cookies"],
    ["`allow_credentials`", "`allow_credentials`", "`allowCredentials`"],
    ["`allow_origins`", "`AllowedOrigins`", "`allowOrigins`"],
    ["`allow_headers`", "`AllowedHeaders`", "`allowHeaders`"],
];

const WITH_FEATURE: &str = "`public-suffix`, or list the origins";

/// The keys by which documents are told apart.
const S3: [&str; 5] =
    ["AllowedOrigins", "AllowedMethods", "AllowedHeaders", "ExposeHeaders", "MaxAgeSeconds"];
const GATEWAY: [&str; 6] =
    ["allowOrigins", "allowCredentials", "allowMethods", "allowHeaders", "exposeHeaders", "maxAge"];

/// A message in the words of the document that has the key. Of a value it says what was written.
pub(in crate::document) fn of(
    key: &str,
    value: Option<&str>,
    message: &dyn fmt::Display,
) -> String {
    let message = message.to_string();
    let setting = key.rsplit('.').next().unwrap_or_default();
    let setting = setting.split('[').next().unwrap_or_default();
    let system = match setting {
        _ if S3.contains(&setting) => 1,
        _ if GATEWAY.contains(&setting) => 2,
        _ => return message,
    };
    let quoted = value.map(|value| Quoted(value).to_string()).unwrap_or_default();
    let behind = message.find(&quoted).map_or(0, |at| at + quoted.len());
    let Some((said, words)) = message.split_at_checked(behind) else { return message };
    let words = WORDS.iter().fold(words.to_owned(), |words, all| {
        let [ours, theirs] = [0, system].map(|at| all.get(at).copied().unwrap_or_default());
        words.replace(ours, theirs)
    });
    [said, &words].concat()
}
