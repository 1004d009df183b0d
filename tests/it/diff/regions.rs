//! Which paths stand for all others when two tables are compared.

use tower_cors::review::{Aspect, Direction};
use tower_cors::{Policy, Routes};

use super::routes::policy;
use super::{app, one};

/// What a path has: the policy of the app, which allows PUT after the change, or one for anybody.
#[derive(Clone, Copy)]
enum Has {
    Changes,
    Open,
}
use Has::{Changes, Open};

/// A name, routes, the fallback, and what is told.
type Row = (&'static str, &'static [(&'static str, Has)], Has, &'static str);

const ROWS: &[Row] = &[
    (
        "a parameter beside one behind a text",
        &[("/{x}", Changes), ("/p{x}", Open)],
        Open,
        "+ /{x}: newly allows the method PUT",
    ),
    (
        "a parameter beside one behind the text that is tried first",
        &[("/{x}", Changes), ("/any{x}", Open)],
        Open,
        "+ /{x}: newly allows the method PUT",
    ),
    (
        "a parameter beside texts that are tried",
        &[("/{x}", Changes), ("/any", Open), ("/any0", Open)],
        Open,
        "+ /{x}: newly allows the method PUT",
    ),
    (
        "a parameter covers what changes alike below it",
        &[("/a/{x}", Changes), ("/a/b", Changes)],
        Open,
        "+ /a/{x}: newly allows the method PUT",
    ),
    (
        "a parameter is not empty",
        &[("/p-/c", Open), ("/p-{x}", Open)],
        Changes,
        "+ other paths: newly allows the method PUT",
    ),
    (
        "a parameter within a path",
        &[("/p-/c", Open), ("/p-{x}/b", Changes)],
        Open,
        "+ /p-{x}/b: newly allows the method PUT",
    ),
    (
        "a rest behind a text that is a route, too",
        &[("/", Open), ("/p", Open), ("/p{*rest}", Open)],
        Changes,
        "+ other paths: newly allows the method PUT",
    ),
    (
        "a rest is not empty",
        &[("/p/c", Open), ("/p{*rest}", Changes)],
        Open,
        "+ /p{*rest}: newly allows the method PUT",
    ),
    (
        "all other paths are told last",
        &[("/a", Changes), ("/b", Open)],
        Changes,
        "+ /a and other paths: newly allows the method PUT",
    ),
];

fn table(routes: &[(&str, Has)], fallback: Has, is_new: bool) -> Routes {
    let put = policy(&app().allow_methods(["PUT"]));
    let of = |has| match has {
        Changes if is_new => put.clone(),
        Changes => policy(&app()),
        Open => policy(&one(&["*"])),
    };
    let builder = Routes::builder().fallback(of(fallback));
    routes.iter().fold(builder, |it, (path, has)| it.route(*path, of(*has))).build().unwrap()
}

#[test]
fn each_kind_of_path_is_compared() {
    let mut failures = Vec::new();
    for (name, routes, fallback, expected) in ROWS {
        let [old, new] = [false, true].map(|is_new| table(routes, *fallback, is_new));
        let said = old.diff(&new).to_string();
        if said != *expected {
            failures.push(format!("{name}:\n{said}\nand not\n{expected}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A parameter within a path may be empty, and then a route that is gone was for the path.
#[test]
fn an_empty_parameter_is_compared() {
    let routes = table(&[("/p-/{z}", Changes), ("/p-{x}/b", Open)], Changes, false);
    let fewer = table(&[("/p-{x}/b", Open)], Changes, false);
    let said = routes.diff(&fewer).to_string();
    assert_eq!(said.lines().next(), Some("+ /p-/b: newly admits any origin (opening)"), "{said}");
}

/// Each of them meets all of the others, in a path that has to be compared.
#[test]
fn what_meets_too_often_is_not_compared_and_this_is_said() {
    let table = |changed: &Policy| {
        let mut builder = Routes::builder();
        for number in 0..160 {
            builder = builder
                .route(format!("/a{number}/{{x}}"), policy(&app()))
                .route(format!("/{{x}}/b{number}"), policy(&one(&["*"])));
        }
        builder.fallback(changed.clone()).build().unwrap()
    };
    let diff = table(&policy(&app())).diff(&table(&Policy::permissive()));
    let told: Vec<_> = diff.iter().map(|it| (it.aspect(), it.direction())).collect();
    assert_eq!(told, [(Aspect::TooMany, Direction::Changed)], "{diff}");
}

/// Each text before a parameter is held to all of the others, though no two of the paths meet.
#[test]
fn a_table_of_thousands_of_parameters_is_not_compared_and_this_is_said() {
    let table = |changed: &Policy| {
        let open = policy(&one(&["*"]));
        let routes = (0..2_300).map(|number| format!("/p{number:04}-{{x}}"));
        let builder = routes.fold(Routes::builder(), |it, path| it.route(path, open.clone()));
        builder.fallback(changed.clone()).build().unwrap()
    };
    let diff = table(&policy(&app())).diff(&table(&Policy::permissive()));
    let told: Vec<_> = diff.iter().map(|it| (it.aspect(), it.direction())).collect();
    assert_eq!(told, [(Aspect::TooMany, Direction::Changed)], "{diff}");
}
