use std::collections::BTreeSet;

use super::{Constants, Edit, edited, moved};

/// The last of these files when what holds `+` is computed at run time, but for what must remain.
#[track_caller]
fn late(sources: &[(&str, &str)], remain: &[(&str, &str)]) -> String {
    let mut constants = Constants::default();
    for (name, source) in sources {
        constants.read(name, source).expect("it is Rust");
    }
    let remain = remain.iter().map(|&(file, name)| (file.to_owned(), name.to_owned()));
    let holds_mutant = |file: &str, range: &std::ops::Range<usize>| {
        let (_, source) =
            sources.iter().find(|(name, _)| *name == file).expect("it is one of them");
        source[range.clone()].contains('+')
    };
    let late = constants.late(holds_mutant, &remain.collect::<BTreeSet<_>>());
    let (name, source) = sources.last().expect("there is one");
    edited(source, &constants.edits(name, source, &late).expect("it is Rust"))
}

#[test]
fn a_constant_is_computed_when_it_is_read() {
    assert_eq!(
        late(&[("a.rs", "pub const A: u8 = 1 + 2; fn f() -> bool { g(&A, self::A.h) }")], &[]),
        "pub static A: std::sync::LazyLock<u8> = std::sync::LazyLock::new(|| 1 + 2); \
         fn f() -> bool { g(&(*A), (*self::A).h) }"
    );
}

#[test]
fn a_function_is_constant_no_more_and_what_calls_it_is_computed_at_run_time() {
    assert_eq!(
        late(&[("a.rs", "const fn f() -> u8 { 1 + 2 } static A: u8 = f(); const B: u8 = 3;")], &[]),
        " fn f() -> u8 { 1 + 2 } static A: std::sync::LazyLock<u8> = std::sync::LazyLock::new(|| f()); \
         const B: u8 = 3;"
    );
}

#[test]
fn an_argument_of_a_macro_is_read_and_a_pattern_is_left() {
    assert_eq!(
        late(
            &[
                ("a/b.rs", "const A: u8 = 1 + 2;"),
                ("a.rs", "fn f() { assert!(x < A); match x { A => {} } }")
            ],
            &[]
        ),
        "fn f() { assert!(x < (*A)); match x { A => {} } }"
    );
}

#[test]
fn a_name_is_that_of_an_import_or_of_the_nearest_file() {
    let files = [("a/b.rs", "const A: u8 = 1;"), ("c/e.rs", "const A: u8 = 1 + 2;")];
    let use_in = |name| late(&[files[0], files[1], (name, "fn f() { A }")], &[]);
    assert_eq!(use_in("a/d.rs"), "fn f() { A }");
    assert_eq!(use_in("c/d.rs"), "fn f() { (*A) }");
    let imports = "use crate::c::e::{A, B}; fn f() { A }";
    let text = late(&[files[0], files[1], ("a/d.rs", imports)], &[]);
    assert_eq!(text, "use crate::c::e::{A, B}; fn f() { (*A) }");
}

#[test]
fn what_remains_and_what_it_names_stay() {
    let source = "const A: u8 = f(); const fn f() -> u8 { B + 1 } const B: u8 = 1 + 2;";
    assert_eq!(late(&[("a.rs", source)], &[("a.rs", "A")]), source);
}

#[test]
fn a_place_moves_by_what_is_before_it_and_has_what_is_put_around_it() {
    let edits = [Edit(1..1, "(*"), Edit(2..2, ")"), Edit(4..6, "")];
    assert_eq!(edited("aBc-de!", &edits), "a(*B)c-!");
    assert_eq!(moved(&(1..2), &edits), 1..5);
    assert_eq!(moved(&(3..4), &edits), 6..7);
    assert_eq!(moved(&(6..7), &edits), 7..8);
}
