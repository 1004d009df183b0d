//! What messages call a setting: by the key of the document that was given.

use crate::document::Format;

/// The keys of this crate, of S3 and of the Gateway API. S3 has none for credentials.
const KEYS: &[[&str; 3]] = &[
    ["allow_origins", "AllowedOrigins", "allowOrigins"],
    ["allow_credentials", "allow_credentials", "allowCredentials"],
    ["allow_methods", "AllowedMethods", "allowMethods"],
    ["only_methods", "AllowedMethods", "allowMethods"],
    ["allow_headers", "AllowedHeaders", "allowHeaders"],
    ["expose_headers", "ExposeHeaders", "exposeHeaders"],
    ["max_age", "MaxAgeSeconds", "maxAge"],
];

impl Format {
    /// A message with the keys of the format, where it names one.
    pub(crate) fn words(self, message: &str) -> String {
        KEYS.iter().fold(message.to_owned(), |message, keys| {
            let [ours, s3, gateway] = keys.map(|key| format!("`{key}`"));
            match self {
                Self::S3 => message.replace(&ours, &s3),
                Self::Gateway => message.replace(&ours, &gateway),
                Self::Json | Self::Toml | Self::Yaml => message,
            }
        })
    }
}
