use super::{Woven, weave};
use crate::mutant::{Function, Genre, Mutant, Position, Span};

/// The text of a file with one mutant of this genre at the first place where it says `part`.
fn woven(source: &str, genre: Genre, part: &str, replacement: &str, returns: &str) -> Woven {
    let start = source.find(part).expect("the part is in the source");
    let position = |byte: usize| {
        let before = &source[..byte];
        let line = before.rsplit('\n').next().unwrap_or_default();
        Position { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
    };
    let mutant = Mutant {
        name: part.to_owned(),
        file: String::new(),
        genre,
        replacement: replacement.to_owned(),
        span: Span { start: position(start), end: position(start + part.len()) },
        function: Some(Function { return_type: returns.to_owned() }),
    };
    let range = mutant.range(source).expect("the source has it");
    weave(source, &[], &[(7, &mutant, range)]).expect("it is woven")
}

#[test]
fn an_operator_acts_on_what_it_stands_between() {
    let text = woven("fn f() -> bool { g(a * (b + c)) }", Genre::BinaryOperator, "+", "-", "").text;
    assert_eq!(
        text,
        "fn f() -> bool { g(a * ((if crate::mutant::acts(7) { b - c } else { b + c }))) }"
    );
}

#[test]
fn an_operator_binds_as_it_does_in_the_text() {
    let text = woven("fn f() -> bool { a && b && !c }", Genre::BinaryOperator, "&&", "||", "").text;
    assert_eq!(
        text,
        "fn f() -> bool { (if crate::mutant::acts(7) { a || b && !c } else { a && b && !c }) }"
    );
}

#[test]
fn an_operator_before_an_expression_is_taken_away() {
    let text = woven("fn f() { g(!é, !b) }", Genre::UnaryOperator, "!", "", "").text;
    assert_eq!(text, "fn f() { g((if crate::mutant::acts(7) { é } else { !é }), !b) }");
}

#[test]
fn a_function_returns_early() {
    let text =
        woven("fn f() -> u8 {\n    g() + 1\n}", Genre::FnValue, "g() + 1", "0", "-> u8").text;
    assert_eq!(text, "fn f() -> u8 {\n    if crate::mutant::acts(7) { return 0; } g() + 1\n}");
}

#[test]
fn an_iterator_without_a_name_is_one_of_two() {
    let source = "fn f() -> impl Iterator<Item = u8> { g() }";
    let text = woven(source, Genre::FnValue, "g()", "empty()", "-> impl Iterator<Item = u8>").text;
    assert_eq!(
        text,
        "fn f() -> impl Iterator<Item = u8> { if crate::mutant::acts(7) { \
         crate::mutant::Either::Mutant(empty()) } else { crate::mutant::Either::Own({ g() }) } }"
    );
}

#[test]
fn an_arm_is_passed_over() {
    let source = "fn f() { match x { 1 => a, 2 if y => b, _ => c } }";
    let text = woven(source, Genre::MatchArm, "1 => a", "", "").text;
    assert_eq!(
        text,
        "fn f() { match x { 1 if !crate::mutant::acts(7) => a, 2 if y => b, _ => c } }"
    );
    let text = woven(source, Genre::MatchArm, "2 if y => b", "", "").text;
    assert_eq!(
        text,
        "fn f() { match x { 1 => a, 2 if !crate::mutant::acts(7) && (y) => b, _ => c } }"
    );
}

#[test]
fn a_guard_is_replaced() {
    let source = "fn f() { match x { 2 if y => b, _ => c } }";
    let text = woven(source, Genre::MatchArmGuard, "y", "true", "").text;
    assert_eq!(
        text,
        "fn f() { match x { 2 if (if crate::mutant::acts(7) { true } else { y }) => b, _ => c } }"
    );
}

#[test]
fn a_field_is_left_to_the_default() {
    let source = "fn f() { S { a: 1, b: 2, ..d } }";
    let text = woven(source, Genre::StructField, "a: 1", "", "").text;
    assert_eq!(
        text,
        "fn f() { (if crate::mutant::acts(7) { S {  b: 2, ..d } } else { S { a: 1, b: 2, ..d } }) }"
    );
}

#[test]
fn a_function_that_begins_with_a_constant_returns_before_it() {
    let text = woven(
        "fn f() -> u8 { const A: u8 = 1; A }",
        Genre::FnValue,
        "const A: u8 = 1; A",
        "0",
        "-> u8",
    )
    .text;
    assert_eq!(text, "fn f() -> u8 { if crate::mutant::acts(7) { return 0; } const A: u8 = 1; A }");
}

#[test]
fn an_error_is_the_fault_of_the_change_that_it_is_in() {
    let woven = woven("fn f() { !b }", Genre::UnaryOperator, "!", "", "");
    let innermost =
        woven.places.iter().min_by_key(|place| place.range.len()).expect("there is a place");
    assert_eq!((&woven.text[innermost.range.clone()], &innermost.mutants), ("b", &vec![7]));
}
