//! Documents that are meant to harm: none is taken for another, none panics, and none costs much more
//! than its length.

use tower_cors::{DocumentError, DocumentErrors, Policy, Routes};

type Read = fn(&str) -> Result<Policy, DocumentErrors>;

const READERS: &[Read] = &[
    Policy::from_json,
    Policy::from_toml,
    Policy::from_yaml,
    |text| Policy::from_s3_json(text).map(|(policy, _)| policy),
    |text| Policy::from_gateway_json(text).map(|(policy, _)| policy),
    |text| Policy::from_gateway_yaml(text).map(|(policy, _)| policy),
];

#[test]
fn deep_documents_are_refused() {
    for depth in [200, 100_000] {
        for (open, close) in [("[", "]"), ("{\"rules\":[", "]}"), ("{\"a\":", "}"), ("a = [", "]")]
        {
            let text = format!("{}{}", open.repeat(depth), close.repeat(depth));
            for read in READERS {
                assert!(read(&text).is_err());
            }
        }
        assert!(Policy::from_toml(&format!("{}x = 1", "a.".repeat(depth))).is_err());
        assert!(Policy::from_yaml(&format!("{}x", "- ".repeat(depth))).is_err());
    }
}

#[test]
fn aliases_expand_to_no_more_than_a_bound() {
    let level = |level: usize| {
        let alias = format!("*a{}", level - 1);
        format!("a{level}: &a{level} [{}]", vec![alias; 10].join(", "))
    };
    let lines: Vec<String> = (1..12).map(level).collect();
    let yaml = format!("a0: &a0 [{}]\n{}\n", ["x"; 10].join(", "), lines.join("\n"));
    // A hundred billion strings, were they expanded.
    let read = allocation_counter::measure(|| assert!(Policy::from_yaml(&yaml).is_err()));
    assert!(read.bytes_total < 1 << 30, "{} bytes", read.bytes_total);
}

/// Of many errors the first are told, each with its position, and the others are counted.
#[test]
fn of_many_errors_the_first_are_told() {
    let origins = vec!["\"https://a.example/\""; 1_298].join(", ");
    let errors = Policy::from_json(&format!("{{\"allow_origins\": [{origins}]}}")).unwrap_err();
    assert_eq!((errors.len(), errors.untold()), (64, 1_234));
    assert_eq!(errors.iter().len(), 64);
    let message = errors.to_string();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!((lines.len(), lines[64]), (65, "… and 1,234 more"));
    assert_eq!(
        lines[63],
        "allow_origins[63]: origin \"https://a.example/\" has a path; write \"https://a.example\" at \
         line 1 column 1425"
    );
    assert_eq!(format!("{errors:?}"), message);
    let owned: Vec<DocumentError> = errors.clone().into_iter().collect();
    assert_eq!(owned, errors.iter().cloned().collect::<Vec<_>>());
}

/// To find a position is to read the text again, so of a long text fewer errors have one.
#[test]
fn what_is_read_again_is_bounded() {
    let padding = " ".repeat(2 << 20);
    let origins = vec!["\"https://a.example/\""; 100].join(", ");
    let json = format!("{{\"allow_origins\": [{origins}]{padding}}}");
    let errors = Policy::from_json(&json).unwrap_err();
    let located = errors.iter().filter(|error| error.to_string().contains(" at line 1 column "));
    assert_eq!((errors.len(), located.count()), (64, 3));
}

#[test]
fn a_key_that_stands_there_many_times_is_counted_each_time() {
    let json = format!("{{{}}}", vec!["\"max_age\": 1"; 5_000].join(", "));
    let errors = Policy::from_json(&json).unwrap_err();
    let all = errors.len() + errors.untold();
    assert_eq!(all, 5_000, "those behind the first, and that no origin is allowed");
    let json = format!("{{\"routes\": {{{}}}}}", vec!["\"/\": false"; 5_000].join(", "));
    let errors = Routes::from_json(&json).unwrap_err();
    assert_eq!(errors.len() + errors.untold(), 4_999);
}

