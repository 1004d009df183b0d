//! What rustc says of code that does not compile: what to write instead.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Line of code, and sentences that rustc says of it.
const ROWS: &[(&str, &[&str])] = &[
    (
        r#"tower_cors::Policy::builder().allow_origins("https://a.example");"#,
        &[
            "`&str` is not a list of values",
            r#"write the values in brackets, one too: `["https://a.example"]`"#,
        ],
    ),
    (
        "struct Any; tower_cors::Policy::builder().allow_origins([Any]);",
        &["Any; 1]` is not a list of values", r#"any origin, method or header is `["*"]`"#],
    ),
    (
        "struct Any; tower_cors::Policy::builder().allow_headers(Any);",
        &["Any` is not a list of values", r#"any origin, method or header is `["*"]`"#],
    ),
    (
        r#"tower_cors::Policy::builder().allow_origins(http::HeaderValue::from_static("*"));"#,
        &["`HeaderValue` is not a list of values", "write the values in brackets"],
    ),
    (
        "tower_cors::CorsLayer::new(tower_cors::Policy::builder());",
        &["`PolicyBuilder` is no source of policies", "call `.build()?` on a builder"],
    ),
    (
        "fn f<P: tower_cors::Enforceable>() {} f::<u8>();",
        &["`u8` is neither a source of policies nor a resolver", "`Resolver` are"],
    ),
    // What is sealed cannot be asked, nor named.
    (
        "fn f<P: tower_cors::PolicySource>() { P::is_dynamic(()); }",
        &["mismatched types", "expected `Seal`, found `()`"],
    ),
    (
        "fn f<P: tower_cors::PolicySource>() { P::is_dynamic(tower_cors::select::sealed::Seal); }",
        &["module `select` is private"],
    ),
];

#[test]
fn rustc_says_what_to_write() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    let manifest = format!(
        "[package]\nname = \"uses-tower-cors\"\nedition = \"2024\"\n\
         [dependencies]\nhttp = \"1\"\n\
         tower-cors = {{ path = {:?}, default-features = false }}\n",
        root.to_str().unwrap()
    );
    fs::write(file("Cargo.toml"), manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), file("Cargo.lock")).unwrap();
    fs::create_dir(file("src")).unwrap();
    let lines: Vec<String> = ROWS
        .iter()
        .enumerate()
        .map(|(at, (line, _))| format!("pub fn row_{at}() {{ {line} }}\n"))
        .collect();
    fs::write(file("src/lib.rs"), lines.concat()).unwrap();

    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--color", "never"])
        .current_dir(directory.path())
        .env("CARGO_TARGET_DIR", root.join("target/diagnostics"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let errors: Vec<&str> = said.split("\nerror").collect();
    let mut failures = Vec::new();
    for (at, (line, sentences)) in ROWS.iter().enumerate() {
        let place = format!("src/lib.rs:{}:", at + 1);
        let about: Vec<&&str> = errors.iter().filter(|error| error.contains(&place)).collect();
        let is_said = |part: &str| {
            about
                .iter()
                .any(|error| error.replace("http::HeaderValue", "HeaderValue").contains(part))
        };
        for sentence in sentences.iter().filter(|sentence| !is_said(sentence)) {
            failures.push(format!("{line}\n  is not answered by {sentence:?}: {about:#?}"));
        }
        if about.iter().any(|error| error.contains("is not an iterator")) {
            failures.push(format!("{line}: speaks of iterators"));
        }
    }
    assert!(failures.is_empty(), "{}\n{said}", failures.join("\n"));
}
