//! Several documents in one YAML text, each behind `---`: people write `HTTPRoute`s so. They are read as a `List` is.
//!
//! A line that begins with `---` is in no document: <https://yaml.org/spec/1.2.2/#rule-c-forbidden>

use tower_cors::{DocumentErrors, DocumentWarning, Route, Routes};

use super::documents::refused;

/// An `HTTPRoute` for a path, as several lines.
fn route(path: &str, origin: &str) -> String {
    format!(
        "kind: HTTPRoute\nspec:\n  rules:\n    - matches: [{{path: {{value: {path}}}}}]\n      \
         filters: [{{type: CORS, cors: {{allowOrigins: ['{origin}']}}}}]\n"
    )
}

const APP: &str = "https://app.example";

/// Which of the paths have a policy.
fn opened(routes: &Routes) -> String {
    let is_open = |path: &&str| matches!(routes.find(path), Some(Route::Policy(_)));
    ["/a", "/b", "/c"].into_iter().filter(is_open).collect()
}

#[test]
fn the_documents_of_a_stream_are_one_table() {
    let [a, b, c] = ["/a", "/b", "/c"].map(|path| route(path, APP));
    let list = format!("kind: List\nitems:\n  - {}", b.trim_end().replace('\n', "\n    "));
    let rows = [
        ("two", format!("{a}---\n{b}"), "/a/b"),
        ("one, and a `---` before it", format!("---\n{a}"), "/a"),
        ("one, and a `---` behind it", format!("{a}---\n"), "/a"),
        ("one, and a `---` without an end", format!("{a}---"), "/a"),
        (
            "three, and ends of lines as in Windows",
            format!("{a}---\n{b}---\n{c}").replace('\n', "\r\n"),
            "/a/b/c",
        ),
        (
            "comments before, between and behind",
            format!("# a\n\n---\n{a}--- # b\n# b\n---\n{b}---\n# c\n"),
            "/a/b",
        ),
        ("a document of comments alone", format!("{a}---\n# a\n# b\n---\n{b}"), "/a/b"),
        ("a directive before the first", format!("%YAML 1.2\n---\n{a}---\n{b}"), "/a/b"),
        ("a byte order mark", format!("\u{feff}{a}---\n{b}"), "/a/b"),
        ("an end before the next", format!("{a}...\n---\n{b}...\n"), "/a/b"),
        (
            "a document behind its `---`",
            format!("{a}---\t{{kind: HTTPRoute, spec: {{rules: []}}}}\n---\n{b}"),
            "/a/b",
        ),
        ("a list among them", format!("{a}---\n{list}\n---\n{c}"), "/a/b/c"),
        (
            "no `---`, since it is indented",
            format!("{a}metadata:\n  annotations:\n    text: |\n      a\n      ---\n      b\n"),
            "/a",
        ),
        ("no `---`, but a key", format!("{a}---a: 1\n"), "/a"),
    ];
    let mut failures = Vec::new();
    for (name, yaml, expected) in rows {
        let read = Routes::from_gateway_yaml(&yaml).map(|(routes, said)| (opened(&routes), said));
        if read != Ok((expected.to_owned(), Vec::new())) {
            failures.push(format!("{name}: {read:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_lost_is_told_with_the_number_of_the_document() {
    let hosts = |yaml: &str| yaml.replace("spec:\n", "spec:\n  hostnames: [a.example]\n");
    let yaml = [route("/a", APP), route("/b", "https://*"), route("/a", "*")].map(|it| hosts(&it));
    let (_, warnings) = Routes::from_gateway_yaml(&yaml.join("---\n")).unwrap();
    let keys: Vec<&str> = warnings.iter().map(DocumentWarning::key).collect();
    assert_eq!(
        keys,
        [
            "[0].spec.hostnames",
            "[1].spec.rules[0].filters[0].cors.allowOrigins[0]",
            "[1].spec.rules[0]",
            "[2].spec.rules[0].matches[0].path.value",
        ]
    );
}

/// Where nothing is written but `---`, that is what is wrong.
#[test]
fn a_stream_of_nothing_is_refused() {
    for yaml in ["---\n", "---\n---\n", "# a\n---\n# b\n---\n"] {
        let errors = Routes::from_gateway_yaml(yaml).unwrap_err();
        assert!(errors.to_string().contains("expected"), "{errors}");
    }
}

#[test]
fn an_error_of_a_stream_has_its_line_in_the_whole_text() {
    let a = route("/a", APP);
    let rows = [
        (
            format!("{a}---\n{}", a.replace("HTTPRoute", "Service")),
            "[1].kind: expected \"HTTPRoute\", found \"Service\" at line 7 column 1",
        ),
        (
            format!(
                "# a\n---\n{a}---\n# b\n\n---\n{}",
                a.replace("path:", "paht: 1, path:").replace("value", "valeu")
            ),
            "[2].spec.rules[0].matches[0].path.valeu: the key is unknown; known are `type`, `value` at line 15 column 34",
        ),
        (format!("{a}---\nmetadata: {{}}\n"), "[1]: the key `spec` is missing at line 7 column 1"),
        (
            format!("{a}---  {{metadata: {{}}}}\n"),
            "[1]: the key `spec` is missing at line 6 column 6",
        ),
        (
            format!("{a}---\n{}", a.replace("spec:\n", "spec:\n  hostnames: [a.example]\n")),
            "[1].spec.hostnames: the first resource has another `hostnames`; read them one by one at line 9 column 14",
        ),
        (
            format!("{a}---\nkind: List\nitems:\n  - kind: Service\n"),
            "[1].items[0].kind: expected \"HTTPRoute\", found \"Service\" at line 9 column 5",
        ),
        (
            format!("{a}---\n- {}", a.trim_end().replace('\n', "\n  ")),
            "[1]: expected an object with the keys of an HTTPRoute, found an array at line 7 column 1",
        ),
        (
            format!("{a}---\n{}", route("/b;c", APP)),
            "[1].spec.rules[0].matches[0].path.value: route \"/b;c\" would never match, since servers read other paths in it; \
             write one that matches all of them, as in \"/items/{*rest}\" at line 10 column 25",
        ),
        // What is no YAML.
        (
            format!("{a}---\n{a}spec: 1\n"),
            "duplicate mapping key: spec not allowed here at line 12 column 1",
        ),
        (
            format!("{a}---\n{}", a.replace("'https://app.example'", "*")),
            "* without quotes is an alias in YAML; write \"*\" with its quotes at line 11 column 52",
        ),
        // A name of another document.
        (
            format!("a: &a x\n---\n{a}metadata: *a\n"),
            "reference to unknown value at line 8 column 11",
        ),
    ];
    let read = |yaml: &str| -> Result<_, DocumentErrors> { Routes::from_gateway_yaml(yaml) };
    refused(rows.iter().map(|(yaml, said)| (yaml.as_str(), read(yaml), *said)));
}

/// All documents together have as much room as one.
#[test]
fn a_stream_has_the_bounds_of_one_document() {
    let anchors =
        "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n";
    let aliases = format!("{anchors}c: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n---\n");
    let rows = [
        (
            "documents with nothing in them",
            "---\n".repeat(1 << 20),
            "there are over 1,000 documents; write fewer at line 1001 column 1",
        ),
        (
            "documents with aliases",
            aliases.repeat(900),
            "there are over 100,000 values; write fewer at line 326 column 20",
        ),
        (
            "a text that is too long",
            "---\n".repeat((1 << 20) + 1),
            "the text has 4,194,308 bytes, over the 4,194,304 that are read; write less",
        ),
    ];
    for (name, yaml, expected) in rows {
        let mut said = String::new();
        let read = || said = Routes::from_gateway_yaml(&yaml).unwrap_err().to_string();
        let used = allocation_counter::measure(read);
        assert_eq!(said, expected, "{name}");
        assert!(used.bytes_max < 32 << 20, "{name}: {used:?}");
    }
    let most = format!("{}{}", "---\n".repeat(999), route("/a", APP));
    assert!(Routes::from_gateway_yaml(&format!("---\n{most}")).is_ok());
    assert!(Routes::from_gateway_yaml(&format!("---\n---\n{most}")).is_err());
}