/// Name, document of about so many bytes, and what its one message says.
type Large = (&'static str, fn(usize) -> String, &'static str);

const LARGE: &[Large] = &[
    (
        "a text that is too long",
        |_| format!("{{\"allow_origins\": [\"{}\"]}}", "a".repeat(12_000_000)),
        " bytes, over the 4,194,304 that are read; write less",
    ),
    (
        "too many values",
        |bytes| format!("[{}]", vec!["1"; bytes / 3].join(", ")),
        "there are over 100,000 values; write fewer",
    ),
    (
        "too many rules",
        |_| format!("{{\"rules\": [{}]}}", vec!["{}"; 10_000].join(", ")),
        "rules: 10,000 rules are over the 1,000 that a policy may have; give one rule several origins",
    ),
    (
        "too many rules, and errors in each",
        |_| format!("{{\"rules\": [{}]}}", vec!["{\"a\": 1}"; 10_000].join(", ")),
        "rules: 10,000 rules are over the 1,000 that a policy may have; give one rule several origins",
    ),
];

/// As much as may be.
#[test]
fn a_document_that_is_as_large_as_may_be_is_read() {
    let text = |bytes: usize| {
        let json = r#"{"allow_origins": ["*"]}"#;
        format!("{json}{}", " ".repeat(bytes - json.len()))
    };
    assert!(Policy::from_json(&text(4_194_304)).is_ok());
    assert!(Policy::from_json(&text(4_194_305)).is_err());
    let rules = |count: usize| {
        let rule = |number| format!("{{\"allow_origins\": [\"https://a{number}.example\"]}}");
        format!("{{\"rules\": [{}]}}", (0..count).map(rule).collect::<Vec<_>>().join(", "))
    };
    assert!(Policy::from_json(&rules(1_000)).is_ok());
    assert!(Policy::from_json(&rules(1_001)).is_err());
}

