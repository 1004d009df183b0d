//! Whether two patterns have an origin in common, held to a search through all that are short.

use tower_cors::Policy;

use crate::oracle::origin::matches;

const HOSTS: [&str; 22] = [
    "a.x.example",
    "aa.x.example",
    "ab.x.example",
    "aba.x.example",
    "a.y.x.example",
    "x.example",
    "*.x.example",
    "*.y.x.example",
    "*.example",
    "a*.x.example",
    "aa*.x.example",
    "ab*.x.example",
    "b*.x.example",
    "*a.x.example",
    "*ba.x.example",
    "*b.x.example",
    "a*a.x.example",
    "a*b.x.example",
    "ab*ba.x.example",
    "b*a.x.example",
    "a*.y.x.example",
    "*b.y.x.example",
];
const PORTS: [&str; 3] = ["", ":1", ":*"];

fn patterns() -> Vec<String> {
    let https =
        HOSTS.iter().flat_map(|host| PORTS.iter().map(move |port| format!("https://{host}{port}")));
    let app = [
        "app://*",
        "app://",
        "app://.",
        "app://a*",
        "app://*b",
        "app://ab",
        "app://a.b",
        "app://*.b",
        "http://ab.x.example",
    ];
    https.chain(app.map(str::to_owned)).collect()
}

/// Every host of which a pattern could stand for one: labels of up to six letters.
fn origins() -> Vec<String> {
    let mut labels: Vec<String> = vec![String::new()];
    for length in 0..6 {
        let longest: Vec<String> =
            labels.iter().filter(|label| label.len() == length).cloned().collect();
        labels.extend(
            longest.iter().flat_map(|label| ["a", "b"].map(|more| format!("{label}{more}"))),
        );
    }
    let mut origins: Vec<String> = [
        "app://",
        "app://.",
        "app://a.b",
        "https://x.example",
        "https://x.example:1",
        "https://x.example:2",
        "https://a.example",
        "http://ab.x.example",
    ]
    .map(str::to_owned)
    .into();
    for label in labels.iter().filter(|label| !label.is_empty()) {
        origins.push(format!("app://{label}"));
        for base in ["x.example", "y.x.example"] {
            origins.extend(["", ":1", ":2"].map(|port| format!("https://{label}.{base}{port}")));
        }
    }
    origins
}

#[test]
fn two_patterns_disagree_where_they_share_an_origin() {
    let (patterns, origins) = (patterns(), origins());
    let own: Vec<Vec<bool>> = patterns
        .iter()
        .map(|pattern| origins.iter().map(|origin| matches(pattern, origin.as_bytes())).collect())
        .collect();
    // The later one exposes a header, and allows one more for a preflight.
    let rule = |pattern: &String| {
        Policy::builder().allow_origins([pattern]).dangerously_allow_public_suffixes(true)
    };
    let (mut shared, mut failures) = (0, Vec::new());
    for (one, first) in patterns.iter().zip(&own) {
        for (two, second) in patterns.iter().zip(&own) {
            let found = first.iter().zip(second).position(|(first, second)| *first && *second);
            shared += usize::from(found.is_some());
            let later = rule(two).allow_headers(["x-a"]).expose_headers(["x-b"]);
            let built = Policy::from_rules([rule(one), later]);
            if built.is_err() != found.is_some() {
                let origin = found.map(|at| &origins[at]);
                failures.push(format!("{one} and {two}: {origin:?}, and {built:?}"));
            }
        }
    }
    failures.truncate(20);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(shared > 1_000 && shared < patterns.len().pow(2) - 1_000, "{shared}");
}

/// There is no room for a letter between the start of one and the end of the other.
#[test]
fn two_long_patterns_share_an_origin_in_which_they_overlap() {
    let (start, end) = ("s".repeat(31) + "o", "o".to_owned() + &"e".repeat(31));
    let rules = |start: &str, end: &str| {
        let rule = |pattern: String| {
            Policy::builder().allow_origins([pattern]).dangerously_allow_public_suffixes(true)
        };
        Policy::from_rules([
            rule(format!("https://{start}*.x.example")),
            rule(format!("https://*{end}.x.example"))
                .allow_headers(["x-a"])
                .expose_headers(["x-b"]),
        ])
    };
    // 64 characters that overlap, 63 that do not have to, and 66 that do not fit.
    assert!(rules(&start, &end).is_err());
    assert!(rules(&"s".repeat(31), &"e".repeat(32)).is_err());
    assert!(rules(&"s".repeat(33), &"e".repeat(33)).is_ok());
    // Without a letter between them it would be `xn--b`, which is no Punycode.
    assert!(rules("x", "n--b").is_err());
}
