//! Every fix that is offered for a route builds, and matches what was meant.

use proptest::prelude::*;
use tower_cors::{Route, RouteError, Routes};

/// A part of a path, in one of the ways in which routers write it; what a request has there.
#[derive(Clone, Debug)]
struct Part {
    written: &'static str,
    sent: &'static str,
}

const fn part(written: &'static str, sent: &'static str) -> Part {
    Part { written, sent }
}

const LITERALS: &[Part] = &[
    part("items", "items"),
    part("v1.0", "v1.0"),
    part("a+b(c)", "a+b(c)"),
    part("café", "caf%C3%A9"),
    part("caf%c3%a9", "caf%C3%A9"),
    part("%7Ebob", "~bob"),
    part("a b", "a%20b"),
    part("{{x}}", "%7Bx%7D"),
    part("x/../items", "items"),
    part("./items", "items"),
    part("/items", "items"),
];

const PARAMETERS: &[Part] = &[
    part("{id}", "7"),
    part("v{id}", "v7"),
    part(":id", "7"),
    part("<id>", "7"),
    part("<string:id>", "7"),
    part("[id]", "7"),
    part("[^/]+", "7"),
    part("*/items", "7/items"),
];

const RESTS: &[Part] = &[
    part("{*rest}", "a/b"),
    part("*", "a/b"),
    part("**", "a/b"),
    part("*rest", "a/b"),
    part(":rest*", "a/b"),
    part(":rest+", "a/b"),
    part("[...rest]", "a/b"),
    part("{rest...}", "a/b"),
    part("{rest+}", "a/b"),
    part("{rest:path}", "a/b"),
    part("{**rest}", "a/b"),
    part("<path:rest>", "a/b"),
    part(".*", "a/b"),
    part("(.*)", "a/b"),
];

/// What is written around a path that begins with a slash.
const AROUND: &[(&str, &str)] = &[
    ("", ""),
    ("https://h.example", ""),
    ("http://h.example:8080", "?a=b"),
    ("", "?a=b&c"),
    ("", "#top"),
    (" ", " "),
    ("^", "$"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_route_in_whatever_syntax_is_mended_into_what_was_meant(
        parts in prop::collection::vec(
            prop_oneof![prop::sample::select(LITERALS), prop::sample::select(PARAMETERS)], 1..4,
        ),
        rest in prop::option::of(prop::sample::select(RESTS)),
        (before, behind) in prop::sample::select(AROUND),
        has_slash in any::<bool>(),
    ) {
        let first = Part { written: "api", sent: "api" };
        let parts: Vec<_> = [first].into_iter().chain(parts).chain(rest.clone()).collect();
        let join = |of: fn(&Part) -> &'static str| parts.iter().map(of).collect::<Vec<_>>().join("/");
        let (written, sent) = (join(|part| part.written), format!("/{}", join(|part| part.sent)));
        let slash = if has_slash || !before.trim().is_empty() { "/" } else { "" };
        let written = format!("{before}{slash}{written}{behind}");
        let route = match Routes::builder().route(&written, Route::LeftAlone).build() {
            Ok(_) => written,
            Err(errors) => match errors.into_iter().next() {
                Some(RouteError::Path { fix: Some(fix), .. }) => fix,
                other => return Err(TestCaseError::fail(format!("{written}: {other:?}"))),
            },
        };
        let routes = Routes::builder().route(&route, Route::LeftAlone).build();
        let Ok(routes) = routes else { panic!("{routes:?}") };
        prop_assert_eq!(routes.find(&sent), Some(&Route::LeftAlone), "{} {}", route, &sent);
        for other in ["/", "/api", "/other", &format!("{sent}/"), &sent.replacen("/api", "/apis", 1)] {
            let is_meant = rest.is_some() && other.starts_with(&sent);
            let expected = if is_meant { Route::LeftAlone } else { Route::NoCors };
            prop_assert_eq!(routes.find(other), Some(&expected), "{} {}", route, other);
        }
    }

    /// Of whatever text: nothing panics, and what is offered builds, beside every other route.
    #[test]
    fn what_is_offered_for_any_text_builds(
        texts in prop::collection::vec(
            "(/|\\{|\\}|\\*|:|a|id|\\?|#|%|%2[fF]|%41|\\.|\\.\\.|\\^|\\$|\\(|\\)|\\[|\\]|<|>|\\\\|\\+|\\||\
              ;| |é|://|https://h|\\{a\\}|\\{\\*r\\}|\u{202e}){0,10}",
            1..4,
        ),
    ) {
        let mut builder = Routes::builder();
        for text in &texts {
            builder = builder.route(text, Route::NoCors);
        }
        for error in builder.build().err().into_iter().flatten() {
            let message = error.to_string();
            prop_assert!(message.starts_with("route \"") && !message.contains('\n'), "{}", message);
            if let RouteError::Path { path, fix: Some(fix), .. } = error {
                let built = Routes::builder().route(&fix, Route::NoCors).build();
                prop_assert!(built.is_ok(), "{}: {:?}", path, built);
            }
        }
    }
}