#[test]
fn a_document_that_is_too_large_is_refused_in_one_line() {
    let mut failures = Vec::new();
    for (name, text, message) in LARGE {
        let text = text(400_000);
        // JSON is YAML, too, and `x = ` before it is TOML.
        let formats: [(&str, Result<Policy, DocumentErrors>); 3] = [
            ("JSON", Policy::from_json(&text)),
            ("YAML", Policy::from_yaml(&text)),
            ("TOML", Policy::from_toml(&toml(&text))),
        ];
        for (format, read) in formats {
            let said = read.unwrap_err().to_string();
            if !said.contains(message) || said.lines().count() > 1 || said.len() > 200 {
                failures.push(format!("{name}, {format}: {said}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The same in TOML: without the outermost braces and the commas at the ends of lines, or as the value of a key.
fn toml(json: &str) -> String {
    match json.strip_prefix('{').and_then(|json| json.strip_suffix('}')) {
        Some(entries) => entries.replace("\":", "\" =").replace(",\n", "\n"),
        None => format!("x = {json}"),
    }
}

/// Name, document of about so many bytes.
type Costly = (&'static str, fn(usize) -> String);

const COSTLY: &[Costly] = &[
    ("unknown keys", |bytes| {
        let keys = (0..bytes.min(1_000_000) / 18).map(|n| format!("\"key{n:06}\": 1"));
        format!("{{{}}}", keys.collect::<Vec<_>>().join(",\n"))
    }),
    ("an unknown key that is long", |bytes| format!("{{\"{}\": 1}}", "k".repeat(bytes))),
    ("an origin that is long", |bytes| {
        format!("{{\"allow_origins\": [\"https://{}/\"]}}", "a".repeat(bytes))
    }),
    ("origins that are long", |bytes| {
        let origin = format!("\"https://{}/\"", "a".repeat(bytes / 100));
        format!("{{\"allow_origins\": [{}]}}", vec![origin; 98].join(", "))
    }),
    ("a number that is a text", |bytes| format!("{{\"max_age\": \"{}\"}}", "9".repeat(bytes))),
    ("items that are no strings", |bytes| {
        format!("{{\"allow_origins\": [{}]}}", vec!["7"; bytes.min(290_000) / 3].join(", "))
    }),
    ("names that are no tokens", |bytes| {
        let names = vec!["\"a b\""; bytes.min(500_000) / 7];
        format!("{{\"allow_origins\": [\"*\"],\n\"allow_headers\": [{}]}}", names.join(", "))
    }),
    ("a method that is long", |bytes| {
        format!("{{\"allow_origins\": [\"*\"],\n\"allow_methods\": [\"{} \"]}}", "M".repeat(bytes))
    }),
    ("rules with nothing", |_| format!("{{\"rules\": [{}]}}", vec!["{}"; 1_000].join(", "))),
];

/// A stranger's document costs some times its own length, and its message is a page or two.
#[test]
fn a_costly_document_has_a_short_message() {
    let mut failures = Vec::new();
    for (name, text) in COSTLY {
        let text = text(1_000_000);
        let (yaml, toml) = (text.clone(), toml(&text));
        let formats: [(&str, Read, String); 3] = [
            ("JSON", Policy::from_json, text),
            ("YAML", Policy::from_yaml, yaml),
            ("TOML", Policy::from_toml, toml),
        ];
        for (format, read, text) in formats {
            let mut said = String::new();
            let used = allocation_counter::measure(|| said = read(&text).unwrap_err().to_string());
            let (most, peak) = (64 * 1_024, used.bytes_max);
            if said.len() > most || peak > (32 << 20) {
                let start = said.chars().take(200).collect::<String>();
                failures.push(format!("{name}, {format}: {} {peak} {start}", said.len()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_text_with_odd_characters_is_refused_in_one_line() {
    let odd = ["\0", "\u{feff}", "\u{1b}[2J", "\u{85}", "\u{2028}", "\r", "\u{202e}", "\u{7f}"];
    for odd in odd {
        for text in [
            odd.to_owned(),
            format!("{odd}{odd}"),
            format!("{{\"allow_origins\": [\"https://a{odd}.example\"]}}"),
            format!("{{\"{odd}\": \"{odd}\"}}"),
            format!("allow_origins = ['{odd}']"),
            format!("allow_origins: ['{odd}']"),
            format!("'{odd}': &a{odd} x"),
        ] {
            for read in READERS {
                let errors = read(&text).unwrap_err();
                for error in errors.iter() {
                    let message = error.to_string();
                    assert!(!message.chars().any(char::is_control), "{text:?}: {message:?}");
                }
            }
        }
    }
}

/// Number, and the max-age that it is in JSON, TOML and YAML, if it is not refused.
const NUMBERS: &[(&str, [Option<u64>; 3])] = &[
    ("18446744073709551616", [None, None, None]),
    ("1e400", [None, None, None]),
    ("9e99", [None, None, None]),
    ("86400", [Some(86_400), Some(86_400), Some(86_400)]),
    ("86401", [Some(86_400), Some(86_400), Some(86_400)]),
    ("-1", [None, None, None]),
    // To JSON it is a fraction, to the others a whole number.
    ("-0", [None, Some(0), Some(0)]),
    ("NaN", [None, None, None]),
    // JSON does not have these at all.
    ("0x10", [None, Some(16), Some(16)]),
    ("1_0", [None, Some(10), Some(10)]),
    ("+5", [None, Some(5), Some(5)]),
];

#[test]
fn numbers_out_of_range_are_refused() {
    let mut failures = Vec::new();
    for (number, expected) in NUMBERS {
        let formats: [(Read, String); 3] = [
            (Policy::from_json, format!("{{\"allow_origins\": [\"*\"], \"max_age\": {number}}}")),
            (Policy::from_toml, format!("allow_origins = ['*']\nmax_age = {number}")),
            (Policy::from_yaml, format!("allow_origins: ['*']\nmax_age: {number}")),
        ];
        for ((read, text), expected) in formats.into_iter().zip(expected) {
            let found = read(&text).ok().map(|policy| {
                let document = serde_json::to_value(&policy).unwrap();
                document["max_age"].as_u64().unwrap()
            });
            if found != *expected {
                failures.push(format!("{text:?}: {found:?}, not {expected:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
