use std::collections::BTreeMap;

use serde_json::json;

use super::{Library, Said};
use crate::mutant::{Genre, Mutant, Position, Span};

const SOURCE: &str = "const A: u8 = 1 + 2; fn f() { g([0; A]) }";

/// What stands in the file with the mutant after an error with this code at the first place that has these parts, and what was said.
fn after(code: &str, [before, at]: [&str; 2], said: &mut Said) -> String {
    let column = SOURCE.find('+').expect("it is in the source") + 1;
    let position = |column| Position { line: 1, column };
    let mutant = Mutant {
        name: "replace + with -".to_owned(),
        file: "src/a.rs".to_owned(),
        genre: Genre::BinaryOperator,
        replacement: "-".to_owned(),
        span: Span { start: position(column), end: position(column + 1) },
        function: None,
    };
    let files = BTreeMap::from([("src/a.rs".to_owned(), SOURCE.as_bytes().to_vec())]);
    let woven = |said: &Said| {
        Library::weave(&files, std::slice::from_ref(&mutant), said).expect("it is woven")
    };
    let library = woven(said);
    let place = format!("{before}{at}");
    let start = library.files["src/a.rs"].text.find(&place).expect("the place is in the text");
    let span = json!({
        "file_name": "src/a.rs",
        "byte_start": start + before.len(),
        "byte_end": start + place.len(),
        "is_primary": true,
    });
    let error =
        json!({ "level": "error", "rendered": "", "code": { "code": code }, "spans": [span] });
    let error = serde_json::from_value(error).expect("the compiler says it so");
    library.blame(&error, std::slice::from_ref(&mutant), said).expect("it is somebody's fault");
    woven(said).files["src/a.rs"].text.clone()
}

#[test]
fn a_constant_remains_where_there_must_be_one_and_its_mutants_are_apart() {
    let mut said = Said::default();
    let text = after("E0015", ["[0; ", "(*A)"], &mut said);
    assert!(text.starts_with("const A: u8 = (if crate::mutant::acts(0) { 1 - 2 }"), "{text}");
    let text = after("E0015", ["(if ", "crate::mutant::acts(0)"], &mut said);
    assert_eq!((text.as_str(), said.unviable.len(), said.apart.len()), (SOURCE, 0, 1));
}

#[test]
fn what_does_not_compile_is_left_out() {
    let mut said = Said::default();
    let text = after("E0369", ["acts(0) { 1 ", "-"], &mut said);
    assert_eq!((text.as_str(), said.unviable.len(), said.apart.len()), (SOURCE, 1, 0));
}
