//! What a message shows of a value that somebody wrote: one line, cut if it is long, and nothing that
//! cannot be seen.
//!
//! Trojan Source: <https://trojansource.codes>

use tower_cors::{Policy, PolicyBuilder};

/// Controls, separators, marks of direction, characters without width, and letters without a shape.
const INVISIBLE: &[char] = &[
    '\0',
    '\t',
    '\n',
    '\r',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{1160}',
    '\u{17b4}',
    '\u{180e}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202b}',
    '\u{202c}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2061}',
    '\u{2066}',
    '\u{2067}',
    '\u{2068}',
    '\u{2069}',
    '\u{206f}',
    '\u{3164}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{fff9}',
    '\u{e0001}',
    '\u{e0020}',
    '\u{e0100}',
];

/// Name, and all the messages that a value gets there.
type Place = (&'static str, fn(&str) -> String);

fn said(builder: &PolicyBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

fn open() -> PolicyBuilder {
    Policy::builder().allow_origins(["*"])
}

const PLACES: &[Place] = &[
    ("an origin", |it| said(&Policy::builder().allow_origins([format!("https://{it}/")]))),
    ("a method", |it| said(&open().allow_methods([format!("A {it}")]))),
    ("a request-header name", |it| said(&open().allow_headers([format!("a {it}")]))),
    ("a response-header name", |it| said(&open().expose_headers([format!("a {it}")]))),
    #[cfg(feature = "routes")]
    ("a route", |it| {
        tower_cors::Routes::builder()
            .route(format!("a{it}"), tower_cors::Route::NoCors)
            .build()
            .unwrap_err()
            .to_string()
    }),
    #[cfg(feature = "serde")]
    ("a key in JSON", |it| {
        let json = serde_json::json!({ it: 1 }).to_string();
        Policy::from_json(&json).unwrap_err().to_string().replace('\n', "; ")
    }),
    #[cfg(feature = "serde")]
    ("a value in JSON", |it| {
        let json = serde_json::json!({ "allow_origins": ["*"], "max_age": it }).to_string();
        Policy::from_json(&json).unwrap_err().to_string()
    }),
    #[cfg(feature = "serde")]
    ("a method of a bucket", |it| {
        let rule = serde_json::json!({ "AllowedOrigins": ["*"], "AllowedMethods": [it] });
        Policy::from_s3_json(&format!("[{rule}]")).unwrap_err().to_string()
    }),
    #[cfg(feature = "serde")]
    ("a warning of a bucket", |it| {
        let origins = ["*", &format!("{it}/")];
        let rule = serde_json::json!({ "AllowedOrigins": origins, "AllowedMethods": ["GET"] });
        Policy::from_s3_json(&format!("[{rule}]")).unwrap().1[0].to_string()
    }),
    #[cfg(feature = "yaml")]
    ("a doubled key in YAML", |it| {
        let key = serde_json::json!(it);
        Policy::from_yaml(&format!("{key}: 1\n{key}: 2\n")).unwrap_err().to_string()
    }),
    #[cfg(feature = "toml")]
    ("a doubled key in TOML", |it| {
        let key = serde_json::json!(it).to_string().replace('\u{7f}', "\\u007f");
        Policy::from_toml(&format!("{key} = 1\n{key} = 2\n")).unwrap_err().to_string()
    }),
];

#[test]
fn what_cannot_be_seen_is_escaped() {
    let mut failures = Vec::new();
    for (name, message) in PLACES {
        for character in INVISIBLE {
            let said = message(&format!("x{character}y"));
            let raw = said.chars().find(|shown| INVISIBLE.contains(shown));
            if raw.is_some() || said.is_empty() {
                failures.push(format!("{name}, {character:?}: {said:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_can_be_seen_is_shown_as_it_is() {
    for text in ["é", "ü中文", "🦀", "a'b", "~{}[]"] {
        for (name, message) in PLACES {
            let said = message(text);
            let shows =
                said.contains(text) || name.contains("TOML") && said.starts_with("duplicate");
            assert!(shows, "{name}: {said}");
        }
    }
}

#[test]
fn what_is_long_is_cut() {
    let mut failures = Vec::new();
    // Every other letter has two bytes, so that a cut may fall within one.
    for long in ["a".repeat(1_000_000), "é".repeat(500_000), format!("b{}", "é".repeat(500_000))]
    {
        for (name, message) in PLACES {
            let said = message(&long);
            if said.len() > 2_000 {
                failures.push(format!("{name}: {} bytes", said.len()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));

    let said = said(&open().allow_methods([format!("A {}", "b".repeat(1_234_565))]));
    let shown = format!("A {}", "b".repeat(398));
    assert_eq!(
        said,
        format!(
            "method \"{shown}\"… (1,234,567 bytes) is not a token; write one method per item, as in \
             \"PUT\""
        )
    );
}
