//! Documents that are meant to harm: none is taken for another, none panics, and none costs much more
//! than its length.

use tower_cors::{DocumentErrors, Policy, Routes};

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

#[test]
fn many_mistakes_are_all_told_and_the_first_located() {
    let origins = vec!["\"https://a.example/\""; 20_000].join(", ");
    // It takes minutes if each is looked for from the start.
    let errors = Policy::from_json(&format!("{{\"allow_origins\": [{origins}]}}")).unwrap_err();
    let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 20_000);
    assert!(messages[63].starts_with("allow_origins[63]: "), "{}", messages[63]);
    assert!(messages[63].contains(" at line 1 column "), "{}", messages[63]);
    assert!(!messages[64].contains(" at line "), "{}", messages[64]);
    assert!(messages[19_999].starts_with("allow_origins[19999]: "), "{}", messages[19_999]);
}

#[test]
fn a_key_that_stands_there_many_times_is_told_each_time() {
    let json = format!("{{{}}}", vec!["\"max_age\": 1"; 5_000].join(", "));
    let errors = Policy::from_json(&json).unwrap_err();
    assert_eq!(
        errors.iter().count(),
        5_000,
        "those behind the first, and that no origin is allowed"
    );
    let json = format!("{{\"routes\": {{{}}}}}", vec!["\"/\": false"; 5_000].join(", "));
    assert_eq!(Routes::from_json(&json).unwrap_err().iter().count(), 4_999);
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
                for error in &errors {
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
